"""Jinja as every report uses it."""

from functools import lru_cache

import jinja2

from icmaps import _data
from icmaps.report._words import direction


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
