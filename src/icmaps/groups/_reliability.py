"""Whether the components of a section say one thing: alpha and omega for levels in order."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

FEW_ROWS: Final = 4
FEW_PEOPLE: Final = 100
_LEAST_PEOPLE: Final = 30
_LEAST_ROWS: Final = 3  # one factor is not determined by two rows
_FACTOR_STEPS: Final = 500
_LEAST_ALPHA: Final = -1.0
_AGAINST: Final = (
    "Alpha is below 0: who is nearer the ideal in one row is rather farther from it in others, so "
    "that the rows do not say one thing. What would be below -1 is told as -1."
)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reliability:
    """How far the components of a section go together.

    Attributes:
        alpha: Cronbach's alpha of the ranks themselves; like the next, at least -1.
        ordinal_alpha: Alpha of the polychoric correlations: of the even scale that the levels are
            thought to be cut from, so it is above the reliability of what was placed.
        ordinal_omega: McDonald's omega of one factor of the polychoric correlations.
        people: People with a level in every row.
        rows: Number of rows.
        warnings: What a reader has to know before using the numbers.
    """

    alpha: float
    ordinal_alpha: float
    ordinal_omega: float | None
    people: int
    rows: int
    warnings: tuple[str, ...]


def reliability(ranks: npt.NDArray[np.int8]) -> Reliability | None:
    """Return how far the rows of a section go together.

    Args:
        ranks: Ranks of people by component; below 0 for no level. Only people with a level in every
            row are used.

    Returns:
        The figures; None with fewer than 30 people or 3 rows, or where a row has one level only, or
        where the rows add up to the same for everybody.

    Shapes:
        ranks: (people, rows).

    Source:
        Alpha: Cronbach, Psychometrika 16 (1951), page 299. Ordinal alpha: Gadermann, Guhn and
        Zumbo, PARE 17(3) (2012), pages 2-4, with the caution of Chalmers, Educational and
        Psychological Measurement 78 (2018). Omega: McDonald, Test Theory (1999), page 89.
    """
    full = ranks[(ranks >= 0).all(axis=1)]
    people, rows = full.shape
    if people < _LEAST_PEOPLE or rows < _LEAST_ROWS:
        return None
    if (np.ptp(full, axis=0) == 0).any() or np.ptp(full.sum(axis=1)) == 0:
        return None
    correlations = np.eye(rows)
    for one in range(rows):
        for other in range(one):
            value = polychoric(_cross(full[:, one], full[:, other]))
            correlations[one, other] = correlations[other, one] = value
    alpha, ordinal_alpha = _alpha(np.cov(full, rowvar=False)), _alpha(correlations)
    warnings = [_AGAINST] if min(alpha, ordinal_alpha) < 0 else []
    if rows < FEW_ROWS + 1:
        warnings.append(f"Only {rows} rows: alpha and omega mostly say how many rows there are.")
    if people < FEW_PEOPLE:
        warnings.append(f"Only {people} people: another {people} could give quite other numbers.")
    return Reliability(
        alpha=alpha,
        ordinal_alpha=ordinal_alpha,
        ordinal_omega=_omega(correlations),
        people=people,
        rows=rows,
        warnings=tuple(warnings),
    )


def _cross(one: npt.NDArray[np.int8], other: npt.NDArray[np.int8]) -> npt.NDArray[np.int64]:
    table = np.zeros((one.max() + 1, other.max() + 1), np.int64)
    np.add.at(table, (one, other), 1)
    return table


def polychoric(table: npt.NDArray[np.int64]) -> float:
    """Return the correlation of two normal scales that two rows of levels are cut from.

    Args:
        table: People by the level of the one row and of the other.

    Returns:
        The correlation that makes the table most likely, the cuts taken from its margins.

    Shapes:
        table: (levels, levels).

    Source:
        Olsson, Psychometrika 44 (1979), pages 443-460, the two-step estimator.
    """
    from scipy.optimize import minimize_scalar
    from scipy.stats import multivariate_normal

    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    corners = np.stack(
        np.meshgrid(_cuts(table.sum(axis=1)), _cuts(table.sum(axis=0)), indexing="ij"), axis=-1
    )

    def unlikely(rho: float) -> float:
        below = multivariate_normal.cdf(corners, cov=[[1.0, rho], [rho, 1.0]])
        cells = np.diff(np.diff(below, axis=0), axis=1)
        return float(-(table * np.log(np.maximum(cells, 1e-12))).sum())

    return float(minimize_scalar(unlikely, bounds=(-0.999, 0.999), method="bounded").x)


def _cuts(margin: npt.NDArray[np.int64]) -> Floats:
    """Return the cuts between levels; 8 standard deviations away stands for without end."""
    from scipy.stats import norm

    shares = np.cumsum(margin)[:-1] / margin.sum()
    return np.array([-8.0, *norm.ppf(shares), 8.0])


def _alpha(covariances: Floats) -> float:
    """Return alpha, cut at -1.

    It falls without end as the sum of the rows loses its variance. Correlations found pair by pair
    need not fit together, and can leave the sum less than none: that is beyond the end.
    """
    rows, total = len(covariances), float(covariances.sum())
    own = float(np.trace(covariances))
    lowest = own / (1 - _LEAST_ALPHA * (rows - 1) / rows)
    return rows / (rows - 1) * (1 - own / total) if total > lowest else _LEAST_ALPHA


def _omega(correlations: Floats) -> float | None:
    """Return omega from one factor by principal axes; None if the rows have no common factor.

    No row has more in common with the factor than all it has: loadings end at 1.
    """
    common = np.abs(correlations - np.eye(len(correlations))).max(axis=1)
    loadings = np.zeros(len(correlations))
    for _ in range(_FACTOR_STEPS):
        reduced = correlations - np.diag(1 - common)
        values, vectors = np.linalg.eigh(reduced)
        if values[-1] <= 0:
            return None
        loadings = np.clip(vectors[:, -1] * np.sqrt(values[-1]), -1, 1)
        if np.allclose(loadings**2, common, atol=1e-8):
            break
        common = loadings**2
    explained, rest = float(loadings.sum() ** 2), float((1 - loadings**2).sum())
    return explained / (explained + rest) if explained + rest > 0 else None
