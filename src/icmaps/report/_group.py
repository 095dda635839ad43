"""The door for group reports: what can be told of a group, as PDF, HTML, XLSX or JSON.

Growth reports need no libraries of the extra `groups`: what does is imported when it is used.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from icmaps.errors import RenderError
from icmaps.report._place import refuse_place, replace_file, room_for_fonts, system_libraries
from icmaps.report._template import PageSize, style_sheet, template

if TYPE_CHECKING:
    from icmaps.groups import GroupFigures, GroupStudy
    from icmaps.report._group_view import GroupView

GROUP_FORMATS: Final = (".pdf", ".html", ".xlsx", ".json")


def write_group_report(
    study: GroupStudy,
    path: str | Path,
    *,
    group: tuple[str, ...] | None = None,
    size: PageSize = "letter",
    made_on: date | None = None,
) -> int:
    """Write what can be told of groups.

    Args:
        study: What passed the gate.
        path: Where to write. A `.pdf` or `.html` is the report of one group, a `.xlsx` or `.json`
            holds all groups.
        group: The path of names of the group to report, from the district down; everyone if None.
        size: The paper, `letter` or `a4`.
        made_on: The date printed on the report; that of the latest round if None.

    Returns:
        How many pages a PDF has; 0 for other formats.

    Raises:
        RenderError: If the name has another ending, the file cannot be written, nothing can be
            told of the group, or this machine lacks what a PDF needs.
    """
    target = Path(path)
    refuse_place(target)
    made_on = made_on or date.fromisoformat(study.rounds[-1].date)
    pages = 0
    match target.suffix.lower():
        case ".pdf":
            data, pages = _pdf(_view(study, group, made_on), size, made_on)
        case ".html":
            data = _html(_view(study, group, made_on), made_on, screen=True).encode()
        case ".xlsx":
            from icmaps.report._group_sheet import workbook

            data = workbook(study)
        case ".json":
            data = json.dumps(study.as_json(), ensure_ascii=False, indent=1).encode()
        case _:
            raise RenderError(
                f"{target.name!r} ends in none of {', '.join(GROUP_FORMATS)}; the format would be "
                "a guess; name one that does"
            )
    replace_file(target, data)
    return pages


def _view(study: GroupStudy, group: tuple[str, ...] | None, made_on: date) -> GroupView:
    from icmaps.report._group_writer import group_view

    return group_view(study, _told(study, group), made_on)


def _told(study: GroupStudy, group: tuple[str, ...] | None) -> GroupFigures:
    """Return the group to report: one of which something can be told."""
    told = [f for f in study.groups if f.now is not None and f.now.shares]
    wanted = [f for f in told if f.group.path == (group or ())]
    if not group and told and told[0].group.path == ():
        # Everyone is one district: it has a name.
        named = [f for f in told if f.group.kind == "district"]
        wanted = named if len(named) == 1 and named[0].now == told[0].now else wanted
    if wanted:
        return wanted[0]
    names = ", ".join(repr("/".join(f.group.path)) for f in told if f.group.path)
    named_group = repr("/".join(group)) if group else "everyone"
    raise RenderError(
        f"nothing can be told of {named_group}: it is not there, or its figures would tell of "
        f"fewer than {study.least} people; choose one of {names or 'none'}, or a larger group"
    )


def _html(view: GroupView, made_on: date, *, screen: bool) -> str:
    page = template("group/group.html")
    return page.render(view=view, created=made_on.isoformat(), screen=screen)


def _pdf(view: GroupView, size: PageSize, made_on: date) -> tuple[bytes, int]:
    with system_libraries():
        from icmaps.report import _pdf as engine

    css = style_sheet("report/growth.css", "group/group.css")
    with room_for_fonts():
        made = engine.print_pdf(
            _html(view, made_on, screen=False), css, size=size, texts=view.texts(), attached=()
        )
    return made.data, made.pages
