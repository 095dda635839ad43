"""A maps folder: what its files are called, and which of them are locked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from icmaps.content._document import Document
from icmaps.errors import Finding
from icmaps.models import Crosswalk

LOCK: Final = "versions.lock"
CROSSWALK: Final = "crosswalk-"  # and the framework it comes from; it lies where it leads to
_FILE: Final = re.compile(r"([a-z0-9-]+)-([0-9]+)\.([0-9]+)\.([0-9]+)\.yaml")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a maps folder, named but not read yet."""

    id: str
    version: tuple[int, int, int]
    path: Path

    @property
    def reference(self) -> str:
        """Id and version, as in `spl-2022/teacher@1.0.0`."""
        return f"{self.id}@{'.'.join(map(str, self.version))}"

    @property
    def is_map(self) -> bool:
        """Whether the file is a map; else it is a framework."""
        return "/" in self.id


class Folder:
    """A maps folder.

    Args:
        path: The folder, as the caller named it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.resolved = path.resolve()

    def entries(self) -> Iterator[Entry]:
        """Yield every file that is called like a map or a framework."""
        for path in sorted(self.path.glob("*/*.yaml")):
            match = _FILE.fullmatch(path.name)
            if match and not match[1].startswith(CROSSWALK):
                framework = path.parent.name
                full = framework if match[1] == "framework" else f"{framework}/{match[1]}"
                yield Entry(full, (int(match[2]), int(match[3]), int(match[4])), path)

    def crosswalks(self, older: str, newer: str) -> Iterator[tuple[tuple[int, int, int], Path]]:
        """Yield version and path of every crosswalk from one framework to another, by their ids."""
        for path in self.path.glob(f"{newer}/{CROSSWALK}*.yaml"):
            match = _FILE.fullmatch(path.name)
            if match and match[1] == f"{CROSSWALK}{older}":
                yield (int(match[2]), int(match[3]), int(match[4])), path

    @cached_property
    def _locks(self) -> dict[str, str] | None:
        """SHA-256 of every locked file by its name here, as `sha256sum` writes it; None without."""
        try:
            text = (self.path / LOCK).read_bytes().decode("utf-8", "replace")
        except OSError:
            return None
        lines = (line.split(maxsplit=1) for line in text.splitlines())
        return {line[1].strip().lstrip("*"): line[0] for line in lines if len(line) > 1}

    def findings(self, resolved: Path, digest: str, document: Document) -> Iterator[Finding]:
        """Yield what is wrong with the name and the lock of a file of this folder.

        Args:
            resolved: The file.
            digest: Its SHA-256.
            document: What it holds, checked or not.
        """
        data = document.source.data if isinstance(document.source.data, dict) else {}
        name = resolved.relative_to(self.resolved).as_posix()
        schema, status = data.get("schema"), data.get("status")
        if isinstance(document.model, Crosswalk):
            yield from _misplaced_crosswalk(document.model, name)
        else:
            yield from _misplaced(data, document, name)
        locked = self._locks.get(name) if self._locks is not None else None
        published = schema == "icmaps/framework/1" or status == "published"
        if locked is not None and locked != digest:
            yield Finding("published-changed", (), {})
        elif locked is None and self._locks is not None and published:
            yield Finding("published-unlocked", (), {})


def _misplaced(data: dict[Any, Any], document: Document, name: str) -> Iterator[Finding]:
    """Yield a finding if a framework or a map is not called what it says it is."""
    says_id, says_version = data.get("id"), data.get("version")
    named = isinstance(says_id, str) and isinstance(says_version, str)
    if named and not (document.faulty("id") or document.faulty("version")):
        is_framework = data.get("schema") == "icmaps/framework/1"
        expected = f"{says_id}/framework" if is_framework else says_id
        expected = f"{expected}-{says_version}.yaml"
        if expected != name:
            values = {"says": f"{says_id}@{says_version}", "name": name, "expected": expected}
            yield Finding("misplaced", ("id",), values)


def _misplaced_crosswalk(crosswalk: Crosswalk, name: str) -> Iterator[Finding]:
    older, newer = (side.partition("@")[0] for side in (crosswalk.from_, crosswalk.to))
    expected = f"{newer}/{CROSSWALK}{older}-{crosswalk.version}.yaml"
    if expected != name:
        says = f"the crosswalk from {older} to {newer}, version {crosswalk.version}"
        values = {"says": says, "name": name, "expected": expected}
        yield Finding("misplaced", ("from",), values)
