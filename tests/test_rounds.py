"""Any number of rounds on one map, and two rounds on two maps through a crosswalk."""

from itertools import permutations
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings

import icmaps
from groups.test_raters import NOT_APPLICABLE, placed, practice
from icmaps.errors import ScoringError
from icmaps.models import Assessment, Crosswalk, ICMap
from icmaps.scoring import Profile, compare, compare_across, compare_rounds
from laws.strategies import Case, Placements, cases_with

law = settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def at(day: int, answers: str | dict[str, Any], rater: Any = "self", **more: Any) -> Profile:
    occasion = {"id": f"round-{day}", "date": f"2026-11-{day:02}"}
    return placed(answers, rater, **{"round": occasion, **more})


# ---- rounds -----------------------------------------------------------------------------------


def test_every_component_is_told_from_round_to_round_and_as_a_whole() -> None:
    found = compare_rounds([at(1, "342"), at(2, "242"), at(3, "234")])
    told = [
        (t.component_id, t.levels, [m and m.steps for m in t.moves], t.whole.kind, t.whole.steps)
        for t in found.trails[:3]
    ]
    assert told == [
        ("a", ("3", "2", "2"), [1, 0], "up", 1),
        ("b", ("4", "4", "3"), [0, 1], "up", 1),
        ("c", ("2", "2", "4"), [0, -2], "down", -2),
    ]


def test_what_moved_there_and_back_held_as_a_whole() -> None:
    (trail, *_) = compare_rounds([at(1, "3"), at(2, "1"), at(3, "3")]).trails
    assert [move and move.kind for move in trail.moves] == ["up", "down"]
    assert trail.whole.kind == "same"


def test_a_round_left_out_leaves_a_hole_in_the_trail() -> None:
    (trail, *_) = compare_rounds([at(1, "3"), at(2, "."), at(3, {"a": "1"})]).trails
    assert trail.levels == ("3", None, "1")
    assert [move and move.kind for move in trail.moves] == ["no-longer-answered", "newly-answered"]
    assert trail.whole.steps == 2


def test_an_answer_that_is_no_level_is_none() -> None:
    (trail, *_) = compare_rounds([at(1, {"a": NOT_APPLICABLE}), at(2, {"a": "no"})]).trails
    assert trail.levels == (None, "no")  # a choice off the scale has a code all the same
    assert trail.whole.kind == "incomparable"


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_rounds_may_be_given_in_any_order(order: tuple[int, ...]) -> None:
    rounds = [at(9, "342"), at(10, "242"), at(11, "234")]
    assert compare_rounds([rounds[n] for n in order]) == compare_rounds(rounds)


def test_two_rounds_are_one_step_and_that_is_the_whole() -> None:
    one, two = at(1, "34"), at(2, "24")
    found = compare_rounds([two, one])
    assert found.profiles == (one, two)
    assert found.steps == (found.whole,) == (compare(one, two),)


@law
@given(cases_with(4))
def test_steps_from_round_to_round_add_up_to_the_whole(
    drawn: tuple[Case, list[Placements]],
) -> None:
    case, rounds = drawn
    found = compare_rounds([case.profile(placements=p, day=n) for n, p in enumerate(rounds, 1)])
    assert [trail.component_id for trail in found.trails] == [row["id"] for row in case.asked()]
    for trail in found.trails:
        steps = [None if move is None else move.steps for move in trail.moves]
        if None not in steps:
            assert sum(step for step in steps if step is not None) == trail.whole.steps


def test_one_round_is_not_growth() -> None:
    for profiles in ([], [at(1, "3")]):
        with pytest.raises(ScoringError) as raised:
            compare_rounds(profiles)
        assert str(raised.value) == (
            "growth needs at least two rounds; there is nothing to compare one with; give another"
        )


