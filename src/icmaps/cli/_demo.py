"""`icmaps demo`: the main job on bundled examples."""

from __future__ import annotations

import shlex
import shutil
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

import icmaps
from icmaps import _data
from icmaps.cli._app import JsonOption, PaperOption, app, counted, print_json, printable
from icmaps.cli._help import Command


@app.command("demo", cls=Command, epilog="Example: icmaps demo -o my-first-reports")
def demo(
    *,
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", metavar="DIR", readable=False, help="Where to put the reports."
        ),
    ] = Path("icmaps-demo"),
    paper: PaperOption = "letter",
    as_json: JsonOption = False,
) -> None:
    """Make two reports of bundled examples: a first round, and growth."""
    found = icmaps.Catalog()  # the bundled maps, whatever ICMAPS_PATH says
    examples = _data.folder("examples")
    spring = examples / "jordan-ames-2026-spring.yaml"
    fall = examples / "jordan-ames-2026-fall.yaml"
    _make_folder(output)
    written = []
    for title, name, sources in (
        ("First round", "jordan-ames-first-round.pdf", [spring]),
        ("Growth", "jordan-ames-growth.pdf", [spring, fall]),
    ):
        start = time.perf_counter()
        assessments = [found.read_assessment(source) for source in sources]
        made = icmaps.write_report(assessments, output / name, catalog=found, size=paper)
        written.append({"title": title, "file": str(output / name), "pages": made.pages})
        if not as_json:
            took = f"{counted(made.pages, 'page')}, {time.perf_counter() - start:.1f} s"
            typer.echo(printable(f"{title:<12} {output / name}  ({took})"))
    if as_json:
        print_json(written)
        return
    copy = shlex.join(["cp", str(fall), "mine.yaml"])
    # In a checkout the program lies in .venv, where no shell looks for it.
    beside = Path(sys.executable).with_name("icmaps")
    program = "icmaps" if shutil.which("icmaps") or not beside.exists() else _short(beside)
    typer.echo(
        f"\nMade from {spring}\n      and {fall}\n\n"
        "Yours: copy one of them, put in your own levels, and print it:\n"
        f"  {copy}\n"
        f"  {program} show spl-2022/teacher        what the levels mean\n"
        f"  {program} report mine.yaml -o mine.pdf"
    )


def _short(path: Path) -> str:
    """Return a path as one would type it here."""
    return shlex.quote(
        str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
    )


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise icmaps.RenderError(
            f"the folder {str(folder)!r} cannot be made: {(error.strerror or str(error)).lower()}; "
            "the reports would have no place; name another folder with -o"
        ) from None
