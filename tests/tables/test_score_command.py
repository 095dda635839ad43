"""`icmaps score` on tables, as a user meets it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl
import pytest
from typer.testing import CliRunner

from icmaps.cli import _app, _score, _sources
from icmaps.cli._app import app
from icmaps.errors import IcmapsError
from icmaps.tables import READ, WRITTEN

DATA: Final = Path(__file__).parent.parent / "data" / "good"
EXAMPLES: Final = Path(__file__).parent.parent.parent / "examples"
TABLE: Final = """\
respondent,name,school,map,round,date,rater,inquiry-cycle,shared-goals,peer-observation
E-1,Ann,Lincoln,example/teacher@1.0.0,2026-fall,2026-11-20,self,1,2,3
E-2,,Lincoln,example/teacher@1.0.0,2026-fall,2026-11-20,coach,4,NA,DK
E-3,,Lincoln,example/teacher@1.0.0,2026-fall,2026-11-20,,opposed,,1
"""
BAD: Final = "E-4,,Lincoln,example/teacher@1.0.0,2026-fall,20 Nov,,1,1,1\n"


@dataclass(frozen=True)
class Said:
    """How a run ended, and what it said."""

    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The working directory, with a good table and one with a bad row."""
    (tmp_path / "good.csv").write_text(TABLE)
    (tmp_path / "bad.csv").write_text(TABLE + BAD)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ICMAPS_PATH", str(DATA))
    monkeypatch.setenv("COLUMNS", "80")
    _app._console.cache_clear()  # noqa: SLF001 - it keeps the width it was made with
    yield tmp_path
    _app._console.cache_clear()  # noqa: SLF001


def run(*arguments: str) -> Said:
    result = CliRunner().invoke(app, ["score", *arguments])
    if isinstance(result.exception, IcmapsError):
        return Said(1, result.stdout, f"{result.exception}\n")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Said(result.exit_code, result.stdout, result.stderr)


@pytest.mark.parametrize("suffix", WRITTEN)
def test_table_is_scored_into_a_file(suffix: str, folder: Path) -> None:
    said = run("good.csv", "-o", f"scores{suffix}")

    assert (said.code, said.err) == (0, "")
    assert said.out == f"scores{suffix}: 3 assessments of 3 rows, scored in 18 rows\n"
    assert (folder / f"scores{suffix}").stat().st_size > 500


def test_rows_of_an_assessment_stand_together_the_whole_first() -> None:
    run("good.csv", "-o", "scores.parquet")
    scores = pl.read_parquet("scores.parquet")

    assert scores["respondent"].to_list() == ["E-1"] * 6 + ["E-2"] * 6 + ["E-3"] * 6
    assert scores["section"].is_null().to_list() == ([True] + [False] * 5) * 3
    assert scores.filter(pl.col("section").is_null()).select(
        "answered", "not_applicable", "rank_0"
    ).rows() == [
        (3, 0, 1),
        (1, 1, 0),
        (2, 0, 1),
    ]


def test_bad_row_is_told_and_the_run_ends_with_3() -> None:
    said = run("bad.csv", "-o", "scores.csv")

    assert said.code == 3
    assert said.out == "scores.csv: 3 assessments of 4 rows, scored in 18 rows\n"
    assert said.err == (
        "bad.csv:5:6: '20 Nov' is not a date; rounds are ordered by date; write year-month-day, "
        "as in `2026-11-20`\n1 problem; the rest was used\n"
    )


def test_what_was_done_is_there_for_scripts() -> None:
    said = run("bad.csv", "-o", "scores.csv", "--json")
    summary = json.loads(said.out)

    assert said.code == 3
    assert [problem["line"] for problem in summary.pop("problems")] == [5]
    assert summary == {
        "file": "scores.csv",
        "assessments": 3,
        "rows": 18,
        "read": 4,
        "refused": 1,
        "untold": 0,
    }


def test_several_tables_go_into_one_file_and_nobody_counts_twice(folder: Path) -> None:
    (folder / "more.csv").write_text(TABLE.replace("E-2", "E-9"))
    said = run("good.csv", "more.csv", "-o", "scores.csv")

    assert (said.code, said.out) == (
        3,
        "scores.csv: 4 assessments of 6 rows, scored in 24 rows\n",
    )
    assert [line[:14] for line in said.err.splitlines()] == [
        "more.csv:2:1: ",
        "more.csv:4:1: ",
        "2 problems; th",
    ]


