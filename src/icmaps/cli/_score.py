"""`icmaps score`: placements to profiles, tables of placements to tables of scores."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, NamedTuple

import typer

import icmaps
from icmaps.cli._app import (
    JsonOption,
    MapsOption,
    app,
    catalog,
    print_json,
    printable,
    show,
    show_item,
)
from icmaps.cli._help import Command
from icmaps.cli._sources import SOME_FAILED, is_table, tell_problems

if TYPE_CHECKING:
    from icmaps.scoring import SectionSummary
    from icmaps.tables import Reading

# Spelt out here because the module that owns the names takes too long to load for `--help`.
Policy = Literal["distribution", "rank-index", "points"]
Assessments = Annotated[
    list[Path],
    typer.Argument(
        metavar="ASSESSMENT...",
        readable=False,
        help="Assessments, YAML or JSON; tables of them, CSV, XLSX, Parquet or JSON Lines.",
    ),
]
OutputOption = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--output",
        metavar="OUT",
        readable=False,
        help="Write the scores of tables here, a row an assessment and section: .csv, .xlsx, "
        ".parquet or .jsonl. Tables may be larger than memory.",
    ),
]
PolicyOption = Annotated[
    Policy | None,
    typer.Option(
        metavar="P",
        help="How to make numbers of placements: distribution, rank-index or points; without, "
        "what the map says.",
    ),
]
_REST: Final = (("n/a", "not applicable"), ("?", "don't know"), ("open", "unanswered"))
_OFF_SCALE: Final = ("off", "outside the scale")
_MOST_PRINTED: Final = 10_000  # assessments of tables; some 100 MB as JSON
_OTHERS: Final = ("answered", "not_applicable", "dont_know", "unanswered")
_DEPTH: Final = 1  # sections deeper than this hold too few components to be read as a row


@app.command(
    "score", cls=Command, epilog="Example: icmaps score examples/jordan-ames-2026-fall.yaml"
)
def score(
    files: Assessments,
    *,
    output: OutputOption = None,
    policy: PolicyOption = None,
    maps: MapsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Count placements by level, section by section.

    Each assessment is counted for itself; what they come to together is `icmaps group`'s to
    say.
    """
    found = catalog(maps)
    tables = [file for file in files if is_table(file)]
    rest = [file for file in files if file not in tables]
    if output is not None:
        if rest:
            raise typer.BadParameter(
                f"is for tables, and {rest[0]} is none; its scores are printed without -o",
                param_hint="-o",
            )
        _score_tables(tables, output, policy, found, as_json=as_json)
        return
    profiles = [icmaps.score(a, catalog=found, policy=policy) for a in read_all(rest, found)]
    of_tables, reading = _profiles(tables, policy, found) if tables else ([], None)
    profiles += of_tables
    if as_json:
        print_json([profile.as_json() for profile in profiles])
    elif not profiles:
        show("No assessment could be read.")
    else:
        for profile in profiles:
            if profile is not profiles[0]:
                show()
            _print_profile(profile)
    _end(reading)


# ---- tables --------------------------------------------------------------------------------


def _score_tables(
    tables: list[Path],
    output: Path,
    policy: Policy | None,
    found: icmaps.Catalog,
    *,
    as_json: bool,
) -> None:
    """Score tables into a file and say what was done."""
    from icmaps.tables import score_file

    scored = score_file(tables, output, policy=policy, catalog=found)
    reading = scored.reading
    if as_json:
        print_json(
            {
                "file": str(output),
                "assessments": scored.assessments,
                "rows": scored.rows,
                "read": reading.rows,
                "refused": reading.refused,
                "problems": [problem.as_json() for problem in reading.problems],
                "untold": reading.untold,
            }
        )
    else:
        typer.echo(
            printable(
                f"{output}: {scored.assessments:,} assessments of {reading.rows:,} rows, "
                f"scored in {scored.rows:,} rows"
            )
        )
    _end(reading)


def _end(reading: Reading | None) -> None:
    """Tell what was left out, and end with 3 if anything was."""
    if reading is None or not reading.problems:
        return
    tell_problems(reading.problems, reading.untold)
    raise typer.Exit(SOME_FAILED)


def _profiles(
    tables: list[Path], policy: Policy | None, found: icmaps.Catalog
) -> tuple[list[icmaps.Profile], Reading]:
    """Return the profiles of all assessments in tables, and how the tables were read."""
    from icmaps.scoring import profile
    from icmaps.tables import Reading, read_parts

    reading = Reading()
    profiles: list[icmaps.Profile] = []
    for table in tables:
        for part in read_parts(table, reading, catalog=found):
            if len(profiles) + part.who.height > _MOST_PRINTED:
                raise icmaps.ScoringError(
                    f"{str(table)!r} holds more than {_MOST_PRINTED:,} assessments; nobody reads "
                    "so much, and no terminal could hold it; write them to a file with "
                    "-o OUT.parquet"
                )
            profiles += [
                profile(assessment, part.compiled, policy=policy)
                for assessment in part.assessments()
            ]
    return profiles, reading


