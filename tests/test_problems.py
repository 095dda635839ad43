"""Every rule has a folder of files that break it, and the whole text that is told about them.

`expected.txt` is what `icmaps validate` prints for the files beside it, or, where there are none,
for those of its own maps folder; for a rule of writing, what `--strict` adds to it.
"""

import json
import pickle
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icmaps.content import Catalog
from icmaps.content._yaml import Source, read_text
from icmaps.errors import RULES, ContentError, Problem, describe, near
from icmaps.lint import lint
from icmaps.tables import read_table

DATA = Path(__file__).parent / "data"
BROKEN = DATA / "broken"
CATALOG = Catalog([DATA / "good"])
WRITING = list(RULES)[list(RULES).index("title-verb") :]
# Files too silly to keep.
GENERATED = {
    "too-large": b"# " + b"x" * 1_000_000,
    "too-many-values": b"[" + b"1," * 50_001 + b"]",
}


def _problems(folder: Path) -> list[str]:
    """Validate the files of the folder, which is the working directory."""
    own = Path("maps")
    catalog = Catalog([*([own] if own.is_dir() else []), DATA / "good"])
    files = [path for path in sorted(Path().iterdir()) if path.suffix in {".yaml", ".json"}]
    if folder.name == "unreadable":
        files = [Path("missing.yaml")]
    if folder.name == "wrong-kind":
        with pytest.raises(ContentError) as caught:
            catalog.map("framework.yaml")
        return str(caught.value).splitlines()
    tables = sorted(Path().glob("*.csv"))
    files = files or ([] if tables else sorted(own.glob("*/*.yaml")))
    problems = [problem for path in files for problem in catalog.validate(path)]
    problems += [problem for path in tables for problem in _of_table(path, catalog)]
    if folder.name in WRITING:
        icmap = catalog.map(str(files[0]))
        advice = lint(icmap, catalog.framework(icmap.framework), catalog.maps(faulty="skip"))
        problems += catalog.locate(files[0], advice)
    return [str(problem) for problem in problems]


