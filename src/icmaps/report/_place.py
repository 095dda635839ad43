"""Where a report is written: refused before the work is done, and written whole or not at all."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path

from icmaps._files import whole_file
from icmaps.errors import RenderError


def refuse_place(target: Path) -> None:
    """Refuse, before the work is done, a place where nothing can be written."""
    if _is_folder(target):
        inside = target / "report.pdf"
        raise RenderError(f"{str(target)!r} is a folder; name a file, as in {str(inside)!r}")
    if not _is_folder(target.parent):
        raise RenderError(
            f"{str(target)!r} cannot be written: there is no folder {str(target.parent)!r}; "
            "make it first, or name another"
        )


def _is_folder(path: Path) -> bool:
    """Tell whether a path is a folder; one behind a closed folder is none for us."""
    try:
        return path.is_dir()
    except OSError:
        return False


def replace_file(target: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    try:
        with whole_file(target) as draft:
            draft.write_bytes(data)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise RenderError(
            f"{str(target)!r} cannot be written: {reason}; nothing there was changed; "
            "make room, or name a folder you may write to"
        ) from None


@contextmanager
def system_libraries() -> Iterator[None]:
    """Tell in one line which package to install if WeasyPrint finds no Pango on this machine."""
    try:
        with redirect_stdout(StringIO()):  # WeasyPrint prints advice before it gives up
            yield
    except OSError as error:
        library = re.search(r"library '([^']+)'", str(error))
        named = f"the library {library[1]!r} is not on this machine" if library else repr(error)
        raise RenderError(
            f"no PDF can be made: {named}; WeasyPrint sets text with it; "
            "install Pango: `apt-get install libpango-1.0-0 libpangoft2-1.0-0`, `dnf install "
            "pango` or `brew install pango`; or ask for an .html report, which needs none of it"
        ) from None


@contextmanager
def room_for_fonts() -> Iterator[None]:
    """Tell in one line when WeasyPrint finds no room for its fonts."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise RenderError(
            f"no PDF can be made: {reason}; WeasyPrint keeps its fonts in the temporary folder; "
            "make room there, or name another folder in TMPDIR"
        ) from None
