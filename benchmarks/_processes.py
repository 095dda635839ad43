"""What programs use: a process and all below it, on Linux."""

import ctypes
import os
import re
import resource
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryFile
from threading import Event, Thread
from time import clock_gettime, monotonic, perf_counter, sleep
from typing import Final

TICKS: Final = os.sysconf("SC_CLK_TCK")
PR_SET_CHILD_SUBREAPER: Final = 36  # linux/prctl.h
EVERY: Final = 0.25  # seconds between two looks at the memory
PATIENCE: Final = 10  # seconds that what a program leaves behind may take to end


@dataclass(frozen=True)
class Memory:
    """Megabytes at one moment: the first process, all below it, the most that one ever had."""

    first: float
    below: float
    most: float


@dataclass(frozen=True)
class Used:
    """What a program said and used, with all it started."""

    said: str
    wall: float
    cpu: float
    memory: tuple[Memory, ...]

    @property
    def most(self) -> float:
        """The most megabytes that one of its processes had."""
        return max((each.most for each in self.memory), default=0.0)

    @property
    def first(self) -> float:
        """The most megabytes that the first process was seen with."""
        return max((each.first for each in self.memory), default=0.0)

    def below(self, quarter: int) -> float:
        """Return the median megabytes of all processes below the first in a quarter of the run."""
        count = len(self.memory)
        part = self.memory[quarter * count // 4 : -(-(quarter + 1) * count // 4)]
        return median(each.below for each in part) if part else 0.0


def run(command: Sequence[str]) -> Used:
    """Run a program to its end.

    Processes whose parent ended before them become ours, and their seconds count as well.
    """
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    before = children_seconds()
    with TemporaryFile("w+") as said, TemporaryFile("w+") as complaints:
        start = perf_counter()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=complaints
        )
        memory: list[Memory] = []
        ended = Event()
        watcher = Thread(target=watch, args=(process.pid, memory, ended))
        watcher.start()
        code = process.wait()
        wall = perf_counter() - start
        ended.set()
        watcher.join()
        if code != 0:
            complaints.seek(0)
            raise SystemExit(f"{command[:4]} ended with {code}:\n{complaints.read()[-2000:]}")
        said.seek(0)
        text = said.read()
    reap()
    return Used(text, wall, children_seconds() - before, tuple(memory))


def reap() -> None:
    """Wait for what a program has left behind."""
    until = monotonic() + PATIENCE
    while monotonic() < until:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            sleep(0.05)
    raise SystemExit("something still runs of a program that has ended; its seconds are not known")


def children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def watch(pid: int, memory: list[Memory], ended: Event) -> None:
    while not ended.wait(EVERY):
        first, most = megabytes(pid)
        below = [megabytes(each) for each, _ in processes_below(pid)]
        if first:
            most = max([most, *(each for _, each in below)])
            memory.append(Memory(first, sum(each for each, _ in below), most))


def megabytes(pid: int) -> tuple[float, float]:
    """Return the megabytes a process has and the most it ever had, zeros if it ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("utf-8")
    except OSError:
        return 0.0, 0.0
    now, most = (re.search(rf"{key}:\s+(\d+)", status) for key in ("VmRSS", "VmHWM"))
    return (int(now[1]) / 1024, int(most[1]) / 1024) if now and most else (0.0, 0.0)


def processes_below(top: int) -> Iterator[tuple[int, tuple[int, str, int]]]:
    """Yield what `stat` says of each process below one."""
    processes = dict(filter(None, map(stat, Path("/proc").glob("[0-9]*"))))
    for pid, its in processes.items():
        above = its[0]
        while above in processes and above != top:
            above = processes[above][0]
        if above == top:
            yield pid, its


def seconds_below(name: str) -> float:
    """Return the CPU-seconds of the processes below this one whose name starts so."""
    seconds = 0.0
    for pid, (_, its_name, ended) in processes_below(os.getpid()):
        if its_name.startswith(name):
            try:
                seconds += clock_gettime(~pid << 3 | 2)  # see clock_getcpuclockid(3)
            except OSError:  # it ended just now; what it used is at its parent's in a moment
                return seconds_below(name)
            seconds += ended / TICKS
    return seconds


def stat(process: Path) -> tuple[int, tuple[int, str, int]] | None:
    """Return a process, its parent, name, and the ticks of its ended children; None if it ended."""
    try:
        before, _, after = (process / "stat").read_text().rpartition(") ")
    except OSError:
        return None
    pid, _, name = before.partition(" (")
    fields = after.split()
    return int(pid), (int(fields[1]), name, int(fields[13]) + int(fields[14]))