# ---- assessments ---------------------------------------------------------------------------


def read_all(files: list[Path], found: icmaps.Catalog) -> list[icmaps.Assessment]:
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


def _print_profile(profile: icmaps.Profile) -> None:
    from rich.text import Text

    assessment = profile.assessment
    heading = Text(assessment.respondent.label, style="bold")
    heading.append(
        f" · {profile.icmap.title} · {assessment.round.id} · rater: {assessment.rater.kind}",
        style="not bold",
    )
    show(heading)
    shows_index = profile.policy != "distribution"
    none = "withheld" if profile.policy == "rank-index" else "–"

    def line(title: str, summary: icmaps.Summary, depth: int = 0) -> _Line:
        number = none if summary.index is None else f"{summary.index:.1f}"
        others = tuple(getattr(summary, name) for name in _OTHERS)
        return _Line(title, depth, summary.by_rank, others, number if shows_index else None)

    lines = [line(_title(section), section.summary, section.depth) for section in profile.sections]
    whole = line("Whole map" if not assessment.scope else "All asked", profile.overall)
    components = [result.component for result in profile.components]
    _print_counts(components, lines, whole, profile.policy if shows_index else None)
    _print_notes(profile)


def _print_notes(profile: icmaps.Profile) -> None:
    """Print what the numbers mean, and what no number says."""
    from rich.text import Text

    overall = profile.overall
    show()
    _print_shares(overall.share_ideal, overall.share_acceptable, overall.share_at_target)
    if profile.policy != "distribution":
        show(Text(profile.policy_note, style="dim"))
    if overall.critical_below:
        show("Critical, on the way to acceptable:")
    for component_id in overall.critical_below:
        component = profile.icmap.component(component_id)
        show_item("★", f"{component.code or ''} {component.title}".strip())


# ---- counts --------------------------------------------------------------------------------


def _title(section: SectionSummary) -> str:
    return f"{section.code or ''} {section.title}".strip()


class _Line(NamedTuple):
    """The counts of one section, or of everything."""

    title: str
    depth: int
    by_rank: tuple[int, ...]
    others: tuple[int, ...]  # answered, not applicable, don't know, unanswered
    number: str | None = None

    def cells(self, ranks: int, columns: int) -> list[str]:
        """Return the counts by rank, then those of the last columns."""
        by_rank = [
            count for count, _ in zip_longest(self.by_rank[:ranks], range(ranks), fillvalue=0)
        ]
        answered, *rest = self.others
        rest = [answered - sum(self.by_rank), *rest][-columns:]
        cells = [f"{count:,}" if count else "·" for count in (*by_rank, *rest)]
        return cells if self.number is None else [*cells, self.number]


def _print_counts(
    components: Iterable[icmaps.Component],
    lines: Sequence[_Line],
    whole: _Line,
    policy: str | None = None,
) -> None:
    """Print counts by level: the legend, then a row a section and one of the whole."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    rows = {tuple((v.code, v.label) for v in c.variations) for c in components}
    codes: dict[str, str | None] = dict(*rows) if len(rows) == 1 else {}
    if codes:
        legend = [f"{code} {label}" if label else code for code, label in codes.items()]
    else:
        legend = ["columns count steps from ideal, 0 is ideal"]
    # The column for off-scale choices is there only if there are any.
    columns = _REST if whole.others[0] == sum(whole.by_rank) else (_OFF_SCALE, *_REST)
    legend += [f"{head} {meaning}" for head, meaning in columns]
    show(Text(" · ".join(legend), style="dim"))
    show()
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Section", overflow="fold")
    ranks = max(map(len, rows))
    heads = [*(codes or map(str, range(ranks))), *(head for head, _ in columns)]
    for head in heads if policy is None else [*heads, policy]:
        table.add_column(head, justify="right", no_wrap=True)
    nested = any(line.depth for line in lines)
    for line in lines:
        if line.depth <= _DEPTH:
            style = "bold" if nested and not line.depth else ""
            title = Padding(line.title, (0, 0, 0, 2 * line.depth))
            table.add_row(title, *line.cells(ranks, len(columns)), style=style)
    table.add_row(whole.title, *whole.cells(ranks, len(columns)), style="bold")
    show(table)


def _print_shares(ideal: float | None, acceptable: float | None, at_target: float | None) -> None:
    shares = (("ideal", ideal), ("at least acceptable", acceptable), ("at target", at_target))
    told = [f"{100 * share:.0f} % {name}" for name, share in shares if share is not None]
    if told:
        show(f"Of the answered components: {', '.join(told)}.")
