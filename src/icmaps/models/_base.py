"""What all models share: frozen, no unknown keys, and text, ids, versions and dates that are exact.

A model raises the rules of `icmaps.errors` (see `fault`), each at the place where the file has the
value, so that the reader can print line and column.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final, Self, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from icmaps.errors import RULES, describe, quoted

MAX_ID: Final = 64  # ids are used in file names and as columns
_ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_VERSION: Final = re.compile(r"(0|[1-9][0-9]{0,5})(\.(0|[1-9][0-9]{0,5})){2}")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Line breaks and tabs are the only control characters that mean anything in a note.
_DROPPED: Final = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(127, 160))) | {
    ord("\r"): "\n",
    0x2028: "\n",
    0x2029: "\n",
}

Path = tuple[str | int, ...]
Fault = tuple[Path, PydanticCustomError]


class Model(BaseModel):
    """A value that never changes after it was checked."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=False)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with some fields changed, unchecked; nothing worked out is carried over."""
        copied = super().model_copy(update=update, deep=deep)
        for name in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[name]  # a cached property of the original
        return copied


M = TypeVar("M", bound=Model)


def fault(rule: str, *, at_key: bool = False, **values: object) -> PydanticCustomError:
    """Return a broken rule as the error a pydantic validator raises.

    Args:
        rule: Key into `icmaps.errors.RULES`.
        at_key: What is wrong is the key at the end of the path, not the value behind it.
        values: What the rule's templates ask for.
    """
    message = RULES[rule].what.format(**values)
    context = {**values, "rule": rule, "message": message, "at_key": at_key}
    return PydanticCustomError("icmaps", "{message}", context)


def details(faults: list[Fault]) -> list[InitErrorDetails]:
    """Return faults, each with its path below the value being validated, ready to be raised."""
    return [InitErrorDetails(type=error, loc=path, input=None) for path, error in faults]


def details_of(error: ValidationError, above: Path = ()) -> list[InitErrorDetails]:
    """Return what a validation found, ready to be raised again further up.

    Args:
        error: What was raised.
        above: Path from the value being validated to the one that the error is about.
    """
    return [_again(found, (*above, *found["loc"])) for found in error.errors(include_url=False)]


def raise_all(found: list[InitErrorDetails]) -> None:
    """Raise everything found, at once, if anything was."""
    if found:
        raise ValidationError.from_exception_data("icmaps", found)


def as_fields(row: object) -> Mapping[Any, Any]:
    """Return the fields of a row of a list, a block of the file or a model; none for others."""
    if isinstance(row, Model):
        return vars(row)
    return row if isinstance(row, dict) else {}


def validate_each(
    model: type[M], block: Mapping[Any, Any], *, key: str, plain: str, long_form: bool = False
) -> tuple[M, ...]:
    """Validate a `key: value` block of the file as a list of models.

    Args:
        model: What each value becomes.
        block: The block.
        key: The field of the model that takes the key.
        plain: The field that takes the value.
        long_form: A value that is a block itself holds all of the model's fields.

    Returns:
        The models in the order of the file.

    Raises:
        ValidationError: With every error of every value, located by key as the file has it.
    """
    models: dict[str, M] = {}
    found: list[InitErrorDetails] = []
    for name, value in block.items():
        if not isinstance(name, str):
            number = fault("not-text", at_key=True, found=describe(name), text=str(name))
            found += details([((name,), number)])
            continue
        fields = value if long_form and isinstance(value, dict) else {plain: value}
        try:
            row = model.model_validate({**fields, key: name})
        except ValidationError as error:
            for problem in error.errors(include_url=False):
                field, *inside = problem["loc"] or ("",)
                if field == plain and fields is not value:
                    inner = tuple(inside) if isinstance(value, list) else ()
                else:
                    inner = tuple(inside) if field == key else problem["loc"]
                found.append(_again(problem, (name, *inner), at_key=field == key))
        else:
            if models.setdefault(getattr(row, key), row) is not row:
                again = fault("duplicate-id", at_key=True, kind=key, id=quoted(name))
                found += details([((name,), again)])
    raise_all(found)
    return tuple(models.values())


