import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from icmaps.content import Catalog
from icmaps.errors import ScoringError, UnknownNameError
from icmaps.models import Assessment, Framework, ICMap, PolicyName
from icmaps.scoring import Profile, compile_map, encode, profile, score, score_matrix

FRAMEWORK: dict[str, Any] = {
    "schema": "icmaps/framework/1",
    "id": "demo",
    "version": "1.0.0",
    "title": "Demo",
    "issuer": "Us",
    "edition": "1",
    "sections": [
        {
            "id": "practice",
            "kind": "frame",
            "title": "Practice",
            "sections": [
                {"id": "inquiry", "kind": "standard", "code": "1", "title": "Inquiry"},
                {"id": "evidence", "kind": "standard", "code": "2", "title": "Evidence"},
            ],
        },
        {"id": "empty", "kind": "frame", "title": "Nothing here yet"},
        {"id": "support", "kind": "frame", "title": "Support"},
    ],
}
LINES = {"ideal_until": "1", "acceptable_until": "2"}
FOUR = [{"code": code} for code in "1234"]


def row(component: str, section: str = "inquiry", codes: str = "1234", **more: Any) -> Any:
    """A component; a code in brackets would be hard to read, so a gap is given as `gaps=`."""
    gaps = more.pop("gaps", "")
    texts = {code: None if code in gaps else f"text {code}" for code in codes}
    return {"id": component, "section": section, "title": "Does it", "variations": texts, **more}


def demo_map(*rows: Any, **more: Any) -> ICMap:
    raw = {
        "schema": "icmaps/map/1",
        "id": "demo/teacher",
        "version": "1.0.0",
        "title": "Teacher",
        "framework": "demo@1.0.0",
        "scale": FOUR,
        "components": list(rows),
        **more,
    }
    return ICMap.model_validate(raw)


def assessed(placements: dict[str, Any], **more: Any) -> Assessment:
    """An assessment; "NA" and "DK" stand for the two answers that are no levels."""
    words = {"NA": {"answer": "not-applicable"}, "DK": {"answer": "dont-know"}}
    return Assessment.model_validate(
        {
            "schema": "icmaps/assessment/1",
            "map": "demo/teacher@1.0.0",
            "respondent": {"id": "E-1"},
            "round": {"id": "fall", "date": "2026-11-20"},
            "placements": {
                key: words.get(value, value) if isinstance(value, str) else value
                for key, value in placements.items()
            },
            **more,
        }
    )


def scored(
    icmap: ICMap,
    placements: dict[str, Any],
    policy: PolicyName | None = None,
    *,
    min_answered: float = 0.8,
    scope: tuple[str, ...] = (),
) -> Profile:
    compiled = compile_map(icmap, Framework.model_validate(FRAMEWORK))
    assessment = assessed(placements, scope=scope)
    return profile(assessment, compiled, policy=policy, min_answered=min_answered)


# ---- summaries --------------------------------------------------------------------------------


def test_a_summary_tells_the_five_kinds_of_answer_apart() -> None:
    icmap = demo_map(*(row(name) for name in "abcde"))
    overall = scored(icmap, {"a": "1", "b": "NA", "c": "DK"}).overall
    assert overall.asked == 5
    assert overall.answered == 1
    assert overall.not_applicable == 1
    assert overall.dont_know == 1
    assert overall.unanswered == 2


def test_shares_are_of_the_answered_rows_that_have_the_line() -> None:
    icmap = demo_map(
        row("a", fidelity=LINES, target="3"),
        row("b", fidelity=LINES),
        row("c", fidelity={"ideal_until": "1"}),
        row("d"),
        row("e", fidelity=LINES),
    )
    overall = scored(icmap, {"a": "3", "b": "1", "c": "2", "d": "1", "e": "DK"}).overall
    assert overall.share_ideal == pytest.approx(1 / 3)
    assert overall.share_acceptable == 1 / 2
    assert overall.share_at_target == 1


def test_no_share_is_said_where_no_row_has_the_line() -> None:
    overall = scored(demo_map(row("a")), {"a": "1"}).overall
    assert overall.share_ideal is None
    assert overall.share_acceptable is None
    assert overall.share_at_target is None


