"""A run: what is not finished is made, noted, tried again where that helps, and summed up."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from icmaps.errors import RenderError
from icmaps.printrun._engines import Engine
from icmaps.printrun._job import Job, Outcome, Settings
from icmaps.printrun._manifest import Known, Manifest
from icmaps.printrun._plan import Plan
from icmaps.printrun._target import Folder, Target

TRIES: Final = 3
Begin = Callable[[int, float | None], None]
"""Told how many reports are there already, and how many seconds one took so far, if known."""
Progress = Callable[[int, int, int], None]
"""Told how many reports are done, how many failed, and of how many."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A report that is there.

    Attributes:
        respondent: The respondent's id.
        label: What the respondent is called.
        map: The map version.
        role: The map's title.
        group: School or team, as the run is sorted.
        file: Where it is, relative to the run's folder.
        pages: How many pages it has.
        sha256: Of the file.
    """

    respondent: str
    label: str
    map: str
    role: str
    group: str
    file: str
    pages: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A report that could not be made, and why."""

    respondent: str
    map: str
    error: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did.

    Attributes:
        planned: How many reports there are to be.
        done: How many were made now.
        skipped: How many were there already, made from the same input.
        failed: Those that could not be made, each after its tries.
        files: The reports that are there now, in the order of their files.
        beside: Those of others in the input, not asked for now, that are there and up to date.
        left_over: Files of earlier runs, of people who are not in the input any more.
    """

    planned: int
    done: int
    skipped: int
    failed: tuple[Failure, ...]
    files: tuple[Printed, ...]
    beside: tuple[Printed, ...]
    left_over: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the summary as `icmaps print --json` prints it (DESIGN section 7)."""
        return {
            "planned": self.planned,
            "done": self.done,
            "skipped": self.skipped,
            "failed": len(self.failed),
            "files": [asdict(printed) for printed in self.files],
            "problems": [asdict(failure) for failure in self.failed],
            "left_over": list(self.left_over),
        }


def run(
    planned: Plan,
    target: Target,
    settings: Settings,
    engine: Engine,
    *,
    begin: Begin | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Print what is planned and not there yet.

    It may be stopped or killed at any time; run again with the same plan it goes on.

    Args:
        planned: What to print.
        target: Where the files go; a folder is made if it is not there.
        settings: What is the same for every report.
        engine: Who makes the reports.
        begin: Told before the first report what is there already.
        progress: Told after every report how far the run is.

    Raises:
        RenderError: If the target cannot be made or written to, its manifest cannot be read or
            written, or there is no room left. What is finished is kept.
    """
    target.make()
    with Manifest(target) as manifest:
        manifest.setting("first day", settings.made_on.isoformat())
        _move(planned, target, manifest)
        there = manifest.finished((*planned.jobs, *planned.others))
        finished = there.intersection(job.key for job in planned.jobs)
        left = [job for job in planned.jobs if job.key not in there]
        _forget_old_names(planned, target, manifest.known())
        target.sweep()  # after a run that was killed
        if begin is not None:
            begin(len(finished), manifest.usual_seconds())
        done = 0
        outcomes = _made(left, target, settings, engine, manifest)
        for tried, outcome in enumerate(outcomes, start=1):
            if outcome.no_room:
                raise _no_room(target, outcome, len(finished) + done, len(planned.jobs))
            done += not outcome.error
            if progress is not None:
                progress(len(finished) + done, tried - done, len(planned.jobs))
        target.sweep()  # after workers that were killed
        return _summed_up(planned, target, there, done, manifest.known())


def _summed_up(
    planned: Plan, target: Target, before: set[str], done: int, known: dict[str, Known]
) -> Summary:
    """Return what a run did, from what was there before and what is known now."""
    beside = [job for job in planned.others if job.key in before]
    gone = _left_over((*planned.jobs, *planned.others), known)
    return Summary(
        planned=len(planned.jobs),
        done=done,
        skipped=sum(job.key in before for job in planned.jobs),
        failed=tuple(_failures(planned.jobs, known)),
        files=tuple(_printed(planned.jobs, known)),
        beside=tuple(_printed(beside, known)),
        left_over=tuple(sorted(target.whole(gone))),
    )


def _no_room(target: Target, outcome: Outcome, there: int, number: int) -> RenderError:
    what = "the folder" if isinstance(target, Folder) else "the server"
    return RenderError(
        f"{outcome.error}; {what} takes no more; {there:,} of {number:,} reports are there and "
        "whole; make room, and give the same command again"
    )


def _made(
    left: Sequence[Job], target: Target, settings: Settings, engine: Engine, manifest: Manifest
) -> Iterator[Outcome]:
    """Yield what became of each job, noted; tried again where that may help."""
    jobs = {job.key: job for job in left}
    for tried in range(1, TRIES + 1):
        again: list[Job] = []
        for outcome in engine.outcomes(left, target, settings):
            if outcome.no_room:
                yield outcome
            elif outcome.again and tried < TRIES:
                again.append(jobs[outcome.key])
            else:
                manifest.note(jobs[outcome.key], outcome, tried)
                yield outcome
        left = again
        if not left:
            return


def _move(planned: Plan, target: Target, manifest: Manifest) -> None:
    """Move what only has another name now, as when reports are sorted by school."""
    known = manifest.known()
    taken = {row.file for row in known.values()}
    moved = {
        job: known[job.key]
        for job in planned.jobs
        if job.key in known and known[job.key].digest == job.digest and job.file not in taken
    }
    whole = target.whole({row.file: (row.size, row.sha256) for row in moved.values()})
    for job, row in moved.items():
        if row.file in whole:
            target.move(row.file, job.file)
            manifest.rename(job)


def _forget_old_names(planned: Plan, target: Target, known: dict[str, Known]) -> None:
    """Delete what a report was called in an earlier run, if that is nobody's name now."""
    taken = {job.file for job in (*planned.jobs, *planned.others)}
    for job in planned.jobs:
        old = known.get(job.key)
        if old is not None and old.file not in taken:
            target.delete(old.file)


def _printed(jobs: Sequence[Job], known: dict[str, Known]) -> Iterator[Printed]:
    for job in jobs:
        if (row := known.get(job.key)) and not row.error:
            yield Printed(
                *(job.respondent, job.label, job.map, job.role, job.group, job.file),
                *(row.pages, row.sha256),
            )


def _left_over(everybody: Sequence[Job], known: dict[str, Known]) -> dict[str, tuple[int, str]]:
    here, taken = {job.key for job in everybody}, {job.file for job in everybody}
    return {
        row.file: (row.size, row.sha256)
        for key, row in known.items()
        if key not in here and row.file not in taken and not row.error
    }


def _failures(jobs: Sequence[Job], known: dict[str, Known]) -> Iterator[Failure]:
    for job in jobs:
        if (row := known.get(job.key)) and row.error:
            yield Failure(job.respondent, job.map, row.error)
