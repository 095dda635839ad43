"""Table files of every format: read as text a part at a time, written whole or not at all."""

import contextlib
import os
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import polars as pl

from icmaps.errors import RULES, ContentError, Finding, Problem, RenderError

READ: Final = (".csv", ".tsv", ".xlsx", ".parquet", ".jsonl", ".ndjson")
WRITTEN: Final = (".csv", ".xlsx", ".parquet", ".jsonl")
ROWS_A_PART: Final = 25_000  # some 250 MB once it is scored in 48 sections
_MOST_SHEET_ROWS: Final = 1_048_575  # of an XLSX sheet, below its heading
# What makes a spreadsheet take a text for a formula; a tab or a line break may stand before it.
_FORMULA: Final = r"^[\s]*[=+\-@\t\r\n\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]"
_NUMBER: Final = r"^[+-]?[0-9]+([.,][0-9]+)?$"


def is_table(path: Path) -> bool:
    """Tell whether a file is a table, by its name."""
    return path.suffix.lower() in READ


def parts(path: Path, rows: int = ROWS_A_PART) -> Iterator[tuple[int, pl.DataFrame]]:
    """Yield a table as frames of text.

    Args:
        path: A CSV, TSV, XLSX, Parquet or JSON Lines file.
        rows: Rows of a part.

    Yields:
        The number of the first row, counted as a spreadsheet does with the heading as row 1, and
        the frame; numbers and dates as they are written in the files of DESIGN section 3.

    Raises:
        ContentError: If the file cannot be read.
    """
    suffix = path.suffix.lower()
    if suffix not in READ:
        raise unreadable(path, f"{path.suffix or 'no ending'} is none of {', '.join(READ)}")
    try:
        if suffix == ".xlsx":
            yield from _sliced(_sheet(path), rows)
            return
        lazy = _scan(path, suffix)
        first = 2
        for part in lazy.collect_batches(chunk_size=rows, maintain_order=True):
            yield first, _as_text(part)
            first += part.height
        if first == 2:  # noqa: PLR2004 - no rows: the heading alone tells what is wrong
            yield first, _as_text(lazy.collect())
    except (pl.exceptions.PolarsError, OSError, ValueError) as error:
        reason = " ".join(str(error).split())[:200]
        raise unreadable(path, reason or type(error).__name__) from None


def unreadable(path: Path, reason: str) -> ContentError:
    """Return that a file cannot be read."""
    return ContentError([problem(path, Finding("unreadable", (), {"reason": reason}), 1, 1)])


def problem(path: Path, finding: Finding, row: int, column: int) -> Problem:
    """Return a finding about a table, with its row and column, both counted from 1."""
    rule = RULES[finding.rule]
    what, why, mend = (
        " ".join(sentence.format(**finding.values).split())
        for sentence in (rule.what, rule.why, rule.mend)
    )
    return Problem(
        file=str(path),
        line=row,
        column=column,
        path=".".join(map(str, finding.path)),
        rule=finding.rule,
        what=what,
        why=why,
        mend=mend,
        severity=rule.severity,
    )


def _scan(path: Path, suffix: str) -> pl.LazyFrame:
    match suffix:
        case ".csv" | ".tsv":
            separator = "\t" if suffix == ".tsv" else _separator(path)
            return pl.scan_csv(
                path,
                separator=separator,
                infer_schema=False,
                encoding="utf8",
                truncate_ragged_lines=False,
            )
        case ".parquet":
            return pl.scan_parquet(path)
        case _:
            return pl.scan_ndjson(path, infer_schema_length=None)


def _separator(path: Path) -> str:
    """Return what parts the columns: European spreadsheets write semicolons."""
    with path.open("rb") as file:
        heading = file.readline(100_000)
    return max(",;\t", key=lambda mark: heading.count(mark.encode()))


