"""How much of the difference between people is a difference between their schools."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

LEAST_GROUPS: Final = 10
"""With fewer schools the interval is so wide that a share would mislead (research/stats.md 3.3)."""


@dataclass(frozen=True, slots=True)
class VarianceShare:
    """The part of the variance that lies between groups; the rest lies within.

    Attributes:
        between: From 0 to 1: the intraclass correlation ICC(1) by REML.
        low, high: The 95 % interval.
        reliability: Of a group's mean, ICC(2), at the mean size of the groups.
        groups: Number of groups.
        people: Number of people.
    """

    between: float
    low: float
    high: float
    reliability: float
    groups: int
    people: int

    @property
    def within(self) -> float:
        """The part within groups, differences between colleagues and noise of placing."""
        return 1 - self.between


def variance_share(groups: Sequence[npt.NDArray[np.float64]]) -> VarianceShare | None:
    """Return how much of the variance lies between groups.

    Args:
        groups: For each group the numbers of its people, such as the share of their components at
            least acceptable.

    Returns:
        The share; None with fewer than 10 groups, or where everybody has the same number.

    Shapes:
        groups: any number of arrays of any length above 0.

    Source:
        One-way random effects by restricted maximum likelihood, profiled over the ratio of the two
        variances: Harville, JASA 72 (1977), pages 320-338. Interval: Searle, Casella and McCulloch,
        Variance Components (1992), page 66, with the harmonic mean for groups of unequal size
        (Thomas and Hultquist, Annals of Statistics 6 (1978), pages 582-587).
    """
    if len(groups) < LEAST_GROUPS:
        return None
    sizes = np.array([len(group) for group in groups], np.float64)
    means = np.array([group.mean() for group in groups])
    squares = float(sum(((group - group.mean()) ** 2).sum() for group in groups))
    if not squares and np.ptp(means) == 0:
        return None
    between, within = reml(sizes, means, squares)
    low, high = _interval(sizes, means, squares)
    share = between / (between + within)
    size = float(sizes.mean())
    return VarianceShare(
        between=share,
        low=low,
        high=high,
        reliability=size * share / (1 + (size - 1) * share),
        groups=len(groups),
        people=int(sizes.sum()),
    )


def reml(
    sizes: npt.NDArray[np.float64], means: npt.NDArray[np.float64], squares: float
) -> tuple[float, float]:
    """Return the variances between and within groups by restricted maximum likelihood.

    Args:
        sizes: People in each group.
        means: Mean of each group.
        squares: Sum over all people of the squared distance to the mean of their group.

    Returns:
        The two variances. These sums are all that is needed, so parts of a table can be added up.

    Shapes:
        sizes, means: (groups,).

    Source:
        Harville, JASA 72 (1977), pages 320-338.
    """
    from scipy.optimize import minimize_scalar

    people, groups = sizes.sum(), len(sizes)

    def parts(ratio: float) -> tuple[float, float, float]:
        weights = sizes / (1 + ratio * sizes)
        mean = float((weights * means).sum() / weights.sum())
        rest = squares + float((weights * (means - mean) ** 2).sum())
        logs = float(np.log1p(ratio * sizes).sum() + np.log(weights.sum()))
        return rest, logs, rest / float(people - 1)

    def deviance(root: float) -> float:
        rest, logs, _ = parts(root**2)
        return float((people - 1) * np.log(rest) + logs)

    # The ratio of the variances, through its root, so that a search in a finite range finds 0.
    limit = 2.0
    while True:
        found = minimize_scalar(
            deviance, bounds=(0, limit), method="bounded", options={"xatol": 1e-10}
        )
        if found.x < 0.9 * limit or limit > 2**groups:
            break
        limit *= 2
    ratio = float(found.x) ** 2 if deviance(float(found.x)) < deviance(0.0) else 0.0
    within = parts(ratio)[2]
    return ratio * within, within


def _interval(
    sizes: npt.NDArray[np.float64], means: npt.NDArray[np.float64], squares: float
) -> tuple[float, float]:
    from scipy.stats import f as f_distribution

    groups, people = len(sizes), sizes.sum()
    size = groups / (1 / sizes).sum()
    between = float(size * ((means - means.mean()) ** 2).sum() / (groups - 1))
    within = squares / float(people - groups)
    if not within:
        return 1.0, 1.0
    ratio = between / within
    bounds = []
    for tail in (0.975, 0.025):
        limit = ratio / f_distribution.ppf(tail, groups - 1, people - groups)
        bounds.append(float(np.clip((limit - 1) / (limit - 1 + size), 0, 1)))
    return bounds[0], bounds[1]
