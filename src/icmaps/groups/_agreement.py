"""How far raters of the same practice agree, for levels that are in order."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

Weights = Literal["linear", "quadratic"]
Table = npt.NDArray[np.int64]
_CRITICAL: Final = 1.959963984540054  # 95 %, both sides


@dataclass(frozen=True, slots=True)
class Kappa:
    """Weighted kappa of two raters with its 95 % interval.

    Attributes:
        value: 1 is full agreement, 0 what their margins alone would give; None where both used
            one level only, so that there is nothing to agree about beyond chance.
        low, high: The interval, cut at -1 and 1; None where there is no value, and where either
            used one level only: then kappa is 0 whatever the other did, and says nothing of it.
        weights: How a disagreement grows with its distance.
        pairs: Number of placements compared.
    """

    value: float | None
    low: float | None
    high: float | None
    weights: Weights
    pairs: int


def exact_agreement(table: Table) -> float:
    """Return the share of pairs in which both raters chose the same level.

    Args:
        table: Pairs by the level of the one (rows) and of the other (columns).

    Shapes:
        table: (L, L).

    Raises:
        ValueError: If there are no pairs.
    """
    return _share_within(table, 0)


def adjacent_agreement(table: Table) -> float:
    """Return the share of pairs that are the same level or neighbours; see `exact_agreement`."""
    return _share_within(table, 1)


def _share_within(table: Table, steps: int) -> float:
    if not table.sum():
        raise ValueError("there are no pairs to compare")
    rows, columns = np.indices(table.shape)
    return float(table[np.abs(rows - columns) <= steps].sum() / table.sum())


def weighted_kappa(table: Table, weights: Weights) -> Kappa:
    """Return weighted kappa of two raters.

    Args:
        table: Pairs by the level of the one (rows) and of the other (columns). All levels of the
            row must be there, also one that nobody used: the weights go by their places.
        weights: `linear` counts steps, `quadratic` their squares; the two differ a lot, so the
            name is printed with the number.

    Shapes:
        table: (L, L).

    Source:
        Cohen, Psychological Bulletin 70 (1968), pages 213-220; standard error of Fleiss, Cohen and
        Everitt, Psychological Bulletin 72 (1969), page 325.
    """
    pairs = int(table.sum())
    used = np.count_nonzero(table.sum(axis=0) + table.sum(axis=1))
    if used < 2:  # noqa: PLR2004 - one level: chance agrees fully as well
        return Kappa(None, None, None, weights, pairs)
    shares = table / pairs
    one, other = shares.sum(axis=1), shares.sum(axis=0)
    rows, columns = np.indices(table.shape)
    steps = np.abs(rows - columns) / (len(table) - 1)
    apart = steps if weights == "linear" else steps**2
    observed, chance = float((shares * apart).sum()), float(one @ apart @ other)
    value = max(1 - observed / chance, -1.0)
    if min(np.count_nonzero(one), np.count_nonzero(other)) == 1:
        return Kappa(value, None, None, weights, pairs)
    # Their formula, written with how far apart two levels are instead of how much alike.
    of_margins = (apart @ other)[:, np.newaxis] + one @ apart
    scatter = shares * (apart * chance - of_margins * observed) ** 2
    variance = float(scatter.sum()) - (observed * chance) ** 2
    # Rounding may leave less than nothing.
    reach = _CRITICAL * float(np.sqrt(max(variance, 0.0) / pairs)) / chance**2
    return Kappa(value, max(value - reach, -1.0), min(value + reach, 1.0), weights, pairs)


def krippendorff_alpha(counts: Table) -> float | None:
    """Return Krippendorff's alpha for ordinal levels and any number of raters.

    Args:
        counts: For each thing that was rated, how many raters chose each level; gaps are simply
            fewer raters. Units with fewer than two raters are left out.

    Returns:
        1 for full agreement, 0 for what chance would give; None where it cannot be said: no unit
        has two raters, or all chose one level.

    Shapes:
        counts: (units, L).

    Source:
        Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), sections C and D: observed
        and expected coincidences, ordinal metric. The libraries that compute it are GPL.
    """
    rated = counts[counts.sum(axis=1) > 1].astype(np.float64)
    if not len(rated):
        return None
    raters = rated.sum(axis=1)[:, np.newaxis]
    # Pairs of different raters of one unit, each unit weighted by 1 / (raters - 1).
    coincidences = (rated / (raters - 1)).T @ rated - np.diag((rated / (raters - 1)).sum(axis=0))
    margins = coincidences.sum(axis=1)
    total = margins.sum()
    up_to = np.cumsum(margins) - margins / 2
    distance = (up_to[:, np.newaxis] - up_to[np.newaxis, :]) ** 2
    expected = (np.outer(margins, margins) * distance).sum() / (total - 1)
    if not expected:
        return None
    return float(1 - (coincidences * distance).sum() / expected)
