"""Configurations of a group: which ways of practice are common in it, and what sets them apart.

A person's *configuration* is the pattern of all their placements. In a real school nearly
everybody's is their own (4 levels and 10 rows make a million), so configurations are compared in
zones on the critical components: identical ones, and nearly identical ones that differ in one
component. With 100 to 2,000 people, they are also clustered by all their placements.
Nobody's configuration is told, only those that enough people share, in parts of the whole.

Source: Hall and Loucks (1978) and Heck, Stiegelbauer, Hall and Loucks (1981) for configurations as
patterns; research/stats.md 1.5.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from icmaps.groups._parts import apportion, parts_for
from icmaps.models import Component

Zones = tuple[str, ...]
IDEAL, ACCEPTABLE, BELOW, NONE = "ideal", "acceptable", "below acceptable", "no level"
_LEAST_FOR_CLUSTERS: Final = 100
_MOST_FOR_CLUSTERS: Final = 2000  # every two people are compared
_MOST_CLUSTERS: Final = 4
_MOST_NAMED: Final = 3
_APART: Final = 0.2  # share at least acceptable: a smaller difference does not name a cluster

Ranks = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A way of practice that enough people share.

    Attributes:
        kind: `identical` in the zones of every critical component, `nearly identical` in all but
            one, or `clustered`: nearer to one another than to others over all components.
        above: Ids of the components that set it apart by being further along than usual.
        below: Ids of those in which it is less far along.
        parts: How many of the group's parts share it.
    """

    kind: Literal["identical", "nearly identical", "clustered"]
    above: tuple[str, ...]
    below: tuple[str, ...]
    parts: int


@dataclass(frozen=True, slots=True)
class Patterns:
    """The common patterns of a group.

    Attributes:
        people: How many people they are of.
        of: In how many parts they are told.
        patterns: The patterns of each kind, the most common first; what is left of the parts of
            the first two kinds is people with a pattern that too few share.
    """

    people: int
    of: int
    patterns: tuple[Pattern, ...]


def patterns(
    ranks: Ranks, components: Sequence[Component], cuts: npt.NDArray[np.int8], least: int
) -> Patterns | None:
    """Return the common patterns of people.

    Args:
        ranks: Ranks of people by component; below 0 for no level.
        components: The components.
        cuts: Last rank that is ideal and last that is acceptable; -1 for no line.
        least: Fewest people that a pattern is told of.

    Returns:
        The patterns; None for too few people.

    Shapes:
        ranks: (people, C); cuts: (C, 2).
    """
    people = len(ranks)
    of = parts_for(people)
    if people < least or not of:
        return None
    critical = [n for n, c in enumerate(components) if c.critical and cuts[n, 1] >= 0]
    ids = [components[n].id for n in critical]
    zones = [_zones(row[critical], cuts[critical]) for row in ranks]
    usual = tuple(Counter(column).most_common(1)[0][0] for column in zip(*zones, strict=True))
    found: list[Pattern] = []
    if critical:
        found += _told(Counter(zones), "identical", ids, usual, least, of, people)
        found += _told(_families(Counter(zones)), "nearly identical", ids, usual, least, of, people)
    found += _clusters(ranks, components, cuts, least, of)
    return Patterns(people, of, tuple(found))


def _zones(ranks: Ranks, cuts: npt.NDArray[np.int8]) -> Zones:
    return tuple(
        NONE if rank < 0 else IDEAL if rank <= ideal else ACCEPTABLE if rank <= last else BELOW
        for rank, (ideal, last) in zip(ranks.tolist(), cuts.tolist(), strict=True)
    )


def _families(found: Counter[Zones]) -> Counter[Zones]:
    """Return how many people are at most one component away from a common pattern, each once."""
    left = Counter(found)
    families: Counter[Zones] = Counter()
    for center, _ in sorted(found.items(), key=lambda item: (-item[1], item[0])):
        near = [z for z in left if sum(a != b for a, b in zip(z, center, strict=True)) <= 1]
        families[center] = sum(left.pop(zones) for zones in near)
    return families


