"""What a run makes of its reports: one file a group for the printer, an index, a ZIP file."""

import csv
import io
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Final
from urllib.parse import quote

from icmaps.printrun._job import Settings
from icmaps.printrun._plan import Plan, safe
from icmaps.printrun._run import Printed
from icmaps.printrun._target import Target
from icmaps.report import RunPage, cover_pdf, index_html

CONSENT: Final = (
    "These reports were made from files. A report belongs to the person it is about: hand it to "
    "them and to nobody else, and print only those of people who agreed to it."
)
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the first day a ZIP file knows
_FORMULA: Final = ("=", "+", "-", "@")


def merge(
    planned: Plan,
    printed: Sequence[Printed],
    target: Target,
    settings: Settings,
) -> list[str]:
    """Put the reports of each group into one file, ready for the printer.

    A cover sheet says who is on which page; every report begins on a right-hand page, so that both
    sides can be printed; each has a bookmark. What is attached to a report stays with the report.
    Where only some of a group were asked for, the file says so by its name: one of the whole group
    stays as it is.

    Args:
        planned: What was planned.
        printed: The reports of it that are there.
        target: Where the run puts its files.
        settings: What is the same for the whole run.

    Returns:
        The names of the files, relative to there.
    """
    # By file name, as the folders are: two spellings of one school may not overwrite each other.
    groups: dict[str, list[Printed]] = {}
    for report in printed:
        groups.setdefault(safe(report.group) or "all", []).append(report)
    unasked = Counter(safe(job.group) or "all" for job in planned.others)
    made = []
    for group, reports in sorted(groups.items()):
        name = f"merged/{group}{'-part' if unasked[group] else ''}.pdf"
        title = ", ".join(sorted({r.group for r in reports if r.group})) or "All reports"
        cover = partial(_cover, title, reports, settings, unasked[group])
        target.write(name, _merged(title, cover, reports, target))
        made.append(name)
    return made


def _merged(
    title: str,
    cover: Callable[[Sequence[int]], bytes],
    reports: Sequence[Printed],
    target: Target,
) -> bytes:
    import pikepdf

    starts = _starts(cover, reports)
    with pikepdf.new() as whole:
        with pikepdf.open(io.BytesIO(cover(starts))) as first:
            whole.add_pages_from(first)
        marks = []
        for report, start in zip(reports, starts, strict=True):
            while len(whole.pages) < start - 1:
                box = whole.pages[0].mediabox
                whole.add_blank_page(page_size=(float(box[2]), float(box[3])))
            with pikepdf.open(io.BytesIO(target.read(report.file))) as one:
                whole.add_pages_from(one)
            marks.append(pikepdf.OutlineItem(report.label, start - 1))
        with whole.open_outline() as outline:
            outline.root.extend(marks)
        whole.docinfo["/Title"] = title
        written = io.BytesIO()
        whole.save(written, deterministic_id=True)
    return written.getvalue()


def _starts(cover: Callable[[Sequence[int]], bytes], reports: Sequence[Printed]) -> list[int]:
    """Return the page each report begins on, behind the cover."""
    import pikepdf

    # The numbers on the cover do not change how long it is: they have a column of their own.
    with pikepdf.open(io.BytesIO(cover([0] * len(reports)))) as first:
        page = len(first.pages) + 1
    starts = []
    for report in reports:
        page += page % 2 == 0  # on a right-hand page
        starts.append(page)
        page += report.pages
    return starts


def _cover(
    title: str,
    reports: Sequence[Printed],
    settings: Settings,
    unasked: int,
    starts: Sequence[int],
) -> bytes:
    rows = zip(reports, starts, strict=True)
    view = RunPage(
        title=title,
        what="Growth reports",
        summary=_summary(reports, settings, unasked),
        consent=CONSENT,
        rows=tuple((r.label, r.role, str(start)) for r, start in rows),
    )
    return cover_pdf(view, settings.size, settings.made_on, grey=settings.grey)


def _summary(reports: Sequence[Printed], settings: Settings, unasked: int = 0) -> str:
    every = len(reports) + unasked
    number = f"{len(reports):,} of {every:,}" if unasked else f"{every:,}"
    day = f"{settings.made_on.day} {settings.made_on:%B %Y}"
    return f"{number} report{'' if every == 1 else 's'}, printed {day}"


def write_index(
    printed: Sequence[Printed], merged: Sequence[str], target: Target, settings: Settings
) -> None:
    """Write who is where, as `index.csv` and `index.html`.

    Args:
        printed: The reports.
        merged: Files for the printer, relative to the target, as `merge` returns them.
        target: Where the run puts its files.
        settings: What is the same for the whole run.
    """
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\r\n")
    writer.writerow(("respondent", "name", "group", "map", "pages", "file", "sha256"))
    for r in printed:
        row = (r.respondent, r.label, r.group, r.map, r.pages, r.file, r.sha256)
        writer.writerow([_guarded(cell) for cell in row])
    target.write("index.csv", table.getvalue().encode("utf-8-sig"))
    view = RunPage(
        title="Growth reports",
        what="Index",
        summary=_summary(printed, settings),
        consent=CONSENT,
        rows=tuple((quote(r.file), r.label, r.group, r.role, str(r.pages)) for r in printed),
        files=tuple((quote(name), name) for name in merged),
    )
    target.write("index.html", index_html(view).encode())


def _guarded(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    if not isinstance(cell, str):
        return cell
    # Full-width signs count as well, and so does what stands behind blanks and control characters.
    plain = unicodedata.normalize("NFKC", cell)
    seen = next((s for s in plain if not s.isspace() and unicodedata.category(s)[0] != "C"), "")
    return f"'{cell}" if seen in _FORMULA else cell


def write_zip(files: Iterable[str], target: Target) -> None:
    """Put files of a run into `reports.zip` beside them; the same files give the same bytes.

    Args:
        files: Their names, relative to the target.
        target: Where the run puts its files.
    """
    with (
        target.writing("reports.zip") as packed,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive,  # PDFs are packed already
    ):
        for name in files:
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), target.read(name))
