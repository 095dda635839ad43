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
    assert lines[1].split() == ["Group", "People", "Round", "Told", "Growth", "Raters"]
    assert any(line.startswith("    Harbor Middle ") for line in lines)
    assert lines[-2].startswith("Nothing is told of fewer than 10 people")
    assert lines[-1] == "north.pdf, 8 pages"
    assert Path("north.pdf").read_bytes()[:5] == b"%PDF-"


def test_one_school_is_named_by_its_own_name_or_its_path() -> None:
    for name in ("Harbor Middle", "harbor middle", "North County/Harbor Middle"):
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
    said = run("group", "examples/spl-2022/coach")

    assert said.code == 0
    assert "Nothing is told of fewer than 10 people" in said.out
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


def test_a_name_that_several_groups_have_is_asked_for_with_its_path() -> None:
    said = run("group", DISTRICT, "--only", "Team A", "-o", "team.pdf")
    assert said.code == 1
    assert "'Team A' is the name of 12 groups; a report is about one" in said.err


def test_figures_for_members_are_for_one_group() -> None:
    assert "name the group with --only" in run("group", DISTRICT, "--audience", "members").err
    said = run("group", DISTRICT, "--audience", "members", "--only", "Harbor Middle/Team A")
    assert said.code == 0
    assert [line.split()[0] for line in said.out.splitlines()[2:3]] == ["Team"]
    assert "Nothing is told of fewer than 5 people" in said.out


def test_one_cause_is_not_told_hundreds_of_times() -> None:
    text = Path(DISTRICT).read_text().replace("spl-2022/teacher@1.0.0", "spl-2022/techer@1.0.0")
    Path("wrong.csv").write_text(text)
    said = run("group", "wrong.csv")
    assert said.code == 1
    assert len(said.err.splitlines()) < 9
    assert "problems more of this kind there" in said.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere.csv",), "nowhere.csv:1:1: the file cannot be read: "),
        (("examples/tables", "-o", "x.pdf"), "examples/tables:1:1: the file cannot be read: "),
        ((DISTRICT, "-o", "x.docx"), "'x.docx' ends in none of .pdf, .html, .xlsx, .json"),
        (
            (DISTRICT, "-o", "x.pdf", "--only", "Atlantis"),
            "there is no group 'Atlantis'; a report needs people",
        ),
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
    assert said.out.startswith("Jordan Ames · Teacher · 2026-fall · 2 raters\n")
    told = " ".join(said.out.split())
    assert (
        "Same level in 100 % of pairs, same or neighboring in 100 % (34 pairs, over components "
        "with any number of levels). self nearer the ideal in no components, Renee in none. "
        "Weighted kappa (linear): 1.00 (95 % interval 1.00 to 1.00, 34 components with 4 levels). "
        "Krippendorff's alpha (ordinal): 1.00 (34 components with 4 levels). "
        "Note: Neither rater is the right one, "
    ) in told
    assert "agreed" in said.out
    data = run("compare", FALL, coach, agreed, "--json").data
    assert data["raters"] == ["self", "Renee"]
    assert {row["view"] for row in data["rows"]} <= {"same", "one only", "none"}


def test_a_look_back_is_told_apart_from_growth() -> None:
    then = changed("then.yaml", SPRING, ("rater: self", "rater: then"))

    said = run("compare", SPRING, FALL, then)

    assert said.code == 0
    assert said.out.startswith("Jordan Ames · Teacher · 2 rounds\n")
    assert "10 moved toward ideal" in said.out
    assert said.out.splitlines()[-2].startswith("Looking back at 2026-spring: 0 of 32 components ")


def judged(name: str, file: str, rater: str, *more: tuple[str, str]) -> str:
    """Placements by somebody else, who judges two components more strictly."""
    stricter = [
        (f'{component}: "2"', f'{component}: "3"')
        for component in ("materials-repair", "equity-expectations")
    ]
    return changed(name, file, ("rater: self", f"rater: {rater}"), *stricter, *more)


def test_what_is_seen_today_stands_beside_the_round_it_is_about() -> None:
    then = judged("then.yaml", SPRING, "then")

    said = run("compare", then, SPRING, FALL)

    head, *rows = said.out.splitlines()[2:]
    assert head.split() == ["Component", "2026-spring", "looking", "back", "2026-fall"]
    row = next(row for row in rows if row.startswith("2.1.1 "))
    assert row.split()[-4:] == ["2", "3", "2", "="]
    assert " ".join(said.out.split()).endswith(
        "Looking back at 2026-spring: 2 of 32 components judged more strictly than at the time, 0 "
        "less strictly; a change of understanding, kept apart from growth."
    )
    data = run("compare", then, SPRING, FALL, "--json").data
    (counts,) = data["then"]
    assert counts == {
        "round": "2026-spring",
        "more_strictly": 2,
        "less_strictly": 0,
        "pairs": 32,
    }
    assert data["overall"]["up"] == 10
    assert run("compare", SPRING, FALL, "--json").data["then"] == []


