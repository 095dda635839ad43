"""Change by direction alone: effect, interval and test, against the literature and SciPy."""

from math import log, sqrt
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import binomtest, brunnermunzel, mannwhitneyu, wilcoxon

from icmaps.groups import Change, change, superiority

law = settings(deadline=None, max_examples=40, derandomize=True)
CRITICAL: Final = 1.959963984540054
people = st.integers(0, 40)
some = st.tuples(people, people, people).filter(any)
# Where nobody moved, or all one way, one end of the interval may be that of the scale.
both_ways = st.tuples(st.integers(1, 40), people, st.integers(1, 40))
histograms = st.lists(st.integers(0, 9), min_size=4, max_size=4).map(np.array)


def score(counts: tuple[int, int, int], difference: float) -> float:
    """The score statistic of a difference; how many declined is what makes the data likeliest."""

    def unlikely(share: float) -> float:
        shares = (share + difference, 1 - 2 * share - difference, share)
        return -sum(n * log(max(p, 1e-300)) for n, p in zip(counts, shares, strict=True) if n)

    bounds = (max(0.0, -difference), (1 - difference) / 2)
    share = minimize_scalar(unlikely, bounds=bounds, method="bounded", options={"xatol": 1e-12}).x
    n, improved, declined = sum(counts), counts[0], counts[2]
    spread = n * (2 * share + difference - difference**2)
    return float((improved - declined - n * difference) / sqrt(spread))


# ---- matched people ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("nine", "eight", "spacing", "by_distance"),
    [
        ((1, 4), (3, 1), (0, 1, 2, 3), 0.048),
        ((1, 2), (4, 3), (0, 1, 2, 3), 0.81),
        ((1, 2), (4, 3), (0, 3, 4, 5), 0.048),
    ],
)
def test_the_spacing_of_levels_cannot_make_nine_against_eight_a_finding(
    nine: tuple[int, int], eight: tuple[int, int], spacing: tuple[int, ...], by_distance: float
) -> None:
    # The cases of research/stats.md 2: people who moved from one level to another.
    one, other = (spacing[there - 1] - spacing[here - 1] for here, there in (nine, eight))
    assert wilcoxon([one] * 9 + [other] * 8).pvalue == pytest.approx(by_distance, abs=2e-3)
    assert change(8, 0, 9).p == pytest.approx(1)  # level 1 is the ideal: the nine declined


def test_growth_of_seven_of_twenty_one_with_one_who_declined() -> None:
    # Fagerland, Lydersen and Laake, Statistics in Medicine 33 (2014), pages 2850-2875: airways of
    # 21 children before and after a transplantation; Tango's interval is .026 to .517.
    found = change(7, 13, 1)
    assert found.net == pytest.approx(6 / 21)
    assert (found.low, found.high) == pytest.approx((0.026, 0.517), abs=5e-4)
    assert found.p == pytest.approx(2 * (1 + 8) / 2**8)  # none or one of eight, on either side


@law
@given(some)
def test_the_interval_holds_the_estimate_and_ends_within_the_scale(counts: Any) -> None:
    found = change(*counts)
    assert -1 <= found.low <= found.net <= found.high <= 1


@law
@given(both_ways)
def test_the_interval_is_the_score_test_inverted(counts: Any) -> None:
    found = change(*counts)
    assert score(counts, found.low) == pytest.approx(CRITICAL, rel=1e-3)
    assert score(counts, found.high) == pytest.approx(-CRITICAL, rel=1e-3)


@law
@given(st.tuples(*[st.floats(0, 50)] * 3).filter(lambda counts: sum(counts) > 1))
def test_estimates_from_shares_have_an_interval_too(counts: Any) -> None:
    found = change(*counts)
    assert -1 <= found.low <= found.net <= found.high <= 1
    assert 0 <= found.p <= 1


