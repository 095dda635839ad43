"""Table files as people send them: every problem with its row and column, the good rows kept."""

import os
import random
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

import polars as pl
import pytest
import xlsxwriter

from icmaps.errors import ContentError
from icmaps.tables import read_table, score_table
from tables.made import CATALOG, read, told

HEAD: Final = "respondent,school,map,round,date,inquiry-cycle,peer-observation"
ANN: Final = "E-1,Lincoln,example/teacher@1.0.0,2026-fall,2026-11-20,2,3"
BEN: Final = ANN.replace("E-1", "E-2")
CAT: Final = ANN.replace("E-1", "E-3")
LONG: Final = "respondent,map,round,date,component,level,answer,evidence"
NOT_UTF_8: Final = "1:1: byte 0x{} is not UTF-8 text"


def table(*rows: str, head: str = HEAD, end: str = "\n") -> str:
    return "".join(f"{row}{end}" for row in (head, *rows))


def people(path: Path) -> tuple[list[str], list[str]]:
    """Who is kept, and what is told."""
    rows, problems = read(path)
    return [row[0] for row in rows], problems


def refused(path: Path) -> list[str]:
    """What is told of a file that cannot be used at all."""
    with pytest.raises(ContentError) as caught:
        read_table(path, catalog=CATALOG)
    assert all(problem.file == str(path) for problem in caught.value.problems)
    return [told(problem) for problem in caught.value.problems]


def written(folder: Path, content: str | bytes, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# ---- rows that are all good ----------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        table(ANN, BEN),
        "\ufeff" + table(ANN, BEN, end="\r\n"),
        table(ANN, BEN, end="\r"),
        table(ANN, BEN).removesuffix("\n"),
        table(ANN, BEN).replace(",", ";"),
        table(ANN, BEN).replace(",", "\t"),
        table(ANN, "", ",,,,,,", BEN, ",,,,,,", "", ""),
        table(*(f"{row},," for row in (ANN, BEN, ",,,,,,")), head=f"{HEAD},,"),
        table(ANN, f"{BEN},,"),
        table(ANN, BEN, head=HEAD.upper().replace(",", " , ")),
        table(ANN.replace("2,3", "2.0, 3 "), BEN.replace("E-2", " E-2 ")),
        "\n" + table(ANN, BEN),
        table(*(",".join(f'"{cell}"' for cell in row.split(",")) for row in (ANN, BEN))),
    ],
    ids=["plain", "byte order mark", "old Mac", "no last line end", "semicolons", "tabs",
         "empty rows", "empty columns", "separators at the end of a row", "capitals and blanks",
         "3.0", "empty first row", "quoted"],
)  # fmt: skip
def test_table_of_a_spreadsheet_is_read_as_it_was_meant(tmp_path: Path, content: str) -> None:
    rows, problems = read(written(tmp_path, content))

    assert problems == []
    assert [(row[0], row[3], row[-3:]) for row in rows] == [
        ("E-1", "Lincoln", (1, -1, 2)),
        ("E-2", "Lincoln", (1, -1, 2)),
    ]


def test_cells_may_hold_line_breaks_separators_and_quotation_marks(tmp_path: Path) -> None:
    name = '"Lincoln\nSchool, ""North"""'
    rows, problems = read(written(tmp_path, table(ANN.replace("Lincoln", name), BEN + "9")))

    assert [row[3] for row in rows] == ['Lincoln\nSchool, "North"', "Lincoln"]
    assert problems == ["3:7: component 'peer-observation' has no level '39'"]


@pytest.mark.parametrize("code", ["3", "3.0", " 3 ", "3.000", "NA", "na", "dk", "Don't know", ""])
def test_level_is_known_however_a_spreadsheet_writes_it(tmp_path: Path, code: str) -> None:
    rows, problems = read(written(tmp_path, table(f"{ANN[:-3]}{code},3")))

    assert problems == []
    expected = {"NA": -2, "na": -2, "dk": -3, "Don't know": -3, "": -1}
    assert rows[0][-3] == expected.get(code, 2)


@pytest.mark.parametrize(
    "code", ["3.5", "03", "5", "x", "3 3", "-3", "3,0", "three", "\uff13", "nan"]
)
def test_anything_else_is_no_level(tmp_path: Path, code: str) -> None:
    rows, problems = read(written(tmp_path, table(f'{ANN[:-3]}"{code}",3', BEN)))

    assert problems == [f"2:6: component 'inquiry-cycle' has no level {code!r}"]
    assert [row[-3:] for row in rows] == [(-1, -1, 2), (1, -1, 2)]


