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
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice, product
from typing import Final

from icmaps.groups._parts import apportion, fewer_parts, parts_for

Vector = tuple[int | None, ...]
"""What one person answered: a number for each coordinate, None where they were not asked."""

_MOST_PARTNERS: Final = 24  # other people tried when one move alone would be seen


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
    counts = [[0] * figure.answers for figure in figures]
    blocks = []
    for number, vectors in enumerate(people):
        inside = [n for n, figure in enumerate(figures) if number in figure.blocks]
        block = _Block(number, Counter(vectors), _Moves(figures, inside, values))
        for vector, times in block.vectors.items():
            for n in inside:
                counts[n][figures[n].answer(vector)] += times
        blocks.append(block)
    sizes = [sum(row) for row in counts]
    of = [parts_for(size) for size in sizes]
    audit = _Audit(blocks, figures)
    telling: int | None = None
    while True:
        page = _Page(counts, of)
        telling = audit.first_that_tells(page, telling)
        if telling is None:
            return {
                figure.key: Shares(sizes[n], page.parts[n], of[n])
                for n, figure in enumerate(figures)
                if of[n]
            }
        of[telling] = fewer_parts(of[telling])


Change = tuple[int, int, int]
"""A figure by its number, the answer that has one person less, and the one that has one more."""


@dataclass(frozen=True, slots=True)
class _Move:
    """One person of a block who would have answered otherwise, and the counts that changes."""

    block: int
    before: Vector
    after: Vector
    changes: tuple[Change, ...]


class _Moves:
    """How one person of a block could have answered otherwise; made when first asked for.

    Args:
        figures: All figures.
        inside: Numbers of those that the block is in.
        values: Number of different values that a coordinate can have.
    """

    def __init__(self, figures: Sequence[Figure], inside: Sequence[int], values: int) -> None:
        self._figures = [(n, figures[n]) for n in inside]
        self._places = sorted({place for _, f in self._figures for place in f.coordinates})
        self._values = values
        self.inside = tuple(inside)

    def of(self, block: int, vectors: Iterable[Vector]) -> list[_Move]:
        """Return every move of somebody who gave one of these answers."""
        moves = []
        for vector in vectors:
            for place, value in product(self._places, range(self._values)):
                if value != vector[place]:
                    moves.append(
                        self.to(block, vector, (*vector[:place], value, *vector[place + 1 :]))
                    )
        return moves

    def to(self, block: int, before: Vector, after: Vector) -> _Move:
        """Return one move."""
        pairs = ((n, f.answer(before), f.answer(after)) for n, f in self._figures)
        return _Move(block, before, after, tuple(c for c in pairs if c[1] != c[2]))


class _Block:
    """People who are in the same figures, how many gave which answers, and their moves."""

    def __init__(self, number: int, vectors: Counter[Vector], moves: _Moves) -> None:
        self.number = number
        self.vectors = vectors
        self.inside = moves.inside
        self._moves = moves
        self._made: dict[tuple[Vector, Vector], _Move] = {}

    @cached_property
    def moves(self) -> list[_Move]:
        """Every move of one person."""
        return self._moves.of(self.number, self.vectors)

    def move(self, before: Vector, after: Vector) -> _Move:
        """Return one move."""
        if (before, after) not in self._made:
            self._made[before, after] = self._moves.to(self.number, before, after)
        return self._made[before, after]


Witness = tuple[_Move, ...]


class _Page:
    """What would be printed of one component.

    Args:
        counts: People by answer, of each figure.
        of: Number of parts of each figure; 0 for one that is not told.
    """

    def __init__(self, counts: Sequence[Sequence[int]], of: Sequence[int]) -> None:
        self._counts = counts
        self._of = tuple(of)
        self.parts = [
            apportion(row, parts) if parts else () for row, parts in zip(counts, of, strict=True)
        ]
        self._same: dict[tuple[int, ...], bool] = {}

    def tells(self, figure: int) -> bool:
        """Tell whether a figure is on the page."""
        return bool(self._of[figure])

    def first_changed(self, moves: Witness) -> int | None:
        """Return a figure that would be printed otherwise if people had moved; None if none."""
        if len(moves) == 1:
            for figure, left, joined in moves[0].changes:
                if not self._is_same(figure, left, joined):
                    return figure
            return None
        first = {figure: (left, joined) for figure, left, joined in moves[0].changes}
        for figure, left, joined in moves[1].changes:
            both = first.pop(figure, None)
            if both == (joined, left):
                continue
            if not self._is_same(figure, left, joined, *(both or ())):
                return figure
        for figure, (left, joined) in first.items():
            if not self._is_same(figure, left, joined):
                return figure
        return None

    def changed(self, move: _Move) -> list[int]:
        """Return all figures that would be printed otherwise if somebody had moved."""
        return [figure for figure, *moved in move.changes if not self._is_same(figure, *moved)]

    def people(self, figure: int) -> int:
        """Return how many people a figure is about."""
        return sum(self._counts[figure])

    def _is_same(self, figure: int, *moved: int) -> bool:
        """Tell whether a figure is printed alike with people moved, from and to in turn."""
        if not self._of[figure]:
            return True
        known = self._same.get((figure, *moved))
        if known is None:
            row = list(self._counts[figure])
            for left, joined in zip(moved[::2], moved[1::2], strict=True):
                row[left] -= 1
                row[joined] += 1
            known = min(row) >= 0 and apportion(row, self._of[figure]) == self.parts[figure]
            self._same[figure, *moved] = known
        return known


