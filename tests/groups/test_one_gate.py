"""What is told of groups comes through one gate, whatever the format and the door."""

import ast
import json
import subprocess
import sys
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import polars as pl
import pytest

from icmaps.groups import GroupStudy, group_paths, study
from icmaps.groups._panels import panels_of, publishable_panels
from icmaps.groups._people import cohort
from icmaps.report import write_group_report
from icmaps.scoring import Answers
from icmaps.tables import read_table

ROOT = Path(__file__).resolve().parent.parent.parent
DISTRICT = ROOT / "examples" / "tables" / "north-county-2026.csv"
SOURCES = {path: ast.parse(path.read_text("utf-8")) for path in (ROOT / "src").rglob("*.py")}
FORMATS = ["pdf", "html", "xlsx", "json"]


@cache
def answers() -> Answers:
    (found,) = read_table(DISTRICT).answers.values()
    return found


@cache
def told() -> GroupStudy:
    return study(answers())


def written(study_: GroupStudy, folder: Path, suffix: str) -> bytes:
    path = folder / f"group.{suffix}"
    write_group_report(study_, path)
    data = path.read_bytes()
    if suffix == "xlsx":  # a ZIP holds the time of packing; what is packed counts
        with ZipFile(BytesIO(data)) as packed:
            return b"".join(packed.read(name) for name in sorted(packed.namelist()))
    return data


def swapped(one: str, two: str) -> Answers:
    """Return the district with the whole answer sheets of two people exchanged."""
    sheets = [(sheet.respondent, sheet.round_id, sheet.rater) for sheet in answers().sheets]
    rows = np.arange(len(sheets))
    other = {one: two, two: one}
    for row, (respondent, occasion, rater) in enumerate(sheets):
        if respondent in other:
            rows[row] = sheets.index((other[respondent], occasion, rater))
    return Answers(answers().compiled, answers().sheets, answers().ranks[rows])


def people_of_one_block() -> tuple[str, str]:
    """Return two people of the same panels who answered differently."""
    everybody = cohort(answers(), "team")
    panels = {name: panels_of(p, everybody.rounds) for name, p in everybody.people.items()}
    kept = publishable_panels(panels, everybody.rounds, 10)
    first, *rest = (name for name, p in everybody.people.items() if len(p.own) == 2)
    alike = [
        name
        for name in rest
        if panels[name] == panels[first]
        and everybody.people[name].own.keys() == everybody.people[first].own.keys()
    ]
    assert panels[first] & kept
    return first, alike[0]


@pytest.mark.parametrize("suffix", FORMATS)
def test_whoever_gave_which_answers_in_a_block_every_output_is_the_same(
    suffix: str, tmp_path: Path
) -> None:
    one, two = people_of_one_block()
    exchanged = swapped(one, two)
    assert not np.array_equal(exchanged.ranks, answers().ranks)

    assert written(study(exchanged), tmp_path, suffix) == written(told(), tmp_path, suffix)


def test_the_command_line_tells_the_same_for_two_people_of_a_block(tmp_path: Path) -> None:
    table = pl.read_csv(DISTRICT, infer_schema=False)
    one, two = people_of_one_block()
    other = {one: two, two: one}
    names = table["respondent"].replace(other)
    # Exchanging the names of two people of one team and school exchanges their sheets.
    homes = [table.filter(respondent=name).row(0, named=True) for name in (one, two)]
    exchanged = table.with_columns(
        names.alias("respondent"),
        pl.when(pl.col("respondent").is_in([one, two]))
        .then(names.replace_strict({h["respondent"]: h["team"] for h in homes}, default=None))
        .otherwise("team")
        .alias("team"),
    )
    exchanged.write_csv(tmp_path / "exchanged.csv")
    said = [
        subprocess.run(
            [sys.executable, "-m", "icmaps", "group", file, "--json"],
            capture_output=True, text=True, check=True,
        ).stdout
        for file in (DISTRICT, tmp_path / "exchanged.csv")
    ]  # fmt: skip
    assert json.loads(said[0]) == json.loads(said[1])


def test_no_respondent_is_in_any_output(tmp_path: Path) -> None:
    people = {sheet.respondent for sheet in answers().sheets}
    for suffix in ("html", "xlsx", "json"):
        text = written(told(), tmp_path, suffix).decode("utf-8", "replace")
        assert not [name for name in people if name in text], suffix


def test_shares_are_made_by_the_gate_and_nowhere_else() -> None:
    makers = {
        path.name
        for path, tree in SOURCES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Shares"
    }
    assert makers == {"_gate.py"}


def test_everybody_else_comes_to_groups_by_the_front_door() -> None:
    inside = ROOT / "src" / "icmaps" / "groups"
    for path, tree in SOURCES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and path.parent != inside:
                module = node.module or ""
                assert not module.startswith("icmaps.groups."), path


def test_sums_over_many_assessments_are_printed_by_nobody() -> None:
    """`tables` adds up partial sums for those who compute with them; no command shows them."""
    sums = {"count_part", "score_partitions"}
    for path, tree in SOURCES.items():
        if path.parent.name != "tables":
            used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
            used |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
            assert not sums & used, path


def test_what_counts_people_before_the_gate_is_not_public() -> None:
    import icmaps.groups  # noqa: PLC0415

    ungated = {"cohort", "Cohort", "Person", "vectors", "tell", "Figure", "Panel", "panels_of"}
    assert not ungated & set(icmaps.groups.__all__)


def test_a_school_whose_name_is_written_in_several_ways_is_one_school() -> None:
    ways = ("Harbor Middle", "harbor middle", "Harbor  Middle ")
    sheets = tuple(
        replace(sheet, groups=sheet.groups.model_copy(update={"school": ways[max(0, row % 6 - 3)]}))
        if sheet.groups.school == "Harbor Middle"
        else sheet
        for row, sheet in enumerate(answers().sheets)
    )
    assert {sheet.groups.school for sheet in sheets} >= set(ways)
    other = Answers(answers().compiled, sheets, answers().ranks)

    assert group_paths(other) == group_paths(answers())
    key = b"the lot is drawn from the sheets unless it is given"
    assert study(other, key=key).as_json() == study(answers(), key=key).as_json()


def test_a_group_of_nine_is_told_to_its_members_and_to_nobody_else() -> None:
    rows = [n for n, s in enumerate(answers().sheets) if s.groups.school == "Harbor Middle"]
    people = sorted({answers().sheets[n].respondent for n in rows})[:9]
    few = [n for n in rows if answers().sheets[n].respondent in people]
    small = Answers(
        answers().compiled, tuple(answers().sheets[n] for n in few), answers().ranks[few]
    )

    assert study(small).groups == ()
    (told,) = study(small, members=("North County", "Harbor Middle")).groups
    assert told.now is not None


def test_figures_for_members_are_of_their_group_and_no_other() -> None:
    harbor = study(answers(), members=("North County", "Harbor Middle"))
    assert [figures.group.path for figures in harbor.groups] == [("North County", "Harbor Middle")]
    assert (harbor.variance, harbor.patterns, harbor.reliability) == ({}, None, {})


def test_what_is_told_does_not_depend_on_what_anybody_answered() -> None:
    draw = np.random.default_rng(1)
    others = draw.integers(0, 4, answers().ranks.shape).astype(np.int8)
    other = study(Answers(answers().compiled, answers().sheets, others))

    def shape(study_: GroupStudy) -> list[object]:
        return [
            (
                f.group,
                [(s.round, s.people, {n: x.of for n, x in s.shares.items()}) for s in f.spreads],
            )
            for f in study_.groups
        ]

    assert shape(other) == shape(told())
    assert other.withheld == told().withheld


def test_the_same_key_gives_the_same_figures_and_another_key_others() -> None:
    one, same, other = (study(answers(), key=key).as_json() for key in (b"a", b"a", b"b"))
    assert one == same
    assert one != other


def test_no_rare_answer_is_always_rounded_away() -> None:
    """Over many keys a group's shares are, on average, what they are."""
    path = ("North County", "Harbor Middle")
    component = answers().compiled.icmap.components[4].id
    drawn = [
        study(answers(), members=path, key=bytes([n])).groups[0].moves[0].after.shares[component]
        for n in range(60)
    ]
    mean = np.mean([np.array(shares.parts) / shares.of for shares in drawn], axis=0)
    rows = [
        n
        for n, sheet in enumerate(answers().sheets)
        if sheet.groups.school == "Harbor Middle" and sheet.rater == "self"
    ]
    both = {
        answers().sheets[n].respondent
        for n in rows
        if answers().sheets[n].round_id == "2026-spring"
    }
    fall = [n for n in rows if answers().sheets[n].round_id == "2026-fall"]
    ranks = answers().ranks[[n for n in fall if answers().sheets[n].respondent in both], 4]
    true = [*((ranks == rank).mean() for rank in range(4)), (ranks < 0).mean()]
    assert np.abs(mean - true).max() < 0.08


def test_a_share_is_never_told_as_nobody_or_everybody() -> None:
    """A part is never a person: the least group is told in two parts, and 0 of 2 is not nobody."""
    for figures in told().groups:
        for spread in (*figures.spreads, *(m.after for m in figures.moves)):
            for shares in spread.shares.values():
                assert shares.people >= 2.5 * shares.of
                assert sum(shares.parts) == shares.of
