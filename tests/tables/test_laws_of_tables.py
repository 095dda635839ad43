"""What holds of every table, whichever way it is written, cut or scored."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icmaps.scoring import Summary, score
from icmaps.tables import read_table, score_file, score_table, write_parts, write_table
from tables.made import CATALOG, Case, cases, folder, law, read

FORMATS = (".csv", ".xlsx", ".parquet", ".jsonl")
SHAPES = st.sampled_from(["long", "wide"])


@pytest.mark.parametrize("suffix", FORMATS)
@law
@given(cases())
def test_table_written_and_read_back_is_the_same(suffix: str, case: Case) -> None:
    with folder() as here:
        write_table(case.wide, here / f"table{suffix}")
        reading = read_table(here / f"table{suffix}", catalog=CATALOG)

    assert reading.problems == []
    assert reading.rows == len(case.rows)
    key = sorted(map(repr, case.assessments))
    assert sorted(map(repr, reading.assessments())) == key


@law
@given(cases(), st.sampled_from(FORMATS))
def test_long_and_wide_say_the_same(case: Case, suffix: str) -> None:
    with folder() as here:
        write_table(case.wide, here / f"wide{suffix}")
        write_table(case.long, here / f"long{suffix}")

        assert read(here / f"long{suffix}") == read(here / f"wide{suffix}")
        assert read(here / f"long{suffix}")[1] == []


@law
@given(cases(12), st.sampled_from(FORMATS), st.integers(1, 5), SHAPES)
def test_reading_in_tiny_parts_equals_reading_at_once(
    case: Case, suffix: str, rows: int, shape: str
) -> None:
    with folder() as here:
        path = here / f"table{suffix}"
        write_table(getattr(case, shape), path)

        assert read(path, rows) == read(path)


@law
@given(cases(12), st.integers(1, 5))
def test_problems_are_the_same_in_tiny_parts(case: Case, rows: int) -> None:
    spoilt = case.wide.with_row_index("odd").with_columns(
        **{"inquiry-cycle": "odd"}, two="odd", notes="odd"
    )
    with folder() as here:
        write_table(spoilt.cast({"odd": str}), here / "table.csv")

        assert read(here / "table.csv", rows) == read(here / "table.csv")
        assert read(here / "table.csv")[1]


@law
@given(cases(), st.sampled_from([None, "distribution", "rank-index", "points"]), SHAPES)
def test_scoring_a_table_equals_scoring_each_assessment(
    case: Case, policy: Any, shape: str
) -> None:
    table = score_table(getattr(case, shape), policy=policy, catalog=CATALOG)

    found = {
        tuple(row[name] for name in ("respondent", "map", "round", "rater", "section")): row
        for row in table.iter_rows(named=True)
    }
    expected = 0
    for assessment in case.assessments:
        profile = score(assessment, catalog=CATALOG, policy=policy)
        who = (assessment.respondent.id, assessment.map, assessment.round.id, assessment.rater.kind)
        sections = [(None, profile.overall), *((s.id, s.summary) for s in profile.sections)]
        expected += len(sections)
        for section, summary in sections:
            row = found[*who, section]
            assert numbers(row) == numbers_of(summary)
            assert row["date"] == assessment.round.date
            assert row["school"] == assessment.respondent.groups.school
    assert table.height == expected


def numbers(row: dict[str, Any]) -> list[Any]:
    names = ["asked", "answered", "not_applicable", "dont_know", "unanswered", "share_ideal",
             "share_acceptable", "share_at_target", "index", "critical_below",
             *(f"rank_{rank}" for rank in range(6))]  # fmt: skip
    return [row[name] for name in names]


def numbers_of(summary: Summary) -> list[Any]:
    by_rank = [*summary.by_rank, 0, 0, 0, 0, 0, 0][:6]
    return [summary.asked, summary.answered, summary.not_applicable, summary.dont_know,
            summary.unanswered, summary.share_ideal, summary.share_acceptable,
            summary.share_at_target, summary.index, len(summary.critical_below),
            *by_rank]  # fmt: skip


@law
@given(cases(), st.sampled_from(FORMATS))
def test_scoring_a_file_equals_scoring_the_table(case: Case, suffix: str) -> None:
    with folder() as here:
        write_table(case.wide, here / f"table{suffix}")
        scored = score_file(here / f"table{suffix}", here / "scores.csv", catalog=CATALOG)
        inside = score_table(case.wide, catalog=CATALOG)
        write_table(inside, here / "expected.csv")

        assert (scored.assessments, scored.rows) == (len(case.rows), inside.height)
        assert lines(here / "scores.csv") == lines(here / "expected.csv")


def lines(path: Path) -> list[str]:
    return sorted(path.read_text("utf-8").split("\n"))


@law
@given(cases(12), st.lists(st.integers(1, 4), min_size=12, max_size=12))
def test_writing_in_parts_equals_writing_at_once(case: Case, cuts: list[int]) -> None:
    table = score_table(case.wide, catalog=CATALOG)
    parts, start = [], 0
    for length in cuts:
        parts.append(table.slice(start, length))
        start += length
    parts.append(table.slice(start))
    with folder() as here:
        for suffix in (".csv", ".jsonl"):
            assert write_parts(parts, here / f"parts{suffix}") == table.height
            write_table(table, here / f"whole{suffix}")
            whole = (here / f"whole{suffix}").read_bytes()
            assert (here / f"parts{suffix}").read_bytes() == whole