class _Audit:
    """Looks for a witness for every count, of blocks and of whole figures.

    Args:
        blocks: All blocks.
        figures: All figures.
    """

    def __init__(self, blocks: Sequence[_Block], figures: Sequence[Figure]) -> None:
        self._blocks = blocks
        self._figures = figures
        self._known: dict[int, list[Witness]] = {}
        self._resting_on: dict[int, frozenset[int]] = {}
        self._hidden_by: dict[int, set[tuple[int, int]]] = {}
        self._with: dict[Vector, list[_Block]] = {}
        for block in blocks:
            for vector in block.vectors:
                self._with.setdefault(vector, []).append(block)
        self._turned: dict[Change, list[_Move]] = {}

    def first_that_tells(self, page: _Page, changed: int | None) -> int | None:
        """Return the number of a figure that gives a count away; None if every count is hidden.

        Args:
            page: What would be printed.
            changed: The figure that is told otherwise than when this was last asked, if it was.
        """
        hidden: set[tuple[int, int]] = set()
        for block in self._blocks:
            resting_on = self._resting_on.get(block.number)
            if resting_on is not None and changed not in resting_on:
                hidden |= self._hidden_by[block.number]
                continue
            wanted = self._wanted(page, block.inside)
            found, left = self._witnesses(page, [block], wanted, inside=frozenset())
            if left:
                self._resting_on.pop(block.number, None)
                return self._in_the_way(page, [block], left)
            self._known[block.number] = found
            self._resting_on[block.number] = frozenset(
                change[0] for witness in found for move in witness for change in move.changes
            )
            self._hidden_by[block.number] = {c for witness in found for c in _net(witness)}
            hidden |= self._hidden_by[block.number]
        # Witnesses of two people leave the figures that hold both as they are.
        for number, figure in enumerate(self._figures):
            wanted = self._wanted(page, [number]) - hidden
            if wanted:
                members = [self._blocks[n] for n in sorted(figure.blocks)]
                found, left = self._witnesses(page, members, wanted, inside=figure.blocks)
                if left:
                    return self._in_the_way(page, members, left)
                hidden.update(count for witness in found for count in _net(witness))
        return None

    def _wanted(self, page: _Page, figures: Iterable[int]) -> set[tuple[int, int]]:
        return {
            (n, answer)
            for n in figures
            if page.tells(n)
            for answer in range(self._figures[n].answers)
        }

    def _witnesses(
        self,
        page: _Page,
        movers: Sequence[_Block],
        wanted: set[tuple[int, int]],
        inside: frozenset[int],
    ) -> tuple[list[Witness], set[tuple[int, int]]]:
        """Return witnesses for counts, and the counts that have none.

        Args:
            page: What would be printed.
            movers: Whose counts they are: somebody of these would have answered otherwise.
            wanted: The counts, by figure and answer.
            inside: Blocks where nobody may make up for it.
        """
        left = set(wanted)
        found: list[Witness] = []
        known = self._known.get(movers[0].number, []) if len(movers) == 1 else []
        alone = [(move,) for block in movers for move in block.moves]
        for witness in chain(known, alone, self._with_partner(alone, inside, page)):
            if not left:
                break
            shown = {
                count for n, gone, come in witness[0].changes for count in ((n, gone), (n, come))
            } & left
            if shown and page.first_changed(witness) is None:
                left -= shown
                found.append(witness)
        return found, left

    def _in_the_way(self, page: _Page, movers: Sequence[_Block], left: set[tuple[int, int]]) -> int:
        """Return the figure that most often shows when a count with no witness is changed."""
        seen: Counter[int] = Counter()
        for block in movers:
            for move in block.moves:
                if any((n, gone) in left or (n, come) in left for n, gone, come in move.changes):
                    seen.update(page.changed(move))
        if not seen:
            seen.update(n for n, _ in left)
        return max(seen, key=lambda n: (seen[n], -page.people(n), -n))

    def _with_partner(
        self, alone: Sequence[tuple[_Move]], inside: frozenset[int], page: _Page
    ) -> Iterator[Witness]:
        """Yield moves, each with that of somebody elsewhere who makes up for it, surest first."""
        for (move,) in alone:
            elsewhere = (
                block
                for block in self._with.get(move.after, ())
                if block.number != move.block and block.number not in inside
            )
            for block in islice(elsewhere, _MOST_PARTNERS):
                yield move, block.move(move.after, move.before)
        for (move,) in alone:
            changed = page.first_changed((move,))
            if changed is None:
                continue
            _, gone, come = next(change for change in move.changes if change[0] == changed)
            partners = (
                partner
                for partner in self._making((changed, come, gone))
                if partner.block != move.block and partner.block not in inside
            )
            yield from ((move, partner) for partner in islice(partners, _MOST_PARTNERS))

    def _making(self, change: Change) -> list[_Move]:
        """Return every move that changes a figure in one way."""
        if change not in self._turned:
            figure = change[0]
            for block in (self._blocks[n] for n in sorted(self._figures[figure].blocks)):
                for move in block.moves:
                    for found in move.changes:
                        if found[0] == figure:
                            self._turned.setdefault(found, []).append(move)
            self._turned.setdefault(change, [])
        return self._turned[change]


def _net(witness: Witness) -> Iterator[tuple[int, int]]:
    """Yield the counts, by figure and answer, that a witness changes on the whole."""
    net: Counter[tuple[int, int]] = Counter()
    for move in witness:
        for figure, gone, come in move.changes:
            net[figure, gone] -= 1
            net[figure, come] += 1
    yield from (count for count, change in net.items() if change)
