"""The Typer application, and what several commands share: options, the catalog, the terminal."""

from __future__ import annotations

import json
import os
import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer

import icmaps
from icmaps.cli._help import Commands

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

app = typer.Typer(
    name="icmaps",
    cls=Commands,
    help="Innovation Configuration maps: place your practice, see what moved.",
    epilog="Example: icmaps demo",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # boxes need 30 lines where plain text needs 20, and load for 0.1 s
    context_settings={"help_option_names": ["-h", "--help"]},
)

MAPS_VARIABLE: Final = "ICMAPS_PATH"
_FILE: Final = "*-[0-9]*.[0-9]*.[0-9]*.yaml"  # what a framework or a map is called

MapsOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--maps",
        metavar="DIR",
        readable=False,
        help=f"A folder of maps to search first; repeatable. Also from {MAPS_VARIABLE}.",
    ),
]
PaperOption = Annotated[Literal["letter", "a4"], typer.Option("--paper", help="The paper.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]


def catalog(folders: list[Path] | None) -> icmaps.Catalog:
    """Return the catalog of `--maps`, then of ICMAPS_PATH, then of the bundled maps."""
    return icmaps.Catalog(maps_folders(folders))


def maps_folders(folders: list[Path] | None) -> list[Path]:
    """Return the folders of `--maps`, then those of ICMAPS_PATH; each is there.

    Raises:
        UnknownNameError: If one is not, naming who asked for it.
    """
    from_environment = filter(None, os.environ.get(MAPS_VARIABLE, "").split(os.pathsep))
    asked = [("--maps", folder) for folder in folders or ()]
    asked += [(MAPS_VARIABLE, Path(name)) for name in from_environment]
    for asker, folder in asked:
        why = _trouble(folder)
        if why is None:
            continue
        other = "leave it out" if asker == "--maps" else f"take it out of {MAPS_VARIABLE}"
        raise icmaps.UnknownNameError(
            f"the maps folder {str(folder)!r} of {asker} {why}; nothing was looked at; "
            f"name a folder that holds FRAMEWORK/ROLE-VERSION.yaml, or {other}"
        )
    for _, folder in asked[: len(folders or ())]:
        _refuse_without_maps(folder)
    return [folder for _, folder in asked]


def _trouble(folder: Path) -> str | None:
    """Return why a folder cannot be searched, or None."""
    try:
        os.scandir(folder).close()
    except FileNotFoundError:
        return "is not there"
    except NotADirectoryError:
        return "is a file, not a folder"
    except OSError as error:
        return f"cannot be read: {(error.strerror or str(error)).lower()}"
    return None


def _refuse_without_maps(folder: Path) -> None:
    """Refuse a folder named by `--maps` that would be searched without notice and in vain."""
    if any(folder.glob(f"*/{_FILE}")):
        return
    inner = any(folder.glob(_FILE))
    mend = (
        f"name the folder above it: {str(folder.resolve().parent)!r}" if inner else "name another"
    )
    raise icmaps.UnknownNameError(
        f"the maps folder {str(folder)!r} of --maps holds no FRAMEWORK/ROLE-VERSION.yaml; "
        f"no map would be found in it; {mend}"
    )


@lru_cache(maxsize=1)
def _console() -> Console:
    """Return the terminal to print to; made when first needed, because Rich takes time to load."""
    from rich.console import Console

    return Console(markup=False, emoji=False, highlight=False)


def show(text: RenderableType = "") -> None:
    """Print text, a table or a block as wide as the terminal, without blanks at the ends of lines.

    A string is printed as it is: `[bold]` in a title is part of the title.
    """
    console = _console()
    with console.capture() as printed:
        console.print(text)
    typer.echo("\n".join(line.rstrip() for line in printed.get().split("\n")), nl=False)


def show_item(mark: str, text: str, indent: int = 2) -> None:
    """Print one line of a list, its text hanging."""
    from rich.padding import Padding
    from rich.table import Table

    item = Table.grid(padding=(0, 1))
    item.add_row(mark, text)
    show(Padding(item, (0, 0, 0, indent)))


def print_json(value: Any) -> None:
    """Print a value as JSON, in escapes where the terminal cannot show a character."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value, indent=2)
    typer.echo(text)


def printable(text: str) -> str:
    """Return a text whose characters cannot steer a terminal, as those of a file name could."""
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)


def counted(number: int, word: str) -> str:
    """Return `1 file`, `2 files` or `no files`."""
    return f"{f'{number:,}' if number else 'no'} {word}{'' if number == 1 else 's'}"


@app.callback(invoke_without_command=True)
def _about(
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version:
        typer.echo(f"icmaps {icmaps.__version__}")
        raise typer.Exit
