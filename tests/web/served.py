"""The web app as `icmaps serve` serves it, for tests with real processes and browsers."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Served:
    """A running app."""

    address: str
    link: str
    data: Path
    process: subprocess.Popen[str]

    def link_for(self, email: str) -> str:
        """Return a link that signs somebody in."""
        command = (sys.executable, "-m", "icmaps", "serve", "--data", self.data, "--link", email)
        port = self.address.rpartition(":")[2]
        done = subprocess.run(
            [*command, "--port", port], capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def workers(self) -> list[int]:
        listed = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.process.pid)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        return list(map(int, listed.stdout.split()))

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Return what the database holds, read beside the app."""
        with sqlite3.connect(f"file:{self.data / 'icmaps.sqlite'}?mode=ro", uri=True) as database:
            return database.execute(query, values).fetchall()


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port: int = tried.getsockname()[1]
    return port


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """Serve an app of its own; it stops by itself."""
    port, data = free_port(), folder / "data"
    command = [sys.executable, "-m", "icmaps", "serve", "--data", str(data), "--port", str(port)]
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("ICMAPS_", "DJANGO_"))}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, start_new_session=True, env=environment
    ) as process:
        try:
            assert process.stdout is not None
            told = ""
            while "Ctrl-C" not in told:
                line = process.stdout.readline()
                assert line, "it ended before it began"
                told += line
            address = f"http://127.0.0.1:{port}"
            _wait_for(address)
            link = re.search(r"http\S+/signin/\S+", told)
            assert link is not None
            yield Served(address, link[0], data, process)
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def _wait_for(address: str) -> None:
    last = time.monotonic() + 30
    while True:
        try:
            urllib.request.urlopen(f"{address}/account/login/", timeout=5).close()  # noqa: S310
        except OSError:
            assert time.monotonic() < last, "nobody answers"
            time.sleep(0.1)
        else:
            return
