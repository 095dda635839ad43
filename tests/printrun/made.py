"""People, plans and folders that the tests of print runs share."""

import hashlib
import time
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf

from icmaps.content import default_catalog
from icmaps.models import Assessment
from icmaps.printrun import Plan, Settings, plan
from report_cases import changed, example

SETTINGS = Settings(size="letter", grey=False, policy=None, made_on=date(2026, 11, 24), maps=())
SPRING, FALL = "jordan-ames-2026-spring.yaml", "jordan-ames-2026-fall.yaml"
DIGITS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


@cache
def staff(number: int = 4) -> tuple[Assessment, ...]:
    """Some people in two schools, two short rounds each."""
    found = []
    for n in range(number):
        who = {
            "id": f"E-{n}",
            "name": f"Person {DIGITS[n % 10].capitalize()}",
            "groups": {"school": f"School {'AB'[n % 2]}", "team": f"Team {n % 3}"},
        }
        for name in (SPRING, FALL):
            short = example(name)
            found.append(
                changed(short, respondent=who, scope=["collaborative-inquiry"],
                        placements={"inquiry-cycle": "234"[n % 3]}, goals=[])
            )  # fmt: skip
    return tuple(found)


def planned(*assessments: Assessment, settings: Settings = SETTINGS, **options: Any) -> Plan:
    return plan(assessments or staff(), settings, catalog=default_catalog(), **options)


def contents(folder: Path) -> dict[str, str]:
    """Return the reports of a folder and their digests; every file is whole."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix == ".pdf":
            with pikepdf.open(path) as pdf:
                assert len(pdf.pages) > 0
            found[str(path.relative_to(folder))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def wait_for(what: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)
