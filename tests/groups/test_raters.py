"""Several raters of one practice, beside one another and never averaged."""

from itertools import permutations
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icmaps.errors import ScoringError
from icmaps.groups import RaterView, compare_raters, krippendorff_alpha, weighted_kappa
from icmaps.models import Assessment, Framework, ICMap
from icmaps.scoring import Profile, compile_map, profile

law = settings(deadline=None, max_examples=25, derandomize=True)
FRAMEWORK: Final = {
    "schema": "icmaps/framework/1",
    "id": "demo",
    "version": "1.0.0",
    "title": "Demo",
    "issuer": "Us",
    "edition": "1",
    "sections": [{"id": "s", "kind": "standard", "title": "S"}],
}
NOT_APPLICABLE: Final = {"answer": "not-applicable"}
NEITHER: Final = (
    "Neither rater is the right one, and placements of different raters are not averaged."
)
NONE: Final = (
    "None of the raters is the right one, and placements of different raters are not averaged."
)
FEW: Final = (
    "Only {} placed by at least two raters: the figures would be others with another component or "
    "two. Talk about the components themselves."
)


def practice(rows: dict[str, str], **more: Any) -> ICMap:
    """A map of rows with the codes that each has, ideal first; every row can be opposed."""
    raw = {
        "schema": "icmaps/map/1",
        "id": "demo/teacher",
        "version": "1.0.0",
        "title": "Teacher",
        "framework": "demo@1.0.0",
        "scale": [{"code": code} for code in "123456"],
        "components": [
            {
                "id": name,
                "section": "s",
                "title": "Does it",
                "variations": {code: f"text {code}" for code in codes},
                "off_scale": {"no": "opposed"},
            }
            for name, codes in rows.items()
        ],
        **more,
    }
    return ICMap.model_validate(raw)


ROWS: Final = practice(dict.fromkeys("abcdefgh", "1234") | {"long": "123456", "short": "123"})


def placed(answers: str | dict[str, Any], rater: Any = "self", **more: Any) -> Profile:
    """A profile; a word of codes places rows a, b, c ... in turn, with a dot for none."""
    icmap = more.pop("icmap", ROWS)
    if isinstance(answers, str):
        answers = {row: code for row, code in zip("abcdefgh", answers, strict=False) if code != "."}
    raw = {
        "schema": "icmaps/assessment/1",
        "map": icmap.reference,
        "respondent": {"id": "E-1"},
        "rater": rater,
        "round": {"id": "fall", "date": "2026-11-20"},
        "placements": answers,
        **more,
    }
    compiled = compile_map(icmap, Framework.model_validate(FRAMEWORK))
    return profile(Assessment.model_validate(raw), compiled)


def views(*profiles: Profile) -> dict[str, RaterView]:
    return {row.component_id: row for row in compare_raters(profiles).rows}


# ---- rows -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "view", "steps"),
    [
        (("2", "2"), "same", 0),
        (("2", "3"), "neighbors", 1),
        (("3", "2"), "neighbors", 1),
        (("1", "4"), "apart", 3),
        (("1", "2", "3"), "apart", 2),  # the farthest two count
        (("2", "2", "1"), "neighbors", 1),
        (("2", "."), "one only", None),
        (("2", ".", "2"), "same", 0),
        ((".", "."), "none", None),
    ],
)
def test_a_row_says_how_far_apart_its_raters_are(
    answers: tuple[str, ...], view: str, steps: int | None
) -> None:
    # The other rows are there so that the two differ elsewhere too.
    rest = ("1234123", "1234124", "1234123")
    placings = (answer + others for answer, others in zip(answers, rest, strict=False))
    row = views(*(placed(codes, "coach") for codes in placings))["a"]
    assert (row.view, row.steps) == (view, steps)
    assert row.levels == tuple(None if answer == "." else answer for answer in answers)


def test_a_choice_off_the_scale_is_told_but_is_no_distance_away() -> None:
    row = views(placed({"a": "no"}), placed({"a": "2"}, "coach"))["a"]
    assert (row.levels, row.view, row.steps) == (("no", "2"), "one only", None)


