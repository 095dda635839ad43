"""Tables in several files: each scored by itself, here or on the workers of a Dask cluster.

The same function scores a partition in this process and on a cluster. What comes back are sums of
integers, which are merged as they arrive, so the result does not depend on who did what, or when.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from icmaps._files import sweep_drafts
from icmaps.content import Catalog
from icmaps.errors import ContentError, Problem, RenderError
from icmaps.models import PolicyName
from icmaps.scoring import DEFAULT_MIN_ANSWERED
from icmaps.tables._read import read_parts
from icmaps.tables._reading import Reading, Seen
from icmaps.tables._score import no_scores, score_part
from icmaps.tables._totals import count_part, merged
from icmaps.tables._write import write_parts

if TYPE_CHECKING:
    from distributed import Client


@dataclass(frozen=True, slots=True, eq=False)
class Partitions:
    """What became of tables that were scored side by side.

    Attributes:
        files: The scores of each table, in the order of the tables; None where one could not be
            read at all.
        counts: All counts, as `merged` returns them.
        assessments: How many assessments were scored.
        rows: How many rows were written.
        refused: Rows of which nothing could be kept.
        repeated: Assessments that stand in more than one table, and were counted more than once.
        problems: What is wrong, by file, row and column; at most 1,000 of each file.
        untold: How many more problems there are.
    """

    files: tuple[Path | None, ...]
    counts: pl.DataFrame
    assessments: int
    rows: int
    refused: int
    repeated: int
    problems: tuple[Problem, ...]
    untold: int


@dataclass(frozen=True, slots=True, eq=False)
class _Done:
    """What a worker sends back of one table."""

    place: int
    file: Path | None
    counts: pl.DataFrame
    rows: int
    reading: Reading
    keys: npt.NDArray[np.uint64]


def score_partitions(
    sources: Sequence[str | Path],
    folder: str | Path,
    client: "Client | None" = None,
    *,
    policy: PolicyName | None = None,
    min_answered: float = DEFAULT_MIN_ANSWERED,
    maps: Sequence[str | Path] = (),
) -> Partitions:
    """Score tables side by side, one file of scores each.

    A worker that dies takes nothing along: its tables are scored again elsewhere, and a file is
    there whole or not at all.

    Args:
        sources: The tables; each assessment in one of them only.
        folder: Where the scores go, as Parquet files; made if it is not there. On a cluster, all
            workers see it, and the tables and maps, under the same names.
        client: The cluster; without one, the tables are scored here, one after the other.
        policy: The scoring policy; each map's own if None.
        min_answered: Share of the applicable rows below which the `rank-index` is withheld.
        maps: Maps folders searched before the bundled maps.

    Raises:
        RenderError: If the folder or a file in it cannot be written.
        ValueError: If the policy is unknown, or `min_answered` is not from 0 to 1.
    """
    folder = Path(folder).resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise RenderError(f"{str(folder)!r} cannot be made: {reason}; name another") from None
    paths = [Path(source).resolve() for source in sources]
    tasks = [
        (place, path, folder / f"{place:05d}-{path.stem}.parquet")
        for place, path in enumerate(paths)
    ]
    folders = tuple(Path(name).resolve() for name in maps)
    one = partial(_score_one, maps=folders, policy=policy, min_answered=min_answered)
    done = map(one, tasks) if client is None else _on_cluster(client, one, tasks)
    result = _merged(done, len(tasks))
    for _, _, target in tasks:
        sweep_drafts(folder, target.name)  # of a worker that died
    return result


def _on_cluster(client: "Client", one: Any, tasks: Sequence[Any]) -> Iterator[_Done]:
    from distributed import as_completed

    futures = client.map(one, tasks, pure=False)
    for future in as_completed(futures):
        yield future.result()
        future.release()


def _score_one(
    task: tuple[int, Path, Path],
    *,
    maps: tuple[Path, ...],
    policy: PolicyName | None,
    min_answered: float,
) -> _Done:
    """Score one table; what cannot be read at all is a problem of that table."""
    place, source, target = task
    reading = Reading()
    counts = merged([])

    def scored() -> Iterator[pl.DataFrame]:
        nonlocal counts
        yield no_scores()
        for part in read_parts(source, reading, catalog=_catalog(maps)):
            counts = merged([counts, count_part(part)])
            yield score_part(part, policy, min_answered=min_answered)

    try:
        rows = write_parts(scored(), target)
    except ContentError as error:
        unread = Reading(problems=list(error.problems))
        return _Done(place, None, merged([]), 0, unread, np.empty(0, np.uint64))
    keys = reading.seen.keys()
    return _Done(place, target, counts, rows, replace(reading, seen=Seen()), keys)


@lru_cache(maxsize=4)
def _catalog(maps: tuple[Path, ...]) -> Catalog:
    """Return a catalog that a worker keeps from one table to the next."""
    return Catalog(maps)


def _merged(pieces: Iterator[_Done], number: int) -> Partitions:
    files: list[Path | None] = [None] * number
    counts, seen = merged([]), Seen()
    assessments = rows = refused = repeated = untold = 0
    problems: list[Problem] = []
    for done in pieces:
        files[done.place] = done.file
        counts = merged([counts, done.counts])
        rows += done.rows
        refused += done.reading.refused
        untold += done.reading.untold
        problems += done.reading.problems
        assessments += len(done.keys)
        repeated += int(np.count_nonzero(~seen.first(done.keys)))
    return Partitions(
        files=tuple(files),
        counts=counts,
        assessments=assessments,
        rows=rows,
        refused=refused,
        repeated=repeated,
        problems=tuple(sorted(problems)),
        untold=untold,
    )