# ---- rows that are not ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        (f'"{BEN}', "3:1: '\"E-2,Lincoln,example/teacher@1.0.0,2026-fall,...' does not fit here: "
         "a quotation mark opens a cell and is not closed"),
        ('"E"-2,x', "3:1: '\"E\"-2,x' does not fit here: text follows a closing quotation mark"),
        (f"{BEN},9", "3:8: '9' does not fit here: the row has 8 cells, the heading has 7"),
        ("E-2,x", "3:2: an empty cell does not fit here: the row has 2 cells, the heading has 7"),
        (BEN.replace("E-2", ""),
         "3:1: an empty cell does not fit here: every row needs a respondent"),
        (BEN.replace("E-2", "E" * 65), f"3:1: '{'E' * 45}...' does not fit here: it has more than "
         "64 characters"),
        (BEN.replace("coln", "c\0ln"), "3:2: 'Linc\\x00ln' does not fit here: a character in it "
         "cannot be seen"),
        (BEN.replace("example/", "exampel/"), "3:3: exampel/teacher@1.0.0 is not in the catalog"),
        (BEN.replace("@1.0.0", ""), "3:3: 'example/teacher' does not name a map and its exact "
         "version"),
        (BEN.replace("example", "../x"), "3:3: '../x/teacher@1.0.0' does not name a map and its "
         "exact version"),
        (BEN.replace("2026-fall", "Fall 2026"), "3:4: 'Fall 2026' is not a valid id"),
        (BEN.replace("2026-11-20", "11/20/2026"), "3:5: '11/20/2026' is not a date"),
        (BEN.replace("2026-11-20", "2026-02-30"), "3:5: '2026-02-30' is not a date"),
        (BEN.replace("2026-11-20", "0000-01-01"), "3:5: '0000-01-01' is not a date"),
        (ANN, "3:1: an assessment of 'E-1' in the round '2026-fall' was read before this row"),
    ],
)  # fmt: skip
def test_bad_row_is_told_and_the_rows_around_it_are_kept(
    tmp_path: Path, bad: str, problem: str
) -> None:
    path = written(tmp_path, table(ANN, bad, CAT))
    reading = read_table(path, catalog=CATALOG)

    assert people(path) == (["E-1", "E-3"], [problem])
    assert (reading.rows, reading.refused) == (3, 1)


def test_row_that_is_not_utf_8_is_told_and_the_others_are_kept(tmp_path: Path) -> None:
    bad = table(ANN.replace("Lincoln", "Lincöln"), BEN).encode("latin-1")

    assert people(written(tmp_path, bad)) == (["E-2"], ["2:2: byte 0xF6 is not UTF-8 text"])


def test_quotation_mark_that_is_never_closed_swallows_no_row(tmp_path: Path) -> None:
    others = [ANN.replace("E-1", f"E-{number}") for number in range(10, 5_010)]
    kept, problems = people(written(tmp_path, table(f'"{ANN}', *others)))

    assert len(kept) == 5_000
    assert [problem[:4] for problem in problems] == ["2:1:"]


def test_line_too_long_for_a_row_is_told_where_it_stands(tmp_path: Path) -> None:
    kept, problems = people(written(tmp_path, table(ANN, "x" * 1_000_010, "y" * 200_000, CAT)))

    assert kept == ["E-1", "E-3"]
    assert problems == [
        "3:1: the file cannot be read: a line has more than 1,000,000 characters; it may be no "
        "table",
        "4:2: an empty cell does not fit here: the row has 1 cells, the heading has 7",
        f"5:1: '{'y' * 45}...' does not fit here: a cell has more than 131,072 characters",
    ]


def test_unknown_column_is_told_once_where_it_says_something(tmp_path: Path) -> None:
    rows = [f"{ANN},", f"{BEN},2", f"{CAT},2"]
    kept, problems = people(written(tmp_path, table(*rows, head=f"{HEAD},inquiry-cycel")))

    assert kept == ["E-1", "E-2", "E-3"]
    assert problems == ["3:8: component 'inquiry-cycel' is not on example/teacher@1.0.0"]


def test_from_a_thousand_problems_on_they_are_counted(tmp_path: Path) -> None:
    rows = [f"E-{number}{ANN[3:-1]}x" for number in range(1_500)]
    reading = read_table(written(tmp_path, table(*rows)), catalog=CATALOG)

    assert (len(reading.problems), reading.untold) == (1_000, 500)
    assert len(reading.assessments()) == 1_500


