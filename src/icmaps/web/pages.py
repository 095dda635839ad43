"""The pages: parse what came, call, show. All of them work without JavaScript."""

import base64
import hashlib
import io
import re
from typing import Any, Final
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

import icmaps
from icmaps.models import Component, Variation
from icmaps.web import accounts, policy, saving
from icmaps.web.forms import Start, read_goals
from icmaps.web.models import Assessment, Goal, User
from icmaps.web.practice import Page, Practice, catalog, label

_STYLE: Final = re.compile(r"<style>(.*?)</style>", re.DOTALL)

# ---- the way in ----------------------------------------------------------------------------


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest, token: str) -> HttpResponse:
    """Sign in with a link that works once; a button uses it up, so that no mail scanner does."""
    if request.method != "POST":
        return render(request, "signin.html")
    user = accounts.use_link(token)
    if user is None or not user.is_active:
        return _message(
            request,
            410,
            _("This link no longer works"),
            _("It was used before, or is older than half an hour. Ask for another."),
        )
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return redirect("home")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show a person's assessments."""
    rows = policy.visible_to(_user(request)).order_by("-date", "-begun_at")
    told = [_overview(Practice(row)) for row in rows.prefetch_related("answers")]
    return render(request, "home.html", {"assessments": told, "start_url": reverse("start")})


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Begin an assessment: a map and a round."""
    today = timezone.localdate()
    form = Start(request.POST) if request.method == "POST" else Start()
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        with transaction.atomic():
            row, is_new = Assessment.objects.get_or_create(
                owner=_user(request),
                map=data["map"],
                round=data["round"],
                defaults={"date": data["date"]},
            )
        if is_new:
            return redirect("scope", key=row.key)
        messages.info(request, _("You have this map in this round already; here it is."))
        return redirect("tasks", key=row.key)
    sent = request.POST if form.is_bound else {}
    shown = {
        "errors": form.problems() if form.is_bound else [],
        "maps": [
            {
                "value": icmap.reference,
                "title": icmap.title,
                "framework": catalog().framework(icmap.framework).title,
                "count": len(icmap.components),
            }
            for icmap in catalog().maps(faulty="skip")
        ],
        "chosen": sent.get("map", ""),
        "round": sent.get("round", _round_of(today.year, today.month)),
        "date": sent.get("date", today.isoformat()),
    }
    return render(request, "start.html", {"form": shown}, status=422 if shown["errors"] else 200)


def _round_of(year: int, month: int) -> str:
    return f"{year}-{'spring' if month < 7 else 'fall'}"  # noqa: PLR2004 - the school year


@require_http_methods(["GET", "HEAD", "POST"])
def scope(request: HttpRequest, key: UUID) -> HttpResponse:
    """Choose which standards are looked at; none ticked is all."""
    practice = _practice(request, key)
    row = practice.row
    standards = practice.standards()
    if request.method == "POST" and row.finished_at is None:
        wanted = set(request.POST.getlist("section"))
        known = [section.id for section, _count in standards if section.id in wanted]
        row.scope = known if len(known) < len(standards) else []
        row.save(update_fields=["scope"])
        return redirect("tasks", key=key)
    sections = [
        {"value": s.id, "label": label(s), "count": count, "checked": s.id in row.scope}
        for s, count in standards
    ]
    return render(request, "scope.html", {"assessment": _overview(practice), "sections": sections})


# ---- placing -------------------------------------------------------------------------------


@require_safe
def tasks(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show what is done and what is open, standard by standard."""
    practice = _practice(request, key)
    standards: list[dict[str, Any]] = []
    for page in practice.pages:
        if not standards or standards[-1]["id"] != page.standard.id:
            told = {"id": page.standard.id, "label": label(page.standard)}
            standards.append(told | {"done": 0, "of": 0, "constructs": []})
        done, of = practice.done(page.components), len(page.components)
        standards[-1]["done"] += done
        standards[-1]["of"] += of
        state = "done" if done == of else "started" if done else "not-started"
        standards[-1]["constructs"].append(
            {
                "label": label(page.section),
                "url": _place_url(key, page),
                "done": done,
                "of": of,
                "state": state,
            }
        )
    open_pages = [p for p in practice.pages if practice.done(p.components) < len(p.components)]
    context = {
        "assessment": _overview(practice),
        "standards": standards,
        "next_url": _place_url(key, open_pages[0]) if open_pages else "",
    }
    return render(request, "tasks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest, key: UUID, section: str) -> HttpResponse:
    """Show the components of one section, and save what a form without JavaScript sends."""
    practice = _practice(request, key)
    pages = practice.pages
    at = next((n for n, page in enumerate(pages) if page.section.id == section), None)
    if at is None:
        raise Http404
    errors: dict[str, Any] = {}
    if request.method == "POST":
        errors = _save_form(request, practice, pages[at].components)
        after = pages[at + 1] if at + 1 < len(pages) else None
        if not errors:
            if request.POST.get("then") != "next":
                messages.success(request, _("Saved."))
                return redirect("place", key=key, section=section)
            return redirect(_place_url(key, after) if after else reverse("review", args=[key]))
        practice = _practice(request, key)
    context = {
        "page": {
            "title": label(pages[at].section),
            "standard": label(pages[at].standard),
            "position": _("Page %(at)d of %(of)d") % {"at": at + 1, "of": len(pages)},
            "previous_url": _place_url(key, pages[at - 1]) if at else "",
            "next_url": _place_url(key, pages[at + 1]) if at + 1 < len(pages) else "",
            "tasks_url": reverse("tasks", args=[key]),
            "review_url": reverse("review", args=[key]),
            "finished": practice.row.finished_at is not None,
        },
        "components": [_shown(practice, c, errors.get(c.id)) for c in pages[at].components],
        "save_url": reverse("api-1.0.0:events", args=[key]),
        "token_url": reverse("api-1.0.0:token"),
        "assessment_id": str(key),
        "user_key": str(_user(request).key),
    }
    return render(request, "place.html", context, status=409 if errors else 200)


def _save_form(
    request: HttpRequest, practice: Practice, components: tuple[Component, ...]
) -> dict[str, Any]:
    """Save what a form says of its components; return what could not be saved, and why."""
    errors: dict[str, Any] = {}
    for component in components:
        name = component.id
        if f"evidence-{name}" not in request.POST:
            continue
        answer = request.POST.get(f"answer-{name}", "")
        evidence = saving.plain(request.POST[f"evidence-{name}"])
        before = practice.answers.get(name)
        if (answer, evidence) == ((before.answer, before.evidence) if before else ("", "")):
            continue
        version = request.POST.get(f"version-{name}", "")
        edit = saving.Edit(
            key=uuid4(),
            component=name,
            answer=answer,
            evidence=evidence,
            base_version=int(version) if version.isdecimal() and len(version) < 10 else 0,  # noqa: PLR2004
        )
        try:
            saved = saving.save(practice.row, edit)
        except saving.RefusedError as error:
            errors[name] = {"message": str(error)}
            continue
        if saved.conflict:
            errors[name] = {
                "message": _("it was changed in another tab or on another device meanwhile"),
                "mine": _in_words(component, answer, evidence),
                "other": _in_words(component, saved.answer, saved.evidence),
            }
    return errors


def _shown(practice: Practice, component: Component, error: Any) -> dict[str, Any]:
    answer = practice.answers.get(component.id)
    last = practice.last(component.id)
    lines = component.fidelity
    return {
        "id": component.id,
        "code": component.code or "",
        "title": component.title,
        "critical": component.critical,
        "look_fors": component.look_fors,
        "version": answer.version if answer else 0,
        "answer": answer.answer if answer else "",
        "evidence": answer.evidence if answer else "",
        "error": error,
        "choices": [
            _variation(v) | {"value": f"{saving.LEVEL}{v.code}", "ideal": v.rank == 0}
            for v in _in_order(practice, component)
        ],
        "last": _variation(last[1]) | {"when": last[0]} if last else None,
        "lines": lines,
    }


def _in_order(practice: Practice, component: Component) -> list[Variation]:
    """Return what can be chosen, in the order in which the map prints it."""
    chosen = [v for v in component.variations if not v.gap]
    return chosen if practice.icmap.direction == "ideal-first" else chosen[::-1]


def _variation(variation: Variation) -> dict[str, Any]:
    return {
        "code": variation.code,
        "label": variation.label or "",
        "texts": list(variation.bullets),
    }


def _in_words(component: Component, answer: str, evidence: str) -> str:
    """Return an answer as people read it."""
    if answer.startswith(saving.LEVEL):
        variation = component.variation(answer.removeprefix(saving.LEVEL))
        told = f"{variation.label} ({variation.code})" if variation.label else variation.code
    else:
        told = {
            saving.NOT_APPLICABLE: _("Not applicable"),
            saving.DONT_KNOW: _("Don’t know yet"),
        }.get(answer, _("No answer"))
    return f"{told}. {evidence}" if evidence else told


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show all answers; finish the assessment, or reopen it."""
    practice = _practice(request, key)
    row = practice.row
    if request.method == "POST":
        is_finish = request.POST.get("action") == "finish"
        row.finished_at = timezone.now() if is_finish else None
        row.save(update_fields=["finished_at"])
        return redirect("report" if is_finish else "tasks", key=key)
    sections = [
        {
            "label": label(page.section),
            "done": practice.done(page.components),
            "of": len(page.components),
            "components": [
                {
                    "code": c.code or "",
                    "title": c.title,
                    "answer_text": _in_words(c, answer.answer, "") if answer else "",
                    "evidence": answer.evidence if answer else "",
                    "answered": bool(answer and answer.answer),
                    "url": f"{_place_url(key, page)}#c-{c.id}",
                }
                for c in page.components
                for answer in [practice.answers.get(c.id)]
            ],
        }
        for page in practice.pages
    ]
    context = {
        "assessment": _overview(practice),
        "sections": sections,
        "open_count": len(practice.asked) - practice.done(),
    }
    return render(request, "review.html", context)


# ---- the report, and what comes after ------------------------------------------------------


@require_safe
def report(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show the growth report, with ways to take it along."""
    context = {
        "assessment": _overview(_practice(request, key)),
        "frame_url": reverse("report_page", args=[key]),
        "pdf_url": reverse("report_pdf", args=[key]),
        "goals_url": reverse("goals", args=[key]),
    }
    return render(request, "report.html", context)


@require_safe
@xframe_options_sameorigin
def report_page(request: HttpRequest, key: UUID) -> HttpResponse:
    """Return the growth report as the library makes it; its one style sheet is named by hash."""
    page = icmaps.report_html(_practice(request, key).rounds(), catalog=catalog())
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
    practice = _practice(request, key)
    made = icmaps.report_pdf(practice.rounds(), catalog=catalog())
    name = f"growth-{practice.row.round}-{practice.icmap.title}.pdf"
    return FileResponse(io.BytesIO(made.data), as_attachment=True, filename=name)


@require_http_methods(["GET", "HEAD", "POST"])
def goals(request: HttpRequest, key: UUID) -> HttpResponse:
    """Choose one to three goals among what is not at its ideal yet."""
    practice = _practice(request, key)
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
            "now": _variation(now),
            "next": _variation(better),
            "advice": component.next_step(now.code) or "",
            "chosen": component.id in kept,
            "action": kept[component.id].action if component.id in kept else "",
            "support": kept[component.id].support if component.id in kept else "",
            "by": kept[component.id].by if component.id in kept else "",
            "to": better.code,
        }
        for component, now, better in offered
    ]
    context = {"assessment": _overview(practice), "choices": choices, "errors": problems}
    return render(request, "goals.html", context, status=422 if problems else 200)


