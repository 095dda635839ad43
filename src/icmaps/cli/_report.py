"""`icmaps score`, `report`, `demo`: placements to profiles and growth reports."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer

import icmaps
from icmaps.cli._app import (
    JsonOption,
    MapsOption,
    PaperOption,
    app,
    catalog,
    console,
    print_json,
)

# Spelt out here because the module that owns the names takes too long to load for `--help`.
Policy = Literal["distribution", "rank-index", "points"]
Assessments = Annotated[
    list[Path], typer.Argument(metavar="ASSESSMENT...", help="Assessments, YAML or JSON.")
]
PolicyOption = Annotated[
    Policy | None,
    typer.Option(help="How to make numbers of the placements; without, what the map says."),
]


@app.command("score", epilog="Example: icmaps score examples/jordan-ames-2026-fall.yaml")
def score(
    files: Assessments,
    *,
    policy: PolicyOption = None,
    maps: MapsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Rate placements against the map: counts by level and by standard, no single number."""
    found = catalog(maps)
    assessments = _read_all(files, found)
    profiles = [icmaps.score(a, catalog=found, policy=policy) for a in assessments]
    if as_json:
        print_json([profile.as_json() for profile in profiles])
        return
    for profile in profiles:
        _show_profile(profile)


def _show_profile(profile: icmaps.Profile) -> None:
    from rich.table import Table
    from rich.text import Text

    out = console()
    assessment = profile.assessment
    out.print(Text(assessment.respondent.label, style="bold"), end=" ")
    out.print(f"· {profile.icmap.title} · {assessment.round.id} · {assessment.rater.kind}")
    columns = profile.icmap.scale if profile.icmap.direction == "ideal-first" else ()
    most = len(profile.overall.by_rank)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Standard", max_width=44)
    for rank in range(most):
        level = columns[rank] if len(columns) == most else None
        head = f"{level.label or ''} {level.code}".strip() if level else f"rank {rank}"
        table.add_column(head, justify="right")
    for head in ("n/a", "don't know", "open"):
        table.add_column(head, justify="right")
    shows_index = profile.policy != "distribution"
    if shows_index:
        table.add_column(profile.policy, justify="right")

    def add(title: str, summary: icmaps.Summary, style: str = "") -> None:
        counts = [*summary.by_rank, *[0] * (most - len(summary.by_rank))]
        rest = [summary.not_applicable, summary.dont_know, summary.unanswered]
        cells = [str(count) if count else "·" for count in (*counts, *rest)]
        if shows_index:
            cells.append("withheld" if summary.index is None else f"{summary.index:.1f}")
        table.add_row(title, *cells, style=style)

    for section in profile.sections:
        if section.kind in {"standard", "cluster"} or not section.depth:
            style = "bold" if section.kind == "frame" else ""
            add(f"{section.code or ''} {section.title}".strip(), section.summary, style)
    add("Whole map", profile.overall, "bold")
    out.print(table)
    if shows_index:
        out.print(f"[dim]{profile.policy_note}[/]")
    for component_id in profile.overall.critical_below:
        component = profile.icmap.component(component_id)
        out.print(Text(f"★ critical, not yet acceptable: {component.code} {component.title}"))
    out.print()


@app.command(
    "report",
    epilog="Example: icmaps report jordan-spring.yaml jordan-fall.yaml -o jordan.pdf",
)
def report(
    files: Assessments,
    *,
    output: Annotated[
        Path,
        typer.Option("-o", "--output", metavar="OUT", help="The report: a .pdf or an .html file."),
    ],
    paper: PaperOption = "letter",
    policy: PolicyOption = None,
    maps: MapsOption = None,
) -> None:
    """Print the growth report of one person; earlier rounds become growth."""
    found = catalog(maps)
    assessments = _read_all(files, found)
    _one_person(assessments)
    made = icmaps.write_report(
        assessments,
        output,
        catalog=found,
        policy=policy,
        size=paper,
        made_on=date.today(),  # noqa: DTZ011 - the date on the educator's own wall
    )
    _say_missing(made)
    pages = f", {made.pages} pages" if made.pages else ""
    typer.echo(f"{output}{pages}")


def _read_all(files: list[Path], found: icmaps.Catalog) -> list[icmaps.Assessment]:
    """Read all files; if any has a problem, tell the problems of all of them."""
    assessments: list[icmaps.Assessment] = []
    problems: list[icmaps.Problem] = []
    for file in files:
        try:
            assessments.append(found.read_assessment(file))
        except icmaps.ContentError as error:
            problems += error.problems
    if problems:
        raise icmaps.ContentError(problems)
    return assessments


def _one_person(assessments: list[icmaps.Assessment]) -> None:
    people = sorted({assessment.respondent.id for assessment in assessments})
    if len(people) > 1:
        raise icmaps.ScoringError(
            f"these are assessments of {len(people)} people ({', '.join(people)}); a growth report "
            "is about one; give the rounds of one person"
        )


def _say_missing(made: icmaps.Report) -> None:
    if made.missing:
        codes = ", ".join(f"{c} (U+{ord(c):04X})" for c in made.missing[:8])
        typer.echo(
            f"warning: no font for {codes}: printed as boxes; install a font for that script, for "
            "example fonts-noto-core or fonts-noto-cjk, and print again",
            err=True,
        )
