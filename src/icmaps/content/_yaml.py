"""Text to plain data, safely, with the line and column of every value.

The tree is built from the parser's events with a stack of our own. libyaml's own composer recurses
in C and takes the whole process down on 200,000 nested brackets (`research/security.md` 1.2); the
event parser does not, and the depth limit stops it early. Anchors, aliases, tags, merge keys and
duplicate keys are refused; plain scalars follow the YAML 1.2 core schema, so `no` and `1:30` are
text and dates stay text. JSON is read by the same loader.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any, Final

import yaml

from icmaps.errors import Finding, describe, quoted

MAX_BYTES: Final = 1_000_000
MAX_DEPTH: Final = 40
MAX_VALUES: Final = 50_000
MAX_DIGITS: Final = 18  # beyond this a 64-bit integer, and so other programs, lose digits

_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# YAML 1.2.2, section 10.3.2 (core schema), tag resolution.
_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE: Final = frozenset({"true", "True", "TRUE"})
_FALSE: Final = frozenset({"false", "False", "FALSE"})
_INT: Final = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
# Characters YAML 1.2 does not call printable (section 5.1), less those the decoder refuses.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff]")
_MAX_CONTROLS: Final = 20  # a file with more is not text at all
# Line breaks for libyaml, which is of YAML 1.1, but not for YAML 1.2 and not for editors.
_NO_BREAKS: Final = dict.fromkeys((0x85, 0x2028, 0x2029), " ")
_BREAK: Final = re.compile(r"\r\n?|\n")
_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
_HALF_ESCAPE: Final = re.compile(r"\\u[dD][89a-fA-F]")
# JSON writes a character beyond U+FFFF as two escapes, which YAML does not know.
_PAIR: Final = re.compile(
    r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"
)
_PAIR_SHORTER: Final = len(r"\ud83d\ude00") - len(r"\U0001f600")


# What the parser says, in words for someone who has never seen one.
_REASONS: Final = {
    "mapping values are not allowed": "a colon stands where none can",
    "cannot start any token": "a value cannot begin with {character}",
    "did not find expected key": "this does not fit the lines above it",
    "did not find expected '-' indicator": "this does not fit the list above it",
    "could not find expected ':'": "this line has no colon",
    "did not find expected ',' or ']'": "a comma or the closing `]` is missing",
    "did not find expected ',' or '}'": "a comma or the closing `}` is missing",
    "found unexpected end of stream": "what begins here never ends",
    "unknown escape character": "a backslash in double quotes has a meaning of its own",
}


@dataclass(slots=True)
class Mark:
    """Where a value stands, as characters from the start, and the marks of what is inside it."""

    index: int
    inside: dict[str | int, "Mark"] = field(default_factory=dict)
    keys: dict[str | int, int] = field(default_factory=dict)


@dataclass
class Source:
    """A file read into plain data.

    Attributes:
        data: Mappings, lists, text, numbers, booleans and null; null if nothing could be read.
        mark: Where everything stands.
        findings: What was wrong with the text, each with its index.
        refused: Where null stands in place of a value that was refused.
        incomplete: Where a block begins of which a key was refused.
        text: What was parsed, for quoting a value as it was written.
        readable: The data are what the author wrote, apart from the findings; checking on is fair.
    """

    data: Any = None
    mark: Mark = field(default_factory=lambda: Mark(0))
    findings: list[tuple[Finding, int]] = field(default_factory=list)
    refused: set[int] = field(default_factory=set)
    incomplete: set[int] = field(default_factory=set)
    text: str = ""
    pairs: list[int] = field(default_factory=list)
    readable: bool = False

    def find(self, path: tuple[str | int, ...], *, at_key: bool = False) -> int:
        """Return the index of the value at a path, or of its nearest parent."""
        mark = self.mark
        for depth, step in enumerate(path):
            if at_key and depth == len(path) - 1 and step in mark.keys:
                return mark.keys[step]
            if step not in mark.inside:
                break
            mark = mark.inside[step]
        return mark.index

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in _BREAK.finditer(self.text))]

    def place(self, index: int) -> tuple[int, int]:
        """Return line and column, both from 1, of an index, in the file as its author sees it."""
        line = bisect_right(self._line_starts, index)
        start = self._line_starts[line - 1]
        pairs_before = bisect_left(self.pairs, index) - bisect_left(self.pairs, start)
        return line, index - start + pairs_before * _PAIR_SHORTER + 1

    def written(self, index: int) -> str:
        """Return the plain scalar that stands at an index, as its author wrote it."""
        match = re.compile(r"[^\s,:#\]}]*").match(self.text, index)
        return match[0] if match else ""


class _StopReadingError(Exception):
    """What follows cannot be read; what was found so far is kept."""


def read_text(raw: bytes) -> Source:
    """Read the bytes of a YAML or JSON file.

    Args:
        raw: The bytes of the file.

    Returns:
        The data with its marks; everything wrong with the text is in `findings`.
    """
    source = Source()
    try:
        _decode(raw, source)
        _Builder(source).build()
    except _StopReadingError:
        source.data = None
    else:
        source.readable = source.data is not None
    return source


def _note(source: Source, rule: str, index: int, **values: object) -> None:
    source.findings.append((Finding(rule, (), values), index))


def _decode(raw: bytes, source: Source) -> None:
    """Set the text of the source."""
    if len(raw) > MAX_BYTES:
        _note(source, "too-large", 0, limit=f"{MAX_BYTES:,}")
        raise _StopReadingError
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # utf-8-sig counts from behind the mark it took off; the author's editor does not.
        start = error.start + (3 if raw.startswith(b"\xef\xbb\xbf") else 0)
        source.text = raw[:start].decode("utf-8-sig")
        _note(source, "not-utf-8", len(source.text), byte=start + 1)
        raise _StopReadingError from None
    source.text = text.translate(_NO_BREAKS)
    for match in islice(_CONTROL.finditer(text), _MAX_CONTROLS):
        _note(source, "control-character", match.start(), code=f"{ord(match[0]):04X}")
    if source.findings:
        raise _StopReadingError
    if source.text.lstrip().startswith(("{", "[")):
        source.text = _PAIR.sub(lambda match: _join_pair(match, source.pairs), source.text)


def _join_pair(match: re.Match[str], pairs: list[int]) -> str:
    """Return a pair of JSON escapes as one of YAML's; remember where, as that is shorter."""
    pairs.append(match.start(2) - len(pairs) * _PAIR_SHORTER)
    high, low = int(match[2], 16), int(match[3], 16)
    return f"{match[1]}\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08X}"


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not come yet."""

    value: dict[Any, Any] | list[Any]
    mark: Mark
    key: Any = None
    has_key: bool = False


class _Builder:
    """Builds plain data from the parser's events."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.stack: list[_Open] = []
        self.values = 0
        self.documents = 0

    def build(self) -> None:
        for event in self._events():
            index: int = event.start_mark.index
            if isinstance(event, yaml.DocumentStartEvent):
                self.documents += 1
                if self.documents > 1:
                    _note(self.source, "second-document", index)
                    break
            elif isinstance(event, yaml.NodeEvent):
                self._take(event, index)
            elif isinstance(event, yaml.CollectionEndEvent):
                self.stack.pop()
        if self.source.data is None and not self.source.findings:
            _note(self.source, "empty-file", 0)

    def _events(self) -> Iterator[Any]:
        try:
            yield from yaml.parse(self.source.text, Loader=_Parser)
        except yaml.MarkedYAMLError as error:
            _note_syntax(self.source, error)
            raise _StopReadingError from None
        except yaml.YAMLError as error:  # from the reader below the parser, without a mark
            reason, index = str(error).splitlines()[0], getattr(error, "position", 0)
            _note(self.source, "syntax", index, reason=reason, hint="check the text round it")
            raise _StopReadingError from None

    def _take(self, event: Any, index: int) -> None:
        self.values += 1
        if self.values > MAX_VALUES:
            _note(self.source, "too-many-values", index, limit=f"{MAX_VALUES:,}")
            raise _StopReadingError
        if isinstance(event, yaml.AliasEvent):
            _note(self.source, "alias", index, name=event.anchor)
            self.source.refused.add(index)
            self._put(None, index)
            return
        if event.anchor is not None:
            _note(self.source, "anchor", index, name=event.anchor)
        if event.tag is not None:
            _note(self.source, "tag", index, tag=event.tag)
        if isinstance(event, yaml.ScalarEvent):
            self._put(self._scalar(event, index), index)
            return
        opened = _Open({} if isinstance(event, yaml.MappingStartEvent) else [], Mark(index))
        self._put(opened.value, index, opened.mark)
        self.stack.append(opened)
        if len(self.stack) > MAX_DEPTH:
            _note(self.source, "too-deep", index, limit=MAX_DEPTH)
            raise _StopReadingError

    def _put(self, value: Any, index: int, mark: Mark | None = None) -> None:
        """Hand a finished or just opened value to what holds it."""
        mark = mark or Mark(index)
        if not self.stack:
            self.source.data, self.source.mark = value, mark
            return
        top = self.stack[-1]
        if isinstance(top.value, list):
            top.mark.inside[len(top.value)] = mark
            top.value.append(value)
        elif not top.has_key:
            top.key, top.has_key = self._key(top, value, index), True
            if top.key is None:
                self.source.incomplete.add(top.mark.index)
        else:
            top.has_key = False
            if top.key is not None:
                top.value[top.key] = value
                top.mark.inside[top.key] = mark

    def _key(self, top: _Open, key: Any, index: int) -> str | int | None:
        """Return the key, or None if its value must be dropped because the key is refused."""
        if index in self.source.refused:
            return None
        if key == "<<":
            _note(self.source, "merge-key", index)
            return None
        # A bare 1 is kept as a number: the model asks for text and says how to write it.
        if not isinstance(key, str | int) or isinstance(key, bool):
            _note(self.source, "complex-key", index, found=describe(key))
            return None
        if key in top.mark.keys:
            first, _ = self.source.place(top.mark.keys[key])
            _note(self.source, "duplicate-key", index, key=quoted(str(key)), first=first)
            return None
        top.mark.keys[key] = index
        return key

    def _scalar(self, event: Any, index: int) -> Any:
        text: str = event.value
        if event.style or event.tag is not None:  # the C parser calls plain style ""
            return self._quoted(text, index)
        if text in _NULL:
            return None
        if text in _TRUE or text in _FALSE:
            return text in _TRUE
        if text[0] in "+-.0123456789":
            if _INT.fullmatch(text):
                return self._integer(text, index)
            if _FLOAT.fullmatch(text):
                return float(text)
        return unicodedata.normalize("NFC", text)

    def _quoted(self, text: str, index: int) -> str:
        """Return a text in which escapes may have brought in what the decoder refuses."""
        if control := _CONTROL.search(text):
            _note(self.source, "control-character", index, code=f"{ord(control[0]):04X}")
        if _SURROGATE.search(text):  # libyaml refuses these itself, see `_note_syntax`
            _note(self.source, "lone-surrogate", index)
            text = _SURROGATE.sub("?", text)
        return unicodedata.normalize("NFC", text)

    def _integer(self, text: str, index: int) -> int | None:
        if len(text) > MAX_DIGITS + 2:
            _note(self.source, "number-too-long", index, digits=len(text.lstrip("+-")))
            self.source.refused.add(index)
            return None
        return int(text, 0 if text.startswith(("0o", "0x")) else 10)


