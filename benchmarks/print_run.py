"""A print run: how it grows with people and cores, next to what a PD lead could use instead.

Run by hand, on Linux: `python benchmarks/print_run.py [PEOPLE ...]`. Invented people, no two alike,
two rounds of 36 components each. Everything is a program of its own, charged from its start to its
end with all processes below it.

The curve runs `icmaps print` on so many people and processes. "Share" is the reports a second of
each process, next to those of one alone. "Quarter" is the memory of all processes below the first,
added up (what they share, twice), at the median of the first and last quarter of the run: on a long
run they should be alike. "Most" is the largest process, "first process" the one that hands out.

The peers print the same people, fewer; they take turns, so that a busy machine hurts all alike, and
the first turn, with a cold disk, does not count. Each writes a PDF a person. We are charged for
everything from assessments to PDFs, index and record; the peers get pages or views ready made. "We
use" compares CPU-seconds, "we print" reports a second: below 1 we are cheaper, and slower.

- Chromium: one browser that stays open, two pages at work, the same HTML. Its second line leaves
  out Python and Node, without which it would not be told what to print.
- Typst: two processes, `_report.typ`, the same content, PDF/UA-1 with the assessments inside as
  ours. It may remember from report to report what its memory keeps.
- LibreOffice Writer, as who uses mail merge would: one call for all of the same HTML. It works on
  one core, with a profile from before, and takes up little of the style and none of the fonts.

"Lost" are the different words of the page of the first person that are not in the PDF.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final
from unicodedata import normalize

import icmaps
from _people import people, respondent, write_people
from _processes import Used, run
from _table import machine, show
from icmaps.report import _html, report_view
from icmaps.report._template import style_sheet
from report import CHROMIUM, FONTS, for_browser, for_typst, installed_chromium

HERE: Final = Path(__file__).resolve().parent
CURVE: Final = (10, 100, 1_000)
CORES: Final = (1, 2)
PEOPLE: Final = 60  # for the peers, or the most of the curve if that is less
TURNS: Final = 3
WARM_UP: Final = 1
TAGGED: Final = json.dumps({"UseTaggedPDF": {"type": "boolean", "value": "true"}})


@dataclass(frozen=True)
class Peer:
    """Something that prints all people.

    Attributes:
        name: What the table calls it.
        command: The program, for the folder it writes into.
        first: The pattern of the file of the first person.
        inner: What to call the seconds that it says itself; empty if it says none.
    """

    name: str
    command: Callable[[Path], Sequence[str]]
    first: str = "0.pdf"
    inner: str = ""


@dataclass(frozen=True)
class Look:
    """What is in a PDF."""

    pages: int
    words: int
    lost: int
    tagged: bool


def icmaps_print(source: Path, target: Path, processes: int) -> list[str]:
    options = ["-o", str(target), "--engine", "local", "--processes", str(processes), "--json"]
    return [sys.executable, "-m", "icmaps", "print", str(source), *options]


def curve(sizes: Sequence[int]) -> None:
    """Print what runs of some sizes use on one and two processes."""
    rows = []
    for size in sizes:
        rates: dict[int, float] = {}
        for processes in CORES:
            used = printed(size, processes)
            rates[processes] = size / used.wall
            share = rates[processes] / rates[CORES[0]] / processes
            times = f"{used.wall:.1f}", f"{used.cpu:.1f}", f"{used.cpu / size:.3f}"
            rate = f"{rates[processes]:.2f}", f"{share:.0%}"
            parts = used.most, used.first, used.below(0), used.below(3)
            memory = [f"{part:.0f}" for part in parts]
            rows.append((f"{size:,} people", str(processes), *times, *rate, *memory))
    seconds = "wall s", "CPU s", "a report", "reports/s", "share"
    memory = ["most MB", "first process", "1st quarter", "4th quarter"]
    show(("", "processes", *seconds, *memory), rows)


def printed(size: int, processes: int) -> Used:
    """Run `icmaps print` in a new folder; stop if somebody is missing."""
    with TemporaryDirectory() as folder:
        source, target = Path(folder, "assessments"), Path(folder, "out")
        write_people(size, source)
        used = run(icmaps_print(source, target, processes))
        check(target, size)
    return used


def check(target: Path, size: int) -> None:
    found = sum(1 for _ in target.glob("*.pdf"))
    if found != size:
        raise SystemExit(f"{found} PDFs for {size} people")


def prepare(folder: Path, size: int) -> None:
    """Write what each peer reads: assessments, pages, views."""
    write_people(size, folder / "assessments")
    for kind in ("pages", "views"):
        (folder / kind).mkdir()
    style = style_sheet("report/growth.css")
    for number, rounds in enumerate(people(size)):
        made_on = rounds[-1].round.date
        view = report_view([icmaps.score(each) for each in rounds], made_on)
        html = for_browser(_html(view, made_on, screen=False), style)
        (folder / "pages" / f"{number}.html").write_text(html, encoding="utf-8")
        (folder / "views" / f"{number}.json").write_text(for_typst(view, rounds), encoding="utf-8")


def the_peers(folder: Path) -> list[Peer]:
    """Return who is installed, ourselves first."""
    cores = str(CORES[-1])

    def ours(target: Path) -> list[str]:
        return icmaps_print(folder / "assessments", target, CORES[-1])

    def chromium(target: Path) -> list[str]:
        files = cores, str(folder / "pages"), str(target)
        program = str(HERE / "_print_chromium.py")
        return [sys.executable, program, *files, installed_chromium(), *CHROMIUM]

    def typst(target: Path) -> list[str]:
        program = str(HERE / "_print_typst.py")
        return [sys.executable, program, cores, str(folder / "views"), str(target), str(FONTS)]

    def office(target: Path) -> list[str]:
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        convert = [
            "--infilter=HTML (StarWriter)",
            "--convert-to",
            f"pdf:writer_pdf_Export:{TAGGED}",
        ]
        files = map(str, (folder / "pages").glob("*.html"))
        return ["soffice", "--headless", profile, *convert, "--outdir", str(target), *files]

    found = [
        Peer("icmaps print", ours, f"*_{respondent(0).lower()}*.pdf"),
        Peer("Chromium, with driver", chromium, inner="Chromium"),
        Peer("Typst", typst),
    ]
    if shutil.which("soffice"):
        return [*found, Peer("LibreOffice", office)]
    print("no LibreOffice on the path; on Debian: apt install libreoffice-writer-nogui\n")
    return found


def compare(size: int) -> None:
    """Print what we and the peers use for the same people."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder, size)
        peers = the_peers(folder)
        used: dict[str, list[Used]] = {peer.name: [] for peer in peers}
        looks: dict[str, Look] = {}
        page = (folder / "pages" / "0.html").read_text("utf-8")
        for turn in range(WARM_UP + TURNS):
            for peer in peers:
                target = folder / "out"
                target.mkdir()
                this = run(peer.command(target))
                check(target, size)
                looks[peer.name] = look(next(target.glob(peer.first)), page)
                shutil.rmtree(target)
                if turn >= WARM_UP:
                    used[peer.name].append(this)
    rows = [row for peer in peers for row in lines(peer, used, looks, size)]
    seconds = "wall s", "CPU s", "a report", "we use", "reports/s", "we print"
    print(f"{size} people, {CORES[-1]} processes or pages; medians of {TURNS}\n")
    show(("", *seconds, "most MB", "pages", "words", "lost", "tagged"), rows)


