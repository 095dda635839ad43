"""Growth reports: profiles to a view model, to HTML, to PDF.

The view (`_view`) decides everything, the templates print it, and only `_pdf` knows WeasyPrint,
which is loaded when the first PDF is asked for.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from icmaps.content import Catalog
from icmaps.errors import RenderError
from icmaps.models import Assessment, PolicyName
from icmaps.report._group import GROUP_FORMATS, write_group_report
from icmaps.report._place import refuse_place, replace_file, room_for_fonts, system_libraries
from icmaps.report._run_pages import RunPage, cover_pdf, index_html
from icmaps.report._template import PageSize, style_sheet, template
from icmaps.report._view import ReportView
from icmaps.report._writer import report_view
from icmaps.scoring import score

__all__ = [
    "GROUP_FORMATS",
    "PageSize",
    "Report",
    "ReportView",
    "RunPage",
    "cover_pdf",
    "index_html",
    "pdf_engine",
    "report_html",
    "report_pdf",
    "report_view",
    "write_group_report",
    "write_report",
]


@dataclass(frozen=True, slots=True)
class Report:
    """A growth report as a PDF.

    Attributes:
        data: The bytes of the PDF: tagged, PDF/UA-1, the assessments attached as JSON.
        pages: How many pages it has.
        missing: Characters for which no font was found; empty when all is well.
    """

    data: bytes
    pages: int
    missing: str


def write_report(
    assessments: Sequence[Assessment],
    path: str | Path,
    *,
    catalog: Catalog | None = None,
    policy: PolicyName | None = None,
    size: PageSize = "letter",
    made_on: date | None = None,
) -> Report:
    """Write the growth report of one person.

    Args:
        assessments: One for each round, in any order, all of one person on one map version. The
            latest round is reported, the earlier ones become growth.
        path: Where to write; the name ends in `.pdf` or `.html`.
        catalog: Where the map is found; the bundled maps if None.
        policy: The scoring policy; the map's own if None.
        size: The paper.
        made_on: The date printed on the report; that of the latest round if None.

    Returns:
        The report as it was written.

    Raises:
        RenderError: If the name says neither PDF nor HTML, the file cannot be written (what was
            there before is kept), or this machine lacks what a PDF needs.
        ScoringError: If the assessments are not rounds of one person on one map version.
    """
    target = Path(path)
    refuse_place(target)
    if target.suffix.lower() == ".html":
        html = report_html(assessments, catalog=catalog, policy=policy, made_on=made_on)
        report = Report(html.encode(), 0, "")
    elif target.suffix.lower() == ".pdf":
        report = report_pdf(assessments, catalog=catalog, policy=policy, size=size, made_on=made_on)
    else:
        raise RenderError(f"{target.name!r} ends in neither .pdf nor .html; name one that does")
    replace_file(target, report.data)
    return report


def report_pdf(
    assessments: Sequence[Assessment],
    *,
    catalog: Catalog | None = None,
    policy: PolicyName | None = None,
    size: PageSize = "letter",
    made_on: date | None = None,
    grey: bool = False,
) -> Report:
    """Return the growth report of one person as a PDF; the arguments are those of `write_report`.

    With `grey` it is printed without colours. The same arguments give the same bytes.
    """
    with system_libraries():
        from icmaps.report import _pdf  # WeasyPrint takes a while to load, not always needed

    rounds = _in_order(assessments)
    made_on = made_on or rounds[-1].round.date
    view = _view(rounds, catalog, policy, made_on)
    created = datetime.combine(made_on, time(), UTC)
    attached = [
        _pdf.AttachedFile(
            name=f"assessment-{assessment.round.id}.json",
            description=f"The assessment of {assessment.round.id}, for reading back",
            text=json.dumps(assessment.as_file(), ensure_ascii=False, indent=2),
            created=created,
        )
        for assessment in rounds
    ]
    with room_for_fonts():
        pdf = _pdf.print_pdf(
            _html(view, made_on, screen=False),
            style_sheet("report/growth.css", grey=grey),
            size=size,
            texts=view.texts(),
            attached=attached,
        )
    return Report(pdf.data, pdf.pages, pdf.missing)


def report_html(
    assessments: Sequence[Assessment],
    *,
    catalog: Catalog | None = None,
    policy: PolicyName | None = None,
    made_on: date | None = None,
) -> str:
    """Return the growth report of one person as one HTML page with its style sheet inside.

    The arguments are those of `write_report`.
    """
    rounds = _in_order(assessments)
    made_on = made_on or rounds[-1].round.date
    return _html(_view(rounds, catalog, policy, made_on), made_on, screen=True)


def pdf_engine() -> str:
    """Return what makes the PDF on this machine, with versions.

    Raises:
        RenderError: If a system library is missing, with the package to install.
    """
    with system_libraries():
        from icmaps.report import _pdf
    return _pdf.engine()


def _in_order(assessments: Sequence[Assessment]) -> list[Assessment]:
    if not assessments:
        raise RenderError("there is no assessment to report; give at least one")
    return sorted(assessments, key=lambda assessment: assessment.round.date)


def _view(
    rounds: Sequence[Assessment],
    catalog: Catalog | None,
    policy: PolicyName | None,
    made_on: date,
) -> ReportView:
    profiles = [score(assessment, catalog=catalog, policy=policy) for assessment in rounds]
    return report_view(profiles, made_on)


def _html(view: ReportView, made_on: date, *, screen: bool) -> str:
    """Return the page; for a screen with its style sheets inside, for print without any."""
    return template("report/growth.html").render(
        view=view, created=made_on.isoformat(), screen=screen
    )