def test_ranks_are_counted_as_far_as_the_longest_row_asked() -> None:
    own = [{"code": code} for code in "abcdef"]
    icmap = demo_map(
        row("short", codes="12"), row("long", "support", codes="abcdef", scale=own), row("mid")
    )
    result = scored(icmap, {"short": "2", "long": "f", "mid": "1"})
    assert result.overall.by_rank == (1, 1, 0, 0, 0, 1)
    assert result.section("inquiry").summary.by_rank == (1, 1, 0, 0)
    assert result.section("support").summary.by_rank == (0, 0, 0, 0, 0, 1)


def test_the_median_is_two_ranks_where_the_middle_lies_between() -> None:
    icmap = demo_map(*(row(name) for name in "abcd"))
    assert scored(icmap, {"a": "1", "b": "1", "c": "4", "d": "4"}).overall.median_rank == (0, 3)
    assert scored(icmap, {"a": "1", "b": "2", "c": "4"}).overall.median_rank == (1, 1)
    assert scored(icmap, {"a": "NA"}).overall.median_rank is None


def test_rows_of_different_length_have_no_median() -> None:
    icmap = demo_map(row("a"), row("b", codes="12"), row("c", "support"))
    result = scored(icmap, {"a": "1", "b": "1", "c": "3"})
    assert result.overall.median_rank is None
    assert result.section("inquiry").summary.median_rank is None
    assert result.section("support").summary.median_rank == (2, 2)


def test_critical_components_below_acceptable_are_named_in_map_order() -> None:
    icmap = demo_map(
        row("z", critical=True, fidelity=LINES),
        row("b", fidelity=LINES),
        row("a", "support", critical=True, fidelity=LINES, off_scale={"never": "opposed"}),
        row("c", critical=True, fidelity=LINES),
        row("d", critical=True),
    )
    result = scored(icmap, {"z": "3", "b": "4", "a": "never", "c": "DK", "d": "4"})
    assert result.overall.critical_below == ("z", "a")
    assert result.section("practice").summary.critical_below == ("z",)
    assert result.section("support").summary.critical_below == ("a",)


def test_sections_with_something_asked_come_in_framework_order_with_their_depth() -> None:
    icmap = demo_map(row("s", "support"), row("e", "evidence"), row("i"))
    sections = scored(icmap, {"i": "1"}).sections
    assert [(s.id, s.kind, s.code, s.title, s.depth, s.summary.asked) for s in sections] == [
        ("practice", "frame", None, "Practice", 0, 2),
        ("inquiry", "standard", "1", "Inquiry", 1, 1),
        ("evidence", "standard", "2", "Evidence", 1, 1),
        ("support", "frame", None, "Support", 0, 1),
    ]


def test_a_section_counts_its_own_components_and_those_below() -> None:
    icmap = demo_map(row("p", "practice"), row("i"), row("e", "evidence"), row("s", "support"))
    result = scored(icmap, {"p": "1", "i": "2", "e": "3", "s": "4"})
    assert result.section("practice").summary.by_rank == (1, 1, 1, 0)
    assert result.overall.by_rank == (1, 1, 1, 1)


def test_what_lies_outside_the_scope_is_not_asked() -> None:
    icmap = demo_map(row("i"), row("e", "evidence"), row("s", "support"))
    result = scored(icmap, {"s": "1"}, scope=("support",))
    assert [component.id for component in result.components] == ["s"]
    assert [section.id for section in result.sections] == ["support"]
    assert result.overall.asked == 1
    with pytest.raises(KeyError):
        result.component("i")
    with pytest.raises(KeyError):
        result.section("inquiry")


# ---- components -------------------------------------------------------------------------------


def test_a_component_tells_its_distance_and_the_next_level() -> None:
    icmap = demo_map(row("a", fidelity=LINES, target="2", gaps="3"))
    placement = {"level": "4", "evidence": "minutes", "on": "2026-10-02"}
    result = scored(icmap, {"a": placement}).component("a")
    assert (result.answer, result.level, result.rank, result.ranks) == ("level", "4", 3, 4)
    assert (result.zone, result.to_target, result.to_ideal) == ("unacceptable", 2, 3)
    assert result.next_better is not None
    assert result.next_better.code == "2"
    assert (result.evidence, result.on) == ("minutes", date(2026, 10, 2))


def test_nothing_is_left_to_go_beyond_the_target() -> None:
    result = scored(demo_map(row("a", target="3")), {"a": "1"}).component("a")
    assert (result.to_target, result.to_ideal, result.next_better) == (0, 0, None)


