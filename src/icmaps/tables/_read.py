"""Rows of text to placements: every problem by row and column, the good rows kept.

What is wrong is looked for a whole column at a time; only what was found is looked at one by one.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple, get_args

import numpy as np
import numpy.typing as npt
import polars as pl

from icmaps import _kernel
from icmaps.content import Catalog, default_catalog
from icmaps.errors import ContentError, Finding, Problem, UnknownNameError, listed, near, quoted
from icmaps.models import Groups, RaterKind
from icmaps.scoring import Answers, CompiledMap, Sheet, compile_map
from icmaps.tables._files import parts, problem

MOST_PROBLEMS: Final = 1000  # told of one file; the rest are counted
KEY: Final = ("respondent", "map", "round", "rater")
WHO: Final = ("respondent", "name", "team", "school", "district", "map", "round", "date", "rater")
NEEDED: Final = ("respondent", "map", "round", "date")
PLACED: Final = ("component", "level", "answer", "evidence")
_ANSWERS: Final[Mapping[str, int]] = {
    "na": _kernel.NOT_APPLICABLE,
    "n/a": _kernel.NOT_APPLICABLE,
    "not-applicable": _kernel.NOT_APPLICABLE,
    "not applicable": _kernel.NOT_APPLICABLE,
    "dk": _kernel.DONT_KNOW,
    "dont-know": _kernel.DONT_KNOW,
    "don't know": _kernel.DONT_KNOW,
}
_DATE: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_ID: Final = r"^[a-z0-9]+(-[a-z0-9]+)*$"
_MOST_LETTERS: Final = {"respondent": 64, "round": 64}
# Columns of our own, beside those of the table.
_ROW: Final = "\0row"
_FIRST: Final = "\0first"
_AT: Final = "\0at"
_NUMBER: Final = "\0number"


@dataclass(frozen=True, slots=True)
class Part:
    """Some assessments of one map version.

    Attributes:
        compiled: The map.
        who: One row an assessment: the columns `WHO`.
        ranks: Rows as `encode` makes them.

    Shapes:
        who: (A, 9); ranks: (A, C).
    """

    compiled: CompiledMap
    who: pl.DataFrame
    ranks: npt.NDArray[np.int8]


@dataclass(slots=True)
class Reading:
    """What a table says, and what is wrong with it.

    Attributes:
        answers: The placements, by map reference.
        problems: What is wrong, in reading order; at most 1,000 are told.
        untold: How many more problems there are.
        rows: Rows of the table.
        refused: Rows of which nothing could be kept.
    """

    answers: dict[str, Answers] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    untold: int = 0
    rows: int = 0
    refused: int = 0


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
    found: dict[str, list[Part]] = {}
    for part in read_parts(Path(path), reading, catalog=catalog):
        found.setdefault(part.compiled.icmap.reference, []).append(part)
    for reference, pieces in found.items():
        reading.answers[reference] = Answers(
            compiled=pieces[0].compiled,
            sheets=tuple(sheet for piece in pieces for sheet in _sheets(piece.who)),
            ranks=np.concatenate([piece.ranks for piece in pieces]),
        )
    return reading


def read_parts(
    path: Path, reading: Reading, *, catalog: Catalog | None = None, rows: int | None = None
) -> Iterator[Part]:
    """Yield the placements of a table part by part, each of one map version.

    Args:
        path: The file.
        reading: Told what is wrong and how many rows there were.
        catalog: Where its maps are found; the bundled maps if None.
        rows: Rows to read at a time.

    Raises:
        ContentError: If the file cannot be read as a table, or lacks a column that is needed.
    """
    reader = _Reader(path, reading, default_catalog() if catalog is None else catalog)
    kept: tuple[int, pl.DataFrame] | None = None
    for first, frame in parts(path, rows) if rows else parts(path):
        reading.rows += frame.height
        rows_here = reader.prepared(first, frame)
        if reader.is_long:  # an assessment may go on in the next part
            if kept is not None:
                rows_here = pl.concat([kept[1], rows_here])
            rows_here, rest = _but_the_last(rows_here)
            kept = first, rest
        yield from reader.placements(rows_here)
    if kept is not None:
        yield from reader.placements(kept[1])
    reading.problems.sort()


def from_frame(frame: pl.DataFrame, catalog: Catalog) -> tuple[list[Part], Reading]:
    """Return the placements of a table in memory; see `read_table`."""
    from icmaps.tables._files import _as_text

    reading = Reading(rows=frame.height)
    reader = _Reader(Path("table"), reading, catalog)
    return list(reader.placements(reader.prepared(2, _as_text(frame)))), reading


def _but_the_last(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part the rows before those of the last assessment."""
    if rows.is_empty():
        return rows, rows
    last = rows.select(KEY).row(-1)
    same = pl.all_horizontal(
        pl.col(name).eq_missing(pl.lit(value)) for name, value in zip(KEY, last, strict=True)
    )
    return rows.filter(~same), rows.filter(same)


