"""Several raters of one practice in one round: where they agree, where not, what they agreed on.

This is for the people in the room, who have shown one another their placements; it is no group
figure and does not pass the gate.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from icmaps.errors import ScoringError
from icmaps.groups._agreement import (
    Kappa,
    adjacent_agreement,
    exact_agreement,
    krippendorff_alpha,
    weighted_kappa,
)
from icmaps.scoring import Profile

View = Literal["same", "neighbors", "apart", "one only", "none"]
_FEW_ROWS = 10


@dataclass(frozen=True, slots=True)
class RaterView:
    """One component as several raters placed it.

    Attributes:
        component_id: The component's id.
        levels: The code each first rater chose; None for no level.
        view: Whether all who chose a level chose the same one, neighbors at most, or farther apart.
        steps: Ranks between the farthest two; None with fewer than two levels.
        agreed: The code of the agreed placement; None if there is none.
        moved: Ranks from each first placement to the agreed one, toward the ideal positive.
    """

    component_id: str
    levels: tuple[str | None, ...]
    view: View
    steps: int | None
    agreed: str | None
    moved: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class RaterComparison:
    """Several raters of one practice, compared; nothing is averaged.

    Attributes:
        raters: What each first rater is called, in the order given.
        has_agreed: There is an agreed placement.
        rows: The components that somebody asked about, in map order.
        pairs: How many pairs of placements there are, over all components.
        exact: Share of these pairs at the same level; None without pairs.
        adjacent: Share at the same or a neighboring level.
        levels: How many levels most of the components have that somebody asked about; kappa and
            alpha are of these components alone, because a step means something else in others.
        alike: How many of these at least two raters placed.
        kappa: Linear weighted kappa over them, for two raters; else None.
        alpha: Krippendorff's ordinal alpha over them, for any number of raters; None where it
            cannot be said.
        nearer: For two raters, how many rows the first and the second placed nearer the ideal.
        warnings: What a reader has to know.
    """

    raters: tuple[str, ...]
    has_agreed: bool
    rows: tuple[RaterView, ...]
    pairs: int
    exact: float | None
    adjacent: float | None
    levels: int
    alike: int
    kappa: Kappa | None
    alpha: float | None
    nearer: tuple[int, int] | None
    warnings: tuple[str, ...]


def compare_raters(profiles: Sequence[Profile]) -> RaterComparison:
    """Compare several raters of one respondent in one round.

    Args:
        profiles: One for each rater. One by the rater `team` is the placement they agreed on; one
            by `then`, a look back, is no rater's and left out.

    Raises:
        ScoringError: If there are fewer than two first placements, they are of different people,
            rounds or map versions, or there is more than one agreed placement.

    Source:
        research/stats.md 3.1; the formulas name theirs.
    """
    profiles = [p for p in profiles if p.assessment.rater.kind != "then"]
    first = [p for p in profiles if p.assessment.rater.kind != "team"]
    agreed = [p for p in profiles if p.assessment.rater.kind == "team"]
    _refuse(profiles, first, agreed)
    rows = tuple(_rows(first, agreed[0] if agreed else None))
    pooled = _pooled(first)
    exact = adjacent = None
    if pooled.sum():
        exact, adjacent = exact_agreement(pooled), adjacent_agreement(pooled)
    commonest = _of_commonest_length(first, {row.component_id for row in rows})
    two = len(first) == 2  # noqa: PLR2004 - kappa and sides are for pairs
    return RaterComparison(
        raters=tuple(_label(profile) for profile in first),
        has_agreed=bool(agreed),
        rows=rows,
        pairs=int(pooled.sum()),
        exact=exact,
        adjacent=adjacent,
        levels=len(commonest.pairs),
        alike=len(commonest.counts),
        kappa=weighted_kappa(commonest.pairs, "linear") if two and commonest.pairs.sum() else None,
        alpha=krippendorff_alpha(commonest.counts) if len(commonest.counts) else None,
        nearer=_nearer(first) if two else None,
        warnings=tuple(_warnings(rows, len(first))),
    )


def _refuse(
    profiles: Sequence[Profile], first: Sequence[Profile], agreed: Sequence[Profile]
) -> None:
    about = {
        (p.assessment.respondent.id, p.assessment.map, p.assessment.round.id) for p in profiles
    }
    if len(about) > 1:
        raise ScoringError(
            "the placements are of different people, rounds or map versions; raters can differ "
            "only about one practice; give those of one respondent in one round"
        )
    if len(first) < 2 or len(agreed) > 1:  # noqa: PLR2004 - agreement is between two
        raise ScoringError(
            f"there are {len(first)} first placements and {len(agreed)} agreed ones; agreement "
            "needs two first placements and at most one agreed one; give those"
        )


def _label(profile: Profile) -> str:
    rater = profile.assessment.rater
    return rater.name or rater.id or rater.kind


def _rows(first: Sequence[Profile], agreed: Profile | None) -> Iterator[RaterView]:
    placed = [{result.id: result for result in profile.components} for profile in first]
    together = {result.id: result for result in agreed.components} if agreed else {}
    for component in first[0].icmap.components:
        if not any(component.id in theirs for theirs in (*placed, together)):
            continue
        found = [theirs.get(component.id) for theirs in placed]
        ranks = [result.rank for result in found if result and result.rank is not None]
        steps = max(ranks) - min(ranks) if len(ranks) > 1 else None
        final = together.get(component.id)
        end = final.rank if final else None
        yield RaterView(
            component_id=component.id,
            levels=tuple(result.level if result else None for result in found),
            view=_view(len(ranks), steps),
            steps=steps,
            agreed=final.level if final else None,
            moved=tuple(
                None if end is None or result is None or result.rank is None else result.rank - end
                for result in found
            ),
        )


def _view(levels: int, steps: int | None) -> View:
    if steps is None:
        return "one only" if levels else "none"
    return "same" if steps == 0 else "neighbors" if steps == 1 else "apart"


def _pooled(first: Sequence[Profile]) -> np.ndarray:
    """Return the pairs of every two raters over all rows; rows are padded to six levels."""
    table = np.zeros((6, 6), np.int64)
    for one, two in combinations(first, 2):
        theirs = {result.id: result.rank for result in two.components}
        for result in one.components:
            other = theirs.get(result.id)
            if result.rank is not None and other is not None:
                table[result.rank, other] += 1
    return table


@dataclass(frozen=True, slots=True)
class _Commonest:
    pairs: np.ndarray
    counts: np.ndarray


def _of_commonest_length(first: Sequence[Profile], asked: Collection[str]) -> _Commonest:
    """Return pairs and counts over the asked rows with the most common number of levels.

    Rows with other numbers of levels cannot be pooled: the same distance means something else.
    """
    components = [c for c in first[0].icmap.components if c.id in asked]
    lengths = [len(component.variations) for component in components]
    length = max(set(lengths), key=lambda n: (lengths.count(n), n), default=0)
    placed = [{r.id: r.rank for r in profile.components} for profile in first]
    counts, pairs = [], np.zeros((length, length), np.int64)
    for component in components:
        if len(component.variations) != length:
            continue
        ranks = [r for theirs in placed if (r := theirs.get(component.id)) is not None]
        if len(ranks) > 1:
            counts.append(np.bincount(ranks, minlength=length))
            pairs[ranks[0], ranks[1]] += 1
    return _Commonest(pairs, np.array(counts, np.int64).reshape(len(counts), length))


def _nearer(first: Sequence[Profile]) -> tuple[int, int]:
    theirs = {result.id: result.rank for result in first[1].components}
    pairs = [(r.rank, theirs.get(r.id)) for r in first[0].components]
    both = [(one, two) for one, two in pairs if one is not None and two is not None]
    return sum(one < two for one, two in both), sum(two < one for one, two in both)


def _warnings(rows: Sequence[RaterView], raters: int) -> Iterator[str]:
    compared = sum(row.steps is not None for row in rows)
    if not compared:
        yield "No component was placed by two raters: there is nothing to compare."
    elif compared < _FEW_ROWS:
        were = "component was" if compared == 1 else "components were"
        yield (
            f"Only {compared} {were} placed by at least two raters: the figures would be others "
            "with another component or two. Talk about the components themselves."
        )
    which = "Neither rater" if raters == 2 else "None of the raters"  # noqa: PLR2004
    yield f"{which} is the right one, and placements of different raters are not averaged."
