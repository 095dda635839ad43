"""Advice on how maps are written; each rule's own words are in test_problems.py."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from icmaps.cli._app import app
from icmaps.content import Catalog
from icmaps.errors import Finding
from icmaps.lint import lint, reading_grade
from icmaps.models import ICMap

CATALOG = Catalog()
MAPS = {icmap.reference: icmap for icmap in CATALOG.maps() if icmap.status == "published"}
TEACHER = MAPS["spl-2022/teacher@1.0.0"]


def _lint(icmap: ICMap, *others: ICMap) -> list[Finding]:
    return lint(icmap, CATALOG.framework(icmap.framework), others)


@pytest.mark.parametrize("reference", MAPS)
def test_every_published_map_passes_beside_all_the_others(reference: str) -> None:
    assert _lint(MAPS[reference], *MAPS.values()) == []


def test_a_map_made_from_another_by_changing_the_noun_is_found_out() -> None:
    text = TEACHER.model_dump_json(by_alias=True).replace("students", "pupils")
    copy = ICMap.model_validate_json(text.replace("spl-2022/teacher", "spl-2022/tutor"))
    found = [f for f in _lint(copy, TEACHER) if f.rule == "near-duplicate"]
    pictures = {f.path[1] for f in found if f.path[2] == "variations"}
    assert len(pictures) == len(TEACHER.components)
    assert all("on spl-2022/teacher" in str(f.values["other"]) for f in found)


def test_other_versions_of_a_map_are_not_its_duplicates() -> None:
    newer = TEACHER.model_copy(update={"version": "1.1.0"})
    assert _lint(newer, TEACHER) == []


def test_wording_is_not_judged_in_a_language_it_is_not_made_for() -> None:
    text = TEACHER.model_dump_json(by_alias=True).replace('"language":"en"', '"language":"es"')
    spanish = ICMap.model_validate_json(text.replace('"title":"', '"title":"El '))
    assert {f.rule for f in _lint(spanish)} == set()
    english = spanish.model_copy(update={"language": "en-GB"})
    assert {f.rule for f in _lint(english)} == {"title-verb"}


def test_the_grade_is_that_of_the_formula() -> None:
    # 6 words, 1 sentence, 6 syllables: 0.39 * 6 + 11.8 * 1 - 15.59
    assert reading_grade("The cat sat on the mat.") == pytest.approx(-1.45)
    # 4 words in 2 sentences, 8 syllables by Pyphen: mem-ber, cal-en-dar, win-ter, (one)
    assert reading_grade("Member calendar. Winter one.") == pytest.approx(0.78 + 23.6 - 15.59)
    assert reading_grade("...") == 0


@given(st.lists(st.sampled_from(["calendar", "cat", "member", "sat", "winter"]), min_size=2))
def test_a_text_cut_into_sentences_is_never_harder(words: list[str]) -> None:
    whole = " ".join(words) + "."
    assert reading_grade(". ".join(words) + ".") <= reading_grade(whole)


def test_strict_makes_advice_count(tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    source = Path(__file__).parent / "data/broken/no-fidelity/map.yaml"
    path.write_text(source.read_text("utf-8"), "utf-8")
    good = str(Path(__file__).parent / "data/good")
    lenient = CliRunner().invoke(app, ["validate", str(path), "--maps", good])
    strict = CliRunner().invoke(app, ["validate", str(path), "--maps", good, "--strict"])
    assert (lenient.exit_code, strict.exit_code) == (0, 1)
    assert "no fidelity line between acceptable and not" in strict.stdout
    assert strict.stdout.count("\n") == 1