# ---- what pages share ----------------------------------------------------------------------


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - the middleware lets nobody else in
    return request.user


def _practice(request: HttpRequest, key: UUID) -> Practice:
    return Practice(policy.find(_user(request), key))


def _place_url(key: UUID, page: Page) -> str:
    return reverse("place", args=[key, page.section.id])


def _overview(practice: Practice) -> dict[str, Any]:
    row = practice.row
    key = [row.key]
    return {
        "title": practice.icmap.title,
        "role": practice.icmap.title,
        "framework": practice.framework.title,
        "round": row.round,
        "when": row.finished_at or row.begun_at,
        "state": "finished" if row.finished_at else "draft",
        "finished": row.finished_at is not None,
        "done": practice.done(),
        "of": len(practice.asked),
        "url": reverse("tasks", args=key),
        "url_tasks": reverse("tasks", args=key),
        "url_scope": reverse("scope", args=key),
        "url_review": reverse("review", args=key),
        "url_report": reverse("report", args=key),
    }


def _message(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    context = {"title": title, "text": text, "link_url": "/", "link_text": _("To the start page")}
    return render(request, "message.html", context, status=status)


@login_not_required
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that a page may not be seen."""
    del exception
    return _message(request, 403, _("Not for you"), _("You may not see this page."))


@login_not_required
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that there is no such page."""
    del exception
    return _message(
        request, 404, _("Nothing here"), _("There is no such page, or it is not yours.")
    )


@login_not_required
def broken(request: HttpRequest) -> HttpResponse:
    """Say that something went wrong on our side."""
    return _message(
        request,
        500,
        _("Something went wrong"),
        _("It is our fault. What was saved is safe; go back and try again."),
    )
