"""One file: bytes to a checked model, or to everything that is wrong with it.

Here the errors of the YAML reader, of pydantic and of the comparisons between files all become the
same `Problem`: a place, and the three sentences of the rule.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from icmaps.content._yaml import MAX_BYTES, Source, read_text
from icmaps.errors import RULES, Finding, Problem, describe, near, quoted
from icmaps.models import (
    Assessment,
    Component,
    Crosswalk,
    CrosswalkSource,
    Fidelity,
    Framework,
    Goal,
    Groups,
    ICMap,
    Link,
    MapLinks,
    Placement,
    Rater,
    Respondent,
    Round,
    ScaleLevel,
    Section,
)

DataPath = tuple[str | int, ...]
_M = TypeVar("_M", bound=BaseModel)
AnyModel = Framework | ICMap | Assessment | Crosswalk

SCHEMAS: Final[dict[str, type[AnyModel]]] = {
    "icmaps/framework/1": Framework,
    "icmaps/map/1": ICMap,
    "icmaps/assessment/1": Assessment,
    "icmaps/crosswalk/1": Crosswalk,
}
# Which model a block with this key holds, for naming the keys it may have.
_BLOCKS: Final[dict[str, Any]] = {
    "components": Component,
    "fidelity": Fidelity,
    "goals": Goal,
    "groups": Groups,
    "placements": Placement,
    "rater": Rater,
    "respondent": Respondent,
    "round": Round,
    "scale": ScaleLevel,
    "sections": Section,
}
_CROSSWALK_BLOCKS: Final[dict[str, Any]] = {
    "components": Link,
    "maps": MapLinks,
    "sections": Link,
    "sources": CrosswalkSource,
}
_KEY: Final = re.compile(r"'(\w+)'")
# What is said of a block that lacks a key; not of one whose key could not be read.
_FOR_WANT_OF_A_KEY: Final = {"missing-key", "few-variations", "no-answer", "empty-fidelity"}
_SHAPES: Final = {
    "string_type": ("text is needed", "write one text, in quotes if need be"),
    "tuple_type": ("a list is needed", "write `[one, two]`, or one line each beginning with `- `"),
    "model_type": ("a block of `key: value` lines is needed", "write its keys on indented lines"),
    "bool_type": ("true or false is needed", "write `true` or `false`, without quotes"),
    "float_type": ("a number is needed", "write a number, without quotes"),
    "too_short": ("it is empty", "add one"),
    "greater_than": ("it must be more than {gt:g}", "write a larger number"),
    "greater_than_equal": ("it must be at least {ge:g}", "write a larger number"),
    "less_than_equal": ("it must be at most {le:g}", "write a smaller number"),
    "finite_number": ("it must be a finite number", "write a number such as 1.5"),
}


@dataclass(slots=True)
class Document:
    """A file that was read.

    Attributes:
        source: Its text as plain data.
        model: What it holds, valid in itself; None if it is not.
        claims: What it says about other files, as far as can be told, even if it is faulty.
    """

    source: Source
    model: AnyModel | None = None
    claims: ICMap | Assessment | None = None
    _found: list[tuple[Finding, int]] = field(default_factory=list)

    def add(self, findings: Iterable[Finding]) -> None:
        """Add findings whose paths lead into this file, unless the value there was refused."""
        for finding in findings:
            index = self.source.find(finding.path, at_key=finding.at_key)
            lost = finding.rule in _FOR_WANT_OF_A_KEY and index in self.source.incomplete
            if index not in self.source.refused and not lost:
                self._found.append((finding, index))

    def problems(self, file: str) -> list[Problem]:
        """Return everything wrong with the file, in reading order.

        Args:
            file: What to call it.
        """
        found = [*self.source.findings, *self._found]
        return sorted(
            _problem(file, finding, *self.source.place(index)) for finding, index in found
        )

    def faulty(self, key: str) -> bool:
        """Tell whether something is wrong with the value of a key at the top."""
        return any(finding.path == (key,) for finding, _ in self._found)

    @property
    def usable(self) -> bool:
        """Whether nothing but warnings was found."""
        found = [*self.source.findings, *self._found]
        return all(RULES[finding.rule].severity == "warning" for finding, _ in found)


def read_bytes(path: Path) -> bytes | str:
    """Return the bytes of a file, not many more than are allowed, or why it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        return (error.strerror or str(error)).lower()


def unreadable(reason: str) -> Document:
    """Return the document of a file that cannot be read."""
    document = Document(Source())
    document.add([Finding("unreadable", (), {"reason": reason})])
    return document


def read_document(raw: bytes) -> Document:
    """Read a framework, map or assessment from the bytes of its file.

    Args:
        raw: The bytes.

    Returns:
        The document, its problems complete as far as one file alone can tell.
    """
    source = read_text(raw)
    document = Document(source)
    model = _schema_of(document) if source.readable else None
    if model is None:
        return document
    try:
        checked = model.model_validate(source.data)
    except ValidationError as error:
        document.add(_findings(model, error, source))
    else:
        document.model = checked if document.usable else None
    if model is ICMap:
        document.claims = _map_claims(source.data)
    elif model is Assessment:
        document.claims = _assessment_claims(source.data)
    return document


def _claim(model: type[_M], **fields: Any) -> _M:
    """Return a model with some of its fields, unchecked."""
    return model.model_construct(**fields)


