"""CSV and TSV files as rows of cells: strict about quotation marks, lenient about separators.

Python's own reader, because it can go on after a bad row and knows which row that was.
"""

import contextlib
import csv
import re
from collections import deque
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Final, TextIO

from icmaps.errors import quoted
from icmaps.tables._rows import Cells, RowError, Tell, problem

_SEPARATORS: Final = (",", ";", "\t")  # European spreadsheets write semicolons
_LONGEST: Final = 1_000_000  # characters of a line; a longer one is no table
_ENOUGH: Final = 100_000  # characters to guess by
_LOST: Final = re.compile("[\ud800-\udfff]")  # a byte that is not UTF-8 text
_FIRST_LOST: Final = 0xDC00  # what "surrogateescape" adds to it


def records(path: Path, separator: str | None, tell: Tell) -> Iterator[tuple[int, Cells]]:
    """Yield the number and the cells of every row that is not empty, the heading first.

    Args:
        path: The file: UTF-8, with or without a byte order mark, any line ends.
        separator: What stands between the cells; guessed by the heading if None.
        tell: Told of rows that cannot be read.

    Raises:
        RowError: If the heading cannot be read.
        OSError: If the file cannot be read.
    """
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        if separator is None:
            separator = _separator(file.read(_ENOUGH))
            file.seek(0)
        lines = _Lines(file)
        reader = csv.reader(lines, delimiter=separator, strict=True)
        number, width = 0, 0
        while True:
            number += 1
            lines.begin()
            try:
                row = next(reader)
                if any(row):
                    row = _checked(row, number, width)
                    width = width or len(row)
                    yield number, row
                continue
            except StopIteration:
                return
            except csv.Error as error:
                bad = RowError(number, 1, "wrong-value", **_quotation(lines.record, error))
                lines.go_back()
            except RowError as error:
                bad = RowError(number, error.column, error.finding.rule, **error.finding.values)
            if not width:
                raise bad
            tell(problem(path, bad.finding, bad.row, bad.column))


def _separator(start: str) -> str:
    """Return what parts the heading into most cells; a comma if nothing does."""
    counts = dict.fromkeys(_SEPARATORS, 0)
    for mark in _SEPARATORS:
        with contextlib.suppress(csv.Error):  # told when the heading is read
            rows = csv.reader(StringIO(start, newline=""), delimiter=mark)
            counts[mark] = next((len(row) for row in rows if any(row)), 0)
    return max(counts, key=lambda mark: counts[mark])


def _checked(row: list[str], number: int, width: int) -> list[str]:
    """Return a row with as many cells as the heading; the heading has the width 0.

    Raises:
        RowError: If it has fewer or more, or a byte in it is not UTF-8 text.
    """
    for place, cell in enumerate(row, start=1):
        if not cell.isascii() and (lost := _LOST.search(cell)):
            byte = f"0x{ord(lost[0]) - _FIRST_LOST:02X}"
            raise RowError(number, place, "not-utf-8", byte=byte)
    if not width or len(row) == width:
        return row
    if len(row) > width and not any(row[width:]):
        return row[:width]
    place = min(len(row), width + 1)
    raise RowError(
        number, max(place, 2), "wrong-value",
        found=quoted(row[place - 1]) if len(row) > width else "an empty cell",
        reason=f"the row has {len(row)} cells, the heading has {width}",
        hint="give it as many; a cell that holds the separator stands in quotation marks",
    )  # fmt: skip


def _quotation(record: list[str], error: csv.Error) -> dict[str, object]:
    """Return the words for a row whose quotation marks make no sense, or whose cell never ends."""
    first = record[0].rstrip("\r\n") if record else ""
    hint = "write a quotation mark inside a cell twice, and quotation marks around the cell"
    if "expected after" in str(error):
        reason = "text follows a closing quotation mark"
    elif '"' in first:
        reason = "a quotation mark opens a cell and is not closed"
    else:
        reason = f"a cell has more than {csv.field_size_limit():,} characters"
        hint = "shorten it"
    return {"found": quoted(first), "reason": reason, "hint": hint}


class _Lines:
    """The lines of a file; those of a row whose quotation mark was never closed are read again."""

    def __init__(self, file: TextIO) -> None:
        self.record: list[str] = []
        self._file = file
        self._again: deque[str] = deque()

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._file.readline(_LONGEST)
        if not line:
            raise StopIteration
        if len(line) == _LONGEST:
            reason = f"a line has more than {_LONGEST:,} characters; it may be no table"
            raise RowError(1, 1, "unreadable", reason=reason)
        self.record.append(line)
        return line

    def begin(self) -> None:
        """Begin a row."""
        self.record = []

    def go_back(self) -> None:
        """Read all lines of this row but its first again."""
        self._again.extendleft(reversed(self.record[1:]))
