"""Hostile texts: whatever somebody types is printed as the text it is, and is nothing else."""

import re
from html import unescape
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import page
import pikepdf
import pytest

from icmaps import _data
from icmaps.content import Catalog
from icmaps.models import Assessment
from icmaps.report import report_html, report_pdf
from icmaps.report._charts import bar
from icmaps.report._template import template
from report_cases import assessed, changed, example, made_map, read, squeezed

CORPUS = {
    "script": "<script>alert(1)</script>",
    "closing tags": "</bdi></p></td></tr></table></section></body></html>",
    "comment": "<!-- everything after this --><![CDATA[ x ]]>",
    "attribute": '" onmouseover=\'alert(1)\' style="display:none" x="',
    "entity": "&lt;b&gt; &amp;amp; &#x41; &nosuch; &#0;",
    "style": "</style><style>* { display: none } @page { size: 1mm }</style>",
    "css": 'red;} * { display: none } @import url(x); p { content: "\\201C"',
    "content of a string": "content: string(name); counter(page) attr(href)",
    "jinja expression": "{{ 7 * 7 }} {{ view.__class__.__mro__ }} {{ config }}",
    "jinja statement": "{% for x in range(9) %}x{% endfor %}{% include '/etc/passwd' %}",
    "jinja comment": "before {# gone #} after",
    "format": "{0} {name} %s %(name)s ${name} #{name}",
    "link": "javascript:alert(1) <a href='javascript:alert(1)'>x</a>",
    "pdf": ") Tj ET endstream endobj /OpenAction << /S /JavaScript >>",
    "formula": '=HYPERLINK("http://127.0.0.1/")',
    "path": "../../etc/passwd C:\\nul",
    "stacked marks": "Z" + "\u0300\u0301\u0302\u0303\u0304" * 8 + "algo",
}
BIDI = {
    "override": "\u202egnirts\u202c after",
    "unclosed override": "never \u202eclosed",
    "isolates": "\u2066one\u2067two\u2068three",
    "marks": "a\u200eb\u200fc\u061cd",
    "joiners": "a\u200bb\u200cc\u200dd\u2060e\ufefff",
}
CONTROL = "a\x00b\x07c\x1bd\x7fe\x85f"
NONCHARACTERS = "a\ufffeb\uffffc"


def about(text: str, **more: Any) -> Assessment:
    """An assessment that says the text wherever somebody can type."""
    short = text[:200]
    return changed(
        example("amina-haddad-2026-fall.yaml"),
        respondent={
            "id": text[:64],
            "name": short,
            "groups": {"team": short, "school": short, "district": short},
        },
        rater={"kind": "self", "id": text[:64], "name": short},
        placements={
            "reading-evidence": {"level": "3", "evidence": text},
            "tracking-effect": {"answer": "dont-know", "evidence": f"first\n{text}\nlast"},
        },
        goals=[{"component": "reading-evidence", "to": "2", "action": text, "support": text}],
        **more,
    )


