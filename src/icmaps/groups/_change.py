"""What moved between two rounds of the same people, by direction and never by distance.

Steps between levels are not known to be equal, so how far somebody moved is not added up: the
signed-rank test and Cohen's d do, and the spacing one assumes can pick the winner
(research/stats.md 2). What is left is how many moved toward the ideal, and how many away from it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Change:
    """Matched people who moved toward the ideal, held, or moved away from it.

    Attributes:
        improved, held, declined: How many of them; estimates from shares need not be whole.
        net: Improved less declined, as a share of all three; Cliff's delta within pairs.
        low, high: Its 95 % interval.
        p: Of the sign test: how often chance alone would part those who moved at least so unevenly.
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
    moved = round(improved + declined)
    p = float(binomtest(round(improved), moved).pvalue) if moved else 1.0
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

    critical = 1.959963984540054
    observed = (improved - declined) / people

    def excess(difference: float) -> float:
        a = 2 * people
        b = -improved - declined + (2 * people - improved + declined) * difference
        c = -declined * difference * (1 - difference)
        share = (np.sqrt(max(b * b - 4 * a * c, 0.0)) - b) / (2 * a)
        spread = people * (2 * share + difference * (1 - difference))
        distance = improved - declined - people * difference
        return float(distance**2 - critical**2 * max(spread, 0.0))

    edges = []
    for edge in (-1.0, 1.0):
        if observed == edge or excess(edge) <= 0:
            edges.append(edge)
        else:
            edges.append(float(brentq(excess, observed, edge)))
    return edges[0], edges[1]


@dataclass(frozen=True, slots=True)
class Superiority:
    """How two groups of different people stand to one another.

    Attributes:
        probability: That somebody of the second group is nearer the ideal than somebody of the
            first, ties counted half.
        delta: Cliff's delta, twice that less one.
        low, high: The 95 % interval of the probability.
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

    Shapes:
        first, second: (L,).

    Source:
        Brunner and Munzel, Biometrical Journal 42 (2000), pages 17-25, computed by statsmodels.
    """
    from statsmodels.stats.nonparametric import rank_compare_2indep

    ranks = np.arange(len(first))
    found = rank_compare_2indep(np.repeat(ranks, first), np.repeat(ranks, second))
    # statsmodels says how likely the first has the larger rank, which is the farther from ideal.
    low, high = found.conf_int()
    probability = float(found.prob1)
    return Superiority(probability, 2 * probability - 1, float(low), float(high))
