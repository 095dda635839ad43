"""`icmaps validate`: what is wrong with files, and how to mend it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import icmaps
from icmaps.cli._app import (
    JsonOption,
    MapsOption,
    app,
    counted,
    maps_folders,
    print_json,
    printable,
)
from icmaps.cli._help import Command
from icmaps.cli._sources import files_below, is_table


@app.command("validate", cls=Command, epilog="Example: icmaps validate examples --strict --json")
def validate(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...",
            readable=False,  # told as a problem of the file, with the others
            help="Frameworks, maps, assessments and tables of placements; a folder stands for "
            "every .yaml, .yml and .json file below it that is not hidden.",
        ),
    ],
    *,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="Also give advice on how maps are written, their texts compared with all other "
            "maps; any advice or warning makes the exit code 1.",
        ),
    ] = False,
    maps: MapsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what is wrong with files, and how to mend it.

    One line a problem: file:line:column: what is wrong; why it matters; how to mend it.
    """
    files, problems = files_below(paths)
    catalogs = _Catalogs(files, maps_folders(maps))
    for file in files:
        catalog = catalogs.of(file)
        problems += _of_table(catalog, file) if is_table(file) else catalog.validate(file)
        if strict and not is_table(file):
            problems += _advice(catalog, file)
    if as_json:
        print_json([problem.as_json() for problem in problems])
    else:
        for problem in problems:
            warning = " (warning)" if problem.severity == "warning" else ""
            typer.echo(printable(f"{problem}{warning}"))
        checked = f"{counted(len(files), 'file')} checked"
        typer.echo(f"{checked}, {counted(len(problems), 'problem')}", err=True)
    if any(strict or problem.severity == "error" for problem in problems):
        raise typer.Exit(1)


def _of_table(catalog: icmaps.Catalog, file: Path) -> list[icmaps.Problem]:
    """Return what is wrong with the rows of a table of placements."""
    try:
        return icmaps.read_table(file, catalog=catalog).problems
    except icmaps.ContentError as error:
        return list(error.problems)


def _advice(catalog: icmaps.Catalog, file: Path) -> list[icmaps.Problem]:
    """Return advice on how a map is written; none for other files and for faulty maps."""
    from icmaps.lint import lint

    try:
        icmap = catalog.map(str(file))
    except icmaps.IcmapsError:
        return []
    framework = catalog.framework(icmap.framework, beside=file)
    return catalog.locate(file, lint(icmap, framework, catalog.maps(faulty="skip")))


class _Catalogs:
    """The catalogs to validate files with.

    Args:
        files: Every file to be validated; the maps folders they lie in are searched, too.
        folders: What `--maps` and ICMAPS_PATH name.
    """

    def __init__(self, files: list[Path], folders: list[Path]) -> None:
        self._own = list(dict.fromkeys(filter(None, map(_maps_folder, files))))
        self._folders = folders
        self._made: dict[Path | None, icmaps.Catalog] = {}

    def of(self, file: Path) -> icmaps.Catalog:
        """Return the catalog that looks first in the maps folder the file lies in, if it does."""
        own = _maps_folder(file)
        if own not in self._made:
            first = [] if own is None else [own]
            self._made[own] = icmaps.Catalog([*first, *self._folders, *self._own])
        return self._made[own]


def _maps_folder(file: Path) -> Path | None:
    """Return the maps folder of a file: the one above that of its framework; None without."""
    return file.parent.resolve().parent if any(file.parent.glob("framework-*.yaml")) else None