def test_a_third_round_of_somebody_else_is_refused_as_two_rounds_would_be() -> None:
    with pytest.raises(ScoringError) as raised:
        compare_rounds([at(1, "3"), at(2, "3"), at(3, "3", respondent={"id": "E-2"})])
    assert str(raised.value) == (
        "the rounds belong to 'E-1' and 'E-2'; growth is about one person; compare two rounds of "
        "the same respondent"
    )


def test_two_of_three_rounds_on_one_day_are_refused() -> None:
    same_day = {"id": "afternoon", "date": "2026-11-02"}
    with pytest.raises(ScoringError, match=r"are both of 2026-11-02; nobody could tell which"):
        compare_rounds([at(1, "3"), at(2, "3"), at(3, "3", round=same_day)])


# ---- what a reader has to know ----------------------------------------------------------------

FEW: Final = "Only {} components have a level in both rounds: too few to say how all moved."
REGRESSION: Final = (
    "Everything that moved up began near its last level. From there a second look alone moves a "
    "placement up more often than down (regression to the mean)."
)
STRICTER: Final = (
    "More moved away from the ideal than toward it. People who learn often judge more strictly: a "
    "`then` placement of the earlier round, made now, tells the two apart."
)


@pytest.mark.parametrize(
    ("earlier", "later", "warnings"),
    [
        ("22222", "12223", ()),
        ("2222.", "12233", (FEW.format(4),)),  # as many moved up as down, and the fifth is new
        ("33344", "22233", (REGRESSION,)),
        ("33342", "22231", ()),  # one began at the second of four levels
        ("3334", "2223", (FEW.format(4),)),  # four are too few to see a pattern in
        ("33344111", "22233222", (REGRESSION,)),  # what went down changes nothing
        ("22222", "33322", (STRICTER,)),
        ("22222", "33122", (STRICTER,)),
        ("22222", "31222", ()),
        ("22..", "33..", (FEW.format(2), STRICTER)),
    ],
)
def test_a_change_of_levels_is_not_taken_for_one_of_practice_unwarned(
    earlier: str, later: str, warnings: tuple[str, ...]
) -> None:
    assert compare_rounds([at(1, earlier), at(2, later)]).warnings == warnings


def test_near_the_last_level_is_told_by_the_length_of_the_row() -> None:
    icmap = practice(dict.fromkeys("abcde", "123456"))
    near = compare_rounds([at(1, "56565", icmap=icmap), at(2, "11111", icmap=icmap)])
    assert near.warnings == (REGRESSION,)
    middle = compare_rounds([at(1, "56564", icmap=icmap), at(2, "11111", icmap=icmap)])
    assert middle.warnings == ()


def test_only_people_themselves_are_told_that_they_may_judge_more_strictly() -> None:
    assert compare_rounds([at(1, "22222", "coach"), at(2, "33322", "coach")]).warnings == ()


def test_the_warnings_are_about_the_first_and_the_last_round() -> None:
    found = compare_rounds([at(1, "22222"), at(2, "33333"), at(3, "11111")])
    assert found.warnings == ()


# ---- two maps ---------------------------------------------------------------------------------

BUNDLED: Final = icmaps.load_crosswalk("spl-2011", "spl-2022")


def whole_map(reference: str, day: int) -> Profile:
    """Everything on a bundled map placed at its second level."""
    catalog = icmaps.Catalog()
    raw = {
        "schema": "icmaps/assessment/1",
        "map": reference,
        "respondent": {"id": "E-1"},
        "round": {"id": f"round-{day}", "date": f"2026-11-{day:02}"},
        "placements": {c.id: {"level": c.levels[1]} for c in catalog.map(reference).components},
    }
    return icmaps.score(Assessment.model_validate(raw), catalog=catalog)


