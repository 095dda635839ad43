"""Make the table of an invented district: `python docs/invented_district.py OUT.csv`.

Twelve schools of different bent place their practice on `spl-2022/teacher` in spring and fall, a
few of them with a coach. Nobody in it exists; the same file comes out every time.
"""

import csv
import random
import sys
from pathlib import Path

import icmaps

SCHOOLS = (
    "Aspen Grove Elementary", "Birch Hollow Elementary", "Canal Street Elementary",
    "Delmar Elementary", "Eastgate Elementary", "Fairmount Elementary", "Granite Ridge Middle",
    "Harbor Middle", "Ingleside Middle", "Juniper High", "Keystone High", "Lakeview High",
)  # fmt: skip
ROUNDS = (("2026-spring", "2026-04-17"), ("2026-fall", "2026-11-06"))
WHO = ["respondent", "team", "school", "district", "map", "round", "date", "rater"]


def placed(draw: random.Random, near: float, levels: tuple[str, ...]) -> str:
    """Return a level near a place on the way from ideal, or no level."""
    if draw.random() < 0.05:
        return draw.choice(["", "NA", "DK"])
    return levels[min(len(levels) - 1, max(0, round(draw.gauss(near, 0.22))))]


def main(out: Path) -> None:
    """Write the table, wide."""
    teacher = icmaps.load_map("spl-2022/teacher")
    draw = random.Random(2026)  # noqa: S311 - an invention, not a secret
    ids = [component.id for component in teacher.components]
    hard = {name: draw.gauss(0, 0.45) for name in ids}
    moves = {name: draw.gauss(0.3, 0.3) for name in ids}
    rows, number = [], 1000
    for school in SCHOOLS:
        bent, gain = draw.gauss(1.7, 0.17), draw.gauss(1.0, 0.4)
        for person in range(draw.randint(12, 19)):
            number += 1
            own, coached = draw.gauss(bent, 0.35), draw.random() < 0.22
            theirs = {name: own + hard[name] + draw.gauss(0, 0.6) for name in ids}
            for when, (occasion, day) in enumerate(ROUNDS):
                if draw.random() < 0.05:
                    continue
                for rater in ["self", "coach"] if coached and when else ["self"]:
                    stern = draw.gauss(0.25, 0.5) if rater == "coach" else 0.0
                    cells = {
                        c.id: placed(
                            draw, theirs[c.id] + stern - when * gain * moves[c.id], c.levels
                        )
                        for c in teacher.components
                    }
                    who = [f"E-{number}", f"Team {'ABC'[person % 3]}", school, "North County",
                           teacher.reference, occasion, day, rater]  # fmt: skip
                    rows.append(dict(zip(WHO, who, strict=True)) | cells)
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*WHO, *ids], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
