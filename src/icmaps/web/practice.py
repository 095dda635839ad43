"""An assessment as the library knows it, and what pages show of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, Final

from icmaps import Assessment as Placed
from icmaps.content import Catalog, default_catalog
from icmaps.models import Component, Framework, ICMap, Section, Variation
from icmaps.scoring import score
from icmaps.web.models import Assessment, Placement

LEVEL: Final = "level:"  # how a placement on a level begins; its code follows


@dataclass(frozen=True, slots=True)
class Page:
    """The components that are placed on one page: those of one section.

    Attributes:
        section: The section that holds them.
        standard: What stands above it.
        components: In map order.
    """

    section: Section
    standard: Section
    components: tuple[Component, ...]


@lru_cache(maxsize=1)
def catalog() -> Catalog:
    """Return the maps that this app offers."""
    return default_catalog()


def label(section: Section) -> str:
    """Return what a section is called."""
    return f"{section.code} {section.title}" if section.code else section.title


class Practice:
    """One assessment with its map.

    Args:
        row: The assessment.
    """

    def __init__(self, row: Assessment) -> None:
        self.row = row

    @cached_property
    def icmap(self) -> ICMap:
        """The map version it is placed on."""
        return catalog().map(self.row.map)

    @cached_property
    def framework(self) -> Framework:
        """The framework of the map."""
        return catalog().framework(self.icmap.framework)

    @cached_property
    def placements(self) -> dict[str, Placement]:
        """The placements by component."""
        return {placement.component: placement for placement in self.row.placements.all()}

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """The pages of what is asked, in the order of the framework."""
        held: dict[str, list[Component]] = {}
        for component in self.icmap.components:
            held.setdefault(component.section, []).append(component)
        return tuple(
            Page(section, self._standard(section, above), tuple(held[section.id]))
            for section, above in self.framework.walk()
            if section.id in held and self._is_asked(section.id, above)
        )

    def _standard(self, section: Section, above: tuple[str, ...]) -> Section:
        """Return the outermost section above that is no mere frame; the section itself if none."""
        for name in above:
            found = self.framework.section(name)
            if found.kind != "frame":
                return found
        return section

    def _is_asked(self, section: str, above: tuple[str, ...]) -> bool:
        return not self.row.scope or bool({section, *above} & set(self.row.scope))

    @cached_property
    def asked(self) -> frozenset[str]:
        """The ids of the components asked."""
        return frozenset(c.id for page in self.pages for c in page.components)

    def standards(self) -> list[tuple[Section, int]]:
        """Return the standards of the whole map, and how many components each holds."""
        counts: dict[str, int] = {}
        for component in self.icmap.components:
            section = self.framework.section(component.section)
            above = self.framework.above(component.section)
            name = self._standard(section, above).id
            counts[name] = counts.get(name, 0) + 1
        return [(s, counts[s.id]) for s, _ in self.framework.walk() if s.id in counts]

    def done(self, components: Iterable[Component] | None = None) -> int:
        """Return how many components have an answer."""
        asked = self.asked if components is None else {c.id for c in components}
        return sum(bool(a.answer) for name, a in self.placements.items() if name in asked)

    def placed(self) -> Placed:
        """Return the assessment as a file holds it, for scoring and printing."""
        owner = self.row.owner
        groups = {n: getattr(owner, n) for n in ("team", "school", "district")}
        file: dict[str, Any] = {
            "schema": "icmaps/assessment/1",
            "map": self.row.map,
            "respondent": {
                "id": str(owner.key),
                "name": owner.name or owner.email,
                "groups": {name: value for name, value in groups.items() if value},
            },
            "rater": "self",
            "round": {"id": self.row.round, "date": self.row.date.isoformat()},
            "placements": dict(self._as_in_file()),
            "goals": [
                {
                    name: value.isoformat() if isinstance(value, date) else value
                    for name, value in (
                        ("component", goal.component),
                        ("to", goal.to),
                        ("by", goal.by),
                        ("action", goal.action),
                        ("support", goal.support),
                    )
                    if value
                }
                for goal in self.row.goals.order_by("pk")
                if goal.component in self.asked  # the scope may have changed since
            ],
        }
        if self.row.scope:
            file["scope"] = self.row.scope
        return Placed.model_validate(file)

    def _as_in_file(self) -> Iterator[tuple[str, dict[str, str]]]:
        for component in self.icmap.components:
            answer = self.placements.get(component.id)
            if answer is None or not answer.answer or component.id not in self.asked:
                continue
            told = answer.answer
            kept = (
                {"level": told.removeprefix(LEVEL)} if told.startswith(LEVEL) else {"answer": told}
            )
            if answer.evidence:
                kept["evidence"] = answer.evidence
            yield component.id, kept

    def rounds(self) -> list[Placed]:
        """Return this round and the finished ones of the same person and map before it."""
        before = Assessment.objects.filter(
            owner=self.row.owner,
            map=self.row.map,
            date__lt=self.row.date,
            finished_at__isnull=False,
        ).order_by("date")
        return [*(Practice(row).placed() for row in before), self.placed()]

    def last(self, component: str) -> tuple[str, Variation] | None:
        """Return the round before in which a component was placed on a level, and that level."""
        previous = self._before.get(component)
        if previous is None:
            return None
        code = previous.answer.removeprefix(LEVEL)
        return previous.assessment.round, self.icmap.component(component).variation(code)

    @cached_property
    def _before(self) -> dict[str, Placement]:
        found = Placement.objects.filter(
            assessment__owner=self.row.owner,
            assessment__map=self.row.map,
            assessment__date__lt=self.row.date,
            answer__startswith=LEVEL,
        )
        rows = found.select_related("assessment").order_by("assessment__date")
        return {answer.component: answer for answer in rows}

    def suggestions(self) -> Iterator[tuple[Component, Variation, Variation]]:
        """Yield what could be a goal: a component, its level now and the next one toward ideal.

        Critical ones first, then those with the longest way to go.
        """
        results = [r for r in score(self.placed()).components if r.rank]
        for result in sorted(results, key=lambda r: (not r.component.critical, -(r.rank or 0))):
            code = self.placements[result.id].answer.removeprefix(LEVEL)
            component = self.icmap.component(result.id)
            if better := component.next_better(code):
                yield component, component.variation(code), better
