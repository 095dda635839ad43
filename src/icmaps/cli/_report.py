"""`icmaps report`: placements to a growth report."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

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
)
from icmaps.cli._help import Command
from icmaps.cli._score import Assessments, PolicyOption, read_all


@app.command(
    "report",
    cls=Command,
    epilog="Example: icmaps report examples/jordan-ames-2026-*.yaml -o jordan.pdf",
)
def report(
    files: Assessments,
    *,
    output: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            metavar="OUT",
            readable=False,
            help="The report: a .pdf or an .html file.",
        ),
    ],
    paper: PaperOption = "letter",
    policy: PolicyOption = None,
    maps: MapsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print one person's report; earlier rounds become growth."""
    found = catalog(maps)
    assessments = read_all(files, found)
    _one_person(files, assessments)
    made = icmaps.write_report(
        assessments,
        output,
        catalog=found,
        policy=policy,
        size=paper,
        made_on=date.today(),  # noqa: DTZ011 - the date on the educator's own wall
    )
    _say_missing(made)
    if as_json:
        print_json({"file": str(output), "pages": made.pages or None, "missing": made.missing})
    else:
        pages = f", {counted(made.pages, 'page')}" if made.pages else ""
        typer.echo(printable(f"{output}{pages}"))


def _one_person(files: list[Path], assessments: list[icmaps.Assessment]) -> None:
    """Refuse assessments that are not the rounds of one person, naming the files."""
    people = {a.respondent.id: file for file, a in zip(files, assessments, strict=True)}
    if len(people) > 1:
        named = ", ".join(f"{person} in {str(file)!r}" for person, file in sorted(people.items()))
        raise icmaps.ScoringError(
            f"these are assessments of {len(people)} people ({named}); a growth report is about "
            "one; give the rounds of one person"
        )
    rounds: dict[str, Path] = {}
    for file, assessment in zip(files, assessments, strict=True):
        other = rounds.setdefault(assessment.round.id, file)
        if other is not file:
            raise icmaps.ScoringError(
                f"{str(other)!r} and {str(file)!r} are both of the round {assessment.round.id!r}; "
                "growth needs time between them; give one file a round"
            )


def _say_missing(made: icmaps.Report) -> None:
    if made.missing:
        codes = ", ".join(f"{c} (U+{ord(c):04X})" for c in made.missing[:8])
        more = ", and others" if len(made.missing) > 8 else ""  # noqa: PLR2004 - as just above
        typer.echo(
            f"warning: no font for {codes}{more}: printed as boxes; install a font for that "
            "script, for example fonts-noto-core or fonts-noto-cjk, and print again",
            err=True,
        )
