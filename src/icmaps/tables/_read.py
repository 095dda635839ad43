"""Rows of text to placements: every problem by row and column, the good rows kept.

What is wrong is looked for a whole column at a time; only what was found is looked at one by one.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from icmaps import _kernel
from icmaps.content import Catalog, default_catalog
from icmaps.errors import ContentError, Finding, UnknownNameError, listed, near, quoted
from icmaps.scoring import CompiledMap, compile_map
from icmaps.tables._cells import Check, Codes, checks, no_such_level, rank_of
from icmaps.tables._files import ROW, ROWS_A_PART, as_text, numbered, parts
from icmaps.tables._reading import KEY, MOST_PROBLEMS, NEEDED, PLACED, WHO, Part, Reading
from icmaps.tables._rows import RowError, problem

_SAID_ONCE: Final = ("date", "name", "team", "school", "district")
_REFERENCE: Final = re.compile(r"[a-z0-9-]+/[a-z0-9-]+@[0-9.]+")
_NUMBER: Final = "\0number"  # of an assessment among those of a part
_AT: Final = "\0at"  # its first row


def read_table(path: str | Path, *, catalog: Catalog | None = None) -> Reading:
    """Read a long or wide table of placements.

    Args:
        path: A CSV, TSV, XLSX, Parquet or JSON Lines file.
        catalog: Where its maps are found; the bundled maps if None.

    Returns:
        The good rows as placements, and the problems of the others.

    Raises:
        ContentError: If the file cannot be read as a table, or lacks a column that is needed.
    """
    reading = Reading()
    reading.parts += read_parts(path, reading, catalog=catalog)
    return reading


def read_parts(
    path: str | Path,
    reading: Reading,
    *,
    catalog: Catalog | None = None,
    rows: int = ROWS_A_PART,
) -> Iterator[Part]:
    """Yield the placements of a table part by part, each of one map version.

    The rows of one assessment in a long table stand together; in one of no more than `rows` rows
    they need not.

    Args:
        path: The file.
        reading: Told what is wrong and how many rows there were.
        catalog: Where its maps are found; the bundled maps if None.
        rows: Rows to read at a time.

    Raises:
        ContentError: If the file cannot be read as a table, or lacks a column that is needed.
    """
    path = Path(path)
    before = reading.rows
    reader = _Reader(path, reading, default_catalog() if catalog is None else catalog)
    kept: pl.DataFrame | None = None
    for frame in parts(path, reading.lose, rows):
        rows_here = reader.prepared(frame)
        if reader.is_long:  # an assessment may go on in the next part
            together = rows_here if kept is None else pl.concat([kept, rows_here])
            rows_here, kept = _but_the_last(together)
        yield from reader.placements(rows_here)
    if kept is not None:
        yield from reader.placements(kept)
    if reading.rows == before:
        nothing = {
            "found": "an empty table",
            "reason": "there is no row below the heading",
            "hint": "add the rows, or check that it is the right file",
        }
        reading.tell(problem(path, Finding("wrong-value", (), nothing), 2, 1))
    reading.problems.sort()


def from_frame(frame: pl.DataFrame, catalog: Catalog) -> tuple[list[Part], Reading]:
    """Return the placements of a table in memory; see `read_table`."""
    reading = Reading()
    path = Path("table")
    reader = _Reader(path, reading, catalog)
    try:
        rows = numbered(as_text(frame), 2)
    except RowError as error:
        raise ContentError([problem(path, error.finding, error.row, error.column)]) from None
    return list(reader.placements(reader.prepared(rows))), reading


def _but_the_last(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part the rows before those of the last assessment."""
    if rows.is_empty():
        return rows, rows
    last = rows.select(KEY).row(-1)
    same = pl.all_horizontal(
        pl.col(name).eq_missing(pl.lit(value)) for name, value in zip(KEY, last, strict=True)
    )
    return rows.filter(~same), rows.filter(same)


