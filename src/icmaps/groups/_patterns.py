"""Configurations of a group: which ways of practice are common in it, and what sets them apart.

A person's *configuration* is the pattern of all their placements. In a real school nearly
everybody's is their own (4 levels and 10 rows make a million), so configurations are looked for
among a hundred people or more: those that are alike or nearly so in the zones of the critical
components, and clusters over everything placed. A pattern is told of ten people or more, in parts
of five, by what most of its people have; nobody's own configuration is told.

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
_ORDER: Final = (IDEAL, ACCEPTABLE, BELOW)
_FEWEST: Final = 100
_MOST: Final = 2000  # every two people are compared
_LEAST: Final = 10  # people of a pattern
_CLEAR: Final = 0.25  # mean silhouette; below, clusters are found in noise as well
_MOST_CLUSTERS: Final = 4
_MOST_NAMED: Final = 3
_APART: Final = 0.2  # share at least acceptable: a smaller difference does not name a cluster

Ranks = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A way of practice that enough people share.

    Attributes:
        kind: `alike` in the zones of the critical components or nearly so, each person at most one
            component away from the middle of the pattern; or `clustered`: nearer to one another
            than to others over everything placed.
        above: Ids of the components that set it apart by being further along than usual.
        below: Ids of those in which it is less far along.
        parts: How many of the group's parts share it.
    """

    kind: Literal["alike", "clustered"]
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
    ranks: Ranks, components: Sequence[Component], cuts: npt.NDArray[np.int8]
) -> Patterns | None:
    """Return the common patterns of people.

    Args:
        ranks: Ranks of people by component; below 0 for no level.
        components: The components.
        cuts: Last rank that is ideal and last that is acceptable; -1 for no line.

    Returns:
        The patterns; None for fewer than 100 people or more than 2,000.

    Shapes:
        ranks: (people, C); cuts: (C, 2).
    """
    if not _FEWEST <= len(ranks) <= _MOST:
        return None
    of = parts_for(len(ranks))
    critical = [n for n, c in enumerate(components) if c.critical and cuts[n, 1] >= 0]
    ids = [components[n].id for n in critical]
    zones = [_zones(row[critical], cuts[critical]) for row in ranks]
    found = _alike(zones, ids, of) if critical else []
    return Patterns(len(ranks), of, (*found, *_clusters(ranks, components, cuts, of)))


def _zones(ranks: Ranks, cuts: npt.NDArray[np.int8]) -> Zones:
    return tuple(
        NONE if rank < 0 else IDEAL if rank <= ideal else ACCEPTABLE if rank <= last else BELOW
        for rank, (ideal, last) in zip(ranks.tolist(), cuts.tolist(), strict=True)
    )


def _alike(zones: Sequence[Zones], ids: Sequence[str], of: int) -> list[Pattern]:
    """Return the patterns of people who are alike or nearly so, named by what most of them have."""
    usual = _middle(zones)
    told = []
    for family in _families(Counter(zones)):
        people = sum(family.values())
        if people < _LEAST:
            continue
        middle = _middle(list(family.elements()))
        pairs = [
            (i, z, u) for i, z, u in zip(ids, middle, usual, strict=True) if NONE not in (z, u)
        ]
        told.append(
            Pattern(
                kind="alike",
                above=tuple(i for i, z, u in pairs if _ORDER.index(z) < _ORDER.index(u)),
                below=tuple(i for i, z, u in pairs if _ORDER.index(z) > _ORDER.index(u)),
                parts=round(of * people / len(zones)),
            )
        )
    return [pattern for pattern in told if pattern.parts]


def _middle(zones: Sequence[Zones]) -> Zones:
    return tuple(Counter(column).most_common(1)[0][0] for column in zip(*zones, strict=True))


def _families(found: Counter[Zones]) -> list[Counter[Zones]]:
    """Return people at most one component away from a common pattern, each once."""
    left = Counter(found)
    families = []
    for center, _ in sorted(found.items(), key=lambda item: (-item[1], item[0])):
        near = [z for z in left if sum(a != b for a, b in zip(z, center, strict=True)) <= 1]
        families.append(Counter({z: left.pop(z) for z in near}))
    return families


def _clusters(
    ranks: Ranks,
    components: Sequence[Component],
    cuts: npt.NDArray[np.int8],
    of: int,
) -> list[Pattern]:
    """Return clusters of people by all their placements; none where they do not part clearly."""
    labels = _labels(ranks, np.array([len(c.variations) for c in components]))
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


def _labels(ranks: Ranks, lengths: npt.NDArray[np.intp]) -> npt.NDArray[np.intp] | None:
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
        if len(sizes) < number or sizes.min() < _LEAST:  # people alike are not parted
            continue
        width = _silhouette(distances, labels)
        if best is None or width > best[0]:
            best = width, labels
    return best[1] if best is not None and best[0] >= _CLEAR else None


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
