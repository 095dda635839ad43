"""Tables in several files: here or on a cluster, whole or after a death, the sums are the same."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters import two_workers
from icmaps.errors import RenderError
from icmaps.tables import (
    Partitions,
    Reading,
    count_part,
    merged,
    read_parts,
    score_partitions,
    score_table,
    write_table,
)
from tables.made import CATALOG, COMPONENTS, LEVELS, Case, cases, folder, law

if TYPE_CHECKING:
    from distributed import Client

MAPS: Final = Path(__file__).parent.parent / "data" / "good"
COUNTS: Final = ("asked", "answered", "not_applicable", "dont_know", "unanswered", "rank_0",
                 "rank_1", "rank_2", "rank_3", "rank_4", "rank_5", "critical_below")  # fmt: skip
BY: Final = ("map", "round", "rater", "district", "school")


def expected(table: pl.DataFrame) -> pl.DataFrame:
    """The counts of a table, added up by polars from its scores."""
    scores = score_table(table, catalog=CATALOG)
    sums = [pl.len().cast(pl.Int64).alias("assessments"), pl.col(COUNTS).cast(pl.Int64).sum()]
    return scores.group_by(*BY, "section").agg(sums).sort(*BY, "section")


@law
@given(cases(12), st.integers(1, 4))
def test_merged_counts_are_the_sums_of_the_scores(case: Case, rows: int) -> None:
    with folder() as here:
        write_table(case.wide, here / "table.csv")
        parts = list(read_parts(here / "table.csv", Reading(), catalog=CATALOG, rows=rows))
    counts = [count_part(part) for part in parts]
    whole = expected(case.wide)

    assert merged(counts).select(whole.columns).equals(whole)
    assert merged(reversed(counts)).equals(merged(counts))
    assert merged([merged(counts[:1]), merged(counts[1:])]).equals(merged(counts))


def many(people: int, seed: int) -> pl.DataFrame:
    """A table of people on one map, those of each of seven schools here and there."""
    random = np.random.default_rng(seed)
    levels = LEVELS["example/teacher@1.0.0"]
    cells = {
        name: random.choice([*codes, "NA", "DK", ""], people).tolist()
        for name, codes in levels.items()
    }
    who = {
        "respondent": [f"E-{seed}-{number}" for number in range(people)],
        "school": [f"School {number % 7}" for number in range(people)],
        "district": ["North"] * people,
        "map": ["example/teacher@1.0.0"] * people,
        "round": ["2026-fall"] * people,
        "date": ["2026-11-20"] * people,
    }
    return pl.DataFrame({**who, **cells})


def partitions(here: Path, number: int, people: int) -> list[Path]:
    paths = [here / f"part-{place}.parquet" for place in range(number)]
    for place, path in enumerate(paths):
        write_table(many(people, place), path)
    return paths


def score_here(paths: list[Path], here: Path) -> Partitions:
    return score_partitions(paths, here / "here", maps=[MAPS])


def assert_same(one: Partitions, other: Partitions) -> None:
    names = ("assessments", "rows", "refused", "repeated", "problems", "untold")
    assert [getattr(one, name) for name in names] == [getattr(other, name) for name in names]
    assert one.counts.equals(other.counts)
    for mine, theirs in zip(one.files, other.files, strict=True):
        assert (mine is None) == (theirs is None)
        if mine and theirs:
            assert pl.read_parquet(mine).equals(pl.read_parquet(theirs))


def test_partitions_give_what_one_table_gives(tmp_path: Path) -> None:
    paths = partitions(tmp_path, 3, 100)
    done = score_here(paths, tmp_path)
    whole = expected(pl.concat([many(100, seed) for seed in range(3)]))

    assert (done.assessments, done.rows, done.refused, done.repeated) == (300, 1_800, 0, 0)
    assert done.counts.select(whole.columns).equals(whole)
    assert [file and file.name for file in done.files] == [
        "00000-part-0.parquet",
        "00001-part-1.parquet",
        "00002-part-2.parquet",
    ]


def test_problems_of_all_partitions_are_told_by_file_row_and_column(tmp_path: Path) -> None:
    (bad, good) = partitions(tmp_path, 2, 3)
    write_table(many(3, 0).with_columns(date=pl.Series(["2026-11-20", "x", None])), bad)
    (tmp_path / "none.csv").write_text("nothing\n")
    done = score_here([good, bad, tmp_path / "none.csv"], tmp_path)

    assert [(Path(p.file).name, p.line, p.column) for p in done.problems] == [
        *[("none.csv", 1, 1)] * 4,
        ("part-0.parquet", 3, 6),
        ("part-0.parquet", 4, 6),
    ]
    assert (done.assessments, done.refused) == (4, 2)
    assert done.files[2] is None


def test_assessment_in_two_partitions_is_noticed(tmp_path: Path) -> None:
    paths = partitions(tmp_path, 2, 50)
    write_table(pl.concat([many(50, 1), many(10, 0).head(7)]), paths[1])

    assert score_here(paths, tmp_path).repeated == 7


def test_what_a_dead_worker_left_behind_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / ".00000-part-0.parquet.123.draft").write_text("half")
    done = score_here(partitions(tmp_path, 1, 10), tmp_path)

    assert list((tmp_path / "here").iterdir()) == [*done.files]


def test_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RenderError, match="cannot be made: file exists; name another"):
        score_partitions([], tmp_path / "file")


# ---- on a cluster --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def client() -> Iterator["Client"]:
    with two_workers() as connected:
        yield connected


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # of Dask's own threads and sockets
def test_cluster_of_two_processes_gives_the_same_to_the_last_integer(
    tmp_path: Path, client: "Client"
) -> None:
    paths = partitions(tmp_path, 8, 500)
    paths.append(tmp_path / "missing.parquet")
    there = score_partitions(paths, tmp_path / "there", client, maps=[MAPS])

    assert len(client.scheduler_info()["workers"]) == 2
    assert len(set(client.run(os.getpid).values()) | {os.getpid()}) == 3
    assert_same(there, score_here(paths, tmp_path))
    assert there.assessments == 4_000


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_worker_killed_on_the_way_changes_nothing(tmp_path: Path, client: "Client") -> None:
    paths = partitions(tmp_path, 24, 4_000)
    target = tmp_path / "there"
    victim = next(iter(client.run(os.getpid).values()))
    killed: list[int] = []

    def kill() -> None:
        last = monotonic() + 60
        while not any(target.glob("*.parquet")) and monotonic() < last:
            sleep(0.005)
        killed.append(len(list(target.glob("*.parquet"))))
        os.kill(victim, signal.SIGKILL)

    killer = Thread(target=kill)
    killer.start()
    there = score_partitions(paths, target, client, maps=[MAPS])
    killer.join()

    assert 0 < killed[0] < 24, "it was killed before the first or after the last table"
    assert victim not in client.run(os.getpid).values()
    assert sorted(path.name for path in target.iterdir()) == sorted(
        file.name for file in there.files if file
    )
    assert_same(there, score_here(paths, tmp_path))


def test_components_of_the_maps_differ() -> None:
    assert len(COMPONENTS) == sum(map(len, LEVELS.values())), "wide tables would mix them up"
