"""Group figures as a workbook: one long sheet each, for whoever goes on with them."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final

from icmaps.groups import GroupFigures, GroupStudy, Shares, Spread
from icmaps.models import Component

_WHO: Final = ("kind", "district", "school", "team", "round", "people")
_SPREAD: Final = (*_WHO, "panel", "component", "title", "level", "parts", "of")
_MOVES: Final = (*_WHO, "component", "title", "answer", "parts", "of")

_CHANGE: Final = (*_WHO, "component", "title", "net", "low", "high", "p")
_SECTIONS: Final = (
    *("section", "title", "rows", "alpha", "ordinal_alpha", "ordinal_omega", "warnings"),
)


def workbook(study: GroupStudy) -> bytes:
    """Return what can be told of all groups as an XLSX file; the same study gives the same bytes.

    Args:
        study: What passed the gate.
    """
    import xlsxwriter

    written = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(written, options) as book:
        from datetime import datetime

        book.set_properties({"title": f"Group figures, {study.icmap.reference}",
                             "created": datetime.fromisoformat(study.rounds[-1].date)})  # fmt: skip
        _sheet(book, "Spread", _SPREAD, _spreads(study))
        _sheet(book, "Growth", _MOVES, _moves(study))
        _sheet(book, "Change", _CHANGE, _changes(study))
        _sheet(book, "Raters", _MOVES, _raters(study))
        _sheet(book, "Sections", _SECTIONS, _sections(study))
        _sheet(book, "About", ("what", "says"), _about(study))
    return written.getvalue()


def _sheet(book: Any, name: str, heads: tuple[str, ...], rows: Iterator[tuple[Any, ...]]) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "bottom": 1})
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, heads, bold)
    widths = [len(head) for head in heads]
    last = 0
    for last, row in enumerate(rows, start=1):
        sheet.write_row(last, 0, row)
        widths = [max(w, len(str(value or ""))) for w, value in zip(widths, row, strict=True)]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(60, width + 2))
    if last:
        sheet.autofilter(0, 0, last, len(heads) - 1)


def _who(figures: GroupFigures, occasion: str, people: int) -> tuple[Any, ...]:
    path = (*figures.group.path, "", "", "")[:3]
    return (figures.group.kind, *path, occasion, people)


def _told(study: GroupStudy, shares: Any) -> Iterator[tuple[Component, Shares]]:
    for component in study.icmap.components:
        if component.id in shares:
            yield component, shares[component.id]


def _spreads(study: GroupStudy) -> Iterator[tuple[Any, ...]]:
    for figures in study.groups:
        told: list[tuple[str, Spread]] = [("everybody of the round", s) for s in figures.spreads]
        for moves in figures.moves:
            told += [("there in both rounds", moves.before), ("there in both rounds", moves.after)]
        for panel, spread in told:
            who = _who(figures, spread.round.id, spread.people)
            for component, shares in _told(study, spread.shares):
                levels = [v.code for v in component.variations]
                for level, parts in zip((*levels, "none"), shares.parts, strict=True):
                    yield (*who, panel, component.id, component.title, level, parts, shares.of)


def _moves(study: GroupStudy) -> Iterator[tuple[Any, ...]]:
    from icmaps.groups import MOVES

    for figures in study.groups:
        for moves in figures.moves:
            who = _who(figures, moves.after.round.id, moves.after.people)
            for component, shares in _told(study, moves.shares):
                for answer, parts in zip(MOVES, shares.parts, strict=True):
                    yield (*who, component.id, component.title, answer, parts, shares.of)


def _changes(study: GroupStudy) -> Iterator[tuple[Any, ...]]:
    for figures in study.groups:
        for moves in figures.moves:
            who = _who(figures, moves.after.round.id, moves.after.people)
            for component, _ in _told(study, moves.shares):
                if told := moves.change(component.id):
                    numbers = (round(n, 2) for n in (told.net, told.low, told.high, told.p))
                    yield (*who, component.id, component.title, *numbers)


def _raters(study: GroupStudy) -> Iterator[tuple[Any, ...]]:
    from icmaps.groups import VIEWS

    for figures in study.groups:
        who = _who(figures, study.rounds[-1].id, figures.rated)
        for component, shares in _told(study, figures.agreement):
            for answer, parts in zip(VIEWS, shares.parts, strict=True):
                yield (*who, component.id, component.title, answer, parts, shares.of)


def _sections(study: GroupStudy) -> Iterator[tuple[Any, ...]]:
    for name, told in study.reliability.items():
        omega = told.ordinal_omega
        yield (
            *(name, study.framework.section(name).title, told.rows),
            *(round(told.alpha, 2), round(told.ordinal_alpha, 2)),
            *("" if omega is None else round(omega, 2), " ".join(told.warnings)),
        )


def _about(study: GroupStudy) -> Iterator[tuple[str, str]]:
    from icmaps.report import _group_words as words

    yield "Map", study.icmap.reference
    yield "Rounds", ", ".join(f"{r.id} ({r.date})" for r in study.rounds)
    yield "Shown to", study.audience
    for kind in ("district", "school", "team"):
        if number := sum(group.kind == kind for group in study.withheld):
            yield f"Not told: {kind}", str(number)
    for group_kind, found in study.variance.items():
        yield words.BETWEEN[group_kind], words.between(found, group_kind)
    yield from words.glossary(
        study.least, grows=len(study.rounds) > 1, shares_variance=bool(study.variance)
    )