def _note_syntax(source: Source, error: Any) -> None:
    """Note where and why the parser gave up."""
    problem, context = error.problem or "", error.context or ""
    marks = [error.problem_mark, error.context_mark]
    if "simple key" in context or ("quoted scalar" in context and "end of" in problem):
        marks.reverse()  # what began there was never finished; where that was noticed is no help
    mark = next((mark for mark in marks if mark), None)
    index = min(mark.index, len(source.text)) if mark else 0
    half = _HALF_ESCAPE.search(source.text, max(0, index - 2), index + 4)
    if half and "escape code" in problem:
        _note(source, "lone-surrogate", half.start())
        return
    reason = next((words for known, words in _REASONS.items() if known in problem), None)
    reason = reason or " ".join(part for part in (context, problem) if part)
    line, _ = source.place(index)
    character = repr(source.text[index : index + 1])
    reason = reason.format(character=character) if "{character}" in reason else reason
    _note(source, "syntax", index, reason=reason, hint=_hint(source.text, line - 1))


def _hint(text: str, line: int) -> str:
    """Guess from the line at fault which of the common slips it is."""
    here = _BREAK.split(text)[line]
    if "\t" in here[: len(here) - len(here.lstrip())]:
        return "indent with spaces, not with a tab"
    if here.count(": ") > 1 or re.search(r"(:|^\s*-)\s+[@`%&*!|>]", here):
        return 'put the sentence in double quotes, as in `evidence: "We looked at: ..."`'
    if here.count('"') % 2 or here.count("'") % 2:
        return "close the quotes; a sentence with an apostrophe goes in double quotes"
    return "check the indentation and quotes here and on the line before"
