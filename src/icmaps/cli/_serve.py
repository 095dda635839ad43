"""`icmaps serve`: the web app."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import Annotated

import typer

import icmaps
from icmaps.cli._app import app, show
from icmaps.cli._help import Command

DataOption = Annotated[
    Path,
    typer.Option(
        "--data", metavar="DIR", envvar="ICMAPS_DATA", readable=False, help="Where it is all kept."
    ),
]
PortOption = Annotated[int, typer.Option("--port", min=0, max=65_535, help="On this machine.")]
LinkOption = Annotated[
    str | None,
    typer.Option(
        "--link",
        metavar="EMAIL",
        help="Print a link that signs this person in once, and stop; make the account if needed.",
    ),
]
CheckOption = Annotated[
    bool, typer.Option("--check", help="Look for what is unsafe in public, and stop.")
]
_FIRST = "me@localhost"


@app.command("serve", cls=Command, epilog="Example: icmaps serve --link ann@example.org")
def serve(
    *,
    data: DataOption = Path("icmaps-data"),
    port: PortOption = 8000,
    link: LinkOption = None,
    check: CheckOption = False,
) -> None:
    """Open the web app for browsers on this machine; Ctrl-C ends it.

    On first use it makes its database, and prints a link that signs you in.
    """
    from icmaps import web

    try:
        web.prepare(data)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise icmaps.RenderError(
            f"{str(data)!r} cannot be used: {reason}; nothing was changed; name another with --data"
        ) from None
    if check:
        _check()
        return
    _bring_up_to_date()
    if link is not None:
        show(_link(link, port))
        return
    _refuse_taken(port)
    if not _has_people():
        show(f"Open this link to sign in; it works once:\n  {_link(_FIRST, port)}")
    show(f"icmaps is at http://127.0.0.1:{port}; Ctrl-C ends it")
    sys.stdout.flush()
    command = [sys.executable, "-m", "gunicorn", "icmaps.web.wsgi", "--bind", f"127.0.0.1:{port}"]
    os.execv(  # noqa: S606 - this process becomes the server, so that signals reach it
        sys.executable, [*command, "--workers", "2", "--log-level", "warning"]
    )


def _refuse_taken(port: int) -> None:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise icmaps.RenderError(
                f"port {port} cannot be used: {reason}; another program has it, or icmaps runs "
                f"already; name another with --port"
            ) from None


def _check() -> None:
    """Look for what is unsafe in public; exit 1 if there is something."""
    from django.core.management import call_command
    from django.core.management.base import SystemCheckError

    try:
        call_command("check", deploy=True, fail_level="WARNING")
    except SystemCheckError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


def _bring_up_to_date() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)


def _has_people() -> bool:
    from icmaps.web.models import User

    return User.objects.exists()


def _link(email: str, port: int) -> str:
    """Return a link for somebody, as browsers reach the app; the account is made if needed."""
    from django.conf import settings
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email
    from django.urls import reverse

    from icmaps.web.accounts import new_link
    from icmaps.web.models import User

    if email != _FIRST:
        try:
            validate_email(email)
        except ValidationError:
            raise icmaps.RenderError(
                f"{email!r} is no e-mail address; no account was made; write one as ann@example.org"
            ) from None
    user = User.objects.filter(email=email.lower()).first() or User.objects.create_user(email)
    public = f"https://{settings.ALLOWED_HOSTS[0]}" if settings.HTTPS else ""
    return (public or f"http://127.0.0.1:{port}") + reverse("sign_in", args=[new_link(user)])
