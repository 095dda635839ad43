"""`icmaps maps`, `show`, `validate`: what there is, one map, what is wrong with a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import icmaps
from icmaps.cli._app import JsonOption, MapsOption, app, catalog, console, print_json

_SUFFIXES = {".yaml", ".yml", ".json"}


@app.command("maps", epilog="Example: icmaps maps --maps my-maps")
def list_maps(*, maps: MapsOption = None, as_json: JsonOption = False) -> None:
    """List the maps there are."""
    from rich.table import Table

    found = list(catalog(maps).maps())
    if as_json:
        print_json(
            [
                {
                    "map": icmap.id,
                    "version": icmap.version,
                    "status": icmap.status,
                    "title": icmap.title,
                    "language": icmap.language,
                    "components": len(icmap.components),
                    "license": icmap.license,
                }
                for icmap in found
            ]
        )
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("Map", "Version", "Status", "Role", "Components"):
        table.add_column(heading, justify="right" if heading == "Components" else "left")
    for icmap in found:
        count = str(len(icmap.components))
        table.add_row(icmap.id, icmap.version, icmap.status, icmap.title, count)
    console().print(table)


@app.command("show", epilog="Example: icmaps show spl-2022/teacher --component inquiry-cycle")
def show_map(
    name: Annotated[
        str,
        typer.Argument(
            metavar="MAP", help="framework/role, framework/role@1.0.0, or the path of a map file."
        ),
    ],
    *,
    component: Annotated[
        str | None, typer.Option(metavar="ID", help="Show this component only.")
    ] = None,
    maps: MapsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one map, readable: sections, components, and the word picture of every level."""
    found = catalog(maps)
    icmap = found.map(name)
    if component is not None and component not in icmap:
        from icmaps.errors import near

        guess = near(component, (known.id for known in icmap.components))
        raise icmaps.UnknownNameError(
            f"{icmap.reference} has no component {component!r}; {guess}"
            f"`icmaps show {icmap.reference}` lists them"
        )
    if as_json:
        data = icmap.model_dump(mode="json", by_alias=True, exclude_none=True)
        rows = data["components"]
        print_json(next(r for r in rows if r["id"] == component) if component else data)
        return
    framework = found.framework(icmap.framework)
    out = console()
    out.print(f"[bold]{icmap.title}[/] · {framework.title} {framework.edition}")
    out.print(f"[dim]{icmap.reference}, {icmap.status}, {icmap.license or 'no licence'}[/]")
    for section, above in framework.walk():
        rows = [row for row in icmap.components if row.section == section.id]
        if component is not None:
            rows = [row for row in rows if row.id == component]
        if rows or (component is None and section.sections):
            heading = f"{section.code or ''} {section.title}".strip()
            out.print()
            style = "" if above else "cyan"
            out.print(f"[bold]{heading}[/]  [dim]{section.id}[/]", style=style)
        for row in rows:
            _show_component(row)


def _show_component(component: icmaps.Component) -> None:
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    out = console()
    star = "★ " if component.critical else ""
    title = Text(f"{component.code or ''} {star}{component.title}".strip(), style="bold")
    out.print(Padding(title.append(f"  {component.id}", style="dim not bold"), (1, 0, 0, 2)))
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1))
    table.add_column(width=2, style="bold")
    table.add_column(width=13)
    table.add_column()
    lines = component.fidelity
    for variation in component.variations:
        notes = [variation.label or ""]
        if lines and variation.code == lines.ideal_until:
            notes.append("(ideal to here)")
        if lines and variation.code == lines.acceptable_until:
            notes.append("(acceptable to here)")
        if variation.code == component.target:
            notes.append("(target)")
        text = variation.text or "–"
        table.add_row(variation.code, Text("\n".join(filter(None, notes))), Text(text))
    for choice in component.off_scale:
        table.add_row("", choice.code, Text(choice.text))
    out.print(Padding(table, (0, 0, 0, 4)))


@app.command("validate", epilog="Example: icmaps validate my-map.yaml examples/ --json")
def validate(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", help="Files, or folders to look through for files."),
    ],
    *,
    maps: MapsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say everything that is wrong with frameworks, maps and assessments, and how to mend it.

    Each problem is one line: file:line:column: what is wrong; why; how to mend it.
    """
    files = _files(paths)
    found = catalog(maps)
    problems = [problem for file in files for problem in found.validate(file)]
    if as_json:
        print_json([problem.as_json() for problem in problems])
    else:
        for problem in problems:
            typer.echo(f"{problem}" if problem.severity == "error" else f"{problem} (warning)")
        files_word = "1 file" if len(files) == 1 else f"{len(files)} files"
        word = "1 problem" if len(problems) == 1 else f"{len(problems) or 'no'} problems"
        typer.echo(f"{files_word} checked, {word}", err=True)
    if any(problem.severity == "error" for problem in problems):
        raise typer.Exit(1)


def _files(paths: list[Path]) -> list[Path]:
    """Return the files named, folders replaced by the files of ours below them."""
    files: list[Path] = []
    for path in paths:
        if not path.is_dir():
            files.append(path)
            continue
        below = sorted(p for p in path.rglob("*") if p.suffix in _SUFFIXES and p.is_file())
        if not below:
            raise icmaps.IcmapsError(
                f"{str(path)!r} holds no .yaml, .yml or .json file; name a file or another folder"
            )
        files += below
    return list(dict.fromkeys(files))
