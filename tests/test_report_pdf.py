"""The growth report as a PDF: made, opened and read back."""

import json
import re
from io import BytesIO
from pathlib import Path

import page
import pikepdf
import pytest

import icmaps
from icmaps.errors import RenderError, ScoringError
from icmaps.report import report_pdf, write_report
from report_cases import (
    CASES,
    LONG_NOTE,
    MARGIN,
    PRIVATE,
    UNBROKEN,
    Case,
    Word,
    assessed,
    case,
    changed,
    example,
    made_map,
    notes,
    squeezed,
)

SIZES = {"letter": (612, 792), "a4": (595.28, 841.89)}
HEIGHT_SHARED = 0.45  # lines of one paragraph overlap less than this, and print beside each other

every_case = pytest.mark.parametrize("name", CASES)


def opened(of: Case) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(of.report.data))


def bookmarks(pdf: pikepdf.Pdf) -> list[tuple[int, str]]:
    """Depth and title of every bookmark, in order."""

    def walk(items: list[pikepdf.OutlineItem], depth: int) -> list[tuple[int, str]]:
        found = []
        for item in items:
            found += [(depth, item.title), *walk(item.children, depth + 1)]
        return found

    with pdf.open_outline() as outline:
        return walk(outline.root, 0)


# ---- every report ----------------------------------------------------------------------------


@every_case
def test_passes_validation_as_pdf_ua_1(name: str) -> None:
    result = page.validate_pdf_bytes(case(name).report.data, profile="ua1")
    assert [str(failure) for failure in result.failures] == []


@every_case
def test_is_tagged_and_has_language_and_title(name: str) -> None:
    with opened(case(name)) as pdf:
        assert str(pdf.Root.Lang) == "en"
        assert pdf.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in pdf.Root
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        shown = case(name).view.title.replace(PRIVATE, "□")
        assert str(pdf.docinfo["/Title"]) == shown


@every_case
def test_every_page_has_exactly_the_paper_that_was_asked_for(name: str) -> None:
    width, height = SIZES[case(name).size]
    with opened(case(name)) as pdf:
        for sheet in pdf.pages:
            box = [float(side) for side in sheet.mediabox]
            assert box == pytest.approx([0, 0, width, height], abs=0.01)


@every_case
def test_every_page_says_which_of_how_many_it_is(name: str) -> None:
    pages = case(name).pages
    assert len(pages) == case(name).report.pages
    for number, text in enumerate(pages, 1):
        assert re.findall(r"Page \d+ of \d+$", text, re.MULTILINE) == [
            f"Page {number} of {len(pages)}"
        ]


@every_case
def test_pages_after_the_first_carry_the_name_at_their_head(name: str) -> None:
    shown = case(name).view.name.replace(PRIVATE, "□").split()[0]
    first, *rest = case(name).words
    assert not [word for word in first if word.bottom < MARGIN]
    for words in rest:
        head = [word.text for word in words if word.bottom < MARGIN]
        assert head
        assert shown.startswith(head[0]) or shown in head


@every_case
def test_the_last_two_pages_explain_and_plan(name: str) -> None:
    *_, reading, plan = case(name).pages
    assert "How to read this report" in reading
    assert "My plan for the next round" in plan
    assert plan.count("My first step, and when") == 3
    assert [n for n, text in enumerate(case(name).pages) if "How to read" in text] == [
        len(case(name).pages) - 2
    ]


@every_case
def test_bookmarks_name_every_standard_and_component(name: str) -> None:
    found = bookmarks(opened(case(name)))
    for standard in case(name).view.standards:
        at = found.index((1, f"{standard.code} {standard.title}".strip()))
        for block in standard.components:
            at += 1
            star = "★ " if block.critical else ""
            title = f"{block.code} {star}{block.title}"
            assert found[at] == (2, " ".join(title.split()))


@every_case
def test_every_component_is_printed_with_ladder_state_and_word_picture(name: str) -> None:
    body = case(name).body
    for standard in case(name).view.standards:
        for block in standard.components:
            assert squeezed(block.title) in body
            assert (
                squeezed(f"{block.ladder}{block.state}{block.aside}{block.change}{block.trail}")
                in body
            )
            for text in block.picture:
                assert squeezed(text) in body
            assert squeezed(block.look_fors) in body