# ---- files that are no table ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("table.csv", b"", "1:1: the file has nothing in it"),
        ("table.csv", b" \n\n", "1:1: the file has nothing in it"),
        ("table.jsonl", b"\n\n", "1:1: the file has nothing in it"),
        ("table.csv", table(ANN).encode("utf-16"), NOT_UTF_8.format("FF")),
        ("table.csv", b"PK\x03\x04\0\0\x9d", NOT_UTF_8.format("9D")),
        ("table.csv", b"PK\x03\x04\0\0", "1:1: the file cannot be read: its heading is no text; it "
         "may be a file of another kind"),
        ("table.csv", b"x" * 2_000_000, "1:1: the file cannot be read: a line has more than "
         "1,000,000 characters; it may be no table"),
        ("table.csv", f"{HEAD},Peer-Observation\n".encode(), "1:8: the column 'peer-observation' "
         "is here a second time"),
        ("table.xlsx", b"%PDF-1.7", "1:1: the file cannot be read: it is no workbook: file is not "
         "a zip file"),
        ("table.parquet", b"PAR1", None),
        ("table.jsonl", b"[1, 2]", "1:1: '[1, 2]' does not fit here: each line is one object: "
         "names and values in braces"),
        ("table.ods", b"x", "1:1: the file cannot be read: .ods is none of .csv, .tsv, .xlsx, "
         ".parquet, .jsonl, .ndjson"),
    ],
)  # fmt: skip
def test_file_of_another_kind_is_told_in_one_problem(
    tmp_path: Path, name: str, content: bytes, problem: str | None
) -> None:
    problems = refused(written(tmp_path, content, name))

    if problem is not None:
        assert problems == [problem]
    assert all(told.startswith("1:") for told in problems)


def test_file_that_is_not_there_or_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()

    missing = "1:1: the file cannot be read: no such file or directory"
    assert refused(tmp_path / "table.csv") == [missing]
    assert refused(tmp_path / "table.parquet") == [missing]
    assert refused(tmp_path / "table.xlsx") == [missing]
    assert refused(tmp_path / "folder.csv") == ["1:1: the file cannot be read: is a directory"]


@pytest.mark.parametrize("name", ["table.csv", "table.parquet", "table.xlsx", "table.jsonl"])
def test_twenty_megabytes_of_garbage_are_refused(tmp_path: Path, name: str) -> None:
    garbage = random.Random(20261120).randbytes(20_000_000)

    assert len(refused(written(tmp_path, garbage, name))) == 1


def test_garbage_below_a_good_heading_is_counted(tmp_path: Path) -> None:
    garbage = random.Random(20261120).randbytes(1_000_000)
    path = written(tmp_path, f"{HEAD}\n{ANN}\n".encode() + garbage)
    reading = read_table(path, catalog=CATALOG)

    assert [assessment.respondent.id for assessment in reading.assessments()] == ["E-1"]
    assert reading.refused == reading.rows - 1 == len(reading.problems) + reading.untold
    assert reading.refused > 5_000


def test_heading_without_a_row_is_a_problem(tmp_path: Path) -> None:
    empty = "2:1: an empty table does not fit here: there is no row below the heading"

    assert people(written(tmp_path, table())) == ([], [empty])
    assert people(written(tmp_path, table("", ",,,,,,"))) == ([], [empty])


def test_missing_columns_are_told_together_with_what_was_meant(tmp_path: Path) -> None:
    with pytest.raises(ContentError) as caught:
        read_table(written(tmp_path, table(ANN, head=HEAD.replace("map", "mpa"))), catalog=CATALOG)

    (problem,) = caught.value.problems
    assert (problem.line, problem.column, problem.rule) == (1, 1, "column-missing")
    assert problem.mend.startswith("did you mean 'mpa'? add it; the table has 'respondent', 'sch")


# ---- long tables ---------------------------------------------------------------------------


def long(*cells: str, who: str = "E-1") -> str:
    return f"{who},example/teacher@1.0.0,2026-fall,2026-11-20,{','.join(cells)}"


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        ("two,3,,", "3:5: component 'two' is not on example/teacher@1.0.0"),
        (",3,,", "3:5: an empty cell does not fit here: every row needs a component"),
        ("inquiry-cycle,3,,", "3:5: the placement of 'inquiry-cycle' is here a second time"),
        ("shared-goals,3,,", "3:6: component 'shared-goals' has no level '3'"),
        ("shared-goals,,2,", "3:7: component 'shared-goals' has no level '2'"),
        ("shared-goals,2,NA,", "3:6: component 'shared-goals' has both a level and an answer"),
        ("shared-goals,,,Minutes", "3:8: component 'shared-goals' has neither a level nor an "
         "answer"),
    ],
)  # fmt: skip
def test_bad_placement_is_told_and_the_others_are_kept(
    tmp_path: Path, bad: str, problem: str
) -> None:
    rows = [long("inquiry-cycle,2,,"), long(bad), long("peer-observation,,dk,")]
    path = written(tmp_path, table(*rows, head=LONG))
    found, problems = read(path)

    assert problems == [problem]
    assert [row[-3:] for row in found] == [(1, -1, -3)]
    assert read_table(path, catalog=CATALOG).refused == 1