@law
@given(some)
def test_decline_is_growth_turned_round(counts: Any) -> None:
    one, other = change(*counts), change(*counts[::-1])
    assert (one.improved, one.held, one.declined) == (other.declined, other.held, other.improved)
    assert other.net == -one.net
    assert (-other.high, -other.low) == pytest.approx((one.low, one.high), abs=1e-9)
    assert other.p == pytest.approx(one.p)


@law
@given(some)
def test_the_test_asks_those_who_moved_only(counts: Any) -> None:
    improved, held, declined = counts
    assume(improved + declined)
    wanted = binomtest(improved, improved + declined).pvalue
    assert change(*counts).p == pytest.approx(wanted)
    assert change(improved, held + 1000, declined).p == pytest.approx(wanted)


@pytest.mark.parametrize("n", [1, 5, 20, 1000])
def test_moving_everybody_toward_the_ideal_is_a_net_of_one(n: int) -> None:
    found = change(n, 0, 0)
    assert (found.net, found.high) == (1, 1)
    assert found.p == pytest.approx(min(1, 2 * 0.5**n))


def test_where_nobody_moved_there_is_no_effect_and_no_evidence_of_one() -> None:
    found = change(0, 12, 0)
    assert (found.net, found.p) == (0, 1)


def test_more_people_make_the_interval_narrower() -> None:
    widths = [(c := change(4 * n, 3 * n, 2 * n)).high - c.low for n in (1, 2, 4, 8, 16)]
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] < widths[0] / 3


@pytest.mark.parametrize("n", [1, 5, 20])
def test_a_few_who_all_improved_leave_room_for_others_who_would_not(n: int) -> None:
    # Solving the score equation of (n, 0, 0) by hand: n (1 - d) = z^2 (1 + d).
    z2 = CRITICAL**2
    assert change(n, 0, 0).low == pytest.approx((n - z2) / (n + z2))
    assert change(0, 0, n).high == pytest.approx((z2 - n) / (n + z2))


def test_a_few_who_all_held_leave_room_for_others_who_would_move() -> None:
    # And of (0, n, 0): n d = z^2 (1 - d).
    found = change(0, 10, 0)
    edge = CRITICAL**2 / (10 + CRITICAL**2)
    assert (found.low, found.high) == pytest.approx((-edge, edge))


def test_the_test_of_estimates_does_not_depend_on_direction() -> None:
    assert change(1.5, 0, 3.0).p == change(3.0, 0, 1.5).p


def test_a_tenth_who_moved_among_very_many_have_a_narrow_interval_and_no_error() -> None:
    for counts in ((0, 10**12, 0), (10**12, 0, 0), (10**11, 9 * 10**11, 0)):
        found = change(*counts)
        assert found.low <= found.net <= found.high
        assert found.high - found.low < 1e-5


@pytest.mark.parametrize("counts", [(0, 0, 0), (-1, 3, 2), (3, -1, 2), (3, 2, -1)])
def test_a_change_needs_somebody(counts: Any) -> None:
    message = r"^a change needs at least one person, and no count below 0$"
    with pytest.raises(ValueError, match=message):
        change(*counts)


def test_how_far_somebody_moved_is_not_asked() -> None:
    assert set(Change.__slots__) == {
        "improved", "held", "declined", "net", "low", "high", "p"
    }  # fmt: skip


# ---- two groups of different people -----------------------------------------------------------

# Brunner and Munzel, Biometrical Journal 42 (2000): pain on the third day after surgery, 1 to 5,
# with and without a treatment. R's lawstat::brunner.munzel.test: .7890, interval .5952 to .9827.
TREATED: Final = np.bincount(np.array([1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 1, 1]) - 1, minlength=5)
UNTREATED: Final = np.bincount(np.array([3, 3, 4, 3, 1, 2, 3, 1, 1, 5, 4]) - 1, minlength=5)


def test_the_treated_are_nearer_no_pain_as_brunner_and_munzel_found() -> None:
    found = superiority(UNTREATED, TREATED)
    told = (found.probability, found.low, found.high)
    assert told == pytest.approx((0.788961, 0.595217, 0.982705), abs=1e-6)
    assert found.delta == pytest.approx(2 * 0.788961 - 1, abs=2e-6)


