"""What README shows is run: its Python as doctests, its assessment as a file."""

import doctest
import re
import shutil
from pathlib import Path

import pytest

import icmaps

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_tutorial_prints_what_it_says(folder: Path) -> None:
    test = doctest.DocTestParser().get_doctest(README, {}, "README", "README.md", 0)

    failed, tried = doctest.DocTestRunner(optionflags=doctest.FAIL_FAST).run(test)

    assert (failed, tried) == (0, len(test.examples))
    assert tried > 15
    assert (folder / "jordan-ames.pdf").read_bytes().startswith(b"%PDF-")


def test_the_assessment_shown_is_one(folder: Path) -> None:
    block = re.search(r"```yaml\n(schema: icmaps/assessment/1\n.*?)```", README, re.DOTALL)
    assert block is not None
    path = folder / "shown.yaml"
    path.write_text(block[1], "utf-8")

    assessment = icmaps.read_assessment(path)

    assert [goal.component for goal in assessment.goals] == ["team-talk-skills"]


def test_every_file_it_links_to_is_there() -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", README)

    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