def test_evidence_stays_with_its_placement(tmp_path: Path) -> None:
    rows = [
        long("inquiry-cycle,2,,Minutes"),
        long("peer-observation,3,,", who="E-2"),
        long("inquiry-cycle,,NA,Gone", who="E-2"),
    ]
    assessments = read_table(
        written(tmp_path, table(*rows, head=LONG)), catalog=CATALOG
    ).assessments()

    shown = [
        {placement.component: placement.evidence for placement in assessment.placements}
        for assessment in assessments
    ]
    assert shown == [
        {"inquiry-cycle": "Minutes"},
        {"inquiry-cycle": "Gone", "peer-observation": None},
    ]


def test_all_rows_of_a_repeated_assessment_are_refused(tmp_path: Path) -> None:
    rows = [
        long("inquiry-cycle,2,,"),
        long("inquiry-cycle,2,,", who="E-2"),
        long("peer-observation,2,,"),
        long("shared-goals,2,,"),
    ]
    path = written(tmp_path, table(*rows, head=LONG))

    assert read(path)[1] == []  # so few rows are sorted in memory
    again = "an assessment of 'E-1' in the round '2026-fall' was read before this row"
    assert read(path, rows=1)[1] == [f"4:1: {again}", f"5:1: {again}"]


def test_unknown_column_of_a_long_table_is_told(tmp_path: Path) -> None:
    rows = [f"{long('inquiry-cycle,2,,')},x", f"{long('peer-observation,2,,')},x"]
    found, problems = read(written(tmp_path, table(*rows, head=f"{LONG},evidnce")))

    assert [row[-3:] for row in found] == [(1, -1, 1)]
    assert problems == ["2:9: component 'evidnce' is not on a long table"]


# ---- JSON Lines, workbooks and Parquet -----------------------------------------------------

WHO: Final = (
    '"respondent": "E-1", "map": "example/teacher@1.0.0", "round": "r", "date": "2026-01-02"'
)


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        (b"{bad", "2:2: '{bad' does not fit here: it is not JSON: Expecting property name "
         "enclosed in double quotes"),
        (b"[]", "2:1: '[]' does not fit here: each line is one object: names and values in braces"),
        (b"[" * 100_000, None),
        (b'{"respondent": NaN}', None),
        (b'{"respondent": ' + b"9" * 5_000 + b"}", None),
        (b'{"a": [1]}', "2:1: a list does not fit here: 'a' is text, a number or nothing"),
        (b'{"a": 1, "A ": 2}', "2:2: the column 'a' is here a second time"),
        (b'{"a": "\\ud800"}', "2:1: there is half a character here (a lone surrogate)"),
        (b'{"a": "\xff"}', "2:8: byte 0xFF is not UTF-8 text"),
    ],
)  # fmt: skip
def test_bad_line_is_told_and_the_lines_around_it_are_kept(
    tmp_path: Path, bad: bytes, problem: str | None
) -> None:
    first = f'{{{WHO}, "inquiry-cycle": 3.0}}\n'.encode()
    last = f'\n\n{{{WHO.replace("E-1", "E-3")}, "shared-goals": 3}}\n'.encode()
    path = written(tmp_path, first + bad + last, "table.jsonl")
    rows, problems = read(path)

    assert [(row[0], row[-3:]) for row in rows] == [("E-1", (2, -1, -1)), ("E-3", (-1, -1, -1))]
    assert [problem[:2] for problem in problems] == ["2:", "4:"]
    assert problems[0] == (problem or problems[0])
    assert read(path, rows=1) == (rows, problems)


def test_byte_order_mark_before_json_is_no_part_of_it(tmp_path: Path) -> None:
    path = written(tmp_path, f"\ufeff{{{WHO}}}\n".encode(), "table.jsonl")

    assert people(path) == (["E-1"], [])


def workbook(path: Path, rows: list[list[Any]]) -> Path:
    book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    book.close()
    return path


