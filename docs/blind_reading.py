"""Make a blind reading of a map: levels shuffled and without codes; or count what came out right.

    python docs/blind_reading.py MAP.yaml OUT          writes OUT/blind.md and OUT/key.json
    python docs/blind_reading.py OUT/key.json ANSWERS  counts; ANSWERS is {"component": "PRQS", ...}

An answer lists the letters of a component from ideal to entry. See maps/REVIEW.md.
"""

import json
import random
import sys
from pathlib import Path

import icmaps


def shuffle(name: str, out: Path) -> None:
    """Write the components of a map with their levels in random order, and the key."""
    out.mkdir(parents=True, exist_ok=True)
    icmap = icmaps.load_map(name)
    draw = random.Random(icmap.id)  # noqa: S311, a fixed order for everybody who reads this map
    lines, key = [f"# {icmap.title}: blind reading"], {}
    for component in icmap.components:
        pictures = [v for v in component.variations if not v.gap]
        letters = dict(zip(draw.sample(pictures, len(pictures)), "PQRSTU", strict=False))
        key[component.id] = "".join(letters[picture] for picture in pictures)
        lines += ["", f"## {component.id}: {component.title}", ""]
        lines += [f"- {letter}: {picture.text}" for picture, letter in letters.items()]
    (out / "blind.md").write_text("\n".join(lines) + "\n", "utf-8")
    (out / "key.json").write_text(json.dumps(key, indent=1), "utf-8")


def count(key_file: Path, answers_file: Path) -> None:
    """Print how many components were put in order, and the others."""
    key = json.loads(key_file.read_text("utf-8"))
    answers = json.loads(answers_file.read_text("utf-8"))
    read = {name: order for name, order in answers.items() if name in key}
    wrong = [
        f"{name}: {order}, meant {key[name]}" for name, order in read.items() if order != key[name]
    ]
    print(f"{len(read)} of {len(key)} components read, {len(read) - len(wrong)} in order")
    print("\n".join(wrong))


if __name__ == "__main__":
    first, second = sys.argv[1:]
    if first.endswith(".json"):
        count(Path(first), Path(second))
    else:
        shuffle(first, Path(second))