@pytest.mark.parametrize("pair", BUNDLED.maps, ids=lambda pair: pair.to)
def test_between_the_editions_nothing_is_subtracted(pair: Any) -> None:
    found = compare_across(whole_map(pair.from_, 1), whole_map(pair.to, 2), BUNDLED)
    assert {row.relation for row in found.rows}.isdisjoint({"same", "reworded"})
    assert [row.steps for row in found.rows] == [None] * len(pair.components)
    # Every row of both maps is there, with what was placed.
    for side, profile in (("earlier", found.earlier), ("later", found.later)):
        told = [placed for row in found.rows for placed in getattr(row, side)]
        assert set(told) == {(result.id, result.level) for result in profile.components}
    assert found.warnings == (
        (
            f"The map changed between the rounds, from {pair.from_} to {pair.to}: the levels of 0 "
            f"of {len(found.rows)} rows can be compared; the others are shown side by side."
        ),
    )


def test_two_older_components_that_became_one_stand_beside_it() -> None:
    earlier = whole_map("spl-2011/teacher@1.0.0", 1)
    found = compare_across(earlier, whole_map("spl-2022/teacher@1.0.0", 2), BUNDLED)
    merged = next(row for row in found.rows if ("one-line-of-work", "2") in row.later)
    assert merged.relation == "merged"
    assert merged.earlier == (("goal-line", "2"), ("line-of-learning", "2"))
    assert merged.note == "Goals in line now and learning in line over years became one row."


OLD: Final = practice(dict.fromkeys("abc", "1234"))


def newer(rows: dict[str, str], **more: Any) -> ICMap:
    return practice(rows, version="2.0.0", **more)


def links(*components: dict[str, Any]) -> Crosswalk:
    pair = {"from": "demo/teacher@1.0.0", "to": "demo/teacher@2.0.0", "components": components}
    return Crosswalk.model_validate(
        {
            "schema": "icmaps/crosswalk/1",
            "from": "demo@1.0.0",
            "to": "demo@1.0.0",
            "version": "1.0.0",
            "sections": [{"from": ["s"], "to": ["s"], "relation": "same"}],
            "maps": [pair],
        }
    )


def steps(
    relation: str, icmap: ICMap, earlier: Any = "4", later: Any = "2", old: ICMap = OLD
) -> int | None:
    """What is subtracted between row a of the older map and row x of the newer."""
    found = compare_across(
        at(1, {"a": earlier}, icmap=old),
        at(2, {"x": later}, icmap=icmap),
        links({"from": ["a"], "to": ["x"], "relation": relation}),
    )
    (row,) = found.rows
    return row.steps


@pytest.mark.parametrize("relation", ["same", "reworded"])
def test_levels_that_kept_their_meaning_are_subtracted_on_an_equal_scale(relation: str) -> None:
    assert steps(relation, newer({"x": "1234"})) == 2
    assert steps(relation, newer({"x": "1234"}), "1", "3") == -2
    assert steps(relation, newer({"x": "1234"}), "2", "2") == 0


@pytest.mark.parametrize("codes", ["123", "12345", "2345", "124"])
@pytest.mark.parametrize("relation", ["same", "reworded"])
def test_levels_on_an_unequal_scale_are_not(relation: str, codes: str) -> None:
    assert steps(relation, newer({"x": codes})) is None


def test_a_scale_with_a_gap_is_another_scale() -> None:
    rows = [
        {
            "id": "x",
            "section": "s",
            "title": "Does it",
            "variations": {"1": "text 1", "2": "text 2", "3": None, "4": "text 4"},
        }
    ]
    assert steps("reworded", newer({}, components=rows)) is None


def test_the_same_codes_turned_round_are_another_scale() -> None:
    assert steps("reworded", newer({"x": "1234"}, direction="ideal-last")) is None


@pytest.mark.parametrize("relation", ["close", "broader", "narrower"])
def test_levels_that_mean_something_else_are_never_subtracted(relation: str) -> None:
    assert steps(relation, newer({"x": "1234"})) is None


@pytest.mark.parametrize("answer", [NOT_APPLICABLE, {"answer": "dont-know"}, "no"])
def test_nothing_is_subtracted_from_what_is_no_level(answer: Any) -> None:
    assert steps("reworded", newer({"x": "1234"}), answer, "2") is None
    assert steps("reworded", newer({"x": "1234"}), "2", answer) is None


