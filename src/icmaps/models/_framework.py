"""A set of standards in one edition and version, as a tree of sections."""

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, ValidatorFunctionWrapHandler, field_validator

from icmaps.errors import quoted
from icmaps.models._base import (
    Code,
    Fault,
    Id,
    Model,
    Path,
    ShortText,
    Version,
    as_fields,
    details,
    details_of,
    fault,
    none_is_empty,
    raise_all,
)

Kind = Literal["frame", "standard", "construct", "core-element", "cluster"]


class Section(Model):
    """A node of a framework's tree.

    Attributes:
        id: Stable for ever; carries no label of the publisher's.
        kind: What the framework calls such a node.
        code: What is printed before the title, if the framework numbers its sections.
        title: The name.
        sections: The sections inside this one.
    """

    id: Id
    kind: Kind
    code: Code | None = None
    title: ShortText
    sections: Annotated[tuple["Section", ...], none_is_empty()] = ()


class Framework(Model):
    """A set of standards in one edition and version.

    Attributes:
        id: For example `spl-2022`.
        version: Semantic version of this file.
        title: The standards' name.
        issuer: Who publishes the standards.
        edition: The publisher's edition.
        language: BCP 47 tag of the texts here.
        sections: The top of the tree.

    Example:
        ```yaml
        schema: icmaps/framework/1
        id: spl-2022
        sections: [{id: leadership, kind: standard, title: Leadership}]
        ```
    """

    schema_: Annotated[Literal["icmaps/framework/1"], Field(alias="schema")]
    id: Id
    version: Version
    title: ShortText
    issuer: ShortText
    edition: ShortText
    language: Code = "en"
    sections: Annotated[tuple[Section, ...], Field(min_length=1)]

    @property
    def reference(self) -> str:
        """Id and version, as in `spl-2022@1.0.0`."""
        return f"{self.id}@{self.version}"

    def walk(self) -> Iterator[tuple[Section, tuple[str, ...]]]:
        """Yield every section with the ids of the sections it lies in, outermost first.

        The order is that of the printed page: each section before the sections inside it.
        """

        def down(
            sections: tuple[Section, ...], above: tuple[str, ...]
        ) -> Iterator[tuple[Section, tuple[str, ...]]]:
            for section in sections:
                yield section, above
                yield from down(section.sections, (*above, section.id))

        yield from down(self.sections, ())

    @cached_property
    def _by_id(self) -> dict[str, tuple[Section, tuple[str, ...]]]:
        return {section.id: (section, above) for section, above in self.walk()}

    def section(self, section_id: str) -> Section:
        """Return a section by its id.

        Raises:
            KeyError: If there is none.
        """
        return self._by_id[section_id][0]

    def above(self, section_id: str) -> tuple[str, ...]:
        """Return the ids of the sections a section lies in, outermost first.

        Raises:
            KeyError: If there is no such section.
        """
        return self._by_id[section_id][1]

    def __contains__(self, section_id: str) -> bool:
        return section_id in self._by_id

    @field_validator("sections", mode="wrap")
    @classmethod
    def _ids_are_unique(cls, raw: Any, check: ValidatorFunctionWrapHandler) -> Any:
        """Look for an id that is there twice, even if something else is wrong with the tree."""
        again: list[Fault] = []
        seen: set[str] = set()
        for path, section_id in _walk_raw(raw):
            if isinstance(section_id, str) and section_id in seen:
                repeated = fault("duplicate-id", kind="section", id=quoted(section_id))
                again.append(((*path, "id"), repeated))
            elif isinstance(section_id, str):
                seen.add(section_id)
        try:
            sections = check(raw)
        except ValidationError as error:
            raise_all([*details_of(error), *details(again)])
        raise_all(details(again))
        return sections


def _walk_raw(raw: Any, above: Path = ()) -> Iterator[tuple[Path, object]]:
    """Yield the path and id of every section, checked or not, in the order of the file."""
    for position, section in enumerate(raw if isinstance(raw, list | tuple) else ()):
        fields = as_fields(section)
        yield (*above, position), fields.get("id")
        yield from _walk_raw(fields.get("sections"), (*above, position, "sections"))
