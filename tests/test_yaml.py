"""Bytes to plain data: what is read, what is refused, and where it stands."""

import json
import random
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from icmaps.content import _yaml
from icmaps.content._document import read_document
from icmaps.content._yaml import Source, read_text

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.text("aé✓😀 :-#'\"\\{[,\n"),
    lambda inside: st.lists(inside) | st.dictionaries(st.text("abc😀: "), inside),
    max_leaves=30,
)
BLOCKS = st.lists(JSON, min_size=1) | st.dictionaries(st.text("abc😀: "), JSON, min_size=1)


def data(text: str) -> Any:
    source = read_text(text.encode())
    assert source.findings == []
    return source.data


def found(raw: str | bytes) -> list[str]:
    """Read bytes and return each finding as `line:column rule`."""
    source = read_text(raw if isinstance(raw, bytes) else raw.encode())
    places = [(source.place(index), finding.rule) for finding, index in source.findings]
    return [f"{line}:{column} {rule}" for (line, column), rule in places]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("Yes", "Yes"),
        ("1:30", "1:30"),
        ("1_000", "1_000"),
        ("2026-13-45", "2026-13-45"),
        ("2026-11-20", "2026-11-20"),
        ("010", 10),
        ("0o10", 8),
        ("0x1F", 31),
        ("-7", -7),
        ("1.10", 1.1),
        (".5", 0.5),
        ("1e3", 1000.0),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("1.0.0", "1.0.0"),
        ("999999999999999999", 999_999_999_999_999_999),
        ("true", True),
        ("~", None),
        ("", None),
        ('""', ""),
        ('"1"', "1"),
        ("'null'", "null"),
        ("=", "="),
        ("٣", "٣"),
    ],
)
def test_plain_values_follow_the_core_schema_of_yaml_1_2(written: str, value: object) -> None:
    assert data(f"key: {written}\n") == {"key": value}
    assert type(data(f"key: {written}\n")["key"]) is type(value)


def test_text_is_brought_into_one_form_of_unicode() -> None:
    assert data("{e\u0301: 'e\u0301', b: e\u0301}") == {"é": "é", "b": "é"}


def test_line_separators_of_other_alphabets_of_yaml_break_no_line() -> None:
    assert data("a: one\u2028two # x\u0085b: 1\nc: 3\n") == {"a": "one two", "c": 3}


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_places_count_lines_however_they_end_and_do_not_count_the_mark(
    ending: str, mark: str
) -> None:
    text = mark + ending.join(["a: 1", "b:", "  - x", "  - a: 2", "    a: 3", ""])
    assert found(text) == ["5:5 duplicate-key"]


def test_columns_count_characters_however_wide_or_composed() -> None:
    assert found("{'日本 😀 e\u0301': 1, a: *x}") == ["1:19 alias"]


def test_a_pair_of_json_escapes_is_one_character_and_shifts_no_column() -> None:
    text = '{"name": "\\ud83d\\ude00 \\\\ud83d", "a": 1, "a": 2}'
    source = read_text(text.encode())
    assert source.data == {"name": "😀 \\ud83d", "a": 1}
    column = text.rindex('"a"') + 1
    assert found(text) == [f"1:{column} duplicate-key"]


def test_tabs_between_the_values_of_json_are_space() -> None:
    assert data('{\n\t"a":\t[1,\n\t\t2],\r\n\t"b":{}\n}') == {"a": [1, 2], "b": {}}


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", ["1:1 empty-file"]),
        (b"\xef\xbb\xbf", ["1:1 empty-file"]),
        (b"# only this\n\n", ["1:1 empty-file"]),
        (b"---\n...\n", ["1:1 empty-file"]),
        (b"null\n", ["1:1 empty-file"]),
        (b"a: b\n---\na: c\n", ["2:1 second-document"]),
        (b"a: b\nb: caf\xe9\n", ["2:7 not-utf-8"]),
        (b"\xef\xbb\xbfa: \xff", ["1:4 not-utf-8"]),
        ("a: b".encode("utf-16"), ["1:1 not-utf-8"]),
        (b"a: b\x00c\r\nd: \x7f", ["1:5 control-character", "2:4 control-character"]),
        ("a: \uffff", ["1:4 control-character"]),
        ('a: "\\0"', ["1:4 control-character"]),
        ('a: "\\e[2J"', ["1:4 control-character"]),
        ("\0" * 1000, [f"1:{column} control-character" for column in range(1, 21)]),
        ('"a": "x \\ud800 y"', ["1:9 lone-surrogate"]),
        ('{"a": "\\ude00\\ud83d"}', ["1:8 lone-surrogate"]),
        ("a: &x {b: 1}", ["1:4 anchor"]),
        ("a: &a [*a]", ["1:4 anchor", "1:8 alias"]),
        ("a: &x 1\n*x : 2", ["1:4 anchor", "2:1 alias"]),
        ("a: !!set {b}", ["1:4 tag"]),
        ("a: !<%0A%1b[2J> b", ["1:4 tag"]),
        ("a: {<<: 1}\n<<: 2", ["1:5 merge-key", "2:1 merge-key"]),
        ("a: 1\n'a': 2", ["2:1 duplicate-key"]),
        ("1: x\n1: y\n", ["2:1 duplicate-key"]),
        ("true: 1\n1.5: 2\n~: 3\n[a]: 4", [f"{line}:1 complex-key" for line in (1, 2, 3, 4)]),
        ("a: " + "1" * 5000, ["1:4 number-too-long"]),
        ("a: 0x" + "F" * 5000, ["1:4 number-too-long"]),
        ("[" * 200_000, ["1:41 too-deep"]),
        ("{a: " * 200_000, ["1:161 too-deep"]),
        ("- " * 200_000, ["1:81 too-deep"]),
        ("a: 'x\nb: 1\n", ["1:4 syntax"]),
        ("a: b: c", ["1:5 syntax"]),
        ("\ta: 1", ["1:1 syntax"]),
        ("a: @b", ["1:4 syntax"]),
        ("a:\n - b\n c\n", ["3:2 syntax"]),
        ("a: [1, 2\nb: 3", ["2:2 syntax"]),
        ("a: 1\n b: 2", ["2:3 syntax"]),
        ("a\nb: 1", ["2:2 syntax"]),
    ],
)
def test_what_is_wrong_with_the_text_is_told_at_its_place(
    raw: str | bytes, expected: list[str]
) -> None:
    assert found(raw) == expected


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: [*b,*b,*b,*b]\n",
        "a: &a {x: 1}\nb: &b {<<: *a, y: 1}\nc: {<<: *b}\n",
    ],
    ids=["alias bomb", "merge bomb"],
)
def test_a_bomb_is_refused_piece_by_piece(text: str) -> None:
    rules = {place.split()[1] for place in found(text)}
    assert rules <= {"anchor", "alias", "merge-key"}
    assert len(found(text)) >= 4


