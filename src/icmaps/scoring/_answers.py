"""Many assessments on one map version, side by side: who answered, and a matrix of ranks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from icmaps.content import Catalog, default_catalog
from icmaps.models import Assessment, Groups, RaterKind
from icmaps.scoring._compiled import CompiledMap, compile_map, encode


@dataclass(frozen=True, slots=True)
class Sheet:
    """Whose placements one row of the matrix holds, from whom, and when.

    Attributes:
        respondent: The respondent's id.
        groups: Team, school and district, as they were in that round.
        round_id: The round.
        round_date: Its date; rounds are in this order.
        rater: Who placed the practice.
        rater_id: The rater's own id, where it is known.
    """

    respondent: str
    groups: Groups
    round_id: str
    round_date: date
    rater: RaterKind = "self"
    rater_id: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """The placements of many assessments on one map version.

    Attributes:
        compiled: The map.
        sheets: One for each row of the matrix.
        ranks: Rows as `encode` makes them.

    Shapes:
        sheets: (A,); ranks: (A, C).
    """

    compiled: CompiledMap
    sheets: tuple[Sheet, ...]
    ranks: npt.NDArray[np.int8]


def gather(
    assessments: Iterable[Assessment], *, catalog: Catalog | None = None
) -> dict[str, Answers]:
    """Return assessments side by side, those of each map version by themselves.

    Args:
        assessments: In any order.
        catalog: Where their maps are found; the bundled maps if None.

    Returns:
        The answers by map reference, in the order in which the maps first appear.

    Raises:
        UnknownNameError: If a map is not in the catalog.
        ScoringError: If an assessment does not fit its map.
    """
    catalog = default_catalog() if catalog is None else catalog
    by_map: dict[str, list[Assessment]] = {}
    for assessment in assessments:
        by_map.setdefault(assessment.map, []).append(assessment)
    gathered = {}
    for reference, sheets in by_map.items():
        icmap = catalog.map(reference)
        compiled = compile_map(icmap, catalog.framework(icmap.framework))
        gathered[reference] = Answers(
            compiled=compiled,
            sheets=tuple(map(_sheet, sheets)),
            ranks=np.stack([encode(assessment, compiled) for assessment in sheets]),
        )
    return gathered


def joined(pieces: Iterable[dict[str, Answers]]) -> dict[str, Answers]:
    """Return answers from several places, those of each map version together.

    Args:
        pieces: Answers by map reference.
    """
    by_map: dict[str, list[Answers]] = {}
    for piece in pieces:
        for reference, answers in piece.items():
            by_map.setdefault(reference, []).append(answers)
    return {
        reference: Answers(
            compiled=parts[0].compiled,
            sheets=tuple(sheet for part in parts for sheet in part.sheets),
            ranks=np.concatenate([part.ranks for part in parts]),
        )
        for reference, parts in by_map.items()
    }


def _sheet(assessment: Assessment) -> Sheet:
    return Sheet(
        respondent=assessment.respondent.id,
        groups=assessment.respondent.groups,
        round_id=assessment.round.id,
        round_date=assessment.round.date,
        rater=assessment.rater.kind,
        rater_id=assessment.rater.id,
    )
