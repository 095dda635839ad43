"""The values a profile is made of, and their shape in `icmaps score --json`."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from icmaps.models import Assessment, Component, Framework, ICMap, PolicyName, Variation

AnswerKind = Literal["level", "off-scale", "not-applicable", "dont-know", "unanswered"]
Zone = Literal["ideal", "acceptable", "unacceptable"]


@dataclass(frozen=True, slots=True)
class Summary:
    """What is said of the components of a section, or of the whole map, taken together.

    Attributes:
        asked: Components asked; the next four add up to it.
        answered: Components with a level or an off-scale choice.
        not_applicable: Components that do not apply; they are in no denominator.
        dont_know: Components answered with "don't know".
        unanswered: Components left open.
        share_ideal: Share of the answered rows with an ideal line that reach it, 0 to 1; None
            where no answered row has one.
        share_acceptable: The same for the acceptable line.
        share_at_target: The same for the target.
        by_rank: Components at each rank, 0 first, as many as the longest row asked has levels; an
            off-scale choice is at no rank.
        median_rank: Lower and upper median; None where rows differ in their number of levels or
            nothing has a rank.
        index: The policy's number, 0 to 100; None under `distribution` and where it is withheld.
        critical_below: Ids of the critical components below acceptable, in map order.
    """

    asked: int
    answered: int
    not_applicable: int
    dont_know: int
    unanswered: int
    share_ideal: float | None
    share_acceptable: float | None
    share_at_target: float | None
    by_rank: tuple[int, ...]
    median_rank: tuple[int, int] | None
    index: float | None
    critical_below: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the summary as `icmaps score --json` prints it (DESIGN section 7)."""
        return {
            "asked": self.asked,
            "answered": self.answered,
            "not_applicable": self.not_applicable,
            "dont_know": self.dont_know,
            "unanswered": self.unanswered,
            "share_ideal": self.share_ideal,
            "share_acceptable": self.share_acceptable,
            "share_at_target": self.share_at_target,
            "by_rank": list(self.by_rank),
            "index": self.index,
            "critical_below": list(self.critical_below),
        }


@dataclass(frozen=True, slots=True)
class SectionSummary:
    """The summary of one section, with what is needed to print its heading.

    Attributes:
        id: The section's id.
        kind: What the framework calls such a section.
        code: What is printed before the title; None if the framework does not number it.
        title: The section's title.
        depth: How many sections it lies in.
        summary: Of the components in and below it.
    """

    id: str
    kind: str
    code: str | None
    title: str
    depth: int
    summary: Summary


@dataclass(frozen=True, slots=True)
class ComponentResult:
    """What is said of one component.

    Attributes:
        component: The row of the map.
        section: Id of the section it stands in.
        answer: What kind of answer was given.
        level: The code chosen; None unless the answer is a level or an off-scale choice.
        rank: Steps from ideal; None unless the answer is a level.
        ranks: Number of levels of the row, gaps included.
        zone: Where the answer lies between the lines the row has; None if they do not tell.
        to_target: Steps still to go to the target; None without a target or a rank.
        to_ideal: Steps still to go to the ideal; None without a rank.
        next_better: The nearest better variation that can be chosen; None at the best one.
        evidence: What was given to show it.
        on: When it was placed, if that differs from the round.
    """

    component: Component
    section: str
    answer: AnswerKind
    level: str | None
    rank: int | None
    ranks: int
    zone: Zone | None
    to_target: int | None
    to_ideal: int | None
    next_better: Variation | None
    evidence: str | None
    on: date | None

    @property
    def id(self) -> str:
        """The component's id."""
        return self.component.id

    @property
    def answered(self) -> bool:
        """Whether there is a level or an off-scale choice."""
        return self.answer in ("level", "off-scale")

    def as_json(self) -> dict[str, Any]:
        """Return the component as `icmaps score --json` prints it (DESIGN section 7)."""
        return {
            "id": self.id,
            "section": self.section,
            "level": self.level,
            "answer": self.answer,
            "rank": self.rank,
            "ranks": self.ranks,
            "zone": self.zone,
            "critical": self.component.critical,
            "to_target": self.to_target,
            "to_ideal": self.to_ideal,
        }


@dataclass(frozen=True, slots=True)
class Profile:
    """What the scoring engine makes of one assessment.

    Attributes:
        assessment: The placements.
        icmap: The map version they were made on.
        framework: The framework of the map.
        policy: The policy the numbers were made with.
        min_answered: Share of the applicable rows below which the `rank-index` is withheld.
        overall: Everything asked.
        sections: The sections that hold a component asked, in framework order.
        components: The components asked, in map order.
    """

    assessment: Assessment
    icmap: ICMap
    framework: Framework
    policy: PolicyName
    min_answered: float
    overall: Summary
    sections: tuple[SectionSummary, ...]
    components: tuple[ComponentResult, ...]

    def component(self, component_id: str) -> ComponentResult:
        """Return what is said of a component.

        Raises:
            KeyError: If it was not asked.
        """
        for result in self.components:
            if result.id == component_id:
                return result
        raise KeyError(component_id)

    def section(self, section_id: str) -> SectionSummary:
        """Return what is said of a section.

        Raises:
            KeyError: If none of its components was asked.
        """
        for section in self.sections:
            if section.id == section_id:
                return section
        raise KeyError(section_id)

    @property
    def policy_note(self) -> str:
        """The sentence to print with every number the policy makes."""
        match self.policy:
            case "distribution":
                return "Counts and shares only: levels are in order, but not equal steps apart."
            case "rank-index":
                return (
                    "Index from 0 to 100: how far each answered component has come from its last "
                    "level to its ideal, averaged. This assumes equal steps between levels. It is "
                    "withheld where fewer than "
                    f"{100 * self.min_answered:g} % of the components that apply are answered. A "
                    "choice outside the scale earns nothing."
                )
            case "points":
                return (
                    "Points: the sum of points over the maximum possible, in percent, for the "
                    "components that are answered. A choice outside the scale earns nothing."
                )

    def as_json(self) -> dict[str, Any]:
        """Return one entry of `icmaps score --json` (DESIGN section 7); nothing is rounded."""
        return {
            "map": self.icmap.id,
            "version": self.icmap.version,
            "respondent": self.assessment.respondent.id,
            "round": self.assessment.round.id,
            "rater": self.assessment.rater.kind,
            "policy": self.policy,
            "overall": self.overall.as_json(),
            "sections": [
                {"id": section.id, "kind": section.kind, **section.summary.as_json()}
                for section in self.sections
            ],
            "components": [result.as_json() for result in self.components],
        }
