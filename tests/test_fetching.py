"""No report may make the machine ask for anything: the 22 ways a page can, tried.

Each way is tried three times: as text in names and notes, where it has to come out as text; raw in
the HTML, where our fetcher has to refuse it; and raw with WeasyPrint's own fetcher, where it has to
reach our listener, for else the first two tests would prove nothing.
"""

import html
import re
import socketserver
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
import weasyprint  # noqa: TID251 - to show what it does when nobody stops it
from weasyprint.urls import FatalURLFetchingError, URLFetchingError  # noqa: TID251 - same

import icmaps
from icmaps import _data
from icmaps.errors import RenderError
from icmaps.report import Report, _pdf, report_html, report_pdf
from report_cases import assessed, changed, example, made_map, read, squeezed

SECRET = "the-secret-of-this-machine"  # noqa: S105 - not one
CREATED = datetime(2026, 11, 20, tzinfo=UTC)


@dataclass
class Listener:
    """Answers on the loopback address and remembers what it was asked."""

    port: int
    asked: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture(scope="module")
def listening() -> Iterator[Listener]:
    found: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.append(self.path)
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            del args

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield Listener(server.server_address[1], found)
        server.shutdown()
        thread.join(5)


@pytest.fixture
def listener(listening: Listener) -> Listener:
    listening.asked.clear()
    return listening


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "secret.txt"
    file.write_text(SECRET)
    return file


# How a page can ask for something; `{at}` becomes an address that tells the vector. The second
# group is what WeasyPrint does not follow today: it may learn to.
FOLLOWED = {
    "img": '<img src="{at}" />',
    "stylesheet": '<link rel="stylesheet" href="{at}" />',
    "import": '<style>@import url("{at}");</style>',
    "font-face": '<style>@font-face {{ font-family: x; src: url("{at}") }} p {{ font-family: x }}'
    "</style><p>x</p>",
    "background": '<p style="background: url({at})">x</p>',
    "content": '<style>q::before {{ content: url("{at}") }}</style><q>x</q>',
    "list-style-image": '<ul style="list-style-image: url({at})">'
    '<li style="display: list-item">x</li></ul>',
    "object": '<object data="{at}">x</object>',
    "embed": '<embed src="{at}" />',
    "svg-image": '<svg xmlns="http://www.w3.org/2000/svg" '
    'xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">'
    '<image xlink:href="{at}" width="9" height="9"/></svg>',
    "attachment-link": '<link rel="attachment" href="{at}" />',
    "attachment-anchor": '<a rel="attachment" href="{at}">x</a>',
    "base": '<base href="{at}/" /><img src="beside" />',
    "color-profile": "<style>@color-profile --x {{ src: url({at}) }} "
    "p {{ color: color(--x 1 0 0) }}</style><p>x</p>",
    "border-image": '<p style="border: 1px solid; border-image: url({at}) 1">x</p>',
}
NOT_FOLLOWED = {
    "iframe": '<iframe src="{at}"></iframe>',
    "video": '<video src="{at}" poster="{at}"></video>',
    "mask-image": '<p style="mask-image: url({at})">x</p>',
    "meta-refresh": '<meta http-equiv="refresh" content="0; url={at}" />',
    "svg-use": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><use href="{at}#x"/>'
    "</svg>",
}
FILES = {
    "file-link": '<link rel="attachment" href="{file}" />',
    "file-anchor": '<a rel="attachment" href="{file}">x</a>',
}
VECTORS = {**FOLLOWED, **NOT_FOLLOWED, **FILES}
# Our list of attachments takes the place of the document's before any of these is opened.
DROPPED = {"attachment-link", "file-link"}

every_vector = pytest.mark.parametrize("vector", VECTORS)


def written(vector: str, listener: Listener, secret: Path) -> str:
    at = f"{listener.address}/{vector}"
    return VECTORS[vector].format(at=at, file=secret.as_uri())


def streams(data: bytes) -> bytes:
    """Everything a PDF holds, unpacked."""
    found = [data]
    for packed in re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL):
        try:
            found.append(zlib.decompressobj().decompress(packed))
        except zlib.error:
            found.append(packed)
    return b"\n".join(found)


def test_there_are_22_vectors() -> None:
    assert len(VECTORS) == 22


# ---- 1. in names, notes and map texts they are text ----------------------------------------------


@dataclass
class Told:
    """A report about somebody who writes all vectors wherever one can write."""

    report: Report
    html: str
    fetched: list[str]
    asked: list[str]
    notes: list[str]