def test_a_target_may_be_the_ideal() -> None:
    assert scored(demo_map(row("a", target="1")), {"a": "3"}).component("a").to_target == 2


@pytest.mark.parametrize(
    ("lines", "zones"),
    [
        (LINES, ["ideal", "acceptable", "unacceptable", "unacceptable"]),
        ({"ideal_until": "2"}, ["ideal", "ideal", None, None]),
        ({"acceptable_until": "2"}, ["acceptable", "acceptable", "unacceptable", "unacceptable"]),
        (None, [None, None, None, None]),
    ],
)
def test_a_zone_is_said_as_far_as_the_lines_tell(lines: Any, zones: list[str | None]) -> None:
    icmap = demo_map(row("a", fidelity=lines))
    found = [scored(icmap, {"a": code}).component("a").zone for code in "1234"]
    assert found == zones


@pytest.mark.parametrize(("lines", "zone"), [(LINES, "unacceptable"), ({"ideal_until": "1"}, None)])
def test_an_off_scale_choice_has_a_zone_but_no_rank(lines: Any, zone: str | None) -> None:
    icmap = demo_map(row("a", fidelity=lines, target="2", off_scale={"never": "opposed"}))
    result = scored(icmap, {"a": "never"}).component("a")
    assert (result.answer, result.level, result.rank) == ("off-scale", "never", None)
    assert (result.zone, result.to_target, result.to_ideal) == (zone, None, None)
    assert result.next_better is None


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ({"a": "NA"}, "not-applicable"),
        ({"a": "DK"}, "dont-know"),
        ({}, "unanswered"),
    ],
)
def test_a_component_without_a_level_says_why(given: dict[str, str], answer: str) -> None:
    result = scored(demo_map(row("a", fidelity=LINES, target="2")), given).component("a")
    assert result.answer == answer
    assert (result.level, result.rank, result.zone, result.to_target) == (None, None, None, None)
    assert not result.answered


# ---- policies ---------------------------------------------------------------------------------


def test_no_index_is_made_unless_map_or_caller_asks() -> None:
    plain, asking = demo_map(row("a")), demo_map(row("a"), policy="rank-index")
    assert scored(plain, {"a": "2"}).overall.index is None
    assert scored(plain, {"a": "2"}).policy == "distribution"
    assert scored(asking, {"a": "2"}).overall.index == pytest.approx(200 / 3)
    assert scored(asking, {"a": "2"}, "distribution").overall.index is None


def test_the_spacing_of_levels_decides_which_of_two_groups_is_ahead() -> None:
    # One group has half at level 1 and half at level 4, the other all at level 2: the same
    # placements, and either is ahead, depending on what a step is worth.
    placements = {"a": "1", "b": "4", "c": "2", "d": "2"}
    rows = [row("a"), row("b"), row("c", "evidence"), row("d", "evidence")]
    equal = scored(demo_map(*rows), placements, "rank-index")
    assert equal.section("inquiry").summary.index == 50
    assert equal.section("evidence").summary.index == pytest.approx(66.6667, abs=1e-4)
    close = [{"code": c, "points": p} for c, p in zip("1234", (3, 1, 0.5, 0), strict=True)]
    spaced = scored(demo_map(*rows, scale=close), placements, "points")
    assert spaced.section("inquiry").summary.index == 50
    assert spaced.section("evidence").summary.index == pytest.approx(33.3333, abs=1e-4)


def test_points_weigh_a_long_row_more_than_a_short_one() -> None:
    # As in a tiered fidelity inventory, 0 is worst: 4 of 5 points and 1 of 2, so 5 of 7.
    icmap = demo_map(
        row("six", codes="012345"),
        row("three", codes="012"),
        direction="ideal-last",
        scale=[{"code": code} for code in "012345"],
        policy="points",
    )
    assert scored(icmap, {"six": "4", "three": "1"}).overall.index == pytest.approx(500 / 7)
    # The rank index takes both rows alike: the mean of 80 and 50.
    assert scored(icmap, {"six": "4", "three": "1"}, "rank-index").overall.index == 65


def test_points_are_out_of_the_best_level_that_can_be_chosen() -> None:
    icmap = demo_map(row("a", gaps="1"), row("b"))
    assert scored(icmap, {"a": "2", "b": "1"}, "points").overall.index == 100
    assert scored(icmap, {"a": "2"}, "points").overall.index == 100
    assert scored(icmap, {}, "points").overall.index is None


