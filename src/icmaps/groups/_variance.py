"""How much of the difference between people is a difference between their schools."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

LEAST_GROUPS: Final = 10
"""With fewer schools the interval is so wide that a share would mislead (research/stats.md 3.3)."""
_LAST_BITS: Final = 1e-12
_LARGEST_ROOT: Final = 2.0**20  # of the ratio of the variances: a share of 1, but for a trillionth


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
        The share; None with fewer than 10 groups, where everybody has the same number, or where
        nobody has a colleague.

    Shapes:
        groups: any number of arrays of any length above 0.

    Source:
        One-way random effects by restricted maximum likelihood, profiled over the ratio of the two
        variances: Harville, JASA 72 (1977), pages 320-338. Interval: Wald, Annals of Mathematical
        Statistics 11 (1940), pages 96-100, exact for groups of any sizes. The two are not made from
        one formula; where the estimate would lie outside, the interval is drawn out to hold it.
    """
    sizes = np.array([len(group) for group in groups], np.float64)
    if len(groups) < LEAST_GROUPS or sizes.max() == 1:
        return None
    means = np.array([group.mean() for group in groups])
    squares = float(sum(((group - group.mean()) ** 2).sum() for group in groups))
    everybody = np.concatenate(groups)
    # A mean of equal numbers can differ from them in the last bit.
    rounding = _LAST_BITS * float(np.abs(everybody).max())
    if np.ptp(everybody) <= rounding:
        return None
    if squares <= sizes.sum() * rounding**2:
        squares = 0.0
    between, within = reml(sizes, means, squares)
    share = between / (between + within)
    low, high = _interval(sizes, means, squares)
    size = float(sizes.mean())
    return VarianceShare(
        between=share,
        low=min(low, share),
        high=max(high, share),
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

    if not squares:
        return float(means.var(ddof=1)), 0.0
    people = sizes.sum()

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
        if found.x < 0.9 * limit or limit > _LARGEST_ROOT:
            break
        limit *= 2
    ratio = float(found.x) ** 2 if deviance(float(found.x)) < deviance(0.0) else 0.0
    within = parts(ratio)[2]
    return ratio * within, within


def _interval(
    sizes: npt.NDArray[np.float64], means: npt.NDArray[np.float64], squares: float
) -> tuple[float, float]:
    """Return the shares that an F test at 5 % would not refuse, as Wald found them.

    For the true ratio of the variances, the weighted squares of the means over those within are a
    value of F; they fall as the ratio grows.
    """
    from scipy.optimize import brentq
    from scipy.stats import f as f_distribution

    groups, people = len(sizes), float(sizes.sum())
    within = squares / (people - groups)
    if not within:
        return 1.0, 1.0

    def among(ratio: float) -> float:
        weights = sizes / (1 + ratio * sizes)
        mean = (weights * means).sum() / weights.sum()
        return float((weights * (means - mean) ** 2).sum() / (groups - 1) / within)

    shares = []
    for tail in (0.975, 0.025):
        wanted = float(f_distribution.ppf(tail, groups - 1, people - groups))
        # Weights are below 1 / ratio, so that a ratio this large leaves less than is wanted.
        largest = 2 * float(means.var(ddof=1)) / within / wanted
        ratio = 0.0
        if among(0.0) > wanted:
            ratio = float(brentq(lambda r, f: among(r) - f, 0.0, largest, args=(wanted,)))
        shares.append(ratio / (1 + ratio))
    return shares[0], shares[1]
