"""Names and references, versions and locks: which file a name stands for."""

import hashlib
import shutil
from pathlib import Path

import pytest

from icmaps.content import Catalog, _catalog, load_map, read_assessment
from icmaps.content._document import read_bytes
from icmaps.errors import ContentError, UnknownNameError

ROOT = Path(__file__).parent.parent
GOOD = Path(__file__).parent / "data" / "good"
CATALOG = Catalog([GOOD])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A maps folder of one's own to change."""
    return Path(shutil.copytree(GOOD, tmp_path / "mine"))


def lock(folder: Path, *names: str) -> None:
    digests = (hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names)
    lines = [f"{digest}  {name}\n" for digest, name in zip(digests, names, strict=True)]
    (folder / "versions.lock").write_text("".join(lines))


def change(path: Path, old: str, new: str) -> Path:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    return path


def unknown(name: str) -> str:
    with pytest.raises(UnknownNameError) as caught:
        CATALOG.map(name)
    return str(caught.value)


def broken(error: pytest.ExceptionInfo[ContentError]) -> list[tuple[str, str]]:
    return [(Path(problem.file).name, problem.rule) for problem in error.value.problems]


def test_a_name_without_version_is_the_newest_published() -> None:
    assert CATALOG.map("example/teacher").version == "1.0.0"


def test_versions_are_compared_as_numbers(folder: Path) -> None:
    text = (folder / "example/teacher-1.0.0.yaml").read_text("utf-8")
    for version in ("1.9.0", "1.10.0"):
        newer = text.replace("version: 1.0.0", f"version: {version}")
        (folder / f"example/teacher-{version}.yaml").write_text(newer, "utf-8")
    assert Catalog([folder]).map("example/teacher").version == "1.10.0"


@pytest.mark.parametrize("reference", ["example/teacher@2.0.0", "example/teacher@0.9.0"])
def test_drafts_and_retired_maps_are_found_when_named(reference: str) -> None:
    assert CATALOG.map(reference).reference == reference


def test_a_map_without_a_published_version_says_which_versions_there_are(folder: Path) -> None:
    (folder / "example/teacher-1.0.0.yaml").unlink()
    with pytest.raises(UnknownNameError) as caught:
        Catalog([folder]).map("example/teacher")
    assert str(caught.value) == (
        "no version of 'example/teacher' is published; name one with its version: "
        "example/teacher@0.9.0, example/teacher@2.0.0"
    )


@pytest.mark.parametrize(
    ("name", "guess"),
    [
        ("example/techer", "did you mean 'example/teacher'? "),
        ("Example/Teacher", "did you mean 'example/teacher'? "),
        ("letters", "did you mean 'flat/letters'? "),
        ("flat/inventory@1.1.0", "did you mean 'flat/inventory@1.0.0'? "),
        ("flat/inventroy@1.0.0", "did you mean 'flat/inventory@1.0.0'? "),
        ("letters@1.0.1", "did you mean 'flat/letters@1.0.0'? "),
        ("", ""),
        ("zzz", ""),
        ("../../etc/passwd", ""),
    ],
)
def test_an_unknown_name_is_answered_with_the_near_ones(name: str, guess: str) -> None:
    assert (
        unknown(name) == f"{name!r} is not in the catalog; {guess}`icmaps maps` lists what there is"
    )


def test_a_folder_that_does_not_exist_is_told() -> None:
    with pytest.raises(
        UnknownNameError, match=r"^'/no/such' is not a maps folder; name one that is$"
    ):
        Catalog([Path("/no/such")])


def test_all_maps_come_by_id_and_newest_first(folder: Path) -> None:
    found = [icmap.reference for icmap in Catalog([folder]).maps()]
    assert [reference for reference in found if reference.startswith(("example/", "flat/"))] == [
        "example/teacher@2.0.0",
        "example/teacher@1.0.0",
        "example/teacher@0.9.0",
        "flat/inventory@1.0.0",
        "flat/letters@1.0.0",
    ]
    assert "spl-2022/teacher@1.0.0" in found


def test_the_first_folder_with_a_map_wins(folder: Path) -> None:
    change(folder / "example/teacher-1.0.0.yaml", "title: Teacher\n", "title: Ours\n")
    assert Catalog([folder, GOOD]).map("example/teacher").title == "Ours"
    assert Catalog([GOOD, folder]).map("example/teacher").title == "Teacher"


