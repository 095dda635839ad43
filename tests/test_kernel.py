from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from icmaps import _kernel
from icmaps._kernel import Compiled, Counts, count, index, worth_table

CODES = {
    ".": _kernel.UNANSWERED,
    "-": _kernel.NOT_APPLICABLE,
    "?": _kernel.DONT_KNOW,
    "x": _kernel.NOT_ASKED,
    "!": _kernel.OFF_SCALE,
}


NOT_FOUR_COLUMNS = "ranks must be an int8 matrix with 4 columns, one for each component"


def grid(picture: str) -> npt.NDArray[np.int8]:
    """Rows: assessments; columns: components; a digit is a rank, the signs are in `CODES`."""
    rows = [line.split() for line in picture.strip().splitlines()]
    return np.array([[CODES[c] if c in CODES else int(c) for c in row] for row in rows], np.int8)


def compiled(**changes: list[Any]) -> Compiled:
    """Four rows of four levels; two in a section inside a section, one in the outer, one beside.

    whole 0 > outer 1 > inner 2 (components 0, 1); component 2 in outer; beside 3 (component 3)
    """
    arrays: dict[str, list[Any]] = {
        "levels": [4, 4, 4, 4],
        "ideal_cut": [0, 0, 0, 0],
        "acceptable_cut": [1, 1, 1, 1],
        "target": [2, 2, 2, 2],
        "critical": [True, False, False, True],
        "home": [2, 2, 1, 3],
        "parent": [-1, 0, 1, 0],
        **changes,
    }
    return Compiled(
        levels=np.array(arrays["levels"], np.int8),
        ideal_cut=np.array(arrays["ideal_cut"], np.int8),
        acceptable_cut=np.array(arrays["acceptable_cut"], np.int8),
        target=np.array(arrays["target"], np.int8),
        critical=np.array(arrays["critical"], np.bool_),
        home=np.array(arrays["home"], np.intp),
        parent=np.array(arrays["parent"], np.intp),
    )


def told(counts: Counts, name: str, row: int = 0) -> Any:
    """One count of one assessment in every section."""
    return getattr(counts, name)[..., row].tolist()


def test_the_five_kinds_of_answer_are_counted_apart() -> None:
    counts = count(grid("0 . - ?"), compiled())
    assert told(counts, "asked") == [4, 3, 2, 1]
    assert told(counts, "answered") == [1, 1, 1, 0]
    assert told(counts, "unanswered") == [1, 1, 1, 0]
    assert told(counts, "not_applicable") == [1, 1, 0, 0]
    assert told(counts, "dont_know") == [1, 0, 0, 1]


def test_what_was_not_asked_is_counted_nowhere() -> None:
    counts = count(grid("x x x x"), compiled())
    for name in counts.__slots__:
        assert not getattr(counts, name).any(), name


def test_an_off_scale_choice_is_answered_but_reaches_no_line_and_no_rank() -> None:
    counts = count(grid("! 0 x x"), compiled())
    assert told(counts, "answered") == [2, 2, 2, 0]
    assert told(counts, "ideal") == [1, 1, 1, 0]
    assert told(counts, "acceptable") == [1, 1, 1, 0]
    assert told(counts, "at_target") == [1, 1, 1, 0]
    assert told(counts, "by_rank")[0] == [1, 0, 0, 0]
    assert told(counts, "critical_below") == [1, 1, 1, 0]


def test_a_rank_on_a_line_reaches_it() -> None:
    counts = count(grid("0 1 2 3"), compiled())
    assert told(counts, "ideal") == [1, 1, 1, 0]
    assert told(counts, "acceptable") == [2, 2, 2, 0]
    assert told(counts, "at_target") == [3, 3, 2, 0]


def test_rows_without_a_line_are_not_in_its_denominator() -> None:
    some = compiled(ideal_cut=[0, -1, -1, 0], target=[-1, -1, -1, -1])
    counts = count(grid("0 0 0 3"), some)
    assert told(counts, "ideal") == [1, 1, 1, 0]
    assert told(counts, "with_ideal_line") == [2, 1, 1, 1]
    assert told(counts, "with_acceptable_line") == [4, 3, 2, 1]
    assert told(counts, "at_target") == [0, 0, 0, 0]
    assert told(counts, "with_target") == [0, 0, 0, 0]


def test_only_critical_answered_rows_with_a_line_can_be_below() -> None:
    counts = count(grid("2 3 3 2\n1 3 3 .\n. 3 3 !"), compiled())
    assert told(counts, "critical_below", 0) == [2, 1, 1, 1]
    assert told(counts, "critical_below", 1) == [0, 0, 0, 0]
    assert told(counts, "critical_below", 2) == [1, 0, 0, 1]
    no_line = compiled(acceptable_cut=[-1, 1, 1, -1])
    assert told(count(grid("2 3 3 2"), no_line), "critical_below") == [0, 0, 0, 0]


def test_ranks_are_counted_to_the_end_of_the_longest_row() -> None:
    uneven = compiled(levels=[2, 6, 4, 3])
    counts = count(grid("1 5 3 2"), uneven)
    assert told(counts, "by_rank")[0] == [0, 1, 1, 1, 0, 1]
    assert told(counts, "by_rank")[2] == [0, 1, 0, 0, 0, 1]


