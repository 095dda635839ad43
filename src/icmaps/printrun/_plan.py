"""What a run will print: one job a person and map, with safe names that sort."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final, Literal, NamedTuple

from icmaps.content import Catalog
from icmaps.errors import ScoringError, UnknownNameError, near
from icmaps.models import Assessment, Respondent, Round
from icmaps.printrun._job import Job, Settings, digest

By = Literal["school", "team"]


class _Round(NamedTuple):
    """What a plan keeps of an assessment: ten thousand whole ones would not be small."""

    respondent: Respondent
    map: str
    round: Round
    told: str


_People = dict[tuple[str, str], list[_Round]]  # by respondent and map
_LONGEST: Final = 60  # characters of each part of a name
_UNSORTED: Final = "no-group"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run will print.

    Attributes:
        jobs: The reports, in the order of their files.
        others: Those of the same assessments that were not asked for. They print nothing, but have
            their place: a report is called the same whoever else is asked for.
        maps: How many reports each map has.
        groups: How many reports each school or team has, if they are sorted so.
        left_out: How many assessments are by other raters or older than asked, and print nothing.
    """

    jobs: tuple[Job, ...]
    others: tuple[Job, ...]
    maps: dict[str, int]
    groups: dict[str, int]
    left_out: int


def plan(
    assessments: Iterable[Assessment],
    settings: Settings,
    *,
    catalog: Catalog,
    by: By | None = None,
    only: Sequence[str] = (),
    since: str | None = None,
) -> Plan:
    """Plan a run.

    Args:
        assessments: Of any number of people, maps and rounds; earlier rounds of one person on the
            same map version become growth.
        settings: What is the same for every report.
        catalog: Where the maps are found.
        by: Sort the reports into folders of schools or teams.
        only: Respondent ids, schools or teams to print, capitals do not matter; everybody if empty.
        since: Print only those who have an assessment in this round or a later one.

    Raises:
        UnknownNameError: If a map is not in the catalog, or there is nobody and no group of a
            name in `only`, or no such round.
        ScoringError: If there is no report to print.
    """
    people, other = _own(assessments)
    for rounds in people.values():
        rounds.sort(key=lambda assessment: assessment.round.date)
    asked_for = _wanted(people, only, since)
    if not asked_for:
        raise ScoringError(
            "there is nobody to print a report for; a report is of somebody's own placements, or "
            "those a team agreed on; give some, or ask for fewer restrictions"
        )
    everybody = sorted(_jobs(people.values(), settings, catalog, by), key=lambda job: job.file)
    jobs = tuple(job for job in everybody if (job.respondent, job.map) in asked_for)
    others = tuple(job for job in everybody if (job.respondent, job.map) not in asked_for)
    return Plan(
        jobs=jobs,
        others=others,
        maps=dict(Counter(job.map for job in jobs)),
        groups=dict(sorted(Counter(job.group for job in jobs).items())) if by else {},
        left_out=other + sum(len(job.rounds) for job in others),
    )


def _wanted(people: _People, only: Sequence[str], since: str | None) -> set[tuple[str, str]]:
    """Return who is asked for, on which map."""
    every = [assessment for rounds in people.values() for assessment in rounds]
    asked_for = _asked_for(every, only)
    first_day = _first_day(every, since)
    return {
        key
        for key, rounds in people.items()
        if (not only or _names(rounds[-1]) & asked_for)
        and (first_day is None or rounds[-1].round.date >= first_day)
    }


def _asked_for(every: Sequence[_Round], only: Sequence[str]) -> set[str]:
    """Return the names asked for; what is not there is told, not printed as nothing."""
    names = set().union(*map(_names, every))
    for name in only:
        if name.casefold() not in names:
            raise UnknownNameError(
                f"there is nobody and no group {name!r}; nothing would be printed for it; "
                f"{near(name, names)}write a respondent's id, a school or a team"
            )
    return {name.casefold() for name in only}


def _first_day(every: Sequence[_Round], since: str | None) -> date | None:
    """Return the first day of a round; None if every round is asked for."""
    if since is None:
        return None
    days = [a.round.date for a in every if a.round.id == since]
    if not days:
        rounds = {a.round.id for a in every}
        raise UnknownNameError(
            f"there is no round {since!r}; nothing would be printed; {near(since, rounds)}"
            f"rounds that are there: {', '.join(sorted(rounds)) or 'none'}"
        )
    return min(days)


def _names(assessment: _Round) -> set[str]:
    """Return what a person can be asked for by, in small letters."""
    groups = assessment.respondent.groups
    names = (
        assessment.respondent.id,
        groups.school,
        groups.team,
        f"{groups.school} / {groups.team}",
    )
    return {name.casefold() for name in names if name}


def _own(assessments: Iterable[Assessment]) -> tuple[_People, int]:
    """Return own placements by person and map, or those a team agreed on; and how many others."""
    found: dict[str, _People] = {"self": {}, "team": {}}
    every = 0
    for assessment in assessments:
        every += 1
        if assessment.rater.kind in found:
            kept = _Round(
                assessment.respondent,
                assessment.map,
                assessment.round,
                json.dumps(assessment.as_file(), ensure_ascii=False),
            )
            people = found[assessment.rater.kind]
            people.setdefault((kept.respondent.id, kept.map), []).append(kept)
    own = found["team"] | found["self"]
    return own, every - sum(map(len, own.values()))


def _group(assessment: _Round, by: By | None) -> str:
    if by is None:
        return ""
    groups = assessment.respondent.groups
    names = [groups.school] if by == "school" else [groups.school, groups.team]
    return " / ".join(name for name in names if name)


def _jobs(
    people: Collection[list[_Round]],
    settings: Settings,
    catalog: Catalog,
    by: By | None,
) -> Iterable[Job]:
    @cache
    def map_text(reference: str) -> str:
        icmap = catalog.map(reference)
        framework = catalog.framework(icmap.framework)
        told: list[Any] = [m.model_dump(mode="json", by_alias=True) for m in (icmap, framework)]
        return json.dumps(told, sort_keys=True)

    several = len({rounds[-1].map for rounds in people}) > 1
    taken: Counter[str] = Counter()
    for rounds in sorted(people, key=lambda rounds: _order(rounds[-1])):
        latest = rounds[-1]
        group = _group(latest, by)
        name = _name(latest, several=several)
        folder = f"{safe(group) or _UNSORTED}/" if by else ""
        taken[folder + name] += 1
        again = f"-{taken[folder + name]}" if taken[folder + name] > 1 else ""
        told = tuple(assessment.told for assessment in rounds)
        yield Job(
            key=f"{latest.respondent.id}\0{latest.map}",
            respondent=latest.respondent.id,
            label=latest.respondent.label,
            map=latest.map,
            role=catalog.map(latest.map).title,
            group=group,
            file=f"{folder}{name}{again}.pdf",
            rounds=told,
            digest=digest(told, map_text(latest.map), settings),
        )


def _order(assessment: _Round) -> tuple[str, str, str]:
    return assessment.respondent.label.casefold(), assessment.respondent.id, assessment.map


def _name(assessment: _Round, *, several: bool) -> str:
    """Return a file name that is safe everywhere, says who it is and sorts by name."""
    person = assessment.respondent
    parts = [safe(person.name or ""), safe(person.id)]
    if several:
        parts.append(safe(assessment.map.partition("@")[0]))
    return "_".join(part for part in parts if part) or "report"


def safe(text: str) -> str:
    """Return a text as part of a file name: small letters, digits and hyphens, no path in it."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST].strip("-")
