"""What the cells of a table may say: who, when and on which map, and the level of a component."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple, get_args

import numpy as np
import polars as pl

from icmaps import _kernel
from icmaps.errors import Finding, listed, quoted
from icmaps.models import RaterKind
from icmaps.tables._reading import NEEDED, WHO

_ANSWERS: Final[Mapping[str, int]] = {
    "na": _kernel.NOT_APPLICABLE,
    "n/a": _kernel.NOT_APPLICABLE,
    "not-applicable": _kernel.NOT_APPLICABLE,
    "not applicable": _kernel.NOT_APPLICABLE,
    "dk": _kernel.DONT_KNOW,
    "dont-know": _kernel.DONT_KNOW,
    "don't know": _kernel.DONT_KNOW,
}
_WHOLE: Final = re.compile(r"(-?[0-9]+)\.0+")  # how spreadsheets write a level that is a number
_DATE: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_ID: Final = r"^[a-z0-9]+(-[a-z0-9]+)*$"
_CONTROL: Final = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"  # as the models have it
_MOST_LETTERS: Final = {
    **dict.fromkeys(("respondent", "round"), 64),
    **dict.fromkeys(("name", "team", "school", "district"), 200),
    "evidence": 4000,
}


class Check(NamedTuple):
    """What no row may say in a column.

    Attributes:
        column: The column.
        bad: Whether a row is wrong there.
        rule: Key into `RULES`.
        words: What the rule's templates ask for beside the value found.
    """

    column: str
    bad: pl.Expr
    rule: str
    words: dict[str, str]


def checks(*, is_long: bool) -> Iterator[Check]:
    """Yield what is checked before the components are looked at, as the models check it."""
    for name in (*NEEDED, "component") if is_long else NEEDED:
        yield _wrong(
            name, pl.col(name).is_null(), f"every row needs a {name}", f"fill in the {name}"
        )
    for name in WHO:
        unseen = pl.col(name).str.contains(_CONTROL)
        hint = "delete it and type the text again"
        yield _wrong(name, unseen, "a character in it cannot be seen", hint)
    for name, most in _MOST_LETTERS.items():
        if is_long or name in WHO:
            long = pl.col(name).str.len_chars() > most
            yield _wrong(name, long, f"it has more than {most:,} characters", "shorten it")
    yield Check("round", ~pl.col("round").str.contains(_ID), "not-an-id", {})
    day = pl.col("date").str.to_date("%Y-%m-%d", strict=False)
    no_day = ~pl.col("date").str.contains(_DATE) | day.is_null() | (day.dt.year() < 1)
    yield Check("date", no_day, "not-a-date", {})
    raters = get_args(RaterKind)
    no_rater = ~pl.col("rater").is_in(raters)
    yield _wrong("rater", no_rater, "it is no kind of rater", f"write one of {listed(raters)}")


def _wrong(name: str, bad: pl.Expr, reason: str, hint: str) -> Check:
    words = {"reason": reason, "hint": hint}
    return Check(name, bad.fill_null(value=False), "wrong-value", words)


class Codes:
    """The levels of one component as they are written in the cells, and the rank of each."""

    def __init__(self, choices: Mapping[str, int]) -> None:
        self.choices = choices
        self._words = dict(choices)
        self._made()

    def _made(self) -> None:
        self._kind = pl.Enum(["\0", *self._words])
        self.ranks = np.array([_kernel.UNANSWERED, *self._words.values()], np.int8)

    def of(self, name: str) -> pl.Expr:
        """Return the place of each cell's rank in `ranks`; 0 for an empty or unknown cell."""
        return pl.col(name).cast(self._kind, strict=False).fill_null("\0").to_physical()

    def learn(self, cells: Iterable[str]) -> None:
        """Look at cells that are no code; from now on those that are one in disguise are known."""
        ranks = {cell: rank_of(cell, None, self.choices) for cell in cells}
        self._words |= {cell: rank for cell, rank in ranks.items() if rank is not None}
        self._made()


def rank_of(level: str | None, answer: str | None, choices: Mapping[str, int]) -> int | None:
    """Return the rank or code of what two cells say; None if it is nothing we know."""
    if level is not None and answer is not None:
        return None
    said = (level or answer or "").strip()
    whole = _WHOLE.fullmatch(said)
    if not said:
        return _kernel.UNANSWERED
    if level is not None:
        for code in (said, whole[1] if whole else said):
            if code in choices:
                return choices[code]
    return _ANSWERS.get(said.lower())


def no_such_level(component: str, code: str, choices: Mapping[str, int]) -> Finding:
    hint = f"write one of {listed(choices)}, NA for not applicable or DK for don't know"
    values = {"component": component, "code": quoted(code), "hint": hint}
    return Finding("unknown-level", (component,), values)
