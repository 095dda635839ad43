"""What people type into forms, and what is wrong with it in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final
from uuid import UUID

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from icmaps.web.practice import catalog
from icmaps.web.saving import Edit, plain

_LONGEST: Final = 2_000
_MOST_GOALS: Final = 3
_TEXTS: Final = ("action", "support")


class SentEdit(BaseModel):
    """An edit as a browser sends it, or writes it into a file; see `saving.Edit`."""

    model_config = ConfigDict(extra="forbid")

    key: UUID
    component: Annotated[str, Field(max_length=100)]
    answer: Annotated[str, Field(max_length=64)]
    evidence: Annotated[str, Field(max_length=5_000)] = ""
    base_version: Annotated[int, Field(ge=0, le=1_000_000_000)]

    def as_edit(self) -> Edit:
        """Return it as `saving` takes it."""
        return Edit(**self.model_dump())


class Unsent(BaseModel):
    """The file of answers that could not be sent, as a page offers it for download."""

    model_config = ConfigDict(extra="forbid")

    assessment: UUID
    answers: Annotated[list[SentEdit], Field(max_length=1_000)]


def read_unsent(data: bytes, assessment: UUID) -> Unsent | str:
    """Return the answers in a file, or what is wrong with it.

    Args:
        data: The file.
        assessment: The key of the assessment they are to go to.
    """
    try:
        found = Unsent.model_validate_json(data)
    except ValidationError:
        return _("This is not a file of unsent answers, or it was changed.")
    if found.assessment != assessment:
        return _("These answers belong to another map or round. Open that one, and try there.")
    return found


def _offered() -> list[tuple[str, str]]:
    return [(icmap.reference, icmap.title) for icmap in catalog().maps(faulty="skip")]


class Start(forms.Form):
    """Which map, in which round."""

    map = forms.ChoiceField(
        choices=_offered, error_messages={"required": gettext_lazy("Choose a role.")}
    )
    round = forms.CharField(
        max_length=64, error_messages={"required": gettext_lazy("Give the round a name.")}
    )
    date = forms.DateField(error_messages={"required": gettext_lazy("Give the date.")})

    def clean_round(self) -> str:
        """Return the round's id: what was typed, in small letters, with hyphens for spaces."""
        found: str = slugify(self.cleaned_data["round"])
        if not found:
            raise forms.ValidationError(_("Give the round a name of letters and digits."))
        return found

    def problems(self) -> list[dict[str, str]]:
        """Return what is wrong, field by field."""
        return [
            {"field": field, "message": str(message)}
            for field, told in self.errors.items()
            for message in told
        ]


@dataclass(frozen=True, slots=True)
class WantedGoal:
    """A goal as somebody asked for it."""

    component: str
    to: str
    by: date | None
    action: str
    support: str


def read_goals(
    sent: Mapping[str, str], chosen: Sequence[str], offered: Mapping[str, str]
) -> tuple[list[WantedGoal], list[dict[str, str]]]:
    """Return the goals chosen, and what is wrong with them.

    Args:
        sent: The fields of the form.
        chosen: The components ticked.
        offered: The level to reach, by component, of those that could be ticked.
    """
    goals, problems = [], []
    if len(chosen) > _MOST_GOALS:
        problems.append({"field": "", "message": _("Choose three at most.")})
    for component in dict.fromkeys(chosen):
        if component not in offered:
            problems.append({"field": "", "message": _("That component cannot be a goal now.")})
            continue
        try:
            by = forms.DateField(required=False).clean(sent.get(f"by-{component}", ""))
        except forms.ValidationError as error:
            by = None
            problems.append({"field": f"by-{component}", "message": error.messages[0]})
        texts = [plain(sent.get(f"{name}-{component}", ""))[:_LONGEST] for name in _TEXTS]
        goals.append(WantedGoal(component, offered[component], by, *texts))
    return goals, problems
