"""The growth report, and the goals that come after it."""

import base64
import hashlib
import io
import re
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

import icmaps
from icmaps.web.forms import read_goals
from icmaps.web.models import Goal
from icmaps.web.pages._common import in_pictures, overview, practice_of
from icmaps.web.practice import catalog

_STYLE: Final = re.compile(r"<style>(.*?)</style>", re.DOTALL)


@require_safe
def report(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show the growth report, with ways to take it along."""
    context = {
        "assessment": overview(practice_of(request, key)),
        "frame_url": reverse("report_page", args=[key]),
        "pdf_url": reverse("report_pdf", args=[key]),
        "goals_url": reverse("goals", args=[key]),
    }
    return render(request, "report.html", context)


@require_safe
@xframe_options_sameorigin
def report_page(request: HttpRequest, key: UUID) -> HttpResponse:
    """Return the growth report as the library makes it; its one style sheet is named by hash."""
    page = icmaps.report_html(practice_of(request, key).rounds(), catalog=catalog())
    styles = _STYLE.findall(page)
    digests = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in styles]
    named = " ".join(f"'sha256-{digest}'" for digest in digests)
    response = HttpResponse(page)
    response["Content-Security-Policy"] = (
        f"default-src 'none'; style-src {named}; "
        "frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
    )
    return response


@require_safe
def report_pdf(request: HttpRequest, key: UUID) -> FileResponse:
    """Return the growth report as a PDF."""
    practice = practice_of(request, key)
    made = icmaps.report_pdf(practice.rounds(), catalog=catalog())
    name = f"growth-{practice.row.round}-{practice.icmap.title}.pdf"
    return FileResponse(io.BytesIO(made.data), as_attachment=True, filename=name)


@require_http_methods(["GET", "HEAD", "POST"])
def goals(request: HttpRequest, key: UUID) -> HttpResponse:
    """Choose one to three goals among what is not at its ideal yet."""
    practice = practice_of(request, key)
    offered = list(practice.suggestions())
    kept: dict[str, Any] = {goal.component: goal for goal in practice.row.goals.all()}
    problems: list[dict[str, str]] = []
    if request.method == "POST":
        levels = {component.id: better.code for component, _now, better in offered}
        chosen = request.POST.getlist("goal")
        wanted, problems = read_goals(request.POST, chosen, levels)
        kept = {goal.component: goal for goal in wanted}
        if not problems:
            with transaction.atomic():
                practice.row.goals.all().delete()
                for goal in wanted:
                    Goal.objects.create(
                        assessment=practice.row,
                        component=goal.component,
                        to=goal.to,
                        by=goal.by,
                        action=goal.action,
                        support=goal.support,
                    )
            messages.success(request, _("Your goals are saved. They are in your report now."))
            return redirect("report", key=key)
    choices = [
        {
            "id": component.id,
            "code": component.code or "",
            "title": component.title,
            "critical": component.critical,
            "now": in_pictures(now),
            "next": in_pictures(better),
            "advice": component.next_step(now.code) or "",
            "chosen": component.id in kept,
            "action": kept[component.id].action if component.id in kept else "",
            "support": kept[component.id].support if component.id in kept else "",
            "by": kept[component.id].by if component.id in kept else "",
            "to": better.code,
        }
        for component, now, better in offered
    ]
    context = {"assessment": overview(practice), "choices": choices, "errors": problems}
    return render(request, "goals.html", context, status=422 if problems else 200)
