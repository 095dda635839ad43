"""`icmaps score`: placements to profiles."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

import icmaps
from icmaps.cli._app import JsonOption, MapsOption, app, catalog, print_json, show, show_item
from icmaps.cli._help import Command

if TYPE_CHECKING:
    from rich.padding import Padding
    from rich.table import Table

# Spelt out here because the module that owns the names takes too long to load for `--help`.
Policy = Literal["distribution", "rank-index", "points"]
Assessments = Annotated[
    list[Path],
    typer.Argument(metavar="ASSESSMENT...", readable=False, help="Assessments, YAML or JSON."),
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
_DEPTH: Final = 1  # sections deeper than this hold too few components to be read as a row


@app.command(
    "score", cls=Command, epilog="Example: icmaps score examples/jordan-ames-2026-fall.yaml"
)
def score(
    files: Assessments,
    *,
    policy: PolicyOption = None,
    maps: MapsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Count placements by level, section by section."""
    found = catalog(maps)
    assessments = read_all(files, found)
    profiles = [icmaps.score(a, catalog=found, policy=policy) for a in assessments]
    if as_json:
        print_json([profile.as_json() for profile in profiles])
        return
    for profile in profiles:
        if profile is not profiles[0]:
            show()
        _print_profile(profile)


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
    codes = _codes(profile)
    if codes:
        legend = [f"{code} {label}" if label else code for code, label in codes.items()]
    else:
        legend = ["columns count steps from ideal, 0 is ideal"]
    legend += [f"{head} {meaning}" for head, meaning in _rest(profile)]
    show(Text(" · ".join(legend), style="dim"))
    show()
    show(_table(profile, codes))
    _print_notes(profile)


def _codes(profile: icmaps.Profile) -> dict[str, str | None]:
    """Return the levels and their names in rank order if all rows have the same; else nothing."""
    rows = {
        tuple((v.code, v.label) for v in result.component.variations)
        for result in profile.components
    }
    return dict(*rows) if len(rows) == 1 else {}


def _rest(profile: icmaps.Profile) -> tuple[tuple[str, str], ...]:
    """Return the columns behind the levels; the one for off-scale choices only if there are any."""
    overall = profile.overall
    return _REST if overall.answered == sum(overall.by_rank) else (_OFF_SCALE, *_REST)


def _table(profile: icmaps.Profile, codes: dict[str, str | None]) -> Table:
    from rich.padding import Padding
    from rich.table import Table

    shows_index = profile.policy != "distribution"
    ranks = range(len(profile.overall.by_rank))
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Section", overflow="fold")
    heads = list(codes) or [str(rank) for rank in ranks]
    columns = _rest(profile)
    heads = [*heads, *(head for head, _ in columns), *([profile.policy] if shows_index else [])]
    for head in heads:
        table.add_column(head, justify="right", no_wrap=True)

    def add(title: str | Padding, summary: icmaps.Summary, style: str = "") -> None:
        by_rank = [count for count, _ in zip_longest(summary.by_rank, ranks, fillvalue=0)]
        off_scale = summary.answered - sum(summary.by_rank)
        rest = [off_scale, summary.not_applicable, summary.dont_know, summary.unanswered]
        rest = rest[-len(columns) :]
        cells = [str(count) if count else "·" for count in (*by_rank, *rest)]
        if shows_index:
            none = "withheld" if profile.policy == "rank-index" else "–"
            cells.append(none if summary.index is None else f"{summary.index:.1f}")
        table.add_row(title, *cells, style=style)

    nested = any(section.depth for section in profile.sections)
    for section in profile.sections:
        if section.depth <= _DEPTH:
            title = f"{section.code or ''} {section.title}".strip()
            style = "bold" if nested and not section.depth else ""
            add(Padding(title, (0, 0, 0, 2 * section.depth)), section.summary, style)
    add("Whole map" if not profile.assessment.scope else "All asked", profile.overall, "bold")
    return table


def _print_notes(profile: icmaps.Profile) -> None:
    """Print what the numbers mean, and what no number says."""
    from rich.text import Text

    overall = profile.overall
    shares = (
        ("ideal", overall.share_ideal),
        ("at least acceptable", overall.share_acceptable),
        ("at target", overall.share_at_target),
    )
    told = [f"{100 * share:.0f} % {name}" for name, share in shares if share is not None]
    show()
    if told:
        show(f"Of the answered components: {', '.join(told)}.")
    if profile.policy != "distribution":
        show(Text(profile.policy_note, style="dim"))
    if overall.critical_below:
        show("Critical, on the way to acceptable:")
    for component_id in overall.critical_below:
        component = profile.icmap.component(component_id)
        show_item("★", f"{component.code or ''} {component.title}".strip())
