"""Who may see what, and what every answer says to browsers."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

from icmaps.web.accounts import new_link
from icmaps.web.saving import save
from web.made import assessment, edit, person, signed_in

OPEN = {"signin/<str:token>"}


def addresses(resolver: Any = None, before: str = "") -> list[str]:
    """Return every address of our own, as its pattern."""
    found: list[str] = []
    for entry in (resolver or get_resolver()).url_patterns:
        pattern = before + str(entry.pattern).replace("<uuidstr:", "<uuid:")
        if isinstance(entry, URLResolver):
            found += addresses(entry, pattern)
        elif isinstance(entry, URLPattern):
            found.append(pattern)
    # The root of the API is ninja's, and is there to name the rest.
    return [p for p in found if not p.startswith("account/") and p != "api/v1/"]


OF_SOMEBODY = [pattern for pattern in addresses() if "<uuid:key>" in pattern]


def filled(pattern: str, key: object) -> str:
    return "/" + pattern.replace("<uuid:key>", str(key)).replace(
        "<slug:section>", "continuous-improvement"
    )


def body() -> dict[str, Any]:
    return {
        "key": str(uuid4()),
        "component": "inquiry-cycle",
        "answer": "level:2",
        "evidence": "",
        "base_version": 0,
    }


def post(browser: Client, path: str, sent: Any, **more: Any) -> Any:
    return browser.post(path, json.dumps(sent), content_type="application/json", **more)


def test_the_matrix_knows_the_pages_there_are() -> None:
    assert len(OF_SOMEBODY) == 10
    assert len(addresses()) >= 13


@pytest.mark.parametrize("pattern", addresses())
def test_a_stranger_is_sent_to_the_door(pattern: str) -> None:
    row = assessment()
    for method in ("get", "post"):
        told = getattr(Client(), method)(filled(pattern, row.key))
        if pattern.startswith("api/"):
            assert told.status_code in {401, 405}
        elif pattern not in OPEN:
            assert told.status_code == 302
            assert told["Location"].startswith("/account/login/")


@pytest.mark.parametrize("pattern", OF_SOMEBODY)
def test_what_is_somebody_elses_is_not_there(pattern: str) -> None:
    row, other = assessment(), signed_in(person())
    save(row, edit(evidence="private"))
    finished = row.finished_at
    path, nowhere = filled(pattern, row.key), filled(pattern, uuid4())
    if pattern.startswith("api/"):
        told = [post(other, path, body()), post(other, nowhere, body())]
    else:
        told = [other.get(path), other.get(nowhere), other.post(path), other.post(nowhere)]
        assert told[2].status_code in {404, 405}
        told = told[:2]
    assert [answer.status_code for answer in told] == [404, 404]
    assert b"private" not in told[0].content
    row.refresh_from_db()
    assert row.finished_at == finished
    assert row.placements.get().evidence == "private"


def test_every_answer_tells_browsers_to_be_careful() -> None:
    row = assessment()
    browser = signed_in(row.owner)
    paths = ["/", "/start", f"/a/{row.key}/", f"/a/{row.key}/report", "/nothing", "/account/login/"]
    for path in [*paths, f"/a/{row.key}/report.html"]:
        told = browser.get(path)
        policy = told["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert told["X-Content-Type-Options"] == "nosniff"
        assert told["Referrer-Policy"] == "same-origin"
        assert told["Cache-Control"].startswith(("no-store", "max-age=0"))
        assert told["X-Frame-Options"] == ("SAMEORIGIN" if path.endswith(".html") else "DENY")


def test_no_script_can_read_the_cookies() -> None:
    browser = Client()
    browser.post(f"/signin/{new_link(person())}")
    browser.get("/")
    assert set(browser.cookies) == {"sessionid", "csrftoken"}
    assert all(cookie["httponly"] for cookie in browser.cookies.values())
    assert all(cookie["samesite"] == "Lax" for cookie in browser.cookies.values())


def test_nothing_is_inline_in_our_pages() -> None:
    row = assessment()
    save(row, edit())
    browser = signed_in(row.owner)
    for page in ("", "scope", "place/continuous-improvement", "review", "report", "goals"):
        shown = browser.get(f"/a/{row.key}/{page}").content.decode()
        assert "<style" not in shown
        assert " style=" not in shown
        assert "<script>" not in shown
        assert " onclick=" not in shown


def test_a_page_of_another_site_can_change_nothing() -> None:
    row = assessment()
    browser = signed_in(row.owner, enforce_csrf_checks=True)
    assert post(browser, f"/api/v1/assessments/{row.key}/events", body()).status_code == 403
    for page in ("review", "goals", "scope", "unsent", "place/continuous-improvement"):
        assert browser.post(f"/a/{row.key}/{page}").status_code == 403
    assert not row.changes.exists()

    token = browser.get("/api/v1/token").json()["token"]
    path = f"/api/v1/assessments/{row.key}/events"
    assert post(browser, path, body(), headers={"X-CSRFToken": token}).status_code == 200


@pytest.mark.parametrize(
    "more",
    [
        {"version": 7},
        {"assessment": 1},
        {"base_version": -1},
        {"base_version": "x"},
        {"key": "1"},
        {"component": "x" * 101},
        {"answer": None},
        {"evidence": "x" * 5_001},
    ],
)
def test_the_api_takes_what_it_asks_for_and_nothing_else(more: dict[str, Any]) -> None:
    row = assessment()
    told = post(signed_in(row.owner), f"/api/v1/assessments/{row.key}/events", body() | more)
    assert told.status_code == 422
    assert not row.changes.exists()


def test_the_api_saves_replays_and_asks() -> None:
    row = assessment()
    browser, path = signed_in(row.owner), f"/api/v1/assessments/{row.key}/events"
    first = body()
    saved, again = post(browser, path, first), post(browser, path, first)
    assert (saved.status_code, saved.json()["version"], saved.json()["replay"]) == (200, 1, False)
    assert (again.status_code, again.json()["version"], again.json()["replay"]) == (200, 1, True)

    second = post(browser, path, body() | {"answer": "level:4", "evidence": "later"})
    assert second.status_code == 409
    assert second.json()["answer"] == "level:2"
    refused = post(browser, path, body() | {"answer": "level:9", "base_version": 1})
    assert refused.status_code == 422
    assert "no such level" in refused.json()["detail"]
