"""A map made ready for the kernel, and assessments as rows of ranks.

Compiling reads the models once; after it only arrays and one look-up by code are left. What the
two index policies think a placement is worth is written here and nowhere else.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal, get_args

import numpy as np
import numpy.typing as npt

from icmaps import _kernel
from icmaps.errors import RULES, Finding, ScoringError
from icmaps.models import (
    Assessment,
    Component,
    Framework,
    ICMap,
    PolicyName,
    Section,
    asked,
    assessment_findings,
    map_findings,
)

DEFAULT_MIN_ANSWERED: Final = 0.8
_CACHED_MAPS: Final = 64
_STATES: Final = {
    "not-applicable": _kernel.NOT_APPLICABLE,
    "dont-know": _kernel.DONT_KNOW,
}

IndexPolicy = Literal["rank-index", "points"]


@dataclass(frozen=True, slots=True, eq=False)
class CompiledMap:
    """A map with its framework, ready to score any number of assessments.

    Attributes:
        icmap: The map.
        framework: The framework it is for.
        sections: The sections that hold a component, in framework order.
        depths: How many sections each of them lies in.
        kernel: The map as arrays; section 0 is the whole, section i + 1 is `sections[i]`.
        columns: The column of each component, by id.
        ranks: For each component the rank, or the code for off-scale, of what can be chosen.
        worths: What a placement is worth, for the policies that make a number.
    """

    icmap: ICMap
    framework: Framework
    sections: tuple[Section, ...]
    depths: tuple[int, ...]
    kernel: _kernel.Compiled
    columns: dict[str, int]
    ranks: tuple[dict[str, int], ...]
    worths: dict[IndexPolicy, _kernel.Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Counts and numbers of many assessments on one map.

    Attributes:
        sections: Ids of the sections; None for the whole, which stands first.
        counts: The counts; see `_kernel.Counts`.
        index: The policy's number, 0 to 100; NaN where there is none; None under `distribution`.

    Shapes:
        sections: (S,); counts: (S, A) each; index: (S, A).
    """

    sections: tuple[str | None, ...]
    counts: _kernel.Counts
    index: _kernel.Floats | None