def test_points_of_nothing_but_zero_are_no_number() -> None:
    nothing = [{"code": code, "points": 0} for code in "1234"]
    assert scored(demo_map(row("a"), scale=nothing), {"a": "1"}, "points").overall.index is None


def test_a_gap_keeps_its_rank_in_the_rank_index() -> None:
    icmap = demo_map(row("a", gaps="2"))
    assert scored(icmap, {"a": "3"}, "rank-index").overall.index == pytest.approx(100 / 3)


def test_the_rank_index_uses_the_weights_of_the_map() -> None:
    icmap = demo_map(row("a", weight=3), row("b"))
    assert scored(icmap, {"a": "1", "b": "4"}, "rank-index").overall.index == 75
    assert scored(icmap, {"a": "1", "b": "4"}, "points").overall.index == 50


def test_an_off_scale_choice_is_worth_nothing_under_both_policies() -> None:
    icmap = demo_map(row("a", off_scale={"never": "opposed"}), row("b"))
    for policy in ("rank-index", "points"):
        assert scored(icmap, {"a": "never", "b": "1"}, policy).overall.index == 50


def test_the_rank_index_is_withheld_section_by_section_below_min_answered() -> None:
    icmap = demo_map(*(row(name) for name in "abcd"), row("e", "support"))
    placements = {"a": "1", "b": "1", "c": "1", "e": "1"}
    result = scored(icmap, placements, "rank-index")
    assert result.section("inquiry").summary.index is None
    assert result.section("support").summary.index == 100
    assert result.overall.index == 100
    assert scored(icmap, placements, "points").section("inquiry").summary.index == 100
    lower = scored(icmap, placements, "rank-index", min_answered=0.75)
    assert lower.section("inquiry").summary.index == 100


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_min_answered_must_be_a_share(share: float) -> None:
    with pytest.raises(ValueError, match="min_answered is a share from 0 to 1, not"):
        scored(demo_map(row("a")), {}, min_answered=share)


def test_an_unknown_policy_is_refused() -> None:
    unknown: Any = "average"
    with pytest.raises(ValueError, match="policy is one of") as raised:
        scored(demo_map(row("a")), {}, unknown)
    assert str(raised.value) == ("policy is one of distribution, rank-index, points, not 'average'")


def test_every_policy_has_a_sentence_to_print_with_its_number() -> None:
    icmap = demo_map(row("a"))
    assert scored(icmap, {}, "distribution").policy_note == (
        "Counts and shares only: levels are in order, but not equal steps apart."
    )
    assert scored(icmap, {}, "rank-index").policy_note == (
        "Index from 0 to 100: how far each answered component has come from its last level to its "
        "ideal, averaged. This assumes equal steps between levels. It is withheld where fewer than "
        "80 % of the components that apply are answered. A choice outside the scale earns nothing."
    )
    assert scored(icmap, {}, "points").policy_note == (
        "Points: the sum of points over the maximum possible, in percent, for the components that "
        "are answered. A choice outside the scale earns nothing."
    )


# ---- the doors --------------------------------------------------------------------------------


def test_json_has_the_shape_scripts_rely_on() -> None:
    icmap = demo_map(row("a", fidelity=LINES, target="2", critical=True))
    found = scored(icmap, {"a": "3"}).as_json()
    summary = {
        "asked": 1,
        "answered": 1,
        "not_applicable": 0,
        "dont_know": 0,
        "unanswered": 0,
        "share_ideal": 0.0,
        "share_acceptable": 0.0,
        "share_at_target": 0.0,
        "by_rank": [0, 0, 1, 0],
        "index": None,
        "critical_below": ["a"],
    }
    assert found == {
        "map": "demo/teacher",
        "version": "1.0.0",
        "respondent": "E-1",
        "round": "fall",
        "rater": "self",
        "policy": "distribution",
        "overall": summary,
        "sections": [
            {"id": "practice", "kind": "frame", **summary},
            {"id": "inquiry", "kind": "standard", **summary},
        ],
        "components": [
            {
                "id": "a",
                "section": "inquiry",
                "level": "3",
                "answer": "level",
                "rank": 2,
                "ranks": 4,
                "zone": "unacceptable",
                "critical": True,
                "to_target": 1,
                "to_ideal": 2,
            }
        ],
    }
    assert json.loads(json.dumps(found)) == found


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / "framework-1.0.0.yaml").write_text(json.dumps(FRAMEWORK))
    raw = demo_map(row("a"), policy="rank-index").model_dump(by_alias=True, exclude_defaults=True)
    raw["components"][0]["variations"] = dict.fromkeys("1234", "text")
    (folder / "teacher-1.0.0.yaml").write_text(json.dumps(raw))
    return Catalog([tmp_path])


