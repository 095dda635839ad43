"""What became of each section and component from one edition of the standards to the next."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from icmaps.errors import Finding, listed, near, quoted
from icmaps.models._base import (
    ForeignId,
    FrameworkReference,
    Id,
    MapReference,
    Model,
    Path,
    ShortText,
    Text,
    Version,
    fault,
    none_is_empty,
)
from icmaps.models._framework import Framework
from icmaps.models._icmap import ICMap

Relation = Literal["same", "reworded", "close", "broader", "narrower", "split", "merged", "none"]
Side = Literal["from", "to"]

# How many each relation has on either side, in words; None is one or more.
_ARITY = {
    "split": "one under `from` and two or more under `to`",
    "merged": "two or more under `from` and one under `to`",
    "none": "some on one side and nothing on the other",
}


class CrosswalkSource(Model):
    """Something published that a crosswalk rests on.

    Attributes:
        id: By which links name it.
        text: What it is, so that it can be found.
    """

    id: Id
    text: Text


class Link(Model):
    """How some sections or components of the older side stand to some of the newer.

    Attributes:
        from_: Ids on the older side.
        to: Ids on the newer side.
        relation: `same` and `reworded` keep the meaning of the levels; `close` has the same aim;
            `broader` and `narrower` say what the newer is; `split` and `merged` are one to many
            and many to one; `none` has no counterpart.
        source: The source that says so; None for the judgement of who wrote the crosswalk.
        note: What a reader should know about it.
    """

    from_: Annotated[tuple[ForeignId, ...], none_is_empty(), Field(alias="from")] = ()
    to: Annotated[tuple[ForeignId, ...], none_is_empty()] = ()
    relation: Relation
    source: ForeignId | None = None
    note: ShortText | None = None

    @model_validator(mode="after")
    def _has_as_many_as_it_says(self) -> Self:
        old, new = len(self.from_), len(self.to)
        fits = {
            "split": old == 1 and new > 1,
            "merged": old > 1 and new == 1,
            "none": (old == 0) != (new == 0),
        }.get(self.relation, old == new == 1)
        if not fits:
            needs = _ARITY.get(self.relation, "one on each side")
            raise fault("link-arity", relation=self.relation, needs=needs)
        return self


class MapLinks(Model):
    """The links between the components of two maps of one role.

    Attributes:
        from_: The older map.
        to: The newer map.
        components: The links.
    """

    from_: Annotated[MapReference, Field(alias="from")]
    to: MapReference
    components: Annotated[tuple[Link, ...], Field(min_length=1)]


class Crosswalk(Model):
    """What became of each section and component from one framework to another.

    Attributes:
        from_: The older framework.
        to: The newer framework.
        version: Semantic version of this file.
        license: Licence of this text.
        sources: What has been published about it.
        sections: The links between sections.
        maps: The links between maps, a pair of them for each role.

    Example:
        ```yaml
        schema: icmaps/crosswalk/1
        from: spl-2011@1.0.0
        to: spl-2022@1.0.0
        sections: [{from: [data], to: [evidence], relation: close}]
        ```
    """

    schema_: Annotated[Literal["icmaps/crosswalk/1"], Field(alias="schema")]
    from_: Annotated[FrameworkReference, Field(alias="from")]
    to: FrameworkReference
    version: Version
    license: ShortText | None = None
    sources: Annotated[tuple[CrosswalkSource, ...], none_is_empty()] = ()
    sections: Annotated[tuple[Link, ...], Field(min_length=1)]
    maps: Annotated[tuple[MapLinks, ...], none_is_empty()] = ()

    def links(self, role: str | None = None) -> tuple[Link, ...]:
        """Return the links between sections, or those between the components of a role.

        Args:
            role: The part of a map's id after the slash; None for the sections.

        Raises:
            KeyError: If the crosswalk has no maps of that role.
        """
        if role is None:
            return self.sections
        for pair in self.maps:
            if pair.from_.partition("@")[0].endswith(f"/{role}"):
                return pair.components
        raise KeyError(role)


def crosswalk_section_findings(
    crosswalk: Crosswalk, older: Framework, newer: Framework
) -> Iterator[Finding]:
    """Yield what is wrong between the links of sections and the two frameworks.

    Args:
        crosswalk: A crosswalk, valid in itself.
        older: The framework it comes from.
        newer: The framework it leads to.
    """
    yield from _source_findings(crosswalk)
    for side, framework in (("from", older), ("to", newer)):
        known = [section.id for section, _ in framework.walk()]
        # A section that holds others need not be linked: they are.
        needed = [section.id for section, _ in framework.walk() if not section.sections]
        at: Path = ("sections",)
        yield from _side_findings(crosswalk.sections, side, known, needed, at, framework.reference)


def crosswalk_map_findings(
    position: int, pair: MapLinks, maps: dict[Side, ICMap]
) -> Iterator[Finding]:
    """Yield what is wrong between the links of one role and its two maps.

    Args:
        position: Where the pair stands in the file.
        pair: The links.
        maps: The map of each side.
    """
    at: Path = ("maps", position, "components")
    for side, icmap in maps.items():
        known = [component.id for component in icmap.components]
        yield from _side_findings(pair.components, side, known, known, at, icmap.reference)


def _source_findings(crosswalk: Crosswalk) -> Iterator[Finding]:
    known = [source.id for source in crosswalk.sources]
    places: list[tuple[Path, tuple[Link, ...]]] = [(("sections",), crosswalk.sections)]
    places += [
        (("maps", n, "components"), pair.components) for n, pair in enumerate(crosswalk.maps)
    ]
    for at, links in places:
        for position, link in enumerate(links):
            if link.source is not None and link.source not in known:
                values = {
                    "source": quoted(link.source),
                    "known": listed(known) or "none",
                    "near": near(link.source, known),
                }
                yield Finding("unknown-source", (*at, position, "source"), values)


def _side_findings(
    links: Iterable[Link], side: str, known: list[str], needed: list[str], at: Path, where: str
) -> Iterator[Finding]:
    """Yield ids that one side of the links has not, and those of it that no link names."""
    named: Counter[str] = Counter()
    for position, link in enumerate(links):
        for number, name in enumerate(link.from_ if side == "from" else link.to):
            named[name] += 1
            if name not in known:
                values = {"id": quoted(name), "where": where, "near": near(name, known)}
                yield Finding("unknown-link", (*at, position, side, number), values)
    if left := [name for name in needed if name not in named]:
        values = {"where": where, "left": listed(left), "side": side}
        yield Finding("left-unlinked", at, values, at_key=True)
