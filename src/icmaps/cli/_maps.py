"""`icmaps maps` and `show`: what there is, and one map."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

import icmaps
from icmaps.cli._app import (
    JsonOption,
    MapsOption,
    app,
    catalog,
    counted,
    print_json,
    show,
    show_item,
)
from icmaps.cli._help import Command

if TYPE_CHECKING:
    from rich.table import Table


@app.command("maps", cls=Command, epilog="Example: icmaps maps")
def list_maps(*, maps: MapsOption = None, as_json: JsonOption = False) -> None:
    """List the maps there are."""
    from rich.table import Table
    from rich.text import Text

    found = list(catalog(maps).maps())
    if as_json:
        print_json([_as_entry(icmap) for icmap in found])
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Map", no_wrap=True)  # to be copied
    table.add_column("Version", overflow="fold")
    table.add_column("Components", justify="right")
    table.add_column("Role", overflow="fold")
    for icmap in found:
        version = (
            icmap.version if icmap.status == "published" else f"{icmap.version} {icmap.status}"
        )
        table.add_row(icmap.id, version, str(len(icmap.components)), icmap.title)
    show(table)
    if found:
        show(Text(f"\nOne of them: icmaps show {found[0].id}", style="dim"))


def _as_entry(icmap: icmaps.ICMap) -> dict[str, object]:
    return {
        "map": icmap.id,
        "version": icmap.version,
        "status": icmap.status,
        "title": icmap.title,
        "framework": icmap.framework,
        "language": icmap.language,
        "components": len(icmap.components),
        "license": icmap.license,
    }


def _map_names(ctx: typer.Context) -> list[str]:
    """Return what the shell may complete a MAP to."""
    try:
        return sorted({icmap.id for icmap in _catalog_so_far(ctx).maps()})
    except icmaps.IcmapsError:
        return []


def _component_names(ctx: typer.Context) -> list[str]:
    """Return what the shell may complete `--component` to."""
    name = ctx.params.get("name") or next(iter(ctx.args), "")
    try:
        return [component.id for component in _catalog_so_far(ctx).map(name).components]
    except icmaps.IcmapsError:
        return []


def _catalog_so_far(ctx: typer.Context) -> icmaps.Catalog:
    return catalog(list(ctx.params.get("maps") or ()))


@app.command(
    "show", cls=Command, epilog="Example: icmaps show spl-2022/teacher --component inquiry-cycle"
)
def show_map(
    name: Annotated[
        str,
        typer.Argument(
            metavar="MAP",
            help="framework/role, framework/role@1.0.0, or the path of a map file.",
            autocompletion=_map_names,
        ),
    ],
    *,
    component: Annotated[
        str | None,
        typer.Option(
            metavar="ID",
            help="Show this component only, with its look-fors and next steps.",
            autocompletion=_component_names,
        ),
    ] = None,
    maps: MapsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one map: sections, components and word pictures."""
    found = catalog(maps)
    icmap = found.map(name)
    if component is not None and component not in icmap:
        raise _unknown_component(icmap, component)
    if as_json:
        data = icmap.model_dump(mode="json", by_alias=True, exclude_none=True)
        rows = data["components"]
        print_json(next(r for r in rows if r["id"] == component) if component else data)
        return
    framework = found.framework(icmap.framework)
    _print_heading(icmap, framework)
    for section, depth, rows in _sections(icmap, framework, component):
        _print_section(section, depth)
        for row in rows:
            _print_component(row, everything=component is not None)


def _unknown_component(icmap: icmaps.ICMap, component: str) -> icmaps.UnknownNameError:
    from icmaps.errors import near

    guess = near(component, (known.id for known in icmap.components))
    return icmaps.UnknownNameError(
        f"{icmap.reference} has no component {component!r}; {guess}"
        f"`icmaps show {icmap.reference}` lists them"
    )


def _sections(
    icmap: icmaps.ICMap, framework: icmaps.Framework, component: str | None
) -> Iterator[tuple[icmaps.Section, int, list[icmaps.Component]]]:
    """Yield the sections to print, how deep they lie, and the components right under them."""
    asked = [row for row in icmap.components if component in (None, row.id)]
    holding = {row.section for row in asked}
    for row in asked:
        holding.update(framework.above(row.section))
    for section, above in framework.walk():
        if section.id in holding:
            rows = [row for row in asked if row.section == section.id]
            yield section, len(above), rows


def _print_heading(icmap: icmaps.ICMap, framework: icmaps.Framework) -> None:
    from rich.text import Text

    title = Text(icmap.title, style="bold")
    title.append(f" · {framework.title} {framework.edition or ''}".rstrip(), style="not bold")
    show(title)
    count = counted(len(icmap.components), "component")
    licence = icmap.license or "no licence"
    told = [icmap.reference, icmap.status, licence, count]
    told += ["★ critical"] if any(row.critical for row in icmap.components) else []
    show(Text(" · ".join(told), style="dim"))


def _print_section(section: icmaps.Section, depth: int) -> None:
    from rich.text import Text

    heading = Text(f"{section.code or ''} {section.title}".strip(), style="bold")
    heading.append(f"  {section.id}", style="dim not bold")
    if not depth:
        heading.stylize("cyan")
    show()
    show(heading)


def _print_component(component: icmaps.Component, *, everything: bool) -> None:
    from rich.padding import Padding
    from rich.text import Text

    star = "★ " if component.critical else ""
    title = Text(f"{component.code or ''} {star}{component.title}".strip(), style="bold")
    title.append(f"  {component.id}", style="dim not bold")
    show(Padding(title, (1, 0, 0, 2)))
    show(Padding(_levels(component), (0, 0, 0, 4)))
    if not everything:
        return
    for heading, items in (
        ("Look for", [("·", str(text)) for text in component.look_fors]),
        ("Next steps", [(f"from {step.code}:", step.text) for step in component.next_steps]),
    ):
        if items:
            show(Padding(Text(heading, style="bold"), (1, 0, 0, 4)))
        for mark, text in items:
            show_item(mark, text, indent=4)


def _levels(component: icmaps.Component) -> Table:
    """Return the word pictures of a component, ideal first, with the lines between them."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(max_width=16)
    table.add_column()
    for variation in component.variations:
        label = Text(variation.label or "")
        if variation.code == component.target:
            label.append("\n(target)" if label else "(target)", style="yellow")
        table.add_row(variation.code, label, variation.text or "–")
        if line := _line_below(component, variation.code):
            table.add_row("", "", Text(f"─── {line} to here ───", style="green"))
    for choice in component.off_scale:
        table.add_row(choice.code, "(off the scale)", choice.text)
    return table


def _line_below(component: icmaps.Component, code: str) -> str:
    """Return which fidelity line lies below a level: `ideal`, `acceptable`, both or none."""
    lines = component.fidelity
    if lines is None:
        return ""
    until = (("ideal", lines.ideal_until), ("acceptable", lines.acceptable_until))
    return " and ".join(zone for zone, last in until if last == code)
