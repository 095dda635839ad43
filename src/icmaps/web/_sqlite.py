"""Which SQLite is used, and how it keeps what it was given.

Versions before 3.51.3 can lose commits when several processes write ahead to one log (the WAL-reset
bug; 3.50.7 and 3.44.6 are mended as well). So a newer one is used where it is installed, and where
there is none the journal is the older kind, which costs time and nothing else
(`research/security.md` 3.1).
"""

import sys
from importlib.util import find_spec
from typing import Any, Final

_MENDED: Final = (3, 51, 3)
_MENDED_TOO: Final[dict[tuple[int, ...], int]] = {(3, 50): 7, (3, 44): 6}


def choose() -> None:
    """Use the SQLite that comes with `pysqlite3`, if it is installed; before Django is loaded."""
    if "sqlite3" not in sys.modules and find_spec("pysqlite3") is not None:
        import pysqlite3

        sys.modules["sqlite3"] = pysqlite3
        sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2


def is_mended(version: tuple[int, ...]) -> bool:
    """Return whether a version of SQLite may write ahead.

    Args:
        version: As `sqlite3.sqlite_version_info` says it.
    """
    return version >= _MENDED or version[2:3] >= (_MENDED_TOO.get(version[:2], sys.maxsize),)


def options() -> dict[str, Any]:
    """Return Django's options for the SQLite that is used: nothing that was saved is lost."""
    import sqlite3

    ahead = is_mended(sqlite3.sqlite_version_info)
    pragmas = {
        "journal_mode": "wal" if ahead else "delete",
        "synchronous": "full" if ahead else "extra",
        "foreign_keys": "on",
        # The old ones take the JSON functions of our own table checks for untrusted.
        "trusted_schema": "off" if ahead else "on",
        "mmap_size": "0",
        "journal_size_limit": "67108864",
    }
    return {
        "transaction_mode": "IMMEDIATE",  # two that read and then write cannot lock each other out
        "timeout": 10,
        "init_command": ";".join(f"pragma {name}={value}" for name, value in pragmas.items()),
    }