@every_case
def test_every_evidence_note_is_printed_whole(name: str) -> None:
    for note in notes(case(name).latest):
        assert squeezed(note) in case(name).body


@every_case
def test_every_goal_is_printed_with_both_word_pictures_and_the_advice(name: str) -> None:
    body = case(name).body
    for goal in case(name).view.goals:
        texts = (goal.title, *goal.now, *goal.next, goal.advice, *(t for _, t in goal.facts))
        for text in texts:
            assert squeezed(text) in body


@every_case
def test_attached_json_reads_back_as_the_assessments(name: str, tmp_path: Path) -> None:
    read = []
    with opened(case(name)) as pdf:
        for file_name, attached in pdf.attachments.items():
            file = tmp_path / file_name
            file.write_bytes(attached.get_file().read_bytes())
            assert attached.get_file().mime_type == "application/json"
            read.append(case(name).catalog.read_assessment(file))
    assert len(read) == len(case(name).assessments)
    assert all(assessment in read for assessment in case(name).assessments)


@every_case
def test_nothing_is_printed_outside_the_margins(name: str) -> None:
    width, height = SIZES[case(name).size]
    for words in case(name).words:
        outside = [
            word
            for word in words
            if word.left < 40 or word.right > width - 40 or word.top < 10 or word.bottom > height
        ]
        assert outside == []


@every_case
def test_nothing_is_printed_over_anything_else(name: str) -> None:
    for words in case(name).words:
        # The boxes of Arabic words are far higher than what is drawn in them.
        drawn = [word for word in words if not re.search("[\u0600-\u06ff]", word.text)]
        drawn.sort(key=lambda word: word.top)
        for place, word in enumerate(drawn):
            for other in drawn[place + 1 :]:
                if other.top >= word.bottom:
                    break
                assert not _overprints(word, other), (word, other)


def _overprints(one: Word, two: Word) -> bool:
    across = min(one.right, two.right) - max(one.left, two.left)
    down = min(one.bottom, two.bottom) - max(one.top, two.top)
    least = min(one.bottom - one.top, two.bottom - two.top)
    return across > 2 and down > HEIGHT_SHARED * least


@every_case
def test_all_fonts_are_inside(name: str) -> None:
    with opened(case(name)) as pdf:
        descriptors = [
            thing
            for thing in pdf.objects
            if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/FontDescriptor"
        ]
        assert descriptors
        for descriptor in descriptors:
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor.keys())


@every_case
def test_nothing_is_missing_but_what_no_font_has(name: str) -> None:
    assert case(name).report.missing == (PRIVATE if name == "no font" else "")


# ---- page one ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["two rounds", "three rounds"])
def test_page_one_holds_the_three_goals(name: str) -> None:
    page_one = squeezed(case(name).pages[0])
    for goal in case(name).latest.goals:
        component = icmaps.load_map("spl-2022/teacher").component(goal.component)
        now = case(name).latest.placement(goal.component)
        assert now
        assert now.level
        assert squeezed(component.title) in page_one
        assert squeezed(component.variation(now.level).text) in page_one
        assert squeezed(component.variation(goal.to).text) in page_one
        assert squeezed(component.next_step(now.level) or "no advice") in page_one
        assert squeezed(goal.action or "no action") in page_one


def test_page_one_holds_the_three_goals_on_a4_too() -> None:
    report = report_pdf(case("two rounds").assessments, size="a4")
    page_one = Case((), size="a4")
    page_one.__dict__["report"] = report
    for goal in case("two rounds").latest.goals:
        assert squeezed(goal.support or "no support") in squeezed(page_one.pages[0])


def test_page_one_says_what_moved() -> None:
    page_one = case("two rounds").pages[0]
    assert "↑ 10 moved toward ideal" in page_one
    assert "↓ 2 moved away from ideal" in page_one
    assert "20 held; 2 placed for the first time" in page_one
    assert squeezed(
        "1.3.1 Builds trust that helps quiet students take part in learning (2 → 3)"
    ) in (squeezed(page_one))


def test_page_one_names_critical_components_that_are_not_acceptable() -> None:
    page_one = squeezed(case("two rounds").pages[0])
    assert squeezed("★ Critical, on the way to acceptable") in page_one
    assert squeezed("7.3.1 Carries a new practice on until it becomes routine") in page_one


