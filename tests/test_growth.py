from typing import Any

import pytest

from icmaps.errors import ScoringError
from icmaps.models import Assessment, Framework, ICMap
from icmaps.scoring import Growth, Move, Profile, Tally, compare, compile_map, profile

FRAMEWORK = {
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
            "sections": [{"id": "inquiry", "kind": "standard", "code": "1", "title": "Inquiry"}],
        },
        {"id": "support", "kind": "frame", "title": "Support"},
    ],
}
TEXTS = {code: f"text {code}" for code in "1234"}
LINES = {"ideal_until": "1", "acceptable_until": "2"}


def demo_map(version: str = "1.0.0") -> ICMap:
    """Rows a, b, c in inquiry, d in support; a and d are critical and have lines."""
    rows = [
        {"id": component, "section": section, "title": "Does it", "variations": TEXTS, **more}
        for component, section, more in (
            ("a", "inquiry", {"critical": True, "fidelity": LINES, "off_scale": {"no": "opposed"}}),
            ("b", "inquiry", {"fidelity": LINES, "off_scale": {"no": "opposed"}}),
            ("c", "inquiry", {"critical": True, "fidelity": {"ideal_until": "1"}}),
            ("d", "support", {"critical": True, "fidelity": LINES}),
        )
    ]
    raw = {
        "schema": "icmaps/map/1",
        "id": "demo/teacher",
        "version": version,
        "title": "Teacher",
        "framework": "demo@1.0.0",
        "scale": [{"code": code} for code in "1234"],
        "components": rows,
    }
    return ICMap.model_validate(raw)


def profiled(placements: dict[str, Any], day: int, **more: Any) -> Profile:
    icmap = demo_map(more.pop("version", "1.0.0"))
    raw = {
        "schema": "icmaps/assessment/1",
        "map": icmap.reference,
        "respondent": {"id": "E-1"},
        "round": {"id": f"round-{day}", "date": f"2026-11-{day:02}"},
        "placements": placements,
        **more,
    }
    compiled = compile_map(icmap, Framework.model_validate(FRAMEWORK))
    return profile(Assessment.model_validate(raw), compiled)


def growth(earlier: dict[str, Any], later: dict[str, Any], /, **scopes: Any) -> Growth:
    return compare(
        profiled(earlier, 1, scope=scopes.get("earlier", [])),
        profiled(later, 2, scope=scopes.get("later", [])),
    )


NOT_APPLICABLE = {"answer": "not-applicable"}
DONT_KNOW = {"answer": "dont-know"}


@pytest.mark.parametrize(
    ("earlier", "later", "move"),
    [
        ("3", "1", Move("a", "up", "3", "1", 2)),
        ("3", "3", Move("a", "same", "3", "3", 0)),
        ("1", "4", Move("a", "down", "1", "4", -3)),
        (None, "3", Move("a", "newly-answered", None, "3", None)),
        (DONT_KNOW, "3", Move("a", "newly-answered", None, "3", None)),
        ("3", None, Move("a", "no-longer-answered", "3", None, None)),
        ("3", NOT_APPLICABLE, Move("a", "no-longer-answered", "3", None, None)),
        ("no", "1", Move("a", "incomparable", "no", "1", None)),
        ("1", "no", Move("a", "incomparable", "1", "no", None)),
        ("no", "no", Move("a", "incomparable", "no", "no", None)),
        ("no", None, Move("a", "incomparable", "no", None, None)),
        (None, None, Move("a", "unanswered", None, None, None)),
        (NOT_APPLICABLE, DONT_KNOW, Move("a", "unanswered", None, None, None)),
    ],
)
def test_a_component_makes_one_kind_of_move(earlier: Any, later: Any, move: Move) -> None:
    sides = [{} if side is None else {"a": side} for side in (earlier, later)]
    assert growth(*sides).move("a") == move


def test_what_only_one_round_asked_is_neither_gain_nor_loss() -> None:
    found = growth({"a": "3"}, {"d": "1"}, earlier=["inquiry"], later=["support"])
    assert [(move.component_id, move.kind) for move in found.moves] == [
        ("a", "not-asked"),
        ("b", "not-asked"),
        ("c", "not-asked"),
        ("d", "not-asked"),
    ]
    assert [section.id for section in found.sections] == ["practice", "inquiry", "support"]


