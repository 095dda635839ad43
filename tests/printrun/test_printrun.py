"""Print runs on real files: planned, made, killed, gone on with, merged, indexed."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import zipfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest

from icmaps.errors import RenderError, ScoringError, UnknownNameError
from icmaps.printrun import (
    LocalEngine,
    SerialEngine,
    Settings,
    merge,
    run,
    target_at,
    write_index,
    write_zip,
)
from icmaps.printrun._run import Printed
from printrun.made import FALL, SETTINGS, SPRING, contents, planned, staff, wait_for
from report_cases import changed, example, read


def test_a_plan_names_files_that_are_safe_and_sort_by_name() -> None:
    odd = example(FALL)
    people = [
        changed(odd, respondent={"id": "../../etc", "name": "Zoë O'Hara/..", "groups": {}}),
        changed(odd, respondent={"id": "7", "name": "林薇", "groups": {}}),
        changed(odd, respondent={"id": "8", "name": "zoe o hara", "groups": {}}),
        changed(odd, respondent={"id": "etc", "name": "Zoe O'Hara", "groups": {}}),
    ]

    files = [job.file for job in planned(*people).jobs]

    assert files == ["7.pdf", "zoe-o-hara_8.pdf", "zoe-o-hara_etc-2.pdf", "zoe-o-hara_etc.pdf"]


def test_earlier_rounds_become_growth_and_other_raters_print_nothing() -> None:
    coach = changed(example(FALL), rater={"kind": "coach", "name": "Renee"})

    made = planned(example(FALL), coach, example(SPRING))

    (job,) = made.jobs
    assert [json.loads(told)["round"]["id"] for told in job.rounds] == ["2026-spring", "2026-fall"]
    assert made.left_out == 1


def test_only_and_since_choose() -> None:
    assert [j.respondent for j in planned(only=("E-2",)).jobs] == ["E-2"]
    assert {j.respondent for j in planned(by="school", only=("School B",)).jobs} == {"E-1", "E-3"}
    early = [a for a in staff() if a.respondent.id != "E-0" or a.round.id == "2026-spring"]
    assert "E-0" not in {j.respondent for j in planned(*early, since="2026-fall").jobs}


def test_a_group_is_found_without_sorting_by_it_and_capitals_do_not_matter() -> None:
    assert {j.respondent for j in planned(only=("school b",)).jobs} == {"E-1", "E-3"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"only": ("E-2", "Scool B")}, "no group 'Scool B'; .*did you mean .*school b"),
        ({"since": "2026-fal"}, "no round '2026-fal'; .*did you mean '2026-fall'"),
    ],
)
def test_who_is_not_there_is_told_and_not_printed_as_nothing(
    options: dict[str, Any], message: str
) -> None:
    with pytest.raises(UnknownNameError, match=message):
        planned(**options)


def test_a_run_of_nobody_is_told_and_overwrites_nothing() -> None:
    coached = [changed(a, rater="coach") for a in staff()]
    with pytest.raises(ScoringError, match="nobody to print a report for"):
        planned(*coached)


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(RenderError, match="taken' cannot be a folder: file exists"):
        run(planned(), target_at(tmp_path / "taken"), SETTINGS, SerialEngine())
    assert (tmp_path / "taken").read_text() == "a file"


def test_a_second_run_prints_what_changed_and_nothing_else(tmp_path: Path) -> None:
    first = run(planned(), target_at(tmp_path), SETTINGS, SerialEngine())
    assert (first.planned, first.done, first.skipped, first.failed) == (4, 4, 0, ())
    before = contents(tmp_path)

    people = list(staff())
    people[-1] = changed(people[-1], placements={"inquiry-cycle": "1"})
    second = run(planned(*people), target_at(tmp_path), SETTINGS, SerialEngine())

    assert (second.done, second.skipped) == (1, 3)
    after = contents(tmp_path)
    assert [name for name in after if after[name] != before[name]] == ["person-four_e-3.pdf"]


@pytest.mark.parametrize(
    "other",
    [
        replace(SETTINGS, size="a4"),
        replace(SETTINGS, grey=True),
        replace(SETTINGS, policy="points"),
    ],
)
def test_other_settings_make_other_reports(other: Settings) -> None:
    jobs = [*planned().jobs, *planned(settings=other).jobs]
    assert len({job.digest for job in jobs}) == 8


def test_a_report_that_was_damaged_or_deleted_is_made_again(tmp_path: Path) -> None:
    run(planned(), target_at(tmp_path), SETTINGS, SerialEngine())
    before = contents(tmp_path)
    (tmp_path / "person-one_e-0.pdf").write_bytes(b"%PDF-half")
    (tmp_path / "person-two_e-1.pdf").unlink()

    assert run(planned(), target_at(tmp_path), SETTINGS, SerialEngine()).done == 2
    assert contents(tmp_path) == before


def test_somebody_with_a_new_name_leaves_no_old_file(tmp_path: Path) -> None:
    run(planned(), target_at(tmp_path), SETTINGS, SerialEngine())
    people = [
        changed(a, respondent={**a.as_file()["respondent"], "name": "Aaron New"})
        if a.respondent.id == "E-0"
        else a
        for a in staff()
    ]

    run(planned(*people), target_at(tmp_path), SETTINGS, SerialEngine())

    assert "person-one_e-0.pdf" not in contents(tmp_path)
    assert "aaron-new_e-0.pdf" in contents(tmp_path)


def test_a_poisoned_report_fails_alone_and_is_named(tmp_path: Path) -> None:
    made = planned()
    bad = replace(made.jobs[1], rounds=('{"schema": "icmaps/assessment/1"}',), digest="other")
    spoiled = replace(made, jobs=(made.jobs[0], bad, *made.jobs[2:]))

    summary = run(spoiled, target_at(tmp_path), SETTINGS, SerialEngine())

    assert (summary.done, len(summary.failed)) == (3, 1)
    assert summary.failed[0].respondent == bad.respondent
    assert "Field required" in summary.failed[0].error
    assert len(contents(tmp_path)) == 3
    assert run(made, target_at(tmp_path), SETTINGS, SerialEngine()).done == 1


def test_two_runs_in_one_folder_do_not_meet(tmp_path: Path) -> None:
    class Nosy:
        def outcomes(self, *arguments: object) -> None:
            del arguments
            run(planned(), target_at(tmp_path), SETTINGS, SerialEngine())

    with pytest.raises(RenderError, match="another run is printing into"):
        run(planned(), target_at(tmp_path), SETTINGS, Nosy())  # type: ignore[arg-type]


def test_progress_is_told_after_every_report(tmp_path: Path) -> None:
    told: list[tuple[int, int, int]] = []
    run(planned(), target_at(tmp_path), SETTINGS, SerialEngine(),
        progress=lambda *numbers: told.append(numbers))  # fmt: skip
    assert told == [(1, 0, 4), (2, 0, 4), (3, 0, 4), (4, 0, 4)]


def test_two_spellings_of_a_school_go_into_one_merged_file(tmp_path: Path) -> None:
    groups = ({"school": "Lincoln"}, {"school": "LINCOLN"})
    people = [
        changed(one, respondent={"id": f"E-{n}", "groups": groups[n]})
        for n, one in enumerate((staff()[1], staff()[1]))
    ]
    plan = planned(*people, by="school")
    done = run(plan, target_at(tmp_path), SETTINGS, SerialEngine())
    names = merge(plan, done.files, target_at(tmp_path), SETTINGS)

    assert names == ["merged/lincoln.pdf"]
    with pikepdf.open(tmp_path / names[0]) as pdf, pdf.open_outline() as outline:
        assert [item.title for item in outline.root][-2:] == ["E-0", "E-1"]


def test_a_merged_file_is_ready_for_both_sides_of_the_paper(tmp_path: Path) -> None:
    plan = planned(by="school")
    done = run(plan, target_at(tmp_path), SETTINGS, SerialEngine())

    names = merge(plan, done.files, target_at(tmp_path), SETTINGS)

    assert names == ["merged/school-a.pdf", "merged/school-b.pdf"]
    data = (tmp_path / names[0]).read_bytes()
    cover = read(data, "-l", "1")
    for line in ("School A", "Person One", "Person Three", "agreed to it"):
        assert line in cover
    with pikepdf.open(tmp_path / names[0]) as pdf:
        assert len(pdf.attachments) == 0
        with pdf.open_outline() as outline:
            titles = [str(item.title) for item in outline.root]
    assert titles[-2:] == ["Person One", "Person Three"]
    pages = read(data, "-layout").split("\f")
    starts = [n for n, text in enumerate(pages, start=1) if "Growth report" in text and n > 1]
    assert len(starts) == 2
    assert all(start % 2 == 1 for start in starts)
    for start in starts:
        assert re.search(rf"(?m)^{start}$", cover)


def test_the_index_says_who_is_where_and_no_cell_is_a_formula(tmp_path: Path) -> None:
    sly = changed(example(FALL), respondent={"id": "=1+1", "name": "@SUM(A1)", "groups": {}})
    done = run(planned(sly), target_at(tmp_path), SETTINGS, SerialEngine())

    write_index(done.files, [], target_at(tmp_path), SETTINGS)

    with (tmp_path / "index.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["respondent"], row["name"], row["file"]) == ("'=1+1", "'@SUM(A1)", "sum-a1_1-1.pdf")
    assert 'href="sum-a1_1-1.pdf"' in (tmp_path / "index.html").read_text()


def test_a_run_of_some_leaves_the_names_and_the_merged_file_of_all(tmp_path: Path) -> None:
    """Somebody's row is mended, and only theirs is printed again, into the same folder."""
    target = target_at(tmp_path)
    every = planned(by="school")
    whole = run(every, target, SETTINGS, SerialEngine())
    merge(every, whole.files, target, SETTINGS)
    before = (tmp_path / "merged" / "school-a.pdf").read_bytes()
    mended = [
        changed(a, placements={"inquiry-cycle": "1"}) if a.respondent.id == "E-2" else a
        for a in staff()
    ]

    some = planned(*mended, by="school", only=("E-2",))
    done = run(some, target, SETTINGS, SerialEngine())

    assert [job.file for job in some.jobs] == ["school-a/person-three_e-2.pdf"]
    assert {printed.respondent for printed in done.beside} == {"E-0", "E-1", "E-3"}
    assert merge(some, done.files, target, SETTINGS) == ["merged/school-a-part.pdf"]
    assert (tmp_path / "merged" / "school-a.pdf").read_bytes() == before
    part = (tmp_path / "merged" / "school-a-part.pdf").read_bytes()
    assert "1 of 2 reports" in read(part, "-l", "1")


