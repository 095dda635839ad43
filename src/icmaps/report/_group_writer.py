"""Group figures to view: every decision about wording, order and what is worth a line.

Nothing is counted here: what is printed is what passed the gate, or is worked out from it.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from markupsafe import Markup

from icmaps.groups import KINDS, VIEWS, GroupFigures, GroupStudy, Moves, Spread
from icmaps.models import Component, Section
from icmaps.report import _charts as charts
from icmaps.report import _group_words as words
from icmaps.report._group_findings import Findings
from icmaps.report._group_view import (
    ComponentLine,
    DifferenceLine,
    GroupLine,
    GroupView,
    StandardLine,
    StandardPage,
)
from icmaps.report._picture import printed
from icmaps.report._view import Column
from icmaps.report._words import day, level, named_round, titled

_BAR: Final = 118  # points
_WIDE_BAR: Final = 186
_STRIP: Final = 126
_MOVES: Final = 40


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
        self.findings = Findings(study, now, self.moves, self.components)
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
            opening=self._opening(),
            columns=self._columns(),
            standards=tuple(self._standard(s, rows) for s, rows in self.sections.items()),
            groups_heading=words.RINGS.get(self._kind_of_smaller, "") if self.smaller else "",
            lines_note=words.LINES_DIFFER + (words.RINGS_ARE if self.smaller else ""),
            findings=tuple(self.findings.page_one(everybody=self._is_everybody)),
            plan_note=words.PLAN,
            plan=tuple(self.findings.plan()),
            patterns=tuple(self.findings.patterns()) if self._is_everybody else (),
            pages=tuple(pages),
            has_moves=self.moves is not None,
            moves_note=self._moves_note(),
            differences_heads=tuple(words.VIEW_HEADS) if differences else (),
            differences=differences,
            differences_note=self._differences_note(len(differences)),
            group_heads=tuple(f"{s.code or s.title}" for s in self.sections) if lines else (),
            group_lines=lines,
            groups_note=self._groups_note(),
            glossary=tuple(
                words.glossary(
                    self.study.least,
                    grows=self.moves is not None,
                    shares_variance=self._is_everybody and bool(self.study.variance),
                )
            ),
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

    def _opening(self) -> str:
        side = "first" if self._ideal_first else "last"
        told = words.OPENING.format(people=self.now.people, side=side)
        newcomers = self.figures.present.get(self.now.round.id, 0) - self.now.people
        if self._is_matched and newcomers > 0:
            told += words.NEWCOMERS.format(number=newcomers)
        return told

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

    def _smaller(self) -> tuple[GroupFigures, ...]:
        """Return the groups one size smaller that are told of in the same round, by name."""
        path, kind = self.figures.group.path, self.figures.group.kind
        inside = [
            f
            for f in self.study.groups
            if f.group.path[: len(path)] == path
            and f.group.path != path
            and f.now is not None
            and f.now.round == self.now.round
        ]
        kinds = [
            k for k in KINDS[KINDS.index(kind) + 1 :] if any(f.group.kind == k for f in inside)
        ]
        if len(self._districts) < 2 and kinds[:1] == ["district"]:  # noqa: PLR2004 - it is everyone
            kinds = kinds[1:]
        wanted = kinds[0] if kinds else ""
        found = [f for f in inside if f.group.kind == wanted]
        return tuple(sorted(found, key=lambda f: (f.group.name.casefold(), f.group.path)))

    @property
    def _districts(self) -> set[tuple[str, ...]]:
        return {f.group.path for f in self.study.groups if f.group.kind == "district"}

    @property
    def _is_everybody(self) -> bool:
        """Whether the report is of all who are in the study: everyone, or the one district."""
        kind = self.figures.group.kind
        return kind == "everyone" or (kind == "district" and len(self._districts) == 1)

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
                f"{section.title}, shares at least acceptable of {len(values)} groups: "
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
                f"{titled(component)}, of {shares.of} parts: {', '.join(said)}",
                width=_BAR,
                ideal_first=self._ideal_first,
            ),
            parts=(*printed(self.study.icmap, [*cells, *empty]), str(none or "·")),
            of=str(shares.of),
            common=self._common(component),
            acceptable="–" if acceptable is None else words.share(acceptable),
            moved=moved,
            moved_words=moved_words,
        )

    def _common(self, component: Component) -> str:
        found = self.now.most_common(component)
        if len(found) == 1:
            return level(component, found[0])
        return " and ".join(found) if len(found) == 2 else "spread out"  # noqa: PLR2004 - two tie

    def _moved(self, component: Component) -> tuple[Markup | None, str]:
        if component.id not in self.findings.changes:
            return None, ""
        up, down = self.findings.changes[component.id]
        most = max(max(pair) for pair in self.findings.changes.values())
        said = f"↑ {words.fifths(up)} ↓ {words.fifths(down)}"
        picture = charts.moves(
            up,
            down,
            most,
            f"{titled(component)}: {100 * up:.0f} % up, {100 * down:.0f} % down",
            _MOVES,
        )
        return picture, said

    def _moves_note(self) -> str:
        """Return how growth is meant, and whether it is more than chance would bring."""
        if self.moves is None:
            return ""
        clear = sum(net > 0 for net in self.findings.clear.values())
        return words.MOVES.format(
            people=self.moves.after.people,
            before=named_round(self.moves.before.round.id),
            clear=clear,
            told=len(self.findings.changes),
        )

    # ---- other raters, smaller groups ---------------------------------------------------------

    def _differences(self) -> Iterator[DifferenceLine]:
        for component in self.components:
            shares = self.figures.agreement.get(component.id)
            if shares is None or not shares.well_paired():
                continue
            paired = shares.of - shares.parts[VIEWS.index("no pair")]
            far_self, near_self, same, near_other, far_other, _ = (p / paired for p in shares.parts)
            yield DifferenceLine(
                titled(component),
                (words.share(same), words.share(same + near_self + near_other),
                 words.share(far_self + near_self), words.share(far_other + near_other)),
            )  # fmt: skip

    def _name_of(self, figures: GroupFigures) -> str:
        """Return a group's name, with what it is in where another has the same."""
        same = [f for f in self.smaller if f.group.name == figures.group.name]
        above = figures.group.path[-2:-1]
        return (
            f"{figures.group.name} ({above[0]})" if len(same) > 1 and above else figures.group.name
        )

    def _group_line(self, figures: GroupFigures) -> GroupLine:
        now = figures.now
        assert now is not None  # noqa: S101 - `_smaller` has no others
        cells = (self._acceptable_of(now, rows) for rows in self.sections.values())
        return GroupLine(
            self._name_of(figures),
            str(now.people),
            tuple("–" if share is None else words.fifths(share) for share in cells),
        )

    def _differences_note(self, told: int) -> str:
        note = words.DIFFERENCES.format(people=self.figures.rated)
        left = len(self.components) - told
        return note + (words.NOT_SHOWN.format(number=left) if left else "")

    def _groups_note(self) -> str:
        path = self.figures.group.path
        hidden = [
            group
            for group in self.study.withheld
            if group.kind == self._kind_of_smaller and group.path[: len(path)] == path
        ]
        return words.GROUPS + (words.WITHHELD.format(number=len(hidden)) if hidden else "")
