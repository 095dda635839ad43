"""The command line: parse, call, show. Decisions are made below; what is printed is made here.

The clock, the environment and the working directory are read here and nowhere below.
"""

import codecs
import os
import signal
import sys
from io import TextIOWrapper
from typing import NoReturn

from icmaps.cli._app import app, printable
from icmaps.errors import IcmapsError

# Every command adds itself to `app` when its module is imported; help lists them in this order.
from icmaps.cli import _demo, _maps, _crosswalk, _validate, _score  # noqa: F401  isort: skip
from icmaps.cli import _compare, _report, _group, _print, _serve, _doctor  # noqa: F401  isort: skip

__all__ = ["main"]

# What stands for our own signs on a terminal that lacks them; `?` would read as "don't know".
_STAND_INS = {
    "★": "*",
    "→": "->",
    "–": "-",
    "─": "-",
    "’": "'",
    "…": "...",
    "✓": "+",
    "✗": "x",
    "·": "-",
}


def main() -> None:
    """Run the command line; exit 0 fine, 1 the input is wrong, 2 usage."""
    _prepare_terminal()
    try:
        try:
            app()
        finally:
            sys.stdout.flush()  # a full disk is told of here, not by Python on its way out
    except IcmapsError as error:
        _fail(str(error))
    except OSError as error:
        # Every file is opened where its trouble is told; what is left is our own output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        reason = (error.strerror or str(error)).lower()
        _fail(f"the output cannot be written: {reason}; make room, or send it elsewhere")


def _fail(message: str) -> NoReturn:
    print(printable(message), file=sys.stderr)  # noqa: T201
    sys.exit(1)


def _prepare_terminal() -> None:
    if hasattr(signal, "SIGPIPE"):
        # Whoever reads our output may have enough of it: end as every Unix tool does.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started us
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
    codecs.register_error("icmaps", _stand_in)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="icmaps")


def _stand_in(error: UnicodeError) -> tuple[str, int]:
    """Return what to print for characters that the terminal's encoding lacks."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    return "".join(_STAND_INS.get(character, "?") for character in text), error.end
