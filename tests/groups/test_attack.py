"""Whoever takes everything that is printed about groups cannot work out a hidden count."""

import random
from datetime import date
from typing import Any, Final

import numpy as np
import pytest

from groups.attacker import Attack, Educator, answered, secrets, within
from icmaps.groups import _gate, study
from icmaps.groups._gate import rounded_blocks
from icmaps.groups._panels import panels_of
from icmaps.groups._people import cohort
from icmaps.models import Framework, Groups, ICMap
from icmaps.scoring import Answers, CompiledMap, Sheet, compile_map

ROUNDS: Final = (("spring", date(2026, 4, 10)), ("fall", date(2026, 11, 5)))
COMPONENT: Final = "c"


def one_row_map(levels: int) -> CompiledMap:
    """A map of one component: disclosure is about one component at a time."""
    codes = "1234"[:levels]
    framework = {
        "schema": "icmaps/framework/1", "id": "demo", "version": "1.0.0", "title": "Demo",
        "issuer": "Us", "edition": "1",
        "sections": [{"id": "s", "kind": "standard", "title": "S"}],
    }  # fmt: skip
    raw = {
        "schema": "icmaps/map/1", "id": "demo/teacher", "version": "1.0.0", "title": "Teacher",
        "framework": "demo@1.0.0", "scale": [{"code": code} for code in codes],
        "components": [{
            "id": COMPONENT, "section": "s", "title": "Does it",
            "variations": {code: f"text {code}" for code in codes},
        }],
    }  # fmt: skip
    return compile_map(ICMap.model_validate(raw), Framework.model_validate(framework))


def district(draw: random.Random, values: int, rounds: int) -> list[Educator]:
    """Schools and teams of all sizes; some answer alike, some move, some come and go."""
    people: list[Educator] = []
    for school in range(draw.randint(1, 4)):
        for team in range(draw.randint(1, 4)):
            taste = [draw.random() ** draw.choice([1, 4]) + 0.01 for _ in range(values)]
            alike = draw.random() < 0.25
            for _ in range(draw.randint(1, 13)):
                home = ("North", f"School {school}", f"Team {team}" if draw.random() < 0.9 else "")
                groups: list[Any] = []
                answers: list[int | None] = []
                for _ in range(rounds):
                    there = draw.random() < 0.9 or not groups
                    away = ("North", home[1], "Team 0") if draw.random() < 0.05 else home
                    answer = draw.choices(range(values), taste)[0]
                    groups.append(away if there else None)
                    answers.append((0 if alike else answer) if there else None)
                people.append(Educator(f"E-{len(people)}", tuple(groups), tuple(answers)))
    return people


def answers_of(people: list[Educator], compiled: CompiledMap) -> Answers:
    levels = len(compiled.icmap.components[0].variations)
    sheets, ranks = [], []
    for person in people:
        for (name, day), where, answer in zip(ROUNDS, person.groups, person.answers, strict=False):
            if where is not None and answer is not None:
                named = dict(zip(("district", "school", "team"), where, strict=True))
                groups = Groups.model_validate({kind: n for kind, n in named.items() if n})
                sheets.append(Sheet(person.name, groups, name, day))
                ranks.append([answer if answer < levels else -1])
    return Answers(compiled, tuple(sheets), np.array(ranks, np.int8))


def attacked(seed: int, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], int]:
    """Return what an attacker of one random district works out, and how many groups are told."""
    draw = random.Random(seed)
    levels, rounds = draw.choice([(2, 1), (3, 1), (4, 1), (2, 2), (2, 2), (3, 2)])
    people = district(draw, levels + 1, rounds)
    answers = answers_of(people, one_row_map(levels))
    seen: list[tuple[Any, Any, Any]] = []

    def spying(figures: Any, component: str, key: bytes) -> Any:
        told = rounded_blocks(figures, component, key)
        seen.append((figures, told, {f.question: f.answer for f in figures}))
        return told

    monkeypatch.setattr(_gate, "rounded_blocks", spying)
    members = draw.choice([None, None, ("North", "School 0"), ("North", "School 0", "Team 0")])
    told = study(answers, members=members)
    attack = Attack(people, levels + 1)
    everybody = cohort(answers, "team")
    circle_of = {person.name: person.groups for person in people}
    if not seen or not seen[0][1]:
        return [], 0
    figures, parts_of, answer_of = seen[0]
    names = members_of_blocks(everybody, figures)
    for (question, block), (size, parts) in parts_of.items():
        circles = {circle_of[name] for name in names[question, block]}
        attack.learn_block(circles, answer_of[question], size, parts)
    return attack.pinned(secrets(attack, rounds)), len(told.groups)


def members_of_blocks(everybody: Any, figures: Any) -> dict[tuple[str, str], list[str]]:
    """Return the people of each block: those who are in exactly the panels of its name."""
    asking: dict[str, set[Any]] = {}
    for figure in figures:
        asking.setdefault(figure.question, set()).add(figure.key[0])
    found: dict[tuple[str, str], list[str]] = {}
    for name, person in everybody.people.items():
        theirs = panels_of(person, everybody.rounds)
        for question, panels in asking.items():
            if mine := sorted(panel for panel in theirs if panel in panels):
                found.setdefault((question, repr(mine)), []).append(name)
    return found


def run(seeds: range, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], int]:
    found, told = [], 0
    for seed in seeds:
        pinned, groups = attacked(seed, monkeypatch)
        found += [(seed, *secret) for secret in pinned]
        told += groups
    return found, told


def test_an_attacker_works_out_no_hidden_count(monkeypatch: pytest.MonkeyPatch) -> None:
    found, told = run(range(60), monkeypatch)
    assert found == []
    assert told > 60  # there was something to attack


@pytest.mark.slow
@pytest.mark.parametrize("part", range(8))
def test_an_attacker_works_out_no_hidden_count_in_thousands_of_districts(
    part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, told = run(range(1000 + 300 * part, 1300 + 300 * part), monkeypatch)
    assert found == []
    assert told > 300
    print(f"300 districts, {told} groups told, nothing worked out")


def naive(people: list[Educator], attack: Attack, *, exact: bool) -> None:
    """Tell every group of five or more, exactly or in whole percent."""
    where = [person.groups[0] for person in people if person.groups[0]]
    for path in {groups[:depth] for groups in where for depth in range(4)}:
        inside = within(path, 0)
        size = float(attack.count(inside, lambda _: True) @ attack.truth)
        if size < 5:
            continue
        for value in range(attack.values):
            row = attack.count(inside, answered(value))
            told = float(row @ attack.truth)
            percent = round(100 * told / size)
            least, most = (told, told) if exact else (
                size * (percent - 0.5) / 100, size * (percent + 0.5) / 100
            )  # fmt: skip
            attack.rows += [row, -row]
            attack.limits += [most, -least]


@pytest.mark.parametrize("exact", [True, False])
def test_the_same_attacker_breaks_a_rule_of_group_size_alone(*, exact: bool) -> None:
    broken = 0
    for seed in range(20):
        people = district(random.Random(seed), 3, 1)
        attack = Attack(people, 3)
        naive(people, attack, exact=exact)
        small = {
            name: row
            for name, row in secrets(attack, 1).items()
            if name[1][0] == "circle" and sum(p.groups == name[1][1] for p in people) < 5
        }
        broken += bool(attack.rows and small and attack.pinned(small))
    assert broken > 10