def _sheet(path: Path) -> pl.DataFrame:
    """Return the first sheet of a workbook as text."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_path(path)
        rows: list[list[Any]] = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, OSError) as error:
        raise ValueError(str(error)) from None
    if not rows:
        return pl.DataFrame()
    heading = [_cell(value) or f"column {n}" for n, value in enumerate(rows[0], start=1)]
    if repeated := {name for name in heading if heading.count(name) > 1}:
        raise ValueError(f"the column {min(repeated)!r} is there twice")
    columns = zip(*([_cell(value) for value in row] for row in rows[1:]), strict=True)
    values = list(columns) or [()] * len(heading)
    return pl.DataFrame(
        [
            pl.Series(name, list(cells), pl.String)
            for name, cells in zip(heading, values, strict=True)
        ]
    )


def _cell(value: Any) -> str | None:
    """Return a cell of a workbook as it would be written in a file."""
    match value:
        case None | "":
            return None
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _sliced(frame: pl.DataFrame, rows: int) -> Iterator[tuple[int, pl.DataFrame]]:
    for start in range(0, max(frame.height, 1), rows):
        yield start + 2, frame.slice(start, rows)


def _as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame with text in every column; 3.0 in a column with gaps was the level 3."""
    columns = []
    for name, kind in frame.schema.items():
        column = pl.col(name)
        if kind.is_float():
            whole = column.cast(pl.Int64, strict=False)
            column = pl.when(column == whole).then(whole.cast(pl.String)).otherwise(
                column.cast(pl.String)
            ).alias(name)  # fmt: skip
        elif isinstance(kind, pl.Datetime):
            column = column.dt.date().cast(pl.String)
        columns.append(column.cast(pl.String))
    return frame.select(columns)


def write_parts(frames: Iterable[pl.DataFrame], path: str | Path) -> int:
    """Write a table part by part, whole or not at all; memory does not grow with it.

    A text that a spreadsheet would take for a formula gets an apostrophe before it in a CSV file;
    the other formats know text from formulas. An XLSX file is gathered first, and is limited to
    what a sheet holds.

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
    draft = target.with_name(f".{target.name}.{os.getpid()}.draft")
    counted = _Counted(frames)
    try:
        match suffix:
            case ".parquet":
                _write_parquet(counted, draft)
            case ".xlsx":
                _write_sheet(counted, target, draft)
            case _:
                _write_text(counted, draft, suffix)
        draft.replace(target)
    except (OSError, pl.exceptions.PolarsError) as error:
        if counted.failed is not None:  # polars wraps what went wrong while the parts were made
            raise counted.failed from None
        reason = getattr(error, "strerror", None) or " ".join(str(error).split())
        raise RenderError(
            f"{str(target)!r} cannot be written: {reason.lower()}; nothing there was changed; "
            "make room, or name a folder you may write to"
        ) from None
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()
    return counted.rows


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
        except Exception as error:
            self.failed = error
            raise


def _write_text(frames: _Counted, draft: Path, suffix: str) -> None:
    with draft.open("wb") as file:
        for frame in frames:
            if suffix == ".csv":
                guarded(frame).write_csv(file, include_header=frames.rows == frame.height)
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

    register_io_source(source, schema=first.schema).sink_parquet(
        draft, compression="lz4", maintain_order=True
    )


def write_table(frame: pl.DataFrame, path: str | Path) -> None:
    """Write a table as CSV, XLSX, Parquet or JSON Lines, by the ending of its name.

    Args:
        frame: The table.
        path: Where to write; what was there before is kept if anything goes wrong.

    Raises:
        RenderError: If the ending is another, or the file cannot be written.
    """
    write_parts([frame], path)


def guarded(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame whose texts no spreadsheet takes for a formula.

    A text that begins like one gets an apostrophe before it; numbers stay numbers.

    Source:
        OWASP, CSV Injection.
    """
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    names = {name: _guard(name) for name in frame.columns}
    return frame.with_columns(
        pl.when(pl.col(name).str.contains(_FORMULA) & ~pl.col(name).str.contains(_NUMBER))
        .then(pl.lit("'") + pl.col(name))
        .otherwise(pl.col(name))
        .alias(name)
        for name in texts
    ).rename(names)


def _guard(text: str) -> str:
    return f"'{text}" if re.match(r"\s*[=+\-@]", text) else text


def _write_sheet(frames: _Counted, target: Path, draft: Path) -> None:
    import xlsxwriter

    gathered = []
    for frame in frames:
        gathered.append(frame)
        if frames.rows > _MOST_SHEET_ROWS:
            raise RenderError(
                f"{target.name!r} would have more than {_MOST_SHEET_ROWS:,} rows; a sheet holds no "
                "more, and the rest would be lost; write a .parquet or a .csv file"
            )
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": True,
    }
    with draft.open("wb") as file, xlsxwriter.Workbook(file, options) as workbook:
        table = pl.concat(gathered) if gathered else pl.DataFrame()
        table.write_excel(
            workbook,
            "icmaps",
            autofit=table.height < ROWS_A_PART,
            freeze_panes=(1, 0),
            table_style="Table Style Light 1",
        )
