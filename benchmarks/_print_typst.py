"""Typst's part of print_run.py: `_print_typst.py PROCESSES FROM INTO FONTS`.

Prints every view in a folder with `_report.typ`, in so many processes. Each keeps its compiler, and
with it what Typst remembers of the reports before.
"""

import sys
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Final, cast

import typst

TEMPLATE: Final = Path(__file__).with_name("_report.typ")


@cache
def compiler(fonts: Path) -> typst.Compiler:
    return typst.Compiler(input=TEMPLATE, font_paths=[fonts], ignore_system_fonts=True)


def write(file: Path, target: Path, fonts: Path) -> None:
    inputs = {"view": file.read_text("utf-8"), "round": "0"}
    pdf = compiler(fonts).compile(format="pdf", sys_inputs=inputs, pdf_standards="ua-1")
    (target / f"{file.stem}.pdf").write_bytes(cast("bytes", pdf))


def main(processes: int, source: Path, target: Path, fonts: Path) -> None:
    tasks = [(file, target, fonts) for file in sorted(source.glob("*.json"))]
    with get_context("spawn").Pool(processes) as pool:
        pool.starmap(write, tasks, chunksize=1)
        pool.close()
        pool.join()  # so that what they used is counted


if __name__ == "__main__":
    main(int(sys.argv[1]), *map(Path, sys.argv[2:]))
