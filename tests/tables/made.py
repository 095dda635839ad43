"""Random tables of placements, long and wide, and the assessments they stand for."""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import polars as pl
from hypothesis import settings
from hypothesis import strategies as st

from icmaps.content import Catalog
from icmaps.models import Assessment
from icmaps.scoring import compile_map
from icmaps.tables import Part, Reading, read_parts

CATALOG: Final = Catalog([Path(__file__).parent.parent / "data" / "good"])
MAPS: Final = ("example/teacher@1.0.0", "flat/letters@1.0.0", "flat/inventory@1.0.0")
WHO: Final = ("respondent", "name", "team", "school", "district", "map", "round", "date", "rater")
LEVELS: Final = {
    reference: {
        component.id: tuple(compile_map(icmap, CATALOG.framework(icmap.framework)).ranks[column])
        for column, component in enumerate(icmap.components)
    }
    for reference in MAPS
    for icmap in [CATALOG.map(reference)]
}
COMPONENTS: Final = sorted({name for levels in LEVELS.values() for name in levels})
ANSWERS: Final = {"NA": {"answer": "not-applicable"}, "DK": {"answer": "dont-know"}}
law = settings(deadline=None, max_examples=12, derandomize=True)

Row = dict[str, str | None]


@dataclass(frozen=True)
class Case:
    """Some assessments: who, and a cell for each component that is not left empty."""

    rows: list[tuple[Row, dict[str, str]]]

    @cached_property
    def wide(self) -> pl.DataFrame:
        names = (*WHO, *COMPONENTS)
        return pl.DataFrame(
            [{**who, **cells} for who, cells in self.rows], dict.fromkeys(names, pl.String)
        )

    @cached_property
    def long(self) -> pl.DataFrame:
        """A row a placement; one without an answer for those who answered nothing."""
        rows = [
            {**who, "component": name, "answer" if cell in ANSWERS else "level": cell}
            for who, cells in self.rows
            for name, cell in (cells or {next(iter(LEVELS[str(who["map"])])): ""}).items()
        ]
        names = (*WHO, "component", "level", "answer", "evidence")
        return pl.DataFrame(rows, dict.fromkeys(names, pl.String))

    @cached_property
    def assessments(self) -> list[Assessment]:
        """The same, as if each had been read from a file of its own."""
        return [
            Assessment.model_validate(
                {
                    "schema": "icmaps/assessment/1",
                    "map": who["map"],
                    "respondent": {
                        "id": who["respondent"],
                        "name": who["name"],
                        "groups": {name: who[name] for name in ("team", "school", "district")},
                    },
                    "rater": who["rater"] or "self",
                    "round": {"id": who["round"], "date": who["date"]},
                    "placements": {
                        name: ANSWERS.get(cell, {"level": cell}) for name, cell in cells.items()
                    },
                }
            )
            for who, cells in self.rows
        ]


def texts(longest: int) -> st.SearchStrategy[str]:
    """Texts as people and attackers write them, as the models keep them."""
    letters = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"])
    free = st.text(letters, min_size=1, max_size=longest)
    hard = st.sampled_from(
        ['a "b", c', "x;y", "one\ntwo", "=1+1", "'=1+1", "''-1", "-5", "+1", "@x", "\uff1d1", "'",
         '"', "1.0", "2026-11-20", "NA", "null", "true", "1e5", "007", "\u200b=1", "a\tb"]
    )  # fmt: skip
    clean = (free | hard).map(lambda text: unicodedata.normalize("NFC", text).strip()[:longest])
    return clean.filter(lambda text: bool(text.strip()) and text == text.strip())


@st.composite
def cases(draw: st.DrawFn, most: int = 6) -> Case:
    """Up to six assessments on three maps, no two of one person, map, round and rater."""
    rows: list[tuple[Row, dict[str, str]]] = []
    seen: set[Any] = set()
    for _ in range(draw(st.integers(1, most))):
        who: Row = {
            "respondent": draw(texts(12)),
            **{
                name: draw(st.none() | texts(12)) for name in ("name", "team", "school", "district")
            },
            "map": draw(st.sampled_from(MAPS)),
            "round": draw(st.sampled_from(["2026-spring", "2026-fall"])),
            "date": draw(st.dates()).isoformat(),
            "rater": draw(st.sampled_from([None, "self", "coach", "team"])),
        }
        key = (who["respondent"], who["map"], who["round"], who["rater"] or "self")
        if key in seen:
            continue
        seen.add(key)
        levels = LEVELS[str(who["map"])]
        cells = {
            name: draw(st.sampled_from([*codes, "NA", "DK", ""])) for name, codes in levels.items()
        }
        rows.append((who, {name: cell for name, cell in cells.items() if cell}))
    return Case(rows)


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for one example; pytest's own would be shared by all of them."""
    with TemporaryDirectory() as name:
        yield Path(name)


def said(parts: list[Part]) -> list[tuple[Any, ...]]:
    """What parts say, assessment by assessment, whatever they were cut into."""
    return sorted(
        (
            (*who, *ranks)
            for part in parts
            for who, ranks in zip(part.who.rows(), part.ranks.tolist(), strict=True)
        ),
        key=repr,
    )


def read(path: Path, rows: int = 1000) -> tuple[list[tuple[Any, ...]], list[str]]:
    """What a table says, and what is told about it."""
    reading = Reading()
    parts = list(read_parts(path, reading, catalog=CATALOG, rows=rows))
    return said(parts), [told(problem) for problem in reading.problems]


def told(problem: Any) -> str:
    return f"{problem.line}:{problem.column}: {problem.what}"
