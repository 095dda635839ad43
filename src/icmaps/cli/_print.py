"""`icmaps print`: hundreds of growth reports, restartable."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

import icmaps
from icmaps.cli._app import (
    JsonOption,
    MapsOption,
    PaperOption,
    app,
    catalog,
    counted,
    maps_folders,
    print_json,
    printable,
    show,
)
from icmaps.cli._help import Command
from icmaps.cli._score import PolicyOption
from icmaps.cli._sources import SOME_FAILED, Sources, read_sources
from icmaps.errors import require_extra

if TYPE_CHECKING:
    from icmaps.printrun import Engine, Plan, Settings, Summary, Target

_SECONDS_A_REPORT: Final = 0.4  # to say about how long a run will take, where none was made yet
_SECONDS_TO_CONNECT: Final = 10

TargetOption = Annotated[
    str,
    typer.Option(
        "-o", "--output", metavar="DIR|URL", help="The run's folder; also s3://..., sftp://..."
    ),
]
ByOption = Annotated[
    Literal["school", "team"] | None,
    typer.Option("--by", help="Sort the reports into folders, and merged files, of these."),
]
OnlyOption = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="NAME", help="A respondent or a group; repeatable."),
]
SinceOption = Annotated[
    str | None,
    typer.Option("--since", metavar="ROUND", help="Only who has this round or a later one."),
]
MergeOption = Annotated[
    bool,
    typer.Option("--merge", help="One file a group as well: cover, bookmarks, ready for duplex."),
]
ZipOption = Annotated[bool, typer.Option("--zip", help="All files in one reports.zip as well.")]
GreyOption = Annotated[bool, typer.Option("--grey", help="Print without colours.")]
EngineName = Literal["local", "serial", "dask"]
EngineOption = Annotated[
    EngineName,
    typer.Option("--engine", help="Processes of this machine, one alone, or a Dask cluster."),
]
ProcessesOption = Annotated[
    int | None,
    typer.Option("--processes", min=1, help="How many processes; one for each core if not said."),
]
SchedulerOption = Annotated[
    str | None,
    typer.Option("--scheduler", metavar="ADDRESS", help="Of the Dask cluster, as tcp://host:8786."),
]


@app.command("print", cls=Command, epilog="Example: icmaps print examples -o out --by school")
def print_run(
    sources: Sources,
    *,
    output: TargetOption,
    by: ByOption = None,
    only: OnlyOption = None,
    since: SinceOption = None,
    merge: MergeOption = False,
    as_zip: ZipOption = False,
    grey: GreyOption = False,
    paper: PaperOption = "letter",
    policy: PolicyOption = None,
    engine: EngineOption = "local",
    processes: ProcessesOption = None,
    scheduler: SchedulerOption = None,
    maps: MapsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the growth report of everybody in a table or folder.

    A run may be stopped or killed: the same command goes on, and prints again only what changed.
    Earlier rounds of a person become growth.
    """
    from icmaps import printrun

    target = printrun.target_at(output)
    found = catalog(maps)
    given = read_sources(sources, found)
    settings = printrun.Settings(
        size=paper,
        grey=grey,
        policy=policy,
        made_on=printrun.first_day(target, date.today()),  # noqa: DTZ011 - of this office's wall
        maps=tuple(str(folder.resolve()) for folder in maps_folders(maps)),
    )
    with given.telling_problems():
        planned = printrun.plan(
            given.everybody(), settings, catalog=found, by=by, only=only or (), since=since
        )
    with _makers(engine, processes, scheduler) as (makers, number):
        tell = None if as_json else partial(_tell_plan, planned, number)
        done = _run(planned, target, settings, makers, tell)
    files = _bundle(planned, done, target, settings, merge=merge, as_zip=as_zip)
    if as_json:
        print_json(done.as_json())
    else:
        _tell_summary(done, target, files)
    if done.failed or given.problems:
        raise typer.Exit(SOME_FAILED)


def _run(
    planned: Plan,
    target: Target,
    settings: Settings,
    makers: Engine,
    tell: Callable[[int, float | None], None] | None,
) -> Summary:
    """Print, and show how far it is."""
    from icmaps import printrun

    with _outliving_workers(), _bar(len(planned.jobs)) as bar:

        def begin(there: int, seconds: float | None) -> None:
            if tell is not None:
                tell(there, seconds)
            if bar is not None:
                bar.begin(there)

        progress = bar.told if bar else None
        return printrun.run(planned, target, settings, makers, begin=begin, progress=progress)


