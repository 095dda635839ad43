"""The JSON API that pages save through; it asks for the session cookie and the CSRF token."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.csrf import ensure_csrf_cookie
from ninja import NinjaAPI, Schema
from ninja.decorators import decorate_view
from ninja.security import django_auth

from icmaps.web import policy, saving
from icmaps.web.forms import SentEdit
from icmaps.web.models import User


class SavedOut(Schema):
    """An answer as it is now; see `saving.Saved`."""

    component: str
    version: int
    answer: str
    evidence: str
    saved_at: str | None
    replay: bool


class Refusal(Schema):
    """Why not."""

    detail: str


class Token(Schema):
    """A fresh CSRF token."""

    token: str


# `django_auth` looks at the CSRF token, from which ninja exempts its views otherwise, and answers
# 401 where Django's own way would send a script to the sign-in page.
api = NinjaAPI(title="icmaps", docs_url=None, openapi_url=None, auth=django_auth)


@api.get("/token", response=Token)
@decorate_view(ensure_csrf_cookie)
def token(request: HttpRequest) -> dict[str, str]:
    """Return a CSRF token, for a page that was open while its session changed."""
    return {"token": get_token(request)}


@api.post(
    "/assessments/{uuid:key}/events",
    response={200: SavedOut, 409: SavedOut, 401: Refusal, 404: Refusal, 422: Refusal},
)
def events(request: HttpRequest, key: UUID, edit: SentEdit) -> HttpResponse:
    """Save an edit; 409 with the answer as it is now if another change came first."""
    assert isinstance(request.user, User)  # noqa: S101 - `auth` has seen to it
    assessment = policy.find(request.user, key)
    try:
        saved = saving.save(assessment, edit.as_edit())
    except saving.RefusedError as error:
        return JsonResponse({"detail": str(error)}, status=422)
    body = {
        "component": saved.component,
        "version": saved.version,
        "answer": saved.answer,
        "evidence": saved.evidence,
        "saved_at": saved.saved_at.isoformat() if saved.saved_at else None,
        "replay": saved.replay,
    }
    return JsonResponse(body, status=409 if saved.conflict else 200)
