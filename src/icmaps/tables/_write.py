"""Table files written whole or not at all, part by part, with nothing in them that runs."""

import sys
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import polars as pl

from icmaps._files import whole_file
from icmaps.errors import RenderError

WRITTEN: Final = (".csv", ".xlsx", ".parquet", ".jsonl")
_MOST_SHEET_ROWS: Final = 1_048_575  # of an XLSX sheet, below its heading
_MOST_LETTERS: Final = 32_767  # of a cell of a sheet
# What makes a spreadsheet take a text for a formula, in ASCII or full width; blanks and characters
# that cannot be seen may stand before it, and a tab or a line break can begin a new cell.
_FORMULA: Final = r"[\s\p{C}]*[=+\-@\t\r\n\x00\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]"
_LIKE_FORMULA: Final = rf"^'*{_FORMULA}"  # with our own apostrophe before it, it stays distinct
_NO_CHARACTERS: Final = {0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}  # XML cannot hold them
_NUMBER: Final = r"^[+-]?[0-9]+([.,][0-9]+)?$"
GUARDED: Final = rf"^'+{_FORMULA}"


def write_table(frame: pl.DataFrame, path: str | Path) -> None:
    """Write a table as CSV, XLSX, Parquet or JSON Lines, by the ending of its name.

    Args:
        frame: The table.
        path: Where to write; what was there before is kept if anything goes wrong.

    Raises:
        RenderError: If the ending is another, or the file cannot be written.
    """
    write_parts([frame], path)


def write_parts(frames: Iterable[pl.DataFrame], path: str | Path) -> int:
    """Write a table part by part, whole or not at all; memory does not grow with it.

    A text that a spreadsheet would take for a formula gets an apostrophe before it in a CSV file,
    which reading it takes off again; the other formats know text from formulas.

    Args:
        frames: The parts, all with the same columns.
        path: Where to write; the ending says the format, one of `WRITTEN`. What was there before
            is kept if anything goes wrong.

    Returns:
        How many rows were written.

    Raises:
        RenderError: If the ending is another, or the file cannot be written.
    """
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix not in WRITTEN:
        raise RenderError(
            f"{target.name!r} ends in none of {', '.join(WRITTEN)}; the format would be a guess; "
            "name one that does"
        )
    counted = _Counted(frames)
    try:
        with whole_file(target) as draft:
            match suffix:
                case ".parquet":
                    _write_parquet(counted, draft)
                case ".xlsx":
                    _write_sheet(counted, target, draft)
                case _:
                    _write_text(counted, draft, suffix)
    except (OSError, pl.exceptions.PolarsError) as error:
        if counted.failed is not None:  # polars wraps what went wrong while the parts were made
            raise counted.failed from None
        reason = getattr(error, "strerror", None) or " ".join(str(error).split())
        raise RenderError(
            f"{str(target)!r} cannot be written: {reason.lower()}; nothing there was changed; "
            "make room, or name a folder you may write to"
        ) from None
    return counted.rows


