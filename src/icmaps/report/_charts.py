"""Pictures of a group report: vector graphics from matplotlib, each with a text alternative.

The colours are those of the report's levels (`growth.css`); the parts are in the order of the
levels and carry their numbers where they fit, so that nothing rests on colour alone.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from io import StringIO
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup, escape

from icmaps import _data
from icmaps.errors import require_extra

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TONES: Final = ("#0b5a5e", "#328086", "#68a6a8", "#98c3c4", "#c7dede", "#eef4f4")
_INK: Final = "#1d1b19"
_SOFT: Final = "#8d8780"
_LIGHT_FROM: Final = 2  # tones from here on take dark print
_POINTS: Final = 72
_ROOM: Final = 9  # points that a number of two digits takes


@contextmanager
def _our_style() -> Iterator[None]:
    """Draw with our type and nothing that differs from run to run; others' settings stay."""
    require_extra("the pictures of a group report cannot be drawn", "matplotlib")
    import matplotlib as mpl

    _add_our_type()
    style: Any = {
        "svg.hashsalt": "icmaps",
        "svg.fonttype": "path",
        "font.family": "icmaps Sans",
        "hatch.linewidth": 0.5,
        "hatch.color": _SOFT,
    }
    with mpl.rc_context(style):
        yield


@_our_style()
def bar(
    parts: Sequence[float],
    acceptable: int | None,
    alternative: str,
    *,
    width: float,
    ideal_first: bool = True,
) -> Markup:
    """Return how a group is spread over levels, as one bar.

    Args:
        parts: Parts by rank, the ideal first, then the part without a level.
        acceptable: Last rank that is acceptable, where a line is drawn; None for no line.
        alternative: What the picture says.
        width: Of the picture.
        ideal_first: The map prints its ideal level first, not last.

    Units:
        width: points.
    """
    figure, axes = _canvas(width, 11)
    total, left = sum(parts), 0.0
    *levels, none = parts
    ranks = range(len(levels)) if ideal_first else reversed(range(len(levels)))
    for rank in ranks:
        part = levels[rank]
        if rank == acceptable and not ideal_first:
            _line(axes, left)
        if part:
            tone = TONES[min(rank, len(TONES) - 1)]
            axes.barh(0, part, left=left, height=1, linewidth=0.5, edgecolor="white", color=tone)
            if part / total * width > _ROOM and part == int(part):
                ink = "white" if rank < _LIGHT_FROM else _INK
                axes.text(left + part / 2, 0, f"{part:g}", color=ink, fontsize=6.4,
                          ha="center", va="center_baseline")  # fmt: skip
        left += part
        if rank == acceptable and ideal_first:
            _line(axes, left)
    if none:
        axes.barh(0, none, left=left, height=1, linewidth=0.5, edgecolor=_SOFT, color="white",
                  hatch="////")  # fmt: skip
    axes.set_xlim(0, total)
    axes.set_ylim(-0.75, 0.75)
    return _svg(figure, alternative)


def _line(axes: "Axes", place: float) -> None:
    axes.plot([place, place], [-0.75, 0.75], color=_INK, linewidth=1.1, clip_on=False)


@_our_style()
def strip(
    values: Sequence[float], everyone: float | None, alternative: str, width: float
) -> Markup:
    """Return one ring a group on a line from 0 to 100 %, and a bar for everybody.

    Args:
        values: The groups' shares, 0 to 1.
        everyone: The share of all of them together; None to leave it out.
        alternative: What the picture says.
        width: Of the picture.

    Units:
        width: points.
    """
    figure, axes = _canvas(width, 11)
    axes.plot([0, 1], [0, 0], color=_SOFT, linewidth=0.5, zorder=1)
    for tick in (0, 0.5, 1):
        axes.plot([tick, tick], [-0.25, 0.25], color=_SOFT, linewidth=0.5, zorder=1)
    stacked: dict[float, int] = {}
    for value in sorted(values):
        place = round(value, 2)
        stacked[place] = stacked.get(place, 0) + 1
        lift = 0.42 * (stacked[place] // 2) * (-1 if stacked[place] % 2 else 1)
        axes.plot(value, lift, "o", markersize=4.2, markerfacecolor="white",
                  markeredgecolor=TONES[0], markeredgewidth=0.9, zorder=2)  # fmt: skip
    if everyone is not None:
        axes.plot([everyone, everyone], [-0.8, 0.8], color=_INK, linewidth=1.5, zorder=3)
    axes.set_xlim(-0.03, 1.03)
    axes.set_ylim(-1, 1)
    return _svg(figure, alternative)


@_our_style()
def moves(improved: float, declined: float, most: float, alternative: str, width: float) -> Markup:
    """Return who moved away from ideal to the left of a line, and toward it to the right.

    Args:
        improved: Share that moved toward the ideal, 0 to 1.
        declined: Share that moved away from it.
        most: The largest share on the page, for one scale on it.
        alternative: What the picture says.
        width: Of the picture.

    Units:
        width: points.
    """
    figure, axes = _canvas(width, 11)
    axes.barh(0, improved, height=1, color=TONES[0])
    axes.barh(0, -declined, height=1, color="white", edgecolor=_INK, linewidth=0.6, hatch="////")
    axes.plot([0, 0], [-0.75, 0.75], color=_INK, linewidth=0.9)
    limit = max(most, 0.01) * 1.02
    axes.set_xlim(-limit, limit)
    axes.set_ylim(-0.75, 0.75)
    return _svg(figure, alternative)


@lru_cache(maxsize=1)
def _add_our_type() -> None:
    from matplotlib import font_manager

    font_manager.fontManager.addfont(
        _data.folder("templates") / "style" / "fonts" / "IcmapsSans-Regular.ttf"
    )


def _canvas(width: float, height: float) -> "tuple[Figure, Axes]":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width / _POINTS, height / _POINTS))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.axis("off")
    return figure, axes


def _svg(figure: "Figure", alternative: str) -> Markup:
    """Return a figure as an element of a page; its title is its text alternative in the PDF."""
    written = StringIO()
    figure.savefig(
        written, format="svg", metadata={"Date": None, "Creator": None}, transparent=True
    )
    body = written.getvalue()
    body = body[body.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    opening, _, rest = body.partition(">")
    rest = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", rest, flags=re.DOTALL)
    named = set(re.findall(r"url\(#([^)]+)\)|href=\"#([^\"]+)\"", rest))
    used = {name for pair in named for name in pair}
    rest = re.sub(r' id="([^"]+)"', lambda found: found[0] if found[1] in used else "", rest)
    # Ids name things of the whole page: different pictures may not have the same.
    name = hashlib.sha256((alternative + rest).encode()).hexdigest()[:8]
    rest = re.sub(r'(id="|url\(#|href="#)', rf"\g<1>p{name}-", rest)
    title = f"<title>{escape(alternative)}</title>"
    return Markup(f'{opening} role="img">{title}{rest}')  # noqa: S704 - words are escaped
