"""Saving an answer: acknowledged means written, once, and nobody's words are lost.

Each change says on which version of the answer it is based. If another came first, from another tab
or device, it is refused and the person is asked; what was refused is kept as well
(`research/security.md` 3.4).
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from icmaps.models import Component
from icmaps.web.models import Assessment, Change, Placement
from icmaps.web.practice import LEVEL, Practice

LONGEST_EVIDENCE: Final = 4_000
NOT_APPLICABLE: Final = "not-applicable"
DONT_KNOW: Final = "dont-know"


class RefusedError(Exception):
    """An answer that cannot be kept, with the reason for the person who gave it."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What a person wants an answer to be.

    Attributes:
        key: Made once for this edit, however often it is sent.
        component: The component's id.
        answer: `level:<code>`, `not-applicable`, `dont-know`, or nothing.
        evidence: What shows it.
        base_version: The version of the answer that the person saw; 0 if there was none.
    """

    key: UUID
    component: str
    answer: str
    evidence: str
    base_version: int


@dataclass(frozen=True, slots=True)
class Saved:
    """An answer as it is now.

    Attributes:
        component: The component's id.
        version: Counts its changes.
        answer: As in `Edit`.
        evidence: As in `Edit`.
        saved_at: When it was written; None if there is no answer.
        replay: The edit had come before, and was not counted again.
        conflict: Another change came first; this is that one, and the edit was refused.
    """

    component: str
    version: int
    answer: str
    evidence: str
    saved_at: datetime | None
    replay: bool = False
    conflict: bool = False


def save(assessment: Assessment, edit: Edit) -> Saved:
    """Save an edit.

    Args:
        assessment: Whose answer it is.
        edit: What it is to be.

    Raises:
        RefusedError: If the assessment is finished, or the map has no such component or level.
    """
    edit = _checked(assessment, edit)
    try:
        return _save(assessment, edit)
    except IntegrityError:  # two first answers, or one edit twice, at the same moment
        return _save(assessment, edit)


@transaction.atomic
def _save(assessment: Assessment, edit: Edit) -> Saved:
    # Locked, so that nobody finishes between the question and the writing.
    row = Assessment.objects.select_for_update().get(pk=assessment.pk)
    current = (
        Placement.objects.select_for_update()
        .filter(assessment=assessment, component=edit.component)
        .first()
    )
    seen = Change.objects.filter(key=edit.key).first()
    if seen is not None:
        if (seen.assessment_id, seen.component) != (assessment.pk, edit.component):
            raise RefusedError("this change has the key of another one; reload the page")
        return _told(current, edit, replay=True, conflict=seen.version is None)
    if row.finished_at is not None:
        raise RefusedError("this assessment is finished; reopen it to change an answer")
    version = current.version if current else 0
    fits = edit.base_version == version
    now = timezone.now()
    Change.objects.create(
        key=edit.key,
        assessment=assessment,
        component=edit.component,
        answer=edit.answer,
        evidence=edit.evidence,
        base_version=edit.base_version,
        version=version + 1 if fits else None,
        came_at=now,
    )
    if not fits:
        return _told(current, edit, conflict=True)
    saved, _ = Placement.objects.update_or_create(
        assessment=assessment,
        component=edit.component,
        defaults={
            "answer": edit.answer,
            "evidence": edit.evidence,
            "version": version + 1,
            "saved_at": now,
        },
    )
    return _told(saved, edit)


def _told(
    placement: Placement | None, edit: Edit, *, replay: bool = False, conflict: bool = False
) -> Saved:
    if placement is None:
        return Saved(edit.component, 0, "", "", None, replay, conflict)
    return Saved(
        placement.component,
        placement.version,
        placement.answer,
        placement.evidence,
        placement.saved_at,
        replay,
        conflict,
    )


def _checked(assessment: Assessment, edit: Edit) -> Edit:
    """Return the edit with its text made plain; what cannot be kept is refused."""
    practice = Practice(assessment)
    if edit.component not in practice.asked:
        raise RefusedError("this map does not ask for that component; reload the page")
    if not _is_choice(practice.icmap.component(edit.component), edit.answer):
        raise RefusedError("this component has no such level; reload the page")
    evidence = plain(edit.evidence)
    if len(evidence) > LONGEST_EVIDENCE:
        raise RefusedError(
            f"the note has {len(evidence):,} characters; {LONGEST_EVIDENCE:,} are kept; shorten it"
        )
    return Edit(edit.key, edit.component, edit.answer, evidence, edit.base_version)


def _is_choice(component: Component, answer: str) -> bool:
    if answer in {"", NOT_APPLICABLE, DONT_KNOW}:
        return True
    return answer.startswith(LEVEL) and answer.removeprefix(LEVEL) in component.levels


def plain(text: str) -> str:
    """Return a text without signs that cannot be printed, in one way of writing each letter."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(
        sign
        for sign in composed
        if sign in "\n\t" or unicodedata.category(sign) not in {"Cc", "Cs"}
    ).strip()
