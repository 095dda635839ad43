from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from icmaps.models import PolicyName
from icmaps.scoring import Growth, Profile, Summary, compare, encode, score_matrix
from laws.oracle import expected
from laws.strategies import POLICIES, Case, Placements, cases, cases_with, levels

law = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
policies = st.sampled_from(POLICIES)
NO_SHARE = -1.0


def summaries(profile: Profile) -> dict[str | None, Summary]:
    return {None: profile.overall, **{s.id: s.summary for s in profile.sections}}


def told(summary: Summary) -> dict[str, Any]:
    """A summary as a dict; sums of floats may differ in their last bit with the order of rows."""
    index = None if summary.index is None else pytest.approx(summary.index, rel=1e-12)
    told = {**summary.as_json(), "median_rank": summary.median_rank, "index": index}
    return {**told, "critical_below": sorted(summary.critical_below)}


def shares(summary: Summary) -> list[float]:
    values = [summary.share_ideal, summary.share_acceptable, summary.share_at_target, summary.index]
    return [NO_SHARE if value is None else value for value in values]


@law
@given(cases(), policies, st.sampled_from([0, 0.5, 0.8, 1]))
def test_a_profile_says_what_loops_and_dicts_say(
    case: Case, policy: PolicyName, min_answered: float
) -> None:
    profile = case.profile(policy, min_answered=min_answered)
    found = {key: told(summary) for key, summary in summaries(profile).items()}
    wanted = expected(case, policy, min_answered)
    for summary in wanted.values():
        summary["critical_below"].sort()
    assert found == wanted


@law
@given(cases(), policies, st.randoms(use_true_random=False))
def test_the_order_of_components_never_matters(case: Case, policy: PolicyName, random: Any) -> None:
    rows = list(case.map["components"])
    random.shuffle(rows)
    shuffled = Case(case.framework, {**case.map, "components": rows}, case.scope, case.placements)
    one, two = case.profile(policy), shuffled.profile(policy)
    assert {k: told(s) for k, s in summaries(one).items()} == {
        k: told(s) for k, s in summaries(two).items()
    }
    assert sorted(one.components, key=lambda c: c.id) == sorted(two.components, key=lambda c: c.id)


@law
@given(cases(), policies)
def test_turning_a_map_round_changes_no_result(case: Case, policy: PolicyName) -> None:
    assert case.turned().profile(policy).as_json() == case.profile(policy).as_json()


@law
@given(cases(), policies, st.data())
def test_a_better_placement_lowers_no_share_and_no_index(
    case: Case, policy: PolicyName, data: st.DataObject
) -> None:
    rows = case.asked()
    assume(rows)
    row = data.draw(st.sampled_from(rows))
    best_first = [*levels(case.map, row), *row["off_scale"]]
    pairs = st.lists(st.sampled_from(best_first), min_size=2, max_size=2, unique=True)
    better, worse = sorted(data.draw(pairs), key=best_first.index)
    before = case.profile(policy, {**case.placements, row["id"]: {"level": worse}})
    after = case.profile(policy, {**case.placements, row["id"]: {"level": better}})
    for key, summary in summaries(before).items():
        now = summaries(after)[key]
        assert all(a <= b for a, b in zip(shares(summary), shares(now), strict=True))
        assert set(now.critical_below) <= set(summary.critical_below)


@law
@given(cases(), policies, st.data())
def test_not_applicable_rows_are_in_no_denominator(
    case: Case, policy: PolicyName, data: st.DataObject
) -> None:
    rows = case.asked()
    assume(rows)
    component = data.draw(st.sampled_from(rows))["id"]
    others = {key: value for key, value in case.placements.items() if key != component}
    before = case.profile(policy, others)
    after = case.profile(policy, {**others, component: {"answer": "not-applicable"}})
    for key, summary in summaries(before).items():
        now = summaries(after)[key]
        assert shares(now)[:3] == shares(summary)[:3]
        # The index may appear, because fewer rows are needed; it never moves and never goes.
        assert now.index == summary.index or summary.index is None
        assert now.by_rank == summary.by_rank


@law
@given(cases_with(5), policies, st.permutations(range(5)))
def test_many_rows_at_once_say_what_each_says_alone(
    given_: tuple[Case, list[Placements]], policy: PolicyName, order: list[int]
) -> None:
    case, answers = given_
    compiled = case.compiled
    rows = [encode(case.assessment(answers[position]), compiled) for position in order]
    together = score_matrix(np.asfortranarray(rows), compiled, policy)
    for column, row in enumerate(rows):
        alone = score_matrix(row[np.newaxis], compiled, policy)
        for name in alone.counts.__slots__:
            part = getattr(together.counts, name)[..., column]
            np.testing.assert_array_equal(part, getattr(alone.counts, name)[..., 0])
        if together.index is not None and alone.index is not None:
            np.testing.assert_array_equal(together.index[:, column], alone.index[:, 0])


@law
@given(cases())
def test_counts_add_up(case: Case) -> None:
    profile = case.profile()
    for s in summaries(profile).values():
        assert s.asked == s.answered + s.not_applicable + s.dont_know + s.unanswered
    off_scale = sum(result.answer == "off-scale" for result in profile.components)
    assert sum(profile.overall.by_rank) + off_scale == profile.overall.answered


def growth(case: Case, first: Placements, second: Placements) -> Growth:
    return compare(case.profile(placements=first, day=1), case.profile(placements=second, day=2))


@law
@given(cases_with(2))
def test_growth_seen_from_the_other_end_turns_every_move_round(
    given_: tuple[Case, list[Placements]],
) -> None:
    case, (one, two) = given_
    there, back = growth(case, one, two), growth(case, two, one)
    other = {
        "up": "down",
        "down": "up",
        "newly-answered": "no-longer-answered",
        "no-longer-answered": "newly-answered",
    }
    for move, mirrored in zip(there.moves, back.moves, strict=True):
        assert mirrored.kind == other.get(move.kind, move.kind)
        assert (mirrored.earlier_level, mirrored.later_level) == (
            move.later_level,
            move.earlier_level,
        )
        assert mirrored.steps == (None if move.steps is None else -move.steps)
    assert there.critical_now_acceptable == back.critical_no_longer_acceptable
    assert there.critical_no_longer_acceptable == back.critical_now_acceptable


@law
@given(cases_with(2))
def test_every_move_is_counted_once(given_: tuple[Case, list[Placements]]) -> None:
    case, (one, two) = given_
    found = growth(case, one, two)
    kinds = found.overall.__slots__
    assert sum(getattr(found.overall, kind) for kind in kinds) == len(found.moves)
    assert len(found.moves) == len(case.asked())
    for section in found.sections:
        inside = sum(getattr(section.tally, kind) for kind in kinds)
        assert inside == found.later.section(section.id).summary.asked
