"""The pages round the reports of a print run: the cover of a merged file, and the index."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from icmaps import _data
from icmaps.report._place import room_for_fonts, system_libraries
from icmaps.report._template import template
from icmaps.report._view import texts_of


@dataclass(frozen=True, slots=True)
class RunPage:
    """What a cover or an index says.

    Attributes:
        title: The group, or the run.
        what: What kind of page it is.
        summary: How many reports, and when they were printed.
        consent: Whose reports may be in it.
        rows: For each report the cells of its line.
    """

    title: str
    what: str
    summary: str
    consent: str
    rows: tuple[tuple[str, ...], ...]


def cover_pdf(view: RunPage, size: str, made_on: date) -> bytes:
    """Return the cover sheet of a merged file as a PDF.

    Args:
        view: What it says; a row has name, map and page.
        size: The paper, `letter` or `a4`.
        made_on: The date of the run.

    Raises:
        RenderError: If this machine lacks what a PDF needs.
    """
    with system_libraries():
        from icmaps.report import _pdf as engine

    page = template("print/cover.html").render(view=view, created=made_on.isoformat())
    with room_for_fonts():
        paper: engine.PageSize = "a4" if size == "a4" else "letter"
        return engine.print_pdf(
            page, _cover_style(), size=paper, texts=texts_of(view), attached=()
        ).data


def index_html(view: RunPage) -> str:
    """Return the index of a run as a page.

    Args:
        view: What it says; a row has name, group, map, pages, address and file.
    """
    return template("print/index.html").render(view=view)


@lru_cache(maxsize=1)
def _cover_style() -> str:
    folder = _data.folder("templates")
    parts = ("report/growth.css", "print/cover.css")
    return "".join((folder / part).read_text("utf-8") for part in parts)