def test_dates_and_numbers_of_a_workbook_are_what_they_show(tmp_path: Path) -> None:
    ann: list[Any] = ["E-1", "", "example/teacher@1.0.0", "r", datetime(2026, 11, 20), 3, 2.0]  # noqa: DTZ001
    ben = [1042, "Lincoln", "example/teacher@1.0.0", "r", date(2026, 11, 21), "NA", "x"]
    path = workbook(tmp_path / "table.xlsx", [HEAD.split(","), ann, [""], ben, [""]])
    rows, problems = read(path)

    assert [(row[0], row[7], row[-3:]) for row in rows] == [
        ("1042", "2026-11-21", (-2, -1, -1)),
        ("E-1", "2026-11-20", (2, -1, 1)),
    ]
    assert problems == ["4:7: component 'peer-observation' has no level 'x'"]


def test_workbook_without_a_cell_or_with_its_heading_only_is_told(tmp_path: Path) -> None:
    nothing = workbook(tmp_path / "nothing.xlsx", [])
    heading = workbook(tmp_path / "heading.xlsx", [HEAD.split(",")])

    assert refused(nothing) == ["1:1: the file has nothing in it"]
    assert people(heading)[1] == [
        "2:1: an empty table does not fit here: there is no row below the heading"
    ]


def test_one_stray_cell_does_not_fill_the_memory(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "table.xlsx")
    sheet = book.add_worksheet()
    sheet.write(0, 0, "respondent")
    sheet.write(1_048_575, 16_383, "x")
    book.close()

    assert refused(tmp_path / "table.xlsx") == [
        "1:1: the file cannot be read: a cell stands far from the others, in row 1048576 or "
        "column 16384; delete what is not part of the table"
    ]


def test_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "table.xlsx", [HEAD.split(",")])
    with ZipFile(path, "a", ZIP_DEFLATED) as archive, archive.open("xl/bomb.xml", "w") as bomb:
        for _ in range(251):
            bomb.write(bytes(1_000_000))

    assert path.stat().st_size < 1_000_000
    assert refused(path) == [
        "1:1: the file cannot be read: it unpacks to more than 250 MB; save large tables as CSV "
        "or Parquet"
    ]


def frame(**columns: Any) -> pl.DataFrame:
    who: dict[str, Any] = {
        "respondent": [1, 2],
        "map": ["example/teacher@1.0.0"] * 2,
        "round": ["r"] * 2,
    }
    return pl.DataFrame({**who, "date": [date(2026, 1, 1)] * 2, **columns})


def test_parquet_of_numbers_and_dates_is_read_as_text(tmp_path: Path) -> None:
    numbers = frame(**{"inquiry-cycle": [3.0, float("nan")], "peer-observation": [None, 2]})
    numbers.write_parquet(tmp_path / "table.parquet")
    rows, problems = read(tmp_path / "table.parquet")

    assert problems == []
    assert [(row[0], row[7], row[-3:]) for row in rows] == [
        ("1", "2026-01-01", (2, -1, -1)),
        ("2", "2026-01-01", (-1, -1, 1)),
    ]


@pytest.mark.parametrize("values", [[[1], [2]], [{"a": 1}, {"a": 2}], [b"1", b"2"]])
def test_column_that_is_no_text_is_told(tmp_path: Path, values: list[Any]) -> None:
    frame(**{"inquiry-cycle": values}).write_parquet(tmp_path / "table.parquet")

    (problem,) = refused(tmp_path / "table.parquet")
    assert problem.startswith("1:5: the file cannot be read: the column 'inquiry-cycle' holds")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:-20],
        lambda data: data[: len(data) // 2],
        lambda data: data[:50] + os.urandom(60) + data[110:],
    ],
    ids=["cut", "half", "overwritten"],
)
def test_broken_parquet_is_told(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    frame(**{"inquiry-cycle": ["1", "2"]}).write_parquet(tmp_path / "good.parquet")
    path = written(tmp_path, spoil((tmp_path / "good.parquet").read_bytes()), "table.parquet")

    try:
        reading = read_table(path, catalog=CATALOG)
    except ContentError as error:
        assert [problem.rule for problem in error.problems] == ["unreadable"]  # noqa: PT017
    else:
        assert reading.rows == 2


def test_table_in_memory_with_a_problem_is_refused_whole() -> None:
    with pytest.raises(ContentError, match=r"table:3:5: component 'inquiry-cycle' has no level"):
        score_table(frame(**{"inquiry-cycle": [3, 9]}), catalog=CATALOG)


def test_empty_table_in_memory_has_the_columns_of_a_full_one() -> None:
    full = score_table(frame(**{"inquiry-cycle": [3, 4]}), catalog=CATALOG)
    empty = score_table(frame(**{"inquiry-cycle": [3, 4]}).clear(), catalog=CATALOG)

    assert (empty.height, empty.schema) == (0, full.schema)
