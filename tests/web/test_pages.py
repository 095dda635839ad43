"""Pages as a browser without JavaScript sees them, and the way in."""

import io
import json
import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pikepdf
import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from icmaps.web.accounts import new_link
from icmaps.web.models import Assessment, SignInLink
from icmaps.web.saving import save
from report_cases import read
from web.made import MAP, assessment, edit, person, signed_in

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7|add:7 }}"


def text(response: Any) -> str:
    page: str = response.content.decode()
    return page


def after(response: Any) -> str:
    """Return where a page sends the browser."""
    assert response.status_code == 302
    location: str = response["Location"]
    return location


def placed(row: Assessment, **levels: str) -> Assessment:
    for component, level in levels.items():
        save(row, edit(f"level:{level}", component=component.replace("_", "-")))
    return row


def test_a_whole_journey_without_javascript() -> None:
    user = person("Ann Onymous", school="Lincoln")
    browser = signed_in(user)
    assert "Start your first map" in text(browser.get("/"))

    begun = after(browser.post("/start", {"map": MAP, "round": "2026 Fall", "date": "2026-11-20"}))
    assert begun.endswith("/scope")
    tasks = after(browser.post(begun, {"section": ["collaborative-inquiry"]}))
    shown = text(browser.get(tasks))
    assert "Not started" in shown
    (place,) = set(re.findall(r'href="([^"]+/place/continuous-improvement)"', shown))
    form = text(browser.get(place))
    assert form.count('<fieldset class="card component"') == form.count('name="version-')
    for picture in ("Ideal", "Don’t know yet", "Not applicable", "What to look for"):
        assert picture in form
    sent = {
        "answer-inquiry-cycle": "level:2",
        "evidence-inquiry-cycle": "Minutes of four meetings",
        "version-inquiry-cycle": "0",
        "then": "next",
    }
    following = after(browser.post(place, sent))
    assert following != place
    assert "1 of" in text(browser.get(tasks))

    review = f"{tasks}review"
    assert "Established (2)" in text(browser.get(review))
    assert "Minutes of four meetings" in text(browser.get(review))
    report = after(browser.post(review, {"action": "finish"}))
    assert "Download as PDF" in text(browser.get(report))
    page = text(browser.get(f"{report}.html"))
    assert "Ann Onymous" in page
    assert "Lincoln" in page

    goals = f"{tasks}goals"
    assert "Carries a cycle of inquiry" in text(browser.get(goals))
    chosen = {
        "goal": "inquiry-cycle",
        "action-inquiry-cycle": "Lead one protocol",
        "support-inquiry-cycle": "Renee",
        "by-inquiry-cycle": "2027-02-26",
    }
    assert after(browser.post(goals, chosen)) == report
    pdf = browser.get(f"{report}.pdf")
    data = b"".join(pdf.streaming_content)  # type: ignore[attr-defined]
    assert "attachment" in pdf["Content-Disposition"]
    assert "Lead one protocol" in read(data)
    with pikepdf.open(io.BytesIO(data)) as opened:
        assert "assessment-2026-fall.json" in opened.attachments
    assert after(browser.post(review, {"action": "reopen"})) == tasks


def test_the_next_round_begins_where_the_last_one_ended_and_shows_growth() -> None:
    user = person("Ann")
    before = {"finished_at": timezone.now(), "round": "2026-spring", "date": date(2026, 4, 17)}
    spring = placed(
        assessment(user, round="2026-spring", date=date(2026, 4, 17)), inquiry_cycle="3"
    )
    Assessment.objects.filter(pk=spring.pk).update(**before)
    fall = placed(assessment(user), inquiry_cycle="2")
    browser = signed_in(user)

    form = text(browser.get(f"/a/{fall.key}/place/continuous-improvement"))
    assert "Where I was last time" in form
    assert "2026-spring" in form
    assert "from Developing (3)" in text(browser.get(f"/a/{fall.key}/report.html"))


