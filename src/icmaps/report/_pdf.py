"""HTML to PDF: with `_reuse`, which knows its inside, the only module that imports WeasyPrint.

WeasyPrint fetches whatever a document names, files of this machine included, and a style sheet or
an attachment made without a fetcher brings its own (`research/security.md` 1.1). So every object
made here is given the one fetcher that knows the packaged fonts and nothing else.
"""

import gc
import json
import logging
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from threading import RLock
from typing import Any, Final
from xml.etree import ElementTree as ET

import cssselect2
import weasyprint
from weasyprint.text.ffi import pango
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from icmaps import _data
from icmaps.errors import RenderError
from icmaps.report._reuse import Reuse
from icmaps.report._template import PageSize

_SCHEME: Final = "icmaps"
_FONT_FOLDER: Final = "style/fonts"
_BOX: Final = "□"  # printed for a character that no font has
_MISSING: Final = re.compile(r"unsupported by fonts: .*?U\+([0-9A-F]+)", re.DOTALL)
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_one_at_a_time = RLock()  # Pango, and what is kept from one report to the next, are for one thread


@dataclass(frozen=True, slots=True)
class _Face:
    """A bundled font: its family in our style sheets, and its file."""

    family: str
    file: str
    weight: int = 400
    style: str = "normal"


# Every report is set in these.
_MAIN: Final = (
    _Face("icmaps Sans", "IcmapsSans-Regular.ttf"),
    _Face("icmaps Sans", "IcmapsSans-Semibold.ttf", 600),
    _Face("icmaps Sans", "IcmapsSans-Bold.ttf", 700),
    _Face("icmaps Marks", "IcmapsMarks-Regular.ttf"),
)
# These are added for a report whose texts need them; each costs time merely by being there.
_FALLBACKS: Final = (
    _Face("icmaps Arabic", "NotoSansArabic-Regular.ttf"),
    _Face("icmaps Arabic", "NotoSansArabic-Bold.ttf", 700),
    _Face("icmaps Han", "NotoSansSC-Regular.ttf"),
    _Face("icmaps Hangul", "NotoSansKR-Regular.ttf"),
)


class AssetFetcher(URLFetcher):  # type: ignore[misc]
    """Serves the packaged fonts and nothing else; what was asked for is kept in `asked`."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols={_SCHEME}, allow_redirects=False, fail_on_errors=True)
        self.asked: list[str] = []
        fonts = _data.folder("templates") / _FONT_FOLDER
        self._assets: Mapping[str, Path] = {
            f"{_SCHEME}:/{face.file}": fonts / face.file for face in (*_MAIN, *_FALLBACKS)
        }

    def fetch(self, url: str, headers: object = None) -> Any:
        """Return a packaged font.

        Raises:
            FatalURLFetchingError: For any other address; nothing is opened or asked for.
        """
        del headers
        self.asked.append(url)
        path = self._assets.get(url)
        if path is None:
            raise FatalURLFetchingError(f"a report may not load {url!r}")
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": "font/ttf"})


@dataclass(frozen=True, slots=True)
class Pdf:
    """A printed document.

    Attributes:
        data: The bytes of the PDF, PDF/UA-1.
        pages: How many pages it has.
        missing: Characters for which neither a bundled nor an installed font has a picture.
    """

    data: bytes
    pages: int
    missing: str


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file put inside the PDF."""

    name: str
    description: str
    text: str
    created: datetime


def engine() -> str:
    """Return the names and versions of the libraries that set the pages."""
    number = pango.pango_version()
    version = f"{number // 10000}.{number // 100 % 100}.{number % 100}"
    return f"WeasyPrint {weasyprint.__version__}, Pango {version}"


def print_pdf(
    html: str,
    css: str,
    *,
    size: PageSize,
    texts: Iterable[str],
    attached: Sequence[AttachedFile],
) -> Pdf:
    """Print a page of HTML as a tagged PDF.

    Args:
        html: The document, autoescaped.
        css: Its style sheet; the same text is parsed once and kept.
        size: The paper.
        texts: What somebody typed, for choosing the fonts to add.
        attached: Files to put inside the PDF.

    Returns:
        The PDF; the same arguments give the same bytes.

    Raises:
        RenderError: If the document asks for anything that is not packaged.
    """
    with _one_at_a_time, _uncollected():
        sheets = [_main_style(css, size)]
        sheets += [_faces_style(family) for family in _families_for(texts)]
        pdf = _print(html, sheets, attached)
        if not pdf.missing:
            return pdf
        # PDF/UA forbids the sign for "no such glyph" that stands there now; a box is a sign like
        # any other. Only now is it known which ones: installed fonts may have had them.
        boxed = html.translate(dict.fromkeys(map(ord, pdf.missing), _BOX))
        return replace(_print(boxed, sheets, attached), missing=pdf.missing)