def test_score_finds_the_map_in_the_catalog(catalog: Catalog) -> None:
    result = score(assessed({"a": "1"}), catalog=catalog)
    assert result.icmap.reference == "demo/teacher@1.0.0"
    assert result.framework.reference == "demo@1.0.0"
    assert (result.policy, result.min_answered, result.overall.index) == ("rank-index", 0.8, 100)


def test_score_looks_among_the_bundled_maps_unless_told() -> None:
    with pytest.raises(UnknownNameError):
        score(assessed({"a": "1"}))


def test_a_map_is_compiled_once() -> None:
    icmap, framework = demo_map(row("a")), Framework.model_validate(FRAMEWORK)
    assert compile_map(icmap, framework) is compile_map(icmap, framework)
    assert compile_map(demo_map(row("a")), framework) is not compile_map(icmap, framework)


def test_a_map_is_not_compiled_for_another_framework() -> None:
    other = Framework.model_validate({**FRAMEWORK, "version": "2.0.0"})
    with pytest.raises(ScoringError) as raised:
        compile_map(demo_map(row("a")), other)
    assert str(raised.value) == (
        "demo/teacher@1.0.0 is for demo@1.0.0, not for demo@2.0.0; its sections would not be "
        "found; give the framework demo@1.0.0"
    )


def test_a_map_whose_section_the_framework_lacks_is_not_compiled() -> None:
    with pytest.raises(ScoringError, match=r"^section 'nowhere' is not in demo@1.0.0; "):
        compile_map(demo_map(row("a", "nowhere")), Framework.model_validate(FRAMEWORK))


def test_an_assessment_of_another_version_is_refused() -> None:
    compiled = compile_map(demo_map(row("a")), Framework.model_validate(FRAMEWORK))
    with pytest.raises(ScoringError) as raised:
        encode(assessed({}, map="demo/teacher@2.0.0"), compiled)
    assert str(raised.value) == (
        "the assessment was made on demo/teacher@2.0.0, not on demo/teacher@1.0.0; its levels may "
        "mean something else there; score it with demo/teacher@2.0.0"
    )


@pytest.mark.parametrize(
    ("placements", "scope", "start"),
    [
        ({"b": "1"}, [], "component 'b' is not on demo/teacher@1.0.0; "),
        ({"a": "5"}, [], "component 'a' has no level '5'; "),
        ({"a": "4"}, [], "the level '4' of component 'a' is a gap; "),
        ({"a": "1"}, ["support"], "component 'a' lies outside the scope; "),
        ({"a": "NA"}, ["support"], "component 'a' lies outside the scope; "),
        ({}, ["nowhere"], "section 'nowhere' is not in demo@1.0.0; "),
    ],
)
def test_placements_that_do_not_fit_the_map_are_never_guessed_at(
    placements: dict[str, str], scope: list[str], start: str
) -> None:
    icmap = demo_map(row("a", gaps="4"), row("s", "support"))
    compiled = compile_map(icmap, Framework.model_validate(FRAMEWORK))
    with pytest.raises(ScoringError) as raised:
        encode(assessed(placements, scope=scope), compiled)
    assert str(raised.value).startswith(start)


def test_a_matrix_is_scored_section_by_section() -> None:
    icmap = demo_map(row("a"), row("b", "support"), policy="rank-index")
    compiled = compile_map(icmap, Framework.model_validate(FRAMEWORK))
    answers: list[dict[str, Any]] = [{"a": "1", "b": "4"}, {"a": "NA", "b": "1"}, {"a": "1"}]
    ranks = np.array([encode(assessed(given), compiled) for given in answers])
    scores = score_matrix(ranks, compiled)
    assert scores.sections == (None, "practice", "inquiry", "support")
    assert scores.counts.answered.tolist() == [[2, 1, 1], [1, 0, 1], [1, 0, 1], [1, 1, 0]]
    assert scores.index is not None
    np.testing.assert_array_equal(
        scores.index,
        [[50, 100, np.nan], [100, np.nan, 100], [100, np.nan, 100], [0, 100, np.nan]],
    )
