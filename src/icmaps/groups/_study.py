"""What a team, a school and a district can learn from placements: the door of this package.

Everything here that describes a group is made of `Shares`, which only the gate makes, or is a
figure about everybody taken together that rests on at least ten groups.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from itertools import pairwise
from typing import Any, Final, Literal

from icmaps.groups._everybody import common_patterns, reliabilities, variances
from icmaps.groups._gate import Figure, Shares, Vector, tell
from icmaps.groups._panels import Panel, panels_of, publishable_panels
from icmaps.groups._patterns import Patterns
from icmaps.groups._people import KINDS, Cohort, Group, GroupKind, RoundOf, cohort, vectors
from icmaps.groups._reliability import Reliability
from icmaps.groups._told_change import ToldChange, told_change
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


def study(
    answers: Answers,
    *,
    by: GroupKind = "school",
    members: tuple[str, ...] | None = None,
    key: bytes | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> GroupStudy:
    """Return what can be told of groups of people without telling of any of them.

    Args:
        answers: Placements on one map version, of all rounds and raters.
        by: The smallest kind of group to tell of.
        members: The path of names of a group, from the district down, if the figures are for its
            own members: then it alone is told of, and may be smaller.
        key: What the rounding is drawn from, 1 to 64 bytes; the same key and answers give the same
            figures. Without one it is drawn from the answers themselves.
        progress: Called with how many components are done, and of how many.

    Returns:
        The figures that passed the gate.

    Raises:
        ScoringError: If nobody placed their own practice, somebody did so twice in one round, or
            the rounds cannot be put in order.

    Source:
        DESIGN section 6; research/stats.md 5.2 and 5.4.
    """
    # Teams are looked at whatever is asked for, so that two reports on one table round alike.
    everybody = cohort(answers, "team")
    audience: Audience = "others" if members is None else "members"
    panels = _panels(everybody, members)
    kept = publishable_panels(panels, everybody.rounds, LEAST_PEOPLE[audience])
    told_of = _ToldOf(everybody, panels, kept, key or _key_of(answers))
    told = _told(told_of, everybody, progress)
    wanted = KINDS if members else KINDS[: KINDS.index(by) + 1]
    groups = sorted({p.group for p in kept if p.group.kind in wanted}, key=lambda group: group.path)
    return GroupStudy(
        icmap=answers.compiled.icmap,
        framework=answers.compiled.framework,
        audience=audience,
        least=LEAST_PEOPLE[audience],
        rounds=everybody.rounds,
        groups=tuple(_Teller(group, told_of, told).figures(everybody) for group in groups),
        withheld=tuple(sorted(_seen(panels, wanted) - set(groups))),
        variance={} if members else variances(everybody, kept),
        patterns=None if members else common_patterns(everybody, kept),
        reliability={} if members else reliabilities(everybody, kept),
    )


def _seen(panels: dict[str, frozenset[Panel]], kinds: Sequence[GroupKind]) -> set[Group]:
    """Return the groups of some kinds that anybody is in."""
    return {p.group for theirs in panels.values() for p in theirs if p.group.kind in kinds}


def _panels(everybody: Cohort, members: tuple[str, ...] | None) -> dict[str, frozenset[Panel]]:
    """Return the panels each person is in; of one group alone if it is for its members."""
    return {
        name: frozenset(
            panel
            for panel in panels_of(person, everybody.rounds)
            if members is None or panel.group.path == members
        )
        for name, person in everybody.people.items()
    }


def _told(
    told_of: "_ToldOf", everybody: Cohort, progress: Callable[[int, int], None] | None
) -> dict[str, Mapping[Hashable, Shares]]:
    """Return what is told of each component that most were asked about."""
    told: dict[str, Mapping[Hashable, Shares]] = {}
    components = everybody.answers.compiled.icmap.components
    for column, component in enumerate(components):
        if everybody.asks(column):
            told[component.id] = told_of.component(component, column)
        if progress is not None:
            progress(column + 1, len(components))
    return told


def _key_of(answers: Answers) -> bytes:
    """Return a key that only who has all the answers can make, whoever gave which."""
    rows = sorted(
        f"{sheet.round_id}\0{sheet.rater}\0".encode() + ranks.tobytes()
        for sheet, ranks in zip(answers.sheets, answers.ranks, strict=True)
    )
    return hashlib.blake2b(b"\0".join(rows), digest_size=32).digest()


class _ToldOf:
    """Whom figures are told of: the panels, and for each question the blocks they are made of."""

    def __init__(
        self,
        everybody: Cohort,
        panels: Mapping[str, frozenset[Panel]],
        kept: frozenset[Panel],
        key: bytes,
    ) -> None:
        self._everybody = everybody
        self._key = key
        self.panels = sorted(kept)
        self._asking: dict[str, dict[Panel, dict[str, list[str]]]] = {}
        for panel in self.panels:
            for question in self._questions(panel):
                self._asking.setdefault(question, {})[panel] = {}
        for asked in self._asking.values():
            for name, theirs in panels.items():
                mine = sorted(panel for panel in theirs if panel in asked)
                for panel in mine:
                    asked[panel].setdefault(repr(mine), []).append(name)

    def size(self, panel: Panel) -> int:
        """Return how many people a panel has."""
        question = next(iter(self._questions(panel)))
        return sum(map(len, self._asking[question][panel].values()))

    def _questions(self, panel: Panel) -> Iterator[str]:
        """Yield what is told about a panel: where people stood, what they did, how raters see."""
        rounds = self._everybody.rounds
        match panel.kind:
            case "present":
                yield panel.round.id
            case "matched":
                yield rounds[rounds.index(panel.round) - 1].id
                yield panel.round.id
                yield f"moves {panel.round.id}"
            case "rated":
                yield "views"

    def component(self, component: Component, column: int) -> dict[Hashable, Shares]:
        """Return what is told of one component, by panel and question."""
        levels = len(component.variations)
        said = vectors(self._everybody, column, levels)
        asks = self._answers(levels)
        figures = [
            Figure(
                key=(panel, question),
                question=question,
                blocks={block: [said[n] for n in names] for block, names in blocks.items()},
                answers=asks[question][0],
                answer=asks[question][1],
            )
            for question, asked in self._asking.items()
            for panel, blocks in asked.items()
        ]
        return tell(figures, component.id, self._key)

    def _answers(self, levels: int) -> dict[str, tuple[int, Callable[[Vector], int]]]:
        """Return for each question how many answers it has, and which of them somebody gave."""
        rounds = self._everybody.rounds
        found: dict[str, tuple[int, Callable[[Vector], int]]] = {}
        for place, occasion in enumerate(rounds):
            found[occasion.id] = levels + 1, partial(_at, place)
            found[f"moves {occasion.id}"] = len(MOVES), partial(_move, place, levels)
        found["views"] = len(VIEWS), partial(_view, len(rounds), levels)
        return found


def _at(place: int, said: Vector) -> int:
    value = said[place]
    assert value is not None  # noqa: S101 - a panel has those people only who were asked
    return value


def _move(place: int, levels: int, said: Vector) -> int:
    before, after = _at(place - 1, said), _at(place, said)
    if levels not in (before, after):
        return 0 if after < before else 1 if after == before else 2
    return MOVES.index("no pair") if after == levels else MOVES.index("newly answered")


def _view(other: int, levels: int, said: Vector) -> int:
    theirs, own = _at(other, said), _at(other - 1, said)
    if levels in (theirs, own):
        return VIEWS.index("no pair")
    return max(-2, min(2, own - theirs)) + 2


def _change_as_json(told: ToldChange | None) -> dict[str, float] | None:
    if told is None:
        return None
    return {name: round(getattr(told, name), 2) for name in ("net", "low", "high", "p")}


def _rounded(figures: dict[str, Any]) -> dict[str, Any]:
    """Return figures about everybody as exact as they are meant to be: two decimals."""
    return {k: round(v, 2) if isinstance(v, float) else v for k, v in figures.items()}


def _codes(component: Component) -> tuple[str, ...]:
    return tuple(variation.code for variation in component.variations)


@dataclass(frozen=True, slots=True)
class _Teller:
    """Gathers what is told of one group."""

    group: Group
    told_of: _ToldOf
    told: Mapping[str, Mapping[Hashable, Shares]]

    def figures(self, everybody: Cohort) -> GroupFigures:
        rounds = everybody.rounds
        rated = Panel("rated", self.group, rounds[-1])
        panels = set(self.told_of.panels)
        return GroupFigures(
            group=self.group,
            present={r.id: everybody.present(self.group, r) for r in rounds},
            spreads=tuple(
                self._spread(panel, occasion)
                for occasion in rounds
                if (panel := Panel("present", self.group, occasion)) in panels
            ),
            moves=tuple(
                Moves(
                    self._spread(panel, one),
                    self._spread(panel, two),
                    self._shares(panel, f"moves {two.id}"),
                )
                for one, two in pairwise(rounds)
                if (panel := Panel("matched", self.group, two)) in panels
            ),
            rated=self.told_of.size(rated) if rated in panels else 0,
            agreement=self._shares(rated, "views"),
        )

    def _spread(self, panel: Panel, occasion: RoundOf) -> Spread:
        return Spread(occasion, self.told_of.size(panel), self._shares(panel, occasion.id))

    def _shares(self, panel: Panel, question: str) -> dict[str, Shares]:
        key = panel, question
        return {component: shares[key] for component, shares in self.told.items() if key in shares}
