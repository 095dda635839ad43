"""See to what pip cannot install: the libraries and programs icmaps finds on the machine.

`make` runs this before everything else, with the group that the target needs: `pdf`, `tests`,
`browser` or `bench`. What is there costs a few milliseconds to see. What is missing is installed
through apt where that needs no password; anywhere else one line says what to install.
"""

from __future__ import annotations  # so that a Python too old for icmaps can still say so

import importlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from ctypes import CDLL
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final

MAC: Final = sys.platform == "darwin"


def library(name: str) -> Callable[[], bool]:
    """Return a check whether the loader finds a library, as WeasyPrint will ask for it."""

    def found() -> bool:
        try:
            CDLL(f"lib{name}.dylib" if MAC else f"lib{name}.so.0")
        except OSError:
            return False
        return True

    return found


def program(*names: str) -> Callable[[], bool]:
    """Return a check whether one of some programs is on the path."""
    return lambda: any(map(shutil.which, names))


def ensurepip() -> bool:
    """Return whether this Python can make a virtual environment with pip in it."""
    importlib.invalidate_caches()
    return find_spec("ensurepip") is not None


@dataclass(frozen=True)
class Need:
    """One thing the machine has to have.

    Attributes:
        found: Whether it is there.
        debian: The package that brings it, on Debian and its kin.
        brew: The same for Homebrew.
        without: What happens without it, if life goes on; empty if it does not.
    """

    found: Callable[[], bool]
    debian: str
    brew: str
    without: str = ""


NEEDS: Final = {
    "pdf": (
        Need(ensurepip, f"python3.{sys.version_info.minor}-venv", "python"),
        Need(library("pango-1.0"), "libpango-1.0-0", "pango"),
        Need(library("pangoft2-1.0"), "libpangoft2-1.0-0", "pango"),
        Need(
            library("harfbuzz-subset"),
            "libharfbuzz-subset0",
            "harfbuzz",
            without="PDFs are right, but each takes about half a second longer",
        ),
    ),
    "tests": (Need(program("pdftotext"), "poppler-utils", "poppler"),),
    "browser": (
        Need(program("chromium", "chromium-browser", "google-chrome"), "chromium", "chromium"),
    ),
    "bench": (
        Need(
            program("soffice", "libreoffice"),
            "libreoffice-writer-nogui",
            "libreoffice",
            without="the benchmark of a print run leaves that peer out",
        ),
    ),
}


def main(group: str) -> str | None:
    """Find, install, and say what is left.

    Args:
        group: A key of `NEEDS`.

    Returns:
        What keeps icmaps from working here, or None.
    """
    if sys.version_info < (3, 11):
        return (
            f"icmaps needs Python 3.11 or newer, and {sys.executable} is "
            f"{sys.version.split()[0]}: name another, as in `make demo PYTHON=python3.13`"
        )
    missing = [need for need in NEEDS[group] if not need.found()]
    if missing and (as_root := apt_get()):
        install(as_root, [need.debian for need in missing])
        missing = [need for need in missing if not need.found()]
    if any(not need.without for need in missing):
        return advice(missing)
    for need in missing:
        warn(f"{need.debian} is not installed: {need.without}.")
    return None


def apt_get() -> list[str] | None:
    """Return how to call apt-get without being asked anything, or None if that cannot be done."""
    call = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    call += ["-o", "DPkg::Lock::Timeout=120"]  # somebody else's apt may be at work
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return call
    sudo = shutil.which("sudo")
    if sudo and quietly([sudo, "-n", "true"]).returncode == 0:
        return [sudo, "-n", *call]
    return None


def install(as_root: list[str], packages: list[str]) -> None:
    """Install packages one by one, so that one the distribution lacks takes none along."""
    print(f"Installing {', '.join(packages)} ...", flush=True)
    quietly([*as_root, "update"])
    for package in packages:
        done = quietly([*as_root, "install", "--yes", "--no-install-recommends", package])
        if done.returncode != 0:
            warn(f"apt-get could not install {package}: {done.stdout.strip()}")


def quietly(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a program that must not ask, and keep what it says."""
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def advice(missing: list[Need]) -> str:
    """Return the one line that tells a person what to install."""
    first = "Install what is missing, then try again"
    if MAC:
        path = "export DYLD_FALLBACK_LIBRARY_PATH=$(brew --prefix)/lib"
        names = " ".join(sorted({need.brew for need in missing}))
        return f"{first}: brew install {names}; {path}"
    names = " ".join(need.debian for need in missing)
    if not shutil.which("apt-get"):
        return f"{first} (these are Debian's names): {names}"
    return f"{first}: sudo apt-get install {names}"


def warn(text: str) -> None:
    """Print a line that does not stop anything."""
    print(f"warning: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