@pytest.fixture(scope="module")
def told(listening: Listener, tmp_path_factory: pytest.TempPathFactory) -> Told:
    secret = tmp_path_factory.mktemp("machine") / "secret.txt"
    secret.write_text(SECRET)
    listening.asked.clear()
    fetcher = _pdf._fonts().fetcher  # noqa: SLF001 - what the reports' fetcher was asked
    before = len(fetcher.asked)
    vectors = [written(name, listening, secret) for name in VECTORS]
    spring = example("jordan-ames-2026-spring.yaml")
    rows = [placement.component for placement in spring.placements]
    assessment = changed(
        spring,
        respondent={
            "id": vectors[0][:64],
            "name": vectors[1],
            "groups": {"team": vectors[2], "school": vectors[4], "district": vectors[7]},
        },
        rater={"kind": "self", "name": vectors[8]},
        placements={
            row: {"level": "3", "evidence": vector}
            for row, vector in zip(rows, vectors, strict=False)
        },
        goals=[{"component": rows[0], "to": "2", "action": vectors[0], "support": vectors[9]}],
    )
    on_screen = report_html([assessment])
    report = report_pdf([assessment])
    return Told(report, on_screen, fetcher.asked[before:], list(listening.asked), vectors)


def test_vectors_in_names_and_notes_ask_for_nothing(told: Told) -> None:
    assert told.asked == []


def test_a_report_asks_its_fetcher_for_bundled_fonts_only(told: Told) -> None:
    fonts = {file.name for file in (_data.folder("templates") / "style" / "fonts").glob("*.ttf")}
    assert all(url.removeprefix("icmaps:/") in fonts for url in told.fetched)


def test_vectors_in_notes_come_out_as_text(told: Told) -> None:
    body = squeezed(read(told.report.data, "-raw"))
    for note in told.notes:
        assert squeezed(note) in body


def test_vectors_make_no_elements_in_the_html(told: Told) -> None:
    allowed = (
        "html head meta title style body header section div h1 h2 h3 p ul li dl dt dd table thead "
        "tbody tr td th a b i bdi"
    )
    # The style sheet is ours and holds no tag; what is left of `<` is markup.
    tags = {tag.lower() for tag in re.findall(r"<\s*/?\s*([a-zA-Z][\w-]*)", told.html)}
    assert tags <= set(allowed.split())
    assert "javascript:" not in told.html
    for note in told.notes:
        assert note in html.unescape(told.html)
        assert note not in told.html


def test_vectors_attach_no_file(told: Told) -> None:
    assert SECRET.encode() not in streams(told.report.data)
    with pikepdf.open(BytesIO(told.report.data)) as pdf:
        assert list(pdf.attachments) == ["assessment-2026-spring.json"]


def test_vectors_make_no_link_that_leaves_the_report(told: Told) -> None:
    with pikepdf.open(BytesIO(told.report.data)) as pdf:
        for sheet in pdf.pages:
            for annotation in sheet.get("/Annots", []):
                action = annotation.get("/A")
                assert action is None or action.S == "/GoTo"


def test_vectors_in_map_texts_ask_for_nothing_and_come_out_as_text(
    listener: Listener, secret: Path
) -> None:
    vectors = [written(name, listener, secret) for name in VECTORS]
    rows = [
        {
            "id": f"row-{number}",
            "code": vector[:24],
            "section": "part-1",
            "title": vector[:200],
            "variations": {"a": [vector, "and more"], "b": vector},
            "look_fors": [vector[:200]],
            "next_steps": {"b": vector},
        }
        for number, vector in enumerate(vectors)
    ]
    scale = [{"code": "a", "label": vectors[0][:200]}, {"code": "b", "label": vectors[1][:200]}]
    catalog = made_map("hostile", rows, title=vectors[2][:200], scale=scale)
    placements = {str(row["id"]): "b" for row in rows}
    report = report_pdf([assessed(catalog, "mine/hostile@1.0.0", placements)], catalog=catalog)
    body = squeezed(read(report.data, "-raw"))
    assert listener.asked == []
    assert SECRET.encode() not in streams(report.data)
    assert [vector for vector in vectors if squeezed(vector) not in body] == []


def test_only_two_modules_import_weasyprint() -> None:
    importing = re.compile(r"^\s*(import|from)\s+weasyprint", re.MULTILINE)
    source = Path(icmaps.__file__).parent
    found = [file for file in source.rglob("*.py") if importing.search(file.read_text("utf-8"))]
    assert {str(f.relative_to(source)) for f in found} == {"report/_pdf.py", "report/_reuse.py"}


# ---- 2. raw in the HTML the fetcher refuses them -------------------------------------------------


def page_of(markup: str) -> str:
    return (
        '<!DOCTYPE html><html lang="en"><head><title>x</title></head>'
        f"<body><p>x</p>{markup}</body></html>"
    )


def printed(text: str, css: str = "") -> bytes:
    return _pdf.print_pdf(text, css, size="letter", texts=(), attached=()).data