class Tags(HTMLParser):
    """The elements and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))


def text_of(*assessments: Assessment) -> tuple[str, bytes]:
    data = report_pdf(assessments).data
    return squeezed(read(data, "-raw")), data


@pytest.fixture(scope="module")
def everything() -> tuple[str, bytes]:
    """A report about somebody who says all of the corpus, one text in each note."""
    base = about("plain")
    rows = [c.id for c in Catalog().map("spl-2022/teacher").components]
    notes = {
        row: {"level": "4", "evidence": text}
        for row, text in zip(rows, CORPUS.values(), strict=False)
    }
    return text_of(changed(base, scope=[], placements=notes, goals=[]))


@pytest.mark.parametrize("name", CORPUS)
def test_hostile_notes_are_printed_as_text(name: str, everything: tuple[str, bytes]) -> None:
    body, _ = everything
    if name == "stacked marks":  # composed and put in order by the reader of text
        assert "algo" in body
    else:
        assert squeezed(CORPUS[name]) in body


def test_a_report_of_hostile_notes_is_valid_and_does_nothing(everything: tuple[str, bytes]) -> None:
    _, data = everything
    assert [str(f) for f in page.validate_pdf_bytes(data, profile="ua1").failures] == []
    with pikepdf.open(BytesIO(data)) as pdf:
        assert "/OpenAction" not in pdf.Root
        assert "/AA" not in pdf.Root
        actions = [
            str(thing.S)
            for thing in pdf.objects
            if isinstance(thing, pikepdf.Dictionary) and str(thing.get("/S")) == "/JavaScript"
        ]
        assert actions == []


def test_hostile_names_are_printed_as_text_in_every_place() -> None:
    name = '<b>&amp; {{ 7*7 }}</b> ") Tj'
    body, data = text_of(about(name))
    assert body.count(squeezed(name)) >= 10
    assert "49" not in body
    with pikepdf.open(BytesIO(data)) as pdf:
        assert name in str(pdf.docinfo["/Title"])
        assert str(pdf.docinfo["/Author"]) == name
        with pdf.open_outline() as outline:
            assert outline.root[0].title == name


@pytest.mark.parametrize("name", CORPUS)
def test_hostile_texts_add_no_element_and_no_attribute_to_the_html(name: str) -> None:
    plain, hostile = Tags(report_html([about("plain")])), Tags(report_html([about(CORPUS[name])]))
    assert hostile.found == plain.found


@pytest.mark.parametrize("name", CORPUS)
def test_hostile_texts_stand_in_the_html_as_they_were_typed(name: str) -> None:
    html = report_html([about(CORPUS[name])])
    stored = about(CORPUS[name]).respondent.name
    assert stored
    assert stored in unescape(html)


@pytest.mark.parametrize("name", CORPUS)
def test_hostile_texts_do_not_reach_the_style_sheet(name: str) -> None:
    style = re.compile("<style>(.*?)</style>", re.DOTALL)
    plain = style.findall(report_html([about("plain")]))
    assert style.findall(report_html([about(CORPUS[name])])) == plain


def test_hostile_map_texts_are_printed_as_text() -> None:
    texts = list(CORPUS.values())[:14]
    rows = [
        {
            "id": f"row-{number}",
            "code": text[:24].strip(),
            "section": "part-1",
            "title": text,
            "critical": True,
            "variations": {"a": [text, text], "b": text},
            "look_fors": [text],
            "off_scale": {"<i>no</i>": text},
            "next_steps": {"b": text},
        }
        for number, text in enumerate(texts)
    ]
    scale = [{"code": "a", "label": "<b>A</b>"}, {"code": "b", "label": "{{ 7*7 }}"}]
    catalog = made_map("hostile", rows, title="<u>Map</u>", scale=scale, license="<s>L</s>")
    levels = {str(row["id"]): "<i>no</i>" if row["id"] == "row-3" else "b" for row in rows}
    report = report_pdf([assessed(catalog, "mine/hostile@1.0.0", levels)], catalog=catalog)
    body = squeezed(read(report.data, "-raw"))
    for text in (*texts, "<b>A</b>", "{{ 7*7 }}", "<u>Map</u>", "<s>L</s>", "<i>no</i>"):
        assert squeezed(text) in body, text
    assert "49" not in body
    assert page.validate_pdf_bytes(report.data, profile="ua1").is_compliant


@pytest.mark.parametrize("name", BIDI)
def test_direction_signs_end_where_the_text_ends(name: str) -> None:
    body, data = text_of(about(BIDI[name]))
    assert page.validate_pdf_bytes(data, profile="ua1").is_compliant
    # What is printed behind such a text still reads from left to right.
    for after in ("myownplacement", "Look for: Results with a note", "Who helps", "Page 1 of"):
        assert squeezed(after) in body


def test_direction_signs_stand_in_an_element_of_their_own() -> None:
    html = report_html([about(BIDI["unclosed override"])])
    loose = re.sub(
        r"<bdi [^>]*>.*?</bdi>|<title>.*?</title>|<meta [^>]*>", "", html, flags=re.DOTALL
    )
    assert "\u202e" not in loose


def test_control_characters_are_gone() -> None:
    body, data = text_of(about(CONTROL))
    assert "abcdef" in body
    assert page.validate_pdf_bytes(data, profile="ua1").is_compliant


def test_characters_that_xml_cannot_hold_leave_the_report_valid() -> None:
    body, data = text_of(about(NONCHARACTERS))
    assert "a□b□c" in body or "abc" in body
    assert page.validate_pdf_bytes(data, profile="ua1").is_compliant


def test_templates_never_say_that_a_text_is_safe() -> None:
    files = [
        *(_data.folder("templates").rglob("*.html")),
        *((_data.folder("templates").parent / "src").rglob("*.py")),
    ]
    # Pictures are made by matplotlib; the words that go into them are escaped there.
    files = [file for file in files if file.name != "_charts.py"]
    assert files
    for file in files:
        text = file.read_text("utf-8")
        assert not re.search(r"\|\s*safe\b|Markup\(|autoescape\s+false", text), file


def test_everything_printed_is_escaped_whatever_the_template_is_called() -> None:
    for name in ("report/growth.html", "group/group.html"):
        assert template(name).environment.autoescape is True


def test_words_in_a_picture_are_escaped() -> None:
    picture = bar([1, 2], None, "</title><script>alert(1)</script>", width=40)
    assert "<script>" not in picture
