"""Table files of every format as rows of text, a part at a time.

What is wrong with one row is told and the row left out; what is wrong with the file stops it.
Formats differ here and nowhere else: behind this door a table is columns of text, named by its
heading, and the number of each row.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

import polars as pl

from icmaps.errors import ContentError, Finding, quoted
from icmaps.tables import _csv, _jsonl, _xlsx
from icmaps.tables._rows import MOST_CELLS, Cells, RowError, Tell, folded, problem, unreadable
from icmaps.tables._write import GUARDED

READ: Final = (".csv", ".tsv", ".xlsx", ".parquet", ".jsonl", ".ndjson")
ROWS_A_PART: Final = 20_000  # measured; with a power of 2, turning the counts misses the cache
ROW: Final = "\0row"  # the column of row numbers; no heading can hold a NUL


def is_table(path: Path) -> bool:
    """Tell whether a file is a table, by its name."""
    return path.suffix.lower() in READ


def parts(path: Path, tell: Tell, rows: int = ROWS_A_PART) -> Iterator[pl.DataFrame]:
    """Yield a table as frames of text.

    Args:
        path: A CSV, TSV, XLSX, Parquet or JSON Lines file.
        tell: Told of every row that cannot be read; it is left out.
        rows: Rows of a part.

    Yields:
        Frames of text, named by the heading as `folded` does, and the column `ROW`: the number of
        each row as a spreadsheet counts it, the heading being row 1, or for JSON Lines the line.
        The first frame is the heading alone.

    Raises:
        ContentError: If the file cannot be read.
    """
    suffix = path.suffix.lower()
    try:
        match suffix:
            case ".csv" | ".tsv":
                records = _csv.records(path, "\t" if suffix == ".tsv" else None, tell)
                yield from _framed(path, records, rows, unguarded=True)
            case ".xlsx":
                yield from _framed(path, _xlsx.records(path), rows)
            case ".parquet":
                yield from _parquet(path, rows)
            case ".jsonl" | ".ndjson":
                for numbers, columns in _jsonl.batches(path, tell, rows):
                    yield _frame(numbers, columns)
            case _:
                raise unreadable(path, f"{suffix or 'no ending'} is none of {', '.join(READ)}")
    except RowError as error:
        raise ContentError([problem(path, error.finding, error.row, error.column)]) from None
    except OSError as error:
        raise unreadable(path, (error.strerror or str(error)).lower()) from None


def as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame with text in every column, as the files of DESIGN section 3 have it.

    Raises:
        RowError: If a column holds what is no text, number or date.
    """
    columns = []
    for place, (name, kind) in enumerate(frame.schema.items(), start=1):
        column = pl.col(name)
        if kind.is_nested() or kind in (pl.Binary, pl.Object):
            reason = f"the column {quoted(name)} holds values of the kind {kind}, not text"
            raise RowError(1, place, "unreadable", reason=reason)
        if kind.is_float():  # 3.0 in a column with gaps was the level 3
            whole = column.cast(pl.Int64, strict=False)
            text = pl.when(column == whole).then(whole.cast(pl.String)).otherwise(
                column.fill_nan(None).cast(pl.String)
            )  # fmt: skip
            columns.append(text.alias(name))
        elif isinstance(kind, pl.Datetime):
            columns.append(column.dt.date().cast(pl.String))
        elif kind != pl.String:
            columns.append(column.cast(pl.String))
    return frame.with_columns(columns)


def numbered(frame: pl.DataFrame, first: int) -> pl.DataFrame:
    """Return a frame of text under its folded heading, with the numbers of its rows.

    Raises:
        RowError: As `folded` does.
    """
    frame = frame.rename(dict(zip(frame.columns, folded(frame.columns), strict=True)))
    numbers = pl.int_range(first, first + frame.height, dtype=pl.Int64, eager=True)
    return frame.with_columns(numbers.alias(ROW))


def _parquet(path: Path, rows: int) -> Iterator[pl.DataFrame]:
    with path.open("rb"):  # Python says best why a file cannot be opened
        pass
    try:
        lazy = pl.scan_parquet(path, glob=False, hive_partitioning=False)
        yield numbered(as_text(lazy.head(0).collect()), 2)
        # Slices, because a stream of batches decodes ahead of us: a gigabyte for a file of 20 MB.
        for start in range(0, lazy.select(pl.len()).collect().item(), rows):
            yield numbered(as_text(lazy.slice(start, rows).collect()), start + 2)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise unreadable(path, " ".join(str(error).split())[:200]) from None


def _framed(
    path: Path, records: Iterator[tuple[int, Cells]], rows: int, *, unguarded: bool = False
) -> Iterator[pl.DataFrame]:
    """Yield frames of some rows; the first record is the heading."""
    _, names = next(records, (1, ()))
    if not any((name or "").strip() for name in names):
        raise ContentError([problem(path, Finding("empty-file", (), {}), 1, 1)])
    heading = folded(names)
    yield _frame([], {name: [] for name in heading})
    limit = max(1, min(rows, MOST_CELLS // len(heading)))
    while batch := list(islice(records, limit)):
        numbers, cells = zip(*batch, strict=True)
        frame = _frame(numbers, dict(zip(heading, zip(*cells, strict=True), strict=True)))
        yield _unguarded(frame) if unguarded else frame


def _frame(numbers: Sequence[int], columns: dict[str, Sequence[str | None]]) -> pl.DataFrame:
    texts = [pl.Series(name, cells, pl.String) for name, cells in columns.items()]
    return pl.DataFrame([*texts, pl.Series(ROW, numbers, pl.Int64)])


def _unguarded(frame: pl.DataFrame) -> pl.DataFrame:
    """Take off the apostrophes that `guarded` put before texts that look like formulas."""
    texts = pl.col(pl.String)
    marked = frame.select(texts.str.starts_with("'").any())
    names = [name for name in marked.columns if marked[name][0]]
    return frame.with_columns(
        pl.when(pl.col(name).str.contains(GUARDED))
        .then(pl.col(name).str.slice(1))
        .otherwise(pl.col(name))
        .alias(name)
        for name in names
    )
