"""JSON Lines files as columns of cells."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NoReturn

from icmaps.errors import describe, quoted
from icmaps.tables._rows import MOST_CELLS, MOST_COLUMNS, RowError, Tell, folded, problem, text_of

_LONGEST: Final = 10_000_000  # bytes of a line; a longer one is no row of a table
_LOST: Final = re.compile("[\ud800-\udfff]")
_Row = dict[str, str | None]
_Batch = tuple[list[int], dict[str, Sequence[str | None]]]


def batches(path: Path, tell: Tell, rows: int) -> Iterator[_Batch]:
    """Yield line numbers and columns of some lines; first the columns of the first line alone.

    Other lines may have more columns, or leave some out.

    Raises:
        RowError: If the first line is no row, or there are too many columns.
        OSError: If the file cannot be read.
    """
    names: dict[str, None] = {}
    numbers: list[int] = []
    kept: list[_Row] = []

    def batch() -> _Batch:
        return numbers, {name: [row.get(name) for row in kept] for name in names}

    for number, line in _lines(path):
        try:
            row = _row(line, number)
        except RowError as error:
            if not names:
                raise
            tell(problem(path, error.finding, error.row, error.column))
            continue
        if not names:
            yield [], {name: [] for name in row}
        names |= dict.fromkeys(row)
        if len(names) > MOST_COLUMNS:
            reason = f"it has more than {MOST_COLUMNS:,} columns"
            raise RowError(number, 1, "unreadable", reason=reason)
        numbers.append(number)
        kept.append(row)
        if len(kept) >= min(rows, MOST_CELLS // len(names)):
            yield batch()
            numbers, kept = [], []
    if not names:
        raise RowError(1, 1, "empty-file")
    if kept:
        yield batch()


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the number and the bytes of every line that is not blank."""
    with path.open("rb") as file:
        number = 0
        while line := file.readline(_LONGEST):
            number += 1
            if len(line) == _LONGEST:
                reason = f"a line has more than {_LONGEST:,} bytes"
                raise RowError(number, 1, "unreadable", reason=reason)
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            if line.strip():
                yield number, line


def _row(line: bytes, number: int) -> _Row:
    def pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = folded(name for name, _ in pairs)
        return dict(zip(names, (value for _, value in pairs), strict=True))

    try:
        row = json.loads(line.decode(), object_pairs_hook=pairs, parse_constant=_no_number)
    except UnicodeDecodeError as error:
        byte = f"0x{line[error.start]:02X}"
        raise RowError(number, error.start + 1, "not-utf-8", byte=byte) from None
    except RowError as error:
        raise RowError(number, error.column, error.finding.rule, **error.finding.values) from None
    except (ValueError, RecursionError) as error:
        reason = f"it is not JSON: {getattr(error, 'msg', 'it is too deep or too long')}"
        raise _no_row(number, getattr(error, "colno", 1), line, reason) from None
    if not isinstance(row, dict) or not row:
        raise _no_row(number, 1, line, "each line is one object: names and values in braces")
    for place, (name, value) in enumerate(row.items(), start=1):
        if isinstance(value, dict | list):
            raise RowError(
                number, place, "wrong-value", found=describe(value),
                reason=f"{quoted(name)} is text, a number or nothing", hint="write one value",
            )  # fmt: skip
        if _LOST.search(name) or (isinstance(value, str) and _LOST.search(value)):
            raise RowError(number, place, "lone-surrogate")
    return {name: text_of(value) for name, value in row.items()}


def _no_row(number: int, column: int, line: bytes, reason: str) -> RowError:
    found = quoted(line.decode(errors="replace").strip())
    hint = "write one row of the table on each line"
    return RowError(number, column, "wrong-value", found=found, reason=reason, hint=hint)


def _no_number(name: str) -> NoReturn:
    raise json.JSONDecodeError(f"{name} is no number", name, 0)
