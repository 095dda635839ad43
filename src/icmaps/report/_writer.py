"""Profiles to view: every decision about wording, order and what is worth a line of a report."""

from collections.abc import Sequence
from datetime import date
from itertools import combinations
from typing import Final

from icmaps.models import Component, Goal, Variation
from icmaps.report import _reading as reading
from icmaps.report import _words as words
from icmaps.report._picture import (
    Group,
    columns,
    groups,
    ladder,
    spread,
    standard_row,
)
from icmaps.report._view import ComponentBlock, GoalCard, Note, ReportView, Standard
from icmaps.report._words import level, titled
from icmaps.scoring import ComponentResult, Growth, Move, Profile, compare

MAX_UPS: Final = 3
MAX_DOWNS: Final = 2
MAX_NAMED: Final = 4
MAX_STARTS: Final = 3
MAX_SPREADS: Final = 3
MAX_WHOLE: Final = 1500  # characters; a component with more may go on over the page


def report_view(profiles: Sequence[Profile], made_on: date) -> ReportView:
    """Return what the growth report of one person says.

    Args:
        profiles: One for each round, in order of date; the last one is reported, the others are
            the way there. All on the same map version.
        made_on: The date printed as that of the report.

    Returns:
        The view, ready for the templates.

    Raises:
        ScoringError: If two of the profiles cannot be compared.
    """
    return _Writer(profiles, made_on).view()


