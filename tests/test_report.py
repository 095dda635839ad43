"""What a growth report says and how it looks: the view, the page of HTML, the greys."""

import re
import subprocess
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import icmaps
from icmaps import _data
from icmaps.content import Catalog
from icmaps.report import ReportView, report_html
from icmaps.report._view import ComponentBlock
from report_cases import (
    CASES,
    DATA,
    EARLIER,
    EXAMPLES,
    PRIVATE,
    Case,
    assessed,
    case,
    changed,
    example,
    made_map,
    squeezed,
)

CSS = (_data.folder("templates") / "report" / "growth.css").read_text("utf-8")


def block(view: ReportView, anchor: str) -> ComponentBlock:
    return next(b for s in view.standards for b in s.components if b.anchor == anchor)


def view_of(
    placements: dict[str, Any], icmap: str = "example/teacher@1.0.0", **more: Any
) -> ReportView:
    catalog = Catalog([DATA])
    return Case((assessed(catalog, icmap, placements, **more),), catalog).view


# ---- ladders -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "component", "ladder", "state", "change"),
    [
        # No lines; the level of last time is marked.
        ("letters", "two", "○●", "Level b", ", new"),
        ("letters", "six", "○○●○○◉", "Level c", "↑ from Level f"),
        ("letters", "four", "◉●○○", "Level b", "↓ from Level a"),
        # Low to high: ideal on the right, lines where they are printed, a gap as a dash.
        ("ideal last, A4", "on-the-scale", "◉┆●│○", "Partly implemented (1)", None),
        ("ideal last, A4", "own-scale", "○–◉●", "Level 3", "↑ from Level 2"),
        ("ideal last, A4", "not-yet-or-yes", "●○", "Level no", ", held"),
        # A choice off the scale has no mark and is named.
        ("off the scale", "inquiry-cycle", "○│○○┆○", "Opposed", ""),
        ("off the scale", "shared-goals", "○○–┆●", "Entry (4)", ""),
        ("nothing placed", "inquiry-cycle", "○│○○┆○", "left open", ""),
        ("nothing applies", "shared-goals", "○◉–┆○", "not applicable", "last time Established (2)"),
        ("two rounds", "student-trust", "○│◉●┆○", "Developing (3)", "↓ from Established (2)"),
        ("two rounds", "unit-study", "●│○┆○○", "Ideal (1)", ", held"),
        ("two rounds", "worth-of-resources", None, "don't know yet", None),
    ],
)
def test_ladders_are_in_printed_order(
    name: str, component: str, ladder: str | None, state: str, change: str | None
) -> None:
    shown = block(case(name).view, component)
    lines = icmaps.load_map("spl-2022/teacher") if name == "two rounds" else None
    if ladder is not None and lines is None:
        assert shown.ladder == ladder
    elif ladder is not None:
        assert re.sub("[│┆]", "", shown.ladder) == re.sub("[│┆]", "", ladder)
    assert shown.state == state
    if change is not None:
        assert shown.change + shown.aside == change


def test_an_off_scale_answer_is_named_with_its_text() -> None:
    shown = block(case("off the scale").view, "inquiry-cycle")
    assert shown.picture == ("Declines to take part.",)


def test_a_goal_for_an_unanswered_component_says_that_no_level_is_chosen() -> None:
    (card,) = view_of({}, goals=[{"component": "shared-goals", "to": "2"}]).goals
    assert card.now == ("No level chosen yet.",)
    assert card.now_label == "Now: not placed"
    assert card.next == ("Agrees on goals with the team.",)


def test_a_goal_over_a_gap_shows_the_next_level_that_exists() -> None:
    (card,) = view_of({"shared-goals": "4"}).goals
    assert (card.now_label, card.next_label) == ("Now: Entry (4)", "Next: Established (2)")


def test_without_goals_critical_components_come_first() -> None:
    view = view_of({"inquiry-cycle": "3", "shared-goals": "4", "peer-observation": "3"})
    assert view.goals_heading == "Places to start"
    assert view.goals[0].anchor == "inquiry-cycle"


def test_nobody_at_the_ideal_everywhere_is_sent_anywhere() -> None:
    view = view_of({"inquiry-cycle": "1", "shared-goals": "1", "peer-observation": "1"})
    assert view.goals == ()
    assert "3 at the ideal" not in view.opening


