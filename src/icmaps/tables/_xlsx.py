"""XLSX workbooks as rows of cells: values only, no formula is run."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile, LargeZipFile, ZipFile
from zlib import error as ZlibError  # noqa: N812 - an exception, named like one

from icmaps.tables._rows import Cells, RowError, text_of

_MOST_BYTES: Final = 250_000_000  # once unpacked
_MOST_FILES: Final = 1_000  # inside the workbook
_MOST_CELLS: Final = 20_000_000  # of the rectangle from A1 to the last cell of a sheet
_BLOCK: Final = 1_000_000
_PLACE: Final = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,3})([0-9]{1,9})""")


def records(path: Path) -> Iterator[tuple[int, Cells]]:
    """Yield the number and the cells of every row of the first sheet that is not empty.

    Args:
        path: The workbook.

    Raises:
        RowError: If it is no workbook, or one that would fill the memory.
        OSError: If the file cannot be read.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    _refuse_bombs(path)
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            rows = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise _refused(f"it is no workbook: {error}") from None
    for number, row in enumerate(rows, start=1):
        cells = [_cell(value) for value in row]
        if any(cells):
            yield number, cells


def _cell(value: Any) -> str | None:
    return value.date().isoformat() if isinstance(value, datetime) else text_of(value)


def _refuse_bombs(path: Path) -> None:
    """Unpack everything once and keep nothing.

    What a workbook says of its size is not believed. The reader takes memory for the whole
    rectangle from the first cell to the last: one stray cell at XFD1048576 would need 550 GB.

    Raises:
        RowError: If it is no zip file, or too large once unpacked.
    """
    size = 0
    try:
        with ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > _MOST_FILES:
                raise _refused(f"it holds more than {_MOST_FILES:,} files")
            for member in members:
                sheet = member.filename.startswith("xl/worksheets/")
                member.file_size = 1 << 62  # read until the data end, whatever they claim
                last_row = last_column = 0
                tail = b""
                with archive.open(member) as file:
                    while block := file.read(_BLOCK):
                        size += len(block)
                        if size > _MOST_BYTES:
                            raise _refused(
                                f"it unpacks to more than {_MOST_BYTES // 1_000_000} MB; "
                                "save large tables as CSV or Parquet"
                            )
                        if sheet:
                            row, column = _farthest(tail + block)
                            last_row, last_column = max(last_row, row), max(last_column, column)
                            tail = block[-64:]
                if last_row * last_column > _MOST_CELLS:
                    raise _refused(
                        f"a cell stands far from the others, in row {last_row} or column "
                        f"{last_column}; delete what is not part of the table"
                    )
    except (BadZipFile, LargeZipFile, NotImplementedError, ZlibError, EOFError) as error:
        raise _refused(f"it is no workbook: {str(error).lower()}") from None
    except RuntimeError:
        raise _refused("it is locked with a password") from None


def _farthest(xml: bytes) -> tuple[int, int]:
    """Return the last row and the last column that are named."""
    row, letters = 0, b""
    for name, number in set(_PLACE.findall(xml)):
        row = max(row, int(number))
        letters = max(letters, name.upper(), key=lambda text: (len(text), text))
    column = 0
    for letter in letters:
        column = 26 * column + letter - ord("A") + 1
    return row, max(column, 1)


def _refused(reason: str) -> RowError:
    return RowError(1, 1, "unreadable", reason=reason)
