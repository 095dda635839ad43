"""Jinja and style sheets as every report uses them."""

import re
from functools import lru_cache
from typing import Final, Literal

import jinja2

from icmaps import _data
from icmaps.report._words import direction

PageSize = Literal["letter", "a4"]
_COLOUR: Final = re.compile(r"#([0-9a-f]{6}|[0-9a-f]{3})\b")


@lru_cache(maxsize=4)
def template(name: str) -> jinja2.Template:
    """Return a template by its name below `templates/`; what it is given is escaped."""
    # Autoescape is a constant: `select_autoescape` goes by the file's name and misses some.
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_data.folder("templates")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["direction"] = direction
    return environment.get_template(name)


@lru_cache(maxsize=8)
def style_sheet(*names: str, grey: bool = False) -> str:
    """Return style sheets by their names below `templates/`, one after the other.

    Args:
        names: The files.
        grey: Print without colours.
    """
    folder = _data.folder("templates")
    css = "".join((folder / name).read_text("utf-8") for name in names)
    return _COLOUR.sub(_as_grey, css) if grey else css


def _as_grey(colour: re.Match[str]) -> str:
    """Return the grey that is as light as a colour (ITU-R BT.601, as printers take it)."""
    digits = colour[1] if len(colour[1]) > 3 else "".join(2 * d for d in colour[1])  # noqa: PLR2004
    red, green, blue = (int(digits[n : n + 2], 16) for n in (0, 2, 4))
    light = round(0.299 * red + 0.587 * green + 0.114 * blue)
    return f"#{light:02x}{light:02x}{light:02x}"
