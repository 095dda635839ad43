"""`icmaps crosswalk`: what became of each section or component in another edition."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

import icmaps
from icmaps.cli._app import JsonOption, MapsOption, app, catalog, print_json, show
from icmaps.cli._help import Command

if TYPE_CHECKING:
    from icmaps.models import Link

_OWN = "our judgement"


@app.command("crosswalk", cls=Command, epilog="Example: icmaps crosswalk spl-2011 spl-2022")
def show_crosswalk(
    older: Annotated[str, typer.Argument(metavar="FROM", help="The older framework.")],
    newer: Annotated[str, typer.Argument(metavar="TO", help="The newer framework.")],
    *,
    role: Annotated[
        str | None,
        typer.Option(metavar="ROLE", help="Show the components of this role's two maps instead."),
    ] = None,
    maps: MapsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what became of each section, or component, in another edition.

    Only `same` and `reworded` keep the meaning of the levels; all others are for reading side by
    side.
    """
    found = catalog(maps)
    crosswalk = found.crosswalk(older, newer)
    try:
        links = crosswalk.links(role)
    except KeyError:
        roles = ", ".join(pair.to.partition("@")[0].partition("/")[2] for pair in crosswalk.maps)
        raise icmaps.UnknownNameError(
            f"the crosswalk from {older!r} to {newer!r} has no maps of the role {role!r}; "
            f"it has {roles or 'sections only'}"
        ) from None
    if as_json:
        print_json([link.model_dump(mode="json", by_alias=True) for link in links])
        return
    pair = next((p for p in crosswalk.maps if role and p.components is links), crosswalk)
    _print(links, _titles(found, pair.from_), _titles(found, pair.to))
    for source in crosswalk.sources:
        show(f"\n{source.id}: {source.text}")


def _titles(found: icmaps.Catalog, reference: str) -> Callable[[str], str]:
    """Return what finds the printed code and title of a section or component by its id."""
    if "/" in reference:
        icmap = found.map(reference)
        items: list[icmaps.Component | icmaps.Section] = list(icmap.components)
    else:
        items = [section for section, _ in found.framework(reference).walk()]
    titles = {item.id: f"{item.code or ''} {item.title}".strip() for item in items}
    return titles.__getitem__


def _print(links: tuple[Link, ...], old: Callable[[str], str], new: Callable[[str], str]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 1, 0))
    for heading in ("From", "Relation", "To", "Says"):
        table.add_column(heading, overflow="fold", ratio=None if heading == "Relation" else 3)
    for link in links:
        says = link.source or _OWN
        note = f"{says}. {link.note}" if link.note else says
        sides = ["\n".join(map(old, link.from_)) or "–", "\n".join(map(new, link.to)) or "–"]
        table.add_row(Text(sides[0]), link.relation, Text(sides[1]), Text(note))
    show(table)
