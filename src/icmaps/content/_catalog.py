"""Where maps and frameworks are found by name, and the doors for reading files.

A maps folder holds `<framework>/framework-<version>.yaml` and `<framework>/<role>-<version>.yaml`.
Folders are searched in the order given, the bundled maps last; the first file with a name wins.
"""

import hashlib
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

from icmaps import _data
from icmaps.content._document import Document, read_bytes, read_document, unreadable
from icmaps.content._folder import Entry, Folder
from icmaps.errors import ContentError, Finding, Problem, UnknownNameError, near
from icmaps.models import (
    Assessment,
    Crosswalk,
    Framework,
    ICMap,
    Side,
    assessment_findings,
    crosswalk_map_findings,
    crosswalk_section_findings,
    map_findings,
)

_SUFFIXES: Final = (".yaml", ".yml", ".json")
_M = TypeVar("_M", Framework, ICMap, Assessment, Crosswalk)


class Catalog:
    """The maps and frameworks that can be named; their files are read when first asked for.

    Files of maps folders are read once. A map or an assessment named by its path is read each
    time, so that its author can mend it and look again.

    Args:
        folders: Maps folders searched before the bundled maps.

    Raises:
        UnknownNameError: If a folder does not exist.
    """

    def __init__(self, folders: Iterable[Path] = ()) -> None:
        self.folders = (*folders, _data.folder("maps"))
        for folder in self.folders:
            if not folder.is_dir():
                raise UnknownNameError(f"{str(folder)!r} is not a maps folder; name one that is")
        self._folders = [Folder(folder) for folder in self.folders]
        self._read: dict[Path, Document] = {}
        self._beside: dict[str, Framework] = {}

    @cached_property
    def _entries(self) -> dict[str, Entry]:
        """Every file by reference; framework references have no slash."""
        entries: dict[str, Entry] = {}
        for folder in self._folders:
            for entry in folder.entries():
                entries.setdefault(entry.reference, entry)
        return entries

    def maps(self, *, faulty: Literal["raise", "skip"] = "raise") -> Iterator[ICMap]:
        """Yield every map, by id and then newest version first.

        Args:
            faulty: What to do with a map that has a problem.

        Raises:
            ContentError: If one of them has a problem, unless those are skipped.
        """
        entries = [entry for entry in self._entries.values() if entry.is_map]
        newest_first = sorted(entries, key=lambda entry: entry.version, reverse=True)
        for entry in sorted(newest_first, key=lambda entry: entry.id):
            if faulty == "raise" or isinstance(self._document(entry.path).model, ICMap):
                yield self._model(entry.path, ICMap)

    def map(self, name: str) -> ICMap:
        """Return a map.

        Args:
            name: `framework/role` for the newest published version, `framework/role@1.0.0` for
                that one whatever its status, or the path of a map file.

        Raises:
            UnknownNameError: If there is none; the message names the near ones.
            ContentError: If its file has a problem.
        """
        if name.endswith(_SUFFIXES):
            return self._model(Path(name), ICMap)
        if "@" in name:
            return self._model(self._entry(name, is_map=True).path, ICMap)
        versions = [e for e in self._entries.values() if e.is_map and e.id == name]
        for entry in sorted(versions, key=lambda entry: entry.version, reverse=True):
            # A faulty draft is in nobody's way; what may have been published is not passed over.
            if _status(self._document(entry.path)) not in ("draft", "retired"):
                return self._model(entry.path, ICMap)
        if versions:
            named = ", ".join(entry.reference for entry in versions)
            raise UnknownNameError(
                f"no version of {name!r} is published; name one with its version: {named}"
            )
        raise self._unknown(name, is_map=True)

    def framework(self, reference: str, beside: Path | None = None) -> Framework:
        """Return a framework by its exact reference, as in `spl-2022@1.0.0`.

        Args:
            reference: Id and version.
            beside: A map file in whose folder to look if no maps folder has it. What was found
                there once is found again without this.

        Raises:
            UnknownNameError: If there is none; the message names the near ones.
            ContentError: If its file has a problem.
        """
        entry = self._entries.get(reference)
        if entry is None and beside is not None:
            path = beside.parent / f"framework-{reference.partition('@')[2]}.yaml"
            if path.is_file() and _says_it_is(self._document(path), reference):
                self._beside[reference] = self._model(path, Framework)
        if entry is None and reference in self._beside:
            return self._beside[reference]
        return self._model(self._entry(reference, is_map=False).path, Framework)

    def crosswalk(self, older: str, newer: str) -> Crosswalk:
        """Return the newest crosswalk from one framework to another.

        Args:
            older: The id of the framework it comes from, as in `spl-2011`.
            newer: The id of the framework it leads to.

        Raises:
            UnknownNameError: If there is none.
            ContentError: If its file has a problem.
        """
        for folder in self._folders:
            if found := sorted(folder.crosswalks(older, newer)):
                return self._model(found[-1][1], Crosswalk)
        raise UnknownNameError(f"there is no crosswalk from {older!r} to {newer!r}")

    def read_assessment(self, path: Path, file: str | None = None) -> Assessment:
        """Read an assessment and compare it with the map version it names.

        Args:
            path: A YAML or JSON file.
            file: What to call it in messages; the path if None.

        Raises:
            ContentError: With everything that is wrong with it.
        """
        return self._model(path, Assessment, file)

    def validate(self, path: Path) -> list[Problem]:
        """Return everything that is wrong with one file, in reading order.

        Args:
            path: A framework, map or assessment.
        """
        return self._document(path).problems(str(path))

    def locate(self, path: Path, findings: Iterable[Finding]) -> list[Problem]:
        """Return findings about a file, with line and column, in reading order.

        Args:
            path: The file they are about.
            findings: Broken rules, at places in its data.
        """
        document = Document(self._document(path).source)
        document.add(list(findings))
        return document.problems(str(path))

    def _entry(self, reference: str, *, is_map: bool) -> Entry:
        entry = self._entries.get(reference)
        if entry is None or entry.is_map != is_map:
            raise self._unknown(reference, is_map=is_map)
        return entry

    def _unknown(self, name: str, *, is_map: bool) -> UnknownNameError:
        guess = self._near(name, is_map=is_map)
        return UnknownNameError(
            f"{name!r} is not in the catalog; {guess}`icmaps maps` lists what there is"
        )

    def _near(self, name: str, *, is_map: bool) -> str:
        """Return a question that names what may have been meant."""
        entries = [entry for entry in self._entries.values() if entry.is_map == is_map]
        base, at, _ = name.partition("@")
        if versions := [entry.reference for entry in entries if entry.id == base]:
            return f"did you mean {' or '.join(map(repr, versions))}? "
        known = [entry.reference if at else entry.id for entry in entries]
        if guess := near(name, known):
            return guess
        same_role = [word for word in known if word.partition("@")[0].endswith(f"/{base}")]
        return f"did you mean {' or '.join(map(repr, same_role[:3]))}? " if same_role else ""

    def _model(self, path: Path, kind: type[_M], file: str | None = None) -> _M:
        """Return what a file holds, or raise everything that is wrong with it."""
        document = self._document(path)
        if document.usable and not isinstance(document.model, kind):
            wrong = _wrong_kind(document, kind)
            document = Document(document.source)
            document.add([wrong])
        if not isinstance(document.model, kind) or not document.usable:
            raise ContentError(document.problems(file or str(path)))
        return document.model

    def _document(self, path: Path) -> Document:
        """Read a file and add everything that other files, its name and its lock tell about it."""
        try:
            resolved = path.resolve()
        except (OSError, RuntimeError, ValueError) as error:  # a ring of links, a NUL in the name
            return unreadable(str(error))
        if resolved in self._read:
            return self._read[resolved]
        raw = read_bytes(path)
        document = unreadable(raw) if isinstance(raw, str) else read_document(raw)
        self._compare(document, path)
        folder = next((f for f in self._folders if resolved.parent.parent == f.resolved), None)
        model = document.model
        if folder is not None and isinstance(raw, bytes):
            digest = hashlib.sha256(raw).hexdigest()
            document.add(folder.findings(resolved, digest, document))
        if folder is not None or isinstance(model, Framework):
            self._read[resolved] = document
        return document

    def _compare(self, document: Document, path: Path) -> None:
        """Add what is wrong between a file and the files it names."""
        claims = document.claims
        if isinstance(document.model, Crosswalk):
            document.add(list(self._crosswalk_findings(document.model)))
            return
        at = "framework" if isinstance(claims, ICMap) else "map"
        try:
            if isinstance(claims, ICMap):
                framework = self.framework(claims.framework, beside=path)
                document.add(map_findings(claims, framework))
            elif isinstance(claims, Assessment):
                icmap = self._model(self._entry(claims.map, is_map=True).path, ICMap)
                framework = self.framework(icmap.framework)
                document.add(assessment_findings(claims, icmap, framework))
        except (UnknownNameError, ContentError) as error:
            if not document.faulty(at) or isinstance(error, ContentError):
                document.add([self._unusable(getattr(claims, at), (at,), error)])

    def _crosswalk_findings(self, crosswalk: Crosswalk) -> Iterator[Finding]:
        """Yield what is wrong between a crosswalk and the frameworks and maps it names."""
        frameworks: dict[Side, Framework] = {}
        for side, reference in _sides(crosswalk.from_, crosswalk.to):
            try:
                frameworks[side] = self.framework(reference)
            except (UnknownNameError, ContentError) as error:
                yield self._unusable(reference, (side,), error)
        if len(frameworks) == 2:  # noqa: PLR2004, both sides
            yield from crosswalk_section_findings(crosswalk, frameworks["from"], frameworks["to"])
        for position, pair in enumerate(crosswalk.maps):
            maps: dict[Side, ICMap] = {}
            for side, reference in _sides(pair.from_, pair.to):
                try:
                    maps[side] = self.map(reference)
                except (UnknownNameError, ContentError) as error:
                    yield self._unusable(reference, ("maps", position, side), error)
            yield from crosswalk_map_findings(position, pair, maps)

    def _unusable(
        self, reference: str, at: tuple[str | int, ...], error: UnknownNameError | ContentError
    ) -> Finding:
        """Return that something named cannot be used, because it is not there or is faulty."""
        if isinstance(error, ContentError):
            values = {"reference": reference, "other": error.problems[0].file}
            return Finding("broken-reference", at, values)
        guess = self._near(reference, is_map="/" in reference)
        return Finding("unknown-reference", at, {"reference": reference, "near": guess})


def _sides(older: str, newer: str) -> tuple[tuple[Side, str], tuple[Side, str]]:
    return ("from", older), ("to", newer)


def _says_it_is(document: Document, reference: str) -> bool:
    """Tell whether a file means to be a framework, even if it is faulty."""
    data = document.source.data
    return isinstance(data, dict) and f"{data.get('id')}@{data.get('version')}" == reference


def _status(document: Document) -> object:
    """Return what a map says its status is, even if it is faulty; None if it cannot be read."""
    data = document.source.data
    return data.get("status", "draft") if isinstance(data, dict) else None


def _wrong_kind(document: Document, wanted: type[Any]) -> Finding:
    kinds: dict[object, str] = {Framework: "a framework", ICMap: "a map", Crosswalk: "a crosswalk"}
    found, kind = (kinds.get(model, "an assessment") for model in (type(document.model), wanted))
    return Finding("wrong-kind", ("schema",), {"found": found, "kind": kind})
