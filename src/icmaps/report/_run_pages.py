"""The pages round the reports of a print run: the cover of a merged file, and the index."""

from dataclasses import dataclass
from datetime import date

from icmaps.report._place import room_for_fonts, system_libraries
from icmaps.report._template import PageSize, style_sheet, template
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
        files: Addresses and names of the files for the printer.
    """

    title: str
    what: str
    summary: str
    consent: str
    rows: tuple[tuple[str, ...], ...]
    files: tuple[tuple[str, str], ...] = ()


def cover_pdf(view: RunPage, size: PageSize, made_on: date, *, grey: bool) -> bytes:
    """Return the cover sheet of a merged file as a PDF.

    Args:
        view: What it says; a row has name, role and page.
        size: The paper, `letter` or `a4`.
        made_on: The date of the run.
        grey: Printed without colours.

    Raises:
        RenderError: If this machine lacks what a PDF needs.
    """
    with system_libraries():
        from icmaps.report import _pdf as engine

    page = template("print/cover.html").render(view=view, created=made_on.isoformat())
    with room_for_fonts():
        style = style_sheet("report/growth.css", "print/cover.css", grey=grey)
        return engine.print_pdf(page, style, size=size, texts=texts_of(view), attached=()).data


def index_html(view: RunPage) -> str:
    """Return the index of a run as a page.

    Args:
        view: What it says; a row has address, name, group, role and pages.
    """
    return template("print/index.html").render(view=view)
