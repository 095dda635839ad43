"""Rebuild the fonts bundled in this folder, and coverage.json.

A maintenance tool: nothing at run time needs it. It cuts open fonts down to
what a report needs, strips their hinting, and draws the marks font itself.
The same packages and the same fonttools give the same bytes.

How to run, in any empty folder:

    pip install fonttools==4.68.0
    npm pack source-sans@3.52.0 @expo-google-fonts/noto-sans-sc@0.4.3 \
        @expo-google-fonts/noto-sans-kr@0.4.3
    apt-get download fonts-noto-core=20201225-1
    dpkg-deb --fsys-tarfile fonts-noto-core_20201225-1_all.deb \
        > fonts-noto-core_20201225-1.tar
    python build.py FOLDER-WITH-THESE-FILES [OUTPUT-FOLDER]

"Source" is a reserved font name under the SIL Open Font License, so our
subset of Source Sans 3 must not carry it: it is named "icmaps Sans".

Noto Sans Arabic is taken from Debian, not from npm, on purpose: the newer
release there builds letters out of bare shapes and separate dots, and text
copied from or searched in a PDF then has wrong letters.
"""

# /// script
# requires-python = ">=3.11"
# dependencies = ["fonttools==4.68.0"]
# ///

import argparse
import io
import json
import math
import sys
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

# fonttools ships no types; loading its modules this way makes them Any, so
# that a strict type check needs no exception for this file.
subset = import_module("fontTools.subset")
ttlib = import_module("fontTools.ttLib")
font_builder = import_module("fontTools.fontBuilder")
glyph_pen = import_module("fontTools.pens.ttGlyphPen")

Point = tuple[float, float]
Contour = list[Point]

# --- which characters ---------------------------------------------------------


def span(*pairs: tuple[int, int]) -> set[int]:
    """All code points of the given first-last pairs."""
    return {code for first, last in pairs for code in range(first, last + 1)}


def charset(codec: str, leads: Iterable[int], trails: Iterable[int]) -> set[int]:
    """All characters a two-byte codec has for these lead and trail bytes."""
    trails = list(trails)
    texts = (bytes([a, b]).decode(codec, "ignore") for a in leads for b in trails)
    return {ord(text) for text in texts if len(text) == 1}


EUC_TRAILS = range(0xA1, 0xFF)
BIG5_TRAILS = [*range(0x40, 0x7F), *EUC_TRAILS]

SANS = span(
    (0x20, 0x7E),  # Latin, with Vietnamese and Latin Extended
    (0xA0, 0x24F),
    (0x259, 0x259),
    (0x2B0, 0x2FF),  # spacing and combining marks
    (0x300, 0x36F),
    (0x370, 0x3FF),  # Greek
    (0x400, 0x52F),  # Cyrillic
    (0x1E00, 0x1EFF),
    (0x2000, 0x206F),  # punctuation, super- and subscripts, currency
    (0x2070, 0x20CF),
    (0x2100, 0x218F),  # letterlike, fractions
    (0x2190, 0x22FF),  # arrows, mathematics
    (0x2500, 0x27BF),  # shapes
    (0xFB01, 0xFB02),
)
ARABIC = {0x20, 0xA0, 0x25CC} | span(
    (0x600, 0x6FF),
    (0x750, 0x77F),
    (0x8A0, 0x8FF),
    (0x200C, 0x200F),
    (0xFD3E, 0xFD3F),
    (0xFDF2, 0xFDF2),
    (0xFDFA, 0xFDFD),
    (0xFE70, 0xFEFF),
)
# Characters of given names and surnames that the standards below leave out.
NAME_HANZI = (
    "喆堃珺翀翾祎婳嫚姮垚犇槑赟奡旻昉曌沄洺淏湉湜溦炘燊瑄瑀皛禛竑翯芃贇镕霂飏龑"
    "玙玚珹珣頔颋骉翙翚昳栐睎暐禤禔禕昀妘彣淯晅倢璿瑋鈺峯邨嫺滙衞鎭塱埗﨑髙濵"
)
CHINESE = (
    charset("gb2312", range(0xB0, 0xF8), EUC_TRAILS)  # GB 2312, levels 1 and 2
    | charset("big5", range(0xA4, 0xC7), BIG5_TRAILS)  # Big5, level 1
    | charset("euc_jp", range(0xB0, 0xD0), EUC_TRAILS)  # JIS X 0208, level 1
    | {ord(character) for character in NAME_HANZI}
    | {0x20, 0xB7, 0x203B, 0x2026, 0x2014}
    | span(
        (0x2460, 0x2473),
        (0x3000, 0x30FF),  # CJK punctuation and kana
        (0x3105, 0x312F),  # bopomofo
        (0xFF01, 0xFFE6),  # full-width forms
    )
)
HANGUL = charset("euc_kr", range(0xB0, 0xC9), EUC_TRAILS) | span((0x3131, 0x3163))

