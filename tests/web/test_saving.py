"""Saving: acknowledged means written, once; who comes second is asked, and loses nothing."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from icmaps.web._sqlite import is_mended
from icmaps.web.models import Assessment, Change, Placement
from icmaps.web.saving import Edit, RefusedError, Saved, plain, save
from web.made import assessment, edit

CHOICES = ("", "level:1", "level:2", "level:4", "not-applicable", "dont-know")


def test_an_answer_is_kept_and_told() -> None:
    row = assessment()
    saved = save(row, edit("level:2", evidence="Minutes"))

    assert (saved.version, saved.answer, saved.evidence) == (1, "level:2", "Minutes")
    assert not saved.conflict
    kept = row.placements.get()
    assert (kept.component, kept.answer, kept.evidence, kept.version) == (
        *("inquiry-cycle", "level:2", "Minutes", 1),
    )


def test_the_same_change_sent_again_counts_once() -> None:
    row = assessment()
    change = edit("level:2")
    first, again = save(row, change), save(row, change)

    assert again == replace(first, replay=True)
    assert row.changes.count() == 1
    assert row.placements.get().version == 1


def test_a_change_that_comes_second_is_refused_kept_and_told() -> None:
    row = assessment()
    save(row, edit("level:2", evidence="mine"))
    second = save(row, edit("level:4", evidence="from the other device"))

    assert second.conflict
    assert (second.answer, second.evidence, second.version) == ("level:2", "mine", 1)
    assert row.placements.get().answer == "level:2"
    refused = row.changes.get(version=None)
    assert (refused.answer, refused.evidence) == ("level:4", "from the other device")
    assert save(row, edit("level:4", base=1)).version == 2


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 1),  # which of two tabs
            st.sampled_from(CHOICES),
            st.text("aé\n", max_size=3),
            st.booleans(),  # sent twice
            st.booleans(),  # the tab asked for what is there before
        ),
        max_size=12,
    )
)
def test_two_tabs_never_overwrite_each_other_silently(
    steps: list[tuple[int, str, str, bool, bool]],
) -> None:
    row = assessment()
    seen, now = [0, 0], Saved("inquiry-cycle", 0, "", "", None)
    accepted = 0
    for tab, answer, evidence, twice, looked in steps:
        if looked:
            seen[tab] = now.version
        change = edit(answer, base=seen[tab], evidence=evidence)
        told = save(row, change)
        if twice:
            assert save(row, change) == replace(told, replay=True)
        assert told.conflict == (seen[tab] != now.version)
        if not told.conflict:
            accepted += 1
            assert (told.answer, told.evidence) == (answer, plain(evidence))
            now = told
        assert (told.version, told.answer, told.evidence) == (now.version, now.answer, now.evidence)
        seen[tab] = told.version
    assert now.version == accepted
    assert row.changes.count() == len(steps)
    assert [c.version for c in row.changes.exclude(version=None).order_by("pk")] == list(
        range(1, accepted + 1)
    )


def test_of_many_first_answers_at_once_one_is_kept() -> None:
    row = assessment()

    def one(number: int) -> Saved:
        try:
            return save(row, edit(f"level:{number % 4 + 1}"))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(one, range(16)))

    assert sum(not saved.conflict for saved in told) == 1
    assert row.placements.count() == 1
    assert row.changes.count() == 16


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (edit(component="nothing"), "does not ask for that component"),
        (edit(component="giving-feedback"), "does not ask for that component"),  # not in scope
        (edit("level:9"), "no such level"),
        (edit("2"), "no such level"),
        (edit("level:"), "no such level"),
        (edit(evidence="x" * 4_001), r"4,001 characters; 4,000 are kept; shorten it"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_leaves_nothing(change: Edit, message: str) -> None:
    row = assessment(scope=["collaborative-inquiry"])
    with pytest.raises(RefusedError, match=message):
        save(row, change)
    assert not row.changes.exists()
    assert not row.placements.exists()


def test_a_finished_assessment_is_locked() -> None:
    row = assessment()
    before = edit()
    save(row, before)
    Assessment.objects.filter(pk=row.pk).update(finished_at=timezone.now())
    with pytest.raises(RefusedError, match="finished; reopen it"):
        save(row, edit(base=1))  # `row` is from before it was finished, as in a request under way
    assert save(row, before).replay  # what was saved before is still acknowledged


def test_a_change_with_the_key_of_another_is_refused() -> None:
    key = uuid4()
    save(assessment(), edit(key=key))
    with pytest.raises(RefusedError, match="key of another"):
        save(assessment(), edit(key=key))


def test_notes_are_kept_as_they_can_be_printed() -> None:
    assert plain(" a\r\nb\rc\x00\x1b\ud800e\u0301 ") == "a\nb\ncé"


def test_nothing_of_an_answer_is_outside_the_two_tables() -> None:
    row = assessment()
    save(row, edit(evidence="a note"))
    row.owner.delete()
    assert not Placement.objects.filter(evidence="a note").exists()
    assert not Change.objects.filter(evidence="a note").exists()


@pytest.mark.parametrize(
    ("version", "mended"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 50, 4), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 0), True),
    ],
)
def test_only_a_mended_sqlite_writes_ahead(version: tuple[int, ...], *, mended: bool) -> None:
    assert is_mended(version) == mended
    with connection.cursor() as cursor:
        cursor.execute("select sqlite_version()")
        here = tuple(map(int, cursor.fetchone()[0].split(".")))
        cursor.execute("pragma journal_mode")
        journal = cursor.fetchone()[0]
        cursor.execute("pragma synchronous")
        assert (journal, cursor.fetchone()[0]) == (("wal", 2) if is_mended(here) else ("delete", 3))
