"""Two rounds on different map versions or editions, compared through a crosswalk and only so.

A level keeps its meaning where the crosswalk says that a component is the `same` or `reworded` and
both rows have the same levels. Everything else is shown side by side and never subtracted (DESIGN
section 4).
"""

from dataclasses import dataclass
from typing import Final

from icmaps.errors import ScoringError
from icmaps.models import Component, Crosswalk, Link, MapLinks, Relation, Round
from icmaps.scoring._profile import ComponentResult, Profile

_KEPT: Final = ("same", "reworded")


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside what, from the older map to the newer.

    Attributes:
        relation: What the crosswalk says of it.
        earlier: What was placed on the older map: component id and level; None for no level.
        later: The same on the newer map.
        steps: Ranks moved, toward the ideal positive; None where the levels cannot be compared.
        note: What the crosswalk notes.
    """

    relation: Relation
    earlier: tuple[tuple[str, str | None], ...]
    later: tuple[tuple[str, str | None], ...]
    steps: int | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Across:
    """Two rounds of one respondent on two maps, side by side.

    Attributes:
        earlier: The profile on the older map.
        later: The profile on the newer map.
        rows: The crosswalk's links that touch something asked, in its order.
        warnings: What a reader has to know.
    """

    earlier: Profile
    later: Profile
    rows: tuple[Beside, ...]
    warnings: tuple[str, ...]


def compare_across(earlier: Profile, later: Profile, crosswalk: Crosswalk) -> Across:
    """Set two rounds on different maps side by side.

    Args:
        earlier: The profile on the older map.
        later: The profile on the newer map.
        crosswalk: What became of the components of the one on the other.

    Raises:
        ScoringError: If the two are of different people or raters, are not in order, or the
            crosswalk does not link exactly these map versions.

    Source:
        DESIGN section 4.
    """
    one, two = earlier.assessment, later.assessment
    if one.respondent.id != two.respondent.id or one.rater.kind != two.rater.kind:
        raise ScoringError(
            f"these are {one.respondent.id!r} ({one.rater.kind}) and {two.respondent.id!r} "
            f"({two.rater.kind}); a difference would not be growth; compare one respondent with "
            "themselves, placed by the same kind of rater"
        )
    pair = _links(crosswalk, one.map, two.map)
    _refuse_out_of_order(one.round, two.round)
    before = {result.id: result for result in earlier.components}
    after = {result.id: result for result in later.components}
    rows = tuple(
        _beside(link, before, after)
        for link in pair.components
        if any(name in before for name in link.from_) or any(name in after for name in link.to)
    )
    compared = sum(row.steps is not None for row in rows)
    return Across(
        earlier=earlier,
        later=later,
        rows=rows,
        warnings=(
            f"The map changed between the rounds, from {one.map} to {two.map}: the levels of "
            f"{compared} of {len(rows)} rows can be compared; the others are shown side by side.",
        ),
    )


def _refuse_out_of_order(one: Round, two: Round) -> None:
    if one.date == two.date:
        raise ScoringError(
            f"the rounds {one.id!r} and {two.id!r} are both of {one.date}; nobody could tell which "
            "came first; correct the date of one of them"
        )
    if one.date > two.date:
        raise ScoringError(
            f"the round on the older map, {one.id!r} ({one.date}), is after the one on the newer, "
            f"{two.id!r} ({two.date}); every move would be turned round; correct the date of one "
            "of them, or give a crosswalk that goes the other way"
        )


def _links(crosswalk: Crosswalk, older: str, newer: str) -> MapLinks:
    for pair in crosswalk.maps:
        if (pair.from_, pair.to) == (older, newer):
            return pair
    raise ScoringError(
        f"the crosswalk from {crosswalk.from_} to {crosswalk.to} does not link {older} to {newer}; "
        "levels of one may mean something else on the other; compare rounds of one map version, or "
        "write the links"
    )


def _beside(
    link: Link, before: dict[str, ComponentResult], after: dict[str, ComponentResult]
) -> Beside:
    earlier = tuple((name, before[name].level) for name in link.from_ if name in before)
    later = tuple((name, after[name].level) for name in link.to if name in after)
    steps = None
    if link.relation in _KEPT and earlier and later:
        old, new = before[link.from_[0]], after[link.to[0]]
        if (
            old.rank is not None
            and new.rank is not None
            and _one_scale(old.component, new.component)
        ):
            steps = old.rank - new.rank
    return Beside(link.relation, earlier, later, steps, link.note)


def _one_scale(old: Component, new: Component) -> bool:
    return [(v.code, v.gap) for v in old.variations] == [(v.code, v.gap) for v in new.variations]