def test_what_neither_round_asked_makes_no_move() -> None:
    found = growth({"d": "2"}, {"d": "1"}, earlier=["support"], later=["support"])
    assert [move.component_id for move in found.moves] == ["d"]
    assert [section.id for section in found.sections] == ["support"]
    with pytest.raises(KeyError):
        found.move("a")


def test_moves_are_counted_by_kind_in_every_section() -> None:
    found = growth({"a": "3", "b": "2", "c": "1", "d": "4"}, {"a": "1", "b": "4", "c": "1"})
    assert found.overall == Tally(up=1, same=1, down=1, no_longer_answered=1)
    assert [(s.id, s.kind, s.code, s.title, s.depth, s.tally) for s in found.sections] == [
        ("practice", "frame", None, "Practice", 0, Tally(up=1, same=1, down=1)),
        ("inquiry", "standard", "1", "Inquiry", 1, Tally(up=1, same=1, down=1)),
        ("support", "frame", None, "Support", 0, Tally(no_longer_answered=1)),
    ]


def test_critical_components_that_cross_the_acceptable_line_are_named() -> None:
    # b is not critical; c has no acceptable line.
    one = {"a": "3", "b": "3", "c": "4", "d": "1"}
    two = {"a": "2", "b": "1", "c": "1", "d": "3"}
    there, back = growth(one, two), growth(two, one)
    assert there.critical_now_acceptable == back.critical_no_longer_acceptable == ("a",)
    assert there.critical_no_longer_acceptable == back.critical_now_acceptable == ("d",)


def test_leaving_an_off_scale_choice_crosses_the_line_though_no_steps_can_be_counted() -> None:
    found = growth({"a": "no"}, {"a": "2"})
    assert found.move("a").kind == "incomparable"
    assert found.critical_now_acceptable == ("a",)


def test_a_critical_component_answered_once_has_crossed_nothing() -> None:
    found = growth({"a": "4"}, {"d": "1"})
    assert found.critical_now_acceptable == ()
    assert found.critical_no_longer_acceptable == ()


@pytest.mark.parametrize(
    ("earlier", "later", "message"),
    [
        (
            profiled({}, 1),
            profiled({}, 2, version="1.1.0"),
            (
                "the rounds were placed on demo/teacher@1.0.0 and demo/teacher@1.1.0; a level of "
                "one may mean something else on the other; compare rounds of the same map version"
            ),
        ),
        (
            profiled({}, 1),
            profiled({}, 2, respondent={"id": "E-2"}),
            (
                "the rounds belong to 'E-1' and 'E-2'; growth is about one person; compare two "
                "rounds of the same respondent"
            ),
        ),
        (
            profiled({}, 1),
            profiled({}, 2, rater="coach"),
            (
                "the raters are self and coach; a difference between raters is disagreement, not "
                "growth; compare two rounds by the same kind of rater"
            ),
        ),
        (
            profiled({}, 1),
            profiled({}, 1),
            (
                "both profiles are of the round 'round-1'; there is no time between them; compare "
                "two different rounds"
            ),
        ),
        (
            profiled({}, 2),
            profiled({}, 1),
            (
                "the earlier round 'round-2' (2026-11-02) is after the later one 'round-1' "
                "(2026-11-01); every move would be turned round; give the earlier round first"
            ),
        ),
    ],
)
def test_profiles_that_differ_in_more_than_the_round_are_not_compared(
    earlier: Profile, later: Profile, message: str
) -> None:
    with pytest.raises(ScoringError) as raised:
        compare(earlier, later)
    assert str(raised.value) == message


def test_two_rounds_of_one_day_are_not_compared_because_nobody_knows_which_came_first() -> None:
    same_day = {"id": "afternoon", "date": "2026-11-01"}
    with pytest.raises(ScoringError) as raised:
        compare(profiled({"a": "3"}, 1), profiled({"a": "2"}, 2, round=same_day))
    assert str(raised.value) == (
        "the rounds 'round-1' and 'afternoon' are both of 2026-11-01; nobody could tell which came "
        "first; correct the date of one of them"
    )
