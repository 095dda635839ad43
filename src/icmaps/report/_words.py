"""How a report says things: marks, levels, dates, and the texts that never change."""

import unicodedata
from datetime import date
from typing import Final

from icmaps.models import Component
from icmaps.scoring import Profile

NOW: Final = "●"
BEFORE: Final = "◉"
OTHER: Final = "○"
GAP: Final = "–"
CRITICAL: Final = "★"
IDEAL_LINE: Final = "│"
ACCEPTABLE_LINE: Final = "┆"
UP: Final = "↑"
DOWN: Final = "↓"

RATERS: Final = {
    "self": "my own placement",
    "peer": "placed by a peer",
    "coach": "placed by a coach",
    "observer": "placed by an observer",
    "team": "agreed by the team",
    "then": "my look back, placed later",
}
ANSWERS: Final = {
    "not-applicable": "not applicable",
    "dont-know": "don't know yet",
    "unanswered": "left open",
}
MOVES: Final = (
    ("up", UP, "moved toward ideal"),
    ("down", DOWN, "moved away from ideal"),
    ("same", "", "held"),
    ("newly-answered", "", "placed for the first time"),
    ("no-longer-answered", "", "placed last time, not now"),
    ("incomparable", "", "cannot be compared"),
    ("not-asked", "", "taken on in one of the two rounds"),
)
STARTS_NOTE: Final = (
    "No goals are chosen yet. These are openings the map suggests: critical components first, "
    "then those with the longest way to go. One to three are enough for a round."
)
COMPONENT: Final = (
    "One row of the map: something a person in this role brings about. It was placed at the word "
    "picture that comes nearest to practice today."
)
LEVEL: Final = (
    "A word picture of the component. Levels differ in kind: who takes part, what evidence is "
    "used, what is done with it. The ideal one stands on the {side}. The steps between levels are "
    "not of equal size, so levels are counted{unless}."
)
LADDER: Final = "All levels of a component as a row of marks."
LADDER_LINES: Final = (
    "The lines show where ideal and acceptable practice end, as the map's authors see it."
)
CRITICAL_MEANS: Final = (
    "The rest of the practice leans on a critical component. One that is on the way to acceptable "
    "is named on page one: a good place to start."
)
MOVED: Final = (
    "A change of level since last time; held means the same level as then. Moving away from ideal "
    "often means that one sees the practice more clearly now; it is worth a talk, not a worry."
)
LOOK_FOR: Final = (
    "What could show the practice to a colleague, at one level or another. These are examples, not "
    "a list to tick."
)
NO_LEVEL: Final = (
    "Not applicable: this is not part of the work now. Don't know yet: it could not be told. Left "
    "open: it was not looked at. None of them counts against anybody."
)


def titled(component: Component) -> str:
    """Return a component's code and title."""
    return f"{component.code} {component.title}" if component.code else component.title


def level(component: Component, code: str | None) -> str:
    """Return a level as people say it: label and code; an off-scale choice by its name."""
    if code is None:
        return "not placed"
    if component.rank(code) is None:
        return code.replace("-", " ").capitalize()
    label = component.variation(code).label
    return f"{label} ({code})" if label else f"Level {code}"


def direction(text: str) -> str:
    """Return the direction a text is read in, by its first letter that has one: `ltr` or `rtl`."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in {"L", "R", "AL"}:
            return "ltr" if kind == "L" else "rtl"
    return "ltr"


def day(date_: date) -> str:
    """Return a date as people write it."""
    return f"{date_.day} {date_:%B %Y}"


def month(profile: Profile) -> str:
    """Return month and year of a profile's round."""
    return f"{profile.assessment.round.date:%b %Y}"


def round_name(profile: Profile) -> str:
    """Return a profile's round as people say it."""
    return named_round(profile.assessment.round.id)


def named_round(round_id: str) -> str:
    """Return a round's id as people say it: `2026-fall` is Fall 2026."""
    parts = round_id.split("-")
    words = [part for part in parts if not part.isdigit()]
    numbers = [part for part in parts if part.isdigit()]
    return " ".join([*words, *numbers]).capitalize()


def round_and_day(profile: Profile) -> str:
    """Return a round's name and date."""
    return f"{round_name(profile)}, {day(profile.assessment.round.date)}"


def count(number: int, word: str) -> str:
    """Return a number and its noun."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