@every_vector
def test_raw_vectors_ask_for_nothing(vector: str, listener: Listener, secret: Path) -> None:
    data = b""
    try:
        data = printed(page_of(written(vector, listener, secret)))
    except RenderError as error:
        # Inside an SVG the refusal is swallowed, so that an exception alone would prove nothing.
        assert "may not load" in str(error)  # noqa: PT017
    assert listener.asked == []
    assert SECRET.encode() not in streams(data)


@every_vector
def test_raw_vectors_reach_no_further_than_the_fetcher(
    vector: str, listener: Listener, secret: Path
) -> None:
    fetcher = _pdf._fonts().fetcher  # noqa: SLF001 - what the reports' fetcher was asked
    before = len(fetcher.asked)
    with suppress(RenderError):
        printed(page_of(written(vector, listener, secret)))
    asked = [url for url in fetcher.asked[before:] if not url.startswith("icmaps:/")]
    if vector in NOT_FOLLOWED or vector in DROPPED:
        assert asked == []
    else:
        assert asked


def test_a_raw_vector_is_told_as_an_error(listener: Listener) -> None:
    with pytest.raises(RenderError) as caught:
        printed(page_of(f'<img src="{listener.address}/x" />'))
    assert str(caught.value) == f"a report may not load '{listener.address}/x'"


def test_an_import_in_the_style_sheet_asks_for_nothing(listener: Listener) -> None:
    at = f'@import url("{listener.address}/css"); p {{ color: red }}'
    with pytest.raises(FatalURLFetchingError, match="may not load"):
        _pdf._css(at)  # noqa: SLF001 - whatever makes a style sheet, makes it here
    printed(page_of(""), at)
    assert listener.asked == []


def test_relative_addresses_find_no_file_of_this_machine() -> None:
    for path in ("../../../etc/passwd", "/etc/passwd", "//etc/passwd", "etc/passwd"):
        with pytest.raises(RenderError, match="may not load"):
            printed(page_of(f'<img src="{path}" />'))


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:9/",
        "https://example.org/",
        "ftp://127.0.0.1/",
        "data:text/plain,x",
        "icmaps:/../report/growth.css",
        "icmaps:/",
        "icmaps:IcmapsSans-Regular.ttf",
        "icmaps:/coverage.json",
        "ICMAPS:/IcmapsSans-Regular.ttf",
        "",
    ],
)
def test_the_fetcher_serves_nothing_but_bundled_fonts(url: str) -> None:
    fetcher = _pdf.AssetFetcher()
    with pytest.raises(FatalURLFetchingError, match="may not load"):
        fetcher.fetch(url)
    assert fetcher.asked == [url]


def test_the_fetcher_serves_a_bundled_font() -> None:
    served = _pdf.AssetFetcher().fetch("icmaps:/IcmapsSans-Regular.ttf")
    fonts = _data.folder("templates") / "style" / "fonts"
    assert served.read() == (fonts / "IcmapsSans-Regular.ttf").read_bytes()


def test_an_attachment_is_text_and_never_an_address(secret: Path) -> None:
    file = _pdf.AttachedFile("a.json", "x", secret.as_uri(), CREATED)
    data = _pdf.print_pdf(page_of(""), "", size="a4", texts=(), attached=[file]).data
    assert SECRET.encode() not in streams(data)
    assert secret.as_uri().encode() in streams(data)


# ---- 3. with WeasyPrint's own fetcher they arrive ------------------------------------------------


@pytest.mark.parametrize("vector", FOLLOWED)
@pytest.mark.filterwarnings("ignore")
def test_canary_vectors_arrive_where_nobody_stops_them(
    vector: str, listener: Listener, secret: Path
) -> None:
    unguarded(lambda: weasyprint.HTML(string=page_of(written(vector, listener, secret))))
    assert any(path.startswith(f"/{vector}") for path in listener.asked)


@pytest.mark.parametrize("vector", FILES)
def test_canary_files_are_attached_where_nobody_stops_it(
    vector: str, listener: Listener, secret: Path
) -> None:
    data = unguarded(lambda: weasyprint.HTML(string=page_of(written(vector, listener, secret))))
    assert SECRET.encode() in streams(data)


def test_canary_a_style_sheet_without_our_fetcher_brings_its_own(listener: Listener) -> None:
    deny = _pdf.AssetFetcher()

    def document() -> weasyprint.HTML:
        weasyprint.CSS(string=f'@import url("{listener.address}/css");')
        return weasyprint.HTML(string=page_of(""), url_fetcher=deny)

    unguarded(document)
    assert listener.asked == ["/css"]


def unguarded(document: Callable[[], weasyprint.HTML]) -> bytes:
    with suppress(URLFetchingError):  # the listener has nothing to give
        data: bytes = document().write_pdf()
        return data
    return b""
