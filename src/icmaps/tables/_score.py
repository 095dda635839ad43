"""Scores of whole tables: one row an assessment and section."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from icmaps import _kernel
from icmaps.content import Catalog, default_catalog
from icmaps.errors import ContentError, RenderError
from icmaps.models import PolicyName
from icmaps.scoring import DEFAULT_MIN_ANSWERED, score_matrix
from icmaps.tables._read import from_frame, read_parts
from icmaps.tables._reading import WHO, Part, Reading
from icmaps.tables._write import write_parts

COUNTS: Final = ("asked", "answered", "not_applicable", "dont_know", "unanswered")
RANKS: Final = tuple(f"rank_{rank}" for rank in range(_kernel.MAX_RANKS))
_SHARES: Final = (
    ("share_ideal", "ideal", "with_ideal_line"),
    ("share_acceptable", "acceptable", "with_acceptable_line"),
    ("share_at_target", "at_target", "with_target"),
)
_TEXTS: Final = ("respondent", "name")
_OFTEN: Final = ("team", "school", "district", "map", "round", "rater", "section")
SCHEMA: Final[dict[str, Any]] = {
    **dict.fromkeys((*WHO, "section"), pl.String),
    "date": pl.Date,
    **dict.fromkeys(COUNTS, pl.UInt16),
    **{name: pl.Float64 for name, _, _ in _SHARES},
    **dict.fromkeys(RANKS, pl.UInt16),
    "index": pl.Float64,
    "critical_below": pl.UInt16,
}


@dataclass(frozen=True, slots=True)
class Scored:
    """What became of tables that were scored.

    Attributes:
        reading: Their rows and problems.
        assessments: How many assessments were scored.
        rows: How many rows were written.
    """

    reading: Reading
    assessments: int
    rows: int


def score_table(
    table: pl.DataFrame,
    *,
    policy: PolicyName | None = None,
    min_answered: float = DEFAULT_MIN_ANSWERED,
    catalog: Catalog | None = None,
) -> pl.DataFrame:
    """Score a long or wide table of placements.

    Args:
        table: The columns of DESIGN section 3, of any type that reads as text.
        policy: The scoring policy; each map's own if None.
        min_answered: Share of the applicable rows below which the `rank-index` is withheld.
        catalog: Where its maps are found; the bundled maps if None.

    Returns:
        One row an assessment and section, the whole first with no `section`: who and when, then
        the five counts, the three shares, the components at each rank, the policy's number and how
        many critical components are below acceptable. What cannot be said is null.

    Raises:
        ContentError: If a column that is needed is missing, or any row has a problem.
        ValueError: If the policy is unknown, or `min_answered` is not from 0 to 1.

    Source:
        DESIGN section 5.
    """
    parts, reading = from_frame(table, default_catalog() if catalog is None else catalog)
    if reading.problems:
        raise ContentError(reading.problems)
    frames = [score_part(part, policy, min_answered=min_answered) for part in parts]
    return pl.concat([no_scores(), *frames]).cast(pl.Schema(SCHEMA))


def score_file(
    source: str | Path | Sequence[str | Path],
    target: str | Path,
    *,
    policy: PolicyName | None = None,
    min_answered: float = DEFAULT_MIN_ANSWERED,
    catalog: Catalog | None = None,
) -> Scored:
    """Score table files part by part into another; memory does not grow with the tables.

    Args:
        source: The table, or several.
        target: Where to write, as `write_table` does.
        policy: The scoring policy; each map's own if None.
        min_answered: Share of the applicable rows below which the `rank-index` is withheld.
        catalog: Where its maps are found; the bundled maps if None.

    Returns:
        What was read and written; rows with problems are left out.

    Raises:
        ContentError: If a table cannot be read, or lacks a column that is needed.
        RenderError: If the target cannot be written, or is one of the tables.
        ValueError: If the policy is unknown, or `min_answered` is not from 0 to 1.
    """
    sources = [Path(path) for path in ([source] if isinstance(source, str | Path) else source)]
    if Path(target).resolve() in [path.resolve() for path in sources]:
        raise RenderError(
            f"{str(target)!r} is the table itself; the placements in it would be lost; "
            "name another file"
        )
    reading, assessments = Reading(), 0

    def scored() -> Iterator[pl.DataFrame]:
        nonlocal assessments
        yield no_scores()
        for path in sources:
            for part in read_parts(path, reading, catalog=catalog):
                assessments += part.who.height
                yield score_part(part, policy, min_answered=min_answered)

    rows = write_parts(scored(), target)
    return Scored(reading, assessments, rows)


def score_part(
    part: Part, policy: PolicyName | None = None, *, min_answered: float = DEFAULT_MIN_ANSWERED
) -> pl.DataFrame:
    """Return the scores of some assessments of one map.

    The columns are those of `score_table`; texts that come often are categories, which are written
    four times as fast.
    """
    scores = score_matrix(part.ranks, part.compiled, policy, min_answered=min_answered)
    counts, people = scores.counts, part.who.height
    who = part.who.with_columns(pl.col("date").str.to_date("%Y-%m-%d"))
    who = who.cast(dict.fromkeys(set(WHO) & set(_OFTEN), pl.Categorical))
    who = who.select(pl.all().gather(np.repeat(np.arange(people), len(scores.sections))))
    columns = [pl.concat([pl.Series("section", scores.sections, pl.Categorical)] * people)]
    columns += [_whole(name, getattr(counts, name)) for name in COUNTS]
    for name, part_of, whole in _SHARES:
        columns.append(_share(name, getattr(counts, part_of), getattr(counts, whole)))
    width = counts.by_rank.shape[1]
    columns += [_whole(name, counts.by_rank[:, rank]) for rank, name in enumerate(RANKS[:width])]
    columns += [_same(name, 0, who.height) for name in RANKS[width:]]
    if scores.index is None:
        columns.append(_same("index", None, who.height))
    else:
        columns.append(pl.Series("index", scores.index.T.reshape(-1), nan_to_null=True))
    return who.hstack([*columns, _whole("critical_below", counts.critical_below)])


def no_scores() -> pl.DataFrame:
    """Return the columns of `score_part` without a row."""
    return pl.DataFrame(schema={**SCHEMA, **dict.fromkeys(_OFTEN, pl.Categorical)})


def _turned(counts: _kernel.Counters) -> npt.NDArray[np.uint16]:
    """Return counts of (S, A), the sections of one assessment one after the other."""
    return np.ascontiguousarray(counts.T, np.uint16).reshape(-1)


def _whole(name: str, counts: _kernel.Counters) -> pl.Series:
    return pl.Series(name, _turned(counts))


def _same(name: str, value: int | None, length: int) -> pl.Series:
    return pl.repeat(value, length, dtype=SCHEMA[name], eager=True).alias(name)


def _share(name: str, part: _kernel.Counters, whole: _kernel.Counters) -> pl.Series:
    with np.errstate(invalid="ignore"):  # none of none is no share
        share = np.divide(_turned(part), _turned(whole), dtype=np.float64)
    return pl.Series(name, share, nan_to_null=True)
