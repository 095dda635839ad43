"""The only reader of files: text, then positions, then problems or models; and the catalog."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from icmaps.content._catalog import Catalog
from icmaps.models import Assessment, Crosswalk, ICMap

__all__ = ["Catalog", "default_catalog", "load_crosswalk", "load_map", "read_assessment"]


@lru_cache(maxsize=8)
def _catalog_of(folders: tuple[Path, ...]) -> Catalog:
    return Catalog(folders)


def default_catalog(maps: Sequence[str | Path] = ()) -> Catalog:
    """Return the catalog of the bundled maps and of further folders, made once.

    Args:
        maps: Maps folders searched before the bundled maps.
    """
    return _catalog_of(tuple(Path(folder).absolute() for folder in maps))


def load_map(name: str, *, maps: Sequence[str | Path] = ()) -> ICMap:
    """Load a map by name or from a file.

    Args:
        name: `framework/role` (newest published), `framework/role@1.0.0`, or the path of a file.
        maps: Maps folders searched before the bundled maps.

    Returns:
        The map, checked against its framework.

    Raises:
        UnknownNameError: If there is none; the message names the near ones.
        ContentError: If its file has a problem; all of them are told.

    Example:
        >>> load_map("spl-2022/teacher").component("inquiry-cycle").levels
        ('1', '2', '3', '4')
    """
    return default_catalog(maps).map(name)


def load_crosswalk(older: str, newer: str, *, maps: Sequence[str | Path] = ()) -> Crosswalk:
    """Load what became of each section and component from one framework to another.

    Args:
        older: The id of the framework it comes from.
        newer: The id of the framework it leads to.
        maps: Maps folders searched before the bundled maps.

    Returns:
        The newest crosswalk between the two, checked against the frameworks and maps it names.

    Raises:
        UnknownNameError: If there is none.
        ContentError: If its file has a problem; all of them are told.

    Example:
        >>> load_crosswalk("spl-2011", "spl-2022").links()[0].relation
        'close'
    """
    return default_catalog(maps).crosswalk(older, newer)


def read_assessment(path: str | Path, *, maps: Sequence[str | Path] = ()) -> Assessment:
    """Read an assessment from a YAML or JSON file.

    Args:
        path: The file.
        maps: Maps folders searched before the bundled maps.

    Returns:
        The assessment, checked against the exact map version it names.

    Raises:
        ContentError: With everything that is wrong with it, each with line and column.
    """
    return default_catalog(maps).read_assessment(Path(path))
