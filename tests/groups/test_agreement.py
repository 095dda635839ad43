"""Agreement of raters, against worked examples of the literature."""

import itertools
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa

from icmaps.groups import (
    Kappa,
    adjacent_agreement,
    exact_agreement,
    krippendorff_alpha,
    weighted_kappa,
)

law = settings(deadline=None, max_examples=40, derandomize=True)
WEIGHTS: Final = ("linear", "quadratic")
# Skin condition by two dermatologists: SAS/STAT User's Guide, PROC FREQ, example on kappa.
SKIN: Final = np.array([[10, 4, 1, 0], [5, 10, 12, 2], [2, 4, 12, 5], [0, 2, 6, 13]])


ANY_LENGTH: Final = st.integers(2, 6)


def tables(levels: st.SearchStrategy[int] = ANY_LENGTH) -> st.SearchStrategy[np.ndarray]:
    """Tables in which each rater used two levels or more, and they differ somewhere."""
    return (
        levels.flatmap(
            lambda n: st.lists(st.integers(0, 9), min_size=n * n, max_size=n * n).map(
                lambda cells: np.array(cells, np.int64).reshape(n, n)
            )
        )
        .filter(lambda table: table.sum() > np.trace(table))
        .filter(lambda table: min(np.count_nonzero(table.sum(axis=a)) for a in (0, 1)) > 1)
    )


def told(kappa: Kappa) -> tuple[float, float, float]:
    assert kappa.value is not None
    assert kappa.low is not None
    assert kappa.high is not None
    return kappa.value, kappa.low, kappa.high


def by_definition(table: np.ndarray, power: int) -> float:
    """Cohen (1968), formula 8: weighted disagreement observed, over that by chance."""
    pairs = table.sum()
    cells = list(itertools.product(range(len(table)), repeat=2))
    observed = sum(table[i, j] * abs(i - j) ** power for i, j in cells)
    chance = sum(table[i].sum() * table[:, j].sum() * abs(i - j) ** power for i, j in cells) / pairs
    return float(1 - observed / chance)


# ---- two raters -------------------------------------------------------------------------------


def test_kappa_of_two_raters_who_say_yes_or_no() -> None:
    # Observed 35 of 50, by chance .5 x .6 + .5 x .4 = .5: (.7 - .5) / (1 - .5).
    for weights in WEIGHTS:  # two levels are one step apart, so that the weights are the same
        found = weighted_kappa(np.array([[20, 5], [10, 15]]), weights)
        assert found.value == pytest.approx(0.4)
        assert (found.pairs, found.weights) == (50, weights)


def test_weighted_kappa_of_the_skin_table_is_that_of_sas() -> None:
    assert told(weighted_kappa(SKIN, "linear")) == pytest.approx((0.5082, 0.3798, 0.6366), abs=5e-5)


def test_the_two_weights_differ_and_say_which_they_are() -> None:
    linear, quadratic = weighted_kappa(SKIN, "linear"), weighted_kappa(SKIN, "quadratic")
    assert (linear.weights, quadratic.weights) == ("linear", "quadratic")
    assert quadratic.value == pytest.approx(0.6607, abs=5e-5)


@law
@given(tables())
def test_weighted_kappa_is_what_its_definition_says(table: np.ndarray) -> None:
    assert weighted_kappa(table, "linear").value == pytest.approx(by_definition(table, 1))
    assert weighted_kappa(table, "quadratic").value == pytest.approx(by_definition(table, 2))


@law
@given(tables(), st.sampled_from(WEIGHTS))
def test_turning_both_raters_round_or_swapping_them_keeps_kappa(
    table: np.ndarray, weights: Any
) -> None:
    found = told(weighted_kappa(table, weights))
    assert told(weighted_kappa(table[::-1, ::-1], weights)) == pytest.approx(found)
    assert told(weighted_kappa(table.T, weights)) == pytest.approx(found)


@law
@given(tables(), st.sampled_from(WEIGHTS))
def test_the_interval_is_around_kappa(table: np.ndarray, weights: Any) -> None:
    value, low, high = told(weighted_kappa(table, weights))
    assert low <= value <= high


