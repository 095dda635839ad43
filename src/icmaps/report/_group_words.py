"""How a group report says things: shares in words, and the texts that never change."""

from collections.abc import Iterator
from math import floor
from typing import Final

from icmaps.groups import VarianceShare

OPENING: Final = (
    "Where {people} people say their own practice stands. A bar shows how the group is spread over "
    "the levels, the ideal {side}; a black line marks where acceptable practice ends."
)
NEWCOMERS: Final = (
    " {number} more were there this time but not the last; they are left out here, so that nobody "
    "can tell by comparing what they said."
)
RINGS: Final = {
    "district": "Districts, at least acceptable",
    "school": "Schools, at least acceptable",
    "team": "Teams, at least acceptable",
}
LINES_DIFFER: Final = (
    "The line is drawn component by component, so do not compare standards by the share that is at "
    "least acceptable."
)
RINGS_ARE: Final = " Rings are the groups, the black stroke is all of them."
STRENGTHS: Final = "Where most are acceptable and most are at the ideal. Who can show it to others?"
NO_STRENGTH: Final = "No component stands out."
TO_WORK_ON: Final = (
    "Where fewest are at least acceptable; ★ are those that the map's authors hold to be essential."
)
TOWARD: Final = "Where clearly more people moved toward the ideal than away from it."
AWAY: Final = (
    "Where clearly more people moved away from it. Judging more strictly, or a real loss? Ask "
    "before you conclude."
)
VIEW_HEADS: Final = ("Same level", "Within one", "Self nearer ideal", "Other nearer ideal")
MOVES: Final = (
    "Growth is told of the {people} people who were there in {before}, too. In {clear} of {told} "
    "components clearly more of them moved toward the ideal than away, beyond what chance and "
    "rounding would bring (5 %); with so many components one or two are to be expected. People far "
    "from the ideal have more room to move toward it, and some would at any second placing. A move "
    "can be a change of practice or of the eye for it."
)
DIFFERENCES: Final = (
    "{people} people were placed by a coach, a peer or an observer as well. Two raters who differ "
    "have something to talk about; neither is the right one. Their placements are not averaged."
)
NOT_SHOWN: Final = " For {number} components too few have both placements."
GROUPS: Final = (
    "Of those with a level, about how many fifths are at least acceptable, by standard (numbers as "
    "on page one). Groups are in the order of their names: this is no ranking, and too coarse for "
    "one."
)
WITHHELD: Final = (
    " {number} more are not told of, because they are too small or would tell of a few people by "
    "subtraction; their people count in the larger groups."
)
A_PART: Final = "Here {parts}."
PLAN: Final = (
    "For those who are not there yet: where the largest part of them is, the next word picture, "
    "and the map's first step for one person. Who is at the next level already and can be visited?"
)
PARTS: Final = (
    "A group is told in parts of the whole, such as 7 of 20, that add up to it; each stands for "
    "three people or more, in large groups for many more. They are rounded, so that no count can "
    "be worked out: a 0 is few people, not nobody."
)
NO_LEVEL: Final = (
    "Not applicable, don't know yet, left open, or a choice outside the scale. Shares of those at "
    "least acceptable are of people who have a level."
)
MOVED: Final = (
    "How many of those who were there both times moved toward the ideal, or away from it. How far "
    "is not added up: steps between levels are not of equal size."
)
VARIANCE: Final = (
    "A person's number is the share of their placed components that are at least acceptable; how "
    "much of the variance of these numbers lies between groups is the intraclass correlation "
    "(REML), with its 95 % interval."
)
NOT_TOLD: Final = (
    "Groups of fewer than {least} people, and larger ones that would tell of fewer than {least} by "
    "subtraction. What one person placed is for that person."
)
MEANT_FOR: Final = (
    "Planning what adults learn next. It is not made to judge people, teams or schools, and its "
    "figures are too coarse for it."
)
BETWEEN: Final = {
    "school": "Between schools and within them",
    "team": "Between teams and within them",
}
PATTERNS: Final = (
    "Ways of practice that enough people share, by the zones of the critical components and, for "
    "clusters, by everything placed; named by what sets them apart from what is usual."
)
KINDS: Final = {
    "alike": "Alike or nearly so",
    "clustered": "A cluster",
}
USUAL: Final = "as most people are"
_FIFTHS: Final = (
    *("hardly any", "about 1 in 5", "about 2 in 5", "about 3 in 5", "about 4 in 5", "nearly all"),
)
_HALF: Final = (0.45, 0.55)


def share(value: float) -> str:
    """Return a share, 0 to 1, in words no more exact than the parts it comes from."""
    if _HALF[0] <= value <= _HALF[1]:
        return "about half"
    return _FIFTHS[_fifth(value)]


def fifths(value: float) -> str:
    """Return a share, 0 to 1, as fifths for a narrow column: `2/5`."""
    return f"{_fifth(value)}/5"


def _fifth(value: float) -> int:
    return min(5, max(0, floor(5 * value + 0.5)))


def between(found: VarianceShare, kind: str) -> str:
    """Return what the share of variance between groups means, in plain words."""
    one, many = kind, f"{kind}s"
    told = (
        f"About {100 * found.between:.0f} % of the difference between people goes with the {one} "
        f"they work in; it could be {100 * found.low:.0f} or {100 * found.high:.0f} %. "
    )
    if found.high < 0.5:  # noqa: PLR2004 - less than half
        return told + (
            f"The larger part lies between colleagues of the same {one}: what one needs, another "
            "often has, a few doors away. Some of it is the noise of placing oneself."
        )
    if found.low > 0.5:  # noqa: PLR2004 - more than half
        return told + (
            f"The larger part lies between {many}: look at what they do differently before "
            "planning the same for all."
        )
    return told + f"Whether more lies between {many} or within them is open."


def glossary(least: int, *, grows: bool, shares_variance: bool) -> Iterator[tuple[str, str]]:
    """Yield the terms of a group report and what they mean.

    Args:
        least: Fewest people that are told of.
        grows: There is an earlier round to compare with.
        shares_variance: How much of the difference lies between groups is told.
    """
    yield "Parts", PARTS
    yield "No level", NO_LEVEL
    yield "The line in a bar", "Where acceptable practice ends, as the map's authors see it."
    yield "★", "A critical component: the map's authors hold it to be essential to the practice."
    if grows:
        yield "↑ ↓", MOVED
    if shares_variance:
        yield "Between and within", VARIANCE
    yield "What is not told", NOT_TOLD.format(least=least)
    yield "What it is for", MEANT_FOR
