"""Growth reports to test: made once a process, opened and read back as others would read them."""

import atexit
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final, Literal

from icmaps.content import Catalog
from icmaps.models import Assessment, PolicyName
from icmaps.report import Report, ReportView, report_html, report_pdf, report_view
from icmaps.scoring import score

ROOT: Final = Path(__file__).resolve().parent.parent
EXAMPLES: Final = ROOT / "examples"
DATA: Final = ROOT / "tests" / "data" / "good"
MARGIN: Final = 34  # points at head and foot that hold the running lines and nothing else

Size = Literal["letter", "a4"]

# 4,000 characters in which no two words are the same, so that a lost or doubled one is found.
LONG_NOTE: Final = " ".join(f"word{number:04}" for number in range(500))[:4000].strip()
UNBROKEN: Final = "".join(f"unbroken{number:02}" for number in range(40))
LONG_GROUP: Final = ("The Very Long Name of a Team " * 8)[:200].strip()
PRIVATE: Final = "\U0010fffd"  # no font may have it: a character for private use


def example(name: str) -> Assessment:
    return Catalog().read_assessment(EXAMPLES / name)


def changed(assessment: Assessment, **more: Any) -> Assessment:
    """Return an assessment with some keys of its file replaced."""
    return Assessment.model_validate({**assessment.as_file(), **more})


@dataclass(frozen=True)
class Case:
    """A report, with what is needed to make and to read it."""

    assessments: tuple[Assessment, ...]
    catalog: Catalog = field(default_factory=Catalog)
    policy: PolicyName | None = None
    size: Size = "letter"

    @property
    def latest(self) -> Assessment:
        return max(self.assessments, key=lambda assessment: assessment.round.date)

    @cached_property
    def report(self) -> Report:
        return report_pdf(
            self.assessments, catalog=self.catalog, policy=self.policy, size=self.size
        )

    @cached_property
    def html(self) -> str:
        return report_html(self.assessments, catalog=self.catalog, policy=self.policy)

    @cached_property
    def view(self) -> ReportView:
        profiles = [score(a, catalog=self.catalog, policy=self.policy) for a in self.assessments]
        profiles.sort(key=lambda profile: profile.assessment.round.date)
        return report_view(profiles, self.latest.round.date)

    @cached_property
    def pages(self) -> tuple[str, ...]:
        """What each page says in the order of its content, running lines included."""
        return read_pages(self.report.data)

    @cached_property
    def body(self) -> str:
        """What all pages say between their running lines, without any white space."""
        return squeezed(read(self.report.data, "-raw", *self._between_running_lines()))

    def _between_running_lines(self) -> tuple[str, ...]:
        width, height = (612, 792) if self.size == "letter" else (596, 842)
        box = {"-x": 0, "-y": MARGIN, "-W": width, "-H": height - 2 * MARGIN}
        return tuple(str(part) for option in box.items() for part in option)

    @cached_property
    def words(self) -> tuple[tuple["Word", ...], ...]:
        """Every word of every page, with the box it is printed in."""
        found = read(self.report.data, "-bbox")
        return tuple(
            tuple(
                Word(text, *(float(side) for side in sides))
                for *sides, text in re.findall(
                    r'<word xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*?)</word>', page
                )
            )
            for page in found.split("<page ")[1:]
        )