def test_table_without_a_place_is_printed_assessment_by_assessment() -> None:
    said = run("good.csv")

    assert (said.code, said.err) == (0, "")
    assert [line for line in said.out.splitlines() if "rater:" in line] == [
        "Ann · Teacher · 2026-fall · rater: self",
        "E-2 · Teacher · 2026-fall · rater: coach",
        "E-3 · Teacher · 2026-fall · rater: self",
    ]
    assert said.out.count("Whole map") == 3


def test_table_without_a_place_says_nothing_of_all_together() -> None:
    """What several people come to together leaves by one gate only, that of the groups."""
    alone = run("good.csv").out.split("\n\nE-2 · ")[0]
    (line,) = [line for line in alone.splitlines() if line.startswith("Whole map")]

    assert line.split()[2:] == ["1", "1", "1", *"·" * 4]


def test_table_of_nobody_says_so(folder: Path) -> None:
    (folder / "none.csv").write_text(TABLE.splitlines()[0] + "\n" + BAD)
    said = run("none.csv")

    assert (said.code, said.out) == (3, "No assessment could be read.\n")


def test_json_holds_each_assessment() -> None:
    profiles = json.loads(run("good.csv", "--json").out)

    assert [profile["respondent"] for profile in profiles] == ["E-1", "E-2", "E-3"]
    assert [profile["rater"] for profile in profiles] == ["self", "coach", "self"]
    assert [profile["overall"]["by_rank"] for profile in profiles] == [
        [1, 1, 1, 0],
        [0, 0, 0, 1],
        [1, 0, 0, 0],
    ]


def test_json_of_a_table_is_that_of_its_assessments(folder: Path) -> None:
    (folder / "ann.yaml").write_text(
        "schema: icmaps/assessment/1\nmap: example/teacher@1.0.0\n"
        "respondent: {id: E-1, name: Ann, groups: {school: Lincoln}}\n"
        "round: {id: 2026-fall, date: 2026-11-20}\n"
        'placements: {inquiry-cycle: "1", shared-goals: "2", peer-observation: "3"}\n'
    )
    from_file = json.loads(run("ann.yaml", "--json", "--policy", "rank-index").out)
    together = json.loads(run("good.csv", "ann.yaml", "--json", "--policy", "rank-index").out)

    assert together[0] == together[1] == from_file[0]
    assert len(together) == 4


@pytest.mark.parametrize("how", [[], ["--json"]])
def test_large_table_is_not_printed_and_the_other_way_is_named(
    how: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_score, "_MOST_PRINTED", 2)
    said = run("good.csv", *how)

    assert (said.code, said.out) == (1, "")
    assert "'good.csv' holds more than 2 assessments" in said.err
    assert "-o OUT.parquet" in said.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["good.csv", "ann.yaml", "-o", "out.csv"], "is for tables, and ann.yaml is none"),
    ],
)
def test_wrong_call_is_told(arguments: list[str], message: str) -> None:
    said = run(*arguments)

    assert said.code == 2
    assert message in said.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["good.csv", "-o", "good.csv"], "'good.csv' is the table itself"),
        (["good.csv", "-o", "./x/../good.csv"], "is the table itself"),
        (["good.csv", "-o", "scores.ods"], "'scores.ods' ends in none of"),
        (["none.csv", "-o", "scores.csv"], "none.csv:1:1: the file cannot be read"),
        (["none.csv"], "none.csv:1:1: the file cannot be read"),
    ],
)
def test_what_cannot_be_done_is_told(arguments: list[str], message: str, folder: Path) -> None:
    said = run(*arguments)

    assert (said.code, said.out) == (1, "")
    assert message in said.err
    assert (folder / "good.csv").read_text() == TABLE
    assert not (folder / "scores.csv").exists()


def test_command_knows_the_tables_that_the_library_knows() -> None:
    assert _sources._TABLES == READ  # noqa: SLF001 - spelt out there, too


def test_example_table_is_scored() -> None:
    said = run(str(EXAMPLES / "tables" / "north-county-2026.csv"), "-o", "scores.parquet")
    wholes = pl.read_parquet("scores.parquet").filter(pl.col("section").is_null())

    assert (said.code, said.err) == (0, "")
    assert (wholes.height, wholes["asked"].unique().to_list()) == (364, [36])
