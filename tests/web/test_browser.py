"""The web app in a real browser: saved as one goes, also when things go wrong."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from web.served import Served, served

pytestmark = pytest.mark.slow

PHONE: Final = {"width": 360, "height": 780}
DESK: Final = {"width": 1280, "height": 900}
SAVED: Final = re.compile(r"Saved \d+:\d\d")
WCAG: Final = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
PLACE: Final = "place/continuous-improvement"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("served")) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = next(
            filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
        )
        chromium = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def page(app: Served, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A phone of somebody new, who has begun a map; scripts may be switched off."""
    options = getattr(request, "param", {})
    context = browser.new_context(**{"viewport": PHONE} | options)
    yield begun(app, context, f"{abs(hash(request.node.name))}@example.org")
    context.close()


def begun(app: Served, context: BrowserContext, email: str) -> Page:
    """Sign in, and begin a map."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Policy" in said.text else None)
    page.goto(app.link_for(email))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Start your first map").click()
    page.locator('input[value="spl-2022/teacher@1.0.0"]').check()
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Begin").click()
    page.goto(page.url + PLACE)
    assert complaints == []
    return page


def answers(app: Served, page: Page) -> list[tuple[object, ...]]:
    """Return what is kept of this person's first component on the page."""
    key = page.url.split("/a/")[1].split("/")[0].replace("-", "")
    return app.rows(
        "select component, answer, evidence, version from web_placement "
        "where assessment_id = (select id from web_assessment where key = ?) order by 1",
        key,
    )


def pick(page: Page, level: str) -> None:
    page.locator(f'[name="answer-inquiry-cycle"][value="{level}"]').check()


def status(page: Page) -> None:
    expect(page.locator("[data-status]")).to_have_text(SAVED, timeout=40_000)


def test_a_choice_and_a_note_are_saved_at_once(app: Served, page: Page) -> None:
    pick(page, "level:2")
    status(page)
    page.locator("#evidence-inquiry-cycle").fill("Minutes of four meetings")
    page.locator("h1").click()
    page.wait_for_timeout(600)
    assert answers(app, page) == [("inquiry-cycle", "level:2", "Minutes of four meetings", 2)]
    page.reload()
    expect(page.locator('[value="level:2"]').first).to_be_checked()


def test_what_is_typed_without_a_connection_arrives_later(app: Served, page: Page) -> None:
    pick(page, "level:2")
    status(page)
    page.context.set_offline(True)
    pick(page, "level:3")
    page.locator("#evidence-inquiry-cycle").fill("typed on the train")
    expect(page.locator("[data-status]")).to_contain_text("kept on this device")
    expect(page.locator("[data-download]")).to_be_visible(timeout=20_000)
    with page.expect_download() as download:
        page.locator("[data-download]").click()
    (unsent,) = json.loads(Path(download.value.path()).read_text())["answers"]
    assert (unsent["answer"], unsent["evidence"]) == ("level:3", "typed on the train")
    assert answers(app, page) == [("inquiry-cycle", "level:2", "", 1)]

    page.context.set_offline(False)
    status(page)
    assert answers(app, page)[0][1:3] == ("level:3", "typed on the train")
    kept = answers(app, page)
    page.goto(page.url.removesuffix(PLACE) + "unsent")  # what was sent is not saved twice
    page.set_input_files("#id_file", download.value.path())
    page.get_by_role("button", name="Save these answers").click()
    expect(page.get_by_text("1 answer is saved.")).to_be_visible()
    assert answers(app, page) == kept


@pytest.mark.parametrize(
    ("keep", "kept"), [("mine", ("level:1", "here")), ("other", ("level:4", "there"))]
)
def test_two_tabs_ask_and_overwrite_nothing(
    keep: str, kept: tuple[str, str], app: Served, page: Page
) -> None:
    other = page.context.new_page()
    other.goto(page.url)
    pick(other, "level:4")
    other.locator("#evidence-inquiry-cycle").fill("there")
    other.locator("h1").click()
    status(other)
    other.wait_for_timeout(500)

    page.locator("#evidence-inquiry-cycle").fill("here")
    pick(page, "level:1")
    asked = page.locator("#c-inquiry-cycle [data-error]")
    expect(asked).to_contain_text("there")
    assert answers(app, page)[0][1:3] == ("level:4", "there")
    page.locator(f"[data-keep={keep}]").click()
    status(page)
    page.wait_for_timeout(300)
    assert answers(app, page)[0][1:3] == kept


def test_who_was_signed_out_loses_nothing(app: Served, page: Page) -> None:
    email = "back-again@example.org"
    page = begun(app, page.context.browser.new_context(), email)  # type: ignore[union-attr]
    pick(page, "level:2")
    status(page)
    page.context.clear_cookies()
    page.locator("#evidence-inquiry-cycle").fill("typed after the session was over")
    page.locator("h1").click()
    expect(page.locator("[data-session]")).to_be_visible()
    door, link = page.context.request, app.link_for(email)  # as in another tab
    token = re.search(r'csrf-token" content="(\w+)"', door.get(link).text())
    assert token is not None
    door.post(link, form={"csrfmiddlewaretoken": token[1]})
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    status(page)
    assert answers(app, page)[0][2] == "typed after the session was over"
    page.context.close()


@pytest.mark.parametrize("page", [{"java_script_enabled": False}], indirect=True)
def test_without_scripts_it_is_a_form(app: Served, page: Page) -> None:
    pick(page, "dont-know")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert answers(app, page) == [("inquiry-cycle", "dont-know", "", 1)]


def test_the_keyboard_is_enough(app: Served, page: Page) -> None:
    page.locator('[name="answer-inquiry-cycle"]').first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    status(page)
    page.locator("#evidence-inquiry-cycle").focus()
    page.keyboard.type("by hand")
    page.keyboard.press("Tab")
    page.wait_for_timeout(800)
    assert answers(app, page)[0][1:3] == ("level:3", "by hand")


@pytest.mark.parametrize("size", [PHONE, DESK, {"width": 320, "height": 256}], ids=str)
def test_every_page_is_for_everybody(size: dict[str, int], page: Page) -> None:
    """Axe with the rules of WCAG 2.2 AA, and nothing to scroll sideways, at 400 % too."""
    pick(page, "level:3")
    status(page)
    home = page.url.split("/a/")[0]
    base = page.url.removesuffix(PLACE)
    page.set_viewport_size(size)  # type: ignore[arg-type]
    pages = ["", "scope", "unsent", PLACE, "review", "report", "report.html", "goals"]
    for address in [*(base + name for name in pages), home, f"{home}/start", f"{home}/nothing"]:
        page.goto(address)
        found = Axe().run(page, options=WCAG)
        assert found.violations_count == 0, f"{address}: {found.generate_report()}"
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size["width"], address


def test_the_check_for_everybody_finds_what_is_wrong(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<html><body><img src='x'><p style='color:#ccc'>faint</p></body></html>")
    broken = {violation["id"] for violation in Axe().run(page, options=WCAG).response["violations"]}
    assert {"image-alt", "color-contrast", "html-has-lang"} <= broken
    page.close()
