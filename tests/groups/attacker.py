"""An attacker of group figures, who is given more than is ever printed.

They know who is in which group in every round, how the program rounds, and for every question the
parts of every block: all figures are sums of these. What they do not know is where the parts begin.
They set it all up as linear constraints on how many people of each smallest circle of people gave
which answers, and look for a count that can have one value only.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from scipy.optimize import linprog

Vector = tuple[int | None, ...]
"""A person's answer in each round; None where they were not there."""

_EDGE: Final = 1e-6  # a beginning is between two of the places where it would tell itself
Row = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Educator:
    """Where somebody was in each round, and what they answered there: None where they were not."""

    name: str
    groups: tuple[tuple[str, str, str] | None, ...]
    answers: Vector


@dataclass
class Attack:
    """The constraints that what is known puts on what people answered.

    A *circle* is all people who were in the same groups in the same rounds: nothing that is known
    about groups tells its people apart.
    """

    people: Sequence[Educator]
    values: int
    rows: list[Row] = field(default_factory=list)
    limits: list[float] = field(default_factory=list)
    beginnings: int = 0

    def __post_init__(self) -> None:
        self.circles = sorted({person.groups for person in self.people}, key=repr)
        self.columns: dict[tuple[Any, Vector], int] = {}
        for circle in self.circles:
            options = [range(self.values) if where else (None,) for where in circle]
            for vector in itertools.product(*options):
                self.columns[circle, vector] = len(self.columns)
        self.truth = np.zeros(len(self.columns))
        for person in self.people:
            self.truth[self.columns[person.groups, person.answers]] += 1
        sizes = Counter(person.groups for person in self.people)
        self.totals = np.array(
            [[float(c == circle) for c, _ in self.columns] for circle in self.circles]
        )
        self.sizes = np.array([sizes[circle] for circle in self.circles], float)

    def count(self, inside: Callable[[Any], bool], answer: Callable[[Vector], bool]) -> Row:
        """Return what adds up the people of some circles who answered so."""
        return np.array([float(inside(c) and answer(v)) for c, v in self.columns])

    def learn_block(
        self,
        circles: Iterable[Any],
        answer: Callable[[Vector], int],
        people: int,
        parts: Sequence[int],
    ) -> None:
        """Add what a block's parts tell: as many begin among the first answers as were told.

        Everything is in people: that at most `told` parts begin among the first `below` people is
        below x m + begin x n < (told + 1) x n, and that as many do, >= told x n.
        """
        inside = set(circles)
        begin, of = self.beginnings, sum(parts)
        self.beginnings += 1
        for last in range(len(parts) - 1):
            below = self.count(lambda c: c in inside, up_to(answer, last))
            told = sum(parts[: last + 1])
            for sign, limit in ((1, (told + 1) * people - _EDGE), (-1, -told * people)):
                self.rows.append(np.append(sign * of * below, [sign * people, begin]))
                self.limits.append(limit)

    def pinned(self, secrets: dict[Any, Row]) -> list[Any]:
        """Return the secrets that can have one whole value only."""
        matrix = np.zeros((len(self.rows), len(self.columns) + self.beginnings))
        for n, row in enumerate(self.rows):
            matrix[n, : len(self.columns)] = row[: len(self.columns)]
            if len(row) > len(self.columns):
                matrix[n, len(self.columns) + int(row[-1])] = row[-2]
        left = {name: (row, float(row @ self.truth)) for name, row in secrets.items()}
        draw = np.random.default_rng(len(left))
        for _ in range(12):  # one solution shows many counts to be open
            if not left:
                return []
            signs = draw.choice([-1.0, 1.0], len(left))
            goal = np.sum([s * r for s, (r, _) in zip(signs, left.values(), strict=True)], axis=0)
            self._strike_out(left, self._solve(goal, matrix))
        for name in list(left):
            for sign in (1.0, -1.0):
                if name in left:
                    self._strike_out(left, self._solve(sign * left[name][0], matrix))
        return list(left)

    def _solve(self, goal: Row, matrix: Row) -> Row:
        more = np.zeros(self.beginnings)
        found = linprog(
            np.append(goal, more),
            A_ub=matrix,
            b_ub=np.array(self.limits),
            A_eq=np.hstack([self.totals, np.zeros((len(self.totals), self.beginnings))]),
            b_eq=self.sizes,
            bounds=[(0, None)] * len(goal) + [(_EDGE, 1 - _EDGE)] * self.beginnings,
            method="highs",
        )
        assert found.status == 0, f"the attack contradicts the truth: {found.message}"
        return np.asarray(found.x[: len(goal)])

    @staticmethod
    def _strike_out(left: dict[Any, tuple[Row, float]], solution: Row) -> None:
        for name, (row, true) in list(left.items()):
            if abs(row @ solution - true) >= 1 - 1e-6:
                del left[name]


def up_to(answer: Callable[[Vector], int], last: int) -> Callable[[Vector], bool]:
    """Return what tells whether an answer is among the first."""
    return lambda vector: answer(vector) <= last


def answered(value: int, place: int = 0) -> Callable[[Vector], bool]:
    """Return what tells whether an answer of a round is this one."""
    return lambda vector: bool(vector[place] == value)


def equal(circle: Any) -> Callable[[Any], bool]:
    """Return what tells whether a circle is this one."""
    return lambda other: bool(other == circle)


def within(path: Sequence[str], *places: int) -> Callable[[Any], bool]:
    """Return what tells whether a circle is in a group, and was there in some rounds."""
    last = places[-1]
    return lambda circle: (
        all(circle[p] is not None for p in places) and circle[last][: len(path)] == tuple(path)
    )


def secrets(attack: Attack, rounds: int) -> dict[Any, Row]:
    """Return every count that must stay hidden.

    Of every circle, every group at every level and everybody, in every round and answer. That a
    published group's counts stay open as well is more than disclosure control asks for, and what
    keeps nobody and everybody from being given away.
    """
    found: dict[Any, Row] = {}
    for place in range(rounds):
        there = [circle for circle in attack.circles if circle[place]]
        insides: dict[Any, Callable[[Any], bool]] = {
            ("circle", circle): equal(circle) for circle in there
        }
        for where in {(circle[place] or ())[:depth] for circle in there for depth in range(4)}:
            insides["group", where] = within(where, place)
        for (name, inside), value in itertools.product(insides.items(), range(attack.values)):
            found[place, name, value] = attack.count(inside, answered(value, place))
    return found
