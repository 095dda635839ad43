"""The one gate: what goes through is told in parts that give no count away.

Nothing else makes `Shares`, and nothing but `Shares` and what is computed from them is printed of
a group. What is told, and in how many parts, depends on who is in which group and never on answers:

1. Which panels are told together is decided by who is in them (`_blocks`): for every question,
   people who are in exactly the same panels form a block of at least k people.
2. Every block is rounded by itself to a few parts (`_parts`), once for every question.
3. Everything told of a larger group is a sum over its blocks, so that comparing groups tells
   nothing that their blocks have not told.

So an attacker has, for every question, at most the parts of each block, and those leave every count
open: see `_parts`, and `tests/groups/`, where the attacker is given the parts of all blocks.

Where the parts begin within a block is drawn from a key, or else from all the answers together.
Somebody who knew every answer but one could run the program for each possible one and compare:
where that is to be feared, give a key of your own and keep it.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

from icmaps.groups._parts import apportion, parts_for, rounded

Vector = tuple[int | None, ...]
"""What one person answered: a number for each coordinate, None where they were not asked."""

_DRAWS: Final = 2**32


@dataclass(frozen=True, slots=True)
class Shares:
    """How a group is spread over answers, in parts of the whole.

    Attributes:
        people: How many people are told of.
        parts: Parts by answer, in the order of the answers; they add up to `of`.
        of: Number of parts. Each stands for more than two people.
        noise: Standard deviation that the rounding adds to a count, at most.

    Units:
        noise: people.
    """

    people: int
    parts: tuple[int, ...]
    of: int
    noise: float

    def well_paired(self) -> bool:
        """Tell whether at least half of what people did, or how raters differ, can be told."""
        return self.parts[-1] * 2 <= self.of


@dataclass(frozen=True, slots=True)
class Figure:
    """A count of people by what they answered to one question, before it goes through the gate.

    Attributes:
        key: What it is called by.
        question: What is asked; blocks are rounded once for each question.
        blocks: The people it is about: for each block of that question its people's answers.
        answers: Number of different answers.
        answer: Which of them a person gave.
    """

    key: Hashable
    question: str
    blocks: Mapping[str, Sequence[Vector]]
    answers: int
    answer: Callable[[Vector], int]


def tell(figures: Sequence[Figure], component: str, key: bytes) -> dict[Hashable, Shares]:
    """Pass figures about one component through the gate.

    Args:
        figures: All that is to be told about the component.
        component: Its id.
        key: What the beginning of the parts is drawn from.

    Returns:
        The shares by the figure's key.
    """
    told = rounded_blocks(figures, component, key)
    return {figure.key: _sum(figure, told) for figure in figures}


def rounded_blocks(
    figures: Sequence[Figure], component: str, key: bytes
) -> dict[tuple[str, str], tuple[int, tuple[int, ...]]]:
    """Return all that anybody could work out from the figures: each block's people and parts.

    Args:
        figures: All that is to be told about the component.
        component: Its id.
        key: What the beginning of the parts is drawn from.

    Returns:
        By question and block.
    """
    told: dict[tuple[str, str], tuple[int, tuple[int, ...]]] = {}
    for figure in figures:
        for name, vectors in figure.blocks.items():
            if (figure.question, name) not in told:
                found = Counter(map(figure.answer, vectors))
                counts = [found[answer] for answer in range(figure.answers)]
                begin = _draw(key, component, figure.question, name)
                parts = rounded(counts, parts_for(len(vectors)), begin)
                told[figure.question, name] = len(vectors), parts
    return told


def _sum(figure: Figure, told: Mapping[tuple[str, str], tuple[int, tuple[int, ...]]]) -> Shares:
    """Return the sum of a figure's blocks, each rounded by itself, as parts of the whole."""
    estimates = [0.0] * figure.answers
    people, spread = 0, 0.0
    for name in figure.blocks:
        size, parts = told[figure.question, name]
        a_part = size / sum(parts)
        estimates = [e + a_part * part for e, part in zip(estimates, parts, strict=True)]
        people += size
        spread += a_part**2 / 4  # a part up or down is at most a fair coin
    of = parts_for(people)
    return Shares(people, apportion(estimates, of), of, sqrt(spread + (people / of) ** 2 / 12))


def _draw(key: bytes, *what: str) -> float:
    """Return a number from 0 to 1 that only whoever has the key can tell."""
    found = hashlib.blake2b("\0".join(what).encode(), key=key, digest_size=4).digest()
    return (int.from_bytes(found, "big") + 0.5) / _DRAWS