def _of_table(path: Path, catalog: Catalog) -> list[Problem]:
    try:
        return read_table(path, catalog=catalog).problems
    except ContentError as error:
        return list(error.problems)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_a_file_that_breaks_it_and_its_whole_text(
    rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / rule
    shutil.copytree(BROKEN / rule, folder)
    if rule in GENERATED:
        (folder / "map.yaml").write_bytes(GENERATED[rule])
    monkeypatch.chdir(folder)
    expected = (folder / "expected.txt").read_text("utf-8").splitlines()
    assert _problems(folder) == expected


def told(text: str, name: str = "x.yaml") -> list[str]:
    """Return what is told about a text, in a folder of its own, without why and how to mend."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(text, "utf-8")
        problems = CATALOG.validate(path)
    return [f"{problem.line}:{problem.column} {problem.what}" for problem in problems]


def test_no_folder_is_left_without_its_rule() -> None:
    assert {path.name for path in BROKEN.iterdir()} == set(RULES)


def test_a_misspelt_key_hides_neither_a_wrong_section_nor_a_wrong_line() -> None:
    assert told(f"""\
schema: icmaps/map/1
id: example/coach
version: 1.0.0
titel: Coach
framework: example@1.0.0
scale: [{{code: "1"}}, {{code: "2"}}]
components:
  - id: one
    section: cycle
    title: One
    look_for: [this]
    target: "3"
    variations: {{"1": Yes., "2": {"x" * 4001}}}
  - id: two
    section: cycles
    title: Two
    fidelity: {{ideal_until: "2", acceptable_until: "1"}}
    variations: {{"1": Yes., "2": No.}}
  - id: one
    section: evidence
    variations: {{1: Yes., "2": No.}}
    critical: "yes"
""") == [
        "4:1 the key 'titel' is not known here",
        "9:14 section 'cycle' is not in example@1.0.0",
        "11:5 the key 'look_for' is not known here",
        "12:13 '3' is not a level of component 'one'",
        "13:34 the text has 4,001 characters, 4,000 are allowed",
        "17:15 `ideal_until` ('2') lies beyond `acceptable_until` ('1')",
        "19:5 the key 'title' is missing",
        "19:9 the component 'one' is here a second time",
        "21:18 this is the number 1, not text",
        "22:15 'yes' does not fit here: true or false is needed",
    ]


def test_everything_wrong_with_an_assessment_is_told_at_once() -> None:
    assert told("""\
schema: icmaps/assessment/1
map: example/teacher@1.0.0
respondent: {id: 1042, name: "", groups: {scool: Lincoln}}
rater: {kind: couch}
round: 2026-fall
scope: [inquiry, 7]
placements:
  inquiry-cycle : {level: "2", evidense: Minutes}
  "peer-observation ": "1"
  peer-observation: 3
  shared-goals: {level: "3"}
  Shared-Goals: "1"
goals:
  - {component: inquiry-cycle, to: "2", buy: 2027-01-01}
  - inquiry-cycle
  - {component: shared-goals}
  - {component: inquiry-cycle, to: "7"}
extra: 1
""") == [
        "3:18 this is the number 1042, not text",
        "3:30 empty text does not fit here: it says nothing",
        "3:43 the key 'scool' is not known here",
        "4:15 'couch' does not fit here: it must be "
        "'self', 'peer', 'coach', 'observer', 'team' or 'then'",
        "5:8 '2026-fall' does not fit here: a block of `key: value` lines is needed",
        "6:18 this is the number 7, not text",
        "8:32 the key 'evidense' is not known here",
        "9:3 component 'peer-observation ' is not on example/teacher@1.0.0",
        "10:21 this is the number 3, not text",
        "11:3 component 'shared-goals' lies outside the scope",
        "11:25 the level '3' of component 'shared-goals' is a gap",
        "12:3 component 'Shared-Goals' is not on example/teacher@1.0.0",
        "14:3 there are 4 goals",
        "14:36 the goal for 'inquiry-cycle' is level '2', the placement is '2'",
        "14:41 the key 'buy' is not known here",
        "15:5 'inquiry-cycle' does not fit here: a block of `key: value` lines is needed",
        "16:5 the key 'to' is missing",
        "16:17 component 'shared-goals' lies outside the scope",
        "17:17 the goal for 'inquiry-cycle' is here a second time",
        "17:36 component 'inquiry-cycle' has no level '7'",
        "18:1 the key 'extra' is not known here",
    ]


def test_everything_wrong_with_a_framework_is_told_at_once() -> None:
    assert told("""\
schema: icmaps/framework/1
id: Mine
version: "1"
title: Mine
issuer: Me
edition: 2026
sections:
  - id: one
    kind: Cluster
    title: One
    sections: [{id: two, kind: cluster, title: Two}, {id: one, kind: cluster, title: 1.10}]
  - {id: two, kind: cluster, name: Two}
""") == [
        "2:5 'Mine' is not a valid id",
        "3:10 '1' is not a version",
        "6:10 this is the number 2026, not text",
        (
            "9:11 'Cluster' does not fit here: "
            "it must be 'frame', 'standard', 'construct', 'core-element' or 'cluster'"
        ),
        "11:59 the section 'one' is here a second time",
        "11:86 this is the number 1.1, not text",
        "12:5 the key 'title' is missing",
        "12:10 the section 'two' is here a second time",
        "12:30 the key 'name' is not known here",
    ]


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("variations: [a, b]", "a list does not fit here: a block of `code: text` lines is needed"),
        ("variations: {}", "component 'a' needs at least 2 levels with a word picture and has 0"),
        (
            "variations: {'1': {text: Yes.}, '2': No.}",
            "a block of `key: value` lines does not fit here: text is needed",
        ),
        (
            "variations: {'1': [], '2': No.}",
            "component 'a' needs at least 2 levels with a word picture and has 1",
        ),
        ("variations: {'1': [Yes., 2], '2': No.}", "this is the number 2, not text"),
        ("scale: [1]", "the number 1 does not fit here: a block of `key: value` lines is needed"),
        ("fidelity: ['1']", "a list does not fit here: a block of `key: value` lines is needed"),
        ("fidelity: {ideal_til: '1'}", "the key 'ideal_til' is not known here"),
        ("off_scale: [a]", "a list does not fit here: a block of `code: text` lines is needed"),
        ("next_steps: {'2': null}", "nothing does not fit here: text is needed"),
        ("weight: 0", "the number 0 does not fit here: it must be more than 0"),
        ("weight: 1e400", "the number inf does not fit here: it must be a finite number"),
        ("weight: true", "true does not fit here: a number is needed"),
        ("look_fors: a", "'a' does not fit here: a list is needed"),
        ("scale_: a", "the key 'scale_' is not known here"),
        ("section: null", "nothing does not fit here: text is needed"),
        ("title: null", "nothing does not fit here: text is needed"),
        ("titel: A", "the key 'titel' is not known here"),
        ("id: 1", "this is the number 1, not text"),
        (f"id: {'x' * 65}", "the text has 65 characters, 64 are allowed"),
        ("1: a", "the key '1' is not known here"),
        ("<<: a", "the merge key `<<` is not allowed"),
        ("? [a] : b", "a key must be plain text, not a list"),
        ("off_scale: *no", "the alias `*no` is not allowed"),
    ],
)
def test_one_cause_is_one_problem(row: str, what: str) -> None:
    rows = {
        "id": "a",
        "section": "cycles",
        "title": "A",
        "variations": "{'1': Yes., '2': No.}",
    }
    if row.startswith("titel"):
        del rows["title"]
    rows.pop(row.partition(":")[0], None)
    inside = ", ".join([*(f"{key}: {value}" for key, value in rows.items()), row])
    shown = told(
        "{schema: icmaps/map/1, id: example/coach, version: 1.0.0, title: A,"
        " framework: example@1.0.0, scale: [{code: '1'}, {code: '2'}],\n"
        f" components: [{{{inside}}}]}}"
    )
    assert [line.partition(" ")[2] for line in shown] == [what]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: 'b", "what begins here never ends"),
        ("a: b: c", "a colon stands where none can"),
        ("a: @b", "a value cannot begin with '@'"),
        ("\ta: b", "a value cannot begin with '\\t'"),
        ("a: b\nc\n", "this line has no colon"),
        ("- a\nb: c", "this does not fit the list above it"),
        ("{a: [b}", "a comma or the closing `]` is missing"),
        ("[{a: b]", "a comma or the closing `}` is missing"),
        ('a: "b" c', "this does not fit the lines above it"),
        ('a: "\\_\\c"', "a backslash in double quotes has a meaning of its own"),
    ],
)
def test_a_slip_of_syntax_is_told_in_plain_words(text: str, reason: str) -> None:
    (shown,) = told(text)
    assert shown.partition(" ")[2] == f"this is not YAML: {reason}"


def test_a_problem_is_one_line_whatever_the_file_holds() -> None:
    (shown,) = told('{"schema": "a\\nb\u202e' + "x" * 99 + '"}')
    assert shown == "1:12 `schema` is 'a\\nb\\u202exxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...'"


def test_a_problem_prints_as_json_with_the_keys_scripts_rely_on() -> None:
    problem = Problem("a.yaml", 1, 2, "id", "tag", "what", "why", "mend")
    assert problem.as_json() == {
        "file": "a.yaml",
        "line": 1,
        "column": 2,
        "path": "id",
        "rule": "tag",
        "what": "what",
        "why": "why",
        "mend": "mend",
        "severity": "error",
    }


def test_a_content_error_pickles_and_tells_its_problems_in_reading_order() -> None:
    problems = [Problem("a.yaml", line, 1, "", "tag", "A", "B", "C") for line in (10, 9)]
    error = pickle.loads(pickle.dumps(ContentError(problems)))  # noqa: S301
    assert str(error) == "a.yaml:9:1: A; B; C\na.yaml:10:1: A; B; C"
    assert error.problems == tuple(reversed(problems))


@pytest.mark.parametrize(
    ("word", "known", "guess"),
    [
        ("titel", ["title", "target"], "did you mean 'title'? "),
        ("SELF", ["self"], "did you mean 'self'? "),
        ("cycle", ["cycles", "circle"], "did you mean 'cycles'? "),
        ("x", ["title"], ""),
        ("", ["title"], ""),
        ("x" * 100_000, ["x" * 99_999], ""),
    ],
)
def test_near_names_what_may_have_been_meant(word: str, known: list[str], guess: str) -> None:
    assert near(word, known) == guess


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing"),
        (True, "true"),
        (1.5, "the number 1.5"),
        ("a", "'a'"),
        ({}, "a block of `key: value` lines"),
        ([], "a list"),
    ],
)
def test_a_value_is_described_in_words(value: object, words: str) -> None:
    assert describe(value) == words


def _keys(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield (*path, key)
            yield from _keys(item, (*path, key))
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _keys(item, (*path, position))


SOURCES = [read_text(path.read_bytes()) for path in sorted((DATA / "good").glob("*/*.yaml"))]
ANY_KEY = [
    (source, path)
    for source in SOURCES
    for path in _keys(source.data)
    if "off_scale" not in path[:-1]  # any name will do there
]


@given(st.sampled_from(ANY_KEY), st.sampled_from(["x", "é", "😀"]))
def test_a_misspelt_key_is_pointed_at(
    case: tuple[Source, tuple[str | int, ...]], extra: str
) -> None:
    source, path = case
    start = source.find(path, at_key=True)
    quoted = source.text[start] in "'\""
    text = source.text[: start + quoted] + extra + source.text[start + quoted :]
    line, column = source.place(start)
    places = {shown.split(" ")[0] for shown in told(text)}
    assert f"{line}:{column}" in places


WHOLE = """\
{"schema": "icmaps/assessment/1", "map": "example/teacher@1.0.0", "rater": {"kind": "self"},
 "respondent": {"id": "E-1", "groups": {"team": "A"}}, "round": {"id": "r", "date": "2026-11-20"},
 "scope": ["together"], "placements": {"inquiry-cycle": {"level": "3", "on": "2026-11-20"}},
 "goals": [{"component": "inquiry-cycle", "to": "2", "by": "2027-01-01"}]}
"""
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inside: st.lists(inside) | st.dictionaries(st.text("ac1", max_size=3), inside),
    max_leaves=5,
)


@given(
    st.sampled_from([WHOLE, *(source.text for source in SOURCES)]),
    st.integers(min_value=0),
    ANYTHING,
)
def test_no_value_anywhere_raises(text: str, place: int, value: Any) -> None:
    data = read_text(text.encode()).data
    holders = [data]
    for holder in holders:
        inside = holder.values() if isinstance(holder, dict) else holder
        holders += [item for item in inside if isinstance(item, dict | list) and item]
    holder = holders[place % len(holders)]
    keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
    holder[keys[place % len(keys)]] = value
    told(json.dumps(data))
