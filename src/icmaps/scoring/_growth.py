"""Two profiles of one respondent on one map version, compared component by component.

Levels are in order, so a component has moved up, down or not at all; moves are counted, never
averaged, and there is no number for the whole (DESIGN section 5).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Literal

from icmaps.errors import ScoringError
from icmaps.scoring._profile import ComponentResult, Profile, SectionSummary

MoveKind = Literal[
    "up",
    "same",
    "down",
    "newly-answered",
    "no-longer-answered",
    "incomparable",
    "not-asked",
    "unanswered",
]


@dataclass(frozen=True, slots=True)
class Move:
    """What happened to one component between two rounds.

    Attributes:
        component_id: The component's id.
        kind: `up` is toward the ideal; `incomparable` has an off-scale choice on either side;
            `not-asked` was asked in one of the two rounds only; `unanswered` has neither a level
            nor an off-scale choice in either.
        earlier_level: The code chosen in the earlier round, if one was.
        later_level: The code chosen in the later round, if one was.
        steps: Ranks moved, toward the ideal positive; None unless both sides have a level.
    """

    component_id: str
    kind: MoveKind
    earlier_level: str | None
    later_level: str | None
    steps: int | None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many components made each kind of move; see `Move`."""

    up: int = 0
    same: int = 0
    down: int = 0
    newly_answered: int = 0
    no_longer_answered: int = 0
    incomparable: int = 0
    not_asked: int = 0
    unanswered: int = 0


@dataclass(frozen=True, slots=True)
class SectionGrowth:
    """The moves in one section, with what is needed to print its heading.

    Attributes:
        id: The section's id.
        kind: What the framework calls such a section.
        code: What is printed before the title; None if the framework does not number it.
        title: The section's title.
        depth: How many sections it lies in.
        tally: Of the components in and below it.
    """

    id: str
    kind: str
    code: str | None
    title: str
    depth: int
    tally: Tally


@dataclass(frozen=True, slots=True)
class Growth:
    """What moved between two rounds of one respondent.

    Attributes:
        earlier: The profile of the earlier round.
        later: The profile of the later round.
        moves: One for each component asked in either round, in map order.
        overall: Counts of all moves.
        sections: Counts by section, in framework order.
        critical_now_acceptable: Ids of critical components that came over the acceptable line.
        critical_no_longer_acceptable: Ids of critical components that fell below it.
    """

    earlier: Profile
    later: Profile
    moves: tuple[Move, ...]
    overall: Tally
    sections: tuple[SectionGrowth, ...]
    critical_now_acceptable: tuple[str, ...]
    critical_no_longer_acceptable: tuple[str, ...]

    def move(self, component_id: str) -> Move:
        """Return what happened to a component.

        Raises:
            KeyError: If it was asked in neither round.
        """
        for move in self.moves:
            if move.component_id == component_id:
                return move
        raise KeyError(component_id)


def compare(earlier: Profile, later: Profile) -> Growth:
    """Compare two rounds of one respondent on one map version.

    Args:
        earlier: The profile of the earlier round.
        later: The profile of the later round.

    Raises:
        ScoringError: If the two differ in more than the round, or are not in order.

    Source:
        DESIGN section 5.
    """
    _refuse_if_no_growth(earlier, later)
    before = {result.id: result for result in earlier.components}
    after = {result.id: result for result in later.components}
    rows = [c for c in earlier.icmap.components if c.id in before or c.id in after]
    moves = {c.id: _move(c.id, before.get(c.id), after.get(c.id)) for c in rows}
    over, under = [], []
    for component in rows:
        sides = [_acceptable(side.get(component.id)) for side in (before, after)]
        if component.critical and sides == [False, True]:
            over.append(component.id)
        if component.critical and sides == [True, False]:
            under.append(component.id)
    return Growth(
        earlier=earlier,
        later=later,
        moves=tuple(moves.values()),
        overall=_tally(moves.values()),
        sections=_sections(earlier, later, moves),
        critical_now_acceptable=tuple(over),
        critical_no_longer_acceptable=tuple(under),
    )


def _refuse_if_no_growth(earlier: Profile, later: Profile) -> None:
    one, two = earlier.assessment, later.assessment
    if one.map != two.map:
        raise ScoringError(
            f"the rounds were placed on {one.map} and {two.map}; "
            "a level of one may mean something else on the other; "
            "compare rounds of the same map version"
        )
    if one.respondent.id != two.respondent.id:
        raise ScoringError(
            f"the rounds belong to {one.respondent.id!r} and {two.respondent.id!r}; "
            "growth is about one person; compare two rounds of the same respondent"
        )
    if one.rater.kind != two.rater.kind:
        raise ScoringError(
            f"the raters are {one.rater.kind} and {two.rater.kind}; a difference between raters "
            "is disagreement, not growth; compare two rounds by the same kind of rater"
        )
    if one.round.id == two.round.id:
        raise ScoringError(
            f"both profiles are of the round {one.round.id!r}; there is no time between them; "
            "compare two different rounds"
        )
    if one.round.date == two.round.date:
        raise ScoringError(
            f"the rounds {one.round.id!r} and {two.round.id!r} are both of {one.round.date}; "
            "nobody could tell which came first; correct the date of one of them"
        )
    if one.round.date > two.round.date:
        raise ScoringError(
            f"the earlier round {one.round.id!r} ({one.round.date}) is after the later one "
            f"{two.round.id!r} ({two.round.date}); every move would be turned round; "
            "give the earlier round first"
        )


def _move(component_id: str, before: ComponentResult | None, after: ComponentResult | None) -> Move:
    steps = None
    if before and after and before.rank is not None and after.rank is not None:
        steps = before.rank - after.rank
    return Move(
        component_id=component_id,
        kind=_kind(before, after, steps),
        earlier_level=before.level if before else None,
        later_level=after.level if after else None,
        steps=steps,
    )


def _kind(
    before: ComponentResult | None, after: ComponentResult | None, steps: int | None
) -> MoveKind:
    if before is None or after is None:
        return "not-asked"
    if steps is not None:
        return "up" if steps > 0 else "down" if steps < 0 else "same"
    if "off-scale" in (before.answer, after.answer):
        return "incomparable"
    if after.answered:
        return "newly-answered"
    return "no-longer-answered" if before.answered else "unanswered"


def _acceptable(result: ComponentResult | None) -> bool | None:
    """Return the side of the acceptable line an answer is on, or None if there is no telling."""
    return None if result is None or result.zone is None else result.zone != "unacceptable"


def _tally(moves: Iterable[Move]) -> Tally:
    counts = Counter(move.kind.replace("-", "_") for move in moves)
    return Tally(**{field.name: counts[field.name] for field in fields(Tally)})


def _sections(
    earlier: Profile, later: Profile, moves: dict[str, Move]
) -> tuple[SectionGrowth, ...]:
    headings = {section.id: section for section in (*earlier.sections, *later.sections)}
    inside: dict[str, list[Move]] = {section_id: [] for section_id in headings}
    framework = earlier.framework
    for component_id, move in moves.items():
        section_id = earlier.icmap.component(component_id).section
        for held_by in (*framework.above(section_id), section_id):
            inside[held_by].append(move)
    in_order = (headings[s.id] for s, _ in framework.walk() if s.id in headings)
    return tuple(_section(heading, inside[heading.id]) for heading in in_order)


def _section(heading: SectionSummary, moves: list[Move]) -> SectionGrowth:
    return SectionGrowth(
        id=heading.id,
        kind=heading.kind,
        code=heading.code,
        title=heading.title,
        depth=heading.depth,
        tally=_tally(moves),
    )