class _Writer:
    """Writes the view of one report; holds what every part of it needs."""

    def __init__(self, profiles: Sequence[Profile], made_on: date) -> None:
        self.profiles = tuple(profiles)
        self.made_on = made_on
        self.now = self.profiles[-1]
        self.before = self.profiles[-2] if len(self.profiles) > 1 else None
        # All rounds are compared, so that none is of somebody else or of another map version.
        compared = [compare(earlier, later) for earlier, later in combinations(self.profiles, 2)]
        self.growth: Growth | None = compared[-1] if compared else None
        self.moves: dict[str, Move] = (
            {move.component_id: move for move in self.growth.moves} if self.growth else {}
        )
        self.icmap = self.now.icmap
        self.assessment = self.now.assessment
        self.own = self.assessment.rater.kind == "self"
        self.groups = groups(self.now)

    def view(self) -> ReportView:
        name = self.assessment.respondent.label
        kind = "Growth report" if self.before else "First-round report"
        goals = self.assessment.goals
        cards = [self._goal(g) for g in goals] or [self._start(result) for result in self._starts()]
        spreads = [
            spread(p, then=p is not self.now) for p in reversed(self.profiles[-MAX_SPREADS:])
        ]
        ranks = len(columns(self.now))
        return ReportView(
            language=self.icmap.language,
            title=f"{kind}: {name}, {self.icmap.title}, {words.round_name(self.now)}",
            name=name,
            **self._header(kind),
            opening=self._opening(),
            columns=columns(self.now),
            has_off_scale=any(r.answer == "off-scale" for r in self.now.components),
            has_open=any(not result.answered for result in self.now.components),
            has_moves=self.growth is not None,
            rows=tuple(standard_row(g, self.icmap, ranks, self.moves) for g in self.groups),
            spreads=tuple(bar for bar in spreads if bar),
            notes=tuple(self._notes()),
            stand_heading="Where I stand" if self.own else "Where this practice stands",
            goals_heading=("My goals" if self.own else "Goals") if goals else "Places to start",
            goals_note="" if goals else words.STARTS_NOTE,
            goals_before=self._goals_before(),
            goals=tuple(cards),
            standards=tuple(self._standard(group) for group in self.groups),
            legend=reading.legend(self.now, grows=self.before is not None),
            example=reading.example(self.now, self.moves),
            numbers=reading.numbers(self.now, self.groups),
            numbers_note=self.now.policy_note,
            glossary=reading.glossary(self.now, grows=self.before is not None),
            plan=self._plan(),
            colophon=reading.colophon(self.now, self.made_on),
            attached="The placements are attached to this PDF as data.",
        )

    # ---- page one -------------------------------------------------------------------------

    def _header(self, kind: str) -> dict[str, str]:
        assessment, framework = self.assessment, self.now.framework
        where = assessment.respondent.groups
        rater = words.RATERS[assessment.rater.kind]
        if assessment.rater.name:
            rater += f" ({assessment.rater.name})"
        edition = "" if framework.edition in framework.title else f" · {framework.edition}"
        return {
            "role": f"{self.icmap.title} · {framework.title}{edition}",
            "occasion": f"{kind} · {words.round_and_day(self.now)} · {rater}",
            "place": " · ".join(g for g in (where.team, where.school, where.district) if g),
        }

    def _opening(self) -> str:
        whole = self.now.overall
        text = "I placed my practice on " if self.own else "This practice was placed on "
        text += f"{whole.answered} of {words.count(whole.asked, 'component')}"
        if self.assessment.scope:
            titles = [self.now.framework.section(s).title for s in self.assessment.scope]
            text += f" taken on this time ({', '.join(titles)})"
        others = [
            f"{number} {meaning}"
            for number, meaning in (
                (whole.not_applicable, "not applicable"),
                (whole.dont_know, "don't know yet"),
                (whole.unanswered, "left open"),
            )
            if number
        ]
        text += f"; {', '.join(others)}." if others else "."
        zones = [result.zone for result in self.now.components if result.zone]
        ideal, acceptable = zones.count("ideal"), len(zones) - zones.count("unacceptable")
        if acceptable:
            verb = "lies" if acceptable == 1 else "lie"
            text += f" {acceptable} {verb} within the map's line for acceptable practice"
            text += f", {ideal} of them within its line for ideal practice." if ideal else "."
        return text

    def _notes(self) -> list[Note]:
        """Return what stands beside the picture."""
        notes = self._move_notes()
        below = [titled(self.icmap.component(i)) for i in self.now.overall.critical_below]
        if below:
            heading = "Critical, on the way to acceptable"
            notes.append(Note("critical", words.CRITICAL, heading, _first(below, MAX_NAMED)))
        if self.growth is None:
            ideal = [titled(r.component) for r in self.now.components if r.zone == "ideal"]
            if ideal:
                heading = f"{len(ideal)} within the ideal line"
                notes.append(Note("up", words.NOW, heading, _first(ideal, MAX_NAMED)))
        return notes

    def _move_notes(self) -> list[Note]:
        if self.growth is None or self.before is None:
            return []
        notes, rest = [], []
        for kind, mark, meaning in words.MOVES:
            moves = [move for move in self.growth.moves if move.kind == kind]
            if moves and mark:
                most = MAX_UPS if kind == "up" else MAX_DOWNS
                items = _first([self._from_to(move) for move in moves], most)
                notes.append(Note(kind, mark, f"{len(moves)} {meaning}", items))
            elif moves:
                rest.append(f"{len(moves)} {meaning}")
        if rest:
            notes.append(Note("rest", "", "; ".join(rest), ()))
        return notes

    def _from_to(self, move: Move) -> str:
        component = self.icmap.component(move.component_id)
        return f"{titled(component)} ({move.earlier_level}\u00a0→\u00a0{move.later_level})"

    # ---- goals ----------------------------------------------------------------------------

    def _goals_before(self) -> str:
        """Return what became of the goals of last time; nothing if there were none."""
        if self.before is None or not self.before.assessment.goals:
            return ""
        told = [self._outcome(goal) for goal in self.before.assessment.goals]
        return f"Goals of {words.round_name(self.before)}: {'; '.join(told)}."

    def _outcome(self, goal: Goal) -> str:
        component = self.icmap.component(goal.component)
        placed = self.assessment.placement(goal.component)
        now, to = component.rank(placed.level if placed else None), component.rank(goal.to)
        if now is not None and to is not None and now <= to:
            outcome = "reached"
        elif goal.component in {again.component for again in self.assessment.goals}:
            outcome = "chosen again"
        else:
            outcome = f"now {level(component, placed.level if placed else None)}"
        return f"{titled(component)}: {outcome}"

    def _goal(self, goal: Goal) -> GoalCard:
        component = self.icmap.component(goal.component)
        action = "What I will do" if self.own else "What to do"
        facts = ((action, goal.action), ("Who helps", goal.support))
        said = tuple((term, text) for term, text in facts if text)
        return self._card(component, goal.to, said, goal.by)

    def _start(self, result: ComponentResult) -> GoalCard:
        to = result.next_better.code if result.next_better else result.component.levels[0]
        return self._card(result.component, to)

    def _starts(self) -> list[ComponentResult]:
        """Return where one could start: critical rows first, then those with most to go."""
        below = set(self.now.overall.critical_below)

        def urgency(result: ComponentResult) -> tuple[bool, bool, float]:
            to_go = result.to_ideal if result.to_target is None else result.to_target
            away = (to_go or 0) / (result.ranks - 1)
            return result.id not in below, not result.component.critical, -away

        able = [result for result in self.now.components if result.next_better]
        return sorted(able, key=urgency)[:MAX_STARTS]

    def _card(
        self,
        component: Component,
        to: str,
        facts: tuple[tuple[str, str], ...] = (),
        by: date | None = None,
    ) -> GoalCard:
        placed = self.assessment.placement(component.id)
        code = placed.level if placed else None
        now = _variation(component, code)
        return GoalCard(
            title=titled(component),
            anchor=component.id,
            critical=component.critical,
            now_label=f"Now: {level(component, code)}",
            now=now.bullets if now else ("No level chosen yet.",),
            next_label=f"Next: {level(component, to)}{f', by {words.day(by)}' if by else ''}",
            next=component.variation(to).bullets,
            advice=(component.next_step(code) if code else None) or "",
            facts=facts,
        )

    def _plan(self) -> tuple[str, ...]:
        titles = [titled(self.icmap.component(g.component)) for g in self.assessment.goals]
        return (*titles, *[""] * (MAX_STARTS - len(titles)))

    # ---- the components -------------------------------------------------------------------

    def _standard(self, group: Group) -> Standard:
        worst = max((result.ranks for result in group.results), default=0)
        in_order = sorted(group.results, key=lambda r: worst if r.rank is None else r.rank)
        states = [self._state(result) for result in in_order]
        return Standard(
            anchor=group.anchor,
            code=group.code,
            title=group.title,
            summary=" · ".join(f"{states.count(s)} {s}" for s in dict.fromkeys(states)),
            components=tuple(self._block(result) for result in group.results),
        )

    def _state(self, result: ComponentResult) -> str:
        if result.answered:
            return level(result.component, result.level)
        return words.ANSWERS[result.answer]

    def _block(self, result: ComponentResult) -> ComponentBlock:
        component = result.component
        move = self.moves.get(component.id)
        shown = _variation(component, result.level)
        off_scale = tuple(c.text for c in component.off_scale if c.code == result.level)
        picture = shown.bullets if shown else off_scale
        look_fors = "; ".join(component.look_fors)
        evidence = (result.evidence or "").split("\n")
        length = sum(len(text) for text in (*picture, look_fors, *evidence))
        return ComponentBlock(
            anchor=component.id,
            code=component.code or "",
            title=component.title,
            critical=component.critical,
            ladder=ladder(result, self.icmap, move.earlier_level if move else None),
            state=self._state(result),
            **self._change(component, move),
            picture=picture,
            trail=self._trail(component),
            look_fors=look_fors,
            evidence=tuple(part for part in evidence if part.strip()),
            long=length > MAX_WHOLE,
        )

    def _change(self, component: Component, move: Move | None) -> dict[str, str]:
        """Return what is said of last time: on the level's own line, or on the next, and how."""
        if move is None:
            return {"aside": "", "change": "", "tone": ""}
        was = level(component, move.earlier_level)
        aside, change, tone = {
            "up": ("", f"{words.UP} from {was}", "up"),
            "down": ("", f"{words.DOWN} from {was}", "down"),
            "same": (", held", "", ""),
            "newly-answered": (", new", "", ""),
            "no-longer-answered": ("", f"last time {was}", "same"),
            "incomparable": ("", f"last time {was}", "same"),
        }.get(move.kind, ("", "", ""))
        return {"aside": aside, "change": change, "tone": tone}

    def _trail(self, component: Component) -> str:
        """Return the levels of all rounds, where there are more than two to tell."""
        if len(self.profiles) <= 2:  # noqa: PLR2004 - two rounds are told by `change`
            return ""
        steps = []
        for profile in self.profiles:
            placed = profile.assessment.placement(component.id)
            steps.append(f"{words.month(profile)}: {(placed and placed.level) or '–'}")
        return ", ".join(steps)


def _variation(component: Component, code: str | None) -> Variation | None:
    """Return the word picture of a level; None for none and for an off-scale choice."""
    return component.variation(code) if code and component.rank(code) is not None else None


def _first(items: list[str], most: int) -> tuple[str, ...]:
    """Return the first few items, and how many more there are."""
    rest = len(items) - most
    return (*items[:most], f"and {rest} more on the pages that follow") if rest > 0 else (*items,)