def _print(
    html: str,
    sheets: Sequence[weasyprint.CSS],
    attached: Sequence[AttachedFile],
) -> Pdf:
    fonts = _fonts()
    listener = _Listener()
    logger = logging.getLogger("weasyprint")
    logger.addHandler(listener)
    try:
        with fonts.reuse.while_printing():
            document = _Html(html, fonts.fetcher).render(
                font_config=fonts.configuration, stylesheets=sheets, pdf_variant="pdf/ua-1"
            )
            # Readers look names up by halving, so the list of names has to be in order.
            document.metadata.attachments = [
                _attachment(file, fonts.fetcher)
                for file in sorted(attached, key=lambda file: file.name)
            ]
            # No identifier is asked for: PDF/UA needs none, and to make one every object is
            # written twice, a fifteenth of the whole.
            data = document.write_pdf(pdf_variant="pdf/ua-1")
    except FatalURLFetchingError as error:
        raise RenderError(str(error)) from None
    finally:
        logger.removeHandler(listener)
    return Pdf(data, len(document.pages), "".join(sorted(listener.missing)))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Let Python look for rubbish after a report, not a hundred times in it."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@dataclass(frozen=True, slots=True)
class _Fonts:
    """What all renders of a process share, made once: it costs more than a page."""

    configuration: FontConfiguration
    fetcher: AssetFetcher
    reuse: Reuse


class _Html(weasyprint.HTML):  # type: ignore[misc]
    """A document from our templates, which are well-formed XML too and need no reader of all HTML.

    It starts from our short list of elements (`style/elements.css`). The hook for that is
    WeasyPrint's own, for its tests, and not public: should it go away, reports come out the same,
    an eighth slower.
    """

    def __init__(self, html: str, fetcher: URLFetcher) -> None:
        tree = ET.fromstring(_NOT_XML.sub(_BOX, html))  # noqa: S314 - our own page
        self.base_url = f"{_SCHEME}:/"
        self.url_fetcher = fetcher
        self.media_type = "print"
        self.wrapper_element = cssselect2.ElementWrapper.from_html_root(tree, content_language=None)
        self.etree_element = self.wrapper_element.etree_element

    def _ua_stylesheets(self, forms: bool = False) -> list[weasyprint.CSS]:  # noqa: FBT001, FBT002
        del forms
        return [_elements_style()]


@lru_cache(maxsize=1)
def _elements_style() -> weasyprint.CSS:
    return _css((_data.folder("templates") / "style" / "elements.css").read_text("utf-8"))


@lru_cache(maxsize=1)
def _fonts() -> _Fonts:
    configuration = FontConfiguration()
    return _Fonts(configuration, AssetFetcher(), Reuse(configuration))


def _css(text: str) -> weasyprint.CSS:
    fonts = _fonts()
    return weasyprint.CSS(
        string=text,
        base_url=f"{_SCHEME}:/",
        url_fetcher=fonts.fetcher,
        font_config=fonts.configuration,
    )


def _face_rules(faces: Iterable[_Face]) -> str:
    return "".join(
        f'@font-face {{ font-family: "{face.family}"; font-weight: {face.weight};'
        f' font-style: {face.style}; src: url("{_SCHEME}:/{face.file}") }}'
        for face in faces
    )


@lru_cache(maxsize=8)
def _main_style(css: str, size: PageSize) -> weasyprint.CSS:
    return _css(f"{_face_rules(_MAIN)} {css} @page {{ size: {size} portrait }}")


@lru_cache(maxsize=4)
def _faces_style(family: str) -> weasyprint.CSS:
    return _css(_face_rules(face for face in _FALLBACKS if face.family == family))


@lru_cache(maxsize=1)
def _coverage() -> Mapping[str, list[tuple[int, int]]]:
    path = _data.folder("templates") / _FONT_FOLDER / "coverage.json"
    covered: Mapping[str, list[tuple[int, int]]] = json.loads(path.read_text("utf-8"))
    return covered


def _has(file: str, character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in _coverage()[file])


def _families_for(texts: Iterable[str]) -> list[str]:
    """Return the fallback families that the texts need beyond the main one."""
    characters = {c for text in texts if not text.isascii() for c in text if not c.isspace()}
    left = {c for c in characters if not any(_has(face.file, c) for face in _MAIN)}
    families = []
    for face in _FALLBACKS:
        if face.family not in families and any(_has(face.file, c) for c in left):
            families.append(face.family)
    return families


def _attachment(file: AttachedFile, fetcher: AssetFetcher) -> weasyprint.Attachment:
    return weasyprint.Attachment(
        string=file.text,
        name=file.name,
        description=file.description,
        created=file.created,
        modified=file.created,
        relationship="Data",
        base_url=f"{_SCHEME}:/",
        url_fetcher=fetcher,
    )


class _Listener(logging.Handler):
    """Collects the characters that WeasyPrint says no font has."""

    def __init__(self) -> None:
        super().__init__()
        self.missing: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        if match := _MISSING.search(record.getMessage()):
            self.missing.add(chr(int(match[1], 16)))
