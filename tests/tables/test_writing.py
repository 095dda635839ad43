"""Written tables: nothing in them runs, everything has its type, and a failure leaves no trace."""

import csv
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Final
from zipfile import ZipFile

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from icmaps.errors import IcmapsError, RenderError
from icmaps.tables import write_parts, write_table
from tables.made import folder, law

FORMATS: Final = (".csv", ".xlsx", ".parquet", ".jsonl")
# In ASCII and in full width; a tab or a line break can begin a new cell.
LIVE: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def cells_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("start", LIVE)
@pytest.mark.parametrize("before", ["", " ", "\u00a0", "\u200b", "\ufeff", "\x00", "'"])
def test_cell_that_begins_like_a_formula_is_neutralised(
    start: str, before: str, tmp_path: Path
) -> None:
    text = f"{before}{start}HYPERLINK(A1)"
    write_table(pl.DataFrame({"name": [text], text: ["plain"]}), tmp_path / "table.csv")

    assert cells_of(tmp_path / "table.csv") == [["name", f"'{text}"], [f"'{text}", "plain"]]


@law
@given(st.lists(st.text(), min_size=1, max_size=20))
def test_no_text_reaches_a_spreadsheet_as_a_formula(texts: list[str]) -> None:
    with folder() as here:
        write_table(pl.DataFrame({"a": range(len(texts)), "text": texts}), here / "table.csv")
        cells = [row[1] for row in cells_of(here / "table.csv")[1:]]

    for text, cell in zip(texts, cells, strict=True):
        assert cell in (text, f"'{text}")
        assert not cell.lstrip().startswith(LIVE) or cell.lstrip("+-").isdecimal()


def test_numbers_stay_numbers(tmp_path: Path) -> None:
    table = pl.DataFrame({"a": [-1, 2], "b": [-0.5, None], "c": ["-5", "+1.5"]})
    write_table(table, tmp_path / "table.csv")

    assert cells_of(tmp_path / "table.csv")[1:] == [["-1", "-0.5", "-5"], ["2", "", "+1.5"]]


def test_categories_are_neutralised_too(tmp_path: Path) -> None:
    table = pl.DataFrame({"a": pl.Series(["=1"], dtype=pl.Categorical)})
    write_table(table, tmp_path / "table.csv")

    assert cells_of(tmp_path / "table.csv")[1:] == [["'=1"]]


def test_workbook_has_numbers_dates_and_texts_and_no_formula(tmp_path: Path) -> None:
    table = pl.DataFrame(
        {
            "text": ["=1+1", "https://127.0.0.1/", "007", "1e5"],
            "whole": [1, -2, None, 4],
            "share": [0.5, None, 1.0, 1 / 3],
            "day": [date(2026, 11, 20), None, None, date(2026, 1, 2)],
            "yes": [True, False, None, True],
        }
    )
    write_table(table, tmp_path / "table.xlsx")
    with CalamineWorkbook.from_path(tmp_path / "table.xlsx") as book:
        rows = book.get_sheet_by_index(0).to_python()
    with ZipFile(tmp_path / "table.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")

    assert rows == [
        ["text", "whole", "share", "day", "yes"],
        ["=1+1", 1.0, 0.5, date(2026, 11, 20), True],
        ["https://127.0.0.1/", -2.0, "", "", False],
        ["007", "", 1.0, "", ""],
        ["1e5", 4.0, 1 / 3, date(2026, 1, 2), True],
    ]
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet


def test_parquet_keeps_types(tmp_path: Path) -> None:
    table = pl.DataFrame({"a": [1, None], "b": ["x", None], "c": [date(2026, 1, 2), None]})
    write_table(table, tmp_path / "table.parquet")

    assert pl.read_parquet(tmp_path / "table.parquet").equals(table)


def test_empty_table_has_its_heading(tmp_path: Path) -> None:
    for suffix in (".csv", ".xlsx", ".parquet"):
        assert write_parts([pl.DataFrame({"a": [1]}).clear()], tmp_path / f"table{suffix}") == 0

    assert cells_of(tmp_path / "table.csv") == [["a"]]
    assert pl.read_parquet(tmp_path / "table.parquet").columns == ["a"]
    with CalamineWorkbook.from_path(tmp_path / "table.xlsx") as book:
        assert book.get_sheet_by_index(0).to_python() == [["a"]]


