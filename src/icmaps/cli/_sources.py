"""What the commands are given: assessments, folders of them, and tables of placements."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

import icmaps
from icmaps.cli._app import counted, printable

if TYPE_CHECKING:
    from icmaps.tables import Reading

SOME_FAILED: Final = 3  # exit code: finished, but some of it could not be used

# Spelt out here, too: what knows tables may not be installed, and is not needed for assessments.
_TABLES: Final = (".csv", ".tsv", ".xlsx", ".parquet", ".jsonl", ".ndjson")
_SUFFIXES: Final = (".yaml", ".yml", ".json")
_MOST_ALIKE: Final = 3  # problems of one cause that are told one by one

Sources = Annotated[
    list[Path],
    typer.Argument(
        metavar="TABLE|DIR...",
        readable=False,
        help="Tables (.csv .xlsx .parquet .jsonl), assessments, or folders of assessments.",
    ),
]


@dataclass(frozen=True, slots=True)
class Given:
    """What the commands are given.

    Attributes:
        tables: Each table.
        files: Those of assessments, not read yet.
        problems: What is wrong with rows and files that are left out; with files, once they are
            read.
        found: Where maps are found.
    """

    tables: list[Reading]
    files: list[Path]
    problems: list[icmaps.Problem]
    found: icmaps.Catalog

    def assessments(self) -> Iterator[icmaps.Assessment]:
        """Read the files, and yield the assessments in them one by one."""
        for file in self.files:
            try:
                yield self.found.read_assessment(file)
            except icmaps.ContentError as error:
                self.problems.extend(error.problems)

    def everybody(self) -> Iterator[icmaps.Assessment]:
        """Yield the assessments of the tables and those of the files."""
        for table in self.tables:
            for part in table.parts:
                yield from part.assessments()
        yield from self.assessments()

    @contextmanager
    def telling_problems(self) -> Iterator[None]:
        """Print afterwards what was left out, and why; also where nothing was left to work on."""
        try:
            yield
        finally:
            tell_problems(self.problems, sum(table.untold for table in self.tables))


def read_sources(sources: Sequence[Path], found: icmaps.Catalog) -> Given:
    """Read the tables among some sources, and find the files of assessments."""
    tables: list[Reading] = []
    files: list[Path] = []
    problems: list[icmaps.Problem] = []
    for source in sources:
        if is_table(source):
            tables.append(icmaps.read_table(source, catalog=found))
            problems += tables[-1].problems
        else:
            below, unread = files_below([source])
            files += below
            problems += unread
    return Given(tables, files, problems, found)


def tell_problems(problems: Sequence[icmaps.Problem], untold: int = 0) -> None:
    """Print what is wrong with rows and files that were left out; of one cause, a few."""
    causes: dict[tuple[str, str, str], list[icmaps.Problem]] = {}
    for problem in problems:
        causes.setdefault((problem.file, problem.rule, problem.path), []).append(problem)
    for alike in causes.values():
        for problem in alike[:_MOST_ALIKE]:
            typer.echo(printable(str(problem)), err=True)
        if len(alike) > _MOST_ALIKE:
            rest = len(alike) - _MOST_ALIKE
            typer.echo(f"  and {counted(rest, 'problem')} more of this kind there", err=True)
    if problems:
        more = f", {untold:,} of them not told here" if untold else ""
        said = counted(len(problems) + untold, "problem")
        typer.echo(f"{said}{more}; the rest was used", err=True)


def is_table(path: Path) -> bool:
    """Return whether a file is a table by its name."""
    return path.suffix.lower() in _TABLES


def files_below(paths: list[Path]) -> tuple[list[Path], list[icmaps.Problem]]:
    """Return the files named, folders replaced by the files below them, and what is not there."""
    files: list[Path] = []
    problems: list[icmaps.Problem] = []
    for path in paths:
        if not _is_folder(path):
            files.append(path)
            continue
        before = len(files), len(problems)
        for found in _below(path):
            if isinstance(found, Path):
                files.append(found)
            else:
                problems.append(found)
        if before == (len(files), len(problems)):
            problems.append(_unreadable(path, "the folder holds no .yaml, .yml or .json file"))
    return list(dict.fromkeys(files)), problems


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # it lies behind a closed folder: reading it will tell
        return False


def _below(folder: Path) -> Iterator[Path | icmaps.Problem]:
    """Yield the files below a folder that are neither hidden nor in a hidden folder, by name."""
    closed: list[OSError] = []
    for here, folders, names in os.walk(folder, onerror=closed.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(here, name)
            if name.lower().endswith(_SUFFIXES) and not name.startswith(".") and path.is_file():
                yield path
    for error in closed:
        yield _unreadable(Path(str(error.filename)), (error.strerror or str(error)).lower())


def _unreadable(path: Path, reason: str) -> icmaps.Problem:
    from icmaps.errors import RULES

    rule = RULES["unreadable"]
    return icmaps.Problem(
        file=str(path),
        line=1,
        column=1,
        path="",
        rule="unreadable",
        what=rule.what.format(reason=reason),
        why=rule.why,
        mend=rule.mend,
    )
