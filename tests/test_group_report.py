"""The report of a group, opened and read back as whoever gets it would."""

import re
import subprocess
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import page
import pikepdf
import pytest
from python_calamine import CalamineWorkbook

from icmaps.content import Catalog
from icmaps.errors import RenderError
from icmaps.groups import GroupStudy, study
from icmaps.models import Groups
from icmaps.report import write_group_report
from icmaps.scoring import Answers, Sheet, compile_map
from icmaps.tables import read_table
from report_cases import DATA, ROOT, read, squeezed

DISTRICT = ROOT / "examples" / "tables" / "north-county-2026.csv"
HARBOR = ("North County", "Harbor Middle")
CATALOG = Catalog([DATA])


@cache
def told() -> GroupStudy:
    (answers,) = read_table(DISTRICT).answers.values()
    return study(answers)


@cache
def invented(name: str) -> GroupStudy:
    """Forty people who place themselves anyhow on a map, twice."""
    icmap = CATALOG.map(name)
    compiled = compile_map(icmap, CATALOG.framework(icmap.framework))
    draw = np.random.default_rng(4)
    sheets, rows = [], []
    for person in range(40):
        groups = Groups(team=f"Team {person % 3}", school=f"School {person % 2}", district="D")
        for occasion, day in (("2026-spring", date(2026, 4, 1)), ("2026-fall", date(2026, 11, 1))):
            sheets.append(Sheet(f"E-{person}", groups, occasion, day))
            rows.append([int(draw.integers(len(c.variations))) for c in icmap.components])
    return study(Answers(compiled, tuple(sheets), np.array(rows, np.int8)))


def made(study_: GroupStudy, folder: Path, **options: Any) -> bytes:
    path = folder / "group.pdf"
    write_group_report(study_, path, **options)
    return path.read_bytes()


CASES: dict[str, tuple[Any, dict[str, Any]]] = {
    "a district": (told, {}),
    "a school, on A4": (told, {"group": HARBOR, "size": "a4"}),
    "rows of three to six levels": (lambda: invented("spl-2011/teacher"), {}),
    "the ideal last, rows that differ": (
        lambda: invented(str(DATA / "flat" / "inventory-1.0.0.yaml")),
        {},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_group_report_is_an_accessible_pdf(case: str, tmp_path: Path) -> None:
    of, options = CASES[case]
    result = page.validate_pdf_bytes(made(of(), tmp_path, **options), profile="ua1")
    assert result.is_compliant, [failure.message for failure in result.failures]


@pytest.mark.parametrize("case", CASES)
def test_nothing_is_printed_beyond_the_margins(case: str, tmp_path: Path) -> None:
    of, options = CASES[case]
    data = made(of(), tmp_path, **options)
    wide = 596 if options.get("size") == "a4" else 612
    boxes = re.findall(r'xMin="(.+?)" yMin=".+?" xMax="(.+?)"', read(data, "-bbox"))
    assert boxes
    assert min(float(left) for left, _ in boxes) > 40
    assert max(float(right) for _, right in boxes) < wide - 40


def test_pictures_are_vectors_with_words_for_them(tmp_path: Path) -> None:
    data = made(told(), tmp_path)
    images = subprocess.run(
        ["pdfimages", "-list", "-"], input=data, capture_output=True, check=True, text=False
    ).stdout.decode()
    assert len(images.splitlines()) == 2  # its heading, and no image
    with pikepdf.open(BytesIO(data)) as pdf:
        figures = [
            str(element.Alt)
            for element in pdf.objects
            if isinstance(element, pikepdf.Dictionary) and element.get("/S") == "/Figure"
        ]
    assert len(figures) > 36
    assert all(figures)
    assert any(re.search(r", of 20 parts: Ideal \(1\) \d", words) for words in figures)


def test_the_tables_say_what_the_json_says(tmp_path: Path) -> None:
    text = squeezed(read(made(told(), tmp_path), "-layout"))
    now = told().group("North County").now
    assert now is not None
    for component in told().icmap.components[:12]:
        shares = now.shares[component.id]
        cells = "".join(str(part or "·") for part in shares.parts)
        assert f"{cells}{shares.of}" in text, component.id


def test_page_one_is_the_summary(tmp_path: Path) -> None:
    first = read(made(told(), tmp_path), "-l", "1")
    headings = ("Strengths", "To work on", "Moved toward the ideal", "Between schools and within")
    for heading in headings:
        assert heading in first
    second = read(made(told(), tmp_path), "-f", "2", "-l", "2")
    assert "What to plan next" in second
    weakest = next(c for c in told().icmap.components if f"{c.code} {c.title}" in second)
    assert any(squeezed(s.text) in squeezed(second) for s in weakest.next_steps)


def test_the_same_study_gives_the_same_bytes(tmp_path: Path) -> None:
    assert made(told(), tmp_path) == made(told(), tmp_path)


def test_a_group_of_which_nothing_is_told_is_refused_with_those_that_can(tmp_path: Path) -> None:
    with pytest.raises(RenderError) as caught:
        made(told(), tmp_path, group=("North County", "Nowhere"))
    said = str(caught.value)
    assert said.startswith("nothing can be told of 'North County/Nowhere': it is not there, or ")
    assert "'North County/Harbor Middle'" in said


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"ends in none of \.pdf, \.html, \.xlsx, \.json"):
        write_group_report(told(), tmp_path / "group.docx")


def test_the_workbook_has_numbers_where_there_are_numbers(tmp_path: Path) -> None:
    write_group_report(told(), tmp_path / "group.xlsx")
    book = CalamineWorkbook.from_path(tmp_path / "group.xlsx")
    assert book.sheet_names == ["Spread", "Growth", "Change", "Raters", "Sections", "About"]
    heads, *rows = book.get_sheet_by_name("Spread").to_python()
    assert heads[:6] == ["kind", "district", "school", "team", "round", "people"]
    by_head = [dict(zip(heads, row, strict=True)) for row in rows]
    assert {type(row[name]) for row in by_head for name in ("people", "parts", "of")} == {float}
    harbor = [r for r in by_head if r["school"] == "Harbor Middle" and r["round"] == "2026-fall"]
    first = [r for r in harbor if r["component"] == told().icmap.components[0].id]
    assert sum(float(str(row["parts"])) for row in first) == first[0]["of"]
