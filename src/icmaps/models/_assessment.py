"""One rater's placements on one map version in one round."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_serializer,
    model_validator,
)

from icmaps.errors import Finding, describe, listed, near, quoted
from icmaps.models._base import (
    Code,
    Fault,
    ForeignId,
    Id,
    IsoDate,
    MapReference,
    Model,
    Path,
    PersonId,
    ShortText,
    Text,
    as_fields,
    details,
    details_of,
    fault,
    none_is_empty,
    raise_all,
    validate_each,
)
from icmaps.models._component import Component
from icmaps.models._framework import Framework
from icmaps.models._icmap import ICMap

Answer = Literal["not-applicable", "dont-know"]
RaterKind = Literal["self", "peer", "coach", "observer", "team", "then"]
MAX_GOALS: Final = 3
# What people write in place of a level when they mean one of the two answers.
_ANSWERS: Final = {
    "dont-know": "dont-know",
    "don't know": "dont-know",
    "dk": "dont-know",
    "not-applicable": "not-applicable",
    "not applicable": "not-applicable",
    "na": "not-applicable",
    "n/a": "not-applicable",
}


def _none_known(raw: Any) -> Any:
    return Groups() if raw is None else raw


class Groups(Model):
    """The groups a respondent belongs to, smallest first."""

    team: ShortText | None = None
    school: ShortText | None = None
    district: ShortText | None = None


class Respondent(Model):
    """Whose practice is placed.

    Attributes:
        id: What joins the rounds of one person, as the organisation writes it.
        name: What is printed; the id if there is none.
        groups: Team, school and district.
    """

    id: PersonId
    name: ShortText | None = None
    groups: Annotated[Groups, BeforeValidator(_none_known)] = Groups()

    @property
    def label(self) -> str:
        """The name, or the id where there is no name."""
        return self.name or self.id


class Rater(Model):
    """Who placed the practice.

    `team` is an agreed placement. `then` is the respondent's own look back at the round, placed at
    the end of a later one: as people learn they may judge more strictly, and it tells a change of
    understanding from one of practice. It is compared with nothing but itself, never in place of
    what was placed at the time.
    """

    kind: RaterKind = "self"
    id: PersonId | None = None
    name: ShortText | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_short_form(cls, raw: Any) -> Any:
        return {"kind": raw} if isinstance(raw, str) else raw


class Round(Model):
    """One occasion; rounds are ordered by date."""

    id: Id
    date: IsoDate


class Placement(Model):
    """The answer to one component.

    Attributes:
        component: The component's id.
        level: The code of a level or of an off-scale choice; None if there is an answer instead.
        answer: `not-applicable` or `dont-know`; None if there is a level.
        evidence: What shows it.
        on: When it was placed, if that differs from the round.
    """

    component: ForeignId
    level: Code | None = None
    answer: Answer | None = None
    evidence: Text | None = None
    on: IsoDate | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if self.level is not None and self.answer is not None:
            raise fault("level-and-answer", component=self.component)
        if self.level is None and self.answer is None:
            raise fault("no-answer", component=self.component)
        return self


class Goal(Model):
    """A level to reach in one component.

    Attributes:
        component: The component's id.
        to: The level to reach.
        by: The date to reach it.
        action: What the educator will do.
        support: Who or what helps.
    """

    component: ForeignId
    to: Code
    by: IsoDate | None = None
    action: Text | None = None
    support: Text | None = None


class Assessment(Model):
    """One rater's placements on one map version in one round.

    Attributes:
        map: The exact version it was made on.
        respondent: Whose practice it is.
        rater: Who placed it.
        round: The occasion.
        scope: The sections taken on; empty for the whole map. A part is normal, not missing data.
        placements: The answers, in the order they were given; no placement means unanswered.
        goals: One to three, or none yet.

    Example:
        ```yaml
        schema: icmaps/assessment/1
        map: spl-2022/teacher@1.0.0
        respondent: {id: E-1042}
        rater: self
        round: {id: 2026-fall, date: 2026-11-20}
        placements: {inquiry-cycle: "3"}
        ```
    """

    schema_: Annotated[Literal["icmaps/assessment/1"], Field(alias="schema")]
    map: MapReference
    respondent: Respondent
    rater: Rater = Rater()
    round: Round
    scope: Annotated[tuple[ForeignId, ...], none_is_empty()] = ()
    placements: tuple[Placement, ...] = ()
    goals: Annotated[tuple[Goal, ...], none_is_empty()] = ()

    @cached_property
    def _by_component(self) -> dict[str, Placement]:
        return {placement.component: placement for placement in self.placements}

    def placement(self, component_id: str) -> Placement | None:
        """Return the answer to a component, or None if it is unanswered."""
        return self._by_component.get(component_id)

    @field_validator("placements", mode="before")
    @classmethod
    def _read_placements(cls, raw: Any) -> Any:
        if raw is None:
            return ()
        if isinstance(raw, tuple) and all(isinstance(item, Placement) for item in raw):
            raise_all(details(list(_repeated(raw, "placement of"))))
            return raw
        if isinstance(raw, dict):
            return validate_each(Placement, raw, key="component", plain="level", long_form=True)
        raise fault(
            "wrong-value",
            found=describe(raw),
            reason="a block of `component: level` lines is needed",
            hint='write it like `inquiry-cycle: "3"`',
        )

    @field_validator("goals", mode="wrap")
    @classmethod
    def _check_goals(cls, raw: Any, check: ValidatorFunctionWrapHandler) -> Any:
        """Count the goals and look for two that are one, even if one of them is faulty."""
        rows = raw if isinstance(raw, list | tuple) else ()
        faults = list(_repeated(rows, "goal for"))
        if len(rows) > MAX_GOALS:
            faults.append(((), fault("goal-count", count=len(rows))))
        try:
            goals = check(raw)
        except ValidationError as error:
            raise_all([*details_of(error), *details(faults)])
        raise_all(details(faults))
        return goals

    @model_serializer(mode="wrap")
    def _as_in_file(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        data: dict[str, Any] = write(self)
        if "placements" in data:  # not if defaults are left out
            data["placements"] = {row.pop("component"): row for row in data["placements"]}
        return data

    def as_file(self) -> dict[str, Any]:
        """Return the assessment in the shape of its file, absent values left out.

        Writing it as JSON or YAML and reading it back gives an equal assessment.
        """
        return self.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)


def _repeated(rows: Iterable[object], kind: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for position, row in enumerate(rows):
        component = as_fields(row).get("component")
        if isinstance(component, str):
            if component in seen:
                again = fault("duplicate-id", kind=kind, id=quoted(component))
                yield (position, "component"), again
            seen.add(component)


def asked(assessment: Assessment, icmap: ICMap, framework: Framework) -> tuple[Component, ...]:
    """Return the components an assessment asks about, in map order.

    Args:
        assessment: Its scope decides.
        icmap: The map it was made on.
        framework: The framework of the map.

    Returns:
        The whole map without a scope, else the components in or below the scope's sections.
    """
    if not assessment.scope:
        return icmap.components
    scope = set(assessment.scope)
    return tuple(
        component
        for component in icmap.components
        if scope & {component.section, *framework.above(component.section)}
    )


def assessment_findings(
    assessment: Assessment, icmap: ICMap, framework: Framework
) -> list[Finding]:
    """Return what is wrong between an assessment and the map version it names.

    Args:
        assessment: An assessment, valid in itself.
        icmap: The map it names.
        framework: The framework of the map.

    Returns:
        Findings about scope, placements and goals, with paths into the assessment's file; empty
        names are those of faulty parts, which have problems of their own.
    """
    findings = list(_scope_findings(assessment, icmap, framework))
    # With a misspelt scope nobody can tell what was asked.
    scope_known = not findings
    inside = {component.id for component in asked(assessment, icmap, framework)}
    for placement in assessment.placements:
        path = ("placements", placement.component)
        if placement.component not in icmap:
            unknown = _unknown_component(placement.component, icmap, path, at_key=True)
            findings.append(unknown)
            continue
        component = icmap.component(placement.component)
        if placement.level is not None:
            wrong_level = _level_finding(component, placement.level, (*path, "level"))
            findings += [wrong_level] if wrong_level else []
        if scope_known and component.id not in inside:
            values = {"component": component.id, "section": component.section}
            findings.append(Finding("out-of-scope", path, values, at_key=True))
    for position, goal in enumerate(assessment.goals):
        findings += _goal_findings(assessment, goal, icmap, ("goals", position))
        if scope_known and goal.component in icmap and goal.component not in inside:
            section = icmap.component(goal.component).section
            values = {"component": goal.component, "section": section}
            findings.append(Finding("out-of-scope", ("goals", position, "component"), values))
    return findings


def _unknown_component(
    component: str, icmap: ICMap, path: Path, *, at_key: bool = False
) -> Finding:
    suggestion = near(component, (known.id for known in icmap.components))
    values = {"component": quoted(component), "map": icmap.reference, "near": suggestion}
    return Finding("unknown-component", path, values, at_key=at_key)


def _scope_findings(
    assessment: Assessment, icmap: ICMap, framework: Framework
) -> Iterator[Finding]:
    known = [section.id for section, _ in framework.walk()]
    held = {component.section for component in icmap.components if component.section in framework}
    held |= {above for section in held for above in framework.above(section)}
    for position, section in enumerate(assessment.scope):
        if section and section not in framework:
            values = {
                "section": quoted(section),
                "framework": framework.reference,
                "map": icmap.reference,
                "near": near(section, known),
            }
            yield Finding("unknown-scope", ("scope", position), values)
        elif section and section not in held:
            values = {"section": quoted(section), "map": icmap.reference}
            yield Finding("empty-scope", ("scope", position), values)


def _level_finding(component: Component, code: str, path: Path) -> Finding | None:
    """Return what is wrong with a level that was chosen, or None if it can be."""
    choices = [*component.levels, *(choice.code for choice in component.off_scale)]
    if code in choices:
        return None
    if component.rank(code) is not None:
        values = {"component": component.id, "code": code, "known": listed(choices)}
        return Finding("gap", path, values)
    hint = f"choose one of {listed(choices)}"
    # Word processors turn quotes round, and people say a level by its name.
    bare = code.strip("\u201c\u201d\u2018\u2019\"' ").casefold()
    named = [v.code for v in component.variations if bare in (v.code, (v.label or "").casefold())]
    if named:
        hint = f'write "{named[0]}", in straight quotes'
    elif answer := _ANSWERS.get(code.casefold()):
        hint = f"write `{component.id}: {{answer: {answer}}}`, or {hint}"
    values = {"component": component.id, "code": quoted(code), "hint": hint}
    return Finding("unknown-level", path, values)


def _goal_findings(
    assessment: Assessment, goal: Goal, icmap: ICMap, path: Path
) -> Iterator[Finding]:
    if not (goal.component and goal.to):
        return  # a faulty goal, which has a problem of its own
    if goal.component not in icmap:
        yield _unknown_component(goal.component, icmap, (*path, "component"))
        return
    component = icmap.component(goal.component)
    path = (*path, "to")
    if goal.to in {choice.code for choice in component.off_scale}:
        values = {"component": component.id, "to": goal.to, "known": listed(component.levels)}
        yield Finding("goal-off-scale", path, values)
    elif unknown := _level_finding(component, goal.to, path):
        yield unknown
    elif placement := assessment.placement(goal.component):
        now, to = component.rank(placement.level), component.rank(goal.to)
        if now is None or to is None or to < now:
            return
        better = [code for code in component.levels if (component.rank(code) or 0) < now]
        hint = f"choose one of {listed(better)}" if better else "set the goal for another component"
        level = str(placement.level)
        values = {"component": component.id, "to": goal.to, "level": level, "hint": hint}
        yield Finding("goal-not-better", path, values)
