"""`icmaps group`: what a team, a school and a district can learn; nothing about a few people."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

import icmaps
from icmaps.cli._app import (
    JsonOption,
    MapsOption,
    PaperOption,
    app,
    catalog,
    counted,
    print_json,
    printable,
    show,
)
from icmaps.cli._help import Command
from icmaps.cli._sources import SOME_FAILED, Sources, read_sources
from icmaps.errors import near

if TYPE_CHECKING:
    from icmaps.groups import GroupStudy
    from icmaps.scoring import Answers

_MOST_NAMED: Final = 5
_MANY: Final = 1000  # assessments; fewer take a few seconds


OutputOption = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--output",
        metavar="OUT",
        readable=False,
        help="A .pdf or .html report of one group, or all groups as .xlsx or .json; without, a "
        "summary is printed.",
    ),
]
ByOption = Annotated[
    Literal["district", "school", "team"],
    typer.Option("--by", help="The smallest kind of group to tell of."),
]
OnlyOption = Annotated[
    str | None,
    typer.Option(
        "--only",
        metavar="NAME",
        help="The report of one group: DISTRICT/SCHOOL/TEAM, or its own name.",
    ),
]
AudienceOption = Annotated[
    Literal["members", "others"],
    typer.Option(
        "--audience",
        help="Who will see it: a group's own members (5 people or more) or others (10).",
    ),
]
MapOption = Annotated[
    str | None, typer.Option("--map", metavar="MAP", help="Which map, if there are several.")
]


@app.command(
    "group",
    cls=Command,
    epilog="Example: icmaps group examples/tables/north-county-2026.csv",
)
def group(
    sources: Sources,
    *,
    output: OutputOption = None,
    by: ByOption = "school",
    only: OnlyOption = None,
    audience: AudienceOption = "others",
    map_name: MapOption = None,
    paper: PaperOption = "letter",
    maps: MapsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell of groups: spread, growth, agreement.

    Figures are told in parts of the whole, and only where they cannot be traced to a few people.
    """
    from icmaps.report import write_group_report

    answers, failed = _one_map(sources, catalog(maps), map_name)
    path = _path(answers, only)
    if audience == "members" and path is None:
        raise icmaps.ScoringError(
            "figures for members are for the members of one group; to others they would tell of "
            "fewer people than they may; name the group with --only"
        )
    told = _studied(answers, by, path if audience == "members" else None)
    pages = 0
    if output is not None:
        pages = write_group_report(
            told,
            output,
            group=path,
            size=paper,
            made_on=date.today(),  # noqa: DTZ011 - the date on the reader's own wall
        )
    if as_json:
        print_json(told.as_json())
    else:
        _print_summary(told, path or ())
        if output is not None:
            made = f", {counted(pages, 'page')}" if pages else ""
            typer.echo(printable(f"{output}{made}"))
    if failed:
        raise typer.Exit(SOME_FAILED)


def _studied(
    answers: Answers,
    by: Literal["district", "school", "team"],
    members: tuple[str, ...] | None,
) -> GroupStudy:
    """Return what can be told; of a large group a terminal is shown how far it is."""
    from icmaps.groups import study

    if len(answers.sheets) < _MANY or not sys.stderr.isatty():
        return study(answers, by=by, members=members)
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Looking for what can be told", total=None)
        return study(
            answers,
            by=by,
            members=members,
            progress=lambda done, of: bar.update(task, completed=done, total=of),
        )


def _one_map(
    sources: list[Path], found: icmaps.Catalog, wanted: str | None
) -> tuple[Answers, bool]:
    """Return the answers on one map, and whether some rows could not be used."""
    from icmaps.scoring import gather, joined

    given = read_sources(sources, found)
    with given.telling_problems():
        pieces = [reading.answers for reading in given.tables]
        answers = joined([*pieces, gather(given.assessments(), catalog=found)])
    if wanted is not None:
        reference = found.map(wanted).reference
        answers = {name: a for name, a in answers.items() if name == reference}
    if len(answers) != 1:
        names = ", ".join(answers) or "no map at all"
        raise icmaps.ScoringError(
            f"the placements are on {names}; levels of different maps cannot be told together; "
            "name one map that is there with --map"
        )
    return next(iter(answers.values())), bool(given.problems)


def _path(answers: Answers, only: str | None) -> tuple[str, ...] | None:
    """Return the path of a group by its whole path or the end of it; capitals do not matter.

    Raises:
        ScoringError: If there is none, or more than one.
    """
    if only is None:
        return None
    from icmaps.groups import group_paths

    paths = group_paths(answers)
    asked = only.casefold()
    ends = [p for p in paths if ("/" + "/".join(p).casefold()).endswith(f"/{asked}")]
    whole = [p for p in ends if "/".join(p).casefold() == asked]
    if len(found := whole or ends) == 1:
        return found[0]
    if found:
        named = ", ".join(repr("/".join(path)) for path in found[:_MOST_NAMED])
        raise icmaps.ScoringError(
            f"{only!r} is the name of {len(found)} groups; a report is about one; write more of "
            f"its path: {named}"
        )
    guess = near(only, ["/".join(path) for path in paths] + [path[-1] for path in paths])
    raise icmaps.ScoringError(
        f"there is no group {only!r}; a report needs people; {guess}`icmaps group` without --only "
        "lists those that can be told of"
    )


def _print_summary(told: GroupStudy, path: tuple[str, ...]) -> None:
    from rich.table import Table
    from rich.text import Text

    show(Text(f"{told.icmap.title} · {told.icmap.reference}", style="bold"))
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Group", overflow="fold")
    for head in ("People", "Round", "Told", "Growth", "Raters"):
        table.add_column(head, justify="right", no_wrap=True)
    for figures in told.groups:
        now = figures.now
        if now is None or figures.group.path[: len(path)] != path:
            continue
        grown = sum(len(moves.shares) for moves in figures.moves if moves.after.round == now.round)
        cells = [now.people, now.round.id, len(now.shares), grown or "·"]
        cells.append(len(figures.agreement) or "·")
        name = Text("  " * len(figures.group.path) + figures.group.name)
        table.add_row(name, *map(str, cells))
    if table.row_count:
        show(table)
        show(
            "Told, Growth, Raters: in how many components; Raters: placed by another rater as well."
        )
    else:
        show("No group can be told of.")
    if hidden := sum(group.path[: len(path)] == path for group in told.withheld):
        show(f"{counted(hidden, 'group')} not told of, to protect the people in them.")
    show(
        f"Nothing is told of fewer than {told.least} people, and shares only in parts of the whole."
    )