class _Reader:
    """Turns the rows of one table into placements; holds what every part of it needs."""

    def __init__(self, path: Path, reading: Reading, catalog: Catalog) -> None:
        self.is_long = False
        self._path = path
        self._reading = reading
        self._catalog = catalog
        self._maps: dict[str, CompiledMap | Finding] = {}
        self._columns: dict[str, int] = {}
        self._checks: list[Check] = []
        self._unknown: set[tuple[str, str]] = set()
        self._codes: dict[tuple[str, str], Codes] = {}

    # ---- the heading --------------------------------------------------------------------------

    def prepared(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return rows with every column there is a name for, empty cells as nothing."""
        if not self._columns:
            self._read_heading(frame.columns)
        for name in frame.columns:
            self._columns.setdefault(name, len(self._columns) + 1)
        ours = (*WHO, *PLACED) if self.is_long else WHO
        missing = [name for name in ours if name not in frame.columns]
        frame = frame.with_columns(pl.lit(None, pl.String).alias(name) for name in missing)
        # Cells of a wide table's components are looked at one by one if they are no level as is.
        texts = pl.col(ours).str.strip_chars()
        frame = frame.with_columns(pl.when(texts != "").then(texts).name.keep())
        frame = _without_blank_rows(frame)
        self._reading.rows += frame.height
        small = pl.col("rater", *(["component"] if self.is_long else [])).str.to_lowercase()
        frame = frame.with_columns(small).with_columns(pl.col("rater").fill_null("self"))
        if self.is_long:
            self._tell_unknown_columns(frame, (*WHO, *PLACED), "a long table")
            frame = frame.select(*WHO, *PLACED, ROW)
        return frame

    def _read_heading(self, names: Sequence[str]) -> None:
        names = [name for name in names if name != ROW]
        self._columns = {name: position for position, name in enumerate(names, start=1)}
        self.is_long = "component" in self._columns
        self._checks = list(checks(is_long=self.is_long))
        if missing := [name for name in NEEDED if name not in self._columns]:
            raise ContentError(
                problem(
                    self._path,
                    Finding("column-missing", (name,), {
                        "column": name, "near": near(name, names), "known": listed(names[:20]),
                    }),
                    1, 1,
                )
                for name in missing
            )  # fmt: skip

    # ---- problems -----------------------------------------------------------------------------

    def _tell(
        self,
        wrong: pl.DataFrame,
        column: str,
        finding: Callable[..., Finding],
        *values: str,
        whole_rows: bool = True,
    ) -> None:
        """Tell what is wrong with some rows.

        Args:
            wrong: The rows.
            column: Where it is wrong.
            finding: What is wrong, made of the values of a row.
            values: The columns of these values.
            whole_rows: Nothing of these rows is kept.
        """
        if whole_rows:
            self._reading.refused += wrong.height
        room = max(0, MOST_PROBLEMS - len(self._reading.problems))
        place = self._columns.get(column, 1)
        for row, *cells in wrong.head(room).select(ROW, *values).iter_rows():
            self._reading.tell(problem(self._path, finding(*cells), row, place))
        self._reading.untold += max(0, wrong.height - room)

    def _without(self, rows: pl.DataFrame, check: Check) -> pl.DataFrame:
        """Return the rows that pass a check; the others are told."""

        def finding(value: str | None) -> Finding:
            found = "an empty cell" if value is None else quoted(value)
            return Finding(check.rule, (check.column,), {"found": found, **check.words})

        self._tell(rows.filter(check.bad), check.column, finding, check.column)
        return rows.filter(~check.bad)

    # ---- rows ---------------------------------------------------------------------------------

    def placements(self, rows: pl.DataFrame) -> Iterator[Part]:
        """Yield the placements of some rows."""
        rows = self._checked(rows)
        for (reference,), mine in rows.partition_by(
            "map", as_dict=True, maintain_order=True
        ).items():
            compiled = self._map(str(reference))
            if isinstance(compiled, Finding):
                self._tell(mine, "map", lambda known=compiled: known)
                continue
            part = self._long(mine, compiled) if self.is_long else self._wide(mine, compiled)
            if part.who.height:
                yield part

    def _checked(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows that say whose, when and on what; the others are told."""
        letters, size = pl.col(WHO).str.len_chars(), pl.col(WHO).str.len_bytes()
        if any(rows.select((letters != size).any()).row(0)):  # ASCII is in this form already
            rows = rows.with_columns(pl.col(WHO).str.normalize("NFC"))
        failed = rows.select(check.bad.any().alias(str(n)) for n, check in enumerate(self._checks))
        for check, any_bad in zip(self._checks, failed.row(0), strict=True):
            if any_bad:
                rows = self._without(rows, check)
        return rows

    def _map(self, reference: str) -> CompiledMap | Finding:
        if reference not in self._maps:
            self._maps[reference] = self._looked_up(reference)
        return self._maps[reference]

    def _looked_up(self, reference: str) -> CompiledMap | Finding:
        # A name that is a path would have the catalog open whatever file it names.
        if not _REFERENCE.fullmatch(reference):
            values = {"found": quoted(reference), "kind": "a map"}
            return Finding("not-a-reference", ("map",), {
                **values, "example": "spl-2022/teacher@1.0.0",
            })  # fmt: skip
        try:
            icmap = self._catalog.map(reference)
            return compile_map(icmap, self._catalog.framework(icmap.framework))
        except UnknownNameError as error:
            guess = str(error).partition("; ")[2].rpartition("`icmaps maps`")[0]
            return Finding("unknown-reference", ("map",), {"reference": reference, "near": guess})

    def _once(self, who: pl.DataFrame) -> pl.Series:
        """Return which assessments are there for the first time."""
        keys = who.select(pl.concat_str(KEY, separator="\0").hash())[KEY[0]]
        return pl.Series(self._reading.seen.first(keys.to_numpy()))

    def _tell_repeated(self, rows: pl.DataFrame) -> None:
        def finding(respondent: str, occasion: str) -> Finding:
            values = {"respondent": quoted(respondent), "round": quoted(occasion)}
            return Finding("repeated-assessment", (), values)

        self._tell(rows, "respondent", finding, "respondent", "round")

    def _tell_unknown_columns(
        self, rows: pl.DataFrame, known: Sequence[str], whose: str, ids: Sequence[str] = ()
    ) -> None:
        """Tell, once, of columns with something in them that nobody would read."""
        for name in rows.columns:
            if name == ROW or name in known or (whose, name) in self._unknown:
                continue
            filled = rows.filter(pl.col(name).str.strip_chars() != "")
            if filled.height:
                self._unknown.add((whose, name))
                values = {
                    "component": quoted(name),
                    "map": whose,
                    "near": near(name, ids or known),
                }
                unknown = Finding("unknown-component", (name,), values)
                self._tell(filled.head(1), name, lambda told=unknown: told, whole_rows=False)

    # ---- wide: a row an assessment ------------------------------------------------------------

    def _wide(self, rows: pl.DataFrame, compiled: CompiledMap) -> Part:
        first = self._once(rows)
        self._tell_repeated(rows.filter(~first))
        rows = rows.filter(first)
        ids = list(compiled.columns)
        reference = compiled.icmap.reference
        self._tell_unknown_columns(rows, (*WHO, *ids), reference, ids)
        there = [name for name in ids if name in rows.columns]
        for name in there:
            self._codes.setdefault((reference, name), Codes(compiled.ranks[ids.index(name)]))
        codes = rows.select(self._codes[reference, name].of(name) for name in there)
        ranks = np.full((rows.height, len(ids)), _kernel.UNANSWERED, np.int8, order="F")
        for name in there:
            column = compiled.columns[name]
            table = self._codes[reference, name]
            found = codes[name].to_numpy()
            if np.count_nonzero(found) + rows[name].null_count() < rows.height:
                found = self._other_cells(rows, name, table)
            ranks[:, column] = table.ranks[found]
        return Part(compiled, rows.select(WHO), ranks)

    def _other_cells(self, rows: pl.DataFrame, name: str, table: "Codes") -> npt.NDArray[Any]:
        """Look at the cells that are no level as they stand; those that hold none are told."""
        filled = rows.filter(pl.col(name).is_not_null())
        table.learn(filled.filter(table.of(name) == 0)[name].unique(maintain_order=True))

        def finding(code: str) -> Finding:
            return no_such_level(name, code, table.choices)

        unknown = filled.filter(table.of(name) == 0)
        self._tell(unknown, name, finding, name, whole_rows=False)
        return rows.select(table.of(name))[name].to_numpy()

    # ---- long: a row a placement --------------------------------------------------------------

    def _long(self, rows: pl.DataFrame, compiled: CompiledMap) -> Part:
        who = rows.unique(KEY, keep="first", maintain_order=True).rename({ROW: _AT})
        first = self._once(who)
        if not first.all():
            self._tell_repeated(rows.join(who.filter(~first), on=KEY, how="semi"))
        who = who.filter(first).with_row_index(_NUMBER)
        firsts = who.select(*KEY, *_SAID_ONCE, _AT, _NUMBER)
        rows = rows.join(firsts, on=KEY, how="inner", maintain_order="left", suffix="\0first")
        rows = self._agreeing(rows)
        rows = self._known_components(rows, compiled)
        placed = self._placed(rows, compiled)
        ranks = np.full((who.height, len(compiled.columns)), _kernel.UNANSWERED, np.int8)
        at = placed[_NUMBER].to_numpy(), placed["column"].to_numpy()
        ranks[at] = placed["rank"].to_numpy()
        shown = placed.drop_nulls("evidence").select(_NUMBER, "column", "evidence")
        evidence = {(number, column): text for number, column, text in shown.iter_rows()}
        return Part(compiled, who.select(WHO), ranks, evidence)

    def _agreeing(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows that say of an assessment what its first row says; others are told."""
        for name in _SAID_ONCE:
            first = f"{name}\0first"
            differs = pl.col(name).ne_missing(pl.col(first))

            def finding(value: str | None, other: str | None, at: int, name: str = name) -> Finding:
                said = {"value": quoted(value or ""), "other": quoted(other or "")}
                return Finding("rows-disagree", (name,), {"column": name, "at": at, **said})

            self._tell(rows.filter(differs), name, finding, name, first, _AT)
            rows = rows.filter(~differs)
        return rows

    def _known_components(self, rows: pl.DataFrame, compiled: CompiledMap) -> pl.DataFrame:
        """Return the rows that name a component, each once; others are told."""
        ids = list(compiled.columns)
        component = pl.col("component")

        def unknown(name: str) -> Finding:
            values = {"component": quoted(name), "near": near(name, ids)}
            return Finding("unknown-component", (), {**values, "map": compiled.icmap.reference})

        def again(name: str) -> Finding:
            return Finding("duplicate-id", (), {"kind": "placement of", "id": quoted(name)})

        self._tell(rows.filter(~component.is_in(ids)), "component", unknown, "component")
        rows = rows.filter(component.is_in(ids))
        first = rows.select(pl.struct(_NUMBER, "component").is_first_distinct()).to_series()
        self._tell(rows.filter(~first), "component", again, "component")
        return rows.filter(first)

    def _placed(self, rows: pl.DataFrame, compiled: CompiledMap) -> pl.DataFrame:
        """Return the column and the rank of each placement; what is no level is told."""
        said = ["component", "level", "answer"]
        different = rows.select(said).unique(maintain_order=True)
        columns = [compiled.columns[name] for name in different["component"]]
        ranks = [
            rank_of(level, answer, compiled.ranks[column])
            for column, (_, level, answer) in zip(columns, different.iter_rows(), strict=True)
        ]
        different = different.with_columns(
            pl.Series("column", columns, pl.Int64), pl.Series("rank", ranks, pl.Int8)
        )
        rows = rows.join(different, on=said, nulls_equal=True, maintain_order="left")

        def finding(component: str, level: str | None, answer: str | None) -> Finding:
            if level is not None and answer is not None:
                return Finding("level-and-answer", (), {"component": component})
            choices = compiled.ranks[compiled.columns[component]]
            return no_such_level(component, level or answer or "", choices)

        no_level = pl.col("level").is_null()
        for column, here in (("level", ~no_level), ("answer", no_level)):
            self._tell(rows.filter(pl.col("rank").is_null() & here), column, finding, *said)
        rows = rows.drop_nulls("rank")
        open_ = pl.col("rank") == _kernel.UNANSWERED

        def no_answer(component: str) -> Finding:
            return Finding("no-answer", (), {"component": component})

        bare = rows.filter(open_ & pl.col("evidence").is_not_null())
        self._tell(bare, "evidence", no_answer, "component")
        return rows.filter(~open_)


def _without_blank_rows(frame: pl.DataFrame) -> pl.DataFrame:
    if not frame.select(pl.all_horizontal(pl.col(NEEDED).is_null()).any()).item():
        return frame
    texts = pl.exclude(ROW).fill_null("").str.strip_chars()
    return frame.filter(~pl.all_horizontal(texts == ""))