def guarded(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame whose texts and headings no spreadsheet takes for a formula.

    A text that begins like one gets an apostrophe before it; numbers stay numbers.

    Source:
        OWASP, CSV Injection; OWASP ASVS 5.0, 1.2.10.
    """
    texts = pl.selectors.string() | pl.selectors.categorical() | pl.selectors.enum()
    column = texts.cast(pl.String)
    live = column.str.contains(_LIKE_FORMULA) & ~column.str.contains(_NUMBER)
    cells = frame.with_columns(pl.when(live).then(column.str.replace("^", "'")).otherwise(column))
    heading = pl.Series("heading", frame.columns, pl.String)
    return cells.rename(dict(zip(heading, _guarded_heading(heading), strict=True)))


def _guarded_heading(heading: pl.Series) -> pl.Series:
    column = pl.col(heading.name)
    live = column.str.contains(_LIKE_FORMULA)
    return (
        heading.to_frame()
        .select(pl.when(live).then(column.str.replace("^", "'")).otherwise(column))
        .to_series()
    )


class _Counted:
    """Parts on their way to a file: how many rows went by, and what went wrong in making them."""

    def __init__(self, frames: Iterable[pl.DataFrame]) -> None:
        self._frames = frames
        self.rows = 0
        self.failed: Exception | None = None

    def __iter__(self) -> Iterator[pl.DataFrame]:
        try:
            for frame in self._frames:
                self.rows += frame.height
                yield frame
        finally:
            error = sys.exception()
            self.failed = error if isinstance(error, Exception) else None


def _write_text(frames: _Counted, draft: Path, suffix: str) -> None:
    with draft.open("wb") as file:
        for number, frame in enumerate(frames):
            if suffix == ".csv":
                guarded(frame).write_csv(file, include_header=number == 0)
            else:
                frame.write_ndjson(file)


def _write_parquet(frames: _Counted, draft: Path) -> None:
    from polars.io.plugins import register_io_source

    parts = iter(frames)
    first = next(parts, pl.DataFrame())

    def source(
        with_columns: list[str] | None,
        predicate: pl.Expr | None,
        n_rows: int | None,
        batch_size: int | None,
    ) -> Iterator[pl.DataFrame]:
        del with_columns, predicate, n_rows, batch_size  # a sink asks for everything
        yield first
        yield from parts

    lazy = register_io_source(source, schema=first.schema)
    # Opened here: given a name, a sink that fails may create the file after we have deleted it.
    with draft.open("wb") as file:
        # Statistics cost a third of the time, and rows of all sections lie in every row group.
        lazy.sink_parquet(file, compression="lz4", statistics=False, maintain_order=True)


def _write_sheet(frames: _Counted, target: Path, draft: Path) -> None:
    import xlsxwriter

    with TemporaryDirectory(prefix="icmaps-") as folder, draft.open("wb") as file:
        book = xlsxwriter.Workbook(
            file,
            {
                "constant_memory": True,  # a row is on disk once the next one begins
                "tmpdir": folder,
                "default_date_format": "yyyy-mm-dd",
            },
        )
        sheet = book.add_worksheet("icmaps")
        try:
            _fill(sheet, frames, target, book.add_format({"bold": True}))
            book.close()
        except xlsxwriter.exceptions.FileCreateError as error:
            raise OSError(str(error)) from None
        finally:
            sheet.row_data_fh.close()


def _fill(sheet: Any, frames: _Counted, target: Path, heading: Any) -> None:
    """Write the rows of a sheet, the heading first."""
    sheet.freeze_panes(1, 0)
    row = 0
    for number, frame in enumerate(frames):
        if number == 0:
            _write_row(sheet, 0, frame.columns, heading)
        if frames.rows > _MOST_SHEET_ROWS:
            raise RenderError(
                f"{target.name!r} would have more than {_MOST_SHEET_ROWS:,} rows; a sheet holds "
                "no more, and the rest would be lost; write a .parquet or a .csv file"
            )
        for cells in frame.iter_rows():
            row += 1
            _write_row(sheet, row, cells)


def _write_row(sheet: Any, row: int, cells: Iterable[object], style: Any = None) -> None:
    """Write a row, each cell as what it is: a text is never a formula, a link or a number."""
    for column, value in enumerate(cells):
        match value:
            case None:
                continue
            case bool():
                sheet.write_boolean(row, column, value)
            case int() | float() if -1e308 < value < 1e308:  # noqa: PLR2004 - what a cell can hold
                sheet.write_number(row, column, value)
            case date():
                sheet.write_datetime(row, column, value)
            case _:
                text = str(value).translate(_NO_CHARACTERS)
                if len(text) > _MOST_LETTERS:
                    raise RenderError(
                        f"a text in row {row + 1} has {len(text):,} characters; a cell holds "
                        f"{_MOST_LETTERS:,}, and the rest would be lost; write a .csv file"
                    )
                sheet.write_string(row, column, text, style)
