"""What moved between two rounds of the same people, by direction and never by distance.

Steps between levels are not known to be equal, so how far somebody moved is not added up: the
signed-rank test and Cohen's d do, and the spacing one assumes can pick the winner
(research/stats.md 2). What is left is how many moved toward the ideal, and how many away from it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

_CRITICAL: Final = 1.959963984540054  # 95 %, both sides
_NUDGE: Final = 1e-9
_NO_VARIANCE: Final = 1e-15  # what rounding leaves of 0


@dataclass(frozen=True, slots=True)
class Change:
    """Matched people who moved toward the ideal, held, or moved away from it.

    Attributes:
        improved, held, declined: How many of them; estimates from shares need not be whole.
        net: Improved less declined, as a share of all three; Cliff's delta within pairs.
        low, high: Its 95 % interval.
        p: Of the sign test: how often chance alone would part those who moved at least so unevenly.
            Of estimates: for the nearest whole numbers of people.
    """

    improved: float
    held: float
    declined: float
    net: float
    low: float
    high: float
    p: float


def change(improved: float, held: float, declined: float) -> Change:
    """Return the effect, its interval and the sign test for matched people.

    Args:
        improved: How many moved toward the ideal.
        held: How many did not move.
        declined: How many moved away from it.

    Raises:
        ValueError: If there is nobody, or a count is below 0.

    Source:
        Effect: Cliff, Psychological Bulletin 114 (1993), pages 494-509, dominance within pairs.
        Interval: Tango, Statistics in Medicine 17 (1998), pages 891-908, score interval for the
        difference of paired shares. Test: exact binomial on those who moved (Dixon and Mood,
        JASA 41 (1946), pages 557-566), computed by SciPy.
    """
    from scipy.stats import binomtest

    people = improved + held + declined
    if people <= 0 or min(improved, held, declined) < 0:
        raise ValueError("a change needs at least one person, and no count below 0")
    # Each side is rounded by itself, so that growth and decline are tested alike.
    up, down = round(improved), round(declined)
    p = float(binomtest(up, up + down).pvalue) if up + down else 1.0
    low, high = _score_interval(improved, declined, people)
    return Change(
        improved=improved,
        held=held,
        declined=declined,
        net=(improved - declined) / people,
        low=low,
        high=high,
        p=p,
    )


def _score_interval(improved: float, declined: float, people: float) -> tuple[float, float]:
    """Return the differences that a score test at 5 % would not refuse."""
    from scipy.optimize import brentq

    observed = (improved - declined) / people

    def excess(difference: float) -> float:
        a = 2 * people
        b = -improved - declined + (2 * people - improved + declined) * difference
        c = -declined * difference * (1 - difference)
        share = (np.sqrt(max(b * b - 4 * a * c, 0.0)) - b) / (2 * a)
        spread = people * (2 * share + difference * (1 - difference))
        distance = improved - declined - people * difference
        return float(distance**2 - _CRITICAL**2 * max(spread, 0.0))

    edges = []
    for edge in (-1.0, 1.0):
        # Where nobody moved, or all one way, the estimate itself is a root: begin beside it.
        start = observed + _NUDGE * (edge - observed)
        if observed == edge or excess(edge) <= 0:
            edges.append(edge)
        elif excess(start) >= 0:  # so many people that the interval is narrower than the nudge
            edges.append(observed)
        else:
            edges.append(float(brentq(excess, start, edge)))
    return edges[0], edges[1]


@dataclass(frozen=True, slots=True)
class Superiority:
    """How two groups of different people stand to one another.

    Attributes:
        probability: That somebody of the second group is nearer the ideal than somebody of the
            first, ties counted half.
        delta: Cliff's delta, twice that less one.
        low, high: The 95 % interval of the probability, cut at 0 and 1. From 0 to 1 where there is
            no variance to go by: one group lies wholly on one side of the other, all are at one
            level, or a group is one person.
    """

    probability: float
    delta: float
    low: float
    high: float


def superiority(first: npt.NDArray[np.int64], second: npt.NDArray[np.int64]) -> Superiority:
    """Return how likely somebody of the second group is nearer the ideal than one of the first.

    Args:
        first: People of the one group by rank, 0 first.
        second: People of the other group by rank.

    Raises:
        ValueError: If there is nobody in one of the groups.

    Shapes:
        first, second: (L,).

    Source:
        Brunner and Munzel, Biometrical Journal 42 (2000), pages 17-25.
    """
    from scipy.stats import t as t_distribution

    people = int(first.sum()), int(second.sum())
    if not min(people):
        raise ValueError("two groups are compared, and one of them is empty")
    # For each level, the share of the other group that is farther from the ideal, ties half.
    beyond = [1 - (np.cumsum(group) - group / 2) / group.sum() for group in (first, second)]
    probability = float(second @ beyond[0] / people[1])
    low, high = 0.0, 1.0
    if min(people) > 1:
        centers = 1 - probability, probability
        errors = [
            float(group @ (places - center) ** 2 / (n - 1) / n)
            for group, places, center, n in zip(
                (first, second), beyond[::-1], centers, people, strict=True
            )
        ]
        if sum(errors) > _NO_VARIANCE:
            freedom = sum(errors) ** 2 / sum(
                e**2 / (n - 1) for e, n in zip(errors, people, strict=True)
            )
            reach = float(t_distribution.ppf(0.975, freedom) * np.sqrt(sum(errors)))
            low, high = max(probability - reach, 0.0), min(probability + reach, 1.0)
    return Superiority(probability, 2 * probability - 1, low, high)
