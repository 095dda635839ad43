"""An attacker of group figures, who knows everything but the answers.

They know who is in which group in every round, how the program rounds, and everything it printed.
They set up all of it as linear constraints on how many people of each smallest circle of people
gave which answers, and look for a count that can have one value only.
"""

import itertools
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import linprog

Vector = tuple[int | None, ...]
"""A person's answer in each round; None where they were not there."""


@dataclass(frozen=True)
class Educator:
    """Where somebody was in each round, and what they answered there: None where they were not."""

    name: str
    groups: tuple[tuple[str, str, str] | None, ...]
    answers: Vector


@dataclass
class Attack:
    """The constraints that what was printed puts on what people answered.

    A *circle* is all people who were in the same groups in the same rounds: nothing that is known
    about groups tells its people apart.
    """

    people: Sequence[Educator]
    values: int
    rows: list[np.ndarray] = field(default_factory=list)
    limits: list[float] = field(default_factory=list)

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

    def count(self, inside: Any, answer: Any) -> np.ndarray:
        """Return what adds up the people of some circles who answered so."""
        return np.array([float(inside(c) and answer(v)) for c, v in self.columns])

    def learn_parts(
        self, inside: Any, answers: Sequence[Any], parts: Sequence[int], of: int
    ) -> None:
        """Add what the parts of a panel tell: each is the nearest, ties to the first."""
        rows = [self.count(inside, answer) for answer in answers]
        people = self.count(inside, lambda _: True) @ self.truth
        for i, j in itertools.permutations(range(len(rows)), 2):
            self.rows.append(of * (rows[i] - rows[j]))
            self.limits.append(float(people * (parts[i] - parts[j] + 1) - (1 if i < j else 0)))

    def pinned(self, secrets: Mapping[Any, np.ndarray]) -> list[Any]:
        """Return the secrets that can have one whole value only.

        Raises:
            AssertionError: If what is true does not fit what was printed: then the attack is wrong.
        """
        matrix, limits = np.array(self.rows), np.array(self.limits)
        assert (matrix @ self.truth <= limits + 1e-9).all(), "the attack contradicts the truth"
        left = {name: (row, float(row @ self.truth)) for name, row in secrets.items()}
        draw = np.random.default_rng(len(left))
        for _ in range(12):  # one solution shows many counts to be open
            if not left:
                return []
            signs = draw.choice([-1.0, 1.0], len(left))
            goal = sum(s * row for s, (row, _) in zip(signs, left.values(), strict=True))
            self._strike_out(left, self._solve(goal, matrix, limits))
        for name in list(left):
            for sign in (1.0, -1.0):
                if name in left:
                    self._strike_out(left, self._solve(sign * left[name][0], matrix, limits))
        return list(left)

    def _solve(self, goal: Any, matrix: np.ndarray, limits: np.ndarray) -> np.ndarray:
        found = linprog(
            goal, A_ub=matrix, b_ub=limits, A_eq=self.totals, b_eq=self.sizes, method="highs"
        )
        assert found.status == 0, found.message
        return np.asarray(found.x)

    @staticmethod
    def _strike_out(left: dict[Any, tuple[np.ndarray, float]], solution: np.ndarray) -> None:
        for name, (row, true) in list(left.items()):
            if abs(row @ solution - true) >= 1 - 1e-6:
                del left[name]


def within(path: Sequence[str], *places: int) -> Any:
    """Return what tells whether a circle is in a group, and was there in some rounds."""
    last = places[-1]
    return lambda circle: (
        all(circle[p] is not None for p in places) and circle[last][: len(path)] == tuple(path)
    )


def everything_printed(attack: Attack, printed: Mapping[str, Any], component: str) -> None:
    """Learn all that one file of group figures tells about a component."""
    rounds = [occasion["id"] for occasion in printed["rounds"]]
    none = attack.values - 1

    def row(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
        return next((r for r in rows if r["id"] == component), None)

    for group in printed["groups"]:
        for told in group["spreads"]:
            place = rounds.index(told["round"])
            if found := row(told["components"]):
                attack.learn_parts(within(group["path"], place), _levels(place, none),
                                   list(found["parts"].values()), found["of"])  # fmt: skip
        for moves in group["moves"]:
            one, two = (rounds.index(moves[side]["round"]) for side in ("before", "after"))
            inside = within(group["path"], one, two)
            for side, place in (("before", one), ("after", two)):
                if found := row(moves[side]["components"]):
                    attack.learn_parts(inside, _levels(place, none),
                                       list(found["parts"].values()), found["of"])  # fmt: skip
            if found := row(moves["components"]):
                attack.learn_parts(inside, _moves(one, two, none),
                                   list(found["parts"].values()), found["of"])  # fmt: skip


def _levels(place: int, none: int) -> list[Any]:
    return [lambda v, level=level: v[place] == level for level in range(none + 1)]


def _moves(one: int, two: int, none: int) -> list[Any]:
    def move(v: Vector) -> int:
        before, after = v[one], v[two]
        assert before is not None
        assert after is not None
        if none in (before, after):
            return 4 if after == none else 3
        return (before > after) * 0 + (before == after) * 1 + (before < after) * 2

    return [lambda v, kind=kind: move(v) == kind for kind in range(5)]


def secrets(attack: Attack, rounds: int) -> dict[Any, np.ndarray]:
    """Return every count that must stay hidden.

    Of every circle, every group at every level and everybody, in every round and answer. That a
    published group's counts stay open as well is more than disclosure control asks for, and what
    keeps nobody and everybody from being given away.
    """
    found: dict[Any, np.ndarray] = {}
    for place in range(rounds):
        there = [circle for circle in attack.circles if circle[place]]
        insides: dict[Any, Any] = {
            ("circle", circle): (lambda c, circle=circle: c == circle) for circle in there
        }
        for where in {(circle[place] or ())[:depth] for circle in there for depth in range(4)}:
            insides["group", where] = within(where, place)
        for (name, inside), value in itertools.product(insides.items(), range(attack.values)):
            said = _levels(place, attack.values - 1)[value]
            found[place, name, value] = attack.count(inside, said)
    return found


def as_printed(value: Any) -> Any:
    """Return a value as it is read back from the file that was printed."""
    return json.loads(json.dumps(value))
