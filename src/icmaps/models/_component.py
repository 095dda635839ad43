"""The row that is rated: a component with its variations, ranked from ideal (0) to not yet.

Files print codes; code compares ranks. The rank of a variation is worked out once, here, from the
scale and the direction, so that nobody after this module needs to know whether 1 is best or worst.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any, Final, Literal, Never, Self

from pydantic import (
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    StrictBool,
    ValidationInfo,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic_core import PydanticCustomError

from icmaps.errors import describe, listed, near, quoted
from icmaps.models._base import (
    Code,
    Fault,
    ForeignId,
    Id,
    Model,
    ShortText,
    Text,
    fault,
    none_is_empty,
    validate_each,
)

MIN_LEVELS: Final = 2
MAX_LEVELS: Final = 6

Direction = Literal["ideal-first", "ideal-last"]
Number = Annotated[float, Field(strict=True, ge=0, le=1_000_000, allow_inf_nan=False)]


class ScaleLevel(Model):
    """A column of the printed map.

    Attributes:
        code: What is printed and stored, as in "1", "a" or "0".
        label: Its name, as in `Established`.
        points: What a placement there is worth under the `points` policy; without, n-1-rank.
    """

    code: Code
    label: ShortText | None = None
    points: Number | None = None


def _as_bullets(cell: Any) -> Any:
    """Return the cell of a map as bullets: nothing is a gap, a text is a single one."""
    if cell is None or isinstance(cell, list | tuple):
        return cell or ()
    return (cell,)


class Variation(Model):
    """One word picture of a component.

    Attributes:
        code: How people say it; the code printed on the page.
        rank: Distance from ideal in steps; 0 is ideal.
        label: The name of its column, if the scale has names.
        points: From the scale; None if the scale gives none.
        bullets: The word picture: one paragraph, or the bullets of the cell; empty for a gap.
    """

    code: Code
    rank: Annotated[int, Field(ge=0)] = 0
    label: ShortText | None = None
    points: Number | None = None
    bullets: Annotated[tuple[Text, ...], BeforeValidator(_as_bullets)] = ()

    @property
    def gap(self) -> bool:
        """Printed as a dash, cannot be chosen, keeps its rank."""
        return not self.bullets

    @property
    def text(self) -> str:
        """The word picture as one text, bullets on lines of their own; empty for a gap."""
        return "\n".join(self.bullets)


class OffScale(Model):
    """A choice that is not more of the same scale, such as opposed; it has no rank."""

    code: Code
    text: Text


class NextStep(Model):
    """What helps someone move from the level with this code to the next better one."""

    code: Code
    text: Text


class Fidelity(Model):
    """The two cuts between the zones ideal, acceptable and unacceptable.

    Attributes:
        ideal_until: Last level still ideal; None if the map draws no such line.
        acceptable_until: Last level still acceptable; None if the map draws no such line.
    """

    ideal_until: Code | None = None
    acceptable_until: Code | None = None

    @model_validator(mode="after")
    def _draws_a_line(self) -> Self:
        if self.ideal_until is None and self.acceptable_until is None:
            raise fault("empty-fidelity")
        return self


class Component(Model):
    """The row that is rated: a desired outcome.

    Attributes:
        id: Stable for ever.
        code: What is printed; may change between versions.
        section: The section of the framework it belongs to.
        title: The outcome, beginning with a verb.
        critical: Without it the practice is not there at all.
        weight: Its weight in the `rank-index`; 1 unless the map says otherwise.
        fidelity: Where ideal and acceptable end; None for a row without lines.
        target: The level the organisation asks for now.
        look_fors: What evidence could show.
        scale: Its own columns; empty if it uses the map's.
        variations: Its levels, ideal first.
        off_scale: Choices outside the scale.
        next_steps: What helps someone move on from a level.
    """

    id: Id
    code: Code | None = None
    section: ForeignId
    title: ShortText
    critical: StrictBool = False
    weight: Annotated[Number, Field(gt=0)] = 1
    fidelity: Fidelity | None = None
    target: Code | None = None
    look_fors: Annotated[tuple[ShortText, ...], none_is_empty()] = ()
    scale: Annotated[tuple[ScaleLevel, ...], none_is_empty()] = ()
    variations: tuple[Variation, ...]
    off_scale: tuple[OffScale, ...] = ()
    next_steps: tuple[NextStep, ...] = ()

    @cached_property
    def _by_code(self) -> dict[str, Variation]:
        return {variation.code: variation for variation in self.variations}

    @property
    def levels(self) -> tuple[str, ...]:
        """The codes that can be chosen on the scale, ideal first: no gaps, no off-scale choices."""
        return tuple(variation.code for variation in self.variations if not variation.gap)

    def variation(self, code: str) -> Variation:
        """Return the variation with this code.

        Raises:
            KeyError: If the component has none.
        """
        return self._by_code[code]

    def rank(self, code: str | None) -> int | None:
        """Return the rank of a level; None for no level and for an off-scale choice."""
        variation = self._by_code.get(code) if code is not None else None
        return None if variation is None else variation.rank

    def next_better(self, code: str) -> Variation | None:
        """Return the nearest better variation that can be chosen, or None at the best."""
        rank = self.variation(code).rank
        better = [v for v in self.variations if v.rank < rank and not v.gap]
        return better[-1] if better else None

    def next_step(self, code: str) -> str | None:
        """Return the advice for moving on from a level, or None if the map has none."""
        return next((step.text for step in self.next_steps if step.code == code), None)

    @field_validator("variations", mode="before")
    @classmethod
    def _read_variations(cls, raw: Any) -> Any:
        if not isinstance(raw, dict):
            return raw if _all_are(raw, Variation) else _refuse_block(raw, "a word picture")
        return validate_each(Variation, raw, key="code", plain="bullets")

    @field_validator("off_scale", "next_steps", mode="before")
    @classmethod
    def _read_texts(cls, raw: Any, info: ValidationInfo) -> Any:
        model = OffScale if info.field_name == "off_scale" else NextStep
        if raw is None:
            return ()
        if not isinstance(raw, dict):
            return raw if _all_are(raw, model) else _refuse_block(raw, "some text")
        return validate_each(model, raw, key="code", plain="text")

    @model_serializer(mode="wrap")
    def _as_in_file(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        data: dict[str, Any] = write(self)
        data["variations"] = {v.code: _cell(v.bullets) for v in self.variations}
        data["off_scale"] = {choice.code: choice.text for choice in self.off_scale}
        data["next_steps"] = {step.code: step.text for step in self.next_steps}
        return data

    def placed_on(self, scale: tuple[ScaleLevel, ...], direction: Direction) -> "Component":
        """Return this component with its variations in rank order on a scale.

        Args:
            scale: The columns as printed; every code of the component must be among them.
            direction: Whether the first or the last column is the ideal one.
        """
        columns = {level.code: level for level in scale}
        printed = [code for code in columns if code in self._by_code]
        ideal_first = printed if direction == "ideal-first" else printed[::-1]
        variations = tuple(
            self._by_code[code].model_copy(
                update={
                    "rank": rank,
                    "label": columns[code].label,
                    "points": columns[code].points,
                }
            )
            for rank, code in enumerate(ideal_first)
        )
        return self.model_copy(update={"variations": variations})


def _all_are(value: object, model: type[Model]) -> bool:
    return isinstance(value, tuple) and all(isinstance(item, model) for item in value)


def _refuse_block(raw: object, content: str) -> Never:
    raise fault(
        "wrong-value",
        found=describe(raw),
        reason="a block of `code: text` lines is needed",
        hint=f'write it like `"1": {content}`',
    )


def _cell(bullets: tuple[str, ...]) -> str | list[str] | None:
    if not bullets:
        return None
    return bullets[0] if len(bullets) == 1 else list(bullets)


def component_faults(component: Component, scale: tuple[ScaleLevel, ...]) -> Iterator[Fault]:
    """Yield what is wrong between a component and the scale it is read on.

    Args:
        component: A component, valid in itself.
        scale: Its columns: its own, or those of the map.
    """
    if not scale:
        yield (), fault("no-scale", component=component.id)
        return
    scale_codes = [level.code for level in scale]
    for variation in component.variations:
        if variation.code not in scale_codes:
            yield (
                ("variations", variation.code),
                _unknown("code-not-on-scale", variation.code, scale_codes),
            )
    count = len(component.levels)
    if count < MIN_LEVELS:
        yield ("variations",), fault("few-variations", component=component.id, count=count)
    count = len(component.variations)
    if count > MAX_LEVELS:
        yield ("variations",), fault("many-variations", component=component.id, count=count)
    codes = [variation.code for variation in component.variations]
    for choice in component.off_scale:
        if choice.code in {*scale_codes, *codes}:
            error = fault("off-scale-code", at_key=True, code=choice.code)
            yield ("off_scale", choice.code), error
    yield from _code_faults(component, codes)


def _code_faults(component: Component, codes: list[str]) -> Iterator[Fault]:
    """Yield what is wrong with the codes that lines, target and advice name."""
    lines = component.fidelity or Fidelity.model_construct()
    # A line may be drawn behind a gap: the cut lies between ranks, nobody has to stand there.
    named = [
        (("fidelity", "ideal_until"), lines.ideal_until),
        (("fidelity", "acceptable_until"), lines.acceptable_until),
        (("target",), component.target),
        *((("next_steps", step.code), step.code) for step in component.next_steps),
    ]
    for path, code in named:
        at_key = path[0] == "next_steps"
        if code is not None and code not in codes:
            values = {"component": component.id}
            yield path, _unknown("unknown-code", code, codes, at_key=at_key, **values)
        elif code is not None and path[0] != "fidelity" and component.variation(code).gap:
            values = {"component": component.id, "known": listed(component.levels)}
            yield path, fault("gap", at_key=at_key, code=code, **values)


def _unknown(
    rule: str, code: str, known: list[str], *, at_key: bool = True, **values: object
) -> PydanticCustomError:
    return fault(
        rule,
        at_key=at_key,
        code=quoted(code),
        known=listed(known),
        near=near(code, known),
        **values,
    )


def line_faults(component: Component) -> Iterator[Fault]:
    """Yield what is wrong with the order of the fidelity lines.

    Args:
        component: A component with its variations in rank order.
    """
    lines = component.fidelity
    if lines is None:
        return
    ideal, acceptable = component.rank(lines.ideal_until), component.rank(lines.acceptable_until)
    if ideal is not None and acceptable is not None and ideal > acceptable:
        order = fault("fidelity-order", ideal=lines.ideal_until, acceptable=lines.acceptable_until)
        yield ("fidelity",), order
