"""Lay pages side by side as one small picture: `picture.py PAGE... OUT`."""

import sys
from pathlib import Path

from PIL import Image, ImageOps

MARGIN = 14  # pixels
GREY = "#b9b4ad"


def main(pages: list[Path], out: Path) -> None:
    """Write the pages, framed, side by side, in few colours."""
    framed = [ImageOps.expand(Image.open(page).convert("RGB"), 1, GREY) for page in pages]
    width = sum(page.width + MARGIN for page in framed) + MARGIN
    height = max(page.height for page in framed) + 2 * MARGIN
    sheet = Image.new("RGB", (width, height), "white")
    left = MARGIN
    for page in framed:
        sheet.paste(page, (left, MARGIN))
        left += page.width + MARGIN
    sheet.quantize(48).save(out, optimize=True)


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:-1]], Path(sys.argv[-1]))
