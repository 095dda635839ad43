"""Any number of rounds of one respondent on one map version, told component by component."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from icmaps.errors import ScoringError
from icmaps.scoring._growth import Growth, Move, compare
from icmaps.scoring._profile import Profile


@dataclass(frozen=True, slots=True)
class Trail:
    """One component over the rounds.

    Attributes:
        component_id: The component's id.
        levels: The code chosen in each round; None where none was.
        moves: From each round to the next.
        whole: From the first round to the last.
    """

    component_id: str
    levels: tuple[str | None, ...]
    moves: tuple[Move | None, ...]
    whole: Move


@dataclass(frozen=True, slots=True)
class Rounds:
    """What moved over any number of rounds.

    Attributes:
        profiles: One for each round, in order of date.
        steps: The growth from each round to the next.
        whole: The growth from the first round to the last.
        trails: The components asked in the first or the last round, in map order.
        warnings: What a reader has to know before saying that practice changed.
    """

    profiles: tuple[Profile, ...]
    steps: tuple[Growth, ...]
    whole: Growth
    trails: tuple[Trail, ...]
    warnings: tuple[str, ...]


def compare_rounds(profiles: Sequence[Profile]) -> Rounds:
    """Compare all rounds of one respondent on one map version.

    Args:
        profiles: One for each round, in any order.

    Raises:
        ScoringError: If there are fewer than two, or they differ in more than the round.

    Source:
        DESIGN section 5; the warnings: research/stats.md 2.
    """
    if len(profiles) < 2:  # noqa: PLR2004 - growth is between two
        raise ScoringError(
            "growth needs at least two rounds; there is nothing to compare one with; give another"
        )
    in_order = tuple(sorted(profiles, key=lambda profile: profile.assessment.round.date))
    steps = tuple(compare(one, two) for one, two in pairwise(in_order))
    whole = compare(in_order[0], in_order[-1])
    return Rounds(
        profiles=in_order,
        steps=steps,
        whole=whole,
        trails=tuple(_trail(move, in_order, steps) for move in whole.moves),
        warnings=tuple(_warnings(whole)),
    )


def _trail(whole: Move, profiles: Sequence[Profile], steps: Sequence[Growth]) -> Trail:
    name = whole.component_id
    levels = (profile.assessment.placement(name) for profile in profiles)
    moves = ({m.component_id: m for m in step.moves}.get(name) for step in steps)
    return Trail(
        component_id=name,
        levels=tuple(placed.level if placed else None for placed in levels),
        moves=tuple(moves),
        whole=whole,
    )


_FEW = 5
_FAR = 2 / 3


def _warnings(whole: Growth) -> list[str]:
    """Return what speaks against taking a change of levels for a change of practice."""
    tally = whole.overall
    pairs = tally.up + tally.same + tally.down
    found = []
    if pairs < _FEW:
        found.append(
            f"Only {pairs} components have a level in both rounds: too few to say how all moved."
        )
    starts = [
        move
        for move in whole.moves
        if move.kind == "up"
        and (rank := whole.earlier.component(move.component_id).rank) is not None
        and rank >= _FAR * (whole.earlier.component(move.component_id).ranks - 1)
    ]
    if tally.up >= _FEW and len(starts) == tally.up:
        found.append(
            "Everything that moved up began near its last level. From there a second look alone "
            "moves a placement up more often than down (regression to the mean)."
        )
    if tally.down > tally.up and whole.earlier.assessment.rater.kind == "self":
        found.append(
            "More moved away from the ideal than toward it. People who learn often judge more "
            "strictly: a `then` placement of the earlier round, made now, tells the two apart."
        )
    return found
