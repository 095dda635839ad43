"""Alpha, omega and the correlations they rest on, against cases whose answer is known."""

from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icmaps.groups import Reliability, reliability
from icmaps.groups._reliability import polychoric

law = settings(deadline=None, max_examples=20, derandomize=True)
CUTS: Final = (-0.6, 0.2, 1.1)


def normals(correlations: Any, people: int, seed: int = 1) -> np.ndarray:
    """Scales that people are spread over, before they are cut into levels."""
    draw = np.random.default_rng(seed)
    matrix = np.array(correlations, float)
    scales: np.ndarray = draw.multivariate_normal(np.zeros(len(matrix)), matrix, people)
    return scales


def levels(scales: np.ndarray, cuts: Any = CUTS) -> np.ndarray:
    ranks: np.ndarray = np.digitize(scales, cuts)
    return ranks.astype(np.int8)


def alike(rows: int, rho: float) -> np.ndarray:
    correlations = np.full((rows, rows), rho)
    np.fill_diagonal(correlations, 1)
    return correlations


def crossed(ranks: np.ndarray) -> np.ndarray:
    table = np.zeros((4, 4), np.int64)
    np.add.at(table, (ranks[:, 0], ranks[:, 1]), 1)
    return table


def told(ranks: np.ndarray) -> Reliability:
    found = reliability(ranks)
    assert found is not None
    return found


# ---- polychoric correlation -------------------------------------------------------------------


@law
@given(st.integers(1, 99))
def test_two_rows_cut_at_the_median_correlate_as_sheppard_found(alike: int) -> None:
    # Sheppard, Philosophical Transactions A 192 (1899): rho = -cos(2 pi p), p in one corner.
    table = np.array([[alike, 100 - alike], [100 - alike, alike]])
    wanted = -np.cos(2 * np.pi * alike / 200)
    assert polychoric(table) == pytest.approx(wanted, abs=2e-3)


def test_lambs_of_ewes_in_two_years_correlate_as_tallis_found() -> None:
    # Tallis, Biometrics 18 (1962), pages 342-353: lambs of 227 Merino ewes in 1952 and 1953.
    assert polychoric(np.array([[58, 52, 1], [26, 58, 3], [8, 12, 9]])) == pytest.approx(
        0.420, abs=2e-3
    )


@pytest.mark.parametrize("rho", [-0.7, 0, 0.35, 0.9])
def test_the_correlation_that_a_large_table_was_made_with_is_found_again(rho: float) -> None:
    ranks = levels(normals([[1, rho], [rho, 1]], 200_000))
    assert polychoric(crossed(ranks)) == pytest.approx(rho, abs=0.01)


def test_where_the_levels_are_cut_does_not_matter() -> None:
    scales = normals([[1, 0.5], [0.5, 1]], 200_000)
    even = levels(scales, (-1, 0, 1))
    skewed = levels(scales, (0.8, 1.2, 1.6))
    assert polychoric(crossed(even)) == pytest.approx(polychoric(crossed(skewed)), abs=0.02)
    pearson = [np.corrcoef(ranks, rowvar=False)[0, 1] for ranks in (even, skewed)]
    assert pearson[0] - pearson[1] > 0.05  # the plain correlation of ranks does depend on it


def test_turning_a_row_round_changes_the_sign_and_swapping_rows_nothing() -> None:
    table = crossed(levels(normals([[1, 0.5], [0.5, 1]], 500)))
    found = polychoric(table)
    assert polychoric(table.T) == pytest.approx(found, abs=1e-4)
    assert polychoric(table[::-1]) == pytest.approx(-found, abs=1e-4)
    assert polychoric(table[::-1, ::-1]) == pytest.approx(found, abs=1e-4)


def test_a_level_that_nobody_used_is_no_cut() -> None:
    table = np.array([[58, 52, 1], [26, 58, 3], [8, 12, 9]])
    wider = np.insert(np.insert(table, 1, 0, axis=0), 3, 0, axis=1)
    assert polychoric(wider) == polychoric(table)


# ---- sections ---------------------------------------------------------------------------------


def test_alpha_is_hoyts_share_of_the_analysis_of_variance() -> None:
    # Hoyt, Psychometrika 6 (1941), page 155: alpha = 1 - error / people.
    ranks = levels(normals(alike(6, 0.4), 150))
    people, rows = ranks.shape
    means, columns = ranks.mean(axis=1), ranks.mean(axis=0)
    among = rows * ((means - ranks.mean()) ** 2).sum() / (people - 1)
    error = ((ranks - means[:, None] - columns + ranks.mean()) ** 2).sum()
    error /= (people - 1) * (rows - 1)
    assert told(ranks).alpha == pytest.approx(1 - error / among)


@pytest.mark.parametrize(("rows", "rho"), [(3, 0.5), (6, 0.3)])
def test_rows_that_are_all_alike_have_the_reliability_of_spearman_and_brown(
    rows: int, rho: float
) -> None:
    found = told(levels(normals(alike(rows, rho), 50_000)))
    wanted = rows * rho / (1 + (rows - 1) * rho)
    assert found.ordinal_alpha == pytest.approx(wanted, abs=0.01)
    assert found.ordinal_omega == pytest.approx(wanted, abs=0.01)
    assert found.alpha < found.ordinal_alpha  # what was placed is coarser than what it is cut from


