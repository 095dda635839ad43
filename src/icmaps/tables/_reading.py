"""What reading tables gives: parts of placements, and the problems of the rest."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from icmaps import _kernel
from icmaps.errors import Problem
from icmaps.models import Assessment, Groups, Placement, Rater, Respondent, Round
from icmaps.scoring import Answers, CompiledMap, Sheet, joined

MOST_PROBLEMS: Final = 1000  # told of one reading; the rest are counted
KEY: Final = ("respondent", "map", "round", "rater")
WHO: Final = ("respondent", "name", "team", "school", "district", "map", "round", "date", "rater")
NEEDED: Final = ("respondent", "map", "round", "date")
PLACED: Final = ("component", "level", "answer", "evidence")


class Seen:
    """Which assessments were read before: 8 bytes each, in sorted runs that double in length."""

    def __init__(self) -> None:
        self._runs: list[npt.NDArray[np.uint64]] = []

    def keys(self) -> npt.NDArray[np.uint64]:
        """Return all of them, each once."""
        return np.concatenate([np.empty(0, np.uint64), *self._runs])

    def first(self, keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
        """Return which keys come for the first time, and remember them."""
        values, places = np.unique(keys, return_index=True)
        fresh = np.ones(len(values), np.bool_)
        for run in self._runs:
            at = np.searchsorted(run, values)
            fresh &= run[np.minimum(at, len(run) - 1)] != values
        run = values[fresh]
        if len(run):
            while self._runs and len(self._runs[-1]) <= len(run):
                run = np.sort(np.concatenate([self._runs.pop(), run]))
            self._runs.append(run)
        first = np.zeros(len(keys), np.bool_)
        first[places[fresh]] = True
        return first


@dataclass(frozen=True, slots=True)
class Part:
    """Some assessments of one map version.

    Attributes:
        compiled: The map.
        who: One row an assessment: the columns `WHO`.
        ranks: Rows as `encode` makes them.
        evidence: What shows a placement, by its row and column; long tables only.

    Shapes:
        who: (A, 9); ranks: (A, C).
    """

    compiled: CompiledMap
    who: pl.DataFrame
    ranks: npt.NDArray[np.int8]
    evidence: Mapping[tuple[int, int], str] = field(default_factory=dict)

    def assessments(self) -> Iterator[Assessment]:
        """Yield the assessments one by one, as if each had been read from its own file.

        An off-scale choice is told by the first code of its component: ranks know no more.
        """
        icmap = self.compiled.icmap
        answers = [_answers(choices) for choices in self.compiled.ranks]
        columns = list(enumerate(component.id for component in icmap.components))
        for number, who in enumerate(self.who.iter_rows(named=True)):
            ranks = self.ranks[number].tolist()
            placements = tuple(
                Placement.model_construct(
                    component=name,
                    evidence=self.evidence.get((number, column)),
                    **answers[column][ranks[column]],
                )
                for column, name in columns
                if ranks[column] != _kernel.UNANSWERED
            )
            groups = {name: who[name] for name in ("team", "school", "district")}
            yield Assessment.model_construct(
                schema_="icmaps/assessment/1",
                map=icmap.reference,
                respondent=Respondent.model_construct(
                    id=who["respondent"], name=who["name"], groups=Groups.model_construct(**groups)
                ),
                rater=Rater.model_construct(kind=who["rater"]),
                round=Round.model_construct(id=who["round"], date=date.fromisoformat(who["date"])),
                placements=placements,
            )


def _answers(choices: Mapping[str, int]) -> dict[int, dict[str, Any]]:
    """Return what a placement says, by rank or code."""
    said: dict[int, dict[str, Any]] = {
        _kernel.NOT_APPLICABLE: {"answer": "not-applicable"},
        _kernel.DONT_KNOW: {"answer": "dont-know"},
    }
    for code, rank in choices.items():
        said.setdefault(rank, {"level": code})
    return said


@dataclass(slots=True)
class Reading:
    """What one or several tables say, and what is wrong with them.

    Attributes:
        parts: The placements, if they were asked for together.
        problems: What is wrong, in reading order; at most 1,000 are told.
        untold: How many more problems there are.
        rows: Rows that are not empty.
        refused: Rows of which nothing could be kept.
        seen: The assessments so far, so that none counts twice.
    """

    parts: list[Part] = field(default_factory=list, repr=False)
    problems: list[Problem] = field(default_factory=list)
    untold: int = 0
    rows: int = 0
    refused: int = 0
    seen: Seen = field(default_factory=Seen, repr=False)

    @property
    def answers(self) -> dict[str, Answers]:
        """The placements, by map reference."""
        return joined(
            {
                part.compiled.icmap.reference: Answers(
                    part.compiled, tuple(_sheets(part.who)), part.ranks
                )
            }
            for part in self.parts
        )

    def assessments(self) -> list[Assessment]:
        """Return all assessments, as if each had been read from its own file."""
        return [assessment for part in self.parts for assessment in part.assessments()]

    def tell(self, found: Problem) -> None:
        """Take a problem in; from the thousand and first on they are counted."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(found)
        else:
            self.untold += 1

    def lose(self, found: Problem) -> None:
        """Take in the problem of a row that cannot be read at all."""
        self.tell(found)
        self.rows += 1
        self.refused += 1


def _sheets(who: pl.DataFrame) -> Iterator[Sheet]:
    for respondent, _, team, school, district, _, round_id, day, rater in who.iter_rows():
        yield Sheet(
            respondent=respondent,
            groups=Groups.model_construct(team=team, school=school, district=district),
            round_id=round_id,
            round_date=date.fromisoformat(day),
            rater=rater,
        )