def test_what_does_not_apply_is_no_level() -> None:
    row = views(placed({"a": NOT_APPLICABLE}), placed({"a": "2"}, "coach"))["a"]
    assert (row.levels, row.view) == ((None, "2"), "one only")


def test_rows_that_nobody_was_asked_about_are_left_out() -> None:
    two = {
        **FRAMEWORK,
        "sections": [{"id": s, "kind": "standard", "title": "S"} for s in ("s", "t")],
    }
    icmap = practice({"a": "1234", "b": "1234"})
    rows = [
        c.model_copy(update={"section": s}) for c, s in zip(icmap.components, "st", strict=True)
    ]
    compiled = compile_map(
        icmap.model_copy(update={"components": tuple(rows)}), Framework.model_validate(two)
    )
    part = [
        profile(
            placed({"a": "2"}, rater, icmap=icmap).assessment.model_copy(update={"scope": ("s",)}),
            compiled,
        )
        for rater in ("self", "coach")
    ]
    assert list(views(*part)) == ["a"]


def test_raters_are_called_by_name_else_by_id_else_by_what_they_are() -> None:
    found = compare_raters(
        [
            placed("1"),
            placed("1", {"kind": "coach", "id": "E-7", "name": "Ana Ruiz"}),
            placed("1", {"kind": "peer", "id": "E-8"}),
        ]
    )
    assert found.raters == ("self", "Ana Ruiz", "E-8")


# ---- figures ----------------------------------------------------------------------------------

OWN: Final = "11223344"
COACH: Final = "12243341"


def test_two_raters_are_compared_row_by_row_and_together() -> None:
    found = compare_raters([placed(OWN), placed(COACH, "coach")])
    assert [row.view for row in found.rows] == [
        "same", "neighbors", "same", "apart", "same", "same", "same", "apart", "none", "none"
    ]  # fmt: skip
    assert (found.exact, found.adjacent) == (5 / 8, 6 / 8)
    assert found.nearer == (2, 1)  # b and d; h
    table = np.array([[1, 1, 0, 0], [0, 1, 0, 1], [0, 0, 2, 0], [1, 0, 0, 1]])
    assert found.kappa == weighted_kappa(table, "linear")
    # Six steps apart; by chance ten: each chose each level twice, and 4 x 4 levels are 20 apart.
    assert found.kappa is not None
    assert found.kappa.value == pytest.approx(1 - 6 / 10)


def test_alpha_is_of_units_that_are_rows() -> None:
    found = compare_raters([placed(OWN), placed(COACH, "coach")])
    pairs = zip(OWN, COACH, strict=True)
    counts = [np.bincount([int(one) - 1, int(two) - 1], minlength=4) for one, two in pairs]
    assert found.alpha == krippendorff_alpha(np.array(counts))


def test_rows_of_another_length_count_for_exact_agreement_but_for_no_kappa() -> None:
    own, coach = dict(zip("abcdefgh", OWN, strict=True)), dict(zip("abcdefgh", COACH, strict=True))
    alone = compare_raters([placed(own), placed(coach, "coach")])
    found = compare_raters(
        [placed({**own, "long": "5"}), placed({**coach, "long": "5", "short": "3"}, "coach")]
    )
    assert (found.exact, found.pairs) == (6 / 9, 9)
    assert (found.kappa, found.alpha) == (alone.kappa, alone.alpha)
    assert (found.levels, found.alike) == (4, 8)


def test_the_commonest_number_of_levels_is_that_of_what_was_asked() -> None:
    two = {
        **FRAMEWORK,
        "sections": [{"id": s, "kind": "standard", "title": "S"} for s in ("s", "t")],
    }
    # Most rows of the map have four levels, but only those with three were asked about.
    icmap = practice(dict.fromkeys("abc", "1234") | {"x": "123", "y": "123"})
    rows = [
        c.model_copy(update={"section": "s" if c.id in "xy" else "t"}) for c in icmap.components
    ]
    compiled = compile_map(
        icmap.model_copy(update={"components": tuple(rows)}), Framework.model_validate(two)
    )
    own, coach = (
        profile(
            placed(answers, rater, icmap=icmap).assessment.model_copy(update={"scope": ("s",)}),
            compiled,
        )
        for answers, rater in (({"x": "1", "y": "3"}, "self"), ({"x": "1", "y": "2"}, "coach"))
    )
    found = compare_raters([own, coach])
    assert (found.levels, found.alike) == (3, 2)
    assert found.kappa == weighted_kappa(np.array([[1, 0, 0], [0, 0, 0], [0, 1, 0]]), "linear")


