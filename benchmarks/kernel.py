"""Placements a second through the kernel, next to the two ways NumPy users would write it.

Run by hand: `python benchmarks/kernel.py [ASSESSMENTS]`. One thread, one core; medians.

The peers do less: `bincount` gives the counts by answer of each section (by rank, not applicable,
and so on) but no line, target or critical row; `mask.sum` gives seven of the counts.
"""

import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any, Final

import numpy as np

from _table import machine
from icmaps import _kernel

COMPONENTS: Final = 50
RUNS: Final = 7
FIRST: Final = -5  # the smallest code; the largest rank is 3
ANSWERS: Final = 9

Ranks = _kernel.Ranks


def tree() -> tuple[list[int], list[int]]:
    """Return the parents of 48 sections (the whole, 3, 11, 33) and the leaves."""
    parent = [-1]
    leaves: list[int] = []
    for standards in (4, 4, 3):
        parent.append(0)
        frame = len(parent) - 1
        for _ in range(standards):
            parent.append(frame)
            standard = len(parent) - 1
            parent += [standard] * 3
            leaves += range(len(parent) - 3, len(parent))
    return parent, leaves


def compiled_map() -> _kernel.Compiled:
    """Return 50 rows of four levels with both lines; half have a target, a fifth are critical."""
    parent, leaves = tree()
    rows = np.arange(COMPONENTS)
    return _kernel.Compiled(
        levels=np.full(COMPONENTS, 4, np.int8),
        ideal_cut=np.zeros(COMPONENTS, np.int8),
        acceptable_cut=np.full(COMPONENTS, 1, np.int8),
        target=np.where(rows % 2, 2, -1).astype(np.int8),
        critical=rows % 5 == 0,
        home=np.sort(np.array(leaves)[rows % len(leaves)]),
        parent=np.array(parent),
    )


def sections_of(compiled: _kernel.Compiled) -> list[Any]:
    """Return the columns in or below each section."""
    inside: list[list[int]] = [[] for _ in compiled.parent]
    for component, home in enumerate(compiled.home.tolist()):
        section = home
        while section >= 0:
            inside[section].append(component)
            section = int(compiled.parent[section])
    return [np.array(columns) for columns in inside]


def by_bincount(ranks: Ranks, compiled: _kernel.Compiled) -> Any:
    """Count every answer of every section and assessment with one `bincount` a section."""
    size = len(ranks)
    cells = (np.arange(size) * ANSWERS)[:, np.newaxis] + (ranks.astype(np.intp) - FIRST)
    return [
        np.bincount(cells[:, columns].ravel(), minlength=size * ANSWERS).reshape(size, ANSWERS)
        for columns in sections_of(compiled)
    ]


def by_masks(ranks: Ranks, compiled: _kernel.Compiled) -> Any:
    """Count with boolean matrices, summed over the columns of each section."""
    masks = [
        ranks != _kernel.NOT_ASKED,
        (ranks >= 0) | (ranks == _kernel.OFF_SCALE),
        ranks == _kernel.NOT_APPLICABLE,
        ranks == _kernel.DONT_KNOW,
        (ranks >= 0) & (ranks <= compiled.ideal_cut),
        (ranks >= 0) & (ranks <= compiled.acceptable_cut),
        (ranks >= 0) & (ranks <= compiled.target),
    ]
    sections = sections_of(compiled)
    return [[mask[:, columns].sum(axis=1) for mask in masks] for columns in sections]


def rate(run: Callable[[], Any], placements: int, runs: int = RUNS) -> float:
    """Return millions of placements a second, the median of several runs."""
    seconds = []
    for _ in range(runs):
        start = perf_counter()
        run()
        seconds.append(perf_counter() - start)
    return placements / median(seconds) / 1e6


def check(ranks: Ranks, compiled: _kernel.Compiled) -> None:
    """Stop if the peers and the kernel do not agree."""
    counts = _kernel.count(ranks, compiled)
    cells = np.stack(by_bincount(ranks, compiled))
    by_rank = counts.by_rank.transpose(0, 2, 1)
    if not np.array_equal(cells[:, :, -FIRST:], by_rank):
        raise SystemExit("bincount and the kernel disagree")
    masks = np.array([masks[4] for masks in by_masks(ranks, compiled)])
    if not np.array_equal(masks, counts.ideal):
        raise SystemExit("masks and the kernel disagree")


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    compiled = compiled_map()
    rng = np.random.default_rng(20261120)
    likely = [0.02, 0.02, 0.04, 0.04, 0.08, 0.2, 0.2, 0.2, 0.2]
    ranks = rng.choice(np.arange(FIRST, 4), (size, COMPONENTS), p=likely).astype(np.int8)
    sideways = np.asfortranarray(ranks)
    small, one = ranks[: size // 10], ranks[:1]
    steps = np.tile(np.arange(3, -1, -1) / 3, (COMPONENTS, 1))
    worth = _kernel.worth_table(steps, np.ones(COMPONENTS))
    check(small[:1000], compiled)
    counts = _kernel.count(ranks, compiled)
    kernel = rate(lambda: _kernel.count(ranks, compiled), ranks.size)
    columns = rate(lambda: _kernel.count(sideways, compiled), ranks.size)
    number = rate(lambda: _kernel.index(ranks, compiled, worth, counts, 0.8), ranks.size)
    bincount = rate(lambda: by_bincount(small, compiled), small.size, 3)
    masks = rate(lambda: by_masks(small, compiled), small.size, 3)
    single = COMPONENTS / rate(lambda: _kernel.count(one, compiled), COMPONENTS, 101)
    print(f"{machine('numpy')}, one thread")
    print(f"{size:,} assessments x {COMPONENTS} components, {len(compiled.parent)} sections\n")
    print(f"all counts, row order      {kernel:8.0f} million placements/s")
    print(f"all counts, column order   {columns:8.0f} million placements/s")
    print(f"rank-index, counts given   {number:8.0f} million placements/s")
    print(f"one assessment             {single:8.0f} microseconds\n")
    print(f"NumPy bincount a section   {bincount:8.1f}; the kernel is {kernel / bincount:.0f} x")
    print(f"NumPy masks and sums       {masks:8.1f}; the kernel is {kernel / masks:.0f} x")


if __name__ == "__main__":
    main()