def test_a_look_back_alone_is_compared_with_what_it_is_about() -> None:
    then = judged("then.yaml", SPRING, "then")

    said = run("compare", SPRING, then)

    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("Looking back at 2026-spring: ")
    assert list(run("compare", SPRING, then, "--json").data) == ["then"]


def test_a_look_back_is_never_one_of_the_raters() -> None:
    then = judged("then.yaml", FALL, "then")
    coach = judged("coach.yaml", FALL, "{kind: coach, name: Renee}")

    data = run("compare", then, FALL, coach, "--json").data

    assert (data["round"], data["raters"]) == ("2026-fall", ["self", "Renee"])
    assert [told["round"] for told in data["then"]] == ["2026-fall"]
    assert run("compare", then, coach).code == 1


def test_several_rounds_and_several_raters_are_told_round_by_round() -> None:
    coach = judged("coach.yaml", FALL, "{kind: coach, name: Renee}")
    peer = judged("peer.yaml", FALL, "{kind: peer, name: Bo}")
    early = judged("early.yaml", SPRING, "{kind: coach, name: Renee}")

    said = run("compare", coach, FALL, peer, SPRING, early)

    assert (said.code, said.err) == (0, "")
    headings = [line for line in said.out.splitlines() if line.startswith("Jordan Ames")]
    assert headings == [
        "Jordan Ames · Teacher · 2 rounds",
        "Jordan Ames · Teacher · 2026-spring · 2 raters",
        "Jordan Ames · Teacher · 2026-fall · 3 raters",
    ]
    assert "10 moved toward ideal, 20 held, 2 moved away" in said.out
    assert said.out.count("Note: Neither rater") == said.out.count("Note: None of the raters") == 1
    data = run("compare", coach, FALL, peer, SPRING, early, "--json").data
    assert data["rounds"] == ["2026-spring", "2026-fall"]
    assert [(told["round"], len(told["raters"])) for told in data["by_round"]] == [
        ("2026-spring", 2), ("2026-fall", 3)
    ]  # fmt: skip


def test_what_has_nothing_to_stand_beside_is_told() -> None:
    coach = judged("coach.yaml", FALL, "{kind: coach, name: Renee}")
    peer = judged("peer.yaml", FALL, "{kind: peer, name: Bo}")

    said = run("compare", SPRING, coach, peer)

    assert (said.code, said.out) == (1, "")
    assert "the placement of '2026-spring' by self has nothing to stand beside: " in said.err


def test_a_look_back_without_what_it_is_about_is_refused() -> None:
    then = judged("then.yaml", SPRING, "then")
    of_somebody_else = judged("other.yaml", SPRING, "then", ("E-1042", "E-9"))

    for files in ((FALL, then), (SPRING, FALL, of_somebody_else)):
        said = run("compare", *files)
        assert (said.code, said.out) == (1, "")
        assert "the look back at '2026-spring' has nothing to stand beside: " in said.err


@pytest.mark.parametrize("rater", ["self", "{kind: self, name: J. Ames}"])
def test_the_same_rater_twice_in_a_round_is_refused(rater: str) -> None:
    again = judged("again.yaml", FALL, rater)

    said = run("compare", SPRING, FALL, again)

    assert (said.code, said.out) == (1, "")
    assert said.err == (
        "the two files are the same rater and round; nobody can differ from themselves; leave out "
        f"'{FALL}' or 'again.yaml' (self, 2026-fall), or give each rater an id or a name\n"
    )


def test_two_coaches_are_two_raters_where_something_tells_them_apart() -> None:
    renee = judged("renee.yaml", FALL, "{kind: coach, name: Renee}")
    ana = judged("ana.yaml", FALL, "{kind: coach, id: C-7}")

    assert run("compare", renee, ana, "--json").data["raters"] == ["Renee", "C-7"]
    unnamed = [judged(name, FALL, "coach") for name in ("one.yaml", "two.yaml")]
    assert "the two files are the same rater and round; " in run("compare", *unnamed).err


def test_two_editions_stand_side_by_side_and_nothing_is_subtracted() -> None:
    older = "examples/spl-2011/coach/marcus-vandiver-2026-spring.yaml"
    newer = changed(
        "newer.yaml",
        "examples/spl-2022/coach/imani-castellanos-2026-fall.yaml",
        ("id: C-18", "id: C-63"),
    )

    said = run("compare", older, newer)
    assert said.code == 0
    told = " ".join(said.out.split())
    assert "1.2.1 Brings grades and schools" in told
    assert "level 4 of 5" in told
    assert "Moved" not in told
    data = run("compare", older, newer, "--json").data

    assert data["then"] == []
    assert len(data["rows"]) > 10
    assert {row["steps"] for row in data["rows"]} == {None}
    assert "can be compared; the others are shown side by side" in data["warnings"][0]


@pytest.mark.slow
def test_the_installed_program_makes_the_report(tmp_path: Path) -> None:
    del tmp_path
    said = program("group", DISTRICT, "-o", "north.pdf", "--by", "team")
    assert (said.code, said.err) == (0, "")
    assert "not told of, to protect the people in them" in said.out
