"""Variance between and within groups, against published fits and the likelihood itself."""

from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import f, f_oneway

from icmaps.groups import VarianceShare, variance_share
from icmaps.groups._variance import LEAST_GROUPS, reml

law = settings(deadline=None, max_examples=25, derandomize=True)
Groups = list[np.ndarray]

# Yield of dyestuff from six batches: Davies, Statistical Methods in Research and Production (1947);
# made-up data with no more variance between batches than by chance: Box and Tiao, Bayesian
# Inference in Statistical Analysis (1973). They are Dyestuff and Dyestuff2 of R's lme4.
DYESTUFF: Final = np.array([
    [1545, 1440, 1440, 1520, 1580],
    [1540, 1555, 1490, 1560, 1495],
    [1595, 1550, 1605, 1510, 1560],
    [1445, 1440, 1595, 1465, 1545],
    [1595, 1630, 1515, 1635, 1625],
    [1520, 1455, 1450, 1480, 1445],
], float)  # fmt: skip
DYESTUFF_2: Final = np.array([
    [7.298, 3.846, 2.434, 9.566, 7.990],
    [5.220, 6.556, 0.608, 11.788, -0.892],
    [0.110, 10.386, 13.434, 5.510, 8.166],
    [2.212, 4.852, 7.092, 9.288, 4.980],
    [0.282, 9.014, 4.458, 9.446, 7.198],
    [1.722, 4.782, 8.106, 0.758, 3.758],
])  # fmt: skip
# Shrout and Fleiss, Psychological Bulletin 86 (1979), table 2: six targets by four judges.
TARGETS: Final = np.array([
    [9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]
], float)  # fmt: skip


def sums(groups: Any) -> tuple[np.ndarray, np.ndarray, float]:
    sizes = np.array([len(group) for group in groups], float)
    means = np.array([np.mean(group) for group in groups])
    return sizes, means, float(sum(((g - np.mean(g)) ** 2).sum() for g in groups))


def schools(seed: int, sizes: list[int], between: float) -> Groups:
    """People of schools with variances that add up to 1."""
    draw = np.random.default_rng(seed)
    means = draw.normal(0, np.sqrt(between), len(sizes))
    return [
        draw.normal(mean, np.sqrt(1 - between), n) for mean, n in zip(means, sizes, strict=True)
    ]


unbalanced = st.builds(
    schools,
    st.integers(0, 10_000),
    st.lists(st.integers(1, 9), min_size=LEAST_GROUPS - 1, max_size=16).map(lambda n: [*n, 5]),
    st.sampled_from([0.0, 0.1, 0.4]),
)


def told(groups: Groups) -> VarianceShare:
    found = variance_share(groups)
    assert found is not None
    return found


# ---- the two variances ------------------------------------------------------------------------


def test_reml_of_dyestuff_is_that_of_lme4() -> None:
    assert reml(*sums(DYESTUFF)) == pytest.approx((1764.050, 2451.250), abs=5e-4)


def test_no_variance_between_batches_is_no_variance_and_not_a_small_one() -> None:
    between, within = reml(*sums(DYESTUFF_2))
    assert between == 0
    assert within == pytest.approx(DYESTUFF_2.var(ddof=1))  # 13.806: all are of one batch


def test_six_targets_of_four_judges_have_the_icc_of_shrout_and_fleiss() -> None:
    between, within = reml(*sums(TARGETS))
    assert between / (between + within) == pytest.approx(0.17, abs=5e-3)  # ICC(1,1)
    assert between / (between + within / 4) == pytest.approx(0.44, abs=5e-3)  # ICC(1,4)


def unlikely(groups: Groups, between: float, within: float) -> float:
    """The restricted deviance written with whole matrices: Harville (1977), section 3."""
    values = np.concatenate(groups)
    home = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    covariance = within * np.eye(len(values)) + between * (home[:, None] == home)
    inverse = np.linalg.inv(covariance)
    ones = np.ones(len(values))
    information = ones @ inverse @ ones
    rest = values - ones @ inverse @ values / information
    deviance = np.linalg.slogdet(covariance)[1] + np.log(information) + rest @ inverse @ rest
    return float(deviance)


@law
@given(unbalanced)
def test_no_other_variances_are_likelier(groups: Groups) -> None:
    between, within = reml(*sums(groups))
    best = unlikely(groups, between, within)
    for more, other in ((0, 0.9), (0, 1.1), (0.02, 1), (-0.02, 1), (0.02, 0.98), (-0.02, 1.02)):
        if between + more >= 0:
            assert best <= unlikely(groups, between + more, within * other) + 1e-9


@law
@given(unbalanced, st.floats(-50, 50), st.floats(0.1, 40))
def test_neither_the_zero_nor_the_unit_of_the_numbers_matters(
    groups: Groups, zero: float, unit: float
) -> None:
    one, other = told(groups), told([zero + unit * group for group in groups])
    assert other.between == pytest.approx(one.between, abs=1e-6)
    assert (other.low, other.high) == pytest.approx((one.low, one.high), abs=1e-6)


# ---- the share --------------------------------------------------------------------------------


