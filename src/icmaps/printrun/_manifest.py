"""What is finished, on disk, so that a run that was killed goes on where it was.

One SQLite file in the run's folder. A report is written under its name first and noted here after,
so the manifest never names a file that is not there whole.
"""

import hashlib
import sqlite3
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

from icmaps.errors import RenderError
from icmaps.printrun._job import Job, Outcome

NAME: Final = ".icmaps-print.sqlite"
_SCHEMA: Final = """
create table if not exists setting (name text primary key, value text not null) strict;
create table if not exists report (
  key text primary key,
  digest text not null,
  file text not null,
  tries integer not null,
  pages integer not null,
  sha256 text not null,
  seconds real not null,
  error text not null
) strict;
"""


class Known(NamedTuple):
    """What the manifest knows of a report."""

    digest: str
    file: str
    tries: int
    pages: int
    sha256: str
    error: str


def first_day(folder: Path, today: date) -> date:
    """Return the day on which a run was first begun, which is printed on all its reports.

    A run that goes on the next day prints the same reports.

    Args:
        folder: The run's folder, there or not.
        today: The day to take if the run is new.
    """
    if not (folder / NAME).exists():
        return today
    with Manifest(folder) as manifest:
        return date.fromisoformat(manifest.setting("first day", today.isoformat()))


class Manifest:
    """The manifest of a run's folder; a context that closes it.

    Args:
        folder: The run's folder; it is there.

    Raises:
        RenderError: If there is a manifest that cannot be read, or none can be written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            self._db = sqlite3.connect(folder / NAME, isolation_level=None, timeout=1)
            # Held until it is closed: two runs in one folder would undo each other's work.
            self._db.execute("pragma locking_mode = exclusive")
            self._db.execute("pragma journal_mode = delete")
            self._db.execute("pragma synchronous = full")
            self._db.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise self._failed(error) from None

    def _failed(self, error: sqlite3.Error) -> RenderError:
        if "locked" in str(error):
            return RenderError(
                f"another run is printing into {str(self._folder)!r}; the two would undo each "
                "other's work; wait for it, or name another folder"
            )
        return RenderError(
            f"the manifest {str(self._folder / NAME)!r} cannot be used: {error}; what is finished "
            "could not be told from what is not; make room, or name another folder"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._db.close()

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
        rows = self._db.execute("select key, digest, file, tries, pages, sha256, error from report")
        return {key: Known(*rest) for key, *rest in rows}

    def finished(self, job: Job, known: Known | None) -> bool:
        """Tell whether a report is there, whole, and made from the same input."""
        if known is None or known.error or known.digest != job.digest or known.file != job.file:
            return False
        try:
            data = (self._folder / job.file).read_bytes()
        except OSError:
            return False
        return hashlib.sha256(data).hexdigest() == known.sha256

    def note(self, job: Job, outcome: Outcome, tries: int) -> None:
        """Write what became of a report."""
        row = (
            *(job.key, job.digest, job.file, tries),
            *(outcome.pages, outcome.sha256, outcome.seconds, outcome.error),
        )
        try:
            self._db.execute("insert or replace into report values (?, ?, ?, ?, ?, ?, ?, ?)", row)
        except sqlite3.Error as error:
            raise self._failed(error) from None
