"""Who may have an account, and signing in with a link that works once."""

import hashlib
import secrets
from datetime import timedelta
from typing import Final

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from icmaps.web.models import SignInLink, User

_LINK_LASTS: Final = timedelta(minutes=30)


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by who runs the app; nobody signs themselves up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return whether strangers may make an account."""
        del request
        return False


def new_link(user: User) -> str:
    """Return the token of a link that signs a person in, once, within half an hour.

    Only its hash is kept: who reads the database cannot sign in with it.
    """
    token = secrets.token_urlsafe(32)
    SignInLink.objects.create(
        digest=_digest(token), user=user, expires_at=timezone.now() + _LINK_LASTS
    )
    return token


def use_link(token: str) -> User | None:
    """Return who a link is for, and use it up; None if it is unknown, used or too old."""
    with transaction.atomic():
        link = (
            SignInLink.objects.select_for_update()
            .filter(digest=_digest(token), used_at=None, expires_at__gt=timezone.now())
            .first()
        )
        if link is None:
            return None
        link.used_at = timezone.now()
        link.save(update_fields=["used_at"])
        return link.user


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
