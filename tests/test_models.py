"""What a map, a framework and an assessment hold, and what of one file can be said alone."""

import json
import pickle
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from icmaps.content import Catalog
from icmaps.content._document import read_document
from icmaps.models import Assessment, Framework, ICMap, Placement, Respondent, asked

DATA = Path(__file__).parent / "data"
CATALOG = Catalog([DATA / "good"])
EXAMPLE = CATALOG.map("example/teacher")
FRAMEWORK = CATALOG.framework("example@1.0.0")


def ranks(name: str) -> dict[str, str]:
    """Draw every component of a map: its codes from ideal on, a gap in brackets."""
    return {
        component.id: " ".join(f"[{v.code}]" if v.gap else v.code for v in component.variations)
        for component in CATALOG.map(name).components
    }


def test_ranks_follow_the_scale_and_not_the_order_of_writing() -> None:
    assert ranks("flat/letters") == {"two": "a b", "six": "a b c d e f", "four": "a b c d"}


def test_ranks_of_an_ideal_last_scale_begin_at_its_end() -> None:
    assert ranks("flat/inventory") == {
        "on-the-scale": "2 1 0",
        "own-scale": "3 2 [1] 0",
        "not-yet-or-yes": "yes no",
    }


def test_a_gap_keeps_its_rank_and_cannot_be_chosen() -> None:
    component = EXAMPLE.component("shared-goals")
    assert [component.rank(code) for code in "1234"] == [0, 1, 2, 3]
    assert component.levels == ("1", "2", "4")
    assert component.variation("3").text == ""


def test_next_better_steps_over_a_gap_and_ends_at_the_best() -> None:
    component = EXAMPLE.component("shared-goals")
    better = component.next_better("4")
    assert better is not None
    assert better.code == "2"
    assert component.next_better("1") is None


def test_a_cell_is_one_paragraph_or_several_bullets() -> None:
    cells = EXAMPLE.component("shared-goals").variations
    assert cells[0].bullets == ("Agrees on goals with the team.", "Looks at them again each month.")
    assert cells[0].text == "Agrees on goals with the team.\nLooks at them again each month."
    assert cells[1].bullets == ("Agrees on goals with the team.",)


def test_two_levels_may_share_their_words() -> None:
    component = EXAMPLE.component("peer-observation")
    assert component.variation("2").text == component.variation("3").text == "The same words."


def test_an_off_scale_choice_has_no_rank() -> None:
    component = EXAMPLE.component("inquiry-cycle")
    assert [choice.code for choice in component.off_scale] == ["opposed"]
    assert component.rank("opposed") is None
    assert component.rank(None) is None
    assert component.levels == ("1", "2", "3", "4")


def test_labels_and_points_come_from_the_scale() -> None:
    component = CATALOG.map("flat/inventory").component("on-the-scale")
    assert [(v.label, v.points) for v in component.variations] == [
        ("Fully implemented", 2.5),
        ("Partly implemented", 1),
        ("Not implemented", 0),
    ]


def test_lines_target_weight_and_advice_may_be_left_out() -> None:
    component = EXAMPLE.component("peer-observation")
    assert component.fidelity is None
    assert component.target is None
    assert component.weight == 1
    assert component.next_step("3") is None
    assert EXAMPLE.component("inquiry-cycle").next_step("3") == "Choose one question."
    assert EXAMPLE.component("shared-goals").weight == 2.5


def test_a_section_tree_may_have_one_level() -> None:
    framework = CATALOG.framework("flat@1.0.0")
    assert [(s.id, above) for s, above in framework.walk()] == [("planning", ()), ("teaching", ())]


def test_a_section_knows_what_it_lies_in() -> None:
    assert FRAMEWORK.above("cycles") == ("together", "inquiry")
    assert FRAMEWORK.section("cycles").title == "Cycles of inquiry"
    assert "cycles" in FRAMEWORK
    assert "cycle" not in FRAMEWORK


def test_maps_frameworks_and_assessments_are_hashable_pickle_and_stay_equal_after_use() -> None:
    again = Catalog([DATA / "good"]).map("example/teacher")
    again.component("inquiry-cycle").rank("2")
    assert again == EXAMPLE
    assert len({again, EXAMPLE}) == 1
    assert pickle.loads(pickle.dumps(EXAMPLE)) == EXAMPLE  # noqa: S301
    assert hash(FRAMEWORK) == hash(FRAMEWORK.model_copy())


def test_a_copy_carries_nothing_over_that_was_worked_out_before() -> None:
    component = EXAMPLE.component("inquiry-cycle")
    assert component.rank("1") == 0
    turned = component.model_copy(
        update={
            "variations": tuple(
                v.model_copy(update={"rank": 3 - v.rank}) for v in component.variations
            )
        }
    )
    assert turned.rank("1") == 3


