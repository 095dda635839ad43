"""Shares that hide: a group of n people is told as a few parts that add up to the whole.

A share in percent of a small group gives its counts away: 43 % of 7 can only be 3. Here n people
are laid out in the order of their answers and cut into m equal parts, beginning at a place that is
drawn: an answer gets as many parts as begin among its people. So every answer gets, in the long
run, as many parts as it should (no rare one is always rounded away), and the parts always add up to
m. If a part stands for more than two people, then whatever the parts are:

    the count of an answer can be told from them neither exactly, nor as nobody, nor as everybody.

`tests/groups/test_parts.py` goes through every case for 5 to 12 people and 3 to 5 answers.

Source: systematic sampling (Madow and Madow, Annals of Mathematical Statistics 15 (1944), pages
1-24), used for rounding as Cox, JASA 82 (1987), pages 520-524, does: unbiased, and adding up.
"""

from collections.abc import Sequence
from math import floor
from typing import Final

LEAST_TOLD: Final = 5
NUMBERS_OF_PARTS: Final = (2, 3, 4, 5, 10, 20)
_LEAST_A_PART: Final = 3  # people


def parts_for(people: int) -> int:
    """Return in how many parts a group is told; 0 if it is too small to be told at all.

    It depends on the number of people alone, never on what they answered.

    Args:
        people: Number of people in the group.
    """
    if people < LEAST_TOLD:
        return 0
    return max((m for m in NUMBERS_OF_PARTS if people >= _LEAST_A_PART * m), default=2)


def rounded(counts: Sequence[int], parts: int, begin: float) -> tuple[int, ...]:
    """Return how many parts begin among the people of each answer.

    Args:
        counts: People by answer.
        parts: How many parts there are.
        begin: Where the first part begins, drawn from 0 to 1, in parts.

    Returns:
        Parts by answer; they add up to `parts`.

    Raises:
        ValueError: If nobody is counted.
    """
    people = sum(counts)
    if not people:
        raise ValueError("a group of nobody has no parts")
    told, below, reached = [], 0, 0
    for count in counts[:-1]:
        below += count
        now = min(parts, floor(below * parts / people + begin))
        told.append(now - reached)
        reached = now
    return (*told, parts - reached)


def apportion(shares: Sequence[float], parts: int) -> tuple[int, ...]:
    """Return how many of the parts go to each answer, as near to the shares as can be.

    Args:
        shares: What each answer should get; any unit.
        parts: How many parts there are.

    Returns:
        Parts by answer; they add up to `parts`. Equal remainders go to the answer that comes first.

    Raises:
        ValueError: If there is nothing to share.

    Source:
        Method of largest remainders: Balinski and Young, Fair Representation (1982), pages 17-18.
    """
    total = sum(shares)
    if total <= 0:
        raise ValueError("there is nothing to share")
    quotas = [share * parts / total for share in shares]
    whole = [floor(quota + 1e-9) for quota in quotas]
    rest = [quota - part for quota, part in zip(quotas, whole, strict=True)]
    left = parts - sum(whole)
    for answer in sorted(range(len(shares)), key=lambda answer: -rest[answer])[:left]:
        whole[answer] += 1
    return tuple(whole)
