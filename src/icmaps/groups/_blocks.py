"""Which figures may be told together without telling about a few people by subtraction.

Every figure is about a *panel* of people, and says how they answered one question: where they stood
in a round, what they did between two, how they differ from another rater. Figures about the same
question can be taken from one another: a school of 40 told beside its team of 38 tells about the
other two. People who are in exactly the same panels of a question form a *block*. Within a block
two people can swap their answers to it and no figure about it changes, so nothing told of it can
say more about anybody than "one of this block". Hence the rule: for every question, every block
inside a panel that is told has at least k people. It looks at who is in which panel and never at
the answers, so what is withheld says nothing about answers either. Figures about different
questions cannot be subtracted; what they say together is looked at in `_gate`.

Source: research/stats.md 5.2, where 2,974 random set systems were attacked; the rule held in all.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

_K = TypeVar("_K", bound=Hashable)


def publishable(
    memberships: Iterable[Iterable[_K]],
    worth: Mapping[_K, float],
    questions: Callable[[_K], Iterable[Hashable]],
    least: int,
) -> frozenset[_K]:
    """Return panels that may be told together.

    Small panels go first. Then, as long as a block is too small, the panels go whose loss is the
    least and that either hold the block or set it apart from another. Panels are given up, never
    rearranged, so the result need not be the largest possible one; it is always safe.

    Args:
        memberships: For each person the panels they are in.
        worth: The panels, and what it is worth to tell each, as by its size.
        questions: What is told about a panel.
        least: The fewest people a block may have.

    Returns:
        The panels to publish; for every question, blocks made of them have `least` people or more.
    """
    people: list[frozenset[_K]] = [frozenset(panels) for panels in memberships]
    sizes = Counter(panel for panels in people for panel in panels)
    told = {panel for panel in worth if sizes[panel] >= least}
    asked = {panel: frozenset(questions(panel)) for panel in worth}
    in_order = sorted({question for about in asked.values() for question in about}, key=repr)
    while True:
        before = set(told)
        for question in in_order:
            about = {panel for panel in told if question in asked[panel]}
            apart = _apart(people, about, worth, least)
            told -= about - apart
        if told == before:
            return frozenset(told)


def _apart(
    people: Sequence[frozenset[_K]], about: set[_K], worth: Mapping[_K, float], least: int
) -> set[_K]:
    """Return the panels about one question that may be told together."""
    told = set(about)
    found: Counter[frozenset[_K]] = Counter(panels & told for panels in people)
    del found[frozenset()]
    while small := [signature for signature, size in found.items() if size < least]:
        signature = min(small, key=lambda panels: (found[panels], _order(panels)))
        given_up = _cheapest(signature, found, worth)
        told -= given_up
        merged: Counter[frozenset[_K]] = Counter()
        for panels, size in found.items():
            merged[panels & told] += size
        del merged[frozenset()]
        found = merged
    return told


def _cheapest(
    signature: frozenset[_K], found: Counter[frozenset[_K]], worth: Mapping[_K, float]
) -> frozenset[_K]:
    """Return the panels to give up so that a small block goes, or is one with another."""
    choices = [frozenset((panel,)) for panel in signature]
    # Giving up all that sets a block apart from another makes the two one.
    choices += [
        panels ^ signature for panels in found if panels != signature and panels & signature
    ]
    return min(choices, key=lambda panels: (sum(worth[p] for p in panels), _order(panels)))


def _order(panels: frozenset[_K]) -> list[str]:
    """Return a key that is the same in every run, for choices that are worth the same."""
    return sorted(map(repr, panels))
