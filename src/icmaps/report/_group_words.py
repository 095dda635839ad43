"""How a group report says things: shares in words, and the texts that never change."""

from collections.abc import Iterator
from typing import Final

from icmaps.groups import VarianceShare

OPENING: Final = (
    "Where {people} say their own practice stands{matched}. A bar shows how the group is spread "
    "over the levels, the ideal first; its numbers are parts of the whole, never people."
)
OPENING_LAST: Final = OPENING.replace("the ideal first", "the ideal last")
MATCHED: Final = ", all of whom were there last time as well"
RINGS: Final = {
    "school": "Schools, at least acceptable",
    "team": "Teams, at least acceptable",
}
STRENGTHS: Final = "Where most people are at least acceptable. Who can show it to others?"
OPENINGS: Final = "Where fewest are; critical components first among equals."
CRITICAL: Final = "The rest of the practice leans on these."
MOVED_MOST: Final = "Where more people moved toward the ideal than away from it."
VIEW_HEADS: Final = ("Same level", "Within one", "Self nearer ideal", "Other nearer ideal")
MOVES: Final = (
    "Growth is told of the {people} people who were there in {before}, too. In {clear} of {told} "
    "components more people moved toward the ideal than chance would bring (sign test, 5 %, worked "
    "out from the parts); with so many components a few are expected by chance alone. People far "
    "from the ideal have more room to move toward it, and some would at any second placing. A move "
    "can be a change of practice or a stricter eye; ask before you praise or worry."
)
DIFFERENCES: Final = (
    "{people} people were placed by a coach, a peer or an observer as well. Two raters who differ "
    "have something to talk about; neither is the right one. Their placements are not averaged."
)
GROUPS: Final = (
    "Percent of those with a level who are at least acceptable, by standard, worked out from parts "
    "and so about as exact as they are. Groups are in the order of their names: this is no ranking."
)
WITHHELD: Final = (
    " {number} more are not told of, because they are too small or would tell of a few people by "
    "subtraction; their people count in the larger groups."
)
PARTS: Final = (
    "A group is told in parts of the whole, such as 7 of 20, that add up to it. Each part stands "
    "for three people or so: nobody's answer can be worked out, and a 0 is not nobody."
)
NO_LEVEL: Final = (
    "Not applicable, don't know yet, left open, or a choice outside the scale. Shares of those at "
    "least acceptable are of people who have a level."
)
MOVED: Final = (
    "How many of those who were there both times moved toward the ideal, or away from it. How far "
    "is not added up: steps between levels are not of equal size."
)
NOT_TOLD: Final = (
    "Groups of fewer than {least} people, and larger ones that would tell of fewer than {least} by "
    "subtraction. Single placements are nobody's business but their owner's."
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
    "identical": "Alike",
    "nearly identical": "Alike in all but one component",
    "clustered": "A cluster",
}
USUAL: Final = "as most people are"
_FIFTHS: Final = (
    "hardly any",
    "about 1 in 5",
    "about 2 in 5",
    "about 3 in 5",
    "about 4 in 5",
    "nearly all",
)


def share(value: float) -> str:
    """Return a share, 0 to 1, in words no more exact than the parts it comes from."""
    return _FIFTHS[min(5, max(0, round(5 * value)))]


def fifths(value: float) -> str:
    """Return a share, 0 to 1, as fifths for a narrow column: `2/5`."""
    return f"{round(5 * value)}/5"


def between(found: VarianceShare, kind: str) -> str:
    """Return what the share of variance between groups means, in plain words."""
    one, many = kind, f"{kind}s"
    told = (
        f"About {100 * found.between:.0f} % of the difference between people goes with the {one} "
        f"they work in (95 % interval {100 * found.low:.0f} to {100 * found.high:.0f} %; "
        f"{found.groups} {many}, {found.people} people; share of components at least acceptable, "
        "REML). "
    )
    if found.within > 0.5:  # noqa: PLR2004 - more than half
        return told + (
            f"The larger part lies between colleagues of the same {one}: what one needs, another "
            "often has, a few doors away. Some of it is the noise of placing oneself."
        )
    return told + (
        f"The larger part lies between {many}: look at what they do differently before planning "
        "the same for all."
    )


def glossary(least: int, *, grows: bool) -> Iterator[tuple[str, str]]:
    """Yield the terms of a group report and what they mean.

    Args:
        least: Fewest people that are told of.
        grows: There is an earlier round to compare with.
    """
    yield "Parts", PARTS
    yield "No level", NO_LEVEL
    yield "The line in a bar", "Where acceptable practice ends, as the map's authors see it."
    yield "★", "A critical component: without it the practice is not there at all."
    if grows:
        yield "↑ ↓", MOVED
    yield "What is not told", NOT_TOLD.format(least=least)
    yield "What it is for", MEANT_FOR
