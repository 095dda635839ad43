"""Parts of a whole: they add up, are right on average, and give no count away."""

import itertools
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icmaps.groups._parts import NUMBERS_OF_PARTS, apportion, parts_for, rounded

counts = st.lists(st.integers(0, 40), min_size=2, max_size=6).filter(any)
beginnings = st.floats(0, 1, exclude_max=True)


def states(people: int, answers: int) -> Iterator[tuple[int, ...]]:
    """Yield every way in which people can be spread over answers."""
    if answers == 1:
        yield (people,)
        return
    for first in range(people + 1):
        for rest in states(people - first, answers - 1):
            yield (first, *rest)


def all_roundings(counts: tuple[int, ...], parts: int) -> set[tuple[int, ...]]:
    """Return every result that some beginning gives."""
    people = sum(counts)
    below = [sum(counts[:n]) for n in range(len(counts) + 1)]
    # Results change only where a part's end falls on a boundary between answers.
    places = {Fraction(-b * parts, people) % 1 for b in below}
    steps = sorted({*places, Fraction(0)})
    middles = [(a + b) / 2 for a, b in itertools.pairwise([*steps, Fraction(1)])]
    return {rounded(counts, parts, float(middle)) for middle in middles}


@pytest.mark.parametrize("answers", [3, 4, 5])
@pytest.mark.parametrize("people", range(5, 13))
def test_no_parts_tell_a_count_nor_nobody_nor_everybody(people: int, answers: int) -> None:
    """Every state, every beginning: whoever sees the parts has two counts to choose from."""
    for parts in [m for m in NUMBERS_OF_PARTS if people > 2 * m]:
        possible: dict[tuple[int, ...], list[set[int]]] = {}
        for state in states(people, answers):
            for told in all_roundings(state, parts):
                seen = possible.setdefault(told, [set() for _ in range(answers)])
                for column, count in zip(seen, state, strict=True):
                    column.add(count)
        for told, columns in possible.items():
            for column in columns:
                assert len(column) > 1, (people, parts, told)
                assert column != {0}
                assert column != {people}


def test_one_person_a_part_would_tell_everything() -> None:
    told = {state: all_roundings(state, 5) for state in states(5, 3)}
    assert all(roundings == {state} for state, roundings in told.items())


@given(counts, st.sampled_from(NUMBERS_OF_PARTS), beginnings)
def test_parts_add_up_and_none_is_below_nothing(
    counts: list[int], parts: int, begin: float
) -> None:
    told = rounded(counts, parts, begin)
    assert sum(told) == parts
    assert min(told) >= 0
    assert all(part == 0 for part, count in zip(told, counts, strict=True) if count == 0)


@given(counts, st.sampled_from(NUMBERS_OF_PARTS), beginnings)
def test_an_answer_gets_its_share_rounded_up_or_down(
    counts: list[int], parts: int, begin: float
) -> None:
    for part, count in zip(rounded(counts, parts, begin), counts, strict=True):
        assert abs(part - count * parts / sum(counts)) < 1 + 1e-9


@given(counts, st.sampled_from(NUMBERS_OF_PARTS))
def test_on_average_an_answer_gets_its_share(counts: list[int], parts: int) -> None:
    begins = (np.arange(400) + 0.5) / 400
    mean = np.mean([rounded(counts, parts, begin) for begin in begins], axis=0)
    assert np.allclose(mean, np.array(counts) * parts / sum(counts), atol=0.01)


@pytest.mark.parametrize(
    ("people", "parts"),
    [(4, 0), (5, 2), (8, 2), (9, 3), (12, 4), (15, 5), (30, 10), (59, 10), (60, 20), (5000, 20)],
)
def test_how_many_parts_goes_by_the_number_of_people_alone(people: int, parts: int) -> None:
    assert parts_for(people) == parts
    assert not parts or people > 2 * parts


@given(st.lists(st.floats(0, 100), min_size=2, max_size=6).filter(lambda s: sum(s) > 1))
def test_largest_remainders_add_up_and_are_within_one(shares: list[float]) -> None:
    for parts in NUMBERS_OF_PARTS:
        told = apportion(shares, parts)
        assert sum(told) == parts
        for part, share in zip(told, shares, strict=True):
            assert abs(part - share * parts / sum(shares)) < 1 + 1e-6


def test_largest_remainders_as_in_the_literature() -> None:
    """Balinski and Young (1982), their example of five states and 26 seats, as Hamilton."""
    populations = (9061, 7179, 5259, 3319, 1182)
    assert apportion(populations, 26) == (9, 7, 5, 4, 1)


@pytest.mark.parametrize("nobody", [[], [0, 0]])
def test_nobody_has_no_parts(nobody: list[int]) -> None:
    with pytest.raises(ValueError, match="nobody"):
        rounded(nobody, 2, 0.5)
    with pytest.raises(ValueError, match="nothing"):
        apportion(nobody, 2)
