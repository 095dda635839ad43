"""One report of a run: what it is made from, what it is called, and making it."""

import hashlib
import json
import time
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from importlib.metadata import version
from typing import Final

from icmaps import _data
from icmaps.content import default_catalog
from icmaps.errors import IcmapsError
from icmaps.models import Assessment, PolicyName
from icmaps.printrun._target import Target, TargetError
from icmaps.report import PageSize, pdf_engine, report_pdf

_PARTS: Final = ("report", "style")  # of the templates: what every growth report is made of
_LIBRARIES: Final = ("icmaps", "weasyprint", "pydyf", "fonttools", "jinja2")


@dataclass(frozen=True, slots=True)
class Settings:
    """What is the same for every report of a run.

    Attributes:
        size: The paper.
        grey: Printed without colours.
        policy: The scoring policy; each map's own if None.
        made_on: The date printed on the reports.
        maps: Maps folders searched before the bundled maps.
    """

    size: PageSize
    grey: bool
    policy: PolicyName | None
    made_on: date
    maps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """One report to print.

    Attributes:
        key: What names it in the manifest: respondent and map.
        respondent: The respondent's id.
        label: What the respondent is called on paper.
        map: The map version.
        role: The map's title, as it is shown to people.
        group: School or team, as the run is sorted; empty for none.
        file: Where it goes, relative to the run's folder.
        rounds: The assessments as JSON, in order of date.
        digest: Of all that the report is made from.
    """

    key: str
    respondent: str
    label: str
    map: str
    role: str
    group: str
    file: str
    rounds: tuple[str, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job.

    Attributes:
        key: The job's key.
        seconds: How long it took.
        pages: Pages of the report; 0 if it failed.
        size: Of the file, in bytes; 0 if it failed.
        sha256: Of the file; empty if it failed.
        error: What went wrong, in words; empty if nothing did.
        again: Another try could help.
        no_room: No other report can be put where this one could not.
    """

    key: str
    seconds: float
    pages: int = 0
    size: int = 0
    sha256: str = ""
    error: str = ""
    again: bool = False
    no_room: bool = False


def digest(rounds: tuple[str, ...], map_text: str, settings: Settings) -> str:
    """Return the digest of all that a report is made from.

    Args:
        rounds: The assessments as JSON.
        map_text: The map and its framework, as JSON.
        settings: What is the same for the whole run.
    """
    told = json.dumps(
        [rounds, asdict(settings) | {"made_on": settings.made_on.isoformat(), "maps": None}],
        sort_keys=True,
        ensure_ascii=False,
    )
    parts = (told, map_text, _environment())
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@lru_cache(maxsize=1)
def _environment() -> str:
    """Return the digest of templates, fonts and versions.

    Raises:
        RenderError: If this machine lacks what a PDF needs.
    """
    found = hashlib.sha256()
    for part in _PARTS:
        for path in sorted((_data.folder("templates") / part).rglob("*")):
            if path.is_file():
                found.update(path.name.encode() + b"\0" + path.read_bytes())
    found.update(" ".join(f"{name} {version(name)}" for name in _LIBRARIES).encode())
    found.update(pdf_engine().encode())  # Pango sets the lines, and comes with the machine
    return found.hexdigest()


def make(job: Job, target: Target, settings: Settings) -> Outcome:
    """Make one report and put it in its place; whatever goes wrong is told, not raised.

    Args:
        job: The report.
        target: Where the run puts its files.
        settings: What is the same for the whole run.
    """
    start = time.perf_counter()
    try:
        report = report_pdf(
            [Assessment.model_validate(json.loads(text)) for text in job.rounds],
            catalog=default_catalog(settings.maps),
            policy=settings.policy,
            size=settings.size,
            made_on=settings.made_on,
            grey=settings.grey,
        )
        target.write(job.file, report.data)
    except TargetError as error:
        seconds = time.perf_counter() - start
        return Outcome(job.key, seconds, error=str(error), again=True, no_room=error.no_room)
    except (IcmapsError, OSError, ValueError, MemoryError) as error:
        reason = str(error) or type(error).__name__
        return Outcome(job.key, time.perf_counter() - start, error=reason)
    return Outcome(
        key=job.key,
        seconds=time.perf_counter() - start,
        pages=report.pages,
        size=len(report.data),
        sha256=hashlib.sha256(report.data).hexdigest(),
    )
