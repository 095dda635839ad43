"""What is finished, on disk, so that a run that was killed goes on where it was.

One SQLite file among the run's files. A report is written under its name first and noted here
after, so the manifest never names a file that is not there whole. Where the files go to a server, a
copy here is worked on and put there every now and then: what was not noted there is made again.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Final, NamedTuple, Self

from icmaps.errors import RenderError
from icmaps.printrun._job import Job, Outcome
from icmaps.printrun._target import Folder, Remote, Target

NAME: Final = ".icmaps-print.sqlite"
_SAVED_EVERY: Final = 25  # reports noted between two copies on a server
_VERSION: Final = 1
_SCHEMA: Final = f"""
begin;
drop table if exists report;
create table if not exists setting (name text primary key, value text not null) strict;
create table report (
  key text primary key,
  digest text not null,
  file text not null,
  tries integer not null,
  seconds real not null,
  pages integer not null,
  size integer not null,
  sha256 text not null,
  error text not null
) strict;
pragma user_version = {_VERSION};
commit;
"""


class Known(NamedTuple):
    """What the manifest knows of a report."""

    digest: str
    file: str
    tries: int
    seconds: float
    pages: int
    size: int
    sha256: str
    error: str


def first_day(target: Target, today: date) -> date:
    """Return the day on which a run was first begun, which is printed on all its reports.

    A run that goes on the next day prints the same reports.

    Args:
        target: Where the run puts its files; it need not be there.
        today: The day to take if the run is new.
    """
    if isinstance(target, Folder) and not (target.path / NAME).exists():
        return today
    with Manifest(target) as manifest:
        return date.fromisoformat(manifest.setting("first day", today.isoformat()))


class Manifest:
    """The manifest of a run; a context that closes it.

    Args:
        target: Where the run puts its files; a folder is there.

    Raises:
        RenderError: If there is a manifest that cannot be read, or none can be written.
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        self._unsaved = 0
        with ExitStack() as opened:
            if isinstance(target, Folder):
                self._path = target.path / NAME
            else:
                self._path = Path(opened.enter_context(TemporaryDirectory("-icmaps")), NAME)
                if target.has(NAME):
                    self._path.write_bytes(target.read(NAME))
            try:
                self._db = sqlite3.connect(self._path, isolation_level=None, timeout=1)
                opened.callback(self._db.close)
                # Held until it is closed: two runs in one folder would undo each other's work.
                self._db.execute("pragma locking_mode = exclusive")
                self._db.execute("pragma journal_mode = delete")
                self._db.execute("pragma synchronous = full")
                if self._db.execute("pragma user_version").fetchone() != (_VERSION,):
                    self._db.executescript(_SCHEMA)
            except sqlite3.Error as error:
                raise self._failed(error) from None
            self._opened = opened.pop_all()

    def _failed(self, error: sqlite3.Error) -> RenderError:
        if "locked" in str(error):
            return RenderError(
                f"another run is printing into {str(self._target)!r}; the two would undo each "
                "other's work; wait for it, or name another folder"
            )
        return RenderError(
            f"the manifest {str(self._path)!r} cannot be used: {error}; what is finished could not "
            "be told from what is not; make room, or delete it, and everything is printed again"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._opened:
            if self._unsaved:
                self._save()

    def setting(self, name: str, value: str) -> str:
        """Return a setting as it was first written, or write it."""
        try:
            self._db.execute("insert or ignore into setting values (?, ?)", (name, value))
            found = self._db.execute("select value from setting where name = ?", (name,))
            return str(found.fetchone()[0])
        except sqlite3.Error as error:
            raise self._failed(error) from None

    def known(self) -> dict[str, Known]:
        """Return what is known, by the key of the report."""
        columns = ", ".join(Known._fields)
        rows = self._db.execute(f"select key, {columns} from report")  # noqa: S608 - our own names
        return {key: Known(*rest) for key, *rest in rows}

    def finished(self, jobs: Sequence[Job]) -> set[str]:
        """Return the keys of the reports that are there, whole, and made from the same input."""
        known = self.known()
        same = {
            job.key: known[job.key]
            for job in jobs
            if job.key in known
            and not known[job.key].error
            and (known[job.key].digest, known[job.key].file) == (job.digest, job.file)
        }
        whole = self._target.whole({row.file: (row.size, row.sha256) for row in same.values()})
        return {key for key, row in same.items() if row.file in whole}

    def usual_seconds(self) -> float | None:
        """Return how long a report took here so far; None if none was made."""
        took = [row.seconds for row in self.known().values() if not row.error]
        return median(took) if took else None

    def note(self, job: Job, outcome: Outcome, tries: int) -> None:
        """Write what became of a report."""
        row = (
            *(job.key, job.digest, job.file, tries, outcome.seconds),
            *(outcome.pages, outcome.size, outcome.sha256, outcome.error),
        )
        marks = ", ".join("?" * len(row))
        try:
            self._db.execute(f"insert or replace into report values ({marks})", row)  # noqa: S608
        except sqlite3.Error as error:
            raise self._failed(error) from None
        self._changed()

    def rename(self, job: Job) -> None:
        """Write what a report is called now."""
        try:
            self._db.execute("update report set file = ? where key = ?", (job.file, job.key))
        except sqlite3.Error as error:
            raise self._failed(error) from None
        self._changed()

    def _changed(self) -> None:
        self._unsaved += isinstance(self._target, Remote)
        if self._unsaved >= _SAVED_EVERY:
            self._save()

    def _save(self) -> None:
        """Put a copy where the files are."""
        self._target.write(NAME, self._path.read_bytes())
        self._unsaved = 0
