"""Who is in which group, in which round, placed by whom; and what they answered, still ungated.

Nothing in this module is printed: its counts go through `_gate` first.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Literal

import numpy as np

from icmaps import _kernel
from icmaps.errors import ScoringError
from icmaps.models import Groups, RaterKind
from icmaps.scoring import Answers, Sheet

GroupKind = Literal["everyone", "district", "school", "team"]
KINDS: Final[tuple[GroupKind, ...]] = ("everyone", "district", "school", "team")
OWN: Final[tuple[RaterKind, ...]] = ("self", "team")
OTHERS: Final[tuple[RaterKind, ...]] = ("coach", "peer", "observer")


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """A group of people: everyone, a district, a school or a team.

    Attributes:
        path: Names from the district down; a school without a district has an empty one before it.
        kind: What the group is.
    """

    path: tuple[str, ...]
    kind: GroupKind

    @property
    def name(self) -> str:
        """The group's own name."""
        return self.path[-1] if self.path else "Everyone"


@dataclass(frozen=True, slots=True, order=True)
class RoundOf:
    """One occasion of a group."""

    date: str
    id: str


@dataclass(slots=True)
class Person:
    """The rows of the matrix that one person has.

    Attributes:
        groups: The groups of each round in which the person placed their own practice.
        own: The row of each of those rounds.
        other: The row of another rater of the latest round, where there is one.
    """

    groups: dict[RoundOf, tuple[Group, ...]] = field(default_factory=dict)
    own: dict[RoundOf, int] = field(default_factory=dict)
    other: int | None = None


@dataclass(frozen=True, slots=True)
class Cohort:
    """Everybody who placed their practice on one map version.

    Attributes:
        answers: Their placements.
        rounds: The rounds in order of date.
        people: The people by id.
    """

    answers: Answers
    rounds: tuple[RoundOf, ...]
    people: dict[str, Person]

    def asks(self, column: int) -> bool:
        """Tell whether most of those there in the latest round were asked about a component."""
        rows = [p.own[self.latest] for p in self.people.values() if self.latest in p.own]
        asked = self.answers.ranks[rows, column] != _kernel.NOT_ASKED
        return bool(rows) and 2 * int(asked.sum()) >= len(rows)

    def present(self, group: Group, occasion: RoundOf) -> int:
        """Return how many people of a group placed their practice in a round."""
        return sum(group in p.groups.get(occasion, ()) for p in self.people.values())

    @property
    def latest(self) -> RoundOf:
        """The last round."""
        return self.rounds[-1]


def cohort(answers: Answers, by: GroupKind) -> Cohort:
    """Return who answered, with the groups down to one kind.

    Args:
        answers: The placements of all raters and rounds.
        by: The smallest kind of group to tell of.

    Raises:
        ScoringError: If nobody placed their own practice, or somebody did so twice in one round.
    """
    if not any(sheet.rater in OWN for sheet in answers.sheets):
        raise ScoringError(
            "nobody placed their own practice; a group's figures are made of what its people say "
            "of themselves; give assessments by the rater `self`, or `team` for a team"
        )
    rounds = _in_order(answers)
    dates = {occasion.id: occasion.date for occasion in rounds}
    spelt = _spellings(answers)
    people: dict[str, Person] = {}
    # What a team agreed on counts where nobody placed it alone.
    for row, sheet in sorted(enumerate(answers.sheets), key=lambda item: item[1].rater == "team"):
        if sheet.round_id in dates:
            occasion = RoundOf(dates[sheet.round_id], sheet.round_id)
            person = people.setdefault(sheet.respondent, Person())
            if _add(person, sheet, row, occasion, rounds):
                person.groups[occasion] = tuple(_groups(sheet.groups, by, spelt))
    return Cohort(answers, rounds, {name: p for name, p in sorted(people.items()) if p.own})


def group_paths(answers: Answers) -> list[tuple[str, ...]]:
    """Return the paths of all groups that somebody is in, from the district down.

    Args:
        answers: Placements of any rounds and raters.
    """
    spelt = _spellings(answers)
    found = {g.path for sheet in answers.sheets for g in _groups(sheet.groups, "team", spelt)}
    return sorted(path for path in found if path)


def _in_order(answers: Answers) -> tuple[RoundOf, ...]:
    """Return the rounds in order of their middle days: one takes weeks, and a date may be wrong.

    Raises:
        ScoringError: If two rounds have the same middle day.
    """
    days: dict[str, list[str]] = {}
    for sheet in answers.sheets:
        if sheet.rater in OWN:
            days.setdefault(sheet.round_id, []).append(sheet.round_date.isoformat())
    rounds = sorted(RoundOf(sorted(d)[len(d) // 2], name) for name, d in days.items())
    for one, two in pairwise(rounds):
        if one.date == two.date:
            raise ScoringError(
                f"the rounds {one.id!r} and {two.id!r} are both of {one.date}; nobody could tell "
                "which came first; correct their dates"
            )
    return tuple(rounds)


def _add(
    person: Person, sheet: Sheet, row: int, occasion: RoundOf, rounds: tuple[RoundOf, ...]
) -> bool:
    """Take a sheet into account; return whether it is the person's own of that round."""
    if sheet.rater == "self" or (sheet.rater == "team" and occasion not in person.own):
        if occasion in person.own:
            raise ScoringError(
                f"{sheet.respondent!r} placed their own practice twice in the round "
                f"{occasion.id!r}; one person would be counted as two; keep one of them"
            )
        person.own[occasion] = row
        return True
    if sheet.rater in OTHERS and occasion == rounds[-1] and person.other is None:
        person.other = row
    return False


def _alike(name: str) -> str:
    """Return what a name has in common with all others that mean the same group."""
    return " ".join(name.casefold().split())


def _spellings(answers: Answers) -> dict[str, str]:
    """Return how each group's name is written most often: capitals and spaces tell none apart."""
    names = Counter(
        name
        for sheet in answers.sheets
        for name in (sheet.groups.district, sheet.groups.school, sheet.groups.team)
        if name
    )
    rising = sorted(names.items(), key=lambda item: (item[1], item[0]))
    return {_alike(name): name for name, _ in rising}


def _groups(groups: Groups, by: GroupKind, spelt: Mapping[str, str]) -> Iterator[Group]:
    """Yield the groups a person is in, the largest first, down to one kind."""
    yield Group((), "everyone")
    path: tuple[str, ...] = ()
    for kind in KINDS[1 : KINDS.index(by) + 1]:
        name: str | None = getattr(groups, kind)
        path = (*path, spelt[_alike(name)] if name else "")
        if name:
            yield Group(path, kind)


def vectors(cohort_: Cohort, column: int, levels: int) -> dict[str, tuple[int | None, ...]]:
    """Return what each person answered to one component, in every round and by another rater.

    Args:
        cohort_: The people.
        column: The component's column.
        levels: Its number of levels; this number stands for "no level".

    Returns:
        By person: the rank in each round, then that of another rater in the latest round; None
        where there is no such assessment.
    """
    ranks = cohort_.answers.ranks[:, column]
    said = np.where(ranks >= 0, ranks, levels).tolist()
    found = {}
    for name, person in cohort_.people.items():
        rows = [person.own.get(occasion) for occasion in cohort_.rounds]
        found[name] = tuple(None if row is None else said[row] for row in (*rows, person.other))
    return found
