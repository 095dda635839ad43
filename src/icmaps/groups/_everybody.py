"""Figures about everybody together: shares of variance, common patterns, reliability of sections.

They rest on people of whom more is told anyway, those of one panel for each group.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from icmaps.groups._panels import Panel, panels_of
from icmaps.groups._patterns import Patterns, patterns
from icmaps.groups._people import Cohort, GroupKind
from icmaps.groups._reliability import Reliability, reliability
from icmaps.groups._variance import VarianceShare, variance_share

Ranks = npt.NDArray[np.int8]


def variances(everybody: Cohort, kept: frozenset[Panel]) -> dict[GroupKind, VarianceShare]:
    """Return how much of the difference between people lies between schools, and between teams.

    The number of a person is the share of their placed components that are at least acceptable.

    Args:
        everybody: The people.
        kept: The panels that are told.
    """
    cuts = everybody.answers.compiled.kernel.acceptable_cut
    kinds: tuple[GroupKind, ...] = ("school", "team")
    found: dict[GroupKind, VarianceShare] = {}
    for kind in kinds:
        groups = []
        for ranks in _rows(everybody, kept, kind):
            placed = (ranks >= 0) & (cuts >= 0)
            counted = placed.sum(axis=1)
            acceptable = (placed & (ranks <= cuts)).sum(axis=1)
            groups.append(acceptable[counted > 0] / counted[counted > 0])
        share = variance_share([numbers for numbers in groups if len(numbers)])
        if share is not None:
            found[kind] = share
    return found


def common_patterns(everybody: Cohort, kept: frozenset[Panel]) -> Patterns | None:
    """Return the common configurations of everyone; None for too few people.

    Args:
        everybody: The people.
        kept: The panels that are told.
    """
    for ranks in _rows(everybody, kept, "everyone"):
        compiled = everybody.answers.compiled
        cuts = np.stack([compiled.kernel.ideal_cut, compiled.kernel.acceptable_cut], axis=1)
        return patterns(ranks, compiled.icmap.components, cuts)
    return None


def reliabilities(everybody: Cohort, kept: frozenset[Panel]) -> dict[str, Reliability]:
    """Return how far the rows of each standard or cluster go together, for everyone.

    Args:
        everybody: The people.
        kept: The panels that are told.

    Returns:
        By section id; nothing for too few people or rows.
    """
    compiled = everybody.answers.compiled
    found: dict[str, Reliability] = {}
    for ranks in _rows(everybody, kept, "everyone"):
        for section in compiled.sections:
            columns = [
                column
                for column, c in enumerate(compiled.icmap.components)
                if section.id in (c.section, *compiled.framework.above(c.section))
            ]
            if section.kind in {"standard", "cluster"} and (told := reliability(ranks[:, columns])):
                found[section.id] = told
    return found


def _rows(everybody: Cohort, kept: frozenset[Panel], kind: GroupKind) -> Iterator[Ranks]:
    """Yield the ranks of the people of each group in the latest round.

    Of a group of which two panels are told the larger one is taken, all who were present.
    """
    latest = everybody.latest
    chosen: dict[object, Panel] = {}
    for panel in sorted(kept):
        if panel.group.kind == kind and panel.round == latest and panel.kind != "rated":
            known = chosen.get(panel.group)
            chosen[panel.group] = panel if known is None or panel.kind == "present" else known
    members: dict[Panel, list[int]] = {panel: [] for panel in chosen.values()}
    for person in everybody.people.values():
        for panel in panels_of(person, everybody.rounds) & members.keys():
            members[panel].append(person.own[latest])
    yield from (everybody.answers.ranks[rows] for rows in members.values())
