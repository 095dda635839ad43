"""People and their assessments, for tests of the web app."""

from datetime import date
from itertools import count
from typing import Any
from uuid import uuid4

from django.test import Client

from icmaps.web.models import Assessment, User
from icmaps.web.saving import Edit

MAP = "spl-2022/teacher@1.0.0"
_numbers = count()


def person(name: str = "", **more: Any) -> User:
    return User.objects.create_user(f"person-{next(_numbers)}@example.org", name=name, **more)


def assessment(owner: User | None = None, **more: Any) -> Assessment:
    asked = {"map": MAP, "round": "2026-fall", "date": date(2026, 11, 20)} | more
    return Assessment.objects.create(owner=owner or person(), **asked)


def signed_in(user: User, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(user)
    return client


def edit(answer: str = "level:2", base: int = 0, **more: Any) -> Edit:
    told: dict[str, Any] = {"key": uuid4(), "component": "inquiry-cycle", "evidence": ""} | more
    return Edit(answer=answer, base_version=base, **told)
