"""`icmaps demo`: the main job on bundled examples."""

from __future__ import annotations

import shlex
import shutil
import sys
import time
from pathlib import Path
from typing import Annotated, Final

import typer

import icmaps
from icmaps import _data
from icmaps.cli._app import JsonOption, PaperOption, app, counted, print_json, printable
from icmaps.cli._help import Command

_TEACHER: Final = "spl-2022/teacher"
_Planned = tuple[str, str, list[Path]]  # a title, a file to write, the rounds it is made of


@app.command("demo", cls=Command, epilog="Example: icmaps demo spl-2022/coach")
def demo(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="MAP",
            help="Another role: the growth reports of the people or teams that it has as examples.",
        ),
    ] = None,
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
    chosen = found.map(name or _TEACHER).id
    reports = _of_jordan() if chosen == _TEACHER else _of_examples(chosen)
    _make_folder(output)
    written = []
    for title, file, sources in reports:
        start = time.perf_counter()
        assessments = [found.read_assessment(source) for source in sources]
        made = icmaps.write_report(assessments, output / file, catalog=found, size=paper)
        written.append({"title": title, "file": str(output / file), "pages": made.pages})
        if not as_json:
            took = f"{counted(made.pages, 'page')}, {time.perf_counter() - start:.1f} s"
            typer.echo(printable(f"{title:<12} {output / file}  ({took})"))
    if as_json:
        print_json(written)
        return
    *_, (_, _, (spring, *_, fall)) = reports
    copy = shlex.join(["cp", str(fall), "mine.yaml"])
    # In a checkout the program lies in .venv, where no shell looks for it.
    beside = Path(sys.executable).with_name("icmaps")
    program = "icmaps" if shutil.which("icmaps") or not beside.exists() else _short(beside)
    typer.echo(
        f"\nMade from {spring}\n      and {fall}\n\n"
        "Yours: copy one of them, put in your own levels, and print it:\n"
        f"  {copy}\n"
        f"  {program} show {chosen:<24} what the levels mean\n"
        f"  {program} report mine.yaml -o mine.pdf"
    )


def _of_jordan() -> list[_Planned]:
    """Return the reports of the teacher whose files lie at the top: a first round, and growth."""
    folder = _data.folder("examples")
    spring, fall = (folder / f"jordan-ames-2026-{season}.yaml" for season in ("spring", "fall"))
    return [
        ("First round", "jordan-ames-first-round.pdf", [spring]),
        ("Growth", "jordan-ames-growth.pdf", [spring, fall]),
    ]


def _of_examples(map_id: str) -> list[_Planned]:
    """Return the growth reports of everybody who is an example for a map.

    Raises:
        UnknownNameError: If it has no examples.
    """
    rounds: dict[str, list[Path]] = {}
    for file in sorted((_data.folder("examples") / map_id).glob("*.yaml")):
        person, _, _ = file.stem.partition("-20")
        rounds.setdefault(person, []).append(file)
        rounds[person].sort(key=lambda path: path.stem.endswith("-fall"))
    if not rounds:
        raise icmaps.UnknownNameError(
            f"{map_id!r} comes with no examples; name a map that `icmaps maps` lists as bundled"
        )
    return [("Growth", f"{person}-growth.pdf", files) for person, files in rounds.items()]


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