def test_a_map_is_named_by_its_file_too(tmp_path: Path) -> None:
    path = shutil.copy(GOOD / "example/teacher-1.0.0.yaml", tmp_path / "copy.yaml")
    assert CATALOG.map(str(path)) == CATALOG.map("example/teacher")


def test_a_file_that_is_mended_is_read_again(tmp_path: Path) -> None:
    path = Path(shutil.copy(GOOD / "example/teacher-1.0.0.yaml", tmp_path / "copy.yaml"))
    assert CATALOG.map(str(path)).title == "Teacher"
    change(path, "title: Teacher\n", "title: Ours\n")
    assert CATALOG.map(str(path)).title == "Ours"


def test_a_map_outside_any_folder_may_name_a_bundled_framework(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    text = (GOOD / "example/teacher-2.0.0.yaml").read_text("utf-8")
    text = text.replace("example@1.0.0", "spl-2022@1.0.0")
    path.write_text(text.replace("cycles", "continuous-improvement"), "utf-8")
    assert Catalog().validate(path) == []
    assert Catalog().map(str(path)).framework == "spl-2022@1.0.0"
    path.write_text(text, "utf-8")
    assert [problem.rule for problem in Catalog().validate(path)] == ["unknown-section"]


def test_a_map_outside_any_folder_finds_the_framework_beside_it(folder: Path) -> None:
    catalog = Catalog()
    icmap = catalog.map(str(folder / "flat/letters-1.0.0.yaml"))
    assert catalog.framework(icmap.framework).title == "A framework of one level"


def test_a_faulty_framework_beside_a_map_is_told_and_not_passed_over(folder: Path) -> None:
    change(folder / "flat/framework-1.0.0.yaml", "kind: cluster", "kind: clutser")
    with pytest.raises(ContentError) as caught:
        Catalog().map(str(folder / "flat/letters-1.0.0.yaml"))
    assert broken(caught) == [("letters-1.0.0.yaml", "broken-reference")]


def test_a_faulty_draft_is_in_nobodys_way(folder: Path) -> None:
    change(folder / "example/teacher-2.0.0.yaml", "title: Inquires", "titel: Inquires")
    assert Catalog([folder]).map("example/teacher").version == "1.0.0"


def test_a_faulty_published_map_is_not_passed_over(folder: Path) -> None:
    shutil.copy(folder / "example/teacher-1.0.0.yaml", folder / "example/teacher-1.1.0.yaml")
    with pytest.raises(ContentError) as caught:
        Catalog([folder]).map("example/teacher")
    assert broken(caught) == [("teacher-1.1.0.yaml", "misplaced")]


def test_a_locked_file_that_changed_is_an_error_that_names_it(folder: Path) -> None:
    lock(folder, "example/teacher-1.0.0.yaml", "example/framework-1.0.0.yaml")
    assert Catalog([folder]).map("example/teacher").version == "1.0.0"
    path = change(folder / "example/teacher-1.0.0.yaml", "Begins a cycle", "Starts a cycle")
    with pytest.raises(ContentError) as caught:
        Catalog([folder]).map("example/teacher@1.0.0")
    assert broken(caught) == [("teacher-1.0.0.yaml", "published-changed")]
    assert caught.value.problems[0].file == str(path)


def test_a_changed_framework_stops_its_maps(folder: Path) -> None:
    lock(folder, "example/framework-1.0.0.yaml", "example/teacher-1.0.0.yaml")
    change(folder / "example/framework-1.0.0.yaml", "Leadership", "Leading")
    with pytest.raises(ContentError) as caught:
        Catalog([folder]).map("example/teacher@1.0.0")
    assert broken(caught) == [("teacher-1.0.0.yaml", "broken-reference")]


def test_a_lock_holds_under_a_relative_path_and_in_binary_format(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock(folder, "example/teacher-1.0.0.yaml")
    change(folder / "versions.lock", "  example", " *example")
    change(folder / "example/teacher-1.0.0.yaml", "Begins a cycle", "Starts a cycle")
    monkeypatch.chdir(folder / "example")
    problems = Catalog([folder]).validate(Path("teacher-1.0.0.yaml"))
    assert [(problem.file, problem.rule) for problem in problems] == [
        ("teacher-1.0.0.yaml", "published-changed")
    ]


def test_an_unlocked_published_file_is_a_warning_and_can_be_used(folder: Path) -> None:
    lock(folder, "example/framework-1.0.0.yaml")
    catalog = Catalog([folder])
    assert catalog.map("example/teacher").version == "1.0.0"
    problems = catalog.validate(folder / "example/teacher-1.0.0.yaml")
    assert [(p.rule, p.severity) for p in problems] == [("published-unlocked", "warning")]
    assert catalog.validate(folder / "example/teacher-2.0.0.yaml") == []


def test_no_file_of_a_maps_folder_is_read_twice(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []

    def count(path: Path) -> bytes | str:
        opened.append(path)
        return read_bytes(path)

    monkeypatch.setattr(_catalog, "read_bytes", count)
    catalog = Catalog([folder])
    everything = [*catalog.maps(), *catalog.maps()]
    for path in folder.glob("*/*.yaml"):
        assert catalog.validate(path) == []
    catalog.framework("example@1.0.0")
    catalog.map("example/teacher")
    assert len(everything) == 2 * len(list(catalog.maps()))
    assert len(opened) == len(set(opened))


def test_one_map_reads_only_itself_and_its_framework(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def count(path: Path) -> bytes | str:
        opened.append(path.name)
        return read_bytes(path)

    monkeypatch.setattr(_catalog, "read_bytes", count)
    Catalog().map("spl-2022/teacher@1.0.0")
    assert opened == ["teacher-1.0.0.yaml", "framework-1.0.0.yaml"]


def test_an_assessment_is_read_from_yaml_and_from_json(tmp_path: Path) -> None:
    for name, text in {
        "a.yaml": "schema: icmaps/assessment/1\nmap: example/teacher@1.0.0\n"
        "respondent: {id: E-1}\nround: {id: r, date: 2026-11-20}\n"
        "placements: {shared-goals: '2'}\n",
        "a.json": '{"schema": "icmaps/assessment/1", "map": "example/teacher@1.0.0", "respondent":'
        '{"id": "E-1"}, "round": {"id": "r", "date": "2026-11-20"},\n\t"placements":'
        '{"shared-goals": {"level": "2"}}}',
    }.items():
        (tmp_path / name).write_text(text, "utf-8")
    first = read_assessment(tmp_path / "a.yaml", maps=[GOOD])
    assert first == read_assessment(str(tmp_path / "a.json"), maps=[GOOD])
    assert first.placements[0].level == "2"


def test_an_assessment_is_called_as_the_caller_calls_it(tmp_path: Path) -> None:
    (tmp_path / "upload-7f.tmp").write_text("")
    with pytest.raises(ContentError, match=r"^jordan\.yaml:1:1: the file has nothing in it"):
        CATALOG.read_assessment(tmp_path / "upload-7f.tmp", file="jordan.yaml")


def test_a_missing_file_is_a_problem_like_any_other() -> None:
    with pytest.raises(ContentError) as caught:
        load_map("no/such.yaml")
    assert str(caught.value) == (
        "no/such.yaml:1:1: the file cannot be read: no such file or directory; "
        "nothing in it was looked at; check the name and your right to read it"
    )
    assert [problem.rule for problem in CATALOG.validate(GOOD)] == ["unreadable"]
    assert [problem.rule for problem in CATALOG.validate(Path("a\0b.yaml"))] == ["unreadable"]


def test_every_bundled_file_is_sound() -> None:
    problems = [
        str(problem)
        for path in sorted((ROOT / "maps").glob("*/*.yaml"))
        for problem in Catalog().validate(path)
    ]
    assert problems == []


def test_versions_lock_holds_the_hash_of_every_published_bundled_file() -> None:
    lines = (ROOT / "maps" / "versions.lock").read_text("utf-8").splitlines()
    locked = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    catalog = Catalog()
    for path in sorted((ROOT / "maps").glob("*/*.yaml")):
        if path.name.startswith("crosswalk-"):
            continue  # no placement points at one
        is_framework = path.name.startswith("framework-")
        if is_framework or catalog.map(str(path)).status == "published":
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            assert locked.pop(path.relative_to(ROOT / "maps").as_posix()) == digest
    assert locked == {}, "locked files are gone"
