"""Milliseconds to load maps, next to PyYAML's C loader on the same files.

Run by hand: `python benchmarks/loading.py [RUNS]`. Every run is the first call of an interpreter of
its own; medians. The peer only parses: it keeps no positions, checks nothing and builds no model.
"""

import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Final

from _table import machine, show

MAPS: Final = Path(__file__).resolve().parent.parent / "maps"
FILES: Final = sorted(map(str, MAPS.rglob("*.yaml")))
MAP: Final = "spl-2022/teacher"
ITS_FILES: Final = [
    str(MAPS / "spl-2022" / f"{name}-1.0.0.yaml") for name in ("framework", "teacher")
]
RUNS: Final = 11

LOAD_ONE: Final = f"icmaps.load_map({MAP!r})"
LOAD_ALL: Final = "list(icmaps.Catalog().maps())"
VALIDATE: Final = "assert not any(map(icmaps.Catalog().validate, map(Path, files)))"
ADVISE: Final = (
    "c = icmaps.Catalog(); every = list(c.maps()); "
    "[icmaps.lint.lint(m, c.framework(m.framework), every) for m in every]"
)
PARSE: Final = "[yaml.load(Path(file).read_bytes(), yaml.CSafeLoader) for file in files]"

# What, the module imported before the clock starts, the work, its files, the budget.
TASKS: Final = (
    ("load one map, after `import icmaps`", "icmaps", LOAD_ONE, ITS_FILES, ""),
    ("load one map", "icmaps.content", LOAD_ONE, ITS_FILES, "30"),
    ("load all maps", "icmaps.content", LOAD_ALL, FILES, "500"),
    ("validate all files", "icmaps.content", VALIDATE, FILES, ""),
    ("advice on all maps, texts compared", "icmaps.lint", ADVISE, FILES, "5000"),
)


def milliseconds(module: str, work: str, files: list[str]) -> float:
    """Return how long one statement takes in a fresh interpreter that has imported a module."""
    program = f"""
import sys, {module}
from pathlib import Path
from time import perf_counter
files = sys.argv[1:]
start = perf_counter()
{work}
print(1e3 * (perf_counter() - start))
"""
    ran = subprocess.run(
        [sys.executable, "-c", program, *files], check=True, stdout=subprocess.PIPE, text=True
    )
    return float(ran.stdout)


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    rows = []
    for what, module, work, files, budget in TASKS:
        pairs = [
            (milliseconds(module, work, files), milliseconds("yaml", PARSE, files))
            for _ in range(runs)
        ]
        ours, parsing = map(median, zip(*pairs, strict=True))
        numbers = f"{ours:.0f}", budget, f"{parsing:.0f}", f"{ours / parsing:.1f} x"
        rows.append((what, str(len(files)), *numbers))
    print(machine("icmaps", "pydantic", "pyyaml"))
    print(f"milliseconds, medians of {runs}\n")
    show(("", "files", "icmaps", "budget", "PyYAML's C loader", "we use"), rows)


if __name__ == "__main__":
    main()
