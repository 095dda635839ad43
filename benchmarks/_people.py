"""Invented people for the benchmarks: as many as asked for, no two alike, always the same ones.

Everybody has two rounds, made from Jordan Ames's of the examples: a name, school and team of their
own, other levels in four components of ten, and what they wrote with its words shuffled, as much to
set as before but in lines that nobody else has. Without that a cache of lines would look better
here than among real people. What the map says is the same for all, as it is for real people.
"""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final

import icmaps

EXAMPLES: Final = Path(__file__).resolve().parent.parent / "examples"
ROUNDS: Final = ("jordan-ames-2026-spring", "jordan-ames-2026-fall")
LEVELS: Final = ("1", "2", "3", "4")
CHANGED: Final = 0.5  # of those with a level and no goal, which are five of six
WRITTEN: Final = ("evidence", "action", "support")
GIVEN: Final = (
    *("Adela", "Amari", "Bram", "Brónagh", "Callum", "Dolores", "Eamon", "Farida", "Gwen", "Hiro"),
    *("Inés", "Jonah", "Keiko", "Lamar", "Mireille", "Nadine", "Otis", "Petra", "Quentin"),
    *("Rosalind", "Soren", "Tamsin", "Umar", "Vera", "Wendell", "Ximena", "Yusuf", "Zofia"),
)
FAMILY: Final = (
    *("Abernathy", "Bakshi", "Castell", "Drummond", "Espinoza", "Fairweather", "Grünwald"),
    *("Halloran", "Ibarra", "Jankowski", "Kimball", "Lindqvist", "Moreau", "Ndiaye", "Okafor"),
    *("Pruitt", "Quigley", "Rasmussen", "Szabo", "Tillman", "Underhill", "Vasquez", "Whitlock"),
    *("Xiong", "Yarrow", "Zeller", "Ashdown", "Birdsong", "Crowe"),
)
SCHOOLS: Final = (
    "Lincoln Elementary",
    "Alder Creek Middle School",
    "Birchwood Elementary",
    "Cedar Bluff High School",
    "Harborview Academy",
    "Kettle Bend Primary",
    "Marigold Street School",
    "Prairie Rose Elementary",
    "Tidewater Middle School",
)
TEAMS: Final = ("Grade 3", "Grade 4", "Grade 5", "Grade 6", "Grade 7", "Specialists")

Rounds = tuple[icmaps.Assessment, icmaps.Assessment]


def people(number: int) -> Iterator[Rounds]:
    """Yield the spring and the fall of the first so many people."""
    return map(person, range(number))


def person(number: int) -> Rounds:
    """Return the two rounds of one of them."""
    random = Random(number)  # noqa: S311 - not a secret
    who = {
        "id": respondent(number),
        "name": name(number),
        "groups": {
            "team": random.choice(TEAMS),
            "school": SCHOOLS[number % len(SCHOOLS)],
            "district": "North Valley",
        },
    }
    spring, fall = (changed(random, each.as_file(), who) for each in originals())
    return icmaps.Assessment.model_validate(spring), icmaps.Assessment.model_validate(fall)


def respondent(number: int) -> str:
    return f"E-{number:06}"


def name(number: int) -> str:
    """Return a name that nobody else among the first 21,000 has."""
    initials, rest = divmod(number, len(GIVEN) * len(FAMILY))
    given, family = GIVEN[rest % len(GIVEN)], FAMILY[rest // len(GIVEN)]
    return f"{given} {chr(ord('A') + initials % 26)}. {family}"


@cache
def originals() -> Rounds:
    spring, fall = (icmaps.read_assessment(EXAMPLES / f"{each}.yaml") for each in ROUNDS)
    return spring, fall


@cache
def aims() -> frozenset[str]:
    """Return the components of goals, whose levels stay so that the goals remain ahead of them."""
    return frozenset(goal.component for each in originals() for goal in each.goals)


def changed(random: Random, data: dict[str, Any], who: dict[str, Any]) -> dict[str, Any]:
    """Return the data of an assessment as somebody else's; `as_file` made it for us alone."""
    data["respondent"] = who
    for component, placement in data["placements"].items():
        shuffle(random, placement)
        if "level" in placement and component not in aims() and random.random() < CHANGED:
            others = [level for level in LEVELS if level != placement["level"]]
            placement["level"] = random.choice(others)
    for goal in data["goals"]:
        shuffle(random, goal)
    return data


def shuffle(random: Random, part: dict[str, Any]) -> None:
    """Shuffle the words of what a person wrote."""
    for key in WRITTEN:  # in this order, always
        if key in part:
            words = part[key].split()
            random.shuffle(words)
            part[key] = " ".join(words)


def write_people(number: int, folder: Path) -> None:
    """Write the first so many people as `icmaps print` reads them: a file for each assessment."""
    folder.mkdir(parents=True)
    for rounds in people(number):
        for each in rounds:
            file = folder / f"{each.respondent.id}-{each.round.id}.json"
            file.write_text(json.dumps(each.as_file(), ensure_ascii=False), encoding="utf-8")
