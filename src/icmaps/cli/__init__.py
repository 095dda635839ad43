"""The command line: parse, call, show. Decisions are made below; what is printed is made here.

The clock, the environment and the working directory are read here and nowhere below.
"""

import os
import sys

from icmaps.cli._app import app
from icmaps.errors import IcmapsError

# Every command adds itself to `app` when its module is imported; help lists them in this order.
from icmaps.cli import _demo, _content, _report, _doctor  # noqa: F401  isort: skip

__all__ = ["main"]


def main() -> None:
    """Run the command line; exit 0 fine, 1 the input is wrong, 2 usage."""
    try:
        app()
    except IcmapsError as error:
        print(error, file=sys.stderr)  # noqa: T201
        sys.exit(1)
    except BrokenPipeError:
        # Whoever read our output has enough of it (`icmaps show ... | head`).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
