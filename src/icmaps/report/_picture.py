"""Page one's picture: components by standard and level, the spread, and the ladder's marks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from icmaps.models import ICMap, Variation
from icmaps.report._view import Column, Share, Spread, StandardRow
from icmaps.report._words import (
    ACCEPTABLE_LINE,
    BEFORE,
    DOWN,
    GAP,
    IDEAL_LINE,
    NOW,
    OTHER,
    UP,
    round_name,
)
from icmaps.scoring import ComponentResult, Move, Profile, Summary

MAX_MARKS: Final = 4  # more marks in one cell become a number: nobody counts dots
BAR: Final = 86  # width of a bar, in percent of the line; its name takes the rest
LEAST_SHARE: Final = 0.045  # of a bar: room for a number of three digits
ROOM: Final = 1.2  # characters that fit into one percent of the line, in small print
_TONES: Final = 6  # shades the style sheet has
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Group:
    """The components under one standard, or under what the framework has instead."""

    anchor: str
    code: str
    title: str
    summary: Summary
    results: tuple[ComponentResult, ...]


def groups(profile: Profile) -> tuple[Group, ...]:
    """Return the standards that hold an asked component, in framework order."""
    framework = profile.framework
    holders: dict[str, list[ComponentResult]] = {}
    for result in profile.components:
        path = (*framework.above(result.component.section), result.component.section)
        named = [s for s in path if framework.section(s).kind in {"standard", "cluster"}]
        holders.setdefault((named or path)[0], []).append(result)
    return tuple(
        Group(
            anchor=f"section-{section.id}",
            code=section.code or "",
            title=section.title,
            summary=section.summary,
            results=tuple(holders[section.id]),
        )
        for section in profile.sections
        if section.id in holders
    )


def printed(icmap: ICMap, ideal_first: Sequence[_T]) -> tuple[_T, ...]:
    """Return things that are in rank order in the order in which the map prints its levels."""
    return tuple(ideal_first if icmap.direction == "ideal-first" else reversed(ideal_first))


def level_names(profile: Profile) -> tuple[str, ...]:
    """Return what to call each rank, 0 first: label and code, or steps where the rows differ."""
    if not rows_agree(profile):
        return _steps(profile)
    names = []
    for row in _by_rank(profile):
        labels = {variation.label for variation in row}
        label = labels.pop() if len(labels) == 1 else None
        names.append(f"{label} ({row[0].code})" if label else row[0].code)
    return tuple(names)


def columns(profile: Profile) -> tuple[Column, ...]:
    """Return the levels as columns of the picture, in printed order, narrow heads."""
    agree = rows_agree(profile)
    heads = [row[0].code for row in _by_rank(profile)] if agree else _steps(profile)
    return printed(profile.icmap, [Column(head, _tone(rank)) for rank, head in enumerate(heads)])


def rows_agree(profile: Profile) -> bool:
    """Tell whether a rank has the same code in every row; if not, codes would mislead."""
    return all(len({variation.code for variation in row}) == 1 for row in _by_rank(profile))


def _steps(profile: Profile) -> tuple[str, ...]:
    return tuple(f"+{rank}" if rank else "Ideal" for rank in range(len(_by_rank(profile))))


def _by_rank(profile: Profile) -> list[list[Variation]]:
    """Return the variations that the rows have at each rank."""
    components = [result.component for result in profile.components]
    return [
        [c.variations[rank] for c in components if rank < len(c.variations)]
        for rank in range(max((len(c.variations) for c in components), default=0))
    ]


def _tone(rank: int) -> str:
    return f"t{min(rank, _TONES - 1)}"


def standard_row(group: Group, icmap: ICMap, ranks: int, moves: Mapping[str, Move]) -> StandardRow:
    """Return one line of the picture.

    Args:
        group: The standard.
        icmap: The map.
        ranks: How many columns the picture has.
        moves: What moved, by component; empty in a first round.
    """
    still_open = sum(1 for result in group.results if not result.answered)
    off_scale = sum(1 for result in group.results if result.answer == "off-scale")
    kinds = [moves[result.id].kind for result in group.results if result.id in moves]
    moved = [
        f"{mark}{kinds.count(kind)}" for kind, mark in (("up", UP), ("down", DOWN)) if kind in kinds
    ]
    return StandardRow(
        code=group.code,
        title=group.title,
        anchor=group.anchor,
        cells=printed(icmap, [_cell(group.results, rank, moves) for rank in range(ranks)]),
        off_scale=str(off_scale or ""),
        open=str(still_open or ""),
        moved=" ".join(moved),
    )


def _cell(results: Sequence[ComponentResult], rank: int, moves: Mapping[str, Move]) -> str:
    now = sum(1 for result in results if result.rank == rank)
    left = sum(
        1
        for result in results
        if (move := moves.get(result.id))
        and result.component.rank(move.earlier_level) == rank
        and result.rank != rank
    )
    if now + left <= MAX_MARKS:
        return NOW * now + BEFORE * left
    return (f"{NOW}{now}" if now else "") + (f"{BEFORE}{left}" if left else "")


def spread(profile: Profile, *, then: bool) -> Spread | None:
    """Return the spread of levels over everything asked, as shares of a bar.

    Args:
        profile: The round; another scope may have had other levels, so it names its own.
        then: It is an earlier round.

    Returns:
        The bar; None where nothing has a level.
    """
    by_rank = profile.overall.by_rank
    placed = sum(by_rank)
    if not placed:
        return None
    names = level_names(profile)
    parts = [max(number / placed, LEAST_SHARE) if number else 0 for number in by_rank]
    widths = [BAR * part / sum(parts) for part in parts]
    shares = [
        Share(
            label=_short(label, width * ROOM - len(f"{number} ")),
            count=str(number),
            width=f"{width:.2f}%",
            tone=_tone(rank),
        )
        for rank, (label, number, width) in enumerate(zip(names, by_rank, widths, strict=True))
    ]
    in_order = printed(profile.icmap, shares)
    in_use = tuple(share for share in in_order if share.count != "0")
    return Spread(round_name(profile), then, in_use)


def _short(label: str, room: float) -> str:
    """Return as much of a level's name as fits: `Entry (4)`, `(4)` or nothing; no half words."""
    return next((text for text in (label, label[label.rfind("(") :]) if len(text) <= room), "")


def ladder(result: ComponentResult, icmap: ICMap, before: str | None) -> str:
    """Return the levels of a component as one run of marks, with its fidelity lines.

    Args:
        result: The component today.
        icmap: The map.
        before: The level of last time, if there was one.
    """
    component = result.component
    lines = component.fidelity
    ideal = component.rank(lines.ideal_until) if lines else None
    acceptable = component.rank(lines.acceptable_until) if lines else None
    was = component.rank(before)
    last = len(component.variations) - 1
    marks = []
    for variation in component.variations:
        rank = variation.rank
        mark = GAP if variation.gap else OTHER
        marks.append(NOW if rank == result.rank else BEFORE if rank == was else mark)
        if rank != last:
            marks += [IDEAL_LINE] if rank == ideal else []
            marks += [ACCEPTABLE_LINE] if rank == acceptable else []
    return "".join(printed(icmap, marks))