def lines(
    peer: Peer, used: dict[str, list[Used]], looks: dict[str, Look], size: int
) -> list[tuple[str, ...]]:
    """Return the lines of one peer: its own, and one for what it says of a part of itself."""
    ours, *_ = used.values()
    our_wall, our_cpu = median(each.wall for each in ours), median(each.cpu for each in ours)
    its = used[peer.name]
    wall, cpu = median(each.wall for each in its), median(each.cpu for each in its)
    of_cpu = f"{cpu:.1f}", f"{cpu / size:.3f}", f"{our_cpu / cpu:.2f} x"
    rate = f"{size / wall:.2f}", f"{wall / our_wall:.2f} x"
    saw = looks[peer.name]
    content = str(saw.pages), str(saw.words), str(saw.lost), "yes" if saw.tagged else "no"
    most = f"{max(each.most for each in its):.0f}"
    rows: list[tuple[str, ...]] = [(peer.name, f"{wall:.1f}", *of_cpu, *rate, most, *content)]
    if peer.inner:
        part = median(float(each.said) for each in its)
        of_part = f"{part:.1f}", f"{part / size:.3f}", f"{our_cpu / part:.2f} x"
        rows.append((peer.inner, "", *of_part, *[""] * 7))
    return rows


def look(pdf: Path, page: str) -> Look:
    """Return what is in a PDF of a page."""
    info = subprocess.run(["pdfinfo", pdf], capture_output=True, check=True, text=True).stdout
    text = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, check=True, text=True)
    words = words_of(text.stdout)
    lines = "".join(words)  # with words that were broken at the end of a line in one piece
    reader = Reader()
    reader.feed(page)
    lost = sum(word not in lines for word in set(words_of(" ".join(reader.said))))
    pages = re.search(r"Pages:\s+(\d+)", info)
    tagged = re.search(r"Tagged:\s+yes", info) is not None
    return Look(int(pages[1]) if pages else 0, len(words), lost, tagged)


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", normalize("NFKC", text).casefold())


class Reader(HTMLParser):
    """Reads what a page says in its body.

    Attributes:
        said: Its texts.
    """

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - as above it
        """Begin at the body."""
        self._inside = self._inside or tag == "body"

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        if self._inside:
            self.said.append(data)


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or CURVE
    print(machine("icmaps", "weasyprint", "playwright", "typst"))
    for program in (installed_chromium(), "soffice"):
        if shutil.which(program):
            version = subprocess.run([program, "--version"], check=True, capture_output=True)
            print(version.stdout.decode().strip())
    print(f"load before it began: {os.getloadavg()[0]:.1f}\n")  # others' work makes walls longer
    curve(sizes)
    print()
    compare(min(PEOPLE, max(sizes)))


if __name__ == "__main__":
    main()
