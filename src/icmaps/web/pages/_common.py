"""What pages share."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from icmaps.models import Component, Variation
from icmaps.web import policy, saving
from icmaps.web.models import User
from icmaps.web.practice import LEVEL, Page, Practice


def person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - the middleware lets nobody else in
    return request.user


def practice_of(request: HttpRequest, key: UUID) -> Practice:
    return Practice(policy.find(person(request), key))


def place_url(key: UUID, page: Page) -> str:
    return reverse("place", args=[key, page.section.id])


def overview(practice: Practice) -> dict[str, Any]:
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
        "url_unsent": reverse("unsent", args=key),
        "url_report": reverse("report", args=key),
    }


def message(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    context = {"title": title, "text": text, "link_url": "/", "link_text": _("To the start page")}
    return render(request, "message.html", context, status=status)


def in_pictures(variation: Variation) -> dict[str, Any]:
    return {
        "code": variation.code,
        "label": variation.label or "",
        "texts": list(variation.bullets),
    }


def in_words(component: Component, answer: str, evidence: str) -> str:
    """Return an answer as people read it."""
    if answer.startswith(LEVEL):
        variation = component.variation(answer.removeprefix(LEVEL))
        told = f"{variation.label} ({variation.code})" if variation.label else variation.code
    else:
        told = {
            saving.NOT_APPLICABLE: _("Not applicable"),
            saving.DONT_KNOW: _("Don’t know yet"),
        }.get(answer, _("No answer"))
    return f"{told}. {evidence}" if evidence else told
