"""The way in: signing in, the maps one has, beginning another; and what is not there."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from icmaps.web import accounts, policy
from icmaps.web.forms import Start
from icmaps.web.models import Assessment
from icmaps.web.pages._common import message, overview, person, practice_of
from icmaps.web.practice import Practice, catalog, label


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest, token: str) -> HttpResponse:
    """Sign in with a link that works once; a button uses it up, so that no mail scanner does."""
    if request.method != "POST":
        return render(request, "signin.html")
    user = accounts.use_link(token)
    if user is None or not user.is_active:
        return message(
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
    rows = policy.visible_to(person(request)).order_by("-date", "-begun_at")
    told = [overview(Practice(row)) for row in rows.prefetch_related("placements")]
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
                owner=person(request),
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
    practice = practice_of(request, key)
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
    return render(request, "scope.html", {"assessment": overview(practice), "sections": sections})


@login_not_required
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that a page may not be seen."""
    del exception
    return message(request, 403, _("Not for you"), _("You may not see this page."))


@login_not_required
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that there is no such page."""
    del exception
    return message(request, 404, _("Nothing here"), _("There is no such page, or it is not yours."))


@login_not_required
def broken(request: HttpRequest) -> HttpResponse:
    """Say that something went wrong on our side."""
    return message(
        request,
        500,
        _("Something went wrong"),
        _("It is our fault. What was saved is safe; go back and try again."),
    )