@dataclass(frozen=True)
class Word:
    """A printed word, in points from the top left."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def read(data: bytes, *options: str) -> str:
    """Return what `pdftotext` reads in a PDF."""
    command = ("pdftotext", *options, "-", "-")
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout.decode()


def read_pages(data: bytes, *options: str) -> tuple[str, ...]:
    return tuple(read(data, "-raw", *options).split("\f")[:-1])


def squeezed(text: str) -> str:
    """Return a text without white space: lines may break anywhere."""
    return "".join(text.split())


def made_map(name: str, components: list[dict[str, Any]], **more: Any) -> Catalog:
    """Return a catalog with one more map, `mine/<name>@1.0.0` on a framework of six sections."""
    folder = Path(tempfile.mkdtemp(prefix="icmaps-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    sections = [
        {"id": f"part-{n}", "kind": "standard", "code": str(n), "title": f"Standard number {n}"}
        for n in range(1, 7)
    ]
    framework = {
        "schema": "icmaps/framework/1",
        "id": "mine",
        "version": "1.0.0",
        "title": "Mine",
        "issuer": "Us",
        "edition": "First",
        "sections": sections,
    }
    icmap = {
        "schema": "icmaps/map/1",
        "id": f"mine/{name}",
        "version": "1.0.0",
        "title": "Librarian",
        "framework": "mine@1.0.0",
        "scale": [{"code": code} for code in "abcdef"],
        "components": components,
        **more,
    }
    (folder / "mine").mkdir()
    for file, content in (("framework", framework), (name, icmap)):
        text = json.dumps(content, ensure_ascii=False)
        (folder / "mine" / f"{file}-1.0.0.yaml").write_text(text, "utf-8")
    return Catalog([folder])


def assessed(catalog: Catalog, icmap: str, placements: dict[str, Any], **more: Any) -> Assessment:
    raw = {
        "schema": "icmaps/assessment/1",
        "map": icmap,
        "respondent": {"id": "E-1", "name": "Sam Okafor"},
        "round": {"id": "2026-fall", "date": "2026-11-20"},
        "placements": placements,
        **more,
    }
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(raw, file)
        file.flush()
        return catalog.read_assessment(Path(file.name))


EARLIER: Final = {"id": "2025-spring", "date": "2025-04-17"}


def _first_round() -> Case:
    return Case((example("jordan-ames-2026-spring.yaml"),))


def _two_rounds() -> Case:
    fall, spring = "jordan-ames-2026-fall.yaml", "jordan-ames-2026-spring.yaml"
    return Case((example(fall), example(spring)))  # in whatever order they come


def _three_rounds() -> Case:
    two = _two_rounds().assessments
    first = changed(
        two[1],
        round=EARLIER,
        placements={"inquiry-cycle": "4", "student-trust": "4", "fair-share": "1"},
        goals=[],
    )
    return Case((*two, first))


def _part_in_arabic() -> Case:
    return Case((example("amina-haddad-2026-fall.yaml"),))


def _chinese_and_vietnamese() -> Case:
    return Case((example("wei-lin-tran-2026-fall.json"),), size="a4")


def _spanish() -> Case:
    jordan = example("jordan-ames-2026-spring.yaml")
    person = {"id": "E-9", "name": "Íñigo Muñoz Ibáñez", "groups": {"school": "Escuela Güell"}}
    note = {"level": "2", "evidence": "¿Qué cambió? ¡Mucho! Los niños leyeron más."}
    return Case(
        (
            changed(
                jordan,
                respondent=person,
                scope=["evidence"],
                placements={"reading-evidence": note},
                goals=[],
            ),
        )
    )


def _many_components() -> Case:
    """150 components with two to six levels each, one with a note of 4,000 characters."""
    letters = "abcdef"
    components = [
        {
            "id": f"row-{n}",
            "code": f"{n % 6 + 1}.{n // 6 + 1}",
            "section": f"part-{n % 6 + 1}",
            "title": f"Keeps shelf number {n} in an order that readers find",
            "critical": n % 10 == 0,
            "variations": {
                code: f"Word picture {code} of shelf {n}, as one would see it."
                for code in letters[: 2 + n % 5]
            },
        }
        for n in range(150)
    ]
    catalog = made_map("librarian", components)
    placements: dict[str, Any] = {
        f"row-{n}": letters[n * 7 % (2 + n % 5)] for n in range(150) if n % 9
    }
    placements["row-1"] = {"level": "b", "evidence": LONG_NOTE}
    now = assessed(
        catalog,
        "mine/librarian@1.0.0",
        placements,
        goals=[{"component": "row-1", "to": "a", "action": "Label the ends."}],
    )
    return Case((now,), catalog)


def _letters() -> Case:
    """Rows of two, four and six letters, no lines, two rounds."""
    catalog = Catalog([DATA])
    letters = "flat/letters@1.0.0"
    before = assessed(catalog, letters, {"six": "f", "four": "a"}, round=EARLIER)
    now = assessed(catalog, letters, {"two": "b", "six": "c", "four": "b"})
    return Case((before, now), catalog)


def _ideal_last() -> Case:
    """0 to 2, low to high, with points; a gap; two rounds."""
    catalog = Catalog([DATA])
    inventory = "flat/inventory@1.0.0"
    before = {"on-the-scale": "0", "own-scale": "2", "not-yet-or-yes": "no"}
    now = {"on-the-scale": "1", "own-scale": "3", "not-yet-or-yes": "no"}
    return Case(
        (
            assessed(catalog, inventory, before, round=EARLIER),
            assessed(catalog, inventory, now),
        ),
        catalog,
        size="a4",
    )


def _off_scale() -> Case:
    catalog = Catalog([DATA])
    placements = {"inquiry-cycle": "opposed", "shared-goals": "4", "peer-observation": "2"}
    return Case((assessed(catalog, "example/teacher@1.0.0", placements),), catalog)


def _nothing_placed() -> Case:
    catalog = Catalog([DATA])
    return Case((assessed(catalog, "example/teacher@1.0.0", {}),), catalog)


def _nothing_applies() -> Case:
    catalog = Catalog([DATA])
    rows = ("inquiry-cycle", "shared-goals", "peer-observation")
    placements = {row: {"answer": "not-applicable"} for row in rows}
    before = assessed(catalog, "example/teacher@1.0.0", {"shared-goals": "2"}, round=EARLIER)
    return Case((before, assessed(catalog, "example/teacher@1.0.0", placements)), catalog)


def _long_texts() -> Case:
    """Names, groups, notes and goals as long as they may be, and words without a space."""
    amina = example("amina-haddad-2026-fall.yaml")
    groups = {"team": LONG_GROUP, "school": UNBROKEN[:200], "district": "D" * 200}
    notes = {
        "reading-evidence": {"level": "2", "evidence": LONG_NOTE},
        "evidence-led-plan": {"level": "3", "evidence": UNBROKEN},
        "tracking-effect": {"level": "4", "evidence": "One.\n\nTwo.\n" + "x" * 3980},
    }
    goal = {"component": "tracking-effect", "to": "3", "action": UNBROKEN, "support": "y" * 300}
    return Case(
        (
            changed(
                amina,
                respondent={"id": "E-2210", "name": "N" * 200, "groups": groups},
                placements=notes,
                goals=[goal],
            ),
        )
    )


def _no_font() -> Case:
    amina = example("amina-haddad-2026-fall.yaml")
    person = {"id": "E-2210", "name": f"Ami{PRIVATE}na"}
    return Case((changed(amina, respondent=person),))


def _numbers() -> Case:
    return Case((example("wei-lin-tran-2026-fall.json"),), policy="rank-index")


CASES: Final[dict[str, Callable[[], Case]]] = {
    "first round": _first_round,
    "two rounds": _two_rounds,
    "three rounds": _three_rounds,
    "part of the map, Arabic name": _part_in_arabic,
    "Chinese and Vietnamese names, A4": _chinese_and_vietnamese,
    "Spanish": _spanish,
    "150 components": _many_components,
    "letters": _letters,
    "ideal last, A4": _ideal_last,
    "off the scale": _off_scale,
    "nothing placed": _nothing_placed,
    "nothing applies": _nothing_applies,
    "long texts": _long_texts,
    "no font": _no_font,
    "numbers": _numbers,
}


@cache
def case(name: str) -> Case:
    """Return one of `CASES`, rendered once a process."""
    return CASES[name]()


def notes(assessment: Assessment) -> Iterator[str]:
    """Yield every evidence note of an assessment."""
    for placement in assessment.placements:
        if placement.evidence:
            yield placement.evidence
