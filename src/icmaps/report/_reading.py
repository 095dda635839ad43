"""The page that explains the report: marks, terms, an example, numbers and where they come from."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from icmaps.report import _words as words
from icmaps.report._picture import Group, ladder, rows_agree
from icmaps.report._words import level, titled
from icmaps.scoring import Move, Profile


def legend(profile: Profile, *, grows: bool) -> tuple[tuple[str, str], ...]:
    """Return the marks that this report uses and what they mean.

    Args:
        profile: The round.
        grows: There is an earlier round.
    """
    components = [result.component for result in profile.components]
    lines = [component.fidelity for component in components if component.fidelity]
    shown = (
        (words.NOW, "now", True),
        (words.BEFORE, "last time", grows),
        (words.OTHER, "other levels", True),
        (words.IDEAL_LINE, "ideal ends", any(line.ideal_until for line in lines)),
        (words.ACCEPTABLE_LINE, "acceptable ends", any(x.acceptable_until for x in lines)),
        (words.CRITICAL, "critical", any(component.critical for component in components)),
        (words.GAP, "no such level", any(v.gap for c in components for v in c.variations)),
        ("+1", "one step from ideal", not rows_agree(profile)),
    )
    return tuple((mark, meaning) for mark, meaning, needed in shown if needed)


def glossary(profile: Profile, *, grows: bool) -> tuple[tuple[str, str], ...]:
    """Return the terms that this report uses and what they mean.

    Args:
        profile: The round.
        grows: There is an earlier round.
    """
    return tuple(_glossary(profile, grows=grows))


def _glossary(profile: Profile, *, grows: bool) -> Iterator[tuple[str, str]]:
    components = [result.component for result in profile.components]
    side = "left" if profile.icmap.direction == "ideal-first" else "right"
    yield "Component", words.COMPONENT
    counted = profile.policy == "distribution"
    unless = ", not averaged" if counted else "; the numbers below were asked for"
    yield "Level", words.LEVEL.format(side=side, unless=unless)
    lined = any(component.fidelity for component in components)
    yield "Ladder", f"{words.LADDER} {words.LADDER_LINES}" if lined else words.LADDER
    if any(component.critical for component in components):
        yield "Critical", words.CRITICAL_MEANS
    if grows:
        yield "Moved", words.MOVED
    if any(component.look_fors for component in components):
        yield "Look for", words.LOOK_FOR
    yield "No level", words.NO_LEVEL


def example(profile: Profile, moves: Mapping[str, Move]) -> tuple[str, str] | None:
    """Return the ladder of the component with most to tell, and how to read it.

    Args:
        profile: The round.
        moves: What moved, by component; empty in a first round.

    Returns:
        The ladder and its reading; None where nothing has a level.
    """
    placed = [result for result in profile.components if result.rank is not None]
    if not placed:
        return None
    result = next((r for r in placed if r.id in moves and moves[r.id].steps), placed[0])
    component, move = result.component, moves.get(result.id)
    text = f"{titled(component)}: today at {level(component, result.level)}"
    if move and move.kind in {"up", "down"}:
        text += f", last time at {level(component, move.earlier_level)}"
    lines = component.fidelity
    if lines and lines.ideal_until:
        text += f"; ideal practice ends behind {level(component, lines.ideal_until)}"
    if lines and lines.acceptable_until:
        text += f"; acceptable practice ends behind {level(component, lines.acceptable_until)}"
    return ladder(result, profile.icmap, move.earlier_level if move else None), f"{text}."


def numbers(profile: Profile, groups: Sequence[Group]) -> tuple[str, ...]:
    """Return the numbers of the policy, by standard; none under `distribution`."""
    if profile.policy == "distribution":
        return ()
    rows = [("Everything asked", profile.overall.index)]
    rows += [(f"{group.code} {group.title}".strip(), group.summary.index) for group in groups]
    # Only the rank-index is held back on purpose; points are missing where there are none to get.
    none = "withheld" if profile.policy == "rank-index" else "–"
    return tuple(f"{title}: {none if index is None else f'{index:.0f}'}" for title, index in rows)


def colophon(profile: Profile, made_on: date) -> tuple[str, ...]:
    """Return where what is printed comes from."""
    icmap, framework = profile.icmap, profile.framework
    return (
        f"IC map {icmap.reference} on {framework.reference} ({framework.title}, "
        f"{framework.issuer}, {framework.edition}). Text of the map: "
        f"{icmap.license or 'licence not stated'}.",
        f"Printed {words.day(made_on)} with icmaps.",
    )
