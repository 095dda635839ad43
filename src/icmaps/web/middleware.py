"""What every answer of the web app has in common."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class NotKept:
    """Tells browsers and proxies to keep no page: another person is next at this computer."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the answer with its head completed."""
        response = self._answer(request)
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response