def test_aliases_count_as_values() -> None:
    assert found("[" + "*a," * 60_000 + "]")[-1] == "1:149999 too-many-values"


@pytest.mark.parametrize("text", ["[" * 200_000, "{a: " * 200_000, "- " * 200_000])
def test_what_crashes_libyaml_ends_in_an_error_and_not_in_a_signal(
    text: str, tmp_path: Any
) -> None:
    (tmp_path / "map.yaml").write_text(text)
    program = "import sys; from icmaps.content import load_map; load_map(sys.argv[1])"
    ran = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "map.yaml"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert ran.stderr.splitlines()[-1].endswith(
        "values are nested more than 40 deep; no file of ours needs it, and deep nesting is a known"
        " way to crash YAML readers; flatten it, or check that it is the right file"
    )


@given(
    st.binary()
    | st.text().map(str.encode)
    | st.text("[]{}:-?,&*!|>'\"%@`#~ \t\n\\ua1").map(str.encode)
)
@example(b"\xef\xbb\xbf\xef\xbb\xbfa: 1")
@example(b"%YAML 3.0\n---\na")
@example(b"%TAG ! tag:x,2000:\n--- !b c")
@example(b"\\")
def test_no_bytes_raise(raw: bytes) -> None:
    for document in (read_document(raw), read_document(b"schema: icmaps/map/1\n" + raw)):
        assert document.model is None
        assert document.problems("x.yaml")


@given(st.text("[]{}:-?,&*!|>'\"%@`#~ \t\n\\ua1"))
def test_no_text_raises_where_libyaml_is_missing(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_yaml, "_Parser", vars(_yaml)["yaml"].SafeLoader)
        assert read_document(text.encode()).problems("x.yaml")


def test_half_a_character_is_found_where_libyaml_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_yaml, "_Parser", vars(_yaml)["yaml"].SafeLoader)
    assert found('a: "x \\ud800"') == ["1:4 lone-surrogate"]


@given(BLOCKS, st.booleans(), st.sampled_from([None, 1, "\t"]))
def test_json_is_read_as_json(value: Any, ascii_only: bool, indent: Any) -> None:  # noqa: FBT001
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    assert data(text) == json.loads(text)


def keys(source: Source) -> list[tuple[tuple[str | int, ...], Any]]:
    """Return the path and the value of everything in a file."""
    everything: list[tuple[tuple[str | int, ...], Any]] = []

    def walk(value: Any, path: tuple[str | int, ...]) -> None:
        everything.append((path, value))
        if isinstance(value, list):
            value = dict(enumerate(value))
        for step, item in value.items() if isinstance(value, dict) else ():
            walk(item, (*path, step))

    walk(source.data, ())
    return everything


@given(BLOCKS, st.randoms())
def test_every_value_is_found_where_it_stands(value: Any, rng: random.Random) -> None:
    indent = rng.choice([None, 2])
    lines = json.dumps(value, ensure_ascii=rng.random() < 0.5, indent=indent)
    source = read_text(lines.encode())
    for path, item in keys(source):
        line, column = source.place(source.find(path))
        rest = lines.split("\n")[line - 1][column - 1 :]
        written = [json.dumps(item, ensure_ascii=only) for only in (True, False)]
        if isinstance(item, dict | list):
            written = ["{" if isinstance(item, dict) else "["]
        assert rest.startswith(tuple(written))