@contextmanager
def _makers(
    engine: EngineName, processes: int | None, scheduler: str | None
) -> Iterator[tuple[Engine, int]]:
    """Yield who makes the reports, and how many they are."""
    from icmaps import printrun

    if (engine == "dask") != (scheduler is not None):
        raise typer.BadParameter("`--engine dask` and `--scheduler ADDRESS` go together")
    if engine == "serial":
        yield printrun.SerialEngine(), 1
    elif engine == "local":
        number = processes or os.cpu_count() or 1
        yield printrun.LocalEngine(number), number
    else:
        require_extra("no reports can be made on a cluster", "distributed", extra="dask")
        from distributed import Client

        try:
            client = Client(scheduler, timeout=_SECONDS_TO_CONNECT)
        except (OSError, TimeoutError, ValueError) as error:
            raise icmaps.RenderError(
                f"there is no Dask scheduler at {scheduler!r}: {error}; nothing was printed; "
                "start one with `dask scheduler`, and workers with `dask worker`"
            ) from None
        with client:
            yield printrun.DaskEngine(client), len(client.nthreads())


@contextmanager
def _outliving_workers() -> Iterator[None]:
    """Let no worker that dies take the run with it; see `_prepare_terminal`."""
    if not hasattr(signal, "SIGPIPE"):  # Windows
        yield
        return
    before = signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGPIPE, before)


def _tell_plan(planned: Plan, workers: int, there: int, seconds: float | None) -> None:
    """Print what will be printed, and about how long that takes."""
    number = len(planned.jobs)
    told = f"{counted(number, 'report')} on {counted(len(planned.maps), 'map')}"
    if planned.groups:
        told += f", in {counted(len(planned.groups), 'group')}"
    if there:
        told += f"; {there:,} {'is' if there == 1 else 'are'} there and unchanged"
    if there < number:
        lasts = (number - there) * (seconds or _SECONDS_A_REPORT) / max(workers, 1)
        about = f"{lasts / 60:.0f} min" if lasts > 90 else f"{max(lasts, 1):.0f} s"  # noqa: PLR2004
        told += f"; {number - there:,} to make, about {about}"
    show(told)
    for name, reports in sorted(planned.maps.items()):
        show(f"  {reports:,} {name}")
    if planned.left_out:
        show(f"{counted(planned.left_out, 'assessment')} left out (another rater, or not asked)")


@contextmanager
def _bar(total: int) -> Iterator[_Bar | None]:
    """Show how far the run is, if somebody is looking."""
    if not sys.stderr.isatty():
        yield None
        return
    bar = _Bar(total)
    try:
        yield bar
    finally:
        bar.progress.stop()


class _Bar:
    """How many reports are done, how many failed, how fast it goes, and how long it will take."""

    def __init__(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self.progress = Progress(
            TextColumn("{task.completed} of {task.total}"),
            BarColumn(),
            TextColumn("{task.fields[told]}"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self.progress.add_task("", total=total, told="")
        self._there = 0

    def begin(self, there: int) -> None:
        """Start where the run starts."""
        self._there = there
        self._started = time.monotonic()
        self.progress.reset(self._task, completed=there)
        self.progress.start()

    def told(self, done: int, failed: int, _: int) -> None:
        """Go on."""
        made = done + failed - self._there
        rate = made / max(time.monotonic() - self._started, 1e-3)
        told = f"{rate:.1f} a second" + (f", {failed} failed" if failed else "")
        self.progress.update(self._task, completed=done + failed, told=told)


def _bundle(
    planned: Plan,
    done: Summary,
    target: Target,
    settings: Settings,
    *,
    merge: bool,
    as_zip: bool,
) -> list[str]:
    """Write the index and what else was asked for; return the files."""
    from icmaps import printrun

    merged = printrun.merge(planned, done.files, target, settings) if merge else []
    there = sorted((*done.files, *done.beside), key=lambda printed: printed.file)
    printrun.write_index(there, merged, target, settings)
    files = ["index.html", "index.csv", *merged]
    if as_zip:
        printrun.write_zip([*(printed.file for printed in done.files), *files], target)
        files.append("reports.zip")
    return files


def _tell_summary(done: Summary, target: Target, files: list[str]) -> None:
    told = [f"{done.done} made", f"{done.skipped} there already"]
    told += [f"{len(done.failed)} failed"] if done.failed else []
    typer.echo(printable(f"{target}: {', '.join(told)}"))
    for name in files:
        typer.echo(printable(f"  {name}"))
    if done.left_over:
        who = counted(len(done.left_over), "report")
        typer.echo(f"{who} of people who are not in the input any more; delete what is not wanted:")
    for name in done.left_over:
        typer.echo(printable(f"  {name}"))
    for failure in done.failed:
        typer.echo(printable(f"{failure.respondent} ({failure.map}): {failure.error}"), err=True)
