"""A run: what is not finished is made, noted, tried again where that helps, and summed up."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from icmaps.errors import RenderError
from icmaps.printrun._engines import Engine
from icmaps.printrun._job import Job, Outcome, Settings
from icmaps.printrun._manifest import Known, Manifest
from icmaps.printrun._plan import Plan

TRIES: Final = 3
Progress = Callable[[int, int, int], None]
"""Told how many reports are done, how many failed, and of how many."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A report that is there.

    Attributes:
        respondent: The respondent's id.
        label: What the respondent is called.
        map: The map version.
        group: School or team, as the run is sorted.
        file: Where it is, relative to the run's folder.
        pages: How many pages it has.
        sha256: Of the file.
    """

    respondent: str
    label: str
    map: str
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
    """

    planned: int
    done: int
    skipped: int
    failed: tuple[Failure, ...]
    files: tuple[Printed, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the summary as `icmaps print --json` prints it (DESIGN section 7)."""
        return {
            "planned": self.planned,
            "done": self.done,
            "skipped": self.skipped,
            "failed": len(self.failed),
            "files": [asdict(printed) for printed in self.files],
            "problems": [asdict(failure) for failure in self.failed],
        }


def run(
    planned: Plan,
    folder: Path,
    settings: Settings,
    engine: Engine,
    *,
    progress: Progress | None = None,
) -> Summary:
    """Print what is planned and not there yet.

    It may be stopped or killed at any time; run again with the same plan it goes on.

    Args:
        planned: What to print.
        folder: Where; made if it is not there.
        settings: What is the same for every report.
        engine: Who makes the reports.
        progress: Told after every report how far the run is.

    Raises:
        RenderError: If the folder cannot be made, or its manifest cannot be read or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise RenderError(
            f"{str(folder)!r} cannot be a folder: {reason}; nothing was printed; name another"
        ) from None
    with Manifest(folder) as manifest:
        manifest.setting("first day", settings.made_on.isoformat())
        known = manifest.known()
        left = [job for job in planned.jobs if not manifest.finished(job, known.get(job.key))]
        _forget_old_names(folder, left, known)
        for draft in folder.rglob(".*.draft"):  # of a run that was killed
            draft.unlink()
        skipped, done, failed = len(planned.jobs) - len(left), 0, 0
        for outcome in _made(left, folder, settings, engine, manifest):
            done, failed = done + (not outcome.error), failed + bool(outcome.error)
            if progress is not None:
                progress(skipped + done, failed, len(planned.jobs))
        found = manifest.known()
    return Summary(
        planned=len(planned.jobs),
        done=done,
        skipped=skipped,
        failed=tuple(_failures(planned.jobs, found)),
        files=tuple(_printed(planned.jobs, found)),
    )


def _made(
    left: Sequence[Job], folder: Path, settings: Settings, engine: Engine, manifest: Manifest
) -> Iterator[Outcome]:
    """Yield what became of each job, noted; tried again where that may help."""
    jobs = {job.key: job for job in left}
    for tried in range(1, TRIES + 1):
        again: list[Job] = []
        for outcome in engine.outcomes(left, str(folder), settings):
            if outcome.again and tried < TRIES:
                again.append(jobs[outcome.key])
            else:
                manifest.note(jobs[outcome.key], outcome, tried)
                yield outcome
        left = again
        if not left:
            return


def _forget_old_names(folder: Path, jobs: Sequence[Job], known: dict[str, Known]) -> None:
    """Delete what a person's report was called in an earlier run, if that is nobody's name now."""
    taken = {job.file for job in jobs}
    for job in jobs:
        old = known.get(job.key)
        if old is not None and old.file not in taken:
            (folder / old.file).unlink(missing_ok=True)


def _printed(jobs: Sequence[Job], known: dict[str, Known]) -> Iterator[Printed]:
    for job in jobs:
        if (row := known.get(job.key)) and not row.error:
            yield Printed(
                *(job.respondent, job.label, job.map, job.group, job.file, row.pages, row.sha256)
            )


def _failures(jobs: Sequence[Job], known: dict[str, Known]) -> Iterator[Failure]:
    for job in jobs:
        if (row := known.get(job.key)) and row.error:
            yield Failure(job.respondent, job.map, row.error)