def test_a_middle_level_that_nobody_used_must_be_kept() -> None:
    # The numbers of research/stats.md 3.1: level 3 of 4 unused.
    used = np.array([[2, 0, 0], [0, 3, 1], [1, 0, 2]])
    kept = np.insert(np.insert(used, 2, 0, axis=0), 2, 0, axis=1)
    assert weighted_kappa(kept, "linear").value == pytest.approx(4 / 7)  # .571
    assert weighted_kappa(used, "linear").value == pytest.approx(14 / 23)  # .609


@law
@given(tables(st.integers(2, 4)), st.sampled_from(WEIGHTS))
def test_an_end_level_that_nobody_used_changes_nothing(table: np.ndarray, weights: Any) -> None:
    found = told(weighted_kappa(table, weights))
    assert told(weighted_kappa(np.pad(table, (0, 1)), weights)) == pytest.approx(found)
    assert told(weighted_kappa(np.pad(table, (1, 0)), weights)) == pytest.approx(found)


@pytest.mark.parametrize("table", [np.diag([0, 7, 0]), np.zeros((3, 3), np.int64)])
def test_raters_who_used_one_level_have_no_kappa(table: np.ndarray) -> None:
    assert weighted_kappa(table, "linear") == Kappa(None, None, None, "linear", table.sum())


def test_raters_who_always_agree_have_a_kappa_of_one() -> None:
    assert told(weighted_kappa(np.diag([3, 2, 1]), "linear")) == pytest.approx((1, 1, 1))


def test_raters_who_each_used_one_other_level_have_a_kappa_of_zero() -> None:
    assert weighted_kappa(np.array([[0, 5], [0, 0]]), "linear").value == 0


@pytest.mark.parametrize("table", [[[0, 5], [0, 0]], [[3, 0, 0], [2, 0, 0], [9, 0, 0]]])
def test_a_kappa_that_could_be_nothing_but_zero_has_no_interval(table: Any) -> None:
    found = weighted_kappa(np.array(table), "quadratic")
    assert (found.value, found.low, found.high) == (0, None, None)
    assert weighted_kappa(np.array(table).T, "quadratic") == found


@law
@given(tables(), st.sampled_from(WEIGHTS))
def test_the_interval_is_that_of_statsmodels_cut_to_the_scale(
    table: np.ndarray, weights: Any
) -> None:
    peer = cohens_kappa(table, wt=weights)
    value, low, high = told(weighted_kappa(table, weights))
    assert value == pytest.approx(peer.kappa)
    assume(peer.var_kappa > 1e-12)  # below, it is what rounding left of 0
    assert (low, high) == pytest.approx((max(peer.kappa_low, -1), min(peer.kappa_upp, 1)))


def test_the_interval_of_kappa_ends_at_one() -> None:
    assert told(weighted_kappa(np.array([[5, 1], [0, 2]]), "linear"))[2] <= 1


def test_exact_and_adjacent_agreement_of_the_skin_table() -> None:
    assert exact_agreement(SKIN) == 45 / 88  # 10 + 10 + 12 + 13
    assert adjacent_agreement(SKIN) == (45 + 4 + 5 + 12 + 4 + 5 + 6) / 88


@law
@given(tables())
def test_agreement_does_not_depend_on_direction(table: np.ndarray) -> None:
    for figure in (exact_agreement, adjacent_agreement):
        assert figure(table) == figure(table[::-1, ::-1]) == figure(table.T)
    assert 0 <= exact_agreement(table) <= adjacent_agreement(table) <= 1


@pytest.mark.parametrize("figure", [exact_agreement, adjacent_agreement])
def test_there_is_no_agreement_without_pairs(figure: Any) -> None:
    with pytest.raises(ValueError, match=r"^there are no pairs to compare$"):
        figure(np.zeros((4, 4), np.int64))


# ---- any number of raters ---------------------------------------------------------------------

# Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), section C: 4 coders, 12 units.
CODERS: Final = (
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)


def counted(coders: tuple[str, ...], levels: int) -> np.ndarray:
    counts = []
    for unit in zip(*(coder.split() for coder in coders), strict=True):
        values = [int(value) - 1 for value in unit if value != "."]
        counts.append(np.bincount(np.array(values, np.int64), minlength=levels))
    return np.array(counts)


UNITS: Final = counted(CODERS, 5)
some_units = st.lists(
    st.lists(st.integers(0, 4), min_size=4, max_size=4), min_size=2, max_size=12
).map(lambda rows: np.array(rows, np.int64))


def from_all_pairs(counts: np.ndarray) -> float | None:
    """Alpha from every pair of values, as Krippendorff's sections C and D say it in words."""
    paired = [row for row in counts.tolist() if sum(row) > 1]
    units = [[c for c, times in enumerate(row) for _ in range(times)] for row in paired]
    n = [sum(column) for column in zip(*paired, strict=True)]

    def distance(one: int, two: int) -> float:
        c, k = sorted((one, two))
        return float((sum(n[c : k + 1]) - (n[c] + n[k]) / 2) ** 2)

    def apart(values: list[int]) -> float:
        return sum(distance(one, two) for one, two in itertools.permutations(values, 2))

    observed = sum(apart(unit) / (len(unit) - 1) for unit in units) / sum(n)
    expected = apart([value for unit in units for value in unit]) / (sum(n) * (sum(n) - 1))
    return 1 - observed / expected if expected else None


def test_ordinal_alpha_of_krippendorffs_own_example() -> None:
    assert krippendorff_alpha(UNITS) == pytest.approx(0.815, abs=5e-4)


@law
@given(some_units)
def test_alpha_is_what_all_pairs_of_values_say(counts: np.ndarray) -> None:
    assume((counts.sum(axis=1) > 1).any())
    wanted = from_all_pairs(counts)
    assert krippendorff_alpha(counts) == (None if wanted is None else pytest.approx(wanted))


@law
@given(some_units, st.randoms(use_true_random=False))
def test_alpha_depends_on_neither_the_order_of_units_nor_the_direction(
    counts: np.ndarray, random: Any
) -> None:
    order = list(range(len(counts)))
    random.shuffle(order)
    found = krippendorff_alpha(counts)
    wanted = None if found is None else pytest.approx(found)
    assert krippendorff_alpha(counts[order]) == wanted
    assert krippendorff_alpha(counts[:, ::-1]) == wanted


def test_the_order_of_raters_does_not_matter() -> None:
    found = {krippendorff_alpha(counted(order, 5)) for order in itertools.permutations(CODERS)}
    assert len(found) == 1


def test_a_unit_that_one_rater_saw_is_left_out() -> None:
    assert UNITS[-1].sum() == 1  # the twelfth unit has one value, a 3
    assert krippendorff_alpha(UNITS[:-1]) == krippendorff_alpha(UNITS)


def test_alpha_goes_by_the_levels_that_were_used() -> None:
    found = krippendorff_alpha(np.insert(UNITS, 2, 0, axis=1))
    assert found == pytest.approx(krippendorff_alpha(UNITS))


def test_full_agreement_is_one_and_systematic_disagreement_below_zero() -> None:
    assert krippendorff_alpha(np.array([[3, 0, 0], [0, 2, 0], [0, 0, 2]])) == 1
    below = krippendorff_alpha(np.array([[1, 0, 1], [1, 0, 1]]))
    assert below == pytest.approx(-0.5)  # observed 4 of 4, expected 8 of 12 pairs differ


@pytest.mark.parametrize(
    "counts",
    [
        np.zeros((0, 4), np.int64),
        np.array([[1, 0], [0, 1]]),  # no unit has two raters
        np.array([[0, 3], [0, 2]]),  # all chose one level
    ],
)
def test_where_there_is_nothing_to_agree_about_alpha_is_not_said(counts: np.ndarray) -> None:
    assert krippendorff_alpha(counts) is None
