"""The web app: an educator places their practice in a browser, saved as they go.

A Django project with its settings in `icmaps.web.settings`. Pages and the API are thin: `saving`
keeps answers, `practice` turns rows into what the library knows and what pages show, `policy` says
who may see what. What is scored and printed is the library's.
"""

# ruff: noqa: E402 - whether the libraries are there is looked at before they are needed
from icmaps.errors import require_extra

_NEEDED = ("django", "allauth", "ninja", "csp", "argon2", "whitenoise", "gunicorn")
require_extra("the web app cannot be run", *_NEEDED, extra="web")

import os
import secrets
from pathlib import Path

from icmaps.web import _sqlite

_sqlite.choose()


def prepare(data: Path) -> None:
    """Make the folder where an installation keeps everything, and load Django for it.

    Args:
        data: The folder; nobody else on the machine may look into it.
    """
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = data / "secret-key"
    if not file.exists():
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as written:
            written.write(secrets.token_urlsafe(50))
    os.environ["ICMAPS_DATA"] = str(data.resolve())
    os.environ["DJANGO_SETTINGS_MODULE"] = "icmaps.web.settings"
    import django

    django.setup()
