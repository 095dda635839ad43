"""CPU-seconds of a growth report, next to Chromium on the same HTML and Typst on the same content.

Run by hand, on Linux: `python benchmarks/report.py [ROUNDS]`. One teacher, two rounds, 36
components. All three make a tagged PDF with an outline from the same fonts; Typst and we make it
PDF/UA-1 and put the assessments inside. All are warm: one process, one browser with one page, one
compiler. They take turns, so that a busy machine hurts all alike.

We are charged for everything from assessments to bytes, the peers for printing only; Chromium while
it prints, and "with driver" also for Node and Python, without which it would not be told to.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import Final, cast

import typst
from playwright.sync_api import sync_playwright

import icmaps
from _processes import seconds_below
from _table import machine, show
from icmaps.report import ReportView, _html, report_view
from icmaps.report._template import style_sheet

ROOT: Final = Path(__file__).resolve().parent.parent
FONTS: Final = ROOT / "templates" / "style" / "fonts"
FACES: Final = (
    ("icmaps Sans", 400, "IcmapsSans-Regular.ttf"),
    ("icmaps Sans", 600, "IcmapsSans-Semibold.ttf"),
    ("icmaps Sans", 700, "IcmapsSans-Bold.ttf"),
    ("icmaps Marks", 400, "IcmapsMarks-Regular.ttf"),
)
CHROMIUM: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
BUDGET: Final = 0.16, 4  # CPU-seconds, pages
ROUNDS: Final = 11
WARM_UP: Final = 3
SAME_WORDS: Final = 0.03  # Chromium leaves out the name and standard at the top of a page

Clock = Callable[[], float]


@dataclass(frozen=True)
class Printer:
    """Something that prints the report, and the clocks that say what it used."""

    run: Callable[[], bytes]
    clocks: Mapping[str, Clock]


def our_printer(assessments: list[icmaps.Assessment]) -> Printer:
    return Printer(
        lambda: icmaps.report_pdf(assessments).data, {"icmaps, from assessments": process_time}
    )


def typst_printer(view: ReportView, assessments: list[icmaps.Assessment]) -> Printer:
    """Return Typst with `_report.typ`; a new number each time empties its memory of the last."""
    compiler = typst.Compiler(
        input=ROOT / "benchmarks" / "_report.typ", font_paths=[FONTS], ignore_system_fonts=True
    )
    content = for_typst(view, assessments)
    rounds = count()

    def run() -> bytes:
        inputs = {"view": content, "round": str(next(rounds))}
        pdf = compiler.compile(format="pdf", sys_inputs=inputs, pdf_standards="ua-1")
        return cast("bytes", pdf)  # a list for pictures, None for a file

    return Printer(run, {"Typst": process_time})


def for_typst(view: ReportView, assessments: Sequence[icmaps.Assessment]) -> str:
    """Return what `_report.typ` reads."""
    files = [json.dumps(assessment.as_file()) for assessment in assessments]
    return json.dumps({**asdict(view), "files": files})


@contextmanager
def chromium_printer(html: str, css: str) -> Iterator[Printer]:
    """Yield a browser that stays open, with one page that loads and prints the same HTML."""
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder, "report.html")
        file.write_text(for_browser(html, css), encoding="utf-8")
        browser = playwright.chromium.launch(
            executable_path=installed_chromium(), args=list(CHROMIUM)
        )
        page = browser.new_page()

        def run() -> bytes:
            page.goto(file.as_uri())
            return page.pdf(
                tagged=True, outline=True, prefer_css_page_size=True, print_background=True
            )

        yield Printer(
            run,
            {
                "Chromium": lambda: seconds_below("chrom"),
                "Chromium, with driver": lambda: seconds_below("") + process_time(),
            },
        )
        browser.close()


def for_browser(html: str, css: str) -> str:
    """Return the HTML with its style and fonts."""
    faces = "".join(
        f'@font-face {{ font-family: "{family}"; font-weight: {weight};'
        f' src: url("{(FONTS / file).as_uri()}") }}'
        for family, weight, file in FACES
    )
    style = f"<style>{faces}{css}@page {{ size: letter portrait }}</style></head>"
    return html.replace("</head>", style)


def installed_chromium() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    raise SystemExit("no Chromium on the path; on Debian: apt install chromium")


def race(printers: list[Printer], rounds: int) -> tuple[list[bytes], dict[str, float]]:
    """Let the printers take turns; return what each printed and the median of every clock."""
    used: dict[str, list[float]] = {name: [] for each in printers for name in each.clocks}
    for turn in range(WARM_UP + rounds):
        printed = []
        for printer in printers:
            before = {name: clock() for name, clock in printer.clocks.items()}
            printed.append(printer.run())
            if turn >= WARM_UP:
                for name, clock in printer.clocks.items():
                    used[name].append(clock() - before[name])
    return printed, {name: median(seconds) for name, seconds in used.items()}


def measured(pdf: bytes) -> tuple[int, int]:
    """Return how many pages and words a PDF has."""
    info = subprocess.run(["pdfinfo", "-"], input=pdf, capture_output=True, check=True).stdout
    text = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    pages = re.search(rb"Pages:\s+(\d+)", info)
    if pages is None or b"Tagged:          yes" not in info:
        raise SystemExit("a PDF is not tagged, or has no pages")
    return int(pages[1]), len(re.findall(r"\w+", text.stdout.decode()))


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    files = (ROOT / "examples").glob("jordan-ames-*.yaml")
    assessments = sorted(map(icmaps.read_assessment, files), key=lambda each: each.round.date)
    made_on = assessments[-1].round.date
    view = report_view([icmaps.score(assessment) for assessment in assessments], made_on)
    html = _html(view, made_on, screen=False)
    with chromium_printer(html, style_sheet("report/growth.css")) as chromium:
        printers = [our_printer(assessments), chromium, typst_printer(view, assessments)]
        printed, seconds = race(printers, rounds)

    print(machine("weasyprint", "playwright", "typst"))
    version = subprocess.run([installed_chromium(), "--version"], check=True, capture_output=True)
    print(version.stdout.decode().strip())
    components = sum(len(standard.components) for standard in view.standards)
    print(f"{components} components, {len(assessments)} rounds; medians of {rounds}, CPU-seconds\n")
    mine, *_ = seconds.values()
    rows = []
    sizes = [measured(pdf) for pdf in printed]
    for printer, (pages, words) in zip(printers, sizes, strict=True):
        for name in printer.clocks:
            used = seconds[name]
            each = f"{1e3 * used / pages:.0f}", f"{1e6 * used / words:.0f}"
            compared = f"{mine / used:.2f} x", f"{used:.3f}", str(pages), str(words), *each
            rows.append((name, *compared))
    show(("", "we use", "seconds", "pages", "words", "ms a page", "ms per 1,000 words"), rows)
    budget, pages = BUDGET
    print(f"\nbudget: {budget} on {pages} pages, {1e3 * budget / pages:.0f} ms a page")
    our_words = sizes[0][1]
    if any(abs(words / our_words - 1) > SAME_WORDS for _, words in sizes):
        raise SystemExit("the three reports do not hold the same words; the ratios mean nothing")


if __name__ == "__main__":
    main()