def test_without_javascript_a_change_that_comes_second_is_shown_and_overwrites_nothing() -> None:
    row = assessment()
    save(row, edit("level:1", evidence="from my phone"))
    sent = {
        "answer-inquiry-cycle": "level:3",
        "evidence-inquiry-cycle": "from my laptop",
        "version-inquiry-cycle": "0",
    }
    told = signed_in(row.owner).post(f"/a/{row.key}/place/continuous-improvement", sent)

    assert told.status_code == 409
    for words in ("Ideal (1). from my phone", "Developing (3). from my laptop", "another tab"):
        assert words in text(told)
    assert row.placements.get().evidence == "from my phone"


def test_a_component_that_was_not_touched_is_not_saved_again() -> None:
    row = placed(assessment(), inquiry_cycle="2")
    sent = {
        "answer-inquiry-cycle": "level:2",
        "evidence-inquiry-cycle": "",
        "version-inquiry-cycle": "0",  # an old tab: but it changes nothing
    }
    signed_in(row.owner).post(f"/a/{row.key}/place/continuous-improvement", sent)
    assert row.changes.count() == 1


def test_a_file_of_unsent_answers_is_taken_in_and_overwrites_nothing() -> None:
    row = assessment()
    save(row, edit("level:1", evidence="later, on the phone"))
    told = [
        {"key": str(uuid4()), "component": name, "answer": "level:3", "evidence": "in the file",
         "base_version": 0}
        for name in ("inquiry-cycle", "giving-feedback", "no-such-thing")
    ]  # fmt: skip
    browser, page = signed_in(row.owner), f"/a/{row.key}/unsent"
    for _ in range(2):
        file = io.BytesIO(json.dumps({"assessment": str(row.key), "answers": told}).encode())
        shown = text(browser.post(page, {"file": file}))
        assert "1 answer is saved." in shown
        for words in ("Ideal (1). later, on the phone", "Developing (3). in the file"):
            assert words in shown
        assert "does not ask for that component" in shown
    assert {a.component: a.evidence for a in row.placements.all()} == {
        "inquiry-cycle": "later, on the phone",
        "giving-feedback": "in the file",
    }


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not a file of unsent answers"),
        (b"[" * 100_000, "not a file of unsent answers"),
        (b'{"assessment": "x", "answers": []}', "not a file of unsent answers"),
        (
            b'{"assessment": "00000000-0000-4000-8000-000000000000", "answers": []}',
            "belong to another map or round",
        ),
    ],
)
def test_a_file_of_something_else_is_told(data: bytes, message: str) -> None:
    row = assessment()
    told = signed_in(row.owner).post(f"/a/{row.key}/unsent", {"file": io.BytesIO(data)})
    assert told.status_code == 422
    assert message in text(told)


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"round": "x", "date": "2026-11-20"}, "Choose a role."),
        ({"map": "no/map@1.0.0", "round": "x", "date": "2026-11-20"}, "not one of the available"),
        ({"map": MAP, "date": "2026-11-20"}, "Give the round a name."),
        ({"map": MAP, "round": "!?", "date": "2026-11-20"}, "of letters and digits"),
        ({"map": MAP, "round": "x", "date": "20.11."}, "Enter a valid date."),
    ],
)
def test_what_is_missing_at_the_start_is_told_at_its_field(
    sent: dict[str, str], message: str
) -> None:
    user = person()
    told = signed_in(user).post("/start", sent)
    assert told.status_code == 422
    assert text(told).count(message) == 2  # at the top, and at the field
    assert not user.assessments.exists()


def test_a_map_is_begun_once_a_round() -> None:
    row = assessment()
    again = signed_in(row.owner).post(
        "/start", {"map": MAP, "round": "2026-fall", "date": "2026-12-01"}
    )
    assert after(again) == f"/a/{row.key}/"