def test_where_nothing_was_asked_there_is_nothing_to_compare() -> None:
    icmap = practice({"a": "1234"})
    two = {
        **FRAMEWORK,
        "sections": [{"id": s, "kind": "standard", "title": "S"} for s in ("s", "t")],
    }
    compiled = compile_map(icmap, Framework.model_validate(two))
    nothing = [
        profile(placed({}, rater).assessment.model_copy(update={"scope": ("t",)}), compiled)
        for rater in ("self", "coach")
    ]
    found = compare_raters(nothing)
    assert (found.rows, found.pairs, found.levels, found.alike) == ((), 0, 0, 0)


def test_three_raters_have_an_alpha_but_neither_kappa_nor_sides() -> None:
    found = compare_raters([placed("1122"), placed("1123", "coach"), placed("1222", "peer")])
    assert (found.kappa, found.nearer) == (None, None)
    assert found.exact == 8 / 12  # a 3, b 1, c 3 and d 1 of three pairs each
    counts = np.array([[3, 0, 0, 0], [2, 1, 0, 0], [0, 3, 0, 0], [0, 2, 1, 0]])
    assert found.alpha == krippendorff_alpha(counts)


def test_raters_who_placed_nothing_in_common_have_no_figures() -> None:
    found = compare_raters([placed("12.."), placed("..12", "coach")])
    assert (found.exact, found.adjacent, found.kappa, found.alpha) == (None, None, None, None)
    assert found.nearer == (0, 0)


words = st.text("1234.", min_size=8, max_size=8)


@law
@given(words, words, words)
def test_the_order_of_raters_does_not_matter(one: str, two: str, three: str) -> None:
    raters = [placed(one), placed(two, "coach"), placed(three, "peer")]
    found = [compare_raters(order) for order in permutations(raters)]
    first = found[0]
    for other in found:
        assert (other.exact, other.adjacent) == (first.exact, first.adjacent)
        assert other.alpha == first.alpha
        assert [row.view for row in other.rows] == [row.view for row in first.rows]
        places = [first.raters.index(rater) for rater in other.raters]
        for row, same in zip(other.rows, first.rows, strict=True):
            assert row.levels == tuple(same.levels[place] for place in places)


short_words = st.text("1234.", min_size=4, max_size=4)


@law
@given(short_words, short_words)
def test_who_is_nearer_turns_with_the_order_and_the_rest_does_not(one: str, two: str) -> None:
    own, coach = placed(one), placed(two, "coach")
    found, turned = compare_raters([own, coach]), compare_raters([coach, own])
    both = [pair for pair in zip(one, two, strict=True) if "." not in pair]
    assert found.nearer == (sum(x < y for x, y in both), sum(y < x for x, y in both))
    assert turned.nearer == found.nearer[::-1]
    assert (turned.exact, turned.adjacent) == (found.exact, found.adjacent)
    if found.kappa is None or found.kappa.value is None:
        assert turned.kappa == found.kappa
    else:
        assert turned.kappa is not None
        assert turned.kappa.value == pytest.approx(found.kappa.value)


@pytest.mark.parametrize(
    ("own", "coach", "kappa"), [("1", "2", 0), ("1122", "1111", 0), ("122444", "122444", 1)]
)
def test_two_raters_who_left_little_to_chance_have_a_kappa(
    own: str, coach: str, kappa: float
) -> None:
    found = compare_raters([placed(own), placed(coach, "coach")])
    assert found.kappa is not None
    assert found.kappa.value == pytest.approx(kappa)


# ---- moderation -------------------------------------------------------------------------------