def test_models_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        EXAMPLE.title = "Coach"  # type: ignore[misc]


def assessment(**more: Any) -> Assessment:
    fields = {
        "schema": "icmaps/assessment/1",
        "map": "example/teacher@1.0.0",
        "respondent": {"id": "E-1"},
        "round": {"id": "2026-fall", "date": "2026-11-20"},
    }
    return Assessment.model_validate(fields | more)


def test_an_assessment_without_placements_is_one_not_begun() -> None:
    blank = assessment(placements=None, goals=[], scope=None)
    assert blank == assessment()
    assert (blank.placements, blank.goals, blank.scope) == ((), (), ())
    assert blank.placement("inquiry-cycle") is None


def test_short_forms_say_the_same_as_long_ones() -> None:
    short = assessment(placements={"inquiry-cycle": "2"}, rater="coach")
    long = assessment(placements={"inquiry-cycle": {"level": "2"}}, rater={"kind": "coach"})
    assert short == long


def test_scope_asks_for_the_components_in_and_below_its_sections() -> None:
    part = assessment(scope=["inquiry"])
    assert [component.id for component in asked(part, EXAMPLE, FRAMEWORK)] == [
        "inquiry-cycle",
        "peer-observation",
    ]
    assert asked(assessment(), EXAMPLE, FRAMEWORK) == EXAMPLE.components


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"round": {"id": "r", "date": datetime(2026, 1, 1)}}, "not-a-date"),  # noqa: DTZ001
        ({"round": {"id": "r", "date": 20260101}}, "not-a-date"),
        ({"round": {"id": "r", "date": "٢٠٢٦-01-01"}}, "not-a-date"),
        ({"map": "example/teacher@1.0.\N{ARABIC-INDIC DIGIT ONE}"}, "not-a-reference"),
        ({"map": "example/teacher@01.0.0"}, "not-a-reference"),
        ({"respondent": {"id": "x" * 65}}, "too-long"),
        ({"respondent": {"id": " \n"}}, "wrong-value"),
        ({"respondent": {"id": "\ud800"}}, "lone-surrogate"),
        ({"placements": {"a": {"level": "2", "evidence": "x" * 4001}}}, "too-long"),
        ({"placements": [{"component": "a", "level": "2"}]}, "wrong-value"),
        ({"placements": {"a": "1", "a\x00": "2"}}, "duplicate-id"),
        (
            {"placements": (Placement(component="a", level="1"),) * 2},
            "duplicate-id",
        ),
    ],
)
def test_what_is_not_exact_is_refused(more: dict[str, Any], rule: str) -> None:
    with pytest.raises(ValidationError) as caught:
        assessment(**more)
    assert [found["ctx"]["rule"] for found in caught.value.errors()] == [rule]


def test_text_loses_control_characters_and_space_round_it_but_keeps_its_lines() -> None:
    respondent = Respondent(id=" E-1\n", name="Ann\x00e\u0301\r\nAmes\u2028Jr.\x85")
    assert respondent.id == "E-1"
    assert respondent.name == "Anné\nAmes\nJr."


@pytest.mark.parametrize("length", [1, 3999, 4000])
def test_evidence_may_have_four_thousand_characters(length: int) -> None:
    placed = assessment(placements={"a": {"level": "1", "evidence": "é" * length}})
    assert len(placed.placements[0].evidence or "") == length


# ---- round trips -------------------------------------------------------------------------------

words = st.text(min_size=1, max_size=30).filter(lambda text: bool(text.strip()))
texts = words.map(lambda text: text.encode("utf-8", "replace").decode()).filter(
    lambda text: any(char.isprintable() and not char.isspace() for char in text)
)
ids = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,4})?", fullmatch=True)
dates = st.dates(date(1990, 1, 1), date(2100, 1, 1)).map(str)
CODES = ["1", "2", "3", "4", "a", "no", "1.10", "0o7", "1e5", "~", "-", "ü"]


