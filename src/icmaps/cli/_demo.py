"""`icmaps demo`: the main job on bundled examples."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

import icmaps
from icmaps import _data
from icmaps.cli._app import PaperOption, app, catalog, console


@app.command("demo", epilog="Example: icmaps demo -o my-first-reports")
def demo(
    *,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="DIR", help="Where to put the reports.")
    ] = Path("icmaps-demo"),
    paper: PaperOption = "letter",
) -> None:
    """Do the main job on bundled examples: a first-round report and a growth report."""
    found = catalog(None)
    folder = _data.folder("examples")
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise icmaps.RenderError(
            f"{str(output)!r} cannot be made: {error.strerror}; name another folder with -o"
        ) from None
    rounds = ("jordan-ames-2026-spring.yaml", "jordan-ames-2026-fall.yaml")
    fall, spring = (folder / rounds[1]), (folder / rounds[0])
    for title, name, sources in (
        ("First round", "jordan-ames-first-round.pdf", [spring]),
        ("Growth", "jordan-ames-growth.pdf", [spring, fall]),
    ):
        start = time.perf_counter()
        assessments = [found.read_assessment(source) for source in sources]
        made = icmaps.write_report(assessments, output / name, catalog=found, size=paper)
        took = f"{made.pages} pages in {time.perf_counter() - start:.1f} s"
        console().print(f"[bold]{title}[/] report: {output / name} ({took})", soft_wrap=True)
    console().print(
        f"\nMade from {spring}\n     and {fall}\nYours: icmaps show spl-2022/teacher, copy one of "
        "these two files, put your own levels in, then\n       icmaps report YOURS.yaml -o "
        "yours.pdf",
        soft_wrap=True,
    )