def test_levels_are_ranks_so_that_the_second_group_leads_where_its_ranks_are_lower() -> None:
    worse, better = np.array([0, 1, 2, 3]), np.array([3, 2, 1, 0])
    assert superiority(worse, better).probability > 0.5
    assert superiority(better, worse).probability < 0.5


def spread(first: np.ndarray, second: np.ndarray) -> bool:
    """Whether two people or more are in each, and the two overlap: else there is no interval."""
    ranks = np.arange(4)
    one, two = np.repeat(ranks, first), np.repeat(ranks, second)
    if min(len(one), len(two)) < 2:
        return False
    apart = one.max() < two.min() or two.max() < one.min()
    return not apart and len({*one, *two}) > 1


@law
@given(histograms, histograms)
def test_delta_is_that_of_scipys_mann_whitney(first: np.ndarray, second: np.ndarray) -> None:
    assume(spread(first, second))
    one, two = np.repeat(np.arange(4), first), np.repeat(np.arange(4), second)
    above = mannwhitneyu(one, two).statistic / (len(one) * len(two))  # farther from the ideal
    found = superiority(first, second)
    assert found.probability == pytest.approx(above)
    assert found.delta == pytest.approx(2 * above - 1)
    assert found.low <= found.probability <= found.high


@law
@given(histograms, histograms)
def test_the_interval_leaves_out_one_half_where_brunner_and_munzel_refuse_it(
    first: np.ndarray, second: np.ndarray
) -> None:
    assume(spread(first, second))
    one, two = np.repeat(np.arange(4), first), np.repeat(np.arange(4), second)
    p = brunnermunzel(one, two).pvalue
    assume(abs(p - 0.05) > 1e-6)
    found = superiority(first, second)
    assert (found.low > 0.5 or found.high < 0.5) == (p < 0.05)


@law
@given(histograms, histograms)
def test_swapping_the_groups_turns_superiority_round(first: np.ndarray, second: np.ndarray) -> None:
    assume(spread(first, second))
    one, other = superiority(first, second), superiority(second, first)
    assert one.probability + other.probability == pytest.approx(1)
    assert one.delta == pytest.approx(-other.delta, abs=1e-12)
    assert (1 - other.high, 1 - other.low) == pytest.approx((one.low, one.high))


def test_groups_without_overlap_are_wholly_apart() -> None:
    found = superiority(np.array([0, 0, 5]), np.array([5, 0, 0]))
    assert (found.probability, found.delta) == (1, 1)


def test_groups_at_one_level_are_alike() -> None:
    found = superiority(np.array([5, 0]), np.array([5, 0]))
    assert (found.probability, found.delta) == (0.5, 0)


def test_one_person_can_be_compared_with_a_group() -> None:
    # Three of four are at the level of the one, the fourth is farther from the ideal.
    assert superiority(np.array([1, 0]), np.array([3, 1])).probability == 3 / 8


def test_the_interval_of_a_probability_ends_within_the_scale() -> None:
    found = superiority(np.array([1, 3]), np.array([3, 1]))
    assert 0 <= found.low <= found.high <= 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ([0, 0, 5], [5, 0, 0]),  # wholly apart
        ([5, 0, 0], [5, 0, 0]),  # all at one level
        ([1, 0, 0], [3, 1, 0]),  # a group of one
    ],
)
def test_without_a_variance_to_go_by_the_interval_says_nothing(first: Any, second: Any) -> None:
    found = superiority(np.array(first), np.array(second))
    assert (found.low, found.high) == (0, 1)


def test_nobody_can_be_compared_with_an_empty_group() -> None:
    for groups in (([0, 0], [1, 1]), ([1, 1], [0, 0])):
        with pytest.raises(ValueError, match=r"^two groups are compared, and one of them is empty"):
            superiority(*map(np.array, groups))
