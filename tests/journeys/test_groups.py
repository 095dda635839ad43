"""Groups and comparisons at the command line, as a PD lead meets them."""

from pathlib import Path

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from journeys.test_cli import FALL, SPRING, folder, program, run

__all__ = ["folder"]  # the working directory of every test here

DISTRICT = "examples/tables/north-county-2026.csv"


def test_a_table_becomes_a_summary_and_a_report() -> None:
    said = run("group", DISTRICT, "-o", "north.pdf")

    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[0] == "Teacher · spl-2022/teacher@1.0.0"
    assert lines[1].split() == ["Group", "People", "Round", "Components", "Growth", "Raters"]
    assert any(line.startswith("    Harbor Middle ") for line in lines)
    assert lines[-2].startswith("Nothing is told of fewer than 10 people")
    assert lines[-1] == "north.pdf, 7 pages"
    assert Path("north.pdf").read_bytes()[:5] == b"%PDF-"


def test_one_school_is_named_by_its_own_name_or_its_path() -> None:
    for name in ("Harbor Middle", "North County/Harbor Middle"):
        said = run("group", DISTRICT, "--only", name, "-o", "harbor.html")
        assert said.code == 0
        assert "<h1>" in Path("harbor.html").read_text()
        assert "Harbor Middle" in Path("harbor.html").read_text()


def test_a_workbook_holds_all_groups_and_a_json_file_the_same() -> None:
    run("group", DISTRICT, "-o", "north.xlsx")
    told = run("group", DISTRICT, "--json").data

    sheet = CalamineWorkbook.from_path("north.xlsx").get_sheet_by_name("Spread").to_python()
    schools = {row[2] for row in sheet[1:] if row[0] == "school"}
    assert schools == {group["path"][1] for group in told["groups"] if group["kind"] == "school"}
    assert len(schools) > 8


def test_a_row_with_a_problem_is_told_and_the_rest_used() -> None:
    table = pl.read_csv(DISTRICT, infer_schema=False)
    component = table.columns[10]
    broken = table.with_columns(
        pl.when(pl.int_range(pl.len()) == 4)
        .then(pl.lit("9"))
        .otherwise(component)
        .alias(component),
        pl.when(pl.int_range(pl.len()) == 7).then(pl.lit("soon")).otherwise("date").alias("date"),
    )
    broken.write_csv("broken.csv")

    said = run("group", "broken.csv", "--json")

    assert said.code == 3
    told = said.err.splitlines()
    assert told[0].startswith(f"broken.csv:6:11: component {component!r} has no level '9'; ")
    assert told[1].startswith("broken.csv:9:7: 'soon' is not a date; ")
    assert told[2] == "2 problems; the rest was used"
    assert said.data["groups"]


def test_a_folder_of_assessments_is_a_group_too_but_a_small_one_is_not_told() -> None:
    said = run("group", "examples/spl-2022/coach", "--audience", "members")

    assert said.code == 0
    assert "Nothing is told of fewer than 5 people" in said.out
    assert "Imani" not in said.out


def test_several_maps_are_not_told_together() -> None:
    said = run("group", "examples/spl-2022")

    assert said.code == 1
    assert "levels of different maps cannot be told together; name one map" in said.err
    assert run("group", "examples/spl-2022", "--map", "spl-2022/coach").code == 0


def test_somebody_who_answered_twice_in_a_round_is_refused() -> None:
    text = Path(DISTRICT).read_text().splitlines()
    Path("twice.csv").write_text("\n".join([*text, text[1]]) + "\n")

    said = run("group", "twice.csv")

    assert said.code == 3
    assert "was read before this row; one person would be counted as two" in said.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere.csv",), "nowhere.csv:1:1: the file cannot be read: "),
        (("examples/tables", "-o", "x.pdf"), "examples/tables:1:1: the file cannot be read: "),
        ((DISTRICT, "-o", "x.docx"), "'x.docx' ends in none of .pdf, .html, .xlsx, .json"),
        ((DISTRICT, "-o", "x.pdf", "--only", "Atlantis"), "nothing can be told of 'Atlantis'"),
        ((DISTRICT, "--map", "spl-2022/coach"), "the placements are on no map at all"),
    ],
)
def test_what_cannot_be_done_is_told_in_words(arguments: tuple[str, ...], message: str) -> None:
    said = run("group", *arguments)
    assert said.code == 1
    assert message in said.err
    assert not Path("x.pdf").exists()


def test_rounds_of_one_person_are_compared() -> None:
    said = run("compare", SPRING, FALL)

    assert said.code == 0
    assert said.out.startswith("Jordan Ames · Teacher · 2 rounds\n")
    assert "10 moved toward ideal, 20 held, 2 moved away; 2 newly answered" in said.out


def changed(name: str, file: str, *replacements: tuple[str, str]) -> str:
    text = Path(file).read_text("utf-8")
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    Path(name).write_text(text, "utf-8")
    return name


def test_two_raters_of_one_practice_are_compared_and_what_they_agreed_on_is_kept() -> None:
    coach = changed("coach.yaml", FALL, ("rater: self", "rater: {kind: coach, name: Renee}"))
    agreed = changed("agreed.yaml", FALL, ("rater: self", "rater: team"))

    said = run("compare", FALL, coach, agreed)

    assert said.code == 0
    assert "Same level in 100 % of pairs, same or neighboring in 100 %." in said.out
    assert "agreed" in said.out
    data = run("compare", FALL, coach, agreed, "--json").data
    assert data["raters"] == ["self", "Renee"]
    assert {row["view"] for row in data["rows"]} <= {"same", "one only", "none"}


def test_a_look_back_is_told_apart_from_growth() -> None:
    then = changed("then.yaml", SPRING, ("rater: self", "rater: then"))

    said = run("compare", SPRING, FALL, then)

    assert said.code == 0
    assert said.out.startswith("Looking back at 2026-spring: 0 of ")
    assert "10 moved toward ideal" in said.out


def test_two_editions_stand_side_by_side_and_nothing_is_subtracted() -> None:
    older = "examples/spl-2011/coach/marcus-vandiver-2026-spring.yaml"
    newer = changed(
        "newer.yaml",
        "examples/spl-2022/coach/imani-castellanos-2026-fall.yaml",
        ("id: C-18", "id: C-63"),
    )

    data = run("compare", older, newer, "--json").data

    assert len(data["rows"]) > 10
    assert {row["steps"] for row in data["rows"]} == {None}
    assert "can be compared; the others are shown side by side" in data["warnings"][0]


@pytest.mark.slow
def test_the_installed_program_makes_the_report(tmp_path: Path) -> None:
    del tmp_path
    said = program("group", DISTRICT, "-o", "north.pdf", "--by", "team", "--audience", "members")
    assert (said.code, said.err) == (0, "")
    assert "Not told of, to protect the people in them: " in said.out
