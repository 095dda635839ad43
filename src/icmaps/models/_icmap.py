"""One role's IC map: components of one framework, on one scale or on scales of their own."""

from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import (
    Field,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
)
from pydantic_core import InitErrorDetails

from icmaps.errors import Finding, near, quoted
from icmaps.models._base import (
    Code,
    Fault,
    FrameworkReference,
    MapId,
    Model,
    ShortText,
    Version,
    as_fields,
    details,
    details_of,
    fault,
    none_is_empty,
    raise_all,
)
from icmaps.models._component import (
    Component,
    Direction,
    ScaleLevel,
    component_faults,
    line_faults,
)
from icmaps.models._framework import Framework

Status = Literal["draft", "published", "retired"]
PolicyName = Literal["distribution", "rank-index", "points"]


class ICMap(Model):
    """One role's IC map for one framework, in one version.

    Attributes:
        id: Framework id and role, as in `spl-2022/teacher`.
        version: Semantic version of the text (DESIGN section 4).
        status: Only a published map is found without its version.
        language: BCP 47 tag of the texts.
        title: The role, as people say it.
        framework: The framework whose sections the components belong to.
        license: Licence of this text.
        text_rights: Whose text it is; exports that hand the text on ask this.
        direction: The order in which the scale is printed; ranks are always 0 = ideal.
        scale: The columns, in printed order.
        policy: The scoring policy the map asks for.
        components: The rows, in printed order, each with its variations ideal first.

    Example:
        ```yaml
        schema: icmaps/map/1
        id: spl-2022/teacher
        components: [{id: inquiry-cycle, section: continuous-improvement, ...}]
        ```
    """

    schema_: Annotated[Literal["icmaps/map/1"], Field(alias="schema")]
    id: MapId
    version: Version
    status: Status = "draft"
    language: Code = "en"
    title: ShortText
    framework: FrameworkReference
    license: ShortText | None = None
    text_rights: Literal["original", "permitted", "restricted"] = "restricted"
    direction: Direction = "ideal-first"
    scale: Annotated[tuple[ScaleLevel, ...], none_is_empty()] = ()
    policy: PolicyName = "distribution"
    components: Annotated[tuple[Component, ...], Field(min_length=1)]

    @property
    def reference(self) -> str:
        """Id and version, as in `spl-2022/teacher@1.0.0`."""
        return f"{self.id}@{self.version}"

    @cached_property
    def _by_id(self) -> dict[str, Component]:
        return {component.id: component for component in self.components}

    def component(self, component_id: str) -> Component:
        """Return a component by its id.

        Raises:
            KeyError: If the map has none.
        """
        return self._by_id[component_id]

    def __contains__(self, component_id: str) -> bool:
        return component_id in self._by_id

    @field_validator("scale")
    @classmethod
    def _check_scale(
        cls, scale: tuple[ScaleLevel, ...], info: ValidationInfo
    ) -> tuple[ScaleLevel, ...]:
        raise_all(details(list(_scale_faults(scale, info.data.get("direction")))))
        return scale

    @field_validator("components", mode="wrap")
    @classmethod
    def _read_components(
        cls, raw: Any, check: ValidatorFunctionWrapHandler, info: ValidationInfo
    ) -> tuple[Component, ...]:
        """Check every component against its scale and put its variations in rank order.

        A faulty component hides nothing: the others are checked, and so is what is left of it.
        """
        if not isinstance(raw, list | tuple) or not raw:
            checked: tuple[Component, ...] = check(raw)
            return checked
        found: list[InitErrorDetails] = []
        components: list[Component] = []
        seen: set[str] = set()
        for position, row in enumerate(raw):
            try:
                component: Component | None = Component.model_validate(row)
            except ValidationError as error:
                found += details_of(error, (position,))
                component = _left_of(row, error)
            if component is not None:
                component, faults = _placed(component, info.data)
                found += details([((position, *path), error) for path, error in faults])
                components.append(component)
            row_id = as_fields(row).get("id")
            if isinstance(row_id, str) and row_id in seen:
                again = fault("duplicate-id", kind="component", id=quoted(row_id))
                found += details([((position, "id"), again)])
            elif isinstance(row_id, str):
                seen.add(row_id)
        raise_all(found)
        return tuple(components)


def _placed(component: Component, checked: dict[str, Any]) -> tuple[Component, list[Fault]]:
    """Return a component in rank order, and what is wrong between it and its scale.

    Args:
        component: A component, valid in itself.
        checked: The fields of the map so far; one with a fault of its own is missing.
    """
    direction = checked.get("direction")
    scale = component.scale or checked.get("scale")
    if scale is None or direction is None:
        return component, []  # ranks would be guesses
    faults = [
        *((("scale", *path), error) for path, error in _scale_faults(component.scale, direction)),
        *component_faults(component, scale),
    ]
    component = component.placed_on(scale, direction)
    return component, [*faults, *line_faults(component)]


def _left_of(row: Any, error: ValidationError) -> Component | None:
    """Return a component without its faulty keys, for checking what is left; None if too little is.

    Args:
        row: The component as the file has it.
        error: What is wrong with it.
    """
    faulty = {found["loc"][:1] for found in error.errors()} if isinstance(row, dict) else {()}
    if faulty & {(), ("scale",)}:
        return None
    left = {key: value for key, value in row.items() if (key,) not in faulty}
    if ("variations",) in faulty and isinstance(row.get("variations"), dict):
        # Without its word pictures, but with all of its codes, so that none is called unknown.
        left["variations"] = {str(code): "-" for code in row["variations"]}
    try:
        component = Component.model_validate({"id": "x", "section": "x", "title": "x", **left})
    except ValidationError:
        return None
    return component.model_copy(update={"id": str(row.get("id", "without an id"))})


def _scale_faults(scale: tuple[ScaleLevel, ...], direction: Direction | None) -> Iterator[Fault]:
    seen: set[str] = set()
    for position, level in enumerate(scale):
        if level.code in seen:
            yield (position, "code"), fault("duplicate-id", kind="level", id=quoted(level.code))
        seen.add(level.code)
    if all(level.points is None for level in scale):
        return
    for position, level in enumerate(scale):
        if level.points is None:
            yield (position,), fault("part-points", code=level.code)
    for (first, level), (second, other) in pairwise(enumerate(scale)):
        if level.points is None or other.points is None or direction is None:
            continue
        if direction == "ideal-first" and other.points > level.points:
            yield (second, "points"), fault("points-order", code=other.code, better=level.code)
        if direction == "ideal-last" and level.points > other.points:
            yield (first, "points"), fault("points-order", code=level.code, better=other.code)


def map_findings(icmap: ICMap, framework: Framework) -> list[Finding]:
    """Return what is wrong between a map and the framework it is for.

    Args:
        icmap: A map, valid in itself.
        framework: The framework it names.

    Returns:
        One finding for each component whose section the framework has not; an empty section is
        that of a faulty component, which has a problem of its own.
    """
    known = [section.id for section, _ in framework.walk()]
    return [
        Finding(
            "unknown-section",
            ("components", position, "section"),
            {
                "section": quoted(component.section),
                "framework": framework.reference,
                "near": near(component.section, known),
            },
        )
        for position, component in enumerate(icmap.components)
        if component.section and component.section not in framework
    ]
