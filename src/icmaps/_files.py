"""Files of this machine that are there whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

DRAFT: Final = ".draft"  # how the name of a file ends that is not whole yet


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """Give a file its name when all of it is written, and on the disk.

    Args:
        target: What it will be called; what is called so now stays if anything goes wrong.

    Yields:
        The draft beside it, to be written.

    Raises:
        OSError: If it cannot be written, or not get its name.
    """
    draft = target.with_name(f".{target.name}.{os.getpid()}{DRAFT}")
    try:
        yield draft
        with draft.open("rb+") as written:
            os.fsync(written.fileno())
        draft.replace(target)
    finally:
        with suppress(OSError):  # gone when all went well, and never made without a right
            draft.unlink()


def sweep_drafts(folder: Path, name: str = "*") -> None:
    """Delete what writers that were killed have left in a folder and below.

    Args:
        folder: Where to look.
        name: Of the files they were to be; all if not said.
    """
    for draft in folder.rglob(f".{name}.*{DRAFT}"):
        draft.unlink(missing_ok=True)
