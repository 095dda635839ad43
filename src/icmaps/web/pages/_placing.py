"""Placing: the task list, the word pictures, the review."""

from typing import Any, Final
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from icmaps.models import Component, Variation
from icmaps.web import saving
from icmaps.web.forms import read_unsent
from icmaps.web.pages._common import (
    in_pictures,
    in_words,
    overview,
    person,
    place_url,
    practice_of,
)
from icmaps.web.practice import LEVEL, Practice, label

_LARGEST_FILE: Final = 2_000_000


@require_safe
def tasks(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show what is done and what is open, standard by standard."""
    practice = practice_of(request, key)
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
                "url": place_url(key, page),
                "done": done,
                "of": of,
                "state": state,
            }
        )
    open_pages = [p for p in practice.pages if practice.done(p.components) < len(p.components)]
    context = {
        "assessment": overview(practice),
        "standards": standards,
        "next_url": place_url(key, open_pages[0]) if open_pages else "",
    }
    return render(request, "tasks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest, key: UUID, section: str) -> HttpResponse:
    """Show the components of one section, and save what a form without JavaScript sends."""
    practice = practice_of(request, key)
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
            return redirect(place_url(key, after) if after else reverse("review", args=[key]))
        practice = practice_of(request, key)
    context = {
        "page": {
            "title": label(pages[at].section),
            "standard": label(pages[at].standard),
            "position": _("Page %(at)d of %(of)d") % {"at": at + 1, "of": len(pages)},
            "previous_url": place_url(key, pages[at - 1]) if at else "",
            "next_url": place_url(key, pages[at + 1]) if at + 1 < len(pages) else "",
            "tasks_url": reverse("tasks", args=[key]),
            "review_url": reverse("review", args=[key]),
            "finished": practice.row.finished_at is not None,
        },
        "components": [_shown(practice, c, errors.get(c.id)) for c in pages[at].components],
        "save_url": reverse("api-1.0.0:events", args=[key]),
        "token_url": reverse("api-1.0.0:token"),
        "assessment_id": str(key),
        "user_key": str(person(request).key),
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
        before = practice.placements.get(name)
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
                "mine": in_words(component, answer, evidence),
                "other": in_words(component, saved.answer, saved.evidence),
            }
    return errors


@require_http_methods(["GET", "HEAD", "POST"])
def unsent(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take in a file of answers that a browser could not send."""
    practice = practice_of(request, key)
    error, saved, refused = "", 0, []
    if request.method == "POST":
        file = request.FILES.get("file")
        found = read_unsent(file.read(_LARGEST_FILE) if file else b"", key)
        for sent in [] if isinstance(found, str) else found.answers:
            told = _save_unsent(practice, sent.as_edit())
            saved += told is None
            refused += [told] if told else []
        error = found if isinstance(found, str) else ""
    context = {
        "assessment": overview(practice_of(request, key)),
        "error": error,
        "saved": saved,
        "refused": refused,
    }
    return render(request, "unsent.html", context, status=422 if error else 200)


def _save_unsent(practice: Practice, edit: saving.Edit) -> dict[str, str] | None:
    """Save an answer of a file; return why not, and both answers, if it cannot be."""
    known = edit.component in practice.asked
    component = practice.icmap.component(edit.component) if known else None
    told = {"title": component.title if component else edit.component}
    try:
        saved = saving.save(practice.row, edit)
    except saving.RefusedError as error:
        return told | {"message": str(error), "mine": edit.evidence}
    if not saved.conflict or component is None:
        return None
    return told | {
        "message": _("it was changed in another tab or on another device meanwhile"),
        "mine": in_words(component, edit.answer, edit.evidence),
        "other": in_words(component, saved.answer, saved.evidence),
    }


def _shown(practice: Practice, component: Component, error: Any) -> dict[str, Any]:
    answer = practice.placements.get(component.id)
    last = practice.last(component.id)
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
            in_pictures(v) | {"value": f"{LEVEL}{v.code}", "ideal": v.rank == 0}
            for v in _in_order(practice, component)
        ],
        "last": in_pictures(last[1]) | {"when": last[0]} if last else None,
    }


def _in_order(practice: Practice, component: Component) -> list[Variation]:
    """Return what can be chosen, in the order in which the map prints it."""
    chosen = [v for v in component.variations if not v.gap]
    return chosen if practice.icmap.direction == "ideal-first" else chosen[::-1]


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show all answers; finish the assessment, or reopen it."""
    practice = practice_of(request, key)
    row = practice.row
    if request.method == "POST":
        action = request.POST.get("action")
        if action in {"finish", "reopen"}:
            row.finished_at = timezone.now() if action == "finish" else None
            row.save(update_fields=["finished_at"])
        return redirect(
            {"finish": "report", "reopen": "tasks"}.get(action or "", "review"), key=key
        )
    sections = [
        {
            "label": label(page.section),
            "done": practice.done(page.components),
            "of": len(page.components),
            "components": [
                {
                    "code": c.code or "",
                    "title": c.title,
                    "answer_text": in_words(c, answer.answer, "") if answer else "",
                    "evidence": answer.evidence if answer else "",
                    "answered": bool(answer and answer.answer),
                    "url": f"{place_url(key, page)}#c-{c.id}",
                }
                for c in page.components
                for answer in [practice.placements.get(c.id)]
            ],
        }
        for page in practice.pages
    ]
    context = {
        "assessment": overview(practice),
        "sections": sections,
        "open_count": len(practice.asked) - practice.done(),
    }
    return render(request, "review.html", context)
