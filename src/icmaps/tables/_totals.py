"""Counts added up over many assessments: integers, so that partial sums merge exactly."""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import polars as pl

from icmaps import _kernel
from icmaps.scoring import score_matrix
from icmaps.tables._reading import Part
from icmaps.tables._score import COUNTS, RANKS

GROUPS: Final = ("map", "round", "rater", "district", "school")
_LINES: Final = (
    "ideal",
    "with_ideal_line",
    "acceptable",
    "with_acceptable_line",
    "at_target",
    "with_target",
    "critical_below",
)
_SUMS: Final = ("assessments", *COUNTS, *RANKS, *_LINES)


def count_part(part: Part, by: Sequence[str] = GROUPS) -> pl.DataFrame:
    """Return what `score_part` counts, added up over the assessments of each group.

    These are sums for further computing, not figures to publish: a small group hides nobody. What
    can be told of groups is for `icmaps.groups` to say.

    Args:
        part: The assessments.
        by: What makes a group: columns of `WHO`.

    Returns:
        One row a group and section, the whole with no `section`: the columns of `by`, `section`,
        `assessments`, the five counts, the components at each rank, and how many of the answered
        components are ideal, acceptable and at target, out of how many that have such a line.

    Source:
        Sums of integers are the same in any order; see `merged`.
    """
    groups = part.who.select(by).unique(maintain_order=True).with_row_index("\0number")
    joined = part.who.select(by).join(groups, on=by, nulls_equal=True, maintain_order="left")
    numbers = joined["\0number"].to_numpy()
    order = np.argsort(numbers, kind="stable")
    starts = np.searchsorted(numbers[order], np.arange(groups.height))
    scores = score_matrix(part.ranks, part.compiled, "distribution")
    counts, width = scores.counts, scores.counts.by_rank.shape[1]
    none = np.zeros_like(counts.asked)
    arrays: dict[str, _kernel.Counters] = {
        "assessments": none + 1,
        **{name: getattr(counts, name) for name in (*COUNTS, *_LINES)},
        **{
            name: counts.by_rank[:, rank] if rank < width else none
            for rank, name in enumerate(RANKS)
        },
    }
    section = pl.Series("section", scores.sections, pl.String)
    rows = groups.select(by).select(
        pl.all().gather(np.tile(np.arange(groups.height), len(section)))
    )
    sums = [
        pl.Series(
            name, np.add.reduceat(arrays[name][:, order], starts, axis=1, dtype=np.int64).ravel()
        )
        for name in _SUMS
    ]
    return rows.hstack([section.gather(np.repeat(np.arange(len(section)), groups.height)), *sums])


def merged(counts: Iterable[pl.DataFrame], by: Sequence[str] = GROUPS) -> pl.DataFrame:
    """Return partial sums as one table; to the last integer the same in any order.

    Args:
        counts: What `count_part` returned for the parts.
        by: What made a group there.

    Returns:
        One row a group and section, in alphabetical order.
    """
    keys = (*by, "section")
    nothing = pl.DataFrame(
        schema={**dict.fromkeys(keys, pl.String), **dict.fromkeys(_SUMS, pl.Int64)}
    )
    together = pl.concat([nothing, *counts])
    return together.group_by(keys).agg(pl.col(_SUMS).sum()).sort(keys)