def test_page_one_shows_the_spread_and_no_single_number() -> None:
    page_one = case("two rounds").pages[0]
    assert "4 Ideal (1)" in page_one
    assert "14 Established (2)" in page_one
    assert "%" not in page_one
    assert "index" not in page_one.lower()


# ---- what is special about one -----------------------------------------------------------------


def test_a_first_round_says_so_and_speaks_of_no_earlier_one() -> None:
    *pages, _reading, _plan = case("first round").pages
    text = "".join(pages)
    assert "First-round report" in text
    assert "last time" not in text
    assert "◉" not in text


def test_a_part_of_the_map_says_which_and_asks_for_nothing_else() -> None:
    text = squeezed("".join(case("part of the map, Arabic name").pages))
    assert squeezed("5 of 6 components taken on this time (") in text
    assert squeezed("Culture of Collaborative Inquiry") in text
    assert squeezed("Equity Practices") not in text


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("part of the map, Arabic name", "Amina Haddad"),
        ("Chinese and Vietnamese names, A4", "林薇 Wei-Lin Trần"),
        ("Chinese and Vietnamese names, A4", "Cô Hạnh"),
        ("Chinese and Vietnamese names, A4", "María-José Núñez"),
        ("Spanish", "Íñigo Muñoz Ibáñez"),
        ("Spanish", "¿Qué cambió? ¡Mucho!"),
    ],
)
def test_names_of_other_languages_are_printed(name: str, typed: str) -> None:
    assert squeezed(typed) in case(name).body


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("part of the map, Arabic name", "icmaps-Arabic"),
        ("Chinese and Vietnamese names, A4", "icmaps-Han"),
    ],
)
def test_names_of_other_scripts_are_set_in_a_bundled_font(name: str, family: str) -> None:
    with opened(case(name)) as pdf:
        fonts = {
            str(thing.FontName)
            for thing in pdf.objects
            if isinstance(thing, pikepdf.Dictionary) and "/FontName" in thing
        }
    assert [font for font in fonts if family in font]


def test_an_arabic_name_can_be_read_back_from_the_title() -> None:
    with opened(case("part of the map, Arabic name")) as pdf:
        assert "أمينة حداد" in str(pdf.docinfo["/Title"])
        assert "أمينة حداد" in bookmarks(pdf)[0][1]


def test_a_script_that_only_the_map_uses_is_set_in_a_bundled_font() -> None:
    texts = {"title": "Reads", "variations": {"a": "Reads.", "b": "Listens."}}
    scale = [{"code": "a", "label": "熟练"}, {"code": "b", "label": "بداية"}]
    catalog = made_map("reader", [{"id": "x", "section": "part-1", **texts}], scale=scale)
    report = Case((assessed(catalog, "mine/reader@1.0.0", {"x": "b"}),), catalog)
    assert report.report.missing == ""
    assert "熟练" in report.body


def test_three_rounds_tell_the_way_of_every_component() -> None:
    body = case("three rounds").body
    assert squeezed("Apr 2025: 4, Apr 2026: 3, Nov 2026: 2") in body
    assert squeezed("Apr 2025: –, Apr 2026: 2, Nov 2026: 1") in body
    assert [spread.label for spread in case("three rounds").view.spreads] == [
        "Fall 2026",
        "Spring 2026",
        "Spring 2025",
    ]


def test_150_components_are_all_there() -> None:
    body = case("150 components").body
    assert [n for n in range(150) if f"Keepsshelfnumber{n}in" not in body] == []


def test_a_note_of_4000_characters_goes_on_over_the_page() -> None:
    assert len(LONG_NOTE) == 4000
    pages = case("long texts").pages
    assert [n for n, text in enumerate(pages) if "word0001" in text] == [1]
    assert [n for n, text in enumerate(pages) if "word0440" in text] == [2]
    assert UNBROKEN in case("long texts").body


def test_a_component_of_ordinary_length_stays_on_one_page() -> None:
    for name in ("first round", "two rounds", "Chinese and Vietnamese names, A4"):
        pages = [squeezed(text) for text in case(name).pages]
        for standard in case(name).view.standards:
            for block in standard.components:
                last = (*block.picture, *block.evidence, block.look_fors)[-1]
                whole = (f"{block.ladder}{block.state}", last)
                assert any(all(squeezed(t) in text for t in whole) for text in pages), block.anchor