def test_a_goal_outside_the_scope_of_now_does_not_keep_the_report_from_being_made() -> None:
    row = placed(assessment(), inquiry_cycle="3")
    browser = signed_in(row.owner)
    browser.post(f"/a/{row.key}/goals", {"goal": "inquiry-cycle"})
    browser.post(f"/a/{row.key}/scope", {"section": ["evidence"]})
    assert browser.get(f"/a/{row.key}/report.html").status_code == 200


def test_only_finishing_finishes_and_only_reopening_reopens() -> None:
    row = assessment()
    browser, review = signed_in(row.owner), f"/a/{row.key}/review"
    for action, finished in (("", False), ("finish", True), ("", True), ("reopen", False)):
        browser.post(review, {"action": action})
        row.refresh_from_db()
        assert (row.finished_at is not None) == finished


def test_more_than_three_goals_are_told() -> None:
    row = placed(
        assessment(), inquiry_cycle="3", giving_feedback="3", seeking_feedback="3",
        lasting_practice="3",
    )  # fmt: skip
    names = ["inquiry-cycle", "giving-feedback", "seeking-feedback", "lasting-practice"]
    told = signed_in(row.owner).post(f"/a/{row.key}/goals", {"goal": names})
    assert told.status_code == 422
    assert "Choose three at most." in text(told)
    assert not row.goals.exists()


def test_hostile_text_is_shown_as_text_on_every_page() -> None:
    user = person(HOSTILE, school=HOSTILE)
    row = assessment(user)
    save(row, edit("level:3", evidence=HOSTILE))
    browser = signed_in(user)
    browser.post(f"/a/{row.key}/goals", {"goal": "inquiry-cycle", "action-inquiry-cycle": HOSTILE})
    for page in ("", "place/continuous-improvement", "review", "report", "report.html", "goals"):
        shown = text(browser.get(f"/a/{row.key}/{page}"))
        assert "<script>alert" not in shown
        assert "<img" not in shown
        assert "14" not in re.findall(r"onerror=alert\(1\)&gt;(.{0,20})", shown)
    assert "<script>alert" not in text(browser.get("/"))


# ---- the way in ----------------------------------------------------------------------------


def test_a_link_signs_in_once_and_looking_at_it_uses_nothing_up() -> None:
    user = person()
    path = f"/signin/{new_link(user)}"
    assert Client().get(path).status_code == 200
    browser = Client()
    assert after(browser.post(path)) == "/"
    assert browser.get("/").status_code == 200

    assert Client().post(path).status_code == 410
    assert SignInLink.objects.get(user=user).digest not in path


def test_an_old_link_and_one_of_somebody_shut_out_do_not_sign_in() -> None:
    old, shut_out = person(), person(is_active=False)
    paths = [f"/signin/{new_link(user)}" for user in (old, shut_out)]
    SignInLink.objects.filter(user=old).update(expires_at=timezone.now() - timedelta(seconds=1))
    for path in paths:
        browser = Client()
        assert browser.post(path).status_code == 410
        assert "/account/login/" in after(browser.get("/"))


def test_nobody_learns_who_has_an_account() -> None:
    known, pages = person(), []
    for email in (known.email, "nobody@example.org"):
        sent = Client().post("/account/login/code/", {"email": email}, follow=True)
        pages.append((sent.status_code, text(sent).replace(email, "")))
        wrong = Client().post("/account/login/", {"login": email, "password": "not this one"})
        pages.append((wrong.status_code, text(wrong).replace(email, "")))
    strip = re.compile(r'(csrf-token" content|csrfmiddlewaretoken" value)="\w+"')
    plain = [(code, strip.sub("", page)) for code, page in pages]
    assert plain[0] == plain[2]
    assert plain[1] == plain[3]
    assert {message.to[0] for message in mail.outbox} <= {known.email}


def test_nobody_signs_themselves_up() -> None:
    sent = {"email": "new@example.org", "password1": "a long enough one", "password2": "x"}
    Client().post("/account/signup/", sent)
    assert "Sign Up Closed" in text(Client().get("/account/signup/"))
