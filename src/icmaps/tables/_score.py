"""Scores of whole tables: one row an assessment and section."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from icmaps.content import Catalog, default_catalog
from icmaps.errors import ContentError
from icmaps.models import PolicyName
from icmaps.scoring import DEFAULT_MIN_ANSWERED, score_matrix
from icmaps.tables._files import write_parts
from icmaps.tables._read import Part, Reading, from_frame, read_parts

_COUNTS = ("asked", "answered", "not_applicable", "dont_know", "unanswered")
_SHARES = (
    ("share_ideal", "ideal", "with_ideal_line"),
    ("share_acceptable", "acceptable", "with_acceptable_line"),
    ("share_at_target", "at_target", "with_target"),
)
_MOST_RANKS = 6


@dataclass(frozen=True, slots=True)
class Scored:
    """What became of a table that was scored.

    Attributes:
        reading: Its rows and their problems.
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
        many critical components are below acceptable.

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
    return pl.concat(frames) if frames else pl.DataFrame()


def score_file(
    source: Path,
    target: Path,
    *,
    policy: PolicyName | None = None,
    min_answered: float = DEFAULT_MIN_ANSWERED,
    catalog: Catalog | None = None,
) -> Scored:
    """Score a table file part by part into another; memory does not grow with the table.

    Args:
        source: The table.
        target: Where to write, as `write_table` does.
        policy: The scoring policy; each map's own if None.
        min_answered: Share of the applicable rows below which the `rank-index` is withheld.
        catalog: Where its maps are found; the bundled maps if None.

    Returns:
        What was read and written; rows with problems are left out.

    Raises:
        ContentError: If the table cannot be read, or lacks a column that is needed.
        RenderError: If the target cannot be written.
    """
    reading, assessments = Reading(), 0

    def scored() -> Iterator[pl.DataFrame]:
        nonlocal assessments
        for part in read_parts(source, reading, catalog=catalog):
            assessments += part.who.height
            yield score_part(part, policy, min_answered=min_answered)

    rows = write_parts(scored(), target)
    return Scored(reading, assessments, rows)


def score_part(
    part: Part, policy: PolicyName | None, *, min_answered: float = DEFAULT_MIN_ANSWERED
) -> pl.DataFrame:
    """Return the scores of some assessments of one map; see `score_table`."""
    scores = score_matrix(part.ranks, part.compiled, policy, min_answered=min_answered)
    sections, people = len(scores.sections), part.who.height
    names = pl.Series("section", scores.sections, pl.Categorical)
    columns = [names.gather(np.repeat(np.arange(sections), people))]
    counts = scores.counts
    columns += [pl.Series(name, getattr(counts, name).reshape(-1)) for name in _COUNTS]
    for name, part_of, whole in _SHARES:
        columns.append(_share(name, getattr(counts, part_of), getattr(counts, whole)))
    width = counts.by_rank.shape[1]
    for rank in range(_MOST_RANKS):
        at = counts.by_rank[:, rank] if rank < width else np.zeros((sections, people), np.uint8)
        columns.append(pl.Series(f"rank_{rank}", np.ascontiguousarray(at).reshape(-1)))
    if scores.index is None:
        index = pl.repeat(None, sections * people, dtype=pl.Float32, eager=True).alias("index")
    else:
        index = _floats("index", scores.index)
    columns += [index, pl.Series("critical_below", counts.critical_below.reshape(-1))]
    who = pl.concat([part.who] * sections)
    return who.hstack(columns)


def _share(name: str, part: npt.NDArray[Any], whole: npt.NDArray[Any]) -> pl.Series:
    share = np.full(part.shape, np.nan, np.float32)
    np.divide(part, whole, out=share, where=whole > 0, dtype=np.float32, casting="unsafe")
    return _floats(name, share)


def _floats(name: str, values: npt.NDArray[Any]) -> pl.Series:
    return pl.Series(name, values.reshape(-1), pl.Float32).fill_nan(None)
