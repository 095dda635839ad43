"""The one gate: what goes through is told in parts, and no hidden count can be worked out from it.

Nothing else makes `Shares`, and nothing but `Shares` and what is computed from them is printed for
a group. A figure goes through in three steps:

1. Which figures are told together is decided by who is in them (`_blocks`).
2. Each is told in parts that hide its counts (`_parts`).
3. All figures about one component are looked at together, over groups, rounds and raters. For each
   block of people and each answer there must be a second state of affairs, with another number of
   people giving that answer, from which every printed part would have come out the same. Such a
   *witness* that an attacker with any amount of computing cannot tell the two apart. Where no
   witness is found the component is told in fewer parts, at last not at all.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice, product
from typing import Final

from icmaps.groups._parts import apportion, fewer_parts, parts_for

Vector = tuple[int | None, ...]
"""What one person answered: a number for each coordinate, None where they were not asked."""

_MOST_PARTNERS: Final = 60  # other people tried when one move alone would be seen


@dataclass(frozen=True, slots=True)
class Shares:
    """How a group is spread over answers, in parts of the whole.

    Attributes:
        people: How many people are told of.
        parts: Parts by answer, in the order of the answers; they add up to `of`.
        of: Number of parts. Each stands for more than two people.
    """

    people: int
    parts: tuple[int, ...]
    of: int


@dataclass(frozen=True, slots=True)
class Figure:
    """A count of people by what they answered, before it goes through the gate.

    Attributes:
        blocks: The people it is about: numbers of the blocks that make them up.
        key: What it is called by.
        answers: Number of different answers.
        answer: Which of them a person gave.
        coordinates: The coordinates of a person's answers that it depends on.
    """

    blocks: frozenset[int]
    key: Hashable
    answers: int
    answer: Callable[[Vector], int]
    coordinates: tuple[int, ...]


def tell(
    figures: Sequence[Figure], people: Sequence[Sequence[Vector]], values: int
) -> dict[Hashable, Shares]:
    """Pass figures about one component through the gate.

    Args:
        figures: All that is to be told about the component.
        people: What the people of each block answered.
        values: Number of different values that a coordinate can have.

    Returns:
        The shares by the figure's key; a figure that would give a count away is left out.
    """
    blocks = [
        _Block(number, tuple(f for f in figures if number in f.blocks), Counter(vectors))
        for number, vectors in enumerate(people)
    ]
    counts = {figure.key: [0] * figure.answers for figure in figures}
    for block in blocks:
        for figure in block.figures:
            for vector, number in block.vectors.items():
                counts[figure.key][figure.answer(vector)] += number
    sizes = {key: sum(row) for key, row in counts.items()}
    of = {key: parts_for(size) for key, size in sizes.items()}
    audit = _Audit(blocks, values)
    while True:
        page = _Page(counts, {key: parts for key, parts in of.items() if parts})
        telling = audit.first_that_tells(page)
        if telling is None:
            return {key: Shares(sizes[key], page.parts[key], page.of[key]) for key in page.parts}
        of[telling] = fewer_parts(of[telling])


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    """People who are in the same figures, and how many of them gave which answers."""

    number: int
    figures: tuple[Figure, ...]
    vectors: Counter[Vector]


@dataclass(frozen=True, slots=True)
class _Move:
    """One person of a block who would have answered otherwise."""

    block: _Block
    before: Vector
    after: Vector

    def changes(self, page: "_Page") -> Iterator[tuple[Hashable, int, int]]:
        """Yield the counts that would be others: figure, answer, and one less or one more."""
        for figure in self.block.figures:
            if figure.key in page.parts:
                before, after = figure.answer(self.before), figure.answer(self.after)
                if before != after:
                    yield figure.key, before, -1
                    yield figure.key, after, 1


Witness = tuple[_Move, ...]


@dataclass(slots=True)
class _Page:
    """What would be printed of one component."""

    counts: Mapping[Hashable, Sequence[int]]
    of: Mapping[Hashable, int]
    parts: dict[Hashable, tuple[int, ...]] = field(init=False)

    def __post_init__(self) -> None:
        self.parts = {key: apportion(self.counts[key], parts) for key, parts in self.of.items()}

    def changed_counts(self, moves: Witness) -> dict[tuple[Hashable, int], int]:
        """Return by how much each count would be another if some people had answered otherwise."""
        net: dict[tuple[Hashable, int], int] = {}
        for move in moves:
            for key, answer, change in move.changes(self):
                net[key, answer] = net.get((key, answer), 0) + change
        return {count: change for count, change in net.items() if change}

    def first_changed(self, net: Mapping[tuple[Hashable, int], int]) -> Hashable | None:
        """Return a figure that would be printed otherwise with some counts changed; or None."""
        for key in dict.fromkeys(key for key, _ in net):
            row = [count + net.get((key, a), 0) for a, count in enumerate(self.counts[key])]
            if apportion(row, self.of[key]) != self.parts[key]:
                return key
        return None


class _Audit:
    """Looks for a witness for every count, of blocks and of whole figures.

    Args:
        blocks: All blocks.
        values: Number of different values that a coordinate can have.
    """

    def __init__(self, blocks: Sequence[_Block], values: int) -> None:
        self._blocks = blocks
        self._values = values
        self._known: dict[int, list[Witness]] = {}
        self._moves_by_change: dict[tuple[int, Hashable], dict[tuple[int, int], list[_Move]]] = {}

    def first_that_tells(self, page: _Page) -> Hashable | None:
        """Return a figure that gives a count away; None if every count is hidden."""
        hidden: set[tuple[Hashable, int]] = set()
        for block in self._blocks:
            figures = [figure for figure in block.figures if figure.key in page.parts]
            wanted = {(f.key, answer) for f in figures for answer in range(f.answers)}
            found, left = self._witnesses(page, [block], self._blocks, wanted)
            if left:
                return self._in_the_way(page, [block], left)
            self._known[block.number] = found
            for witness in found:
                hidden.update(page.changed_counts(witness))
        # Witnesses of two people leave the figures that hold both as they are.
        by_key = {f.key: f for block in self._blocks for f in block.figures}
        for key in page.parts:
            wanted = {(key, answer) for answer in range(by_key[key].answers)} - hidden
            members = self._members(by_key[key])
            outside = [block for block in self._blocks if block not in members]
            found, left = self._witnesses(page, members, outside, wanted)
            if left:
                return self._in_the_way(page, members, left)
            for witness in found:
                hidden.update(page.changed_counts(witness))
        return None

    def _witnesses(
        self,
        page: _Page,
        movers: Sequence[_Block],
        partners: Sequence[_Block],
        wanted: set[tuple[Hashable, int]],
    ) -> tuple[list[Witness], set[tuple[Hashable, int]]]:
        """Return witnesses for counts, and the counts that have none.

        Args:
            page: What would be printed.
            movers: Whose counts they are: somebody of these would have answered otherwise.
            partners: Where somebody may make up for it, other than the mover's own block.
            wanted: The counts.
        """
        left = set(wanted)
        found: list[Witness] = []
        known = self._known.get(movers[0].number, []) if len(movers) == 1 else []
        alone = [(move,) for block in movers for move in self._moves(block, page)]
        for witness in chain(known, alone, self._with_partner(alone, partners, page)):
            if not left:
                break
            shown = {(key, answer) for key, answer, _ in witness[0].changes(page)} & left
            if shown and page.first_changed(page.changed_counts(witness)) is None:
                left -= shown
                found.append(witness)
        return found, left

    def _in_the_way(
        self, page: _Page, movers: Sequence[_Block], left: set[tuple[Hashable, int]]
    ) -> Hashable:
        """Return the figure that most often shows when a count with no witness is changed."""
        seen: Counter[Hashable] = Counter()
        for block in movers:
            for move in self._moves(block, page):
                if any((key, answer) in left for key, answer, _ in move.changes(page)):
                    seen[page.first_changed(page.changed_counts((move,)))] += 1
        del seen[None]
        if not seen:  # nobody of a block of nobody could have answered so
            seen.update(key for key, _ in left)
        return max(seen, key=lambda key: (seen[key], repr(key)))

    def _members(self, figure: Figure) -> list[_Block]:
        return [block for block in self._blocks if block.number in figure.blocks]

    def _moves(self, block: _Block, page: _Page) -> Iterator[_Move]:
        """Yield how one person of a block could have answered otherwise."""
        told = (figure for figure in block.figures if figure.key in page.parts)
        places = sorted({place for figure in told for place in figure.coordinates})
        for vector in block.vectors:
            for place, value in product(places, range(self._values)):
                if value != vector[place]:
                    yield _Move(block, vector, (*vector[:place], value, *vector[place + 1 :]))

    def _with_partner(
        self, alone: Sequence[Witness], blocks: Sequence[_Block], page: _Page
    ) -> Iterator[Witness]:
        """Yield moves, each with that of somebody elsewhere who makes up for it, surest first."""
        for (move,) in alone:
            for block in blocks:
                if block is not move.block and move.after in block.vectors:
                    yield move, _Move(block, move.after, move.before)
        for (move,) in alone:
            changed = page.first_changed(page.changed_counts((move,)))
            figure = next((f for f in move.block.figures if f.key == changed), None)
            if figure is not None:
                turned = figure.answer(move.after), figure.answer(move.before)
                partners = (
                    partner
                    for block in blocks
                    if block is not move.block and figure in block.figures
                    for partner in self._turned(block, figure, page).get(turned, ())
                )
                yield from ((move, partner) for partner in islice(partners, _MOST_PARTNERS))

    def _turned(
        self, block: _Block, figure: Figure, page: _Page
    ) -> Mapping[tuple[int, int], list[_Move]]:
        """Return the moves of a block by what they leave and join in a figure."""
        known = self._moves_by_change.setdefault((block.number, figure.key), {})
        if not known:
            for move in self._moves(block, page):
                change = figure.answer(move.before), figure.answer(move.after)
                known.setdefault(change, []).append(move)
        return known
