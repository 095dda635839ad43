"""Scoring a Parquet table of placements, next to polars counting the same placements by section.

Run by hand: `python benchmarks/big_tables.py [ASSESSMENTS]`. All cores, each line in a process of
its own, so that its memory is its own; medians of the times, maximum of the memory.

The budget of DESIGN section 9, 5 s and 1 GB for a million assessments, is for reading and scoring,
the second line. Written, the scores are 48 rows an assessment: the third line is mostly Parquet.

The peer melts the table to a row a placement, joins each component with the sections it lies in and
counts by assessment and section: what a polars user would write. It checks nothing, knows no line
and no target, and gives 5 of the 15 counts; so that it fits into memory it gets the table in parts
of the same size, and its result is thrown away, as ours is in the second line.
"""

import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any, Final

import numpy as np
import polars as pl

from _table import machine, show
from icmaps.content import Catalog
from icmaps.models import Framework, ICMap
from icmaps.scoring import CompiledMap, compile_map
from icmaps.tables import Reading, read_parts, score_file, score_part
from kernel import COMPONENTS, tree

RUNS: Final = 3
CODES: Final = ("1", "2", "3", "4")
CELLS: Final = np.array([*CODES, "NA", "DK", ""])
LIKELY: Final = (0.2, 0.3, 0.2, 0.15, 0.05, 0.05, 0.05)
WAYS: Final = {
    "read": "read and checked",
    "score": "read, checked and scored",
    "parquet": "the same, written as Parquet",
    "polars": "polars: melt, join, count",
}


def framework() -> dict[str, Any]:
    """Return the tree of the kernel's benchmark as the data of a file: 48 sections."""
    parent, _ = tree()
    sections: list[dict[str, Any]] = [
        {"id": f"s{number}", "kind": "standard", "title": "T", "sections": []}
        for number in range(len(parent))
    ]
    for section, above in zip(sections, parent, strict=True):
        if above >= 0:
            sections[above]["sections"].append(section)
    return {
        "schema": "icmaps/framework/1",
        "id": "wide",
        "version": "1.0.0",
        "title": "T",
        "issuer": "I",
        "edition": "E",
        "sections": sections[0]["sections"],
    }


def wide_map() -> dict[str, Any]:
    """Return its map of 50 rows: four levels, both lines, half with a target."""
    _, leaves = tree()
    homes = sorted(leaves[row % len(leaves)] for row in range(COMPONENTS))
    components = [
        {
            "id": f"c{number}",
            "section": f"s{home}",
            "title": "Does it",
            "critical": number % 5 == 0,
            "fidelity": {"ideal_until": "1", "acceptable_until": "2"},
            "target": "3" if number % 2 else None,
            "variations": dict.fromkeys(CODES, "text"),
        }
        for number, home in enumerate(homes)
    ]
    return {
        "schema": "icmaps/map/1",
        "id": "wide/role",
        "version": "1.0.0",
        "title": "Role",
        "framework": "wide@1.0.0",
        "scale": [{"code": code} for code in CODES],
        "components": components,
    }


class OneMap(Catalog):
    """The bundled maps, and this one."""

    def framework(self, reference: str, beside: Path | None = None) -> Framework:
        """Return a framework."""
        if reference == "wide@1.0.0":
            return FRAMEWORK
        return super().framework(reference, beside)

    def map(self, name: str) -> ICMap:
        """Return a map."""
        return MAP if name == "wide/role@1.0.0" else super().map(name)


FRAMEWORK: Final = Framework.model_validate(framework())
MAP: Final = ICMap.model_validate(wide_map())
CATALOG: Final = OneMap()


def table(size: int) -> pl.DataFrame:
    """Return a wide table: fifty people a school, a hundred schools a district."""
    rng = np.random.default_rng(20261120)
    who = {
        "respondent": [f"E-{number}" for number in range(size)],
        "school": [f"School {number // 50}" for number in range(size)],
        "district": [f"District {number // 5_000}" for number in range(size)],
        "map": [MAP.reference] * size,
        "round": ["2026-fall"] * size,
        "date": ["2026-11-20"] * size,
    }
    return pl.DataFrame(who).with_columns(
        pl.Series(f"c{number}", CELLS[rng.choice(len(CELLS), size, p=LIKELY)])
        for number in range(COMPONENTS)
    )


