"""What the readers of all formats share: rows of cells, headings, and problems of one row."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from icmaps.errors import RULES, ContentError, Finding, Problem, quoted

MOST_COLUMNS: Final = 16_384  # of a sheet

Cells = Sequence[str | None]
# Tells a problem of one row; the reader goes on with the next.
Tell = Callable[[Problem], None]

MOST_CELLS: Final = 5_000_000  # of a part, however many columns there are


class RowError(Exception):
    """A row that cannot be read; never leaves this package."""

    def __init__(self, row: int, column: int, rule: str, **values: object) -> None:
        super().__init__(rule)
        self.row, self.column = row, column
        self.finding = Finding(rule, (), values)


def folded(names: Iterable[str | None]) -> list[str]:
    """Return headings as they are looked up: without blanks around them, in small letters.

    A column without a heading is named after its place; an empty one is then in nobody's way.

    Raises:
        RowError: If two are the same, a heading is no text, or there are too many.
    """
    heading: list[str] = []
    places: dict[str, int] = {}
    for place, raw in enumerate(names, start=1):
        name = (raw or "").strip().lower() or f"column {place}"
        if "\0" in name or any(ord(c) < ord(" ") and not c.isspace() for c in name):
            reason = "its heading is no text; it may be a file of another kind"
            raise RowError(1, place, "unreadable", reason=reason)
        if name in places:
            raise RowError(1, place, "duplicate-id", kind="column", id=quoted(name))
        if place > MOST_COLUMNS:
            reason = f"it has more than {MOST_COLUMNS:,} columns"
            raise RowError(1, place, "unreadable", reason=reason)
        places[name] = place
        heading.append(name)
    return heading


def text_of(value: Any) -> str | None:
    """Return a cell as it would be written in a CSV file; 3.0 was the level 3."""
    match value:
        case None | "":
            return None
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)


def unreadable(path: Path, reason: str) -> ContentError:
    """Return that a file cannot be read."""
    return ContentError([problem(path, Finding("unreadable", (), {"reason": reason}), 1, 1)])


def problem(path: Path, finding: Finding, row: int, column: int) -> Problem:
    """Return a finding about a table, with its row and column, both counted from 1."""
    rule = RULES[finding.rule]
    what, why, mend = (
        " ".join(sentence.format(**finding.values).split())
        for sentence in (rule.what, rule.why, rule.mend)
    )
    return Problem(
        file=str(path),
        line=row,
        column=column,
        path=".".join(map(str, finding.path)),
        rule=finding.rule,
        what=what,
        why=why,
        mend=mend,
        severity=rule.severity,
    )
