"""What a team, a school and a district can learn from placements: the door of this package.

Everything here that describes a group is made of `Shares`, which only the gate makes, or is a
figure about everybody taken together that rests on at least ten groups.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from itertools import pairwise
from typing import Any, Final, Literal

from icmaps.groups._change import Change, change
from icmaps.groups._everybody import common_patterns, reliabilities, variances
from icmaps.groups._gate import Figure, Shares, Vector, tell
from icmaps.groups._panels import Panel, panels_of, publishable_panels
from icmaps.groups._patterns import Patterns
from icmaps.groups._people import Cohort, Group, GroupKind, RoundOf, cohort, vectors
from icmaps.groups._reliability import Reliability
from icmaps.groups._variance import VarianceShare
from icmaps.models import Component, Framework, ICMap
from icmaps.scoring import Answers

Audience = Literal["members", "others"]
LEAST_PEOPLE: Final[Mapping[Audience, int]] = {"members": 5, "others": 10}
"""Fewest people of a group, and of what can be worked out by subtraction (DESIGN section 6)."""

MOVES: Final = ("improved", "held", "declined", "newly answered", "no pair")
VIEWS: Final = (
    "self nearer the ideal by two or more",
    "self nearer the ideal by one",
    "same level",
    "other nearer the ideal by one",
    "other nearer the ideal by two or more",
    "no pair",
)


@dataclass(frozen=True, slots=True)
class Spread:
    """Where the people of a group stand in one round.

    Attributes:
        round: The round.
        people: How many people are told of.
        shares: By component id: parts by rank, then the part without a level.
    """

    round: RoundOf
    people: int
    shares: Mapping[str, Shares]

    def most_common(self, component: Component) -> tuple[str, ...]:
        """Return the levels that most people chose, as far as the parts tell; often one."""
        *levels, _ = self.shares[component.id].parts
        most = max(levels)
        return tuple(
            v.code for v, part in zip(component.variations, levels, strict=True) if part == most > 0
        )

    def at_least_acceptable(self, component: Component) -> float | None:
        """Return the share at or above the acceptable line of those who have a level.

        It is worked out from the parts, so it is about as exact as they are.

        Returns:
            From 0 to 1; None for a row without that line, or if hardly anybody has a level.
        """
        lines = component.fidelity
        last = component.rank(lines.acceptable_until) if lines else None
        *levels, _ = self.shares[component.id].parts
        if last is None or not sum(levels):
            return None
        return sum(levels[: last + 1]) / sum(levels)


@dataclass(frozen=True, slots=True)
class Moves:
    """What the people did who were there in a round and in the one before.

    Attributes:
        before: Where they stood in the earlier round.
        after: Where they stood in the later one.
        shares: By component id: parts by what they did; see `MOVES`.
    """

    before: Spread
    after: Spread
    shares: Mapping[str, Shares]

    def change(self, component_id: str) -> Change | None:
        """Return effect, interval and sign test, worked out from the parts and as coarse as they.

        Args:
            component_id: A component that `shares` tells of.

        Returns:
            The change; None if hardly anybody has a level in both rounds.
        """
        shares = self.shares[component_id]
        people = self.after.people / shares.of
        improved, held, declined, *_ = (part * people for part in shares.parts)
        return change(improved, held, declined) if improved + held + declined else None


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """What is told of one group.

    Attributes:
        group: The group.
        spreads: Everybody who was there, by round in order of date; a round in which too few came
            or went to be told of by subtraction is left out.
        moves: By later round, in order of date.
        rated: How many people were placed by another rater as well; 0 where that is not told.
        agreement: Of those, by component id: parts by how the two differ; see `VIEWS`.
    """

    group: Group
    spreads: tuple[Spread, ...]
    moves: tuple[Moves, ...]
    rated: int
    agreement: Mapping[str, Shares]

    @property
    def now(self) -> Spread | None:
        """Where the group stands in the last round that can be told."""
        told = [*(moves.after for moves in self.moves), *self.spreads]
        return max(told, key=lambda spread: (spread.round, spread.people), default=None)


@dataclass(frozen=True)
class GroupStudy:
    """What can be told of all groups together, nothing of which gives a few people away.

    Attributes:
        icmap: The map.
        framework: Its framework.
        audience: Who it may be shown to.
        least: Fewest people that are told of.
        rounds: The rounds, in order of date.
        groups: The groups that can be told of: everyone, then districts, schools and teams.
        withheld: How many groups of each kind are not told of, because they or the rest of a
            larger one would be too few people.
        variance: By kind of group, how much of the difference between people lies between such
            groups; nothing for a kind of which too few can be told of.
        patterns: The common configurations of everybody there in the latest round; None for too
            few people.
        reliability: By section of the framework, how far its rows go together for everybody;
            nothing for too few people or rows.
    """

    icmap: ICMap
    framework: Framework
    audience: Audience
    least: int
    rounds: tuple[RoundOf, ...]
    groups: tuple[GroupFigures, ...]
    withheld: Mapping[GroupKind, int]
    variance: Mapping[GroupKind, VarianceShare]
    patterns: Patterns | None
    reliability: Mapping[str, Reliability]

    @cached_property
    def components(self) -> tuple[Component, ...]:
        """The components that are told of in some group, in map order."""
        spreads = [spread for figures in self.groups if (spread := figures.now)]
        told = {name for spread in spreads for name in spread.shares}
        return tuple(component for component in self.icmap.components if component.id in told)

    def as_json(self) -> dict[str, Any]:
        """Return everything that is told, as `icmaps group` writes it to a .json file."""
        return {
            "map": self.icmap.id,
            "version": self.icmap.version,
            "audience": self.audience,
            "least": self.least,
            "rounds": [{"id": r.id, "date": r.date} for r in self.rounds],
            "withheld": dict(self.withheld),
            "variance": {kind: _rounded(asdict(v)) for kind, v in self.variance.items()},
            "patterns": asdict(self.patterns) if self.patterns else None,
            "reliability": {name: _rounded(asdict(r)) for name, r in self.reliability.items()},
            "groups": [self._group_as_json(figures) for figures in self.groups],
        }

    def _group_as_json(self, figures: GroupFigures) -> dict[str, Any]:
        def spread(told: Spread) -> dict[str, Any]:
            rows = [
                (component, told.shares[component.id])
                for component in self.icmap.components
                if component.id in told.shares
            ]
            return {
                "round": told.round.id,
                "people": told.people,
                "components": [
                    {
                        "id": component.id,
                        "of": shares.of,
                        "parts": dict(zip((*_codes(component), "none"), shares.parts, strict=True)),
                        "most_common": list(told.most_common(component)),
                        "at_least_acceptable": told.at_least_acceptable(component),
                    }
                    for component, shares in rows
                ],
            }

        def words(told: Mapping[str, Shares], names: Sequence[str]) -> list[dict[str, Any]]:
            return [
                {"id": i, "of": s.of, "parts": dict(zip(names, s.parts, strict=True))}
                for i, s in told.items()
            ]

        return {
            "kind": figures.group.kind,
            "path": list(figures.group.path),
            "spreads": [spread(told) for told in figures.spreads],
            "moves": [
                {
                    "before": spread(moves.before),
                    "after": spread(moves.after),
                    "components": [
                        row | {"change": _change_as_json(moves.change(row["id"]))}
                        for row in words(moves.shares, MOVES)
                    ],
                }
                for moves in figures.moves
            ],
            "rated": figures.rated,
            "agreement": words(figures.agreement, VIEWS),
        }

    def group(self, *path: str) -> GroupFigures:
        """Return what is told of a group by its path of names, from the district down.

        Raises:
            KeyError: If nothing is told of it.
        """
        for figures in self.groups:
            if figures.group.path == path:
                return figures
        raise KeyError(path)


def study(
    answers: Answers,
    *,
    by: GroupKind = "school",
    audience: Audience = "others",
    progress: Callable[[int, int], None] | None = None,
) -> GroupStudy:
    """Return what can be told of groups of people without telling of any of them.

    Args:
        answers: Placements on one map version, of all rounds and raters.
        by: The smallest kind of group to tell of.
        audience: `members` if each group's figures are for that group itself, `others` for
            everybody else; groups for others have to be larger.
        progress: Called with how many components are done, and of how many.

    Returns:
        The figures that passed the gate.

    Raises:
        ScoringError: If nobody placed their own practice, or somebody did so twice in one round.

    Source:
        DESIGN section 6; research/stats.md 5.2 and 5.4.
    """
    everybody = cohort(answers, by)
    least = LEAST_PEOPLE[audience]
    panels = {name: panels_of(p, everybody.rounds) for name, p in everybody.people.items()}
    seen = {panel for theirs in panels.values() for panel in theirs}
    kept = publishable_panels(panels, everybody.rounds, least)
    told_of = _ToldOf(everybody, panels, kept)
    components = answers.compiled.icmap.components
    told = {}
    for column, component in enumerate(components):
        told[component.id] = told_of.component(column, len(component.variations))
        if progress is not None:
            progress(column + 1, len(components))
    groups = sorted({panel.group for panel in kept}, key=lambda group: (len(group.path), group))
    hidden = {panel.group for panel in seen} - set(groups)
    return GroupStudy(
        icmap=answers.compiled.icmap,
        framework=answers.compiled.framework,
        audience=audience,
        least=least,
        rounds=everybody.rounds,
        groups=tuple(_Teller(group, told_of, told).figures(everybody.rounds) for group in groups),
        withheld=Counter(group.kind for group in sorted(hidden)),
        variance=variances(everybody, kept),
        patterns=common_patterns(everybody, kept, least),
        reliability=reliabilities(everybody, kept),
    )


class _ToldOf:
    """Whom figures are told of: the panels, and the blocks of people they are made of.

    Panels of the same people are one, so that what they answered is told once.
    """

    def __init__(
        self, everybody: Cohort, panels: Mapping[str, frozenset[Panel]], kept: frozenset[Panel]
    ) -> None:
        self._everybody = everybody
        names: dict[frozenset[Panel], list[str]] = {}
        for name, theirs in panels.items():
            if told := theirs & kept:
                names.setdefault(told, []).append(name)
        in_order = sorted(names, key=sorted)
        self._names = [names[theirs] for theirs in in_order]
        self.blocks = {
            panel: frozenset(n for n, theirs in enumerate(in_order) if panel in theirs)
            for panel in sorted(kept)
        }

    def size(self, panel: Panel) -> int:
        """Return how many people a panel has."""
        return sum(len(self._names[number]) for number in self.blocks[panel])

    def key(self, panel: Panel, what: Hashable) -> Hashable:
        """Return what a figure about a panel is called by."""
        return self.blocks[panel], what

    def component(self, column: int, levels: int) -> dict[Hashable, Shares]:
        """Return what is told of one component, by the keys of its figures."""
        said = vectors(self._everybody, column, levels)
        figures = {f.key: f for panel in self.blocks for f in self._figures(panel, levels)}
        people = [[said[name] for name in names] for names in self._names]
        return tell(list(figures.values()), people, levels + 1)

    def _figures(self, panel: Panel, levels: int) -> Iterator[Figure]:
        rounds = self._everybody.rounds
        place = rounds.index(panel.round)
        match panel.kind:
            case "present":
                yield self._spread(panel, place, levels)
            case "matched":
                yield self._spread(panel, place - 1, levels)
                yield self._spread(panel, place, levels)
                yield self._pair(panel, (place - 1, place), MOVES, levels)
            case "rated":
                yield self._pair(panel, (len(rounds), place), VIEWS, levels)

    def _spread(self, panel: Panel, place: int, levels: int) -> Figure:
        key = self.key(panel, self._everybody.rounds[place])
        return Figure(
            self.blocks[panel], key, levels + 1, cache(lambda said: _at(said, place)), (place,)
        )

    def _pair(
        self, panel: Panel, places: tuple[int, int], words: Sequence[str], levels: int
    ) -> Figure:
        middle = words.index("held" if words is MOVES else "same level")

        @cache
        def answer(said: Vector) -> int:
            first, second = _at(said, places[0]), _at(said, places[1])
            if levels not in (first, second):
                return max(-middle, min(middle, second - first)) + middle
            if words is MOVES and second != levels:
                return words.index("newly answered")
            return words.index("no pair")

        key = self.key(panel, (words, panel.round))
        return Figure(self.blocks[panel], key, len(words), answer, places)


def _change_as_json(told: Change | None) -> dict[str, float] | None:
    if told is None:
        return None
    return {name: round(getattr(told, name), 2) for name in ("net", "low", "high", "p")}


def _rounded(figures: dict[str, Any]) -> dict[str, Any]:
    """Return figures about everybody as exact as they are meant to be: two decimals."""
    return {k: round(v, 2) if isinstance(v, float) else v for k, v in figures.items()}


def _codes(component: Component) -> tuple[str, ...]:
    return tuple(variation.code for variation in component.variations)


def _at(said: Vector, place: int) -> int:
    value = said[place]
    assert value is not None  # noqa: S101 - a panel has those people only who were asked
    return value


@dataclass(frozen=True, slots=True)
class _Teller:
    """Gathers what is told of one group."""

    group: Group
    told_of: _ToldOf
    told: Mapping[str, Mapping[Hashable, Shares]]

    def figures(self, rounds: Sequence[RoundOf]) -> GroupFigures:
        rated = Panel("rated", self.group, rounds[-1])
        return GroupFigures(
            group=self.group,
            spreads=tuple(
                self._spread(panel, occasion)
                for occasion in rounds
                if (panel := Panel("present", self.group, occasion)) in self.told_of.blocks
            ),
            moves=tuple(
                Moves(
                    self._spread(panel, one),
                    self._spread(panel, two),
                    self._shares(panel, (MOVES, two)),
                )
                for one, two in pairwise(rounds)
                if (panel := Panel("matched", self.group, two)) in self.told_of.blocks
            ),
            rated=self.told_of.size(rated) if rated in self.told_of.blocks else 0,
            agreement=self._shares(rated, (VIEWS, rounds[-1])),
        )

    def _spread(self, panel: Panel, occasion: RoundOf) -> Spread:
        return Spread(occasion, self.told_of.size(panel), self._shares(panel, occasion))

    def _shares(self, panel: Panel, what: Hashable) -> dict[str, Shares]:
        if panel not in self.told_of.blocks:
            return {}
        key = self.told_of.key(panel, what)
        return {component: shares[key] for component, shares in self.told.items() if key in shares}