def test_omega_goes_by_the_loadings_of_one_factor() -> None:
    # McDonald (1999), page 89: the loadings' sum squared, over that and what they leave.
    loadings = np.array([0.9, 0.8, 0.6, 0.4])
    correlations = np.outer(loadings, loadings)
    np.fill_diagonal(correlations, 1)
    found = told(levels(normals(correlations, 50_000)))
    wanted = loadings.sum() ** 2 / (loadings.sum() ** 2 + (1 - loadings**2).sum())
    assert found.ordinal_omega == pytest.approx(wanted, abs=0.01)
    assert found.ordinal_omega is not None
    assert found.ordinal_alpha < found.ordinal_omega  # alpha takes all rows for equally good


def test_rows_that_say_the_same_are_wholly_reliable_and_unrelated_ones_not_at_all() -> None:
    same = told(np.repeat(levels(normals([[1]], 200)), 5, axis=1))
    assert same.alpha == pytest.approx(1)
    assert same.ordinal_alpha == pytest.approx(1, abs=1e-3)
    unrelated = told(levels(normals(np.eye(5), 20_000)))
    assert unrelated.alpha == pytest.approx(0, abs=0.05)
    assert unrelated.ordinal_alpha == pytest.approx(0, abs=0.05)


def test_neither_the_order_of_rows_nor_the_direction_of_all_levels_matters() -> None:
    ranks = levels(normals(alike(4, 0.5), 120))
    figures = ("alpha", "ordinal_alpha", "ordinal_omega")
    wanted = [pytest.approx(getattr(told(ranks), name), abs=1e-3) for name in figures]
    for other in (ranks[:, ::-1], 3 - ranks):
        assert [getattr(told(other), name) for name in figures] == wanted


def test_people_without_a_level_in_a_row_are_left_out_and_not_counted() -> None:
    ranks = levels(normals(alike(5, 0.5), 140))
    holes = ranks.copy()
    holes[:20, 2] = -1
    assert told(holes) == told(ranks[20:])
    assert told(holes).people == 120


ENOUGH: Final = levels(normals(alike(5, 0.5), 100))


@pytest.mark.parametrize(
    "ranks",
    [
        ENOUGH[:29],
        ENOUGH[:, :2],  # one factor is not determined by two rows
        np.hstack([ENOUGH[:, :4], np.zeros((100, 1), np.int8)]),  # a row with one level
        np.full((100, 5), -1, np.int8),
    ],
)
def test_too_few_people_rows_or_levels_are_not_told(ranks: np.ndarray) -> None:
    assert reliability(ranks) is None


FEW_ROWS: Final = "Only {} rows: alpha and omega mostly say how many rows there are."
FEW_PEOPLE: Final = "Only {0} people: another {0} could give quite other numbers."


@pytest.mark.parametrize(
    ("people", "rows", "warnings"),
    [
        (100, 5, ()),
        (99, 5, (FEW_PEOPLE.format(99),)),
        (100, 4, (FEW_ROWS.format(4),)),
        (30, 3, (FEW_ROWS.format(3), FEW_PEOPLE.format(30))),
    ],
)
def test_few_rows_and_few_people_are_warned_of(
    people: int, rows: int, warnings: tuple[str, ...]
) -> None:
    found = told(ENOUGH[:people, :rows])
    assert (found.people, found.rows, found.warnings) == (people, rows, warnings)


# Three rows of which each is the more, the less the other two are.
AGAINST: Final = levels(normals(alike(3, -0.49), 35, seed=0), (0,))


def test_no_reliability_is_above_one() -> None:
    found = reliability(AGAINST)
    assert found is None or found.ordinal_alpha <= 1


def test_rows_whose_sum_is_the_same_for_everybody_have_no_alpha() -> None:
    assert reliability(np.array([[0, 1, 2], [1, 2, 0], [2, 0, 1]] * 12, np.int8)) is None


AGAINST_ONE_ANOTHER: Final = (
    "Alpha is below 0: who is nearer the ideal in one row is rather farther from it in others, so "
    "that the rows do not say one thing. What would be below -1 is told as -1."
)


def test_rows_that_go_against_one_another_are_warned_of_and_their_alpha_ends() -> None:
    found = told(AGAINST)
    assert (found.alpha, found.ordinal_alpha) == (-1, -1)
    assert found.ordinal_omega is not None
    assert 0 <= found.ordinal_omega <= 1
    assert found.warnings[0] == AGAINST_ONE_ANOTHER


def test_a_row_that_turns_round_takes_alpha_below_zero_before_it_ends() -> None:
    ranks = levels(normals(alike(3, 0.4), 400))
    ranks[:, 2] = 3 - ranks[:, 2]
    found = told(ranks)
    assert -1 < found.ordinal_alpha < found.alpha < 0
    assert AGAINST_ONE_ANOTHER in found.warnings


@law
@given(st.integers(0, 10_000), st.integers(3, 5), st.sampled_from([2, 3, 4]))
def test_whatever_was_placed_no_figure_leaves_its_scale(seed: int, rows: int, codes: int) -> None:
    draw = np.random.default_rng(seed)
    scale = draw.normal(size=(32, 1)) * draw.choice([-1, 0, 1], rows)
    cuts = draw.normal(size=codes - 1)
    found = reliability(levels(scale + 0.1 * draw.normal(size=(32, rows)), np.sort(cuts)))
    if found is not None:
        assert -1 <= found.alpha <= 1
        assert -1 <= found.ordinal_alpha <= 1
        assert found.ordinal_omega is None or 0 <= found.ordinal_omega <= 1