def _map_claims(data: dict[Any, Any]) -> ICMap:
    """Return the framework and the sections a map names, faulty or not; empty where not text."""
    return _claim(
        ICMap,
        framework=_text(data.get("framework")),
        components=tuple(
            _claim(Component, section=_text(row.get("section")))
            for row in _rows(data.get("components"))
        ),
    )


def _assessment_claims(data: dict[Any, Any]) -> Assessment:
    """Return the map, sections, components and levels an assessment names, like a map's."""
    placements = data.get("placements")
    placements = placements if isinstance(placements, dict) else {}
    scope = data.get("scope")
    return _claim(
        Assessment,
        map=_text(data.get("map")),
        scope=tuple(map(_text, scope)) if isinstance(scope, list) else (),
        placements=tuple(
            _claim(
                Placement,
                component=name,
                level=_text(value.get("level") if isinstance(value, dict) else value) or None,
            )
            for name, value in placements.items()
            if isinstance(name, str)
        ),
        goals=tuple(
            _claim(Goal, component=_text(row.get("component")), to=_text(row.get("to")))
            for row in _rows(data.get("goals"))
        ),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _rows(value: Any) -> list[dict[Any, Any]]:
    rows = value if isinstance(value, list) else []
    return [row if isinstance(row, dict) else {} for row in rows]


def _problem(file: str, finding: Finding, line: int, column: int) -> Problem:
    rule = RULES[finding.rule]
    steps = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in finding.path]
    what, why, mend = (
        _one_line(sentence.format(**finding.values))
        for sentence in (rule.what, rule.why, rule.mend)
    )
    return Problem(
        file=file,
        line=line,
        column=column,
        path="".join(steps).removeprefix("."),
        rule=finding.rule,
        what=what,
        why=why,
        mend=mend,
        severity=rule.severity,
    )


def _one_line(text: str) -> str:
    """Return a sentence in which a value from the file can neither break the line nor hide."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text).strip()


def _schema_of(document: Document) -> type[AnyModel] | None:
    data = document.source.data
    known = ", ".join(f"`schema: {name}`" for name in SCHEMAS)
    if not isinstance(data, dict):
        document.add([Finding("not-a-mapping", (), {"found": describe(data)})])
    elif "schema" not in data:
        document.add([Finding("missing-schema", (), {"known": known})])
    elif isinstance(data["schema"], str) and data["schema"] in SCHEMAS:
        return SCHEMAS[data["schema"]]
    else:
        values = {
            "found": describe(data["schema"]),
            "known": known,
            "near": near(_text(data["schema"]), SCHEMAS),
        }
        document.add([Finding("unknown-schema", ("schema",), values)])
    return None


def _findings(model: type[AnyModel], error: ValidationError, source: Source) -> list[Finding]:
    """Return what pydantic reported as broken rules; one cause is told once."""
    findings = [
        _finding(model, found, source)
        for found in error.errors(include_url=False)
        # pydantic counts the faulty items of a list as missing
        if not (found["type"] == "too_short" and found["input"])
    ]
    misspelt = {
        (*finding.path[:-1], key)
        for finding in findings
        if finding.rule == "unknown-key"
        for key in _KEY.findall(str(finding.values["near"]))
    }
    return [
        finding
        for finding in findings
        if finding.rule != "missing-key" or finding.path not in misspelt
    ]


def _finding(model: type[AnyModel], found: Any, source: Source) -> Finding:
    kind, path, context = found["type"], found["loc"], found.get("ctx", {})
    if kind == "icmaps":
        return _own(path, context, source)
    if kind == "missing":
        where = f" in {path[-2]!r}" if len(path) > 1 and isinstance(path[-2], str) else ""
        return Finding("missing-key", path, {"key": path[-1], "where": where})
    if kind in {"extra_forbidden", "invalid_key"}:
        key, known = str(path[-1]), _known_keys(model, path)
        values = {"key": quoted(key), "known": ", ".join(known), "near": near(key, known)}
        return Finding("unknown-key", path, values, at_key=True)
    if kind == "string_type" and isinstance(found["input"], int | float):
        return _not_text(path, found["input"], source)
    reason, hint = _SHAPES.get(kind, (found["msg"].lower(), "check the value"))
    if kind == "literal_error":
        expected = context["expected"]
        reason = f"it must be {expected}"
        words = expected.replace(" or ", ", ").strip("'").split("', '")
        hint = near(str(found["input"]), words) or f"write {expected}"
    values = {"found": describe(found["input"]), "reason": reason.format(**context), "hint": hint}
    return Finding("wrong-value", path, values)


def _own(path: DataPath, context: dict[str, Any], source: Source) -> Finding:
    """Return one of our own rules; a number is told as it was written."""
    at_key = context["at_key"]
    if context["rule"] == "not-text" and (
        written := source.written(source.find(path, at_key=at_key))
    ):
        context = {**context, "text": written}
    return Finding(context["rule"], path, context, at_key=at_key)


def _not_text(path: DataPath, value: Any, source: Source) -> Finding:
    if path[-1] == "version":  # quotes alone would not make one of it
        return Finding("not-a-version", path, {"found": describe(value)})
    written = source.written(source.find(path)) or str(value)
    return Finding("not-text", path, {"found": describe(value), "text": written})


def _known_keys(model: Any, path: DataPath) -> list[str]:
    blocks = _CROSSWALK_BLOCKS if model is Crosswalk else _BLOCKS
    for step in path[:-1]:
        model = blocks.get(str(step), model)
    names = [field.alias or name for name, field in model.model_fields.items()]
    return [name for name in names if not (model is Placement and name == "component")]