# ---- page one's picture ------------------------------------------------------------------------


def test_the_picture_counts_every_component_once() -> None:
    for name in CASES:
        view = case(name).view
        for row, standard in zip(view.rows, view.standards, strict=True):
            now = sum(_marks(cell, "●") for cell in row.cells)
            rest = int(row.off_scale or 0) + int(row.open or 0)
            assert now + rest == len(standard.components), (name, row.title)


def _marks(cell: str, mark: str) -> int:
    if number := re.search(rf"{mark}(\d+)", cell):
        return int(number[1])
    return cell.count(mark)


def test_the_spread_counts_every_placed_component_once() -> None:
    view = case("150 components").view
    assert sum(int(share.count) for share in view.spreads[0].shares) == 150 - 17


def test_the_columns_are_in_printed_order() -> None:
    assert [c.head for c in case("two rounds").view.columns] == ["1", "2", "3", "4"]
    assert [c.head for c in case("letters").view.columns] == list("abcdef")


def test_rows_of_unlike_scales_share_columns_by_distance_from_ideal() -> None:
    view = case("ideal last, A4").view
    assert [column.head for column in view.columns] == ["+3", "+2", "+1", "Ideal"]
    assert [share.label for share in view.spreads[0].shares] == ["+1", "Ideal"]
    assert ("+1", "one step from ideal") in view.legend


def test_a_level_of_a_few_among_many_keeps_room_for_its_number() -> None:
    rows = [
        {
            "id": f"row-{n}",
            "section": "part-1",
            "title": "Does it",
            "variations": {"a": "Yes.", "b": "No."},
        }
        for n in range(150)
    ]
    catalog = made_map("few", rows)
    levels = {f"row-{n}": "b" if n else "a" for n in range(150)}
    (bar,) = Case((assessed(catalog, "mine/few@1.0.0", levels),), catalog).view.spreads
    widths = [float(share.width.rstrip("%")) for share in bar.shares]
    assert [share.count for share in bar.shares] == ["1", "149"]
    assert widths[0] > 3.5
    assert sum(widths) == pytest.approx(86, abs=0.02)


def test_nothing_placed_makes_no_spread_and_says_so() -> None:
    view = case("nothing placed").view
    assert view.spreads == ()
    assert view.opening == "I placed my practice on 0 of 3 components; 3 left open."


def test_nothing_that_applies_is_counted_against_nobody() -> None:
    view = case("nothing applies").view
    assert view.opening == "I placed my practice on 0 of 3 components; 3 not applicable."
    assert [note.heading for note in view.notes] == ["1 placed last time, not now"]


def test_the_legend_names_the_marks_that_are_used_and_no_other() -> None:
    for name in CASES:
        view = case(name).view
        used = {sign for s in view.standards for b in s.components for sign in b.ladder}
        named = {mark for mark, _ in view.legend}
        assert used <= named, name
        assert ("◉" in named) == view.has_moves
        assert ("★" in named) == any(b.critical for s in view.standards for b in s.components)


def test_an_unlined_map_speaks_of_no_lines() -> None:
    view = case("letters").view
    assert {mark for mark, _ in view.legend} == {"●", "◉", "○"}
    assert "acceptable" not in view.opening
    assert view.example
    assert "ends behind" not in view.example[1]


def test_another_rater_is_named_and_does_not_speak_as_i() -> None:
    view = case("Chinese and Vietnamese names, A4").view
    assert view.opening.startswith("This practice was placed on 8 of 9 components")
    assert view.occasion.endswith("placed by a coach (María-José Núñez)")


# ---- HTML --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CASES)
def test_the_html_says_what_the_pdf_says(name: str) -> None:
    text = squeezed(_text(case(name).html))
    view = case(name).view
    assert squeezed(view.name) in text
    assert squeezed(view.opening) in text
    for standard in view.standards:
        for part in standard.components:
            for said in (part.title, part.ladder, part.state, *part.picture, *part.evidence):
                assert squeezed(said) in text


def _text(html: str) -> str:
    from html import unescape  # noqa: PLC0415

    body = html.partition("<body>")[2]
    return unescape(re.sub(r"<[^>]*>", "", body))


