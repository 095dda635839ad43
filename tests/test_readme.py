"""What README shows is run: its Python as doctests, its assessment as a file."""

import doctest
import re
import shlex
import shutil
import subprocess
import sys
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


@pytest.mark.parametrize(("page", "least"), [("README.md", 15), ("docs/groups.md", 12)])
def test_the_tutorial_prints_what_it_says(page: str, least: int, folder: Path) -> None:
    text = (ROOT / page).read_text("utf-8")
    test = doctest.DocTestParser().get_doctest(text, {}, page, page, 0)

    failed, tried = doctest.DocTestRunner(optionflags=doctest.FAIL_FAST).run(test)

    assert (failed, tried) == (0, len(test.examples))
    assert tried > least
    assert (folder / "jordan-ames.pdf").exists() == (page == "README.md")


def test_the_assessment_shown_is_one(folder: Path) -> None:
    block = re.search(r"```yaml\n(schema: icmaps/assessment/1\n.*?)```", README, re.DOTALL)
    assert block is not None
    path = folder / "shown.yaml"
    path.write_text(block[1], "utf-8")

    assessment = icmaps.read_assessment(path)

    assert [goal.component for goal in assessment.goals] == ["team-talk-skills"]


@pytest.mark.slow
def test_the_how_to_of_print_runs_works_as_it_says(folder: Path) -> None:
    head, *rows = (folder / "examples/tables/north-county-2026.csv").read_text().splitlines()
    two_schools = [row for row in rows if "Harbor Middle" in row or "Eastgate" in row]
    (folder / "placements.csv").write_text("\n".join([head, *two_schools]))
    page = (ROOT / "docs" / "print-runs.md").read_text("utf-8")
    shown = re.findall(r"^\$ icmaps (print placements.*)\n(.*), about", page, re.MULTILINE)
    assert len(shown) == 2

    for command, plan in shown:
        said = subprocess.run(
            [sys.executable, "-m", "icmaps", *shlex.split(command)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert said.stdout.startswith(f"{plan}, about")

    there = {str(path.relative_to(folder / "reports")) for path in folder.rglob("reports/*/*.pdf")}
    for file in re.findall(r"`(merged/[a-z-]+\.pdf)`", page):
        assert file in there
    assert {"harbor-middle/e-1101.pdf", "eastgate-elementary/e-1060.pdf"} < there


@pytest.mark.parametrize(
    "page", ["README.md", "docs/groups.md", "docs/print-runs.md", "docs/web.md"]
)
def test_every_file_it_links_to_is_there(page: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", (ROOT / page).read_text("utf-8"))

    assert links
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []
