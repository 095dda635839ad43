"""What comes again in the next report: lines of text and styles, made once and not once a report.

The reports of a run print the same word pictures, look-fors and headings at the same widths in the
same styles. WeasyPrint sets each line three times, to break it, to measure it and to draw it, and
asks each style for some ninety properties; that is two fifths of what a report costs. Here a line
keeps what Pango made of it and what was drawn for it, and a style keeps what was worked out.

For that, some names of WeasyPrint are stood in for while we print, and put back after; it does not
promise to keep them. Should one be gone or take other arguments, nothing is kept, and reports come
out the same, only later. What is not known for certain to be the same goes the usual way.
"""

import inspect
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, Final

import pydyf
from weasyprint import css
from weasyprint.draw import text as draw
from weasyprint.layout import inline
from weasyprint.text import line_break
from weasyprint.text.ffi import pango

_MOST_LINES: Final = 10_000
_MOST_NEW_LINES: Final = 3_000
_MOST_STYLES: Final = 5_000
# All that WeasyPrint's `line_break` and `fonts` ask of a style.
_ASKED_OF_A_STYLE: Final = (
    *("direction", "font_family", "font_feature_settings", "font_kerning"),
    *("font_language_override", "font_size", "font_stretch", "font_style"),
    *("font_variant_alternates", "font_variant_caps", "font_variant_east_asian"),
    *("font_variant_ligatures", "font_variant_numeric", "font_variant_position"),
    *("font_variation_settings", "font_weight", "hyphenate_character", "hyphenate_limit_chars"),
    *("hyphenate_limit_zone", "hyphens", "lang", "letter_spacing", "overflow_wrap", "tab_size"),
    *("text_decoration_line", "text_decoration_thickness", "text_underline_offset"),
    *("white_space", "word_break", "word_spacing"),
)

_plain_split: Final[Callable[..., Any]] = line_break.split_first_line
_plain_draw: Final[Callable[..., Any]] = draw.draw_first_line
_PlainLayout: Any = line_break.Layout
_PlainStyle: Any = css.ComputedStyle
_PlainAnonymous: Any = css.AnonymousStyle
# A thirtieth larger than at level 9, which WeasyPrint asks for, in a third of the time.
_quick_zlib: Final = SimpleNamespace(
    **{**vars(zlib), "compressobj": lambda level: zlib.compressobj(min(level, 6))}
)


class Reuse:
    """What is kept of the reports printed with one set of fonts.

    It is for one thread at a time.

    Args:
        fonts: WeasyPrint's font configuration; a line is the same only in the same fonts.
    """

    def __init__(self, fonts: Any) -> None:
        self._fonts = fonts
        self._documents = 0
        self._lines: dict[Any, Any] = {}  # that came again
        self._new: dict[Any, tuple[int, Any]] = {}  # and in which document they came first
        self._styles: dict[Any, _Kept] = {}

    @contextmanager
    def while_printing(self) -> Iterator[None]:
        """Keep and use what comes again."""
        if not _is_known():
            yield
            return
        self._make_room()
        inline.split_first_line = self._split
        draw.draw_first_line = _draw
        css.ComputedStyle = self._style
        css.AnonymousStyle = _KeptAnonymous
        pydyf.zlib = _quick_zlib
        try:
            yield
        finally:
            inline.split_first_line = _plain_split
            draw.draw_first_line = _plain_draw
            css.ComputedStyle = _PlainStyle
            css.AnonymousStyle = _PlainAnonymous
            pydyf.zlib = zlib

    def _split(  # as WeasyPrint calls it
        self,
        text: str,
        style: Any,
        context: Any,
        max_width: Any,
        justification_spacing: float,
        is_line_start: bool = True,  # noqa: FBT001, FBT002
        minimum: bool = False,  # noqa: FBT001, FBT002
    ) -> Any:
        """Set the first line of a text, or return it as it was set before."""
        told = text, style, context, max_width, justification_spacing, is_line_start, minimum
        if style.font_config is not self._fonts:
            return _plain_split(*told)
        key = text, _looks(style), max_width, justification_spacing, is_line_start, minimum
        found = self._lines.get(key)
        if found is not None:
            return found
        if key in self._new:
            document, found = self._new[key]
            if document != self._documents:
                del self._new[key]
                self._lines[key] = found
            return found
        line_break.Layout = _KeptLayout
        try:
            found = _plain_split(*told)
        finally:
            line_break.Layout = _PlainLayout
        self._new[key] = self._documents, found
        return found

    def _make_room(self) -> None:
        """Forget, between documents, what did not come again: what somebody wrote comes once."""
        self._documents += 1
        if len(self._new) > _MOST_NEW_LINES:
            self._new.clear()
        if len(self._lines) > _MOST_LINES:
            self._lines.clear()

    def _style(self, *told: Any) -> Any:
        """Return the style of an element, with all that is known of it already."""
        style = _KeptStyle(*told)
        parent_style, cascaded, pseudo_type, root_style, base_url, fonts, _ = told
        if fonts is not self._fonts:
            return style
        above = getattr(parent_style, "kept", None), getattr(root_style, "kept", None)
        declared = tuple(
            (name, _same(value), weight[0], weight[1], tuple(weight[2]))
            for name, (value, weight) in cascaded.items()
        )
        key = id(above[0]), id(above[1]), parent_style is None, pseudo_type, base_url, declared
        found = self._styles.get(key)
        if found is None:
            if len(self._styles) >= _MOST_STYLES:
                self._styles.clear()
            found = self._styles[key] = _Kept(above, dict(cascaded))
        style.kept = found
        style.update(found.values)
        style.specified.update(found.specified)
        return style


@lru_cache(maxsize=1)
def _is_known() -> bool:
    """Tell whether WeasyPrint is as this module knows it."""
    arguments = {
        _plain_split: (
            *("text", "style", "context", "max_width", "justification_spacing"),
            *("is_line_start", "minimum"),
        ),
        _plain_draw: ("stream", "textbox", "text_overflow", "block_ellipsis", "matrix"),
        _PlainLayout.deactivate: ("self",),
        _PlainLayout.reactivate: ("self", "style"),
        _PlainAnonymous.__init__: ("self", "parent_style"),
        _PlainStyle.__init__: (
            *("self", "parent_style", "cascaded", "pseudo_type", "root_style", "base_url"),
            *("font_config", "initial_page_sizes"),
        ),
    }
    return all(tuple(inspect.signature(f).parameters) == a for f, a in arguments.items())


def _looks(style: Any) -> str:
    """Return what a style says about setting text; asked for once a style."""
    found: str | None = style.__dict__.get("_looks")
    if found is None:
        found = style.__dict__["_looks"] = repr([style[name] for name in _ASKED_OF_A_STYLE])
    return found


# ---- lines ---------------------------------------------------------------------------------


class _KeptLayout(_PlainLayout):  # type: ignore[misc]
    """A line that stays as Pango set it, and what was drawn for it."""

    drawn: "_Drawn | None" = None

    def deactivate(self) -> None:
        """Let go of the document, and of nothing else."""
        del self.style

    def reactivate(self, style: Any) -> None:
        """Be ready to be drawn: no longer bound to a width, as a plain one is."""
        self.style = style
        pango.pango_layout_set_width(self.layout, -1)

    def as_plain(self, style: Any) -> Any:
        """Return a plain one, for drawing that changes it."""
        plain = _PlainLayout(style, self.justification_spacing, self.max_width)
        plain.set_text(self.text, justify=True)
        return plain


class _OutOfTheOrdinary(Exception):  # noqa: N818 - no error: the line is drawn the usual way
    """A line with signs that have no glyph, or have pictures for glyphs."""


class _Glyphs:
    """Stands in for a document's font, and collects what a line tells it."""

    bitmap = svg = png = colr = False

    def __init__(self, name: str) -> None:
        self.hash = name
        self.to_unicode: dict[int, str] = {}
        self.widths: dict[int, int] = {}

    def get_unused_glyph_id(self, codepoint: int) -> int:
        raise _OutOfTheOrdinary(codepoint)


class _Drawn:
    """Stands in for a page, and plays what was drawn on it onto others."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.ink_rect, self.logical_rect = stream.ink_rect, stream.logical_rect
        self._fonts: list[tuple[Any, _Glyphs]] = []
        self._played: list[tuple[str, tuple[Any, ...]]] = []

    def set_text_matrix(self, *_: float) -> None:
        """Leave it to each page where its line stands."""

    def add_font(self, pango_font: Any) -> tuple[_Glyphs, float]:
        font, size = self._stream.add_font(pango_font)
        if font.bitmap or font.svg or font.png or font.colr:
            raise _OutOfTheOrdinary
        glyphs = _Glyphs(font.hash)
        self._fonts.append((pango_font, glyphs))
        return glyphs, size

    def set_font_size(self, name: str, size: float) -> None:
        self._played.append(("set_font_size", (name, size)))

    def show_text(self, text: str) -> None:
        self._played.append(("show_text", (text,)))

    def set_text_rise(self, rise: float) -> None:
        self._played.append(("set_text_rise", (rise,)))

    def done(self) -> "_Drawn":
        """Let go of the page it was drawn for."""
        del self._stream, self.ink_rect, self.logical_rect
        return self

    def play(self, stream: Any, matrix: Any) -> None:
        """Draw the line on a page, whose fonts learn of its glyphs."""
        stream.set_text_matrix(*matrix.values)
        for pango_font, glyphs in self._fonts:
            font, _ = stream.add_font(pango_font)
            _tell(font.to_unicode, glyphs.to_unicode)
            _tell(font.widths, glyphs.widths)
        for name, arguments in self._played:
            getattr(stream, name)(*arguments)


def _tell(known: dict[int, Any], told: Mapping[int, Any]) -> None:
    """Add what is not known yet: the first line of a document counts, as it always does."""
    for glyph in told.keys() - known.keys():
        known[glyph] = told[glyph]


def _draw(stream: Any, textbox: Any, text_overflow: str, block_ellipsis: str, matrix: Any) -> Any:
    """Draw a line, or play what was drawn for it before; return the pictures in it."""
    layout = textbox.pango_layout
    told = text_overflow, block_ellipsis, matrix
    if not isinstance(layout, _KeptLayout):
        return _plain_draw(stream, textbox, *told)
    if text_overflow == "ellipsis" or block_ellipsis != "none":
        textbox.pango_layout = layout.as_plain(textbox.style)
        return _plain_draw(stream, textbox, *told)
    if layout.drawn is None:
        drawn = _Drawn(stream)
        try:
            _plain_draw(drawn, textbox, *told)
        except _OutOfTheOrdinary:
            return _plain_draw(stream, textbox, *told)
        layout.drawn = drawn.done()
    layout.drawn.play(stream, matrix)
    return []


# ---- styles --------------------------------------------------------------------------------


class _Kept:
    """What was worked out of an element's style, and of its nameless boxes'.

    It holds on to what its key names by identity, so that nothing else gets that identity.
    """

    def __init__(self, *held: Any) -> None:
        self._held = held
        self.values: dict[str, Any] = {}
        self.specified: dict[str, Any] = {}
        self.anonymous: dict[str, Any] = {}


def _same(value: Any) -> Any:
    """Return what tells a declared value from others."""
    try:
        hash(value)
    except TypeError:
        return id(value)
    return value.__class__, value


class _KeptStyle(_PlainStyle):  # type: ignore[misc]
    """A style that tells what it works out to those that will be the same."""

    kept: _Kept | None = None

    def copy(self) -> Any:
        """Return a copy; it is changed by hand, so it tells nothing."""
        found = super().copy()
        found.kept = None
        return found

    def __missing__(self, key: str) -> Any:
        value = super().__missing__(key)
        if self.kept is not None:
            self.kept.values[key] = value
            if key in self.specified:
                self.kept.specified[key] = self.specified[key]
        return value


class _KeptAnonymous(_PlainAnonymous):  # type: ignore[misc]
    """The style of a box without an element, as `_KeptStyle`."""

    def __init__(self, parent_style: Any) -> None:
        super().__init__(parent_style)
        self.kept: _Kept | None = getattr(parent_style, "kept", None)
        if self.kept is not None:
            self.update(self.kept.anonymous)

    def copy(self) -> Any:
        """Return a copy; it is changed by hand, so it tells nothing."""
        found = super().copy()
        found.kept = None
        return found

    def __missing__(self, key: str) -> Any:
        value = super().__missing__(key)
        if self.kept is not None:
            self.kept.anonymous[key] = value
        return value