def _sheets(who: pl.DataFrame) -> Iterator[Sheet]:
    for respondent, _, team, school, district, _, round_id, day, rater in who.iter_rows():
        yield Sheet(
            respondent=respondent,
            groups=Groups.model_construct(team=team, school=school, district=district),
            round_id=round_id,
            round_date=date.fromisoformat(day),
            rater=rater,
        )


class _Known(NamedTuple):
    """A map as look-ups from text."""

    compiled: CompiledMap
    places: pl.DataFrame  # component, level, column, rank


class _Reader:
    """Turns the rows of one table into placements; holds what every part of it needs."""

    def __init__(self, path: Path, reading: Reading, catalog: Catalog) -> None:
        self.is_long = False
        self._path = path
        self._reading = reading
        self._catalog = catalog
        self._maps: dict[str, _Known | Finding] = {}
        self._columns: dict[str, int] = {}
        self._seen: pl.Series | None = None
        self._words: dict[tuple[str, str], dict[str, int]] = {}

    # ---- the heading --------------------------------------------------------------------------

    def prepared(self, first: int, frame: pl.DataFrame) -> pl.DataFrame:
        """Return rows with every column there is a name for, empty cells as nothing."""
        if not self._columns:
            self._read_heading(frame)
        named = {name: name.strip().lower() for name in frame.columns}
        frame = frame.rename({old: new for old, new in named.items() if new in (*WHO, *PLACED)})
        missing = [name for name in (*WHO, *(PLACED if self.is_long else ())) if name not in frame]
        frame = frame.with_columns(pl.lit(None, pl.String).alias(name) for name in missing)
        # Cells of components are looked at one by one only if they say nothing as they are.
        texts = pl.col(*WHO, *(PLACED if self.is_long else ())).str.strip_chars()
        frame = frame.with_columns(pl.when(texts != "").then(texts).name.keep())
        return frame.with_columns(
            pl.col("rater").fill_null("self"),
            pl.int_range(first, first + frame.height, dtype=pl.Int64).alias(_ROW),
        )

    def _read_heading(self, frame: pl.DataFrame) -> None:
        names = [name.strip() for name in frame.columns]
        folded = [name.lower() if name.lower() in (*WHO, *PLACED) else name for name in names]
        self._columns = {name: position for position, name in enumerate(folded, start=1)}
        self.is_long = "component" in self._columns
        needed = [*NEEDED, *(["component"] if self.is_long else [])]
        if missing := [name for name in needed if name not in self._columns]:
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

    def _tell(self, rows: Iterable[int], column: str, finding: Finding) -> None:
        for row in rows:
            if len(self._reading.problems) >= MOST_PROBLEMS:
                self._reading.untold += 1
            else:
                place = self._columns.get(column, 1)
                self._reading.problems.append(problem(self._path, finding, row, place))

    def _without(self, rows: pl.DataFrame, bad: pl.Expr, column: str, rule: str, reason: str,
                 hint: str) -> pl.DataFrame:  # fmt: skip
        """Return the rows without bad ones, which are told."""
        wrong = rows.filter(bad)
        for row, value in wrong.select(_ROW, column).iter_rows():
            found = quoted(value) if value is not None else "nothing"
            values = {"found": found, "reason": reason, "hint": hint}
            self._tell([row], column, Finding(rule, (column,), values))
        self._reading.refused += wrong.height
        return rows.filter(~bad) if wrong.height else rows

    # ---- rows ---------------------------------------------------------------------------------

    def placements(self, rows: pl.DataFrame) -> Iterator[Part]:
        """Yield the placements of some rows."""
        rows = self._checked(rows)
        for (reference,), mine in rows.partition_by(
            "map", as_dict=True, maintain_order=True
        ).items():
            known = self._map(str(reference))
            if isinstance(known, Finding):
                self._tell(mine[_ROW], "map", known)
                self._reading.refused += mine.height
            elif self.is_long:
                yield self._long(mine, known)
            else:
                yield self._wide(mine, known)

    def _checked(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows that say whose, when and on what; the others are told."""
        for name in NEEDED:
            rows = self._without(rows, pl.col(name).is_null(), name, "wrong-value",
                                 "every row needs it", f"fill in the {name}")  # fmt: skip
        for name, most in _MOST_LETTERS.items():
            rows = self._without(rows, pl.col(name).str.len_chars() > most, name, "wrong-value",
                                 f"it has more than {most} characters", "shorten it")  # fmt: skip
        rows = self._without(rows, ~pl.col("round").str.contains(_ID), "round", "not-an-id", "", "")
        not_a_day = ~pl.col("date").str.contains(_DATE) | (
            pl.col("date").str.to_date("%Y-%m-%d", strict=False).is_null()
        )
        rows = self._without(rows, not_a_day, "date", "not-a-date", "", "")
        raters = list(get_args(RaterKind))
        hint = f"write one of {listed(raters)}"
        no_rater = ~pl.col("rater").is_in(raters)
        return self._without(rows, no_rater, "rater", "wrong-value", "it is no kind of rater", hint)

    def _map(self, reference: str) -> _Known | Finding:
        if reference not in self._maps:
            self._maps[reference] = self._looked_up(reference)
        return self._maps[reference]

    def _looked_up(self, reference: str) -> _Known | Finding:
        values = {"found": quoted(reference), "kind": "a map", "example": "spl-2022/teacher@1.0.0"}
        if "@" not in reference or "/" not in reference:
            return Finding("not-a-reference", ("map",), values)
        try:
            icmap = self._catalog.map(reference)
            compiled = compile_map(icmap, self._catalog.framework(icmap.framework))
        except UnknownNameError as error:
            guess = str(error).partition("; ")[2].rpartition("`icmaps maps`")[0]
            return Finding("unknown-reference", ("map",), {"reference": reference, "near": guess})
        places = [
            {"component": component.id, "level": code, "column": column, "rank": rank}
            for column, component in enumerate(icmap.components)
            for code, rank in compiled.ranks[column].items()
        ]
        kinds = {"component": pl.String, "level": pl.String, "column": pl.Int32, "rank": pl.Int8}
        return _Known(compiled, pl.DataFrame(places, kinds))

    def _once(self, who: pl.DataFrame) -> pl.Series:
        """Return which assessments are there for the first time; the others are told."""
        keys = who.select(pl.struct(KEY).hash(7).alias("key"))["key"]
        first = keys.is_first_distinct()
        if self._seen is not None:
            first &= ~keys.is_in(self._seen.implode())
        self._seen = keys if self._seen is None else pl.concat([self._seen, keys])
        for row, respondent, occasion in (
            who.filter(~first).select(_ROW, "respondent", "round").iter_rows()
        ):
            values = {"respondent": quoted(respondent), "round": quoted(occasion)}
            self._tell([row], "respondent", Finding("repeated-assessment", (), values))
            self._reading.refused += 1
        return first

    # ---- wide: a row an assessment ------------------------------------------------------------

    def _wide(self, rows: pl.DataFrame, known: _Known) -> Part:
        rows = rows.filter(self._once(rows))
        ids = list(known.compiled.columns)
        self._tell_unknown_columns(rows, known)
        ranks = np.full((rows.height, len(ids)), _kernel.UNANSWERED, np.int8, order="F")
        for column, name in enumerate(ids):
            if name in rows.columns:
                ranks[:, column] = self._column(rows, known, name, column)
        return Part(known.compiled, rows.select(WHO), ranks)

    def _column(
        self, rows: pl.DataFrame, known: _Known, name: str, column: int
    ) -> npt.NDArray[np.int8]:
        """Return the ranks of one component; cells that hold no level of it are told."""
        cells = rows[name]
        choices = known.compiled.ranks[column]
        words = self._words.setdefault((known.compiled.icmap.reference, name), dict(choices))
        codes = cells.cast(pl.Enum(list(words)), strict=False)
        left = cells.filter(codes.is_null() & cells.is_not_null()).unique(maintain_order=True)
        others = {cell: _other_answer(cell, choices) for cell in left}
        if said := {cell: rank for cell, rank in others.items() if rank is not None}:
            words.update(said)  # from the next part on they are looked up like a code
            codes = cells.cast(pl.Enum(list(words)), strict=False)
        codes = codes.to_physical()
        unknown = cells.is_not_null() & codes.is_null()
        if unknown.any():
            for row, code in rows.filter(unknown).select(_ROW, name).iter_rows():
                self._tell([row], name, _no_such_level(name, code, choices))
        table = np.array([*words.values(), _kernel.UNANSWERED], np.int8)
        return np.asarray(table[codes.fill_null(len(words)).to_numpy()])

    def _tell_unknown_columns(self, rows: pl.DataFrame, known: _Known) -> None:
        """Tell columns with something in them that are no component of the map."""
        for name in rows.columns:
            if name in (*WHO, _ROW) or name in known.compiled.columns:
                continue
            filled = rows.filter(pl.col(name).is_not_null())
            if filled.height:
                values = {
                    "component": quoted(name),
                    "map": known.compiled.icmap.reference,
                    "near": near(name, known.compiled.columns),
                }
                row = 1 if filled.height == rows.height else filled[_ROW][0]
                self._tell([row], name, Finding("unknown-component", (name,), values))

    # ---- long: a row a placement --------------------------------------------------------------

    def _long(self, rows: pl.DataFrame, known: _Known) -> Part:
        rows = self._agreeing(rows)
        who = rows.unique(KEY, keep="first", maintain_order=True)
        who = who.filter(self._once(who)).with_row_index(_NUMBER)
        rows = rows.join(who.select(*KEY, _NUMBER), on=KEY, how="inner", maintain_order="left")
        rows = self._known_components(rows, known)
        both = pl.col("level").is_not_null() & pl.col("answer").is_not_null()
        for row, component in rows.filter(both).select(_ROW, "component").iter_rows():
            self._tell([row], "level", Finding("level-and-answer", (), {"component": component}))
        rows = rows.filter(~both)
        rows = self._first_placements(rows)
        placed = self._ranked(rows, known)
        ranks = np.full((who.height, len(known.compiled.columns)), _kernel.UNANSWERED, np.int8)
        at = placed[_NUMBER].to_numpy(), placed["column"].to_numpy()
        ranks[at] = placed["rank"].to_numpy()
        return Part(known.compiled, who.select(WHO), ranks)

    def _agreeing(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows that say of an assessment what its first row says; others are told."""
        for name in ("date", "name", "team", "school", "district"):
            rows = rows.with_columns(
                pl.col(name).first().over(KEY).alias(_FIRST),
                pl.col(_ROW).first().over(KEY).alias(_AT),
            )
            differs = pl.col(name).ne_missing(pl.col(_FIRST))
            for row, value, other, at in (
                rows.filter(differs).select(_ROW, name, _FIRST, _AT).iter_rows()
            ):
                said = {"value": quoted(value or ""), "other": quoted(other or "")}
                finding = Finding("rows-disagree", (name,), {"column": name, "at": at, **said})
                self._tell([row], name, finding)
                self._reading.refused += 1
            rows = rows.filter(~differs).drop(_FIRST, _AT)
        return rows

    def _known_components(self, rows: pl.DataFrame, known: _Known) -> pl.DataFrame:
        ids = list(known.compiled.columns)
        rows = self._without(rows, pl.col("component").is_null(), "component", "wrong-value",
                             "every row needs it", "fill in the component's id")  # fmt: skip
        unknown = ~pl.col("component").is_in(ids)
        for row, name in rows.filter(unknown).select(_ROW, "component").iter_rows():
            values = {
                "component": quoted(name),
                "map": known.compiled.icmap.reference,
                "near": near(name, ids),
            }
            self._tell([row], "component", Finding("unknown-component", (), values))
            self._reading.refused += 1
        return rows.filter(~unknown)

    def _first_placements(self, rows: pl.DataFrame) -> pl.DataFrame:
        first = pl.struct(*KEY, "component").is_first_distinct()
        for row, component in rows.filter(~first).select(_ROW, "component").iter_rows():
            values = {"kind": "placement of", "id": quoted(component)}
            self._tell([row], "component", Finding("duplicate-id", (), values))
            self._reading.refused += 1
        return rows.filter(first)

    def _ranked(self, rows: pl.DataFrame, known: _Known) -> pl.DataFrame:
        """Return column and rank of each placement; what is no level is told."""
        columns = known.places.select("component", "column").unique()
        rows = rows.join(columns, on="component", how="left", maintain_order="left")
        ranks = known.places.select("component", "level", "rank")
        rows = rows.join(ranks, on=("component", "level"), how="left", maintain_order="left")
        said = pl.coalesce("answer", "level").str.to_lowercase()
        rows = rows.with_columns(
            pl.coalesce("rank", said.replace_strict(
                list(_ANSWERS), list(_ANSWERS.values()), default=None, return_dtype=pl.Int8
            )).alias("rank")
        )  # fmt: skip
        unknown = said.is_not_null() & pl.col("rank").is_null()
        for row, component, level, answer in (
            rows.filter(unknown).select(_ROW, "component", "level", "answer").iter_rows()
        ):
            choices = known.compiled.ranks[known.compiled.columns[component]]
            at = "level" if level else "answer"
            self._tell([row], at, _no_such_level(component, level or answer, choices))
            self._reading.refused += 1
        return rows.filter(pl.col("rank").is_not_null())


def _other_answer(cell: str, choices: Mapping[str, int]) -> int | None:
    """Return what a cell says that is no code as it stands; None if it says nothing we know."""
    bare = cell.strip()
    if not bare:
        return _kernel.UNANSWERED
    return choices.get(bare, _ANSWERS.get(bare.lower()))


def _no_such_level(component: str, code: str, choices: Mapping[str, int]) -> Finding:
    hint = f"write one of {listed(choices)}, NA for not applicable or DK for don't know"
    values = {"component": component, "code": quoted(code), "hint": hint}
    return Finding("unknown-level", (component,), values)
