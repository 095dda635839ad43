"""Where a run puts its files: a folder of this machine, or any place that fsspec knows.

A file is there whole or not at all: it is written as a draft beside its place, and gets its name
when all of it is there.
"""

import errno
import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Final

from icmaps._files import DRAFT, sweep_drafts, whole_file
from icmaps.errors import RenderError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


class TargetError(RenderError):
    """A file could not be written or read where the run puts its files.

    Attributes:
        no_room: No other file can be written either: the disk is full, or may not be written to.
    """

    def __init__(self, message: str, *, no_room: bool = False) -> None:
        super().__init__(message)
        self.no_room = no_room


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of this machine, or one that is mounted on it.

    Attributes:
        path: Where it is; absolute, so that every process means the same.
    """

    path: Path

    @property
    def is_shared(self) -> bool:
        """Whether other processes see what this one writes."""
        return True

    def make(self) -> None:
        """Make the folder if it is not there.

        Raises:
            TargetError: If it cannot be made.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise TargetError(
                f"{str(self.path)!r} cannot be a folder: {_reason(error)}; nothing was printed; "
                "name another"
            ) from None

    @contextmanager
    def writing(self, file: str) -> Iterator[IO[bytes]]:
        """Write a file piece by piece; it gets its name when the block ends well.

        Args:
            file: Its name, relative to the folder.

        Raises:
            TargetError: If it cannot be written; what was there before is kept.
        """
        place = self.path / file
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with whole_file(place) as draft, draft.open("wb") as written:
                yield written
        except OSError as error:
            raise TargetError(
                f"{str(place)!r} cannot be written: {_reason(error)}",
                no_room=error.errno in _NO_ROOM,
            ) from None

    def write(self, file: str, data: bytes) -> None:
        """Write a file whole or not at all; see `writing`."""
        with self.writing(file) as written:
            written.write(data)

    def read(self, file: str) -> bytes:
        """Return a file.

        Raises:
            TargetError: If it cannot be read.
        """
        try:
            return (self.path / file).read_bytes()
        except OSError as error:
            raise TargetError(
                f"{str(self.path / file)!r} cannot be read: {_reason(error)}"
            ) from None

    def delete(self, file: str) -> None:
        """Delete a file if it is there."""
        with suppress(OSError):
            (self.path / file).unlink()
        self._prune(file)

    def move(self, file: str, name: str) -> None:
        """Give a file another name.

        Raises:
            TargetError: If it cannot have it.
        """
        place = self.path / name
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            (self.path / file).replace(place)
        except OSError as error:
            raise TargetError(f"{str(place)!r} cannot be written: {_reason(error)}") from None
        self._prune(file)

    def _prune(self, file: str) -> None:
        """Remove the folder that a file was in, if it was the last."""
        folder = (self.path / file).parent
        if folder != self.path:
            with suppress(OSError):
                folder.rmdir()

    def whole(self, files: Mapping[str, tuple[int, str]]) -> set[str]:
        """Return those of some files that are there as they were written.

        Args:
            files: Of each its size in bytes and its SHA-256.
        """
        return {file for file, (_, sha256) in files.items() if self._sha256(file) == sha256}

    def _sha256(self, file: str) -> str:
        try:
            return hashlib.sha256((self.path / file).read_bytes()).hexdigest()
        except OSError:
            return ""

    def sweep(self) -> None:
        """Delete the drafts of a run that was killed."""
        sweep_drafts(self.path)

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True, slots=True)
class Remote:
    """A place that fsspec knows: an object store, a server.

    Attributes:
        address: As in `s3://bucket/folder`; what else its driver needs to know it takes from
            fsspec's own settings and environment.
    """

    address: str

    @property
    def is_shared(self) -> bool:
        """Whether other processes see what this one writes."""
        return not self.address.startswith("memory:")

    def make(self) -> None:
        """Make the folder if it is not there, where there are folders."""
        with _Told(str(self), "cannot be used"):
            system, root = _opened(self.address)
            system.makedirs(root, exist_ok=True)

    @contextmanager
    def writing(self, file: str) -> Iterator[IO[bytes]]:
        """Write a file piece by piece; see `Folder.writing`."""
        with _Told(f"{self}/{file}", "cannot be written"):
            system, root = _opened(self.address)
            folder, _, name = f"{root}/{file}".rpartition("/")
            draft = f"{folder}/.{name}.{os.getpid()}{DRAFT}"
            system.makedirs(folder, exist_ok=True)
            try:
                with system.open(draft, "wb") as written:
                    yield written
                system.mv(draft, f"{root}/{file}")
            finally:
                if system.exists(draft):
                    system.rm_file(draft)

    def write(self, file: str, data: bytes) -> None:
        """Write a file whole or not at all."""
        with self.writing(file) as written:
            written.write(data)

    def read(self, file: str) -> bytes:
        """Return a file; see `Folder.read`."""
        with _Told(f"{self}/{file}", "cannot be read"):
            system, root = _opened(self.address)
            found: bytes = system.cat_file(f"{root}/{file}")
        return found

    def has(self, file: str) -> bool:
        """Return whether a file is there."""
        with _Told(f"{self}/{file}", "cannot be looked for"):
            system, root = _opened(self.address)
            found: bool = system.exists(f"{root}/{file}")
        return found

    def delete(self, file: str) -> None:
        """Delete a file if it is there."""
        with _Told(f"{self}/{file}", "cannot be deleted"):
            system, root = _opened(self.address)
            if system.exists(f"{root}/{file}"):
                system.rm_file(f"{root}/{file}")

    def move(self, file: str, name: str) -> None:
        """Give a file another name; see `Folder.move`."""
        with _Told(f"{self}/{name}", "cannot be written"):
            system, root = _opened(self.address)
            place = f"{root}/{name}"
            system.makedirs(place.rpartition("/")[0], exist_ok=True)
            system.mv(f"{root}/{file}", place)

    def whole(self, files: Mapping[str, tuple[int, str]]) -> set[str]:
        """Return those of some files that are there in their size.

        To compare more than that, all of them would have to be fetched.
        """
        sizes = self._sizes()
        return {file for file, (size, _) in files.items() if sizes.get(file) == size}

    def _sizes(self) -> dict[str, int]:
        with _Told(str(self), "cannot be listed"):
            system, root = _opened(self.address)
            system.invalidate_cache()
            found = system.find(root, detail=True)
        return {name.removeprefix(f"{root}/"): info["size"] for name, info in found.items()}

    def sweep(self) -> None:
        """Delete the drafts of a run that was killed."""
        for file in self._sizes():
            if file.rpartition("/")[2].startswith(".") and file.endswith(DRAFT):
                self.delete(file)

    def __str__(self) -> str:
        """Return the address as it may be shown: without a password."""
        return re.sub(r"(//[^/:@]*):[^/@]*@", r"\1:...@", self.address)


