"""One assessment to a profile.

The counts come from the kernel, as for a whole state; here they are given names, and each component
is told by itself. Shares are computed here, once, and rounded nowhere.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from icmaps import _kernel
from icmaps.content import Catalog, default_catalog
from icmaps.models import Assessment, Placement, PolicyName, Section
from icmaps.scoring._compiled import (
    DEFAULT_MIN_ANSWERED,
    CompiledMap,
    Scores,
    compile_map,
    encode,
    score_matrix,
)
from icmaps.scoring._profile import (
    AnswerKind,
    ComponentResult,
    Profile,
    SectionSummary,
    Summary,
    Zone,
)

_STATES: Final[dict[int, AnswerKind]] = {
    _kernel.OFF_SCALE: "off-scale",
    _kernel.NOT_APPLICABLE: "not-applicable",
    _kernel.DONT_KNOW: "dont-know",
    _kernel.UNANSWERED: "unanswered",
}


def score(
    assessment: Assessment,
    *,
    catalog: Catalog | None = None,
    policy: PolicyName | None = None,
    min_answered: float = DEFAULT_MIN_ANSWERED,
) -> Profile:
    """Score one assessment.

    Args:
        assessment: The placements.
        catalog: Where its map is found; the bundled maps if None.
        policy: The policy; the map's own if None.
        min_answered: Share of the applicable rows below which the `rank-index` is withheld.

    Raises:
        UnknownNameError: If its map is not in the catalog.
        ScoringError: If it does not fit its map.
        ValueError: If the policy is unknown, or `min_answered` is not from 0 to 1.

    Source:
        DESIGN section 5.
    """
    catalog = default_catalog() if catalog is None else catalog
    icmap = catalog.map(assessment.map)
    compiled = compile_map(icmap, catalog.framework(icmap.framework))
    return profile(assessment, compiled, policy=policy, min_answered=min_answered)


def profile(
    assessment: Assessment,
    compiled: CompiledMap,
    *,
    policy: PolicyName | None = None,
    min_answered: float = DEFAULT_MIN_ANSWERED,
) -> Profile:
    """Score one assessment on a map that is at hand; see `score`.

    Raises:
        ScoringError: If the assessment was made on another map, or does not fit this one.
        ValueError: If the policy is unknown, or `min_answered` is not from 0 to 1.
    """
    row = encode(assessment, compiled)
    policy = policy or compiled.icmap.policy
    scores = score_matrix(row[np.newaxis], compiled, policy, min_answered=min_answered)
    results = tuple(_results(assessment, compiled, row.tolist()))
    overall, *summaries = _summaries(compiled, scores, results)
    headings = zip(compiled.sections, compiled.depths, summaries, strict=True)
    return Profile(
        assessment=assessment,
        icmap=compiled.icmap,
        framework=compiled.framework,
        policy=policy,
        min_answered=min_answered,
        overall=overall,
        sections=tuple(
            _heading(section, depth, summary)
            for section, depth, summary in headings
            if summary.asked
        ),
        components=results,
    )


def _heading(section: Section, depth: int, summary: Summary) -> SectionSummary:
    return SectionSummary(
        id=section.id,
        kind=section.kind,
        code=section.code,
        title=section.title,
        depth=depth,
        summary=summary,
    )


def _results(
    assessment: Assessment, compiled: CompiledMap, row: list[int]
) -> Iterator[ComponentResult]:
    """Yield what is said of each component asked, in map order."""
    arrays = compiled.kernel
    cuts = zip(
        arrays.ideal_cut.tolist(),
        arrays.acceptable_cut.tolist(),
        arrays.target.tolist(),
        strict=True,
    )
    for component, rank, (ideal, acceptable, target) in zip(
        compiled.icmap.components, row, cuts, strict=True
    ):
        if rank == _kernel.NOT_ASKED:
            continue
        placement = assessment.placement(component.id) or Placement.model_construct(
            component=component.id
        )
        placed = rank >= 0
        yield ComponentResult(
            component=component,
            section=component.section,
            answer="level" if placed else _STATES[rank],
            level=placement.level,
            rank=rank if placed else None,
            ranks=len(component.variations),
            zone=_zone(rank, ideal, acceptable),
            to_target=max(0, rank - target) if placed and target >= 0 else None,
            to_ideal=rank if placed else None,
            next_better=component.next_better(placement.level or "") if placed else None,
            evidence=placement.evidence,
            on=placement.on,
        )


def _zone(rank: int, ideal_cut: int, acceptable_cut: int) -> Zone | None:
    """Return the zone of an answer as far as the lines tell; a cut of -1 is a line not drawn."""
    if rank == _kernel.OFF_SCALE:
        return "unacceptable" if acceptable_cut >= 0 else None
    if rank < 0:
        return None
    if rank <= ideal_cut:
        return "ideal"
    if acceptable_cut < 0:
        return None
    return "acceptable" if rank <= acceptable_cut else "unacceptable"


def _summaries(
    compiled: CompiledMap, scores: Scores, results: tuple[ComponentResult, ...]
) -> Iterator[Summary]:
    """Yield the summary of the whole, then of every section of the map, asked or not."""
    home, parent = compiled.kernel.home.tolist(), compiled.kernel.parent.tolist()
    lengths: list[set[int]] = [set() for _ in parent]
    critical: list[list[str]] = [[] for _ in parent]
    for result in results:
        below = result.component.critical and result.answered and result.zone == "unacceptable"
        section = home[compiled.columns[result.id]]
        while section >= 0:
            lengths[section].add(result.ranks)
            if below:
                critical[section].append(result.id)
            section = parent[section]
    counts = {
        name: getattr(scores.counts, name)[..., 0].tolist() for name in scores.counts.__slots__
    }
    indices = None if scores.index is None else scores.index[:, 0].tolist()
    for section, ranks in enumerate(lengths):
        count = {name: values[section] for name, values in counts.items()}
        by_rank = tuple(count["by_rank"][: max(ranks, default=0)])
        index = None if indices is None else indices[section]
        yield Summary(
            asked=count["asked"],
            answered=count["answered"],
            not_applicable=count["not_applicable"],
            dont_know=count["dont_know"],
            unanswered=count["unanswered"],
            share_ideal=_share(count["ideal"], count["with_ideal_line"]),
            share_acceptable=_share(count["acceptable"], count["with_acceptable_line"]),
            share_at_target=_share(count["at_target"], count["with_target"]),
            by_rank=by_rank,
            median_rank=_medians(by_rank) if len(ranks) == 1 else None,
            index=None if index is None or np.isnan(index) else index,
            critical_below=tuple(critical[section]),
        )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _medians(by_rank: tuple[int, ...]) -> tuple[int, int] | None:
    """Return the lower and upper median of the ranks counted, or None if there are none."""
    placed = sum(by_rank)
    if not placed:
        return None
    ranks = [rank for rank, count in enumerate(by_rank) for _ in range(count)]
    return ranks[(placed - 1) // 2], ranks[placed // 2]