def test_numbers_come_only_when_asked_for_and_with_their_sentence() -> None:
    asked, plain = case("numbers"), case("Chinese and Vietnamese names, A4")
    assert squeezed("This assumes equal steps between levels.") in asked.body
    assert squeezed("Everything asked: 54") in asked.body
    assert "equalstepsbetweenlevels" not in plain.body
    assert "Everythingasked" not in plain.body


def test_a_number_of_too_few_answers_is_withheld() -> None:
    first, _ = sorted(case("three rounds").assessments, key=lambda a: a.round.date)[:2]
    report = Case((first,), policy="rank-index")
    assert squeezed("Everything asked: withheld") in report.body


def test_points_come_with_their_sentence_where_the_map_asks_for_them() -> None:
    assert squeezed("Points: the sum of points over the maximum") in case("ideal last, A4").body


def test_a_character_no_font_has_is_printed_as_a_box_and_told() -> None:
    report = case("no font")
    assert report.report.missing == PRIVATE
    assert "Ami□na" in report.pages[0]


# ---- making one --------------------------------------------------------------------------------


def test_the_same_input_gives_the_same_bytes() -> None:
    again = CASES["part of the map, Arabic name"]().report
    assert again.data == case("part of the map, Arabic name").report.data


def test_attachments_are_listed_in_the_order_readers_search_in() -> None:
    with opened(case("three rounds")) as pdf:
        names = [str(name) for name in list(pdf.Root.Names.EmbeddedFiles.Names)[::2]]
    assert names == sorted(names)
    assert len(names) == 3


def test_no_round_may_be_of_somebody_else() -> None:
    oldest, *others = sorted(case("three rounds").assessments, key=lambda a: a.round.date)
    stranger = changed(oldest, respondent={"id": "E-9999"})
    with pytest.raises(ScoringError, match="growth is about one person"):
        report_pdf([stranger, *others])


def test_no_round_may_come_twice() -> None:
    oldest, middle, newest = sorted(case("three rounds").assessments, key=lambda a: a.round.date)
    again = changed(oldest, round={"id": newest.round.id, "date": "2025-01-01"})
    with pytest.raises(ScoringError, match="no time between them"):
        report_pdf([again, middle, newest])


def test_without_an_assessment_there_is_no_report() -> None:
    with pytest.raises(RenderError) as caught:
        report_pdf([])
    assert str(caught.value) == "there is no assessment to report; give at least one"


def test_a_name_that_is_neither_pdf_nor_html_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RenderError) as caught:
        write_report([example("amina-haddad-2026-fall.yaml")], tmp_path / "report.doc")
    assert str(caught.value) == "'report.doc' ends in neither .pdf nor .html; name one that does"
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "no such folder" / "report.html"
    with pytest.raises(RenderError, match="cannot be written: there is no folder"):
        write_report([example("amina-haddad-2026-fall.yaml")], target)
    assert list(tmp_path.iterdir()) == []


def test_a_report_is_written_as_it_is_returned(tmp_path: Path) -> None:
    target = tmp_path / "Report.PDF"
    made = write_report([example("amina-haddad-2026-fall.yaml")], target)
    assert target.read_bytes() == made.data
    assert [file.name for file in tmp_path.iterdir()] == ["Report.PDF"]


def test_attached_json_is_the_file_of_the_assessment() -> None:
    with opened(case("part of the map, Arabic name")) as pdf:
        (attached,) = pdf.attachments.values()
        raw = json.loads(attached.get_file().read_bytes())
    assert raw["respondent"]["name"] == "Amina Haddad أمينة حداد"
    assert raw["scope"] == ["collaborative-inquiry", "evidence"]


def test_the_running_head_names_the_standard_with_which_a_page_begins() -> None:
    found = case("two rounds")
    component_pages = found.words[1:-2]
    heads = [
        " ".join(word.text for word in words if word.bottom < MARGIN).removeprefix("Jordan Ames ")
        for words in component_pages
    ]
    assert heads == [
        "1 Equity Practices",
        "3 Professional Expertise",
        "5 Evidence",
        "7 Implementation",  # begun on the page before
        "9 Culture of Collaborative Inquiry",  # the same
    ]
