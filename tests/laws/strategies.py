"""Random frameworks, maps and assessments, as the plain data of their files.

Trees of any depth, rows of 2 to 6 levels in either direction, gaps, own scales, points, lines drawn
or not, weights, off-scale choices, partial scopes, and every kind of answer.
"""

from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hypothesis import strategies as st

from icmaps.models import Assessment, Framework, ICMap, PolicyName
from icmaps.scoring import CompiledMap, Profile, compile_map, profile

Raw = dict[str, Any]
Placements = dict[str, Raw]
POLICIES: tuple[PolicyName, ...] = ("distribution", "rank-index", "points")
LIKELY = (True, True, True, False)


@dataclass(frozen=True)
class Case:
    """A framework, a map and the placements of one assessment, as in their files."""

    framework: Raw
    map: Raw
    scope: list[str]
    placements: Placements

    @cached_property
    def compiled(self) -> CompiledMap:
        icmap = ICMap.model_validate(self.map)
        return compile_map(icmap, Framework.model_validate(self.framework))

    def assessment(self, placements: Placements | None = None, day: int = 1) -> Assessment:
        return Assessment.model_validate(
            {
                "schema": "icmaps/assessment/1",
                "map": "laws/role@1.0.0",
                "respondent": {"id": "E-1"},
                "round": {"id": f"round-{day}", "date": f"2026-01-{day:02}"},
                "scope": self.scope,
                "placements": self.placements if placements is None else placements,
            }
        )

    def profile(
        self,
        policy: PolicyName = "distribution",
        placements: Placements | None = None,
        *,
        min_answered: float = 0.8,
        day: int = 1,
    ) -> Profile:
        assessment = self.assessment(placements, day)
        return profile(assessment, self.compiled, policy=policy, min_answered=min_answered)

    def asked(self) -> list[Raw]:
        above = sections_above(self.framework)
        scope = set(self.scope)
        return [
            row
            for row in self.map["components"]
            if not scope or scope & {row["section"], *above[row["section"]]}
        ]

    def turned(self) -> "Case":
        """The same case with every scale printed the other way round."""
        turned = deepcopy(self.map)
        ideal_first = turned["direction"] == "ideal-first"
        turned["direction"] = "ideal-last" if ideal_first else "ideal-first"
        turned["scale"].reverse()
        for row in turned["components"]:
            row["scale"].reverse()
        return Case(self.framework, turned, self.scope, self.placements)


def sections_above(framework: Raw) -> dict[str, list[str]]:
    """The ids of the sections each section lies in, outermost first."""
    found: dict[str, list[str]] = {}

    def down(sections: list[Raw], above: list[str]) -> None:
        for section in sections:
            found[section["id"]] = above
            down(section["sections"], [*above, section["id"]])

    down(framework["sections"], [])
    return found


def codes_ideal_first(icmap: Raw, row: Raw) -> list[str]:
    """The codes of a row, gaps included, from ideal on."""
    printed = [level["code"] for level in row["scale"] or icmap["scale"]]
    codes = [code for code in printed if code in row["variations"]]
    return codes if icmap["direction"] == "ideal-first" else codes[::-1]


def levels(icmap: Raw, row: Raw) -> list[str]:
    """The codes of a row that can be chosen on the scale, from ideal on."""
    return [c for c in codes_ideal_first(icmap, row) if row["variations"][c] is not None]


@st.composite
def frameworks(draw: st.DrawFn) -> Raw:
    """A tree of 1 to 8 sections: every section hangs under any earlier one, or at the top."""
    sections: list[Raw] = []
    for number in range(draw(st.integers(1, 8))):
        section: Raw = {"id": f"s{number}", "kind": "standard", "title": "T", "sections": []}
        above = draw(st.sampled_from([None, *sections])) if sections else None
        sections.append({**section, "above": above})
    for section in sections:
        holder = section["above"]
        if holder is not None:
            holder["sections"].append(section)
    top = [section for section in sections if section["above"] is None]
    for section in sections:
        del section["above"]
    return {
        "schema": "icmaps/framework/1",
        "id": "laws",
        "version": "1.0.0",
        "title": "T",
        "issuer": "I",
        "edition": "E",
        "sections": top,
    }


