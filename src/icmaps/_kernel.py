"""Counts and policy numbers for many assessments in one pass: NumPy in, NumPy out.

It knows ranks, cuts and a tree of sections; maps, levels and policies are its callers'. Axes:

    A  assessments          S  sections; 0 is the whole map, a section stands after its parent
    C  components           R  ranks of the longest row (at most 6)
    B  assessments of one block

Every placement is one byte. Read without its sign, a code below 0 becomes one of the five largest
bytes, so that `byte < limit` asks "answered, and no worse than the line?" in a single comparison.
A block is turned on its side, so that a component is a run of bytes, and is small enough that the
flags of one component stay in the cache until they are added to their section.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

UNANSWERED: Final = -1
NOT_APPLICABLE: Final = -2
DONT_KNOW: Final = -3
NOT_ASKED: Final = -4
OFF_SCALE: Final = -5  # answered, but with no rank
MAX_RANKS: Final = 6

BLOCK: Final = (
    16_384  # measured: below, the calls cost more than the work; above, the cache is left
)

_FIRST_CODE: Final = 256 + OFF_SCALE  # the smallest byte that is not a rank
_ANSWERED_LIMIT: Final = _FIRST_CODE + 1
_STATES: Final = tuple(256 + code for code in (NOT_APPLICABLE, DONT_KNOW, UNANSWERED))

Ranks = npt.NDArray[np.int8]
Bytes = npt.NDArray[np.uint8]
Counters = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Compiled:
    """A map as arrays.

    Attributes:
        levels: Number of levels of each component, gaps included.
        ideal_cut: Last rank that is still ideal; -1 for a row without that line.
        acceptable_cut: Last rank that is still acceptable; -1 for a row without that line.
        target: Rank of the target; -1 for a row without one.
        critical: Whether the component is critical.
        home: The section each component stands in.
        parent: The section each section stands in; -1 for the whole.

    Shapes:
        home, levels, ideal_cut, acceptable_cut, target, critical: (C,); parent: (S,).

    Units:
        ideal_cut, acceptable_cut, target: steps from ideal.
    """

    levels: Ranks
    ideal_cut: Ranks
    acceptable_cut: Ranks
    target: Ranks
    critical: npt.NDArray[np.bool_]
    home: npt.NDArray[np.intp]
    parent: npt.NDArray[np.intp]

    @cached_property
    def width(self) -> int:
        """Number of ranks of the longest row."""
        return int(self.levels.max())

    @cached_property
    def members(self) -> tuple[tuple[int, ...], ...]:
        """The components that stand in each section itself, not below it; (S,)."""
        members: list[list[int]] = [[] for _ in self.parent]
        for component, section in enumerate(self.home.tolist()):
            members[section].append(component)
        return tuple(map(tuple, members))

    @cached_property
    def limits(self) -> tuple[Bytes, tuple[int, ...]]:
        """The smallest byte that is too large for: answered, the two lines, the target.

        Then, three more times, for "answered, in a row that has this line". Where all rows have a
        line, or none has, that equals another column, and equal columns are counted once.

        Returns:
            The different columns, and for each of the seven questions its column; the limits have
            the shape (C, columns, 1), so that they meet a run of bytes.
        """
        cuts = np.stack([self.ideal_cut, self.acceptable_cut, self.target], axis=1)
        answered = np.full((len(cuts), 1), _ANSWERED_LIMIT)
        asked_of = np.hstack([answered, cuts + 1, np.where(cuts >= 0, answered, 0)])
        columns: dict[bytes, int] = {}
        places = [columns.setdefault(column.tobytes(), len(columns)) for column in asked_of.T]
        first = [places.index(place) for place in range(len(columns))]
        return asked_of[:, first, np.newaxis].astype(np.uint8), tuple(places)


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """How many components of each section, for each assessment.

    Arrays may share memory with one another: read them, do not write.

    Attributes:
        asked: Were asked; the next four add up to it.
        answered: Have a level or an off-scale choice.
        not_applicable: Do not apply.
        dont_know: Were answered with "don't know".
        unanswered: Were left open.
        ideal: Are answered, at or above the ideal line.
        acceptable: Are answered, at or above the acceptable line.
        at_target: Are answered, at or above the target.
        with_ideal_line: Are answered, in a row that has an ideal line.
        with_acceptable_line: Are answered, in a row that has an acceptable line.
        with_target: Are answered, in a row that has a target.
        by_rank: Stand at each rank; an off-scale choice stands at none.
        critical_below: Are critical, answered and below the acceptable line.

    Shapes:
        by_rank: (S, R, A); all others: (S, A).
    """

    asked: Counters
    answered: Counters
    not_applicable: Counters
    dont_know: Counters
    unanswered: Counters
    ideal: Counters
    acceptable: Counters
    at_target: Counters
    with_ideal_line: Counters
    with_acceptable_line: Counters
    with_target: Counters
    by_rank: Counters
    critical_below: Counters


def count(ranks: Ranks, compiled: Compiled) -> Counts:
    """Count the placements of every assessment in every section.

    Args:
        ranks: Rank of each placement, or one of the five codes below 0; any memory order.
        compiled: The map.

    Returns:
        The counts; one byte each, two for a map of more than 255 components.

    Shapes:
        ranks: (A, C).

    Raises:
        ValueError: If the matrix does not fit the map.

    Source:
        DESIGN section 5.
    """
    limits, where = compiled.limits
    first_equal = 1 + limits.shape[1]
    width = compiled.width
    critical_row = first_equal + width + len(_STATES)
    size = (len(compiled.parent), critical_row + 1, len(ranks))
    small = len(compiled.levels) <= np.iinfo(np.uint8).max
    table: Counters = np.zeros(size, np.uint8) if small else np.zeros(size, np.uint16)
    for rows, columns in _blocks(ranks, compiled):
        _count_block(columns, compiled, table[:, :, rows])
    line = [table[:, 1 + place] for place in where]
    states = [table[:, first_equal + width + position] for position in range(len(_STATES))]
    return Counts(
        asked=table[:, 0],
        answered=line[0],
        not_applicable=states[0],
        dont_know=states[1],
        unanswered=states[2],
        ideal=line[1],
        acceptable=line[2],
        at_target=line[3],
        with_ideal_line=line[4],
        with_acceptable_line=line[5],
        with_target=line[6],
        by_rank=table[:, first_equal : first_equal + width],
        critical_below=table[:, critical_row],
    )


def worth_table(earned: Floats, possible: Floats) -> Floats:
    """Return what every code of every component is worth, for `index`.

    Args:
        earned: What a placement at each rank earns.
        possible: What the component adds to the denominator once it is answered.

    Returns:
        Earned and possible for each of the 256 bytes; nothing for a row that is not answered, and
        nothing earned for an off-scale choice.

    Shapes:
        earned: (C, R); possible: (C,); result: (C, 256, 2).
    """
    table = np.zeros((len(possible), 256, 2))
    table[:, : earned.shape[1], 0] = earned
    table[:, :_ANSWERED_LIMIT, 1] = possible[:, np.newaxis]
    return table


def index(
    ranks: Ranks, compiled: Compiled, worth: Floats, counts: Counts, min_answered: float
) -> Floats:
    """Return a policy's number for every assessment in every section.

    Args:
        ranks: As for `count`.
        compiled: The map.
        worth: The policy, from `worth_table`.
        counts: What `count` returned for these ranks.
        min_answered: Share of the asked and applicable rows below which there is no number.

    Returns:
        100 x earned / possible; NaN where it is withheld and where nothing is possible.

    Shapes:
        ranks: (A, C); worth: (C, 256, 2); result: (S, A).

    Units:
        result: 0 to 100.

    Raises:
        ValueError: If the matrix does not fit the map.

    Source:
        DESIGN section 5.
    """
    result = np.full((len(compiled.parent), len(ranks)), np.nan)
    for rows, columns in _blocks(ranks, compiled):
        sums = _sum_block(columns, compiled, worth)
        earned, possible = sums[..., 0], sums[..., 1]
        applicable = np.subtract(counts.asked[:, rows], counts.not_applicable[:, rows])
        # Divided, not multiplied: 0.55 x 20 is more than 11, 11 / 20 is 0.55. Nothing may apply.
        share = counts.answered[:, rows] / np.maximum(applicable, 1)
        said = (possible > 0) & (share >= min_answered)
        np.divide(100 * earned, possible, where=said, out=result[:, rows])
    return result


def _blocks(ranks: Ranks, compiled: Compiled) -> Iterator[tuple[slice, Bytes]]:
    """Yield the matrix block by block, as bytes, on its side: (C, B)."""
    components = len(compiled.levels)
    if ranks.dtype != np.int8 or ranks.ndim != 2 or ranks.shape[1] != components:  # noqa: PLR2004
        raise ValueError(
            f"ranks must be an int8 matrix with {components} columns, one for each component; "
            f"this one is {ranks.dtype} with the shape {ranks.shape}"
        )
    levels = compiled.levels.astype(np.uint8)[:, np.newaxis]
    buffer = np.empty((components, min(BLOCK, len(ranks))), np.uint8)
    for start in range(0, len(ranks), BLOCK):
        rows = slice(start, min(start + BLOCK, len(ranks)))
        columns = buffer[:, : rows.stop - start]
        np.copyto(columns, ranks[rows].view(np.uint8).T)
        wrong = (columns >= levels) & (columns < _FIRST_CODE)
        if wrong.any():
            component, row = np.argwhere(wrong)[0].tolist()
            raise ValueError(
                f"row {start + row} has {ranks[start + row, component]} for component {component}, "
                f"which has the ranks 0 to {compiled.levels[component] - 1}"
            )
        yield rows, columns


def _count_block(columns: Bytes, compiled: Compiled, table: Counters) -> None:
    """Add the counts of one block to its part of the table; (C, B) and (S, fields, B)."""
    limits, where = compiled.limits
    equal = np.array([*range(compiled.width), *_STATES], np.uint8)[:, np.newaxis]
    flags = np.empty(table.shape[1:], np.bool_)
    ones = flags.view(np.uint8)
    below = 1 + limits.shape[1]
    last = len(flags) - 1
    answered, acceptable = flags[1 + where[0]], flags[1 + where[2]]
    gated = (compiled.critical & (compiled.acceptable_cut >= 0)).tolist()
    for section in reversed(range(len(table))):
        here = table[section]
        for component in compiled.members[section]:
            column = columns[component]
            np.not_equal(column, 256 + NOT_ASKED, out=flags[0])
            np.less(column, limits[component], out=flags[1:below])
            np.equal(column, equal, out=flags[below:last])
            if gated[component]:
                np.greater(answered, acceptable, out=flags[last])
            rows = last + gated[component]
            np.add(here[:rows], ones[:rows], out=here[:rows])
        if section:
            total = table[compiled.parent[section]]
            np.add(total, here, out=total)


def _sum_block(columns: Bytes, compiled: Compiled, worth: Floats) -> Floats:
    """Return what is earned and what is possible, side by side: (C, B) to (S, B, 2)."""
    sums = np.zeros((len(compiled.parent), columns.shape[1], 2))
    here = np.empty(sums.shape[1:])
    for section in reversed(range(len(sums))):
        for component in compiled.members[section]:
            byte = columns[component].astype(np.intp)
            # The bytes are in range; any mode but "raise" may write straight into `out`.
            np.take(worth[component], byte, axis=0, out=here, mode="clip")
            sums[section] += here
        if section:
            sums[compiled.parent[section]] += sums[section]
    return sums
