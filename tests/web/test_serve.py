"""`icmaps serve` as a user runs it: the first minute, and workers that are killed."""

import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from web.made import MAP
from web.served import served

pytestmark = pytest.mark.slow


class Browser:
    """Keeps cookies and a token, and asks again for nothing."""

    def __init__(self, address: str) -> None:
        self.host = address.removeprefix("http://")
        self.cookies: dict[str, str] = {}
        self.token = ""

    def ask(self, method: str, path: str, body: str = "", kind: str = "") -> tuple[int, str, str]:
        connection = http.client.HTTPConnection(self.host, timeout=20)
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        headers |= {"X-CSRFToken": self.token} if self.token else {}
        headers |= {"Content-Type": kind} if kind else {}
        connection.request(method, path, body.encode(), headers)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for name, value in answer.getheaders():
            if name == "Set-Cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        connection.close()
        found = re.search(r'csrf-token" content="(\w+)"', text)
        self.token = found[1] if found else self.token
        return answer.status, text, answer.getheader("Location") or ""

    def form(self, path: str, body: str) -> str:
        self.ask("GET", path)
        status, text, location = self.ask("POST", path, body, "application/x-www-form-urlencoded")
        assert status == 302, text
        return location

    def begin(self, link: str) -> str:
        """Sign in and begin an assessment; return the path to save to."""
        self.form(link.partition(self.host)[2], "")
        scope = self.form("/start", f"map={MAP}&round=2026-fall&date=2026-11-20")
        self.ask("GET", scope)
        return f"/api/v1/assessments/{scope.split('/')[2]}/events"


def test_the_first_minute(tmp_path: Path) -> None:
    with served(tmp_path) as app:
        browser = Browser(app.address)
        path = browser.begin(app.link)
        edit = {"key": str(uuid4()), "component": "inquiry-cycle", "answer": "level:2",
                "evidence": "", "base_version": 0}  # fmt: skip
        status, told, _ = browser.ask("POST", path, json.dumps(edit), "application/json")
        assert (status, json.loads(told)["version"]) == (200, 1)
        assert (app.data / "secret-key").stat().st_mode & 0o777 == 0o600
        assert app.data.stat().st_mode & 0o777 == 0o700

        again = subprocess.run(
            [sys.executable, "-m", "icmaps", "serve", "--data", str(app.data), "--port",
             app.address.rpartition(":")[2]],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert again.returncode == 1
        assert "another program has it" in again.stderr
        other = Browser(app.address)
        assert other.form(app.link_for("ann@example.org").partition(other.host)[2], "") == "/"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--check"], "security.W008"),
        (["--data", "/proc/nowhere"], "cannot be used"),
        (["--link", "ann"], "'ann' is no e-mail address"),
    ],
)
def test_what_is_unsafe_or_impossible_is_told(
    options: list[str], message: str, tmp_path: Path
) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "icmaps", "serve", "--data", str(tmp_path / "data"), *options],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 1
    assert message in told.stderr
    assert "Traceback" not in told.stderr


def test_in_public_nothing_is_unsafe(tmp_path: Path) -> None:
    public = {**os.environ, "ICMAPS_HTTPS": "1", "ICMAPS_HOSTS": "maps.example.org"}
    told = subprocess.run(
        [sys.executable, "-m", "icmaps", "serve", "--data", str(tmp_path), "--check"],
        capture_output=True, text=True, check=False, env=public,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr


def test_a_link_leads_where_browsers_reach_the_app(tmp_path: Path) -> None:
    public = {**os.environ, "ICMAPS_HTTPS": "1", "ICMAPS_HOSTS": "maps.example.org"}
    link = subprocess.run(
        [sys.executable, "-m", "icmaps", "serve", "--data", str(tmp_path), "--link", "a@b.org"],
        capture_output=True, text=True, check=True, env=public,
    )  # fmt: skip
    assert link.stdout.startswith("https://maps.example.org/signin/")


def keep_saving(browser: Browser, path: str, person: int, until: float) -> list[dict[str, Any]]:
    """Save as one person until the end, again after each broken connection.

    Return what was acknowledged.
    """
    random_ = random.Random(person)
    version, acknowledged = 0, []
    while time.monotonic() < until:
        edit = {"key": str(uuid4()), "component": "inquiry-cycle", "base_version": version,
                "answer": f"level:{random_.randint(1, 4)}", "evidence": uuid4().hex}  # fmt: skip
        while True:
            try:
                status, told, _ = browser.ask("POST", path, json.dumps(edit), "application/json")
            except (OSError, http.client.HTTPException):
                time.sleep(0.02)
                continue
            assert status == 200, told
            break
        version = json.loads(told)["version"]
        acknowledged.append(edit)
    return acknowledged


def test_whatever_was_acknowledged_is_there_once_however_many_workers_are_killed(
    tmp_path: Path,
) -> None:
    with served(tmp_path) as app:
        browsers = [Browser(app.address) for _ in range(4)]
        links = [app.link_for(f"person-{n}@example.org") for n in range(4)]
        paths = [browser.begin(link) for browser, link in zip(browsers, links, strict=True)]
        until = time.monotonic() + 10
        with ThreadPoolExecutor(4) as pool:
            people = [
                pool.submit(keep_saving, browser, path, n, until)
                for n, (browser, path) in enumerate(zip(browsers, paths, strict=True))
            ]
            killed = 0
            while time.monotonic() < until:
                time.sleep(0.8)
                if workers := app.workers():
                    os.kill(random.choice(workers), signal.SIGKILL)
                    killed += 1
            acknowledged = [edit for person in people for edit in person.result(60)]
        kept = app.rows("select key, evidence, version from web_change")
        (check,) = app.rows("pragma integrity_check")
    assert killed > 5
    assert len(acknowledged) > 50
    by_key = {str(key).replace("-", ""): (text, version) for key, text, version in kept}
    assert len(by_key) == len(kept)
    for edit in acknowledged:
        text, version = by_key[edit["key"].replace("-", "")]
        assert text == edit["evidence"]
        assert version is not None
    assert check == ("ok",)