def test_the_share_of_schools_of_one_size_is_that_of_the_analysis_of_variance() -> None:
    groups = schools(7, [12] * 30, 0.3)
    found = told(groups)
    ratio = float(f_oneway(*groups).statistic)
    assert found.between == pytest.approx((ratio - 1) / (ratio + 11), abs=1e-6)
    assert found.reliability == pytest.approx(1 - 1 / ratio, abs=1e-6)  # ICC(2)
    # Shrout and Fleiss, page 424: the F limits of ICC(1).
    limits = [ratio / f.ppf(tail, 29, 330) for tail in (0.975, 0.025)]
    wanted = tuple((limit - 1) / (limit + 11) for limit in limits)
    assert (found.low, found.high) == pytest.approx(wanted)
    assert (found.groups, found.people) == (30, 360)


@law
@given(unbalanced)
def test_within_and_between_add_up_and_lie_in_an_interval_of_shares(groups: Groups) -> None:
    found = told(groups)
    assert found.between + found.within == pytest.approx(1)
    assert 0 <= found.low <= found.between <= found.high <= 1
    assert 0 <= found.reliability <= 1


@law
@given(unbalanced, st.randoms(use_true_random=False))
def test_the_order_of_schools_and_people_does_not_matter(groups: Groups, random: Any) -> None:
    shuffled = [group[::-1] for group in groups]
    random.shuffle(shuffled)
    assert told(shuffled).between == pytest.approx(told(groups).between, abs=1e-6)


def test_the_share_of_many_schools_is_what_they_were_made_with() -> None:
    draw = np.random.default_rng(1)
    found = told(schools(11, draw.integers(5, 60, 800).tolist(), 0.2))
    assert found.low < 0.2 < found.high
    assert found.between == pytest.approx(0.2, abs=0.03)
    assert found.high - found.low < 0.06


@pytest.mark.slow
@pytest.mark.parametrize("between", [0.05, 0.2, 0.5])
def test_nineteen_of_twenty_intervals_hold_the_share(between: float) -> None:
    draw = np.random.default_rng(3)
    held = 0
    for seed in range(1000):
        found = told(schools(seed, draw.integers(5, 40, 12).tolist(), between))
        held += found.low <= between <= found.high
    assert 930 <= held <= 970


def test_schools_with_one_mean_differ_not_at_all() -> None:
    found = told([np.array([0.25, 0.75])] * 12)
    assert (found.between, found.within, found.reliability) == (0, 1, 0)


def test_colleagues_who_are_all_alike_leave_all_variance_between_schools() -> None:
    found = told([np.full(4, float(school)) for school in range(12)])
    assert (found.between, found.low, found.high) == pytest.approx((1, 1, 1), abs=1e-6)


@pytest.mark.parametrize("schools_told", [0, 1, LEAST_GROUPS - 1])
def test_with_fewer_than_ten_schools_no_share_is_said(schools_told: int) -> None:
    assert variance_share(schools(5, [20] * schools_told, 0.5)) is None
    assert LEAST_GROUPS == 10


def test_where_everybody_has_one_number_there_is_no_variance_to_share() -> None:
    assert variance_share([np.full(5, 0.5)] * 12) is None


@pytest.mark.parametrize("share", [0.1, 1 / 3, 2 / 3, 0.7])
def test_where_everybody_has_one_share_there_is_no_variance_to_share(share: float) -> None:
    sizes = (3, 5, 6, 7, 9, 10, 11, 12, 13, 14)
    assert variance_share([np.full(n, share) for n in sizes]) is None


def test_schools_of_one_person_each_have_no_share_to_tell() -> None:
    assert variance_share([np.array([float(n % 3)]) for n in range(12)]) is None


def test_seven_hundred_schools_of_colleagues_who_are_alike_can_be_told() -> None:
    found = told([np.full(4, float(n % 7)) for n in range(700)])
    assert found.between == pytest.approx(1, abs=1e-6)


def test_the_interval_holds_the_estimate_where_schools_differ_much_in_size() -> None:
    sizes = [52, 51, 28, 11, 9, 27, 26, 30, 22, 22, 57, 47, 6, 56, 44]
    found = told(schools(1428, sizes, 0.0))
    assert found.low <= found.between <= found.high


def test_walds_interval_of_the_ratio_is_where_the_weighted_means_are_a_value_of_f() -> None:
    sizes = [3, 3, 4, 5, 8, 8, 12, 20, 20, 40]
    groups = schools(2, sizes, 0.3)
    found = told(groups)
    n, means, squares = sums(groups)
    levels_of_f = []
    for share in (found.low, found.high):
        # Inverse of the variance that the mean of each school has, in units of that within.
        weights = 1 / (share / (1 - share) + 1 / n)
        center = np.average(means, weights=weights)
        among = (weights * (means - center) ** 2).sum() / 9
        levels_of_f.append(f.cdf(among / (squares / (n.sum() - 10)), 9, n.sum() - 10))
    assert levels_of_f == pytest.approx([0.975, 0.025])


@pytest.mark.parametrize("share", [0.1, 1 / 3, 0.7])
def test_schools_whose_people_are_alike_but_for_a_last_bit_leave_nothing_within(
    share: float,
) -> None:
    groups = [np.full(n, share * (n % 3)) for n in range(3, 16)]
    assert sums(groups)[2] < 1e-25
    found = told(groups)
    assert (found.between, found.low, found.high, found.reliability) == (1, 1, 1, 1)