def test_the_html_needs_no_other_file() -> None:
    html = case("two rounds").html
    assert not re.search(r"<(link|script|img|iframe)\b|@import|url\(", html)
    assert "@page" in html


def test_the_html_can_be_read_without_sight() -> None:
    html = case("two rounds").html
    assert '<html lang="en">' in html
    levels = [int(level) for level in re.findall(r"<h([1-6])", html)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert not re.search(r"<th(?![^>]*scope)[ >]", html)
    anchors = re.findall(r'\bid="([^"]+)"', html)
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(anchors)


def test_the_date_is_that_of_the_latest_round_unless_told() -> None:
    first = case("first round").assessments
    assert "Printed 17 April 2026" in report_html(first)
    assert "Printed 1 May 2026" in report_html(first, made_on=date(2026, 5, 1))


# ---- without colour ----------------------------------------------------------------------------


def colours(selector: str) -> dict[str, str]:
    """The colours that growth.css gives to a selector, as `#rrggbb`."""
    found: dict[str, str] = {}
    for selectors, rules in re.findall(r"([^{}]+)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", CSS)):
        if selector in [part.strip() for part in selectors.split(",")]:
            found |= dict(re.findall(r"(?:^|[;\s])(color|background):\s*(#[0-9a-f]+)", rules))
    return found


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1.

    Source:
        WCAG 2.2, definition of relative luminance.
    """
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, two: str) -> float:
    dark, light = sorted((luminance(one), luminance(two)))
    return (light + 0.05) / (dark + 0.05)


def test_every_colour_of_text_can_be_read_on_white() -> None:
    texts = set(re.findall(r"(?:^|[;{\s])color:\s*(#[0-9a-f]+)", CSS)) - {"#fff"}
    assert texts
    assert [colour for colour in texts if contrast(colour, "#fff") < 4.5] == []


def test_every_number_can_be_read_on_the_tone_of_its_level() -> None:
    ink = colours("html")["color"]
    for tone in ("t0", "t1", "t2", "t3", "t4", "t5"):
        found = colours(f".{tone}")
        assert contrast(found.get("color", ink), found["background"]) >= 4.5, tone


def test_marks_can_be_told_by_their_shape() -> None:
    marks = [mark for mark, _ in case("ideal last, A4").view.legend]
    assert len(set(marks)) == len(marks) == 7
    from icmaps.report import _words as words  # noqa: PLC0415

    shapes = [words.NOW, words.BEFORE, words.OTHER, words.GAP, words.CRITICAL, words.UP, words.DOWN]
    assert len({*shapes, words.IDEAL_LINE, words.ACCEPTABLE_LINE}) == 9


@pytest.mark.parametrize(("name", "levels"), [("two rounds", 4), ("150 components", 6)])
def test_neighbouring_levels_of_the_spread_differ_in_grey(
    name: str, levels: int, tmp_path: Path
) -> None:
    file = tmp_path / "report.pdf"
    file.write_bytes(case(name).report.data)
    command = ("pdftoppm", "-gray", "-r", "72", "-f", "1", "-l", "1", file, tmp_path / "page")
    subprocess.run(command, check=True)
    (picture,) = tmp_path.glob("page*.pgm")
    greys = greys_of_the_spread(picture, case(name))
    assert len(greys) == levels
    for darker, lighter in pairwise(greys):
        assert lighter - darker >= 0.12, greys


def greys_of_the_spread(picture: Path, of: Case) -> list[float]:
    """The commonest grey behind each share of the newest spread, 0 to 1, left to right."""
    head, width, height, *_ = picture.read_bytes().split(maxsplit=4)
    assert head == b"P5"
    columns, rows = int(width), int(height)
    pixels = picture.read_bytes()[-columns * rows :]
    label = next(word for word in of.words[0] if word.text == "Fall" and word.left < 60)
    line = pixels[int((label.top + label.bottom) / 2) * columns :][:columns]
    left, right = 45.4, 612 - 45.4
    at = left + 0.14 * (right - left)
    greys = []
    for share in of.view.spreads[0].shares:
        end = at + float(share.width.rstrip("%")) / 100 * (right - left)
        part = line[int(at) + 2 : int(end) - 2]
        greys.append(max(set(part), key=part.count) / 255)
        at = end
    return greys


# ---- the command line --------------------------------------------------------------------------


def test_the_command_line_warns_of_characters_that_no_font_has(tmp_path: Path) -> None:
    raw = (EXAMPLES / "amina-haddad-2026-fall.yaml").read_text("utf-8")
    file = tmp_path / "amina.yaml"
    file.write_text(raw.replace("أمينة", PRIVATE), "utf-8")
    from icmaps.cli import _app  # noqa: PLC0415

    result = CliRunner().invoke(_app.app, ["report", str(file), "-o", str(tmp_path / "a.pdf")])
    assert result.exit_code == 0, result.output
    assert "no font for" in result.stderr
    assert "U+10FFFD" in result.stderr
    assert (tmp_path / "a.pdf").is_file()


def test_the_command_line_says_nothing_of_fonts_when_all_is_well(tmp_path: Path) -> None:
    from icmaps.cli import _app  # noqa: PLC0415

    source = str(EXAMPLES / "amina-haddad-2026-fall.yaml")
    result = CliRunner().invoke(_app.app, ["report", source, "-o", str(tmp_path / "a.html")])
    assert result.exit_code == 0, result.output
    assert result.stderr == ""


def test_scopes_that_differ_are_not_taken_for_growth() -> None:
    catalog = Catalog([DATA])
    teacher = "example/teacher@1.0.0"
    before = assessed(catalog, teacher, {"inquiry-cycle": "4"}, round=EARLIER, scope=["inquiry"])
    now = assessed(catalog, teacher, {"shared-goals": "1"}, scope=["leadership"])
    view = Case((before, now), catalog).view
    assert [note.heading for note in view.notes if note.tone in {"up", "down"}] == []
    assert [row.title for row in view.rows] == ["Leadership"]
    assert changed(now, goals=[]) == now


@pytest.mark.parametrize(
    ("text", "read"),
    [("Lincoln", "ltr"), ("أمينة Haddad", "rtl"), ("2026: שלום", "rtl"), ("1, 2", "ltr")],
)
def test_a_text_is_read_in_the_direction_of_its_first_letter(text: str, read: str) -> None:
    from icmaps.report import _words as words  # noqa: PLC0415

    assert words.direction(text) == read


def test_an_arabic_note_is_set_from_right_to_left() -> None:
    note = {"inquiry-cycle": {"level": "3", "evidence": "محاضر أربعة اجتماعات."}}
    amina = changed(example("amina-haddad-2026-fall.yaml"), placements=note)
    assert '<bdi dir="rtl">محاضر أربعة اجتماعات.</bdi>' in icmaps.report_html([amina])


def test_the_goals_of_last_time_are_told_with_what_became_of_them() -> None:
    assert case("two rounds").view.goals_before == (
        "Goals of Spring 2026: 9.1.1 Carries a cycle of inquiry through to its effect on learners: "
        "reached; 4.1.1 Chooses what to learn by which students gain least: chosen again."
    )
    assert case("first round").view.goals_before == ""


def test_a_round_with_another_scope_keeps_its_own_names_of_levels() -> None:
    rows = [
        {"id": "one", "section": "part-1", "title": "A", "variations": {"a": "Y.", "b": "N."}},
        {
            "id": "two",
            "section": "part-2",
            "title": "B",
            "variations": {"c": "Y.", "d": "M.", "e": "N."},
        },
    ]
    catalog = made_map("scopes", rows)
    earlier = assessed(catalog, "mine/scopes@1.0.0", {"two": "e"})
    earlier = changed(earlier, scope=["part-2"], round={"id": "2025-fall", "date": "2025-11-20"})
    now = changed(assessed(catalog, "mine/scopes@1.0.0", {"one": "b"}), scope=["part-1"])
    bars = Case((earlier, now), catalog).view.spreads
    assert [[(share.label, share.count) for share in bar.shares] for bar in bars] == [
        [("b", "1")],
        [("e", "1")],
    ]


def test_a_page_for_the_screen_does_not_speak_of_a_pdf() -> None:
    assert "attached" not in case("first round").html
    assert squeezed("attached to this PDF") in squeezed(case("first round").pages[-2])
