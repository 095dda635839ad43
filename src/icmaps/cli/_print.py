"""`icmaps print`: hundreds of growth reports, restartable."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

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

if TYPE_CHECKING:
    from icmaps.printrun import Plan, Settings, Summary

_SECONDS_A_REPORT: Final = 0.6  # on one core, to say about how long a run will take

FolderOption = Annotated[
    Path,
    typer.Option("-o", "--output", metavar="DIR", readable=False, help="The folder of the run."),
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
EngineOption = Annotated[
    Literal["local", "serial"],
    typer.Option("--engine", help="Several processes of this machine, or one."),
]
ProcessesOption = Annotated[
    int | None,
    typer.Option("--processes", min=1, help="How many processes; one for each core if not said."),
]


@app.command("print", cls=Command, epilog="Example: icmaps print examples -o out --by school")
def print_run(
    sources: Sources,
    *,
    output: FolderOption,
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
    maps: MapsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the growth report of everybody in a table or folder.

    A run may be stopped or killed: the same command goes on, and prints again only what changed.
    Earlier rounds of a person become growth.
    """
    from icmaps import printrun

    found = catalog(maps)
    given = read_sources(sources, found)
    given.tell_problems()
    settings = printrun.Settings(
        size=paper,
        grey=grey,
        policy=policy,
        made_on=printrun.first_day(output, date.today()),  # noqa: DTZ011 - of this office's wall
        maps=tuple(str(folder) for folder in maps_folders(maps)),
    )
    planned = printrun.plan(
        given.everybody(), settings, catalog=found, by=by, only=tuple(only or ()), since=since
    )
    workers = (processes or os.cpu_count() or 1) if engine == "local" else 1
    if not as_json:
        _tell_plan(planned, workers)
    makers = printrun.LocalEngine(workers) if engine == "local" else printrun.SerialEngine()
    with _outliving_workers(), _bar(len(planned.jobs)) as progress:
        done = printrun.run(planned, output, settings, makers, progress=progress)
    files = _bundle(done, output, settings, merge=merge, as_zip=as_zip)
    if as_json:
        print_json(done.as_json())
    else:
        _tell_summary(done, output, files)
    if done.failed or given.problems:
        raise typer.Exit(SOME_FAILED)


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


def _tell_plan(planned: Plan, workers: int) -> None:
    """Print what will be printed, and about how long that takes."""
    number = len(planned.jobs)
    seconds = number * _SECONDS_A_REPORT / workers
    lasts = f"{seconds / 60:.0f} min" if seconds > 90 else f"{seconds:.0f} s"  # noqa: PLR2004
    told = f"{counted(number, 'report')} on {counted(len(planned.maps), 'map')}"
    if planned.groups:
        told += f", in {counted(len(planned.groups), 'group')}"
    show(f"{told}; about {lasts} if all are to be made")
    for name, reports in sorted(planned.maps.items()):
        show(f"  {reports:,} {name}")
    if planned.left_out:
        show(f"{counted(planned.left_out, 'assessment')} left out (another rater, or not asked)")


@contextmanager
def _bar(total: int) -> Iterator[Callable[[int, int, int], None] | None]:
    """Show how far the run is, if somebody is looking."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.completed} of {task.total}"),
        BarColumn(),
        TextColumn("{task.fields[failed]} failed, {task.speed:.1f} a second"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total, failed=0)
        yield lambda done, failed, _: bar.update(task, completed=done + failed, failed=failed)


def _bundle(
    done: Summary, output: Path, settings: Settings, *, merge: bool, as_zip: bool
) -> list[str]:
    """Write the index and what else was asked for; return the files."""
    from icmaps import printrun

    printrun.write_index(done.files, output, settings)
    files = ["index.html", "index.csv"]
    if merge:
        files += printrun.merge(done.files, output, settings)
    if as_zip:
        names = [printed.file for printed in done.files]
        printrun.write_zip([*names, *files], output)
        files.append("reports.zip")
    return files


def _tell_summary(done: Summary, output: Path, files: list[str]) -> None:
    told = [f"{done.done} made", f"{done.skipped} there already"]
    told += [f"{len(done.failed)} failed"] if done.failed else []
    typer.echo(printable(f"{output}: {', '.join(told)}"))
    for name in files:
        typer.echo(printable(f"  {name}"))
    for failure in done.failed:
        typer.echo(printable(f"{failure.respondent} ({failure.map}): {failure.error}"), err=True)
