"""The invented people and teams of examples/: two for each map, two rounds each."""

from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from icmaps.content import Catalog
from icmaps.models import Assessment
from icmaps.scoring import Growth, Profile, compare, score

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
CATALOG = Catalog()
MAPS = [icmap.reference for icmap in CATALOG.maps() if icmap.status == "published"]


@cache
def rounds() -> dict[str, dict[str, list[Assessment]]]:
    """Return the rounds of everybody in order of date, by map and respondent."""
    found: dict[str, dict[str, list[Assessment]]] = defaultdict(lambda: defaultdict(list))
    for file in [*EXAMPLES.rglob("*.yaml"), *EXAMPLES.rglob("*.json")]:
        assessment = CATALOG.read_assessment(file)
        found[assessment.map][assessment.respondent.id].append(assessment)
    for people in found.values():
        for placed in people.values():
            placed.sort(key=lambda assessment: assessment.round.date)
    return found


def growths(reference: str) -> list[Growth]:
    """Return what moved for everybody who was there twice."""
    return [
        compare(*(score(assessment, catalog=CATALOG) for assessment in placed))
        for placed in rounds()[reference].values()
        if len(placed) > 1
    ]


def mean_distance(profile: Profile) -> float:
    ranks = [result.rank for result in profile.components if result.rank is not None]
    return sum(ranks) / len(ranks)


@pytest.mark.parametrize("reference", MAPS)
def test_every_map_has_two_people_or_teams_with_two_rounds(reference: str) -> None:
    assert len(growths(reference)) >= 2


@pytest.mark.parametrize("reference", MAPS)
def test_their_growth_is_neither_none_nor_all(reference: str) -> None:
    for growth in growths(reference):
        tally = growth.overall
        assert tally.up
        assert tally.same
        assert tally.up < tally.up + tally.same + tally.down


@pytest.mark.parametrize("reference", MAPS)
def test_they_differ_in_where_they_stand_and_in_what_moved(reference: str) -> None:
    first, second, *_ = growths(reference)
    assert mean_distance(first.later) != mean_distance(second.later)
    assert first.overall != second.overall


@pytest.mark.parametrize("reference", MAPS)
def test_they_say_how_they_know_and_what_they_go_for(reference: str) -> None:
    for growth in growths(reference):
        assessment = growth.later.assessment
        assert sum(p.evidence is not None for p in assessment.placements) >= 3
        assert assessment.goals


def test_nobody_has_the_id_of_somebody_else() -> None:
    names: dict[str, set[str | None]] = defaultdict(set)
    for people in rounds().values():
        for respondent, placed in people.items():
            names[respondent] |= {assessment.respondent.name for assessment in placed}
    assert {respondent: found for respondent, found in names.items() if len(found) > 1} == {}
