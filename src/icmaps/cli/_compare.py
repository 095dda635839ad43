"""`icmaps compare`: what moved between rounds, where raters differ, what stands beside what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import icmaps
from icmaps.cli._app import JsonOption, MapsOption, app, catalog, counted, print_json, show
from icmaps.cli._help import Command
from icmaps.cli._score import Assessments, read_all

if TYPE_CHECKING:
    from icmaps.groups import RaterComparison
    from icmaps.scoring import Across, ComponentResult, Profile, Rounds

_SIGNS: Final = {"up": "↑", "down": "↓", "same": "="}
_VIEWS: Final = {
    "same": "same",
    "neighbors": "one apart",
    "apart": "farther apart",
    "one only": "one only",
    "none": "–",
}
_NO_LEVEL: Final = "·"


@app.command(
    "compare",
    cls=Command,
    epilog="Example: icmaps compare examples/jordan-ames-2026-*.yaml",
)
def compare(files: Assessments, *, maps: MapsOption = None, as_json: JsonOption = False) -> None:
    """Compare rounds of one person, or raters of one practice.

    Rounds on one map version become growth; rounds on two, a view side by side through their
    crosswalk; several raters in one round, where they agree and where not. All of it at once is
    told round by round.
    """
    found = catalog(maps)
    profiles = [icmaps.score(a, catalog=found) for a in read_all(files, found)]
    _refuse_twice(files, profiles)
    thens = _look_backs(profiles)
    placed = [p for p in profiles if p.assessment.rater.kind != "then"]
    # One round and a look back at it are no growth, but they are a comparison.
    own, rated = ([], {}) if thens and len(placed) == 1 else _grouped(placed)
    growth = _growth(own, found) if own else None
    raters = {name: icmaps.compare_raters(theirs) for name, theirs in rated.items()}
    if as_json:
        print_json(_as_json(growth, raters, thens))
        return
    _print_growth(growth, thens)
    for number, (name, compared) in enumerate(raters.items()):
        if number or growth is not None:
            show()
        _print_raters(rated[name], compared)
    for number, then in enumerate(thens):
        if not number and placed[1:]:
            show()
        show(then.sentence)


# ---- what is compared with what ----------------------------------------------------------------


def _refuse_twice(files: Sequence[Path], profiles: Sequence[Profile]) -> None:
    """Refuse a rater who is there twice: they would agree with themselves."""
    for (one, first), (two, second) in combinations(zip(files, profiles, strict=True), 2):
        if _source(first) == _source(second):
            assessment = first.assessment
            raise icmaps.ScoringError(
                "the two files are the same rater and round; nobody can differ from themselves; "
                f"leave out {str(one)!r} or {str(two)!r} ({assessment.rater.kind}, "
                f"{assessment.round.id}), or give each rater an id or a name"
            )


def _source(profile: Profile) -> tuple[str | None, ...]:
    """Return what tells one placement of a practice from another."""
    said = profile.assessment
    # What people say of themselves is theirs, whether they are named again or not.
    others = said.rater.kind not in {"self", "then", "team"}
    who = (said.rater.id or said.rater.name) if others else None
    return said.respondent.id, said.map, said.round.id, said.rater.kind, who


def _grouped(profiles: Sequence[Profile]) -> tuple[list[Profile], dict[str, list[Profile]]]:
    """Return the rounds whose growth is told, and the raters of each round that has several.

    Growth is the respondent's own; where one rater placed each round, it is that rater's.

    Raises:
        ScoringError: If something stands alone beside what can be compared.
    """
    rounds: dict[str, list[Profile]] = {}
    for profile in sorted(profiles, key=lambda p: p.assessment.round.date):
        rounds.setdefault(profile.assessment.round.id, []).append(profile)
    rated = {name: theirs for name, theirs in rounds.items() if len(theirs) > 1}
    own = list(profiles)
    if rated:
        own = [p for p in profiles if p.assessment.rater.kind == "self"]
        own = own if len({p.assessment.round.id for p in own}) > 1 else []
    told = {p.assessment.round.id for p in own}
    for name, (first, *_) in rounds.items():
        if name not in told and name not in rated:
            raise icmaps.ScoringError(
                f"the placement of {name!r} by {first.assessment.rater.kind} has nothing to stand "
                "beside: no other rater of that round, and no growth of the same rater; leave it "
                "out, or give what it is to be compared with"
            )
    return own, rated


def _growth(own: Sequence[Profile], found: icmaps.Catalog) -> Rounds | Across:
    from icmaps.scoring import compare_across, compare_rounds

    references = {profile.assessment.map for profile in own}
    if not len(references) == len(own) == 2:  # noqa: PLR2004 - one side each
        return compare_rounds(own)
    earlier, later = sorted(own, key=lambda p: p.assessment.round.date)
    crosswalk = found.crosswalk(earlier.framework.id, later.framework.id)
    return compare_across(earlier, later, crosswalk)


# ---- looking back ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _LookBack:
    """What a person says today of an earlier round, beside what they said at the time."""

    then: Profile
    at_the_time: Profile

    @property
    def round(self) -> str:
        """The id of the round it is about."""
        return self.then.assessment.round.id

    def level(self, component_id: str) -> str:
        """Return the level of a component as it is seen today."""
        placed = self.then.assessment.placement(component_id)
        return (placed.level if placed else None) or _NO_LEVEL

    @property
    def counts(self) -> tuple[int, int, int]:
        """Components judged more strictly, less strictly, and placed both times."""
        ranks = {result.id: result.rank for result in self.at_the_time.components}
        pairs = [(ranks.get(result.id), result.rank) for result in self.then.components]
        both = [(one, two) for one, two in pairs if one is not None and two is not None]
        return sum(two > one for one, two in both), sum(two < one for one, two in both), len(both)

    def as_json(self) -> dict[str, Any]:
        """Return the counts as `--json` prints them."""
        stricter, kinder, pairs = self.counts
        return {
            "round": self.round,
            "more_strictly": stricter,
            "less_strictly": kinder,
            "pairs": pairs,
        }

    @property
    def sentence(self) -> str:
        """The counts in words."""
        stricter, kinder, pairs = self.counts
        return (
            f"Looking back at {self.round}: {stricter} of {pairs} components judged more strictly "
            f"than at the time, {kinder} less strictly; a change of understanding, kept apart from "
            "growth."
        )


def _look_backs(profiles: Sequence[Profile]) -> list[_LookBack]:
    """Return every look back with the placement it is about."""
    thens = [p for p in profiles if p.assessment.rater.kind == "then"]
    own = {_source(p)[:3]: p for p in profiles if p.assessment.rater.kind == "self"}
    for then in thens:
        if _source(then)[:3] not in own:
            raise icmaps.ScoringError(
                f"the look back at {then.assessment.round.id!r} has nothing to stand beside: there "
                "is no placement of that round by the same person on the same map version; give "
                "the one of the time, too"
            )
    thens.sort(key=lambda p: p.assessment.round.date)
    return [_LookBack(then, own[_source(then)[:3]]) for then in thens]


# ---- JSON --------------------------------------------------------------------------------------


def _as_json(
    growth: Rounds | Across | None,
    raters: Mapping[str, RaterComparison],
    thens: Iterable[_LookBack],
) -> dict[str, Any]:
    """Return one comparison as it is, and the raters of rounds beside growth under `by_round`."""
    told: dict[str, Any] = _growth_as_json(growth)
    by_round = [{"round": name, **asdict(compared)} for name, compared in raters.items()]
    if growth is None and len(by_round) == 1:
        told |= by_round[0]
    elif by_round:
        told["by_round"] = by_round
    return told | {"then": [then.as_json() for then in thens]}


def _growth_as_json(growth: Rounds | Across | None) -> dict[str, Any]:
    from icmaps.scoring import Across

    if growth is None:
        return {}
    if isinstance(growth, Across):
        return {
            "map": [growth.earlier.assessment.map, growth.later.assessment.map],
            "rows": [asdict(row) for row in growth.rows],
            "warnings": growth.warnings,
        }
    first = growth.profiles[0].assessment
    return {
        "map": first.map,
        "respondent": first.respondent.id,
        "rounds": [profile.assessment.round.id for profile in growth.profiles],
        "overall": asdict(growth.whole.overall),
        "components": [
            {
                "id": trail.component_id,
                "levels": trail.levels,
                "move": trail.whole.kind,
                "steps": trail.whole.steps,
            }
            for trail in growth.trails
        ],
        "warnings": growth.warnings,
    }


# ---- the terminal ------------------------------------------------------------------------------


def _print_growth(growth: Rounds | Across | None, thens: Sequence[_LookBack]) -> None:
    from icmaps.scoring import Rounds

    if growth is None:
        return
    if isinstance(growth, Rounds):
        _print_rounds(growth, {then.round: then for then in thens})
    else:
        _print_across(growth)
    for warning in growth.warnings:
        show(f"Note: {warning}")


def _print_rounds(compared: Rounds, thens: Mapping[str, _LookBack]) -> None:
    from rich.table import Table
    from rich.text import Text

    first = compared.profiles[0]
    _heading(first, f"{len(compared.profiles)} rounds")
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Component", overflow="fold")
    for profile in compared.profiles:
        name = profile.assessment.round.id
        table.add_column(name, justify="right", no_wrap=True)
        if name in thens:
            table.add_column("looking back", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for trail in compared.trails:
        levels = []
        for profile, level in zip(compared.profiles, trail.levels, strict=True):
            levels.append(level or _NO_LEVEL)
            if then := thens.get(profile.assessment.round.id):
                levels.append(then.level(trail.component_id))
        kind = trail.whole.kind
        title = Text(_title(first, trail.component_id))
        table.add_row(title, *levels, _SIGNS.get(kind, kind.replace("-", " ")))
    show(table)
    tally = compared.whole.overall
    show(
        f"\n{tally.up} moved toward ideal, {tally.same} held, {tally.down} moved away; "
        f"{tally.newly_answered} newly answered, {tally.no_longer_answered} no longer, "
        f"{tally.incomparable} incomparable."
    )


def _print_across(compared: Across) -> None:
    from rich.table import Table
    from rich.text import Text

    _heading(compared.earlier, "two maps, side by side")
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 1, 0))
    sides = (compared.earlier, compared.later)
    for profile in sides:
        table.add_column(profile.assessment.round.id, overflow="fold", ratio=3)
    table.add_column("Relation", no_wrap=True)
    moved = any(row.steps is not None for row in compared.rows)
    if moved:
        table.add_column("Moved", no_wrap=True)
    for row in compared.rows:
        texts = []
        for profile, placed in zip(sides, (row.earlier, row.later), strict=True):
            told = "\n".join(
                f"{_title(profile, name)}: {_level(profile.component(name))}" for name, _ in placed
            )
            texts.append(Text(told or "–"))
        steps = ["–" if row.steps is None else f"{row.steps:+d}"] if moved else []
        table.add_row(*texts, row.relation, *steps)
    show(table)


def _level(result: ComponentResult) -> str:
    """Return a level with how many there are: another edition may have more of them."""
    if result.rank is None:  # a choice off the scale is one of none
        return result.level or _NO_LEVEL
    return f"level {result.level} of {result.ranks}"


def _print_raters(profiles: Sequence[Profile], compared: RaterComparison) -> None:
    from rich.table import Table
    from rich.text import Text

    first = profiles[0]
    _heading(first, f"{first.assessment.round.id} · {len(compared.raters)} raters")
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Component", overflow="fold")
    for rater in compared.raters:
        table.add_column(Text(rater), justify="right")
    if compared.has_agreed:
        table.add_column("agreed", justify="right")
    table.add_column("")
    for row in compared.rows:
        title = Text(_title(first, row.component_id))
        agreed = [row.agreed or _NO_LEVEL] if compared.has_agreed else []
        levels = (level or _NO_LEVEL for level in row.levels)
        table.add_row(title, *levels, *agreed, _VIEWS[row.view])
    show(table)
    show()
    _print_agreement(compared)


def _print_agreement(compared: RaterComparison) -> None:
    if compared.exact is not None and compared.adjacent is not None:
        show(
            f"Same level in {100 * compared.exact:.0f} % of pairs, same or neighboring in "
            f"{100 * compared.adjacent:.0f} % ({counted(compared.pairs, 'pair')}, over components "
            "with any number of levels)."
        )
    if compared.nearer is not None:
        one, two = compared.raters
        nearer, other = compared.nearer
        show(
            f"{one} nearer the ideal in {counted(nearer, 'component')}, {two} in {other or 'none'}."
        )
    alike = f"{counted(compared.alike, 'component')} with {compared.levels} levels"
    if compared.kappa is not None and compared.kappa.value is not None:
        kappa = compared.kappa
        interval = "no interval"
        if kappa.low is not None and kappa.high is not None:
            interval = f"95 % interval {kappa.low:.2f} to {kappa.high:.2f}"
        show(f"Weighted kappa ({kappa.weights}): {kappa.value:.2f} ({interval}, {alike}).")
    if compared.alpha is not None:
        show(f"Krippendorff's alpha (ordinal): {compared.alpha:.2f} ({alike}).")
    for warning in compared.warnings:
        show(f"Note: {warning}")


def _title(profile: Profile, component_id: str) -> str:
    component = profile.icmap.component(component_id)
    return f"{component.code or ''} {component.title}".strip()


def _heading(profile: Profile, what: str) -> None:
    from rich.text import Text

    heading = Text(profile.assessment.respondent.label, style="bold")
    heading.append(f" · {profile.icmap.title} · {what}\n", style="not bold")
    show(heading)