def some(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


@st.composite
def maps(draw: st.DrawFn) -> dict[str, Any]:
    codes = draw(st.lists(st.sampled_from(CODES), min_size=2, max_size=6, unique=True))
    direction = draw(st.sampled_from(["ideal-first", "ideal-last"]))
    components = []
    for component_id in draw(st.lists(ids, min_size=1, max_size=4, unique=True)):
        own = draw(st.booleans())
        cell = texts | st.lists(texts, min_size=1, max_size=3)
        cells: dict[str, Any] = {code: draw(cell) for code in draw(st.permutations(codes))}
        if len(codes) > 2 and draw(st.booleans()):
            cells[draw(st.sampled_from(codes))] = None
        levels = [code for code in codes if cells[code]]
        cut = draw(st.sampled_from(codes))
        components.append(
            {
                "id": component_id,
                "code": draw(some(st.sampled_from(CODES))),
                "section": draw(ids),
                "title": draw(texts),
                "critical": draw(st.booleans()),
                "weight": draw(st.floats(0.1, 9)),
                "fidelity": draw(some(st.just({"ideal_until": cut, "acceptable_until": cut}))),
                "target": draw(some(st.sampled_from(levels))),
                "look_fors": draw(some(st.lists(texts, max_size=2))),
                "scale": [{"code": code} for code in codes] if own else [],
                "variations": cells,
                "off_scale": draw(some(st.just({"opposed": "No."}))),
                "next_steps": {levels[-1]: draw(texts)},
            }
        )
    return {
        "schema": "icmaps/map/1",
        "id": f"{draw(ids)}/{draw(ids)}",
        "version": "1.10.0",
        "title": draw(texts),
        "framework": "example@1.0.0",
        "direction": direction,
        "scale": [{"code": code, "label": draw(some(texts))} for code in codes],
        "components": components,
    }


@st.composite
def assessments(draw: st.DrawFn) -> dict[str, Any]:
    level = st.sampled_from(CODES).map(lambda code: {"level": code})
    answer = st.sampled_from(["not-applicable", "dont-know"]).map(lambda word: {"answer": word})
    more = st.fixed_dictionaries({}, optional={"evidence": texts, "on": dates})
    placements = st.builds(lambda one, two: one | two, level | answer, more)
    goal = st.fixed_dictionaries(
        {"component": ids, "to": st.sampled_from(CODES)},
        optional={"by": dates, "action": texts, "support": texts},
    )
    groups = st.fixed_dictionaries({}, optional={"team": texts, "school": texts})
    return {
        "schema": "icmaps/assessment/1",
        "map": "example/teacher@1.0.0",
        "respondent": {"id": draw(texts), "name": draw(some(texts)), "groups": draw(groups)},
        "rater": draw(st.sampled_from(["self", {"kind": "coach", "id": "E-2"}])),
        "round": {"id": draw(ids), "date": draw(dates)},
        "scope": draw(st.lists(ids, max_size=2)),
        "placements": draw(st.dictionaries(ids, placements, max_size=4)),
        "goals": draw(st.lists(goal, max_size=3, unique_by=lambda row: row["component"])),
    }


def as_yaml(value: Any, indent: str = "") -> str:
    """Write blocks one key a line, every text in double quotes."""
    if isinstance(value, dict) and value:
        rows = (f"{json.dumps(key)}:{as_yaml(item, indent + '  ')}" for key, item in value.items())
        return "".join(f"\n{indent}{row}" for row in rows)
    if isinstance(value, list) and value:
        return "".join(f"\n{indent}-{as_yaml(item, indent + '  ')}" for item in value)
    return " " + json.dumps(value, ensure_ascii=not isinstance(value, str) or "\x7f" in value)


def read_again(written: dict[str, Any], *, as_json: bool) -> object:
    text = json.dumps(written) if as_json else as_yaml(written).lstrip("\n")
    document = read_document(text.encode())
    assert document.problems("x") == []
    return document.model


@given(maps(), st.booleans())
def test_reading_a_written_map_gives_the_map(raw: dict[str, Any], as_json: bool) -> None:  # noqa: FBT001
    icmap = ICMap.model_validate(raw)
    written = icmap.model_dump(by_alias=True, mode="json")
    assert read_again(written, as_json=as_json) == icmap


@given(assessments(), st.booleans())
def test_reading_a_written_assessment_gives_the_assessment(
    raw: dict[str, Any],
    as_json: bool,  # noqa: FBT001
) -> None:
    made = Assessment.model_validate(raw)
    assert read_again(made.as_file(), as_json=as_json) == made
    assert read_again(made.model_dump(by_alias=True, mode="json"), as_json=as_json) == made


@pytest.mark.parametrize("path", sorted((DATA / "good").glob("*/framework-*.yaml")))
def test_reading_a_written_framework_gives_the_framework(path: Path) -> None:
    framework = CATALOG.framework(f"{path.parent.name}@1.0.0")
    assert isinstance(framework, Framework)
    written = framework.model_dump(by_alias=True, mode="json")
    assert read_again(written, as_json=False) == framework


@given(maps())
def test_turning_scale_and_direction_round_together_changes_no_rank(raw: dict[str, Any]) -> None:
    turned = raw | {
        "direction": "ideal-last" if raw["direction"] == "ideal-first" else "ideal-first",
        "scale": raw["scale"][::-1],
        "components": [row | {"scale": row["scale"][::-1]} for row in raw["components"]],
    }
    first, second = ICMap.model_validate(raw), ICMap.model_validate(turned)
    assert [[(v.code, v.rank) for v in row.variations] for row in first.components] == [
        [(v.code, v.rank) for v in row.variations] for row in second.components
    ]
