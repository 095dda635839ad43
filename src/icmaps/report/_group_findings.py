"""What stands out in a group, and what to plan next: page one and two of a group report.

Everything here is worked out from shares that passed the gate.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from icmaps.groups import GroupStudy, Moves, Spread
from icmaps.models import Component
from icmaps.report import _group_words as words
from icmaps.report._group_view import Finding, PlanLine
from icmaps.report._words import CRITICAL, level, titled

MAX_NAMED: Final = 3
MAX_TO_WORK_ON: Final = 5
_HALF: Final = 0.5
_CHANCE: Final = 0.05


class Findings:
    """Finds what is worth a line of page one.

    Args:
        study: All that can be told.
        now: Where the group stands.
        moves: What moved since the round before; None for a first one.
        components: The components told of.
    """

    def __init__(
        self, study: GroupStudy, now: Spread, moves: Moves | None, components: Sequence[Component]
    ) -> None:
        self._study, self._now, self._moves, self._components = study, now, moves, components
        self.changes: Mapping[str, tuple[float, float]] = dict(self._shares_that_moved())
        self.clear: Mapping[str, float] = dict(self._clear_moves())

    def _shares_that_moved(self) -> Iterator[tuple[str, tuple[float, float]]]:
        """Yield the shares that moved toward and away from ideal, by component."""
        for name, shares in (self._moves.shares if self._moves else {}).items():
            improved, held, declined, *_ = shares.parts
            if (paired := improved + held + declined) and shares.well_paired():
                yield name, (improved / paired, declined / paired)

    def _clear_moves(self) -> Iterator[tuple[str, float]]:
        """Yield improved less declined for components where that is beyond chance and rounding."""
        for name in self.changes:
            told = self._moves.change(name) if self._moves else None
            if told is not None and told.p < _CHANCE:
                yield name, told.net

    def page_one(self, *, everybody: bool) -> Iterator[Finding]:
        """Yield the findings of page one.

        Args:
            everybody: The report is of all who are in the study.
        """
        yield self._strengths()
        if weak := self.to_work_on():
            items = tuple(self._named(c, CRITICAL) for c in weak)
            yield Finding("To work on", words.TO_WORK_ON, items)
        yield from self._moved("Moved toward the ideal", words.TOWARD, 1)
        yield from self._moved("Moved away from the ideal", words.AWAY, -1)
        if everybody:
            for kind, found in self._study.variance.items():
                yield Finding(words.BETWEEN[kind], words.between(found, kind), ())

    def _strengths(self) -> Finding:
        """Return components that most are at the ideal of, if not half the map is so."""
        found = [
            (ideal, n, c)
            for n, c in enumerate(self._components)
            if (share := self._now.at_least_acceptable(c)) is not None
            and share > _HALF
            and (ideal := self._now.at_ideal(c)) is not None
            and ideal > _HALF
        ]
        if not found or 2 * len(found) > len(self._components):
            return Finding("Strengths", words.NO_STRENGTH, ())
        found.sort(key=lambda row: (-row[0], not row[2].critical, row[1]))
        items = (
            f"{self._mark(c)}{titled(c)}: {words.share(ideal)} at the ideal"
            for ideal, _, c in found[:MAX_NAMED]
        )
        return Finding("Strengths", words.STRENGTHS, tuple(items))

    def to_work_on(self) -> list[Component]:
        """Return the components where fewest are at least acceptable, less than half."""
        ranked = [
            (share, not c.critical, n, c)
            for n, c in enumerate(self._components)
            if (share := self._now.at_least_acceptable(c)) is not None and share < _HALF
        ]
        ranked.sort(key=lambda row: row[:3])
        return [component for *_, component in ranked[:MAX_TO_WORK_ON]]

    def _moved(self, heading: str, text: str, way: int) -> Iterator[Finding]:
        found = [c for c in self._components if way * self.clear.get(c.id, 0) > 0]
        found.sort(key=lambda c: -abs(self.clear[c.id]))
        if found:
            items = []
            for component in found[:MAX_NAMED]:
                toward, away = map(words.share, self.changes[component.id])
                items.append(
                    f"{self._mark(component)}{titled(component)}: {toward} toward, {away} away"
                )
            yield Finding(heading, text, tuple(items))

    def patterns(self) -> Iterator[Finding]:
        """Yield the common patterns, if there are any."""
        told = self._study.patterns
        if told is None or not told.patterns:
            return
        icmap = self._study.icmap
        items = []
        for pattern in told.patterns:
            ahead = ", ".join(icmap.component(name).title for name in pattern.above)
            behind = ", ".join(icmap.component(name).title for name in pattern.below)
            apart = [f"further along: {ahead}"] if ahead else []
            apart += [f"less far along: {behind}"] if behind else []
            what = "; ".join(apart) or words.USUAL
            items.append(f"{words.KINDS[pattern.kind]} ({pattern.parts} of {told.of}): {what}")
        yield Finding("Common patterns", words.PATTERNS, tuple(items))

    def _named(self, component: Component, mark: str) -> str:
        share = words.share(self._now.at_least_acceptable(component) or 0.0)
        star = f"{mark} " if component.critical else ""
        return f"{star}{titled(component)}: {share} at least acceptable"

    @staticmethod
    def _mark(component: Component) -> str:
        return f"{CRITICAL} " if component.critical else ""

    def plan(self) -> Iterator[PlanLine]:
        """Yield what to plan next, for the components to work on."""
        for component in self.to_work_on()[:MAX_NAMED]:
            code = self._largest_below(component)
            better = component.next_better(code) if code else None
            if code is None or better is None:
                continue
            advice = next((s.text for s in component.next_steps if s.code == code), "")
            yield PlanLine(
                title=titled(component),
                now_label=f"Now: {level(component, code)}",
                now=component.variation(code).bullets,
                next_label=f"Next: {level(component, better.code)}",
                next=better.bullets,
                advice=advice,
            )

    def _largest_below(self, component: Component) -> str | None:
        """Return the level with most people of those below the acceptable line."""
        lines = component.fidelity
        last = component.rank(lines.acceptable_until) if lines else None
        *levels, _ = self._now.shares[component.id].parts
        below = [
            (part, -v.rank, v.code)
            for v, part in zip(component.variations, levels, strict=True)
            if last is not None and v.rank > last and part
        ]
        return max(below)[2] if below else None