# --- fonts cut from packages --------------------------------------------------

LATIN_FEATURES = "ccmp locl mark mkmk kern liga tnum lnum pnum case frac"
ARABIC_FEATURES = (
    "ccmp locl isol init medi med2 fina fin2 fin3 rlig rclt calt clig liga "
    "mset curs mark mkmk kern dist"
)
CJK_FEATURES = "ccmp"
KEPT_NAMES = [0, 5, 7, 9, 13, 14]  # copyright, version, trademark, designer, licence

SOURCE_SANS = "source-sans-3.52.0.tgz"
NOTO_ARABIC = "fonts-noto-core_20201225-1.tar"
NOTO_SC = "expo-google-fonts-noto-sans-sc-0.4.3.tgz"
NOTO_KR = "expo-google-fonts-noto-sans-kr-0.4.3.tgz"


@dataclass(frozen=True)
class Cut:
    """One font file cut out of one font of a package."""

    package: str
    member: str
    family: str
    style: str
    codes: set[int]
    features: str

    @property
    def file_name(self) -> str:
        """The name of the file to write, which is also its PostScript name."""
        family = self.family[0].upper() + self.family[1:]
        return f"{family.replace(' ', '')}-{self.style}.ttf"


CUTS = [
    *(
        Cut(
            SOURCE_SANS,
            f"package/TTF/SourceSans3-{member}.ttf",
            "icmaps Sans",
            style,
            SANS,
            LATIN_FEATURES,
        )
        for member, style in [
            ("Regular", "Regular"),
            ("Semibold", "Semibold"),
            ("Bold", "Bold"),
            ("It", "Italic"),
        ]
    ),
    *(
        Cut(
            NOTO_ARABIC,
            f"./usr/share/fonts/truetype/noto/NotoSansArabic-{style}.ttf",
            "Noto Sans Arabic",
            style,
            ARABIC,
            ARABIC_FEATURES,
        )
        for style in ["Regular", "Bold"]
    ),
    *(
        Cut(
            package,
            f"package/400Regular/{family.replace(' ', '')}_400Regular.ttf",
            family,
            "Regular",
            codes,
            CJK_FEATURES,
        )
        for package, family, codes in [
            (NOTO_SC, "Noto Sans SC", CHINESE),
            (NOTO_KR, "Noto Sans KR", HANGUL),
        ]
    ),
]


def cut_font(cut: Cut, packages: Path) -> Any:
    """Read the whole font out of its package and cut it down."""
    with tarfile.open(packages / cut.package) as archive:
        member = archive.extractfile(cut.member)
        if member is None:
            raise FileNotFoundError(f"{cut.package} has no file {cut.member}")
        data = member.read()
    font = ttlib.TTFont(io.BytesIO(data), recalcTimestamp=False)
    options = subset.Options(
        hinting=False,
        layout_features=cut.features.split(),
        name_IDs=KEPT_NAMES,
        notdef_outline=True,
        recalc_timestamp=False,
    )
    options.drop_tables += ["BASE", "STAT", "gasp", "vhea", "vmtx"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=cut.codes)
    subsetter.subset(font)
    name_font(font, cut)
    return font


def name_font(font: Any, cut: Cut) -> None:
    """Give the cut font its own names and say what it was cut from."""
    linked = cut.style in ("Regular", "Bold", "Italic")
    family, style = (cut.family, cut.style) if linked else (f"{cut.family} {cut.style}", "Regular")
    source = Path(cut.member).stem
    names = {
        1: family,
        2: style,
        3: f"icmaps: {cut.family} {cut.style}",
        4: f"{cut.family} {cut.style}",
        6: cut.file_name.removesuffix(".ttf"),
        10: f"Cut from {source} of {Path(cut.package).stem}, hinting removed.",
    }
    if not linked:
        names |= {16: cut.family, 17: cut.style}
    if cut.package == SOURCE_SANS:  # the reserved name must not be among them
        names[10] = "Cut from an open font by Adobe, renamed, hinting removed."
    for name_id, text in names.items():
        font["name"].setName(text, name_id, 3, 1, 0x409)


