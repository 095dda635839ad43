"""The Typer application, and the options that several commands share."""

from __future__ import annotations

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer

import icmaps

if TYPE_CHECKING:
    from rich.console import Console

app = typer.Typer(
    name="icmaps",
    help="Innovation Configuration maps: place your practice, see what moved, print the report.",
    epilog="Start with: icmaps demo",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

MAPS_VARIABLE: Final = "ICMAPS_PATH"

MapsOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--maps",
        metavar="DIR",
        help=f"A folder of maps to search first; repeatable. Also from {MAPS_VARIABLE}.",
    ),
]
PaperOption = Annotated[Literal["letter", "a4"], typer.Option("--paper", help="The paper.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]


def catalog(folders: list[Path] | None) -> icmaps.Catalog:
    """Return the catalog of `--maps`, then of ICMAPS_PATH, then of the bundled maps."""
    named = os.environ.get(MAPS_VARIABLE, "").split(os.pathsep)
    return icmaps.Catalog([*(folders or ()), *(Path(name) for name in named if name)])


@lru_cache(maxsize=1)
def console() -> Console:
    """Return the terminal to print to; made when first needed, because Rich takes time to load."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=False)


def print_json(value: Any) -> None:
    """Print a value as JSON."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


@app.callback(invoke_without_command=True)
def _about(
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version:
        typer.echo(f"icmaps {icmaps.__version__}")
        raise typer.Exit
