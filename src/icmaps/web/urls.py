"""The addresses of the web app."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path

from icmaps.web import pages
from icmaps.web.api import api

_api, _app, _namespace = api.urls
for _pattern in _api:
    if _pattern.callback is not None:
        login_not_required(_pattern.callback)  # it answers 401 itself

urlpatterns = [
    path("", pages.home, name="home"),
    path("start", pages.start, name="start"),
    path("signin/<str:token>", pages.sign_in, name="sign_in"),
    path("a/<uuid:key>/", pages.tasks, name="tasks"),
    path("a/<uuid:key>/scope", pages.scope, name="scope"),
    path("a/<uuid:key>/unsent", pages.unsent, name="unsent"),
    path("a/<uuid:key>/review", pages.review, name="review"),
    path("a/<uuid:key>/report", pages.report, name="report"),
    path("a/<uuid:key>/report.html", pages.report_page, name="report_page"),
    path("a/<uuid:key>/report.pdf", pages.report_pdf, name="report_pdf"),
    path("a/<uuid:key>/goals", pages.goals, name="goals"),
    path("a/<uuid:key>/place/<slug:section>", pages.place, name="place"),
    path("account/", include("allauth.account.urls")),
    path("api/v1/", (_api, _app, _namespace)),
]
handler403 = "icmaps.web.pages.forbidden"
handler404 = "icmaps.web.pages.not_found"
handler500 = "icmaps.web.pages.broken"