def test_reports_that_are_sorted_otherwise_are_moved_and_not_made_again(tmp_path: Path) -> None:
    target = target_at(tmp_path)
    run(planned(), target, SETTINGS, SerialEngine())
    before = contents(tmp_path)

    some = run(planned(by="team", only=("E-2",)), target, SETTINGS, SerialEngine())

    assert (some.done, some.skipped) == (0, 1)
    assert "school-a-team-2/person-three_e-2.pdf" in contents(tmp_path)
    assert set(before) - set(contents(tmp_path)) == {"person-three_e-2.pdf"}

    every = run(planned(by="school"), target, SETTINGS, SerialEngine())

    assert (every.done, every.skipped) == (0, 4)
    assert sorted(contents(tmp_path).values()) == sorted(before.values())
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {"school-a", "school-b"}


def test_reports_of_people_who_are_gone_are_told_and_kept(tmp_path: Path) -> None:
    target = target_at(tmp_path)
    run(planned(), target, SETTINGS, SerialEngine())
    left = [a for a in staff() if a.respondent.id != "E-0"]

    done = run(planned(*left), target, SETTINGS, SerialEngine())

    assert done.left_over == ("person-one_e-0.pdf",)
    assert "person-one_e-0.pdf" in contents(tmp_path)
    assert done.beside == ()
    (tmp_path / "person-one_e-0.pdf").unlink()
    assert run(planned(*left), target, SETTINGS, SerialEngine()).left_over == ()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("=1+1", "'=1+1"),
        ("  +1", "'  +1"),
        ("\uff1d1+1", "'\uff1d1+1"),  # full width
        ("\u200b@SUM(A1)", "'\u200b@SUM(A1)"),
        ("Ann-Marie +1", "Ann-Marie +1"),
        ("\u2212 minus", "\u2212 minus"),
    ],
)
def test_no_name_in_the_index_is_a_formula(name: str, kept: str, tmp_path: Path) -> None:
    printed = Printed("E-1", name, "a/b@1.0.0", "B", "", "one.pdf", 1, "0")
    write_index([printed], [], target_at(tmp_path), SETTINGS)
    with (tmp_path / "index.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["name"] == kept


def test_a_zip_file_of_the_same_reports_has_the_same_bytes(tmp_path: Path) -> None:
    done = run(planned(), target_at(tmp_path), SETTINGS, SerialEngine())
    names = [printed.file for printed in done.files]
    write_zip(names, target_at(tmp_path))
    first = (tmp_path / "reports.zip").read_bytes()
    write_zip(names, target_at(tmp_path))
    assert (tmp_path / "reports.zip").read_bytes() == first
    with zipfile.ZipFile(tmp_path / "reports.zip") as archive:
        assert archive.namelist() == names


def test_grey_reports_have_no_colour(tmp_path: Path) -> None:
    grey = replace(SETTINGS, grey=True)
    (job,) = planned(example(SPRING), example(FALL), settings=grey).jobs
    run(replace(planned(), jobs=(job,)), target_at(tmp_path), grey, SerialEngine())
    png = subprocess.run(
        ["pdftoppm", "-r", "30", "-l", "1", "-png", str(tmp_path / job.file)],
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    from io import BytesIO  # noqa: PLC0415

    from PIL import Image  # noqa: PLC0415

    pixels = np.asarray(Image.open(BytesIO(png)).convert("RGB"))
    assert (pixels == pixels[..., :1]).all()


@pytest.mark.slow
class TestOfProcesses:
    """The local engine: real processes, killed and starved."""

    def test_it_makes_the_same_files_as_one_process(self, tmp_path: Path) -> None:
        run(planned(), target_at(tmp_path / "one"), SETTINGS, SerialEngine())
        run(planned(), target_at(tmp_path / "two"), SETTINGS, LocalEngine(processes=2))
        assert contents(tmp_path / "one") == contents(tmp_path / "two")

    def test_a_report_that_takes_too_long_fails_after_its_tries(self, tmp_path: Path) -> None:
        summary = run(
            planned(), target_at(tmp_path), SETTINGS, LocalEngine(processes=2, seconds=0.01)
        )
        assert len(summary.failed) == 4
        assert {failure.error for failure in summary.failed} == {"it took longer than 0.01 s"}
        assert contents(tmp_path) == {}

    def test_a_report_that_takes_too_much_memory_fails_and_is_named(self, tmp_path: Path) -> None:
        starved = LocalEngine(processes=1, megabytes=200)
        summary = run(planned(only=("E-0",)), target_at(tmp_path), SETTINGS, starved)
        assert [failure.respondent for failure in summary.failed] == ["E-0"]
        assert summary.failed[0].error
        assert contents(tmp_path) == {}

    def test_in_a_terminal_a_bar_says_how_far_it_is(self, tmp_path: Path) -> None:
        (tmp_path / "in").mkdir()
        for number, assessment in enumerate(staff(2)):
            (tmp_path / "in" / f"{number}.json").write_text(json.dumps(assessment.as_file()))
        parent, child = os.openpty()
        command = [sys.executable, "-m", "icmaps", "print", "in", "-o", "out"]
        environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80"}
        with subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=child, env=environment, text=True
        ) as process:
            os.close(child)
            shown = b""
            with suppress(OSError):  # Linux says so when the other end is closed
                while piece := os.read(parent, 4096):
                    shown += piece
            out, _ = process.communicate(timeout=60)
        os.close(parent)
        assert process.returncode == 0, shown.decode()
        assert "2 reports on 1 map; 2 to make" in out
        assert b"2 of 2" in shown
        assert b"a second" in shown

    @pytest.mark.parametrize("victim", ["a worker", "the parent"])
    def test_a_killed_run_goes_on_and_ends_with_the_same_files(
        self, victim: str, tmp_path: Path
    ) -> None:
        source = tmp_path / "in"
        source.mkdir()
        for number, assessment in enumerate(staff(16)):
            (source / f"{number}.json").write_text(json.dumps(assessment.as_file()))
        command = [sys.executable, "-m", "icmaps", "print", str(source), "-o"]
        whole = subprocess.run([*command, str(tmp_path / "whole"), "--engine", "serial"],
                               capture_output=True, check=True)  # fmt: skip
        assert whole.returncode == 0
        out = tmp_path / "out"
        with subprocess.Popen(
            [*command, str(out), "--processes", "2"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        ) as process:  # fmt: skip
            wait_for(lambda: len(list(out.rglob("*.pdf"))) >= 2)
            workers = children(process.pid)
            assert workers
            if victim == "a worker":
                os.kill(workers[-1], signal.SIGKILL)
                assert process.wait(120) == 0
            else:
                process.kill()
                process.wait(10)
                contents(out)  # whatever has a name is whole
                wait_for(lambda: not any(map(alive, workers)))
        again = subprocess.run([*command, str(out)], capture_output=True, text=True, check=True)
        assert " made, " in again.stdout
        assert contents(out) == contents(tmp_path / "whole")
        assert not list(out.rglob(".*.draft"))


def children(parent: int) -> list[int]:
    """Return the processes that a process has started, itself or through another."""
    listed = subprocess.run(
        ["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
    )
    pairs = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()]
    found, left = [], [parent]
    while left:
        here = left.pop()
        mine = [pid for pid, above in pairs if above == here]
        found += mine
        left += mine
    return found


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
    except OSError:
        return False
    return state != "Z"
