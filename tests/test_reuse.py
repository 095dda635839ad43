"""What is kept from one report to the next changes no report, and nothing of WeasyPrint's."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pydyf
import pytest
import weasyprint
from weasyprint import css
from weasyprint.draw import text as draw
from weasyprint.layout import inline
from weasyprint.text import line_break

from icmaps.errors import RenderError
from icmaps.report import _pdf, _reuse, report_pdf
from icmaps.report._reuse import Reuse
from report_cases import CASES, Case, case, read

Emptied = Callable[[], None]


def stood_in_for() -> list[object]:
    return [
        inline.split_first_line,
        draw.draw_first_line,
        line_break.Layout,
        css.ComputedStyle,
        css.AnonymousStyle,
        pydyf.zlib,
    ]


@pytest.fixture
def emptied(monkeypatch: pytest.MonkeyPatch) -> Emptied:
    """Forget all that was kept."""

    def empty() -> None:
        fonts = real()
        cold = replace(fonts, reuse=Reuse(fonts.configuration))
        monkeypatch.setattr(_pdf, "_fonts", lambda: cold)

    real = _pdf._fonts
    return empty


def made(of: Case) -> bytes:
    return report_pdf(of.assessments, catalog=of.catalog, policy=of.policy, size=of.size).data


@pytest.mark.parametrize("name", CASES)
def test_a_report_is_the_same_first_of_all_and_after_all_others(
    name: str, emptied: Emptied
) -> None:
    after_others = made(case(name))
    emptied()
    first = made(case(name))
    again = made(case(name))

    assert first == after_others
    assert again == first


def test_a_report_is_the_same_when_little_room_is_kept(
    emptied: Emptied, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_reuse, "_MOST_LINES", 7)
    monkeypatch.setattr(_reuse, "_MOST_STYLES", 3)
    wanted = made(case("two rounds"))
    emptied()
    assert made(case("two rounds")) == wanted
    assert made(case("two rounds")) == wanted


def test_two_threads_print_the_same_as_one() -> None:
    some = [case(name) for name in list(CASES)[:4]]
    wanted = [made(case) for case in some]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(made, some)) == wanted


def test_weasyprint_is_as_this_module_knows_it() -> None:
    assert _reuse._is_known(), "reports come out the same, but take twice as long"


@pytest.mark.parametrize("name", CASES)
def test_without_it_a_report_says_the_same_on_the_same_pages(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_reuse, "_is_known", lambda: False)
    plain = made(case(name))
    assert read(plain, "-bbox") == read(case(name).report.data, "-bbox")


def test_weasyprint_is_left_as_it_was() -> None:
    before = stood_in_for()
    made(case("two rounds"))
    assert stood_in_for() == before
    with pytest.raises(RenderError):
        _pdf.print_pdf(
            '<html><head><link rel="stylesheet" href="file:///etc/passwd" /></head></html>',
            "", size="letter", texts=(), attached=(),
        )  # fmt: skip
    assert stood_in_for() == before


def test_documents_of_others_are_none_of_its_business() -> None:
    page = "<p style='text-align: justify; width: 5em'>Some words that go over the line</p>"
    plain = weasyprint.HTML(string=page).write_pdf()
    reuse = Reuse(object())
    with reuse.while_printing():
        meanwhile = weasyprint.HTML(string=page).write_pdf()
    assert read(meanwhile, "-bbox") == read(plain, "-bbox")
    assert not reuse._lines
    assert not reuse._styles