def test_the_first_placements_are_kept_beside_what_was_agreed() -> None:
    first = [placed("1342"), placed("3322", "coach")]
    found = compare_raters([*first, placed("232.", "team")])
    assert found.has_agreed
    assert found.raters == ("self", "coach")
    told = [(row.levels, row.agreed, row.moved) for row in found.rows[:4]]
    assert told == [
        (("1", "3"), "2", (-1, 1)),  # met in the middle: away from the ideal, and toward it
        (("3", "3"), "3", (0, 0)),
        (("4", "2"), "2", (2, 0)),
        (("2", "2"), None, (None, None)),  # not talked about yet
    ]


def test_what_was_agreed_is_no_rater_to_agree_with() -> None:
    first = [placed(OWN), placed(COACH, "coach")]
    before, after = compare_raters(first), compare_raters([placed(OWN, "team"), *first])
    assert not before.has_agreed
    for figure in ("raters", "exact", "adjacent", "kappa", "alpha", "nearer", "warnings"):
        assert getattr(after, figure) == getattr(before, figure)


def test_nobody_moved_to_what_was_agreed_from_no_level() -> None:
    row = views(placed({"a": "no"}), placed(".", "coach"), placed("2", "team"))["a"]
    assert (row.agreed, row.moved) == ("2", (None, None))


def test_a_look_back_is_no_rater() -> None:
    first = [placed(OWN), placed(COACH, "coach")]
    assert compare_raters([placed(COACH, "then"), *first]) == compare_raters(first)
    with pytest.raises(ScoringError, match=r"^there are 1 first placements and 0 agreed ones; "):
        compare_raters([placed(OWN), placed(COACH, "then")])


# ---- warnings and refusals --------------------------------------------------------------------


def test_few_rows_are_warned_of() -> None:
    found = compare_raters([placed("1122...."), placed("1123...4", "coach")])
    assert found.warnings == (FEW.format("4 components were"), NEITHER)
    found = compare_raters([placed("1......."), placed("1.......", "coach")])
    assert found.warnings == (FEW.format("1 component was"), NEITHER)


def test_of_several_raters_none_is_the_right_one() -> None:
    found = compare_raters([placed("1122"), placed("1.23", "coach"), placed("122.", "peer")])
    assert found.warnings == (FEW.format("4 components were"), NONE)


def test_raters_who_placed_nothing_in_common_are_told_so() -> None:
    found = compare_raters([placed("12.."), placed("..12", "coach")])
    assert found.warnings == (
        "No component was placed by two raters: there is nothing to compare.",
        NEITHER,
    )


def test_with_ten_rows_there_is_one_thing_left_to_say() -> None:
    rest = {"long": "2", "short": "1"}
    own, coach = dict(zip("abcdefgh", OWN, strict=True)), dict(zip("abcdefgh", COACH, strict=True))
    found = compare_raters([placed(own | rest), placed(coach | rest, "coach")])
    assert found.warnings == (NEITHER,)


DIFFERENT: Final = (
    "the placements are of different people, rounds or map versions; raters can differ only about "
    "one practice; give those of one respondent in one round"
)


@pytest.mark.parametrize(
    ("profiles", "message"),
    [
        ([placed("1"), placed("1", "coach", respondent={"id": "E-2"})], DIFFERENT),
        (
            [placed("1"), placed("1", "coach", round={"id": "spring", "date": "2026-04-01"})],
            DIFFERENT,
        ),
        (
            [placed("1"), placed("1", "coach", icmap=practice({"a": "1234"}, version="1.1.0"))],
            DIFFERENT,
        ),
        (
            [placed("1"), placed("1", "team")],
            (
                "there are 1 first placements and 1 agreed ones; agreement needs two first "
                "placements and at most one agreed one; give those"
            ),
        ),
        (
            [placed("1"), placed("1", "coach"), placed("1", "team"), placed("2", "team")],
            (
                "there are 2 first placements and 2 agreed ones; agreement needs two first "
                "placements and at most one agreed one; give those"
            ),
        ),
        (
            [],
            (
                "there are 0 first placements and 0 agreed ones; agreement needs two first "
                "placements and at most one agreed one; give those"
            ),
        ),
    ],
)
def test_only_raters_of_one_practice_are_compared(profiles: list[Profile], message: str) -> None:
    with pytest.raises(ScoringError) as raised:
        compare_raters(profiles)
    assert str(raised.value) == message