# ---- whole or not at all -------------------------------------------------------------------


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("error", [RenderError("the reason"), ValueError("a bug"), OSError("disk")])
def test_failure_on_the_way_leaves_the_old_file(
    suffix: str, error: Exception, tmp_path: Path
) -> None:
    def parts() -> Iterator[pl.DataFrame]:
        yield pl.DataFrame({"a": range(1000)})
        raise error

    target = tmp_path / f"table{suffix}"
    target.write_text("old")
    with pytest.raises(type(error)) as caught:
        write_parts(parts(), target)

    assert caught.value is error
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("suffix", FORMATS)
def test_new_file_takes_the_place_of_the_old_one_at_once(suffix: str, tmp_path: Path) -> None:
    target = tmp_path / f"table{suffix}"
    target.write_text("old")
    with target.open() as held:
        write_table(pl.DataFrame({"a": range(1000)}), target)

        assert held.read() == "old"
    assert target.stat().st_size > 1000
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("suffix", FORMATS)
def test_full_disk_leaves_the_old_file(suffix: str, tmp_path: Path) -> None:
    target = tmp_path / f"table{suffix}"
    target.write_text("old")
    # Incompressible, and larger than what a process may write here.
    table = pl.DataFrame({"a": [os.urandom(500).hex() for _ in range(1_000)]})

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    code = (
        "import sys, polars as pl; from icmaps.tables import write_table; "
        "from icmaps.errors import RenderError\n"
        "try: write_table(pl.DataFrame({'a': sys.stdin.read().split()}), sys.argv[1])\n"
        "except RenderError as error: print(error)"
    )
    done = ran(code, target, "\n".join(table["a"]), limit)

    assert done.stdout.startswith(f"{str(target)!r} cannot be written: ")
    assert "nothing there was changed" in done.stdout
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def ran(
    code: str, target: Path, text: str, before: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, target],
        input=text,
        preexec_fn=before,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("suffix", FORMATS)
def test_killed_in_the_middle_leaves_the_old_file(suffix: str, tmp_path: Path) -> None:
    target = tmp_path / f"table{suffix}"
    target.write_text("old")
    code = (
        "import os, signal, sys, polars as pl; from icmaps.tables import write_parts\n"
        "def parts():\n"
        "    yield pl.DataFrame({'a': range(100_000)})\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "write_parts(parts(), sys.argv[1])"
    )
    done = ran(code, target, "")

    assert done.returncode == -signal.SIGKILL
    assert target.read_text() == "old"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("table.ods", "'table.ods' ends in none of .csv, .xlsx, .parquet, .jsonl"),
        ("table", "'table' ends in none of"),
        ("missing/table.csv", "cannot be written: no such file or directory"),
        ("missing/table.parquet", "cannot be written: no such file or directory"),
        ("folder.csv", "cannot be written: is a directory"),
    ],
)
def test_place_that_cannot_be_written_is_told(name: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(RenderError) as caught:
        write_table(pl.DataFrame({"a": [1]}), tmp_path / name)

    assert message in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["folder.csv"]


def test_more_rows_than_a_sheet_holds_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="would have more than 1,048,575 rows"):
        write_table(pl.DataFrame({"a": [1]}).select(pl.col("a").repeat_by(1_048_576).explode()),
                    tmp_path / "table.xlsx")  # fmt: skip


def test_text_longer_than_a_cell_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"row 2 has 32,768 characters; a cell holds 32,767"):
        write_table(pl.DataFrame({"a": ["x" * 32_768]}), tmp_path / "table.xlsx")


# ---- without the extra ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "gone", "missing"),
    [
        (
            "icmaps.tables",
            ("polars", "python_calamine"),
            "polars and python_calamine cannot be found; tables cannot be read",
        ),
        ("icmaps.groups", ("scipy",), "scipy cannot be found; groups cannot be studied"),
        (
            "icmaps.report._charts as c; c.moves(0.1, 0.1, 1, 'a', 9)",
            ("matplotlib",),
            "matplotlib cannot be found; the pictures of a group report cannot be drawn",
        ),
    ],
)
def test_without_the_libraries_of_the_extra_icmaps_says_what_to_install(
    part: str, gone: tuple[str, ...], missing: str, tmp_path: Path
) -> None:
    code = (
        "import sys, importlib.abc\n"
        "class Missing(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path, target=None):\n"
        f"        if name.partition('.')[0] in {gone}:\n"
        "            raise ModuleNotFoundError(name, name=name)\n"
        "sys.meta_path.insert(0, Missing())\n"
        "import icmaps\n"
        f"try: import {part}\n"
        "except icmaps.IcmapsError as error: print(type(error).__name__, error)"
    )
    done = ran(code, tmp_path, "")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"MissingExtraError {missing}")
    assert done.stdout.endswith("pip install 'icmaps[groups]'\n")
    assert issubclass(RenderError, IcmapsError)


def test_growth_reports_need_no_library_of_the_extra(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "import icmaps.report, icmaps.printrun, icmaps.cli\n"
        "print(sorted({'scipy', 'matplotlib', 'polars', 'icmaps.groups'} & sys.modules.keys()))"
    )
    assert ran(code, tmp_path, "").stdout == "[]\n"
