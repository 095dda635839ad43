"""The pages: parse what came, call, show. All of them work without JavaScript."""

from icmaps.web.pages._entry import broken, forbidden, home, not_found, scope, sign_in, start
from icmaps.web.pages._placing import place, review, tasks, unsent
from icmaps.web.pages._report import goals, report, report_page, report_pdf

__all__ = [
    "broken",
    "forbidden",
    "goals",
    "home",
    "not_found",
    "place",
    "report",
    "report_page",
    "report_pdf",
    "review",
    "scope",
    "sign_in",
    "start",
    "tasks",
    "unsent",
]
