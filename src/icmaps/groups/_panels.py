"""Panels: the people whom figures are about, and which panels may be told together."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Final, Literal, NamedTuple

from icmaps.groups._blocks import publishable
from icmaps.groups._people import Group, Person, RoundOf

# Who a figure is about: those who were there in a round, in it and the one before, or who were
# placed by another rater as well. When not all can be told, matched people come first: their
# spread before, their spread after and what they did can all be told without telling of joiners.
PanelKind = Literal["present", "matched", "rated"]
_WORTH: Final[Mapping[PanelKind, float]] = {"present": 1.0, "matched": 2.0, "rated": 0.5}
_EARLIER: Final = 0.2  # of it for rounds before the latest


class Panel(NamedTuple):
    """People whom figures are about."""

    kind: PanelKind
    group: Group
    round: RoundOf


def panels_of(person: Person, rounds: Sequence[RoundOf]) -> frozenset[Panel]:
    """Return the panels a person is in."""
    panels: set[Panel] = set()
    for position, occasion in enumerate(rounds):
        for group in person.groups.get(occasion, ()):
            panels.add(Panel("present", group, occasion))
            if position and rounds[position - 1] in person.own:
                panels.add(Panel("matched", group, occasion))
            if occasion == rounds[-1] and person.other is not None:
                panels.add(Panel("rated", group, occasion))
    return frozenset(panels)


def publishable_panels(
    panels: Mapping[str, frozenset[Panel]], rounds: Sequence[RoundOf], least: int
) -> frozenset[Panel]:
    """Return the panels of which something may be told.

    Args:
        panels: The panels of each person.
        rounds: The rounds in order of date.
        least: Fewest people a block may have; see `_blocks`.
    """
    before = dict(zip(rounds[1:], rounds, strict=False))
    sizes = Counter(panel for theirs in panels.values() for panel in theirs)
    worth = {
        panel: size * _WORTH[panel.kind] * (1 if panel.round == rounds[-1] else _EARLIER)
        for panel, size in sizes.items()
    }

    def questions(panel: Panel) -> tuple[Hashable, ...]:
        match panel.kind:
            case "present":
                return (panel.round,)
            case "matched":
                return before[panel.round], panel.round, ("moves", panel.round)
            case "rated":
                return ("views",)

    return publishable(panels.values(), worth, questions, least)
