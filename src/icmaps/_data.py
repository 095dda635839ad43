"""Where the shipped maps, templates and examples are.

In an installed package they lie beside this file in `_bundle/`; in a checkout, and in an editable
install of one, they are the top-level folders.
"""

from pathlib import Path


def folder(name: str) -> Path:
    """Return one of the shipped folders.

    Args:
        name: `maps`, `templates` or `examples`.

    Returns:
        The folder's absolute path.
    """
    package = Path(__file__).resolve().parent
    bundle = package / "_bundle"
    return (bundle if bundle.is_dir() else package.parent.parent) / name