def _told(
    found: Counter[Zones],
    kind: Literal["identical", "nearly identical"],
    ids: Sequence[str],
    usual: Zones,
    least: int,
    of: int,
    people: int,
) -> list[Pattern]:
    """Return the patterns that enough people share; all others are one answer more."""
    shared = [(z, n) for z, n in found.most_common() if n >= least]
    told = apportion([*(n for _, n in shared), people - sum(n for _, n in shared)], of)
    order = (IDEAL, ACCEPTABLE, BELOW)
    rows = []
    for (zones, _), parts in zip(shared, told, strict=False):
        pairs = [(i, z, u) for i, z, u in zip(ids, zones, usual, strict=True) if NONE not in (z, u)]
        above = tuple(i for i, z, u in pairs if order.index(z) < order.index(u))
        below = tuple(i for i, z, u in pairs if order.index(z) > order.index(u))
        if parts:
            rows.append(Pattern(kind, above, below, parts))
    return rows


def _clusters(
    ranks: Ranks,
    components: Sequence[Component],
    cuts: npt.NDArray[np.int8],
    least: int,
    of: int,
) -> list[Pattern]:
    """Return clusters of people by all their placements; none where they do not part clearly."""
    if not _LEAST_FOR_CLUSTERS <= len(ranks) <= _MOST_FOR_CLUSTERS:
        return []
    labels = _labels(ranks, np.array([len(c.variations) for c in components]), least)
    if labels is None:
        return []
    lined = cuts[:, 1] >= 0
    placed = (ranks >= 0) & lined
    acceptable = np.where(placed, ranks <= cuts[:, 1], np.nan)
    sizes = np.bincount(labels)
    told = apportion(sizes.tolist(), of)
    rows = []
    for label in np.argsort(-sizes):
        inside = labels == label
        with np.errstate(invalid="ignore"):
            apart = _mean(acceptable[inside]) - _mean(acceptable[~inside])
        order = np.argsort(np.nan_to_num(apart))
        above = [components[n].id for n in order[::-1][:_MOST_NAMED] if apart[n] > _APART]
        below = [components[n].id for n in order[:_MOST_NAMED] if apart[n] < -_APART]
        rows.append(Pattern("clustered", tuple(above), tuple(below), told[label]))
    return rows


def _mean(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    counted = ~np.isnan(values)
    total = counted.sum(axis=0)
    share = np.full(values.shape[1], np.nan)
    np.divide(np.nansum(values, axis=0), total, out=share, where=total > 0)
    return share


def _labels(ranks: Ranks, lengths: npt.NDArray[np.intp], least: int) -> npt.NDArray[np.intp] | None:
    """Return the cluster of each person; None where no way of parting is clear.

    Source:
        Average linkage on Gower's distance (Gower, Biometrics 27 (1971), pages 857-871), as many
        clusters as have the widest mean silhouette (Rousseeuw, Journal of Computational and
        Applied Mathematics 20 (1987), pages 53-65); SciPy.
    """
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    distances = _distances(ranks, lengths)
    tree = linkage(squareform(distances, checks=False), "average")
    best: tuple[float, npt.NDArray[np.intp]] | None = None
    for number in range(2, _MOST_CLUSTERS + 1):
        labels = fcluster(tree, number, "maxclust") - 1
        sizes = np.bincount(labels)
        if len(sizes) < number or sizes.min() < least:  # people alike are not parted
            continue
        width = _silhouette(distances, labels)
        if best is None or width > best[0]:
            best = width, labels
    return best[1] if best is not None and best[0] > 0 else None


def _distances(ranks: Ranks, lengths: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
    """Return the mean distance of every two people over the rows in which both have a level."""
    scaled = np.where(ranks >= 0, ranks / np.maximum(lengths - 1, 1), np.nan)
    size = len(scaled)
    total, rows = np.zeros((size, size)), np.zeros((size, size))
    for column in scaled.T:
        apart = np.abs(column[:, np.newaxis] - column)
        known = ~np.isnan(apart)
        total[known] += apart[known]
        rows += known
    distances = np.divide(total, rows, out=np.ones((size, size)), where=rows > 0)
    np.fill_diagonal(distances, 0)
    return distances


def _silhouette(distances: npt.NDArray[np.float64], labels: npt.NDArray[np.intp]) -> float:
    sums = np.stack(
        [distances[:, labels == label].sum(axis=1) for label in range(labels.max() + 1)]
    )
    sizes = np.bincount(labels)
    own = sums[labels, np.arange(len(labels))] / np.maximum(sizes[labels] - 1, 1)
    others = sums / sizes[:, np.newaxis]
    others[labels, np.arange(len(labels))] = np.inf
    nearest = others.min(axis=0)
    wider = np.maximum(nearest, own)
    # Who is as far from the others as from their own, at no distance, is nowhere in particular.
    width = np.divide(nearest - own, wider, out=np.zeros_like(wider), where=wider > 0)
    return float(width.mean())
