"""`icmaps doctor`: what this machine has and lacks, and how to mend it."""

from __future__ import annotations

import ctypes.util
import os
import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Literal

import typer

import icmaps
from icmaps import _data
from icmaps.cli._app import MAPS_VARIABLE, JsonOption, app, catalog, console, print_json


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at.

    Attributes:
        name: What was looked at.
        state: `ok`, `slow` (works, but worse) or `missing` (something cannot be done).
        found: What is there.
        mend: What to do; empty when all is well.
    """

    name: str
    state: Literal["ok", "slow", "missing"]
    found: str
    mend: str = ""


@app.command("doctor", epilog="Example: icmaps doctor --json")
def doctor(*, as_json: JsonOption = False) -> None:
    """Say what this machine has and lacks for icmaps, and how to mend it."""
    checks = list(_checks())
    if as_json:
        print_json([asdict(check) for check in checks])
    else:
        marks = {
            "ok": "[green]✓ ok[/]",
            "slow": "[yellow]! slow[/]",
            "missing": "[red]✗ missing[/]",
        }
        for check in checks:
            console().print(f"{marks[check.state]}  [bold]{check.name}[/]: {check.found}")
            if check.mend:
                console().print(f"       {check.mend}", soft_wrap=True)
    if any(check.state == "missing" for check in checks):
        raise typer.Exit(1)


def _checks() -> Iterator[Check]:
    yield Check("icmaps", "ok", f"{icmaps.__version__} on Python {platform.python_version()}")
    yield _maps()
    yield _pdf()
    yield _subsetter()
    yield _fonts()


def _maps() -> Check:
    try:
        found = list(catalog(None).maps())
    except icmaps.IcmapsError as error:
        mend = f"mend the file, or take its folder out of {MAPS_VARIABLE}"
        return Check("maps", "missing", str(error), mend)
    extra = os.environ.get(MAPS_VARIABLE)
    where = f", {MAPS_VARIABLE}={extra}" if extra else ""
    return Check("maps", "ok", f"{len(found)} in the catalog{where}")


def _pdf() -> Check:
    try:
        import weasyprint  # noqa: TID251 - only to see whether its system libraries are here
    except OSError as error:
        return Check(
            "PDF",
            "missing",
            str(error).splitlines()[0],
            "install Pango: `apt-get install libpango-1.0-0 libpangoft2-1.0-0`, "
            "or `brew install pango`",
        )
    from weasyprint.text.ffi import pango  # noqa: TID251

    number = pango.pango_version()
    version = f"{number // 10000}.{number // 100 % 100}.{number % 100}"
    return Check("PDF", "ok", f"WeasyPrint {weasyprint.__version__}, Pango {version}")


def _subsetter() -> Check:
    name = "font subsetter"
    if ctypes.util.find_library("harfbuzz-subset"):
        return Check(name, "ok", "HarfBuzz")
    return Check(
        name,
        "slow",
        "HarfBuzz's is not here; the one in Python makes each report several times slower",
        "install it: `apt-get install libharfbuzz-subset0`, or `brew install harfbuzz`",
    )


def _fonts() -> Check:
    folder = _data.folder("templates") / "style" / "fonts"
    count = len(list(folder.glob("*.ttf")))
    if not count:
        return Check("fonts", "missing", f"none in {folder}", "install icmaps again")
    scripts = "Latin, Greek, Cyrillic, Vietnamese, Arabic, Chinese, Japanese, Korean"
    return Check("fonts", "ok", f"{count} bundled: {scripts}")