def _again(found: Any, loc: Path, *, at_key: bool = False) -> InitErrorDetails:
    """Return an error that pydantic reported in the form in which it can be raised again."""
    context = found.get("ctx", {})
    kind: str | PydanticCustomError = found["type"]
    if kind == "icmaps":
        context = {**context, "at_key": at_key or context["at_key"]}
        kind = PydanticCustomError("icmaps", "{message}", context)
    return InitErrorDetails(type=kind, loc=loc, input=found["input"], ctx=context)


def _clean(text: str) -> str:
    """Return a text as it is stored: NFC, no lone surrogates, no control characters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise fault("lone-surrogate") from None
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").translate(_DROPPED))
    if not text.strip():
        raise fault("wrong-value", found="empty text", reason="it says nothing", hint="write it")
    return text


def _at_most(limit: int) -> AfterValidator:
    def check(text: str) -> str:
        if len(text) > limit:
            raise fault("too-long", length=f"{len(text):,}", limit=f"{limit:,}")
        return text

    return AfterValidator(check)


def _check_id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise fault("not-an-id", found=quoted(text))
    return text


def _check_version(text: str) -> str:
    if not _VERSION.fullmatch(text):
        raise fault("not-a-version", found=quoted(text))
    return text


def _check_date(value: object) -> date:
    if type(value) is date:  # a datetime is a date, too, but one that is written otherwise
        return value
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise fault("not-a-date", found=describe(value))


Text = Annotated[str, AfterValidator(_clean), AfterValidator(str.strip), _at_most(4000)]
ShortText = Annotated[str, AfterValidator(_clean), AfterValidator(str.strip), _at_most(200)]
Code = Annotated[str, AfterValidator(_clean), _at_most(24)]
PersonId = Annotated[str, AfterValidator(_clean), AfterValidator(str.strip), _at_most(MAX_ID)]
Id = Annotated[str, AfterValidator(_check_id), _at_most(MAX_ID)]
# The id of something in another file. Whether it is there is for the comparison of the two to say,
# which knows what could have been meant.
ForeignId = Annotated[str, AfterValidator(_clean)]
Version = Annotated[str, AfterValidator(_check_version)]
IsoDate = Annotated[date, BeforeValidator(_check_date)]


def none_is_empty() -> BeforeValidator:
    """Return the reading of a key with nothing behind it as an empty block."""
    return BeforeValidator(lambda raw: () if raw is None else raw)


def reference_of(kind: str, pattern: str, example: str) -> AfterValidator:
    """Return the check that a text names something and its exact version.

    Args:
        kind: What is named, for the message.
        pattern: The part before `@`, as a regular expression.
        example: A good one, for the message.
    """
    whole = re.compile(rf"{pattern}@{_VERSION.pattern}")

    def check(text: str) -> str:
        if not whole.fullmatch(text):
            raise fault("not-a-reference", found=quoted(text), kind=kind, example=example)
        return text

    return AfterValidator(check)


FrameworkReference = Annotated[str, reference_of("a framework", _ID.pattern, "spl-2022@1.0.0")]
MapReference = Annotated[
    str, reference_of("a map", f"{_ID.pattern}/{_ID.pattern}", "spl-2022/teacher@1.0.0")
]


def _check_map_id(text: str) -> str:
    framework, slash, role = text.partition("/")
    ids = _ID.fullmatch(framework) and _ID.fullmatch(role)
    if not (slash and ids and len(framework) <= MAX_ID and len(role) <= MAX_ID):
        raise fault(
            "wrong-value",
            found=quoted(text),
            reason="a map's id is its framework and its role",
            hint="write it like `spl-2022/teacher`",
        )
    return text


MapId = Annotated[str, AfterValidator(_check_map_id)]
