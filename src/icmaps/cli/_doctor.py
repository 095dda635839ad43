"""`icmaps doctor`: what this machine has and lacks, and how to mend it."""

from __future__ import annotations

import ctypes.util
import os
import platform
import shlex
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

import typer

import icmaps
from icmaps import _data
from icmaps.cli._app import (
    MAPS_VARIABLE,
    JsonOption,
    app,
    catalog,
    counted,
    print_json,
    printable,
    show,
)
from icmaps.cli._help import Command

_MEGABYTE: Final = 1_000_000
_ENOUGH: Final = 100 * _MEGABYTE


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at.

    Attributes:
        name: What was looked at.
        state: `ok`, `worse` (works, but not as well as it could) or `broken` (does not work).
        found: What is there.
        mend: What to do; empty when all is well.
    """

    name: str
    state: Literal["ok", "worse", "broken"]
    found: str
    mend: str = ""


@app.command("doctor", cls=Command, epilog="Example: icmaps doctor --json")
def doctor(*, as_json: JsonOption = False) -> None:
    """Look at what icmaps needs here, and say how to mend it.

    Exit 1 when something does not work.
    """
    checks = list(_checks())
    if as_json:
        print_json([asdict(check) for check in checks])
    else:
        _print_checks(checks)
    if any(check.state == "broken" for check in checks):
        raise typer.Exit(1)


def _print_checks(checks: list[Check]) -> None:
    from rich.table import Table
    from rich.text import Text

    marks = {"ok": ("✓ ok", "green"), "worse": ("! worse", "yellow"), "broken": ("✗ broken", "red")}
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for check in checks:
        mark, style = marks[check.state]
        told = Text(printable(check.found))
        if check.mend:
            told.append(f"\n→ {check.mend}", style=style)
        table.add_row(Text(mark, style=style), check.name, told)
    show(table)


def _checks() -> Iterator[Check]:
    yield Check("icmaps", "ok", f"{icmaps.__version__} on Python {platform.python_version()}")
    yield _maps()
    yield _libraries()
    yield _subsetter()
    yield _fonts()
    yield _report()
    yield _temporary_folder()
    yield _terminal()


def _maps() -> Check:
    try:
        found = list(catalog(None).maps())
    except icmaps.ContentError as error:
        first, others = error.problems[0], len(error.problems) - 1
        more = f" (and {counted(others, 'more problem')})" if others else ""
        told = f"{first.file}:{first.line}:{first.column}: {first.what}{more}"
        mend = f"`icmaps validate {shlex.quote(first.file)}` says how"
        return Check("maps", "broken", told, mend)
    except icmaps.IcmapsError as error:
        what, _, mend = str(error).split("; ", 2)
        return Check("maps", "broken", what, mend)
    extra = os.environ.get(MAPS_VARIABLE)
    where = f"bundled and in {MAPS_VARIABLE}={extra}" if extra else "bundled"
    return Check("maps", "ok", f"{counted(len(found), 'map')} {where}, each without a fault")


def _libraries() -> Check:
    from icmaps.report import pdf_engine

    name = "PDF libraries"
    try:
        return Check(name, "ok", pdf_engine())
    except icmaps.RenderError as error:
        what, _, mend = str(error).split("; ", 2)
        return Check(name, "broken", what, mend)


def _subsetter() -> Check:
    name = "font subsetter"
    if ctypes.util.find_library("harfbuzz-subset"):
        return Check(name, "ok", "HarfBuzz")
    return Check(
        name,
        "worse",
        "no HarfBuzz here; the one in Python makes each report several times slower",
        "`apt-get install libharfbuzz-subset0`, or `brew install harfbuzz`",
    )


def _fonts() -> Check:
    folder = _data.folder("templates") / "style" / "fonts"
    count = len(list(folder.glob("*.ttf")))
    if not count:
        return Check("fonts", "broken", f"none in {folder}", "install icmaps again")
    scripts = "Latin, Greek, Cyrillic, Vietnamese, Arabic, Chinese, Japanese, Korean"
    return Check("fonts", "ok", f"{counted(count, 'font')} bundled: {scripts}")


def _report() -> Check:
    """Make a whole report in memory, as `icmaps report` would."""
    start = time.perf_counter()
    found = icmaps.Catalog()
    source = _data.folder("examples") / "jordan-ames-2026-fall.yaml"
    try:
        made = icmaps.report_pdf([found.read_assessment(source)], catalog=found)
    except (icmaps.IcmapsError, OSError) as error:
        mend = "mend what is broken above; if nothing is, install icmaps again"
        return Check("a report", "broken", str(error).partition("; ")[0], mend)
    took = time.perf_counter() - start
    if made.missing:
        codes = " ".join(f"U+{ord(character):04X}" for character in made.missing)
        return Check("a report", "worse", f"characters without a font: {codes}", "see fonts above")
    return Check("a report", "ok", f"{counted(made.pages, 'page')} in {took:.1f} s, in memory")


def _temporary_folder() -> Check:
    name = "temporary folder"
    try:
        folder = Path(tempfile.gettempdir())
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"icmaps")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        mend = "name a folder you may write to in TMPDIR"
        return Check(name, "broken", f"nothing can be written to it: {reason}", mend)
    free = shutil.disk_usage(folder).free
    if free < _ENOUGH:
        told = f"{folder}, {free // _MEGABYTE} MB free"
        return Check(name, "worse", told, "make room, or name another folder in TMPDIR")
    return Check(name, "ok", f"{folder}, {free // _MEGABYTE:,} MB free")


def _terminal() -> Check:
    encoding = (sys.stdout.encoding or "unknown").lower()
    if encoding.replace("-", "") == "utf8":
        return Check("terminal", "ok", "UTF-8")
    mend = "set PYTHONUTF8=1, or a UTF-8 locale such as LANG=C.UTF-8; files are UTF-8 in any case"
    return Check("terminal", "worse", f"{encoding}: some signs and names print as `?`", mend)
