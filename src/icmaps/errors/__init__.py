"""Every error icmaps raises on purpose, and the words for what is wrong with a file.

The catalogue of rules is in `_rules`. This package refuses to know about files, YAML or models.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from typing import Final

from icmaps.errors._rules import RULES, Rule, Severity

__all__ = [
    "RULES",
    "ContentError",
    "Finding",
    "IcmapsError",
    "MissingExtraError",
    "Problem",
    "RenderError",
    "Rule",
    "ScoringError",
    "Severity",
    "UnknownNameError",
    "describe",
    "listed",
    "near",
    "quoted",
    "require_extra",
]

_SHORT: Final = 48  # longer values are shortened in messages
_NEAR: Final = 100  # nobody misspells a longer word, and comparing is quadratic


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken rule, at a place in the data; the reader turns it into a `Problem`.

    Attributes:
        rule: Key into `RULES`.
        path: Keys and list positions from the top of the file to the value.
        values: What the rule's templates ask for.
        at_key: Point at the key rather than at its value.
    """

    rule: str
    path: tuple[str | int, ...]
    values: Mapping[str, object]
    at_key: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong with one file, told so that its author can mend it.

    Attributes:
        file: The file as the caller named it.
        line: Line, from 1.
        column: Column in characters, from 1.
        path: The place in the data, as in `components[3].fidelity.ideal_until`; empty for the file.
        rule: Key into `RULES`; stable, for scripts.
        what: What is wrong.
        why: Why it matters.
        mend: How to mend it.
        severity: `error` or `warning`.
    """

    file: str
    line: int
    column: int
    path: str
    rule: str
    what: str
    why: str
    mend: str
    severity: Severity = "error"

    def __str__(self) -> str:
        """Return `file:line:column: what; why; how to mend it` on one line."""
        return f"{self.file}:{self.line}:{self.column}: {self.what}; {self.why}; {self.mend}"

    def as_json(self) -> dict[str, object]:
        """Return the problem as `icmaps validate --json` prints it."""
        return asdict(self)


class IcmapsError(Exception):
    """The root of every error icmaps raises on purpose."""


class ContentError(IcmapsError):
    """A file is not what it says it is.

    Attributes:
        problems: Everything wrong with it, in reading order.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type["ContentError"], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


class UnknownNameError(IcmapsError):
    """A map, framework or version that is not in the catalog; the message names the near ones."""


class ScoringError(IcmapsError):
    """A profile or a comparison that would mean nothing, with the reason."""


class RenderError(IcmapsError):
    """A report that cannot be made, with the reason and what to do."""


class MissingExtraError(IcmapsError):
    """A part of icmaps whose libraries are not installed; the message says how to install them."""


def require_extra(without: str, *modules: str, extra: str = "groups") -> None:
    """See that libraries of an extra are installed, before they are needed.

    Args:
        without: What cannot be done without them.
        modules: Names of the modules.
        extra: Its name.

    Raises:
        MissingExtraError: Any cannot be found.
    """
    missing = [module for module in modules if not _is_there(module)]
    if missing:
        raise MissingExtraError(
            f"{' and '.join(missing)} cannot be found; {without}; "
            f"install what they need: pip install 'icmaps[{extra}]'"
        )


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ImportError:
        return False


def near(word: str, known: Iterable[str]) -> str:
    """Return "did you mean ...? " for a misspelt word, or nothing.

    Args:
        word: What was written; capitals do not matter.
        known: What could have been meant.

    Returns:
        A question and a space, ready to stand before the list of known words.
    """
    words = {candidate.casefold(): candidate for candidate in known if len(candidate) <= _NEAR}
    matches = difflib.get_close_matches(word[:_NEAR].casefold(), words, n=3, cutoff=0.6)
    if not matches:
        return ""
    likeness = [difflib.SequenceMatcher(None, word.casefold(), m).ratio() for m in matches]
    matches = [m for m, ratio in zip(matches, likeness, strict=True) if ratio > likeness[0] - 0.1]
    return f"did you mean {' or '.join(repr(words[match]) for match in matches)}? "


def quoted(text: str) -> str:
    """Return a text in quotes, shortened if it is long, with nothing in it that cannot be seen."""
    return repr(text if len(text) <= _SHORT else text[: _SHORT - 3] + "...")


def listed(words: Iterable[str]) -> str:
    """Return words as one readable list for a message."""
    return ", ".join(map(quoted, words))


def describe(value: object) -> str:
    """Return a value's kind and text for a message, in words a non-programmer knows.

    Args:
        value: Any value a file can hold.

    Returns:
        For example `the number 1.1`, `nothing` or `a list`.
    """
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {value}"
        case str():
            return quoted(value)
        case dict():
            return "a block of `key: value` lines"
        case _:
            return "a list"