@st.composite
def scales(draw: st.DrawFn, codes: str, direction: str) -> list[Raw]:
    """The columns in printed order, perhaps with points, better ones worth no less."""
    printed = codes[: draw(st.integers(2, 6))]
    scale: list[Raw] = [{"code": code} for code in printed]
    if draw(st.booleans()):
        number = st.integers(0, 12).map(lambda quarters: quarters / 4)
        points = sorted(draw(st.lists(number, min_size=len(scale), max_size=len(scale))))
        worst_first = scale if direction == "ideal-last" else scale[::-1]
        for level, worth in zip(worst_first, points, strict=True):
            level["points"] = worth
    return scale


@st.composite
def components(draw: st.DrawFn, number: int, icmap: Raw, sections: list[str]) -> Raw:
    own = draw(st.booleans())
    row: Raw = {
        "id": f"c{number}",
        "section": draw(st.sampled_from(sections)),
        "title": "T",
        "critical": draw(st.booleans()),
        "weight": draw(st.sampled_from([1, 1, 2, 0.5, 3.25])),
        "scale": draw(scales("abcdef", icmap["direction"])) if own else [],
    }
    printed = [level["code"] for level in row["scale"] or icmap["scale"]]
    used = draw(st.lists(st.sampled_from(printed), min_size=2, unique=True))
    with_text = draw(st.lists(st.sampled_from(used), min_size=2, unique=True))
    row["variations"] = {code: "text" if code in with_text else None for code in used}
    codes = codes_ideal_first(icmap, row)
    lines = draw(st.lists(st.sampled_from(range(len(codes))), min_size=2, max_size=2).map(sorted))
    names = draw(st.sets(st.sampled_from(["ideal_until", "acceptable_until"])))
    drawn = dict(zip(["ideal_until", "acceptable_until"], lines, strict=True))
    if names:
        row["fidelity"] = {name: codes[drawn[name]] for name in sorted(names)}
    if draw(st.booleans()):
        row["target"] = draw(st.sampled_from(levels(icmap, row)))
    row["off_scale"] = {"opposed": "text"} if draw(st.booleans()) else {}
    return row


def answers(icmap: Raw, row: Raw) -> st.SearchStrategy[Raw | None]:
    """Any answer to a component; None leaves it open."""
    chosen = [{"level": code} for code in [*levels(icmap, row), *row["off_scale"]]]
    others: list[Raw | None] = [{"answer": "not-applicable"}, {"answer": "dont-know"}, None]
    return st.sampled_from(LIKELY).flatmap(
        lambda likely: st.sampled_from(chosen if likely else others)
    )


def placements_of(draw: st.DrawFn, case: Case) -> Placements:
    given = {row["id"]: draw(answers(case.map, row)) for row in case.asked()}
    return {component: answer for component, answer in given.items() if answer is not None}


@st.composite
def cases(draw: st.DrawFn) -> Case:
    framework = draw(frameworks())
    sections = list(sections_above(framework))
    direction = draw(st.sampled_from(["ideal-first", "ideal-last"]))
    icmap: Raw = {
        "schema": "icmaps/map/1",
        "id": "laws/role",
        "version": "1.0.0",
        "title": "T",
        "framework": "laws@1.0.0",
        "direction": direction,
        "scale": draw(scales("123456", direction)),
    }
    count = draw(st.integers(1, 8))
    icmap["components"] = [draw(components(number, icmap, sections)) for number in range(count)]
    scope = draw(st.lists(st.sampled_from(sections), unique=True, max_size=3))
    case = Case(framework, icmap, scope if draw(st.booleans()) else [], {})
    return Case(framework, icmap, case.scope, placements_of(draw, case))


@st.composite
def cases_with(draw: st.DrawFn, count: int) -> tuple[Case, list[Placements]]:
    """A case, and that many sets of placements on its map and scope."""
    case = draw(cases())
    return case, [placements_of(draw, case) for _ in range(count)]