Target = Folder | Remote


def target_at(place: str | Path) -> Target:
    """Return where a run puts its files.

    Args:
        place: A folder, or an address as in `s3://bucket/folder`.
    """
    scheme, found, _ = str(place).partition("://")
    if not found:
        return Folder(Path(place).resolve())
    if scheme in {"file", "local"}:
        return Folder(Path(str(place).removeprefix(f"{scheme}://")).resolve())
    return Remote(str(place).rstrip("/"))


@lru_cache(maxsize=4)
def _opened(address: str) -> "tuple[AbstractFileSystem, str]":
    """Return the file system of an address, and the folder in it."""
    from fsspec.core import url_to_fs

    system, root = url_to_fs(address)
    return system, root.rstrip("/")


class _Told:
    """Turns whatever goes wrong in a driver into one line; drivers raise what they like."""

    def __init__(self, what: str, cannot: str) -> None:
        self._what, self._cannot = what, cannot

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not isinstance(error, Exception):
            return
        mend = (
            "then give the same command again"
            if isinstance(error, ImportError)
            else "see to it, and give the same command again"
        )
        raise TargetError(
            f"{self._what!r} {self._cannot}: {_reason(error)}; {mend}",
            no_room=isinstance(error, OSError) and error.errno in _NO_ROOM,
        ) from error


def _reason(error: Exception) -> str:
    told = error.strerror if isinstance(error, OSError) else None
    text = told or str(error) or type(error).__name__
    return text[:1].lower() + text[1:].rstrip(".")