class _Same:
    """A key that is equal to itself only, so that looking up a map does not hash its texts."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.value is self.value

    def __hash__(self) -> int:
        return id(self.value)


def compile_map(icmap: ICMap, framework: Framework) -> CompiledMap:
    """Return a map made ready to score; the last 64 are kept.

    Args:
        icmap: The map.
        framework: The framework it names.

    Raises:
        ScoringError: If the framework is another one, or lacks a section of the map.
    """
    return _compile(_Same(icmap), _Same(framework))


@lru_cache(maxsize=_CACHED_MAPS)
def _compile(icmap_key: _Same, framework_key: _Same) -> CompiledMap:
    icmap: ICMap = icmap_key.value
    framework: Framework = framework_key.value
    if icmap.framework != framework.reference:
        raise ScoringError(
            f"{icmap.reference} is for {icmap.framework}, not for {framework.reference}; "
            f"its sections would not be found; give the framework {icmap.framework}"
        )
    _raise_first(map_findings(icmap, framework))
    used = {c.section for c in icmap.components}
    used |= {above for section in used for above in framework.above(section)}
    kept = [(section, above) for section, above in framework.walk() if section.id in used]
    place = {section.id: position for position, (section, _) in enumerate(kept, start=1)}
    cuts = np.array([_cuts(component) for component in icmap.components], np.int8)
    return CompiledMap(
        icmap=icmap,
        framework=framework,
        sections=tuple(section for section, _ in kept),
        depths=tuple(len(above) for _, above in kept),
        kernel=_kernel.Compiled(
            levels=np.array([len(c.variations) for c in icmap.components], np.int8),
            ideal_cut=cuts[:, 0],
            acceptable_cut=cuts[:, 1],
            target=cuts[:, 2],
            critical=np.array([c.critical for c in icmap.components]),
            home=np.array([place[c.section] for c in icmap.components]),
            parent=np.array([-1, *(place[above[-1]] if above else 0 for _, above in kept)]),
        ),
        columns={c.id: column for column, c in enumerate(icmap.components)},
        ranks=tuple(map(_choices, icmap.components)),
        worths={"rank-index": _rank_index_worth(icmap), "points": _points_worth(icmap)},
    )


def _cuts(component: Component) -> tuple[int, int, int]:
    """Return the ranks of the ideal line, the acceptable line and the target; -1 for none."""
    lines = component.fidelity
    ideal = component.rank(lines.ideal_until if lines else None)
    acceptable = component.rank(lines.acceptable_until if lines else None)
    target = component.rank(component.target)
    return (
        -1 if ideal is None else ideal,
        -1 if acceptable is None else acceptable,
        -1 if target is None else target,
    )


def _choices(component: Component) -> dict[str, int]:
    ranks = {v.code: v.rank for v in component.variations if not v.gap}
    return ranks | {choice.code: _kernel.OFF_SCALE for choice in component.off_scale}


def _rank_index_worth(icmap: ICMap) -> _kernel.Floats:
    """Return weight x (n-1-rank)/(n-1) out of weight (DESIGN section 5)."""
    earned = np.zeros((len(icmap.components), _kernel.MAX_RANKS))
    for row, component in zip(earned, icmap.components, strict=True):
        steps = len(component.variations) - 1
        row[: steps + 1] = component.weight * np.arange(steps, -1, -1) / steps
    possible = np.array([component.weight for component in icmap.components], np.float64)
    return _kernel.worth_table(earned, possible)


def _points_worth(icmap: ICMap) -> _kernel.Floats:
    """Return points out of the most points of a level that can be chosen (DESIGN section 5)."""
    earned = np.zeros((len(icmap.components), _kernel.MAX_RANKS))
    possible = np.zeros(len(icmap.components))
    for row, component in enumerate(icmap.components):
        last = len(component.variations) - 1
        for variation in component.variations:
            points = variation.points
            earned[row, variation.rank] = last - variation.rank if points is None else points
        possible[row] = max(earned[row, v.rank] for v in component.variations if not v.gap)
    return _kernel.worth_table(earned, possible)


def encode(assessment: Assessment, compiled: CompiledMap) -> npt.NDArray[np.int8]:
    """Return an assessment as a row of ranks.

    Args:
        assessment: Placements on exactly this map version.
        compiled: The map.

    Returns:
        For each component its rank, or the kernel's code for why it has none.

    Shapes:
        result: (C,).

    Raises:
        ScoringError: If the assessment was made on another map, or does not fit this one.
    """
    icmap, framework = compiled.icmap, compiled.framework
    if assessment.map != icmap.reference:
        raise ScoringError(
            f"the assessment was made on {assessment.map}, not on {icmap.reference}; "
            f"its levels may mean something else there; score it with {assessment.map}"
        )
    if any(section not in framework for section in assessment.scope):
        _raise_first(assessment_findings(assessment, icmap, framework))
    row = np.full(len(icmap.components), _kernel.NOT_ASKED, np.int8)
    row[[compiled.columns[c.id] for c in asked(assessment, icmap, framework)]] = _kernel.UNANSWERED
    for placement in assessment.placements:
        column = compiled.columns.get(placement.component)
        if placement.answer is not None:
            rank: int | None = _STATES[placement.answer]
        else:
            choices = compiled.ranks[column] if column is not None else {}
            rank = choices.get(placement.level or "")
        if column is None or rank is None or row[column] == _kernel.NOT_ASKED:
            _raise_first(assessment_findings(assessment, icmap, framework))
        else:
            row[column] = rank
    return row


def score_matrix(
    ranks: npt.NDArray[np.int8],
    compiled: CompiledMap,
    policy: PolicyName | None = None,
    *,
    min_answered: float = DEFAULT_MIN_ANSWERED,
) -> Scores:
    """Score many assessments of one map in one pass.

    A map of 50 components in 48 sections gives some 700 counts for each assessment, a byte each;
    give large tables in parts.

    Args:
        ranks: Rows as `encode` makes them; any memory order.
        compiled: The map.
        policy: The policy; the map's own if None.
        min_answered: Share of the applicable rows below which the `rank-index` is withheld.

    Shapes:
        ranks: (A, C).

    Raises:
        ValueError: If the matrix does not fit the map, the policy is unknown, or `min_answered` is
            not a share.
    """
    if not 0 <= min_answered <= 1:
        raise ValueError(f"min_answered is a share from 0 to 1, not {min_answered}")
    policy = policy or compiled.icmap.policy
    if policy not in get_args(PolicyName):
        known = ", ".join(get_args(PolicyName))
        raise ValueError(f"policy is one of {known}, not {policy!r}")
    counts = _kernel.count(ranks, compiled.kernel)
    index = None
    if policy != "distribution":
        enough = min_answered if policy == "rank-index" else 0.0
        worth = compiled.worths[policy]
        index = _kernel.index(ranks, compiled.kernel, worth, counts, enough)
    sections = (None, *(section.id for section in compiled.sections))
    return Scores(sections=sections, counts=counts, index=index)


def _raise_first(findings: list[Finding]) -> None:
    """Raise the first finding in the words of its rule; a file's reader tells all of them."""
    for finding in findings:
        rule, values = RULES[finding.rule], finding.values
        if rule.severity == "error":
            told = (rule.what, rule.why, rule.mend)
            raise ScoringError("; ".join(sentence.format(**values) for sentence in told))