def test_blocks_leave_no_seam() -> None:
    size = 2 * _kernel.BLOCK + 3
    ranks = np.zeros((size, 4), np.int8)
    ranks[_kernel.BLOCK - 1] = [3, 3, 3, 3]
    ranks[-1] = [3, 3, 3, 3]
    table = worth_table(np.array([[3.0, 2, 1, 0]] * 4), np.full(4, 3.0))
    counts = count(ranks, compiled())
    numbers = index(ranks, compiled(), table, counts, 0.8)
    assert counts.ideal.shape == (4, size)
    assert np.flatnonzero(counts.ideal[0] == 0).tolist() == [_kernel.BLOCK - 1, size - 1]
    assert np.flatnonzero(numbers[0] != 100).tolist() == [_kernel.BLOCK - 1, size - 1]


def test_more_components_than_a_byte_counts_are_counted_in_two() -> None:
    many = 300
    large = compiled(
        levels=[4] * many,
        ideal_cut=[0] * many,
        acceptable_cut=[1] * many,
        target=[2] * many,
        critical=[True] * many,
        home=[1] * many,
        parent=[-1, 0],
    )
    counts = count(np.full((2, many), 3, np.int8), large)
    assert told(counts, "answered") == [300, 300]
    assert told(counts, "critical_below", 1) == [300, 300]
    assert counts.answered.dtype == np.uint16
    assert count(grid("0 0 0 0"), compiled()).answered.dtype == np.uint8


@pytest.mark.parametrize("arrange", [np.ascontiguousarray, np.asfortranarray, lambda m: m[::1]])
def test_the_memory_order_of_the_matrix_does_not_matter(arrange: Any) -> None:
    ranks = grid("0 1 2 3\n? 0 - 1\n! 0 . x")
    counts = count(arrange(ranks), compiled())
    assert counts.answered[0].tolist() == [4, 2, 2]
    assert counts.by_rank[0].tolist() == [[1, 1, 1], [1, 1, 0], [1, 0, 0], [1, 0, 0]]


def test_no_assessments_give_empty_counts() -> None:
    counts = count(np.empty((0, 4), np.int8), compiled())
    assert counts.answered.shape == (4, 0)
    assert counts.by_rank.shape == (4, 4, 0)


def test_a_policy_divides_what_is_earned_by_what_is_possible() -> None:
    table = worth_table(np.array([[3.0, 2, 1, 0]] * 4), np.array([3.0, 3, 3, 6]))
    ranks = grid("0 3 . -\n! 0 0 0")
    numbers = index(ranks, compiled(), table, count(ranks, compiled()), 0.0)
    assert numbers[:, 0].tolist()[:3] == [50, 50, 50]
    assert np.isnan(numbers[3, 0])
    assert numbers[:, 1].tolist() == [60, pytest.approx(200 / 3), 50, 50]


def test_a_policy_is_silent_below_the_share_that_must_be_answered() -> None:
    table = worth_table(np.array([[3.0, 2, 1, 0]] * 4), np.full(4, 3.0))
    ranks = grid("0 0 0 .\n0 0 0 -\n0 0 0 ?\n0 0 0 x")
    numbers = index(ranks, compiled(), table, count(ranks, compiled()), 0.8)
    assert np.isnan(numbers[0]).tolist() == [True, False, True, False]


def test_the_share_that_must_be_answered_may_be_met_exactly() -> None:
    # 0.55 x 20 is 11.000000000000002 in floating point, yet 11 of 20 are enough.
    twenty = compiled(
        levels=[2] * 20,
        ideal_cut=[0] * 20,
        acceptable_cut=[0] * 20,
        target=[0] * 20,
        critical=[False] * 20,
        home=[0] * 20,
        parent=[-1],
    )
    ranks = np.array([[0] * 11 + [_kernel.UNANSWERED] * 9], np.int8)
    table = worth_table(np.array([[1.0, 0]] * 20), np.ones(20))
    counts = count(ranks, twenty)
    assert index(ranks, twenty, table, counts, 0.55).tolist() == [[100]]


@pytest.mark.parametrize(
    ("ranks", "message"),
    [
        (
            np.zeros((2, 3), np.int8),
            f"{NOT_FOUR_COLUMNS}; this one is int8 with the shape (2, 3)",
        ),
        (
            np.zeros((2, 4), np.int64),
            f"{NOT_FOUR_COLUMNS}; this one is int64 with the shape (2, 4)",
        ),
        (
            grid("0 0 0 0\n0 4 0 0"),
            "row 1 has 4 for component 1, which has the ranks 0 to 3",
        ),
        (
            np.array([[0, 0, -6, 0]], np.int8),
            "row 0 has -6 for component 2, which has the ranks 0 to 3",
        ),
    ],
)
def test_a_matrix_that_does_not_fit_is_refused(ranks: Any, message: str) -> None:
    with pytest.raises(ValueError, match="rank") as raised:
        count(ranks, compiled())
    assert str(raised.value) == message
