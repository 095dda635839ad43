"""What is told of groups: spreads, moves and figures, and how they are written down.

Everything here that describes a group is made of `Shares`, which only the gate makes, or is a
figure about everybody taken together that rests on at least ten groups.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Final, Literal

from icmaps.groups._gate import Shares
from icmaps.groups._patterns import Patterns
from icmaps.groups._people import Group, GroupKind, RoundOf
from icmaps.groups._reliability import Reliability
from icmaps.groups._told_change import ToldChange, told_change
from icmaps.groups._variance import VarianceShare
from icmaps.models import Component, Framework, ICMap

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
            From 0 to 1; None for a row without that line, or if less than half have a level.
        """
        lines = component.fidelity
        last = component.rank(lines.acceptable_until) if lines else None
        *levels, none = self.shares[component.id].parts
        if last is None or sum(levels) <= none:
            return None
        return sum(levels[: last + 1]) / sum(levels)

    def at_ideal(self, component: Component) -> float | None:
        """Return the share at the ideal level of those who have a level; see above."""
        *levels, none = self.shares[component.id].parts
        return levels[0] / sum(levels) if sum(levels) > none else None


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

    def change(self, component_id: str) -> ToldChange | None:
        """Return effect, interval and sign test, worked out from the parts and as coarse as they.

        Args:
            component_id: A component that `shares` tells of.

        Returns:
            The change; None if less than half have a level in both rounds.
        """
        shares = self.shares[component_id]
        people = self.after.people / shares.of
        improved, held, declined, *_ = (part * people for part in shares.parts)
        if not shares.well_paired():
            return None
        return told_change(improved, held, declined, shares.noise)


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """What is told of one group.

    Attributes:
        group: The group.
        present: How many people placed their practice, by round.
        spreads: Everybody who was there, by round in order of date; a round in which too few came
            or went to be told of by subtraction is left out.
        moves: By later round, in order of date.
        rated: How many people were placed by another rater as well; 0 where that is not told.
        agreement: Of those, by component id: parts by how the two differ; see `VIEWS`.
    """

    group: Group
    present: Mapping[str, int]
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
        withheld: The groups that are not told of, because they or the rest of a larger one would
            be too few people.
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
    withheld: tuple[Group, ...]
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
            "withheld": dict(Counter(group.kind for group in self.withheld)),
            "variance": {kind: _rounded(asdict(v)) for kind, v in self.variance.items()},
            "patterns": asdict(self.patterns) if self.patterns else None,
            "reliability": {
                # How many have a level in every row would tell whether somebody left one open.
                name: {k: v for k, v in _rounded(asdict(told)).items() if k != "people"}
                for name, told in self.reliability.items()
            },
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
            "present": dict(figures.present),
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


def _change_as_json(told: ToldChange | None) -> dict[str, float] | None:
    if told is None:
        return None
    return {name: round(getattr(told, name), 2) for name in ("net", "low", "high", "p")}


def _rounded(figures: dict[str, Any]) -> dict[str, Any]:
    """Return figures about everybody as exact as they are meant to be: two decimals."""
    return {k: round(v, 2) if isinstance(v, float) else v for k, v in figures.items()}


def _codes(component: Component) -> tuple[str, ...]:
    return tuple(variation.code for variation in component.variations)
