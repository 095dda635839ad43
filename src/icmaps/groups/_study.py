"""What a team, a school and a district can learn from placements: the door of this package."""

import hashlib
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from icmaps.groups._everybody import common_patterns, reliabilities, variances
from icmaps.groups._figures import (
    LEAST_PEOPLE,
    MOVES,
    VIEWS,
    Audience,
    GroupFigures,
    GroupStudy,
    Moves,
    Spread,
)
from icmaps.groups._gate import Figure, Shares, Vector, tell
from icmaps.groups._panels import Panel, panels_of, publishable_panels
from icmaps.groups._people import KINDS, Cohort, Group, GroupKind, RoundOf, cohort, vectors
from icmaps.models import Component
from icmaps.scoring import Answers


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
