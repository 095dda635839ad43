"""`icmaps compare`: what moved between rounds, where raters differ, what stands beside what."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import icmaps
from icmaps.cli._app import JsonOption, MapsOption, app, catalog, print_json, show
from icmaps.cli._help import Command
from icmaps.cli._score import Assessments, read_all

if TYPE_CHECKING:
    from icmaps.groups import RaterComparison
    from icmaps.scoring import Across, Profile, Rounds

_SIGNS = {"up": "↑", "down": "↓", "same": "="}
_VIEWS = {
    "same": "same",
    "neighbors": "one apart",
    "apart": "farther apart",
    "one only": "one only",
    "none": "–",
}


@app.command(
    "compare",
    cls=Command,
    epilog="Example: icmaps compare examples/jordan-ames-2026-*.yaml",
)
def compare(files: Assessments, *, maps: MapsOption = None, as_json: JsonOption = False) -> None:
    """Compare rounds of one person, or raters of one practice.

    Rounds on one map version become growth; rounds on two, a view side by side through their
    crosswalk; several raters in one round, where they agree and where not.
    """
    found = catalog(maps)
    profiles = [icmaps.score(a, catalog=found) for a in read_all(files, found)]
    rounds = {profile.assessment.round.id for profile in profiles}
    references = {profile.assessment.map for profile in profiles}
    _tell_then(profiles)
    profiles = [p for p in profiles if p.assessment.rater.kind != "then"]
    if len(rounds) == 1 and len(profiles) > 1:
        _raters(profiles, as_json=as_json)
    elif len(references) == 2 and len(profiles) == 2:  # noqa: PLR2004 - one side each
        _across(profiles, found, as_json=as_json)
    else:
        _rounds(profiles, as_json=as_json)


def _tell_then(profiles: list[Profile]) -> None:
    """Print what a look back says beside the placement of the time."""
    by_round = {(p.assessment.round.id, p.assessment.rater.kind): p for p in profiles}
    for (round_id, kind), then in by_round.items():
        own = by_round.get((round_id, "self"))
        if kind != "then" or own is None:
            continue
        ranks = {result.id: result.rank for result in own.components}
        pairs = [(ranks.get(r.id), r.rank) for r in then.components]
        both = [(one, two) for one, two in pairs if one is not None and two is not None]
        stricter = sum(two > one for one, two in both)
        kinder = sum(two < one for one, two in both)
        show(
            f"Looking back at {round_id}: {stricter} of {len(both)} components judged more "
            f"strictly than at the time, {kinder} less; a change of understanding, kept apart from "
            "growth.\n"
        )


def _rounds(profiles: list[Profile], *, as_json: bool) -> None:
    from icmaps.scoring import compare_rounds

    compared = compare_rounds(profiles)
    if as_json:
        print_json(_rounds_as_json(compared))
        return
    from rich.table import Table
    from rich.text import Text

    first = compared.profiles[0]
    _heading(first, f"{len(compared.profiles)} rounds")
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Component", overflow="fold")
    for profile in compared.profiles:
        table.add_column(profile.assessment.round.id, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for trail in compared.trails:
        component = first.icmap.component(trail.component_id)
        kind = trail.whole.kind
        levels = [level or "·" for level in trail.levels]
        title = f"{component.code or ''} {component.title}".strip()
        table.add_row(Text(title), *levels, _SIGNS.get(kind, kind.replace("-", " ")))
    show(table)
    tally = compared.whole.overall
    show(
        f"\n{tally.up} moved toward ideal, {tally.same} held, {tally.down} moved away; "
        f"{tally.newly_answered} newly answered, {tally.no_longer_answered} no longer, "
        f"{tally.incomparable} incomparable."
    )
    for warning in compared.warnings:
        show(f"Note: {warning}")


def _rounds_as_json(compared: Rounds) -> dict[str, Any]:
    first = compared.profiles[0].assessment
    return {
        "map": first.map,
        "respondent": first.respondent.id,
        "rounds": [profile.assessment.round.id for profile in compared.profiles],
        "overall": asdict(compared.whole.overall),
        "components": [
            {
                "id": trail.component_id,
                "levels": trail.levels,
                "move": trail.whole.kind,
                "steps": trail.whole.steps,
            }
            for trail in compared.trails
        ],
        "warnings": compared.warnings,
    }


def _across(profiles: list[Profile], found: icmaps.Catalog, *, as_json: bool) -> None:
    from icmaps.scoring import compare_across

    earlier, later = sorted(profiles, key=lambda p: p.assessment.round.date)
    crosswalk = found.crosswalk(earlier.framework.id, later.framework.id)
    compared = compare_across(earlier, later, crosswalk)
    if as_json:
        rows = [asdict(row) for row in compared.rows]
        print_json({"map": [earlier.assessment.map, later.assessment.map], "rows": rows,
                    "warnings": compared.warnings})  # fmt: skip
        return
    _print_across(compared)


def _print_across(compared: Across) -> None:
    from rich.table import Table
    from rich.text import Text

    _heading(compared.earlier, "two maps, side by side")
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 1, 0))
    sides = (compared.earlier, compared.later)
    for profile in sides:
        table.add_column(profile.assessment.round.id, overflow="fold", ratio=3)
    table.add_column("Relation", no_wrap=True)
    table.add_column("Moved", no_wrap=True)
    for row in compared.rows:
        texts = []
        for profile, placed in zip(sides, (row.earlier, row.later), strict=True):
            titles = (
                f"{profile.icmap.component(name).title}: {level or '·'}" for name, level in placed
            )
            texts.append(Text("\n".join(titles) or "–"))
        moved = "–" if row.steps is None else f"{row.steps:+d}"
        table.add_row(*texts, row.relation, moved)
    show(table)
    for warning in compared.warnings:
        show(f"Note: {warning}")


def _raters(profiles: list[Profile], *, as_json: bool) -> None:
    from icmaps.groups import compare_raters

    compared = compare_raters(profiles)
    if as_json:
        print_json(asdict(compared))
        return
    from rich.table import Table
    from rich.text import Text

    _heading(profiles[0], f"{len(compared.raters)} raters")
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Component", overflow="fold")
    for rater in compared.raters:
        table.add_column(rater, justify="right")
    if compared.has_agreed:
        table.add_column("agreed", justify="right")
    table.add_column("")
    for row in compared.rows:
        component = profiles[0].icmap.component(row.component_id)
        title = Text(f"{component.code or ''} {component.title}".strip())
        agreed = [row.agreed or "·"] if compared.has_agreed else []
        table.add_row(title, *(level or "·" for level in row.levels), *agreed, _VIEWS[row.view])
    show(table)
    _print_agreement(compared)


def _print_agreement(compared: RaterComparison) -> None:
    show()
    if compared.exact is not None and compared.adjacent is not None:
        show(
            f"Same level in {100 * compared.exact:.0f} % of pairs, same or neighboring in "
            f"{100 * compared.adjacent:.0f} %."
        )
    if compared.nearer is not None:
        one, two = compared.raters
        show(f"{one} nearer the ideal in {compared.nearer[0]} rows, {two} in {compared.nearer[1]}.")
    if compared.kappa is not None and compared.kappa.value is not None:
        kappa = compared.kappa
        between = f"{kappa.low:.2f} to {kappa.high:.2f}, {kappa.pairs} rows"
        show(f"Weighted kappa ({kappa.weights}): {kappa.value:.2f} (95 % interval {between}).")
    if compared.alpha is not None:
        show(f"Krippendorff's alpha (ordinal): {compared.alpha:.2f}.")
    for warning in compared.warnings:
        show(f"Note: {warning}")


def _heading(profile: Profile, what: str) -> None:
    from rich.text import Text

    heading = Text(profile.assessment.respondent.label, style="bold")
    heading.append(f" · {profile.icmap.title} · {what}\n", style="not bold")
    show(heading)
