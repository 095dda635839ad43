"""Figures are told together only where subtracting them tells about no small block of people.

The cases of cycles and leavers are those of research/stats.md 5.3.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from random import Random
from typing import Final

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from icmaps.groups._blocks import publishable

People = Sequence[frozenset[str]]
PANELS: Final = "abcdef"
law = settings(deadline=None, max_examples=60, derandomize=True)
memberships = st.lists(st.frozensets(st.sampled_from(PANELS)), max_size=60)
asked = st.fixed_dictionaries(
    {panel: st.frozensets(st.integers(1, 3), min_size=1, max_size=2) for panel in PANELS}
)


def sizes(people: People) -> dict[str, float]:
    return {panel: sum(panel in panels for panels in people) for panel in PANELS}


def about_one_question(people: People, least: int) -> frozenset[str]:
    return publishable(people, sizes(people), lambda _: [1], least)


def smallest_block(people: People, told: frozenset[str]) -> float:
    """The people who are in exactly the same of these panels, where they are fewest."""
    blocks = Counter(panels & told for panels in people)
    del blocks[frozenset()]
    return min(blocks.values(), default=float("inf"))


def crowd(**sizes_of: int) -> list[frozenset[str]]:
    """People by the panels they are in: `ab=3` are three in both a and b."""
    return [frozenset(panels) for panels, people in sizes_of.items() for _ in range(people)]


@law
@given(memberships, asked, st.integers(1, 7))
def test_every_block_of_every_question_has_enough_people(
    people: People, questions: dict[str, frozenset[int]], least: int
) -> None:
    told = publishable(people, sizes(people), questions.__getitem__, least)
    for question in (1, 2, 3):
        about = frozenset(panel for panel in told if question in questions[panel])
        assert smallest_block(people, about) >= least


@law
@given(memberships, asked, st.integers(1, 7))
def test_what_may_be_told_together_is_not_withheld(
    people: People, questions: dict[str, frozenset[int]], least: int
) -> None:
    told = publishable(people, sizes(people), questions.__getitem__, least)
    again = [panels & told for panels in people]
    assert publishable(again, dict.fromkeys(told, 1), questions.__getitem__, least) == told


@law
@given(memberships, asked, st.integers(1, 7))
def test_the_order_of_people_panels_and_questions_does_not_matter(
    people: People, questions: dict[str, frozenset[int]], least: int
) -> None:
    worth = sizes(people)
    turned = dict(reversed(worth.items()))
    assert publishable(people, worth, questions.__getitem__, least) == publishable(
        people[::-1], turned, lambda panel: sorted(questions[panel], reverse=True), least
    )


def leaks(people: People, told: frozenset[str], least: int) -> bool:
    """Whether the count of fewer than `least` people can be had by adding and subtracting."""
    rows = np.array([[panel in panels for panels in people] for panel in sorted(told)], float)
    if not len(rows):
        return False
    # What sums and differences of the rows can make is what their projection leaves as it is.
    onto = np.linalg.pinv(rows) @ rows
    for size in range(1, least):
        for few in combinations(range(len(people)), size):
            wanted = np.zeros(len(people))
            wanted[list(few)] = 1
            if np.allclose(onto @ wanted, wanted):
                return True
    return False


def test_adding_and_subtracting_tells_about_no_few_people_and_would_by_size_alone() -> None:
    draw, broken = Random(2026), 0
    for _ in range(120):
        often = draw.choice([0.5, 0.8, 0.95])
        people = [frozenset(p for p in "abcd" if draw.random() < often) for _ in range(12)]
        told = about_one_question(people, 3)
        assert not leaks(people, told, 3)
        by_size = frozenset(panel for panel, size in sizes(people).items() if size >= 3)
        broken += leaks(people, by_size, 3)
    assert broken > 30  # the attack can find something


def test_size_alone_is_not_enough() -> None:
    people = crowd(a=2, ab=38)  # a school of 40 beside its team of 38 tells about two people
    assert min(size for size in sizes(people).values() if size) >= 5
    assert about_one_question(people, 5) == {"a"}


def test_a_remainder_that_is_large_enough_may_be_had_by_subtraction() -> None:
    assert about_one_question(crowd(a=5, ab=38), 5) == {"a", "b"}


def test_of_two_panels_that_tell_together_the_one_that_is_worth_less_goes() -> None:
    people = crowd(a=2, ab=38)
    assert publishable(people, {"a": 1, "b": 2}, lambda _: [1], 5) == {"b"}
    assert publishable(people, {"a": 2, "b": 1}, lambda _: [1], 5) == {"a"}


def test_a_team_too_small_cannot_be_had_from_its_school_and_the_other_teams() -> None:
    # b is too small, and a school less c and d would tell about it: c, the next smallest, goes.
    assert about_one_question(crowd(ab=2, ac=6, ad=20), 5) == {"a", "d"}
    # Two small teams hide one another.
    assert about_one_question(crowd(ab=2, ac=3, ad=20), 5) == {"a", "d"}


def test_hiding_the_next_smallest_is_not_always_enough() -> None:
    # The school less c and d would be the two of b and the one who is in no team.
    people = crowd(a=1, ab=2, ac=20, ad=30)
    assert smallest_block(people, frozenset("acd")) == 3
    assert about_one_question(people, 5) == {"a", "d"}


def test_figures_about_different_questions_cannot_be_subtracted() -> None:
    people = crowd(a=2, ab=38)
    questions = {"a": [1], "b": [2]}
    assert publishable(people, {"a": 40, "b": 38}, questions.__getitem__, 5) == {"a", "b"}
    questions["b"].append(1)
    assert publishable(people, {"a": 40, "b": 38}, questions.__getitem__, 5) == {"a"}


def test_a_round_is_not_told_beside_its_matched_panel_where_two_left() -> None:
    assert about_one_question(crowd(a=2, ab=18), 5) == {"a"}
    assert about_one_question(crowd(a=6, ab=14), 5) == {"a", "b"}


def test_small_panels_and_panels_of_nobody_are_not_told() -> None:
    assert about_one_question(crowd(a=4, b=5), 5) == {"b"}
    assert about_one_question([], 5) == frozenset()


def test_people_who_are_in_no_panel_make_no_block() -> None:
    assert about_one_question([*crowd(a=5), frozenset()], 5) == {"a"}


def test_one_panel_of_enough_people_is_always_told() -> None:
    assert about_one_question(crowd(a=5), 5) == {"a"}
