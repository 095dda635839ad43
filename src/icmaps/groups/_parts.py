"""Shares that hide: a group of n people is told as a few parts that add up to the whole.

A share in percent of a small group gives its counts away: 43 % of 7 can only be 3. Here a group is
told in m parts, given to its answers in proportion to their counts and rounded by the method of
largest remainders, so that the parts always add up to m. If each part stands for more than two
people, then for every possible outcome, every answer and whatever the other parts say:

    the count of an answer can be told from the parts neither exactly, nor as nobody, nor as
    everybody.

Why: what is rounded to the parts d is the cell of points nearer to d n/m than to any other such
point, and moving one person between two answers moves by sqrt(2), less than half the distance of
two neighbouring points, sqrt(2) n/m. `tests/groups/test_parts.py` goes through every case for
groups of 5 to 25 people and 3 to 5 answers. It is why exactly two people a part are not enough.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

LEAST_TOLD: Final = 5
NUMBERS_OF_PARTS: Final = (2, 3, 4, 5, 10, 20)
_LEAST_A_PART: Final = 3  # with more than two alone no room is left where several figures meet


def parts_for(people: int) -> int:
    """Return in how many parts a group is told; 0 if it is too small to be told at all.

    It depends on the number of people alone, never on what they answered.

    Args:
        people: Number of people in the group.
    """
    if people < LEAST_TOLD:
        return 0
    return max((m for m in NUMBERS_OF_PARTS if people >= _LEAST_A_PART * m), default=2)


def fewer_parts(parts: int) -> int:
    """Return the next coarser number of parts; 0 if there is none."""
    return {fine: coarse for coarse, fine in pairwise((0, *NUMBERS_OF_PARTS))}[parts]


def apportion(counts: Sequence[int], parts: int) -> tuple[int, ...]:
    """Return how many of the parts go to each answer.

    Args:
        counts: People by answer.
        parts: How many parts there are.

    Returns:
        Parts by answer; they add up to `parts`. Equal remainders go to the answer that comes first.

    Raises:
        ValueError: If nobody is counted.

    Source:
        Method of largest remainders: Balinski and Young, Fair Representation (1982), pages 17-18.
    """
    people = sum(counts)
    if not people:
        raise ValueError("a group of nobody has no parts")
    whole = [count * parts // people for count in counts]
    rest = [count * parts % people for count in counts]
    left = parts - sum(whole)
    for answer in sorted(range(len(counts)), key=lambda answer: -rest[answer])[:left]:
        whole[answer] += 1
    return tuple(whole)
