"""DESIGN section 5 once more, in loops and dicts over the plain data of the files.

It shares no code with the package: it works out ranks, scopes and sums by itself, slowly.
"""

from statistics import median_high, median_low
from typing import Any

from laws.strategies import Case, Raw, codes_ideal_first, levels, sections_above

NO_LEVEL = ""


def expected(case: Case, policy: str, min_answered: float) -> dict[str | None, Raw]:
    """What each section's summary must say; the whole map under None, unasked sections left out."""
    above = sections_above(case.framework)
    summaries = {}
    for section in (None, *above):
        rows = [
            _row(case, row)
            for row in case.asked()
            if section in (None, row["section"], *above[row["section"]])
        ]
        if rows or section is None:
            summaries[section] = _summary(rows, policy, min_answered)
    return summaries


def _row(case: Case, raw: Raw) -> Raw:
    codes = codes_ideal_first(case.map, raw)
    answer = case.placements.get(raw["id"], {})
    level = answer.get("level", NO_LEVEL)
    lines = raw.get("fidelity", {})
    scale = {entry["code"]: entry.get("points") for entry in raw["scale"] or case.map["scale"]}
    worth = {
        code: (len(codes) - 1 - rank if scale[code] is None else scale[code])
        for rank, code in enumerate(codes)
    }
    rank = codes.index(level) if level in codes else None
    ideal = codes.index(lines["ideal_until"]) if "ideal_until" in lines else None
    last_ok = codes.index(lines["acceptable_until"]) if "acceptable_until" in lines else None
    target = codes.index(raw["target"]) if "target" in raw else None
    return {
        "id": raw["id"],
        "n": len(codes),
        "answered": level != NO_LEVEL,
        "state": answer.get("answer"),
        "rank": rank,
        "ideal": _within(rank, ideal),
        "acceptable": _within(rank, last_ok),
        "target": _within(rank, target),
        "critical": raw["critical"],
        "weight": raw["weight"],
        "points": worth.get(level, 0),
        "most points": max(worth[code] for code in levels(case.map, raw)),
    }


def _within(rank: int | None, cut: int | None) -> bool | None:
    if cut is None:
        return None
    return rank is not None and rank <= cut


def _share(rows: list[Raw], line: str) -> float | None:
    told = [row[line] for row in rows if row["answered"] and row[line] is not None]
    return sum(told) / len(told) if told else None


def _summary(rows: list[Raw], policy: str, min_answered: float) -> Raw:
    answered = [row for row in rows if row["answered"]]
    placed = [row["rank"] for row in answered if row["rank"] is not None]
    same_length = len({row["n"] for row in rows}) == 1
    return {
        "asked": len(rows),
        "answered": len(answered),
        "not_applicable": sum(row["state"] == "not-applicable" for row in rows),
        "dont_know": sum(row["state"] == "dont-know" for row in rows),
        "unanswered": sum(not row["answered"] and row["state"] is None for row in rows),
        "share_ideal": _share(rows, "ideal"),
        "share_acceptable": _share(rows, "acceptable"),
        "share_at_target": _share(rows, "target"),
        "by_rank": [
            placed.count(rank) for rank in range(max((row["n"] for row in rows), default=0))
        ],
        "median_rank": (
            (median_low(placed), median_high(placed)) if same_length and placed else None
        ),
        "index": _index(rows, policy, min_answered),
        "critical_below": [
            row["id"] for row in answered if row["critical"] and row["acceptable"] is False
        ],
    }


def _index(rows: list[Raw], policy: str, min_answered: float) -> Any:
    answered = [row for row in rows if row["answered"]]
    if policy == "distribution" or not answered:
        return None
    if policy == "points":
        most = sum(row["most points"] for row in answered)
        return 100 * sum(row["points"] for row in answered) / most if most else None
    applicable = [row for row in rows if row["state"] != "not-applicable"]
    if len(answered) / len(applicable) < min_answered:
        return None
    earned = 0.0
    for row in answered:
        if row["rank"] is not None:
            earned += row["weight"] * 100 * (row["n"] - 1 - row["rank"]) / (row["n"] - 1)
    return earned / sum(row["weight"] for row in answered)