def read(path: Path) -> None:
    for _ in read_parts(path, Reading(), catalog=CATALOG):
        pass


def score(path: Path) -> None:
    for part in read_parts(path, Reading(), catalog=CATALOG):
        score_part(part)


def parquet(path: Path) -> None:
    score_file(path, path.with_name("scores.parquet"), catalog=CATALOG)


def with_polars(path: Path, rows: int = 16_384) -> None:
    lazy = pl.scan_parquet(path)
    for start in range(0, lazy.select(pl.len()).collect().item(), rows):
        counted(lazy.slice(start, rows).collect())


def counted(part: pl.DataFrame) -> pl.DataFrame:
    """Return the placements of each assessment and section by level, as polars counts them."""
    compiled: CompiledMap = compile_map(MAP, FRAMEWORK)
    names = [None, *(section.id for section in compiled.sections)]
    above = []
    for component, home in zip(compiled.columns, compiled.kernel.home.tolist(), strict=True):
        section = home
        while section >= 0:
            above.append({"component": component, "section": names[section]})
            section = int(compiled.kernel.parent[section])
    ids = list(compiled.columns)
    return (
        part.lazy()
        .unpivot(ids, index="respondent", variable_name="component", value_name="level")
        .join(pl.LazyFrame(above), on="component")
        .group_by("respondent", "section")
        .agg(pl.len().alias("asked"), *((pl.col("level") == c).sum().alias(c) for c in CODES))
        .collect()
    )


def check(part: pl.DataFrame, path: Path) -> None:
    """Stop if polars and we do not agree."""
    part.write_parquet(path)
    (placed,) = read_parts(path, Reading(), catalog=CATALOG)
    ranks = [f"rank_{rank}" for rank in range(len(CODES))]
    key = ["respondent", "section"]
    ours = score_part(placed).select(*key, "asked", *ranks).cast({"section": pl.String}).sort(key)
    theirs = counted(part).select(*key, "asked", *CODES).sort(key)
    if ours.rows() != theirs.rows():
        raise SystemExit("polars and icmaps disagree")


def one(way: str, path: Path) -> None:
    """Print the seconds, the seconds of all cores and the megabytes of one way."""
    ways: dict[str, Callable[[Path], None]] = {
        "read": read,
        "score": score,
        "parquet": parquet,
        "polars": with_polars,
    }
    start, used = perf_counter(), process_time()
    ways[way](path)
    seconds, cpu = perf_counter() - start, process_time() - used
    print(seconds, cpu, most_memory())


def most_memory() -> float:
    """Return the most megabytes this process has held."""
    if sys.platform == "linux":  # there, `getrusage` counts the process that started us as well
        lines = Path("/proc/self/status").read_text("utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024


def measured(way: str, path: Path) -> tuple[float, float, float]:
    """Return the same, the medians of several processes and the most memory."""
    command = [sys.executable, __file__, "--one", way, str(path)]
    runs = [
        tuple(map(float, subprocess.run(command, capture_output=True, check=True).stdout.split()))
        for _ in range(RUNS)
    ]
    seconds, cpu, memory = zip(*runs, strict=True)
    return median(seconds), median(cpu), max(memory)


def main() -> None:
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], Path(sys.argv[3]))
        return
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table.parquet"
        check(table(1_000), path)
        table(size).write_parquet(path)
        megabytes = path.stat().st_size / 1e6
        found = {way: measured(way, path) for way in WAYS}
        written = path.with_name("scores.parquet").stat().st_size / 1e6
    sections = len(compile_map(MAP, FRAMEWORK).sections) + 1
    print(machine("polars", "numpy"))
    print(
        f"{size:,} assessments x {COMPONENTS} components ({megabytes:.0f} MB) to {sections} "
        f"sections: {size * sections:,} rows ({written:.0f} MB)\n"
    )
    peer = found["polars"][0]
    rows = [
        (WAYS[way], f"{seconds:.2f} s", f"{cpu:.2f} s", f"{memory:.0f} MB", f"{peer / seconds:.1f}")
        for way, (seconds, cpu, memory) in found.items()
    ]
    show(("", "time", "CPU", "memory", "times polars"), rows)


if __name__ == "__main__":
    main()