def test_rows_stand_side_by_side_in_the_order_of_the_crosswalk() -> None:
    found = compare_across(
        at(1, {"a": "4", "b": "3", "c": "2"}, icmap=OLD),
        at(2, {"x": "2", "y": "1", "z": "4"}, icmap=newer(dict.fromkeys("xyz", "1234"))),
        links(
            {"from": ["c"], "to": ["x", "y"], "relation": "split", "note": "Now two."},
            {"from": ["a"], "to": ["z"], "relation": "reworded"},
            {"from": ["b"], "relation": "none"},
        ),
    )
    told = [(row.relation, row.earlier, row.later, row.steps, row.note) for row in found.rows]
    assert told == [
        ("split", (("c", "2"),), (("x", "2"), ("y", "1")), None, "Now two."),
        ("reworded", (("a", "4"),), (("z", "4"),), 0, None),
        ("none", (("b", "3"),), (), None, None),
    ]
    assert found.warnings == (
        (
            "The map changed between the rounds, from demo/teacher@1.0.0 to demo/teacher@2.0.0: "
            "the levels of 1 of 3 rows can be compared; the others are shown side by side."
        ),
    )


CROSSWALK: Final = links({"from": ["a"], "to": ["x"], "relation": "reworded"})
NEW: Final = newer({"x": "1234"})


@pytest.mark.parametrize(
    ("later", "message"),
    [
        (
            at(2, {"x": "2"}, icmap=NEW, respondent={"id": "E-2"}),
            (
                "these are 'E-1' (self) and 'E-2' (self); a difference would not be growth; "
                "compare one respondent with themselves, placed by the same kind of rater"
            ),
        ),
        (
            at(2, {"x": "2"}, "coach", icmap=NEW),
            (
                "these are 'E-1' (self) and 'E-1' (coach); a difference would not be growth; "
                "compare one respondent with themselves, placed by the same kind of rater"
            ),
        ),
        (
            at(2, {"a": "2"}, icmap=OLD),
            (
                "the crosswalk from demo@1.0.0 to demo@1.0.0 does not link demo/teacher@1.0.0 to "
                "demo/teacher@1.0.0; levels of one may mean something else on the other; compare "
                "rounds of one map version, or write the links"
            ),
        ),
    ],
)
def test_only_linked_rounds_of_one_respondent_stand_side_by_side(
    later: Profile, message: str
) -> None:
    with pytest.raises(ScoringError) as raised:
        compare_across(at(1, {"a": "4"}, icmap=OLD), later, CROSSWALK)
    assert str(raised.value) == message


def test_a_crosswalk_is_not_walked_backward() -> None:
    with pytest.raises(ScoringError, match=r"does not link demo/teacher@2.0.0 to demo/teacher@1"):
        compare_across(at(1, {"x": "4"}, icmap=NEW), at(2, {"a": "2"}, icmap=OLD), CROSSWALK)


def test_the_older_map_has_to_be_that_of_the_earlier_round() -> None:
    with pytest.raises(ScoringError) as raised:
        compare_across(at(2, {"a": "4"}, icmap=OLD), at(1, {"x": "2"}, icmap=NEW), CROSSWALK)
    assert str(raised.value) == (
        "the round on the older map, 'round-2' (2026-11-02), is after the one on the newer, "
        "'round-1' (2026-11-01); every move would be turned round; correct the date of one of "
        "them, or give a crosswalk that goes the other way"
    )


def test_two_maps_on_one_day_are_refused_because_nobody_knows_which_came_first() -> None:
    same_day = {"id": "afternoon", "date": "2026-11-02"}
    with pytest.raises(ScoringError, match=r"are both of 2026-11-02; nobody could tell which"):
        compare_across(
            at(2, {"a": "4"}, icmap=OLD), at(2, {"x": "2"}, icmap=NEW, round=same_day), CROSSWALK
        )