# --- the marks, drawn here ----------------------------------------------------

WIDTH = 1000  # of every mark, so that a row of marks is a row of equal steps
MIDDLE = (500.0, 243.0)  # centre of a mark: half the x-height of icmaps Sans
ASCENT, DESCENT = 1000, -326  # those of icmaps Sans, so that lines keep their height
STROKE = 90.0
MARKS_DATE = 3860000000  # fixed, in seconds since 1904: 2026


def around(points: Iterable[Point]) -> Contour:
    """Points given around (0, 0), moved to the middle of a mark."""
    return [(MIDDLE[0] + x, MIDDLE[1] + y) for x, y in points]


def turned(contour: Contour, degrees: float) -> Contour:
    """The contour turned anticlockwise around the middle of the mark."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    flat = [(x - MIDDLE[0], y - MIDDLE[1]) for x, y in contour]
    return around((x * cos - y * sin, x * sin + y * cos) for x, y in flat)


def corners(radius: float, count: int, first: float, inner: float | None = None) -> Iterator[Point]:
    """Corners of a regular polygon, clockwise; with inner radius, of a star."""
    steps = count if inner is None else 2 * count
    for step in range(steps):
        size = inner if inner is not None and step % 2 else radius
        angle = math.radians(first - 360 * step / steps)
        yield size * math.cos(angle), size * math.sin(angle)


def circle(radius: float) -> Contour:
    """Off-curve points of a circle of eight quadratic arcs."""
    return around(corners(radius / math.cos(math.pi / 8), 8, 90 + 22.5))


def diamond(radius: float) -> Contour:
    """A square on its corner."""
    return around(corners(radius, 4, 90))


def square(half: float) -> Contour:
    """A square with sides of twice the half."""
    return around(corners(half * math.sqrt(2), 4, 135))


def star(scale: float = 1.0) -> Contour:
    """A star of five points, moved down to reach as far up as down."""
    points = corners(430 * scale, 5, 90, inner=188 * scale)
    return around((x, y - 41) for x, y in points)


def box(left: float, bottom: float, right: float, top: float) -> Contour:
    """A rectangle, in font coordinates."""
    return [(left, bottom), (left, top), (right, top), (right, bottom)]


def hole(contour: Contour) -> Contour:
    """The contour run the other way round, which cuts it out."""
    return contour[::-1]


TRIANGLE = around([(-360, -300), (0, 300), (360, -300)])
ARROW = around([(-390, -45), (-390, 45), (60, 45), (60, 250), (390, 0), (60, -250), (60, -45)])
CHECK = around([(-342, 10), (-272, 80), (-90, -102), (282, 290), (352, 224), (-88, -240)])
DASH = around([(-190, -45), (-190, 45), (190, 45), (190, -45)])
RISE = 500  # of the vertical lines, above and below the middle
DASHES = [
    box(215, MIDDLE[1] + bottom, 285, MIDDLE[1] + bottom + 160) for bottom in (-500, -220, 60, 340)
]

# Characters: (advance width, straight contours, round contours)
MARKS: dict[str, tuple[int, list[Contour], list[Contour]]] = {
    " ": (350, [], []),
    "·": (WIDTH, [], [circle(85)]),
    "\N{EN DASH}": (WIDTH, [DASH], []),
    "\N{MINUS SIGN}": (WIDTH, [DASH], []),
    "←": (WIDTH, [turned(ARROW, 180)], []),
    "↑": (WIDTH, [turned(ARROW, 90)], []),
    "→": (WIDTH, [ARROW], []),
    "↓": (WIDTH, [turned(ARROW, -90)], []),
    "↗": (WIDTH, [turned(ARROW, 45)], []),
    "↘": (WIDTH, [turned(ARROW, -45)], []),
    "│": (500, [box(215, MIDDLE[1] - RISE, 285, MIDDLE[1] + RISE)], []),
    "┆": (500, DASHES, []),
    "■": (WIDTH, [square(275)], []),
    "□": (WIDTH, [square(275), hole(square(275 - STROKE))], []),
    "▲": (WIDTH, [TRIANGLE], []),
    "▼": (WIDTH, [turned(TRIANGLE, 180)], []),
    "◆": (WIDTH, [diamond(380)], []),
    "◇": (WIDTH, [diamond(380), hole(diamond(380 - STROKE * math.sqrt(2)))], []),
    "○": (WIDTH, [], [circle(310), hole(circle(310 - STROKE))]),
    "◉": (WIDTH, [], [circle(310), hole(circle(310 - STROKE)), circle(115)]),
    "●": (WIDTH, [], [circle(310)]),
    "★": (WIDTH, [star()], []),
    "☆": (WIDTH, [star(), hole(star(0.6))], []),
    "✓": (WIDTH, [CHECK], []),
}


def marks_font() -> Any:
    """Draw the font "icmaps Marks"."""
    names = {character: f"uni{ord(character):04X}" for character in MARKS}
    outlines = {".notdef": ([square(300), hole(square(250))], list[Contour]())}
    widths = {".notdef": WIDTH}
    for character, (width, straight, rounded) in MARKS.items():
        outlines[names[character]] = (straight, rounded)
        widths[names[character]] = width
    glyphs = {name: draw(*contours) for name, contours in outlines.items()}

    builder = font_builder.FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap({ord(character): name for character, name in names.items()})
    builder.setupGlyf(glyphs)
    lefts = {name: getattr(glyph, "xMin", 0) for name, glyph in glyphs.items()}
    builder.setupHorizontalMetrics({name: (widths[name], lefts[name]) for name in glyphs})
    builder.setupHorizontalHeader(ascent=ASCENT, descent=DESCENT)
    builder.setupNameTable(
        {
            "copyright": "Copyright 2026 The icmaps authors",
            "familyName": "icmaps Marks",
            "styleName": "Regular",
            "uniqueFontIdentifier": "icmaps: icmaps Marks Regular",
            "fullName": "icmaps Marks Regular",
            "version": "Version 1.000",
            "psName": "IcmapsMarks-Regular",
            "licenseDescription": "Licensed under the SIL Open Font License, Version 1.1.",
            "licenseInfoURL": "https://openfontlicense.org",
        },
        mac=False,
    )
    builder.setupOS2(
        sTypoAscender=ASCENT,
        sTypoDescender=DESCENT,
        sTypoLineGap=0,
        usWinAscent=ASCENT,
        usWinDescent=-DESCENT,
        sxHeight=486,
        sCapHeight=660,
        achVendID="NONE",
        fsSelection=0x40,
        fsType=0,  # may be embedded freely
    )
    builder.setupPost(keepGlyphNames=False)
    builder.updateHead(created=MARKS_DATE, modified=MARKS_DATE, fontRevision=1.0)
    builder.font.recalcTimestamp = False
    return builder.font


def draw(straight: list[Contour], rounded: list[Contour]) -> Any:
    """One glyph of straight-sided contours and of off-curve ones."""
    pen = glyph_pen.TTGlyphPen(None)
    for contour in straight:
        pen.moveTo(contour[0])
        for point in contour[1:]:
            pen.lineTo(point)
        pen.closePath()
    for contour in rounded:
        pen.qCurveTo(*contour, None)
        pen.closePath()
    return pen.glyph()


# --- writing ------------------------------------------------------------------


def ranges(codes: Iterable[int]) -> list[list[int]]:
    """Code points merged into [first, last] ranges."""
    merged: list[list[int]] = []
    for code in sorted(codes):
        if merged and code == merged[-1][1] + 1:
            merged[-1][1] = code
        else:
            merged.append([code, code])
    return merged


def write_all(packages: Path, output: Path) -> None:
    """Write every font and coverage.json, and print what was written."""
    fonts = {cut.file_name: cut_font(cut, packages) for cut in CUTS}
    fonts["IcmapsMarks-Regular.ttf"] = marks_font()
    lines = []
    for file_name, font in sorted(fonts.items()):
        codes = font.getBestCmap()
        path = output / file_name
        font.save(path)
        lines.append(f"{json.dumps(file_name)}: {json.dumps(ranges(codes), separators=(',', ':'))}")
        size = path.stat().st_size
        sys.stdout.write(f"{file_name:28} {size:>9,} bytes {len(codes):>6,} characters\n")
    (output / "coverage.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Rebuild the bundled fonts.")
    parser.add_argument("packages", type=Path, help="folder with the packages")
    parser.add_argument("output", type=Path, nargs="?", default=Path(__file__).parent)
    arguments = parser.parse_args()
    write_all(arguments.packages, arguments.output)


if __name__ == "__main__":
    main()
