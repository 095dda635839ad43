"""Group figures to view: every decision about wording, order and what is worth a line.

Nothing is counted here: what is printed is what passed the gate, or is worked out from it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from markupsafe import Markup

from icmaps.groups import VIEWS, GroupFigures, GroupStudy, Moves, Spread
from icmaps.models import Component, Section
from icmaps.report import _charts as charts
from icmaps.report import _group_words as words
from icmaps.report._group_view import (
    ComponentLine,
    DifferenceLine,
    Finding,
    GroupLine,
    GroupView,
    PlanLine,
    StandardLine,
    StandardPage,
)
from icmaps.report._picture import printed
from icmaps.report._view import Column
from icmaps.report._words import count, day, level, named_round, titled

MAX_NAMED: Final = 3
_BAR: Final = 118  # points
_WIDE_BAR: Final = 186
_STRIP: Final = 126
_MOVES: Final = 40
_HALF: Final = 0.5
_CHANCE: Final = 0.05


def group_view(study: GroupStudy, figures: GroupFigures, made_on: date) -> GroupView:
    """Return what the report of one group says.

    Args:
        study: All that can be told.
        figures: The group; it has a round that can be told.
        made_on: The date printed as that of the report.
    """
    return _Writer(study, figures, made_on).view()


class _Writer:
    """Writes the view of one report; holds what every part of it needs."""

    def __init__(self, study: GroupStudy, figures: GroupFigures, made_on: date) -> None:
        self.study, self.figures, self.made_on = study, figures, made_on
        now = figures.now
        assert now is not None  # noqa: S101 - the door refuses groups of which nothing is told
        self.now: Spread = now
        self.moves: Moves | None = next(
            (m for m in reversed(figures.moves) if m.after.round == now.round), None
        )
        self.components = tuple(c for c in study.icmap.components if c.id in now.shares)
        self.sections = dict(self._sections())
        self.changes = self._changes()
        self.smaller = self._smaller()

    def view(self) -> GroupView:
        icmap, framework = self.study.icmap, self.study.framework
        pages = [self._page(section, rows) for section, rows in self.sections.items()]
        differences = tuple(self._differences())
        lines = tuple(self._group_line(figures) for figures in self.smaller)
        return GroupView(
            language=icmap.language,
            title=f"Group report: {self._name}, {icmap.title}, {named_round(self.now.round.id)}",
            name=self._name,
            role=f"{icmap.title} · {framework.title} · {framework.edition}",
            occasion=self._occasion(),
            opening=(words.OPENING if self._ideal_first else words.OPENING_LAST).format(
                people=count(self.now.people, "person").replace("persons", "people"),
                matched=words.MATCHED if self._is_matched else "",
            ),
            columns=self._columns(),
            standards=tuple(self._standard(s, rows) for s, rows in self.sections.items()),
            groups_heading=words.RINGS.get(self._kind_of_smaller, "") if self.smaller else "",
            findings=tuple(self._findings()),
            plan=tuple(self._plan()),
            pages=tuple(pages),
            has_moves=self.moves is not None,
            moves_note=self._moves_note(),
            differences_heads=tuple(words.VIEW_HEADS) if differences else (),
            differences=differences,
            differences_note=words.DIFFERENCES.format(people=self.figures.rated),
            group_heads=tuple(f"{s.code or s.title}" for s in self.sections) if lines else (),
            group_lines=lines,
            groups_note=self._groups_note(),
            glossary=tuple(words.glossary(self.study.least, grows=self.moves is not None)),
            colophon=(
                f"IC map {icmap.reference} on {framework.reference} ({framework.title}, "
                f"{framework.issuer}, {framework.edition}). Text of the map: "
                f"{icmap.license or 'licence not stated'}.",
                f"Printed {day(self.made_on)} with icmaps.",
            ),
        )

    # ---- what the report is about ---------------------------------------------------------

    @property
    def _name(self) -> str:
        return self.figures.group.name

    @property
    def _ideal_first(self) -> bool:
        return self.study.icmap.direction == "ideal-first"

    @property
    def _is_matched(self) -> bool:
        return self.moves is not None and self.moves.after is self.now

    def _occasion(self) -> str:
        when = date.fromisoformat(self.now.round.date)
        above = " · ".join(part for part in self.figures.group.path[:-1] if part)
        told = f"Group report · {named_round(self.now.round.id)}, {day(when)}"
        told += f" · {self.now.people} people"
        return f"{told} · {above}" if above else told

    def _sections(self) -> Iterator[tuple[Section, tuple[Component, ...]]]:
        """Yield the standards, or what the framework has instead, with their components."""
        held: dict[str, list[Component]] = {}
        framework = self.study.framework
        for component in self.components:
            path = (*framework.above(component.section), component.section)
            named = [s for s in path if framework.section(s).kind in {"standard", "cluster"}]
            held.setdefault((named or path)[0], []).append(component)
        for section, _ in framework.walk():
            if section.id in held:
                yield section, tuple(held[section.id])

    def _changes(self) -> Mapping[str, tuple[float, float]]:
        """Return the shares that moved toward and away from ideal, by component."""
        if self.moves is None:
            return {}
        found = {}
        for name, shares in self.moves.shares.items():
            improved, held, declined, *_ = shares.parts
            if paired := improved + held + declined:
                found[name] = (improved / paired, declined / paired)
        return found

    def _smaller(self) -> tuple[GroupFigures, ...]:
        """Return the groups one size smaller that are told of in the same round."""
        path, kind = self.figures.group.path, self.figures.group.kind
        inside = [
            f
            for f in self.study.groups
            if f.group.path[: len(path)] == path
            and f.group.path != path
            and f.now is not None
            and f.now.round == self.now.round
        ]
        kinds = [k for k in ("school", "team") if any(f.group.kind == k for f in inside)]
        wanted = "team" if kind == "school" else (kinds[0] if kinds else "")
        return tuple(f for f in inside if f.group.kind == wanted)

    @property
    def _kind_of_smaller(self) -> str:
        return self.smaller[0].group.kind if self.smaller else ""

    def _columns(self) -> tuple[Column, ...]:
        rows = {tuple(v.code for v in c.variations) for c in self.components}
        widest = max(len(c.variations) for c in self.components)
        heads = list(max(rows, key=lambda row: len(tuple(row)))) if self._same_codes(rows) else [
            "Ideal", *(f"+{n}" for n in range(1, widest))
        ]  # fmt: skip
        found = [Column(head, f"t{min(n, 5)}") for n, head in enumerate(heads[:widest])]
        return printed(self.study.icmap, found)

    @staticmethod
    def _same_codes(rows: set[tuple[str, ...]]) -> bool:
        longest = max(rows, key=len)
        return all(row == longest[: len(row)] for row in rows)

    # ---- page one -------------------------------------------------------------------------

    def _standard(self, section: Section, rows: Sequence[Component]) -> StandardLine:
        widest = max(len(c.variations) for c in self.components)
        total = [0.0] * (widest + 1)
        for component in rows:
            shares = self.now.shares[component.id]
            *levels, none = shares.parts
            for rank, part in enumerate(levels):
                total[rank] += part / shares.of / len(rows)
            total[-1] += none / shares.of / len(rows)
        told = self._acceptable_of(self.now, rows)
        percent = [100 * share for share in total]
        columns = self._columns()
        heads = [c.head for c in (columns if self._ideal_first else reversed(columns))]
        said = ", ".join(f"level {h} {p:.0f} %" for h, p in zip(heads, percent, strict=False) if p)
        groups = None
        if self.smaller:
            values = [
                v
                for f in self.smaller
                if f.now and (v := self._acceptable_of(f.now, rows)) is not None
            ]
            groups = charts.strip(
                values, told,
                f"Shares at least acceptable of {len(values)} groups: "
                + ", ".join(f"{100 * v:.0f} %" for v in sorted(values)),
                _STRIP,
            ) if values else None  # fmt: skip
        return StandardLine(
            code=section.code or "",
            title=section.title,
            anchor=f"section-{section.id}",
            spread=charts.bar(
                [round(p) for p in percent],
                None,
                f"{section.title}: {said}",
                width=_WIDE_BAR,
                ideal_first=self._ideal_first,
            ),
            acceptable="–" if told is None else f"{100 * told:.0f} %",
            groups=groups,
        )

    @staticmethod
    def _acceptable_of(spread: Spread, rows: Sequence[Component]) -> float | None:
        shares = [
            share
            for component in rows
            if component.id in spread.shares
            and (share := spread.at_least_acceptable(component)) is not None
        ]
        return sum(shares) / len(shares) if shares else None

    def _findings(self) -> Iterator[Finding]:
        ranked = sorted(
            ((share, c) for c in self.components
             if (share := self.now.at_least_acceptable(c)) is not None),
            key=lambda pair: -pair[0],
        )  # fmt: skip
        if strong := [c for share, c in ranked if share > _HALF][:MAX_NAMED]:
            yield Finding("Strengths", words.STRENGTHS, self._named(strong))
        if weak := self._openings():
            yield Finding("Openings", words.OPENINGS, self._named(weak))
        critical = [c for share, c in ranked if c.critical and share < _HALF]
        if critical:
            yield Finding(
                "Critical, below acceptable for most", words.CRITICAL, self._named(critical)
            )
        if self.changes:
            net = {name: up - down for name, (up, down) in self.changes.items()}
            most = sorted(
                (c for c in self.components if net.get(c.id, 0) > 0), key=lambda c: -net[c.id]
            )
            items = tuple(
                f"{titled(c)}: {words.share(self.changes[c.id][0])} up, "
                f"{words.share(self.changes[c.id][1])} down"
                for c in most[:MAX_NAMED]
            )
            yield Finding("Moved most", words.MOVED_MOST, items)
        yield from self._between()

    def _between(self) -> Iterator[Finding]:
        if self.figures.group.kind not in ("everyone", "district"):
            return
        for kind, found in self.study.variance.items():
            yield Finding(words.BETWEEN[kind], words.between(found, kind), ())
        yield from self._patterns()

    def _patterns(self) -> Iterator[Finding]:
        told = self.study.patterns
        if told is None or not told.patterns:
            return
        icmap = self.study.icmap
        items = []
        for pattern in told.patterns:
            ahead = ", ".join(icmap.component(name).title for name in pattern.above)
            behind = ", ".join(icmap.component(name).title for name in pattern.below)
            apart = [f"further along: {ahead}"] if ahead else []
            apart += [f"less far along: {behind}"] if behind else []
            what = "; ".join(apart) or words.USUAL
            items.append(f"{words.KINDS[pattern.kind]} ({pattern.parts} of {told.of}): {what}")
        yield Finding("Common patterns", words.PATTERNS, tuple(items))

    def _openings(self) -> list[Component]:
        ranked = sorted(
            ((share, not c.critical, n, c) for n, c in enumerate(self.components)
             if (share := self.now.at_least_acceptable(c)) is not None and share <= _HALF),
            key=lambda row: row[:3],
        )  # fmt: skip
        return [component for *_, component in ranked[:MAX_NAMED]]

    def _named(self, components: Sequence[Component]) -> tuple[str, ...]:
        return tuple(
            f"{titled(c)}: {words.share(share)} at least acceptable"
            for c in components
            if (share := self.now.at_least_acceptable(c)) is not None
        )

    def _plan(self) -> Iterator[PlanLine]:
        for component in self._openings():
            where = self.now.most_common(component)
            code = where[-1]
            variation = component.variation(code)
            better = component.next_better(code)
            advice = next((s.text for s in component.next_steps if s.code == code), "")
            yield PlanLine(
                title=titled(component),
                where=f"Most people: {level(component, code)}"
                + (f"; next: {level(component, better.code)}" if better else ""),
                picture=(better or variation).bullets,
                advice=advice,
            )

    # ---- by standard ----------------------------------------------------------------------

    def _page(self, section: Section, rows: Sequence[Component]) -> StandardPage:
        return StandardPage(
            anchor=f"section-{section.id}",
            code=section.code or "",
            title=section.title,
            lines=tuple(map(self._line, rows)),
        )

    def _line(self, component: Component) -> ComponentLine:
        shares = self.now.shares[component.id]
        lines = component.fidelity
        cut = component.rank(lines.acceptable_until) if lines else None
        acceptable = self.now.at_least_acceptable(component)
        *levels, none = shares.parts
        said = [
            f"{level(component, v.code)} {p}"
            for v, p in zip(component.variations, levels, strict=True)
            if p
        ]
        said += [f"no level {none}"] if none else []
        moved, moved_words = self._moved(component)
        cells = [str(part or "·") for part in levels]
        widest = max(len(c.variations) for c in self.components)
        empty = [""] * (widest - len(levels))
        return ComponentLine(
            code=component.code or "",
            title=component.title,
            critical=component.critical,
            spread=charts.bar(
                shares.parts,
                cut,
                f"Of {shares.of} parts: {', '.join(said)}",
                width=_BAR,
                ideal_first=self._ideal_first,
            ),
            parts=(*printed(self.study.icmap, [*cells, *empty]), str(none or "·")),
            of=str(shares.of),
            common=" and ".join(level(component, c) for c in self.now.most_common(component)),
            acceptable="–" if acceptable is None else words.share(acceptable),
            moved=moved,
            moved_words=moved_words,
        )

    def _moved(self, component: Component) -> tuple[Markup | None, str]:
        if component.id not in self.changes:
            return None, ""
        up, down = self.changes[component.id]
        most = max(max(pair) for pair in self.changes.values())
        said = f"↑ {words.fifths(up)} ↓ {words.fifths(down)}"
        picture = charts.moves(
            up, down, most, f"{100 * up:.0f} % up, {100 * down:.0f} % down", _MOVES
        )
        return picture, said

    def _moves_note(self) -> str:
        """Return how growth is meant, and whether it is more than chance would bring."""
        if self.moves is None:
            return ""
        changes = [self.moves.change(name) for name in self.changes]
        clear = sum(c is not None and c.p < _CHANCE and c.net > 0 for c in changes)
        return words.MOVES.format(
            people=self.moves.after.people,
            before=named_round(self.moves.before.round.id),
            clear=clear,
            told=len(self.changes),
        )

    # ---- other raters, smaller groups ---------------------------------------------------------

    def _differences(self) -> Iterator[DifferenceLine]:
        for component in self.components:
            shares = self.figures.agreement.get(component.id)
            if shares is None or shares.parts[-1] == shares.of:
                continue
            paired = shares.of - shares.parts[VIEWS.index("no pair")]
            far_self, near_self, same, near_other, far_other, _ = (p / paired for p in shares.parts)
            yield DifferenceLine(
                titled(component),
                (words.share(same), words.share(same + near_self + near_other),
                 words.share(far_self + near_self), words.share(far_other + near_other)),
            )  # fmt: skip

    def _group_line(self, figures: GroupFigures) -> GroupLine:
        now = figures.now
        assert now is not None  # noqa: S101 - `_smaller` has no others
        cells = (self._acceptable_of(now, rows) for rows in self.sections.values())
        return GroupLine(
            figures.group.name,
            str(now.people),
            tuple("–" if share is None else f"{100 * share:.0f}" for share in cells),
        )

    def _groups_note(self) -> str:
        hidden = self.study.withheld.get(
            "school" if self._kind_of_smaller == "school" else "team", 0
        )
        return words.GROUPS + (words.WITHHELD.format(number=hidden) if hidden else "")
