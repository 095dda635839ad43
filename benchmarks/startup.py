"""Milliseconds until a program that uses icmaps is done, next to a Python that does nothing.

Run by hand: `python benchmarks/startup.py [RUNS]`. Whole processes by the clock on the wall;
medians. The programs take turns, so that a busy machine hurts all alike.
"""

import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

from _table import machine, show

ROOT: Final = Path(__file__).resolve().parent.parent
TEACHER: Final = str(ROOT / "maps" / "spl-2022" / "teacher-1.0.0.yaml")
ASSESSMENT: Final = str(ROOT / "examples" / "jordan-ames-2026-fall.yaml")
ICMAPS: Final = str(Path(sys.executable).with_name("icmaps"))
RUNS: Final = 15

# What, the command, the budget.
PROGRAMS: Final = (
    ("python -c pass", [sys.executable, "-c", "pass"], ""),
    ("python -c 'import icmaps'", [sys.executable, "-c", "import icmaps"], "150"),
    ("icmaps --help", [ICMAPS, "--help"], "300"),
    ("icmaps validate, one map", [ICMAPS, "validate", TEACHER], ""),
    ("icmaps score, one assessment", [ICMAPS, "score", ASSESSMENT], ""),
)


def milliseconds(command: list[str]) -> float:
    start = perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return 1e3 * (perf_counter() - start)


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    rounds = [[milliseconds(command) for _, command, _ in PROGRAMS] for _ in range(1 + runs)]
    medians = [median(column) for column in zip(*rounds[1:], strict=True)]
    print(machine("icmaps", "typer", "pydantic", "numpy"))
    print(f"milliseconds of a whole process, medians of {runs}\n")
    rows = [
        (what, f"{used:.0f}", budget, f"{used / medians[0]:.1f} x")
        for (what, _, budget), used in zip(PROGRAMS, medians, strict=True)
    ]
    show(("", "median", "budget", "bare Python"), rows)


if __name__ == "__main__":
    main()
