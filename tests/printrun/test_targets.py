"""Where a run puts its files: a full disk, a server, one that stumbles."""

import asyncio
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from errno import ENOSPC
from pathlib import Path
from threading import Thread
from typing import Any

import aioftp
import fsspec
import pytest

from icmaps.errors import RenderError
from icmaps.printrun import (
    LocalEngine,
    SerialEngine,
    first_day,
    merge,
    run,
    target_at,
    write_index,
    write_zip,
)
from printrun.made import SETTINGS, contents, planned, staff
from report_cases import changed


@pytest.fixture
def memory() -> Iterator[str]:
    yield "memory://run"
    fsspec.filesystem("memory").rm("/run", recursive=True)


def fetched(address: str, folder: Path) -> Path:
    """Copy all that is at an address into a folder."""
    system, root = fsspec.core.url_to_fs(address)
    for name in system.find(root):
        place = folder / name.removeprefix(root).lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(system.cat_file(name))
    return folder


# ---- a place that fsspec knows -------------------------------------------------------------


def test_a_run_to_a_remote_place_is_the_run_to_a_folder(memory: str, tmp_path: Path) -> None:
    for target in (target_at(memory), target_at(tmp_path / "here")):
        plan = planned(by="school")
        done = run(plan, target, SETTINGS, SerialEngine())
        merged = merge(plan, done.files, target, SETTINGS)
        write_index(done.files, merged, target, SETTINGS)
        write_zip([printed.file for printed in done.files], target)

    there = fetched(memory, tmp_path / "there")
    assert contents(there) == contents(tmp_path / "here")
    names = [
        sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
        for folder in (there, tmp_path / "here")
    ]
    assert names[0] == names[1]
    for name in ("index.csv", "index.html"):
        assert (there / name).read_bytes() == (tmp_path / "here" / name).read_bytes()


def test_a_remote_run_goes_on_and_prints_what_changed(memory: str) -> None:
    target = target_at(memory)
    system = fsspec.filesystem("memory")
    run(planned(), target, SETTINGS, SerialEngine())
    system.rm_file("/run/person-one_e-0.pdf")
    system.pipe_file("/run/person-two_e-1.pdf", b"%PDF-half")
    system.pipe_file("/run/.person-three_e-2.pdf.77.draft", b"%PDF-ha")

    again = run(planned(), target, SETTINGS, SerialEngine())

    assert (again.done, again.skipped) == (2, 2)
    assert not [name for name in system.find("/run") if name.endswith(".draft")]
    tomorrow = SETTINGS.made_on.replace(month=12)
    assert first_day(target, tomorrow) == SETTINGS.made_on


def test_what_only_one_process_can_see_is_refused_to_several(memory: str) -> None:
    with pytest.raises(RenderError, match=r"memory of one process.*serial engine"):
        run(planned(), target_at(memory), SETTINGS, LocalEngine(processes=2))


class Stumbling(fsspec.AbstractFileSystem):  # type: ignore[misc]
    """Memory behind a connection that breaks at every third file."""

    protocol = "stumbling"
    cachable = False
    files = fsspec.filesystem("memory")
    opened = 0
    breaks_at = 3

    def _open(self, path: str, mode: str = "rb", **options: Any) -> Any:
        del options
        if mode == "wb" and path.endswith(".draft") and "sqlite" not in path:
            type(self).opened += 1
            if self.opened % self.breaks_at == 0:
                raise EOFError("the connection was reset")
        return self.files.open(path, mode)

    def __getattribute__(self, name: str) -> Any:
        if name in {"makedirs", "exists", "find", "cat_file", "rm_file", "mv"}:
            return getattr(Stumbling.files, name)
        return super().__getattribute__(name)


@pytest.fixture
def stumbling(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    fsspec.register_implementation("stumbling", Stumbling, clobber=True)
    monkeypatch.setattr(Stumbling, "opened", 0)
    yield "stumbling://run"
    Stumbling.files.rm("/run", recursive=True)


def test_a_report_is_put_there_again_when_the_connection_broke(stumbling: str) -> None:
    summary = run(planned(), target_at(stumbling), SETTINGS, SerialEngine())
    assert (summary.done, summary.failed) == (4, ())


def test_a_report_that_never_arrives_fails_alone(
    stumbling: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Stumbling, "breaks_at", 1)
    summary = run(planned(), target_at(stumbling), SETTINGS, SerialEngine())
    assert len(summary.failed) == 4
    assert "cannot be written: the connection was reset; see to it" in summary.failed[0].error


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("nowhere://x", "'nowhere://x/.icmaps-print.sqlite' cannot be .*protocol not known"),
        ("ftp://127.0.0.1:9/x", "cannot be looked for: connection refused"),
    ],
)
def test_a_place_that_is_not_there_is_told(address: str, message: str) -> None:
    with pytest.raises(RenderError, match=message):
        first_day(target_at(address), SETTINGS.made_on)


def test_an_address_of_this_machine_is_a_folder(tmp_path: Path) -> None:
    assert target_at(f"file://{tmp_path}") == target_at(tmp_path)


# ---- a server ------------------------------------------------------------------------------


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """An FTP server of this machine, and its folder."""
    folder = tmp_path / "server"
    folder.mkdir()
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    user = aioftp.User("lead", "secret", base_path=folder)
    running = aioftp.Server([user])
    asyncio.run_coroutine_threadsafe(running.start("127.0.0.1", 0), loop).result(10)
    yield f"ftp://lead:secret@127.0.0.1:{running.server_port}/run", folder / "run"
    asyncio.run_coroutine_threadsafe(running.close(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


@pytest.mark.slow
def test_two_processes_print_to_a_server(server: tuple[str, Path], tmp_path: Path) -> None:
    address, folder = server
    run(planned(), target_at(tmp_path / "here"), SETTINGS, SerialEngine())
    (tmp_path / "people").mkdir()
    for number, assessment in enumerate(staff()):
        file = tmp_path / "people" / f"{number}.json"
        file.write_text(json.dumps(assessment.as_file()))
    target = target_at(address)

    summary = run(planned(), target, SETTINGS, LocalEngine(processes=2))

    assert (summary.done, summary.failed) == (4, ())
    assert contents(folder) == contents(tmp_path / "here")
    assert run(planned(), target, SETTINGS, LocalEngine(processes=2)).skipped == 4
    assert not list(folder.rglob("*.draft"))


# ---- a disk that is full -------------------------------------------------------------------


def test_a_full_disk_ends_the_run_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, left = os.fsync, [3]

    def fsync(file: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(ENOSPC, os.strerror(ENOSPC))
        real(file)

    monkeypatch.setattr("os.fsync", fsync)
    with pytest.raises(
        RenderError, match=r"no space left.*3 of 4 reports are there and whole; make"
    ):
        run(planned(), target_at(tmp_path), SETTINGS, SerialEngine())
    monkeypatch.undo()

    assert len(contents(tmp_path)) == 3
    assert not list(tmp_path.rglob("*.draft"))
    assert run(planned(), target_at(tmp_path), SETTINGS, SerialEngine()).done == 1


@pytest.mark.slow
def test_a_run_on_a_disk_too_small_goes_on_when_it_has_grown(tmp_path: Path) -> None:
    (tmp_path / "people").mkdir()
    (tmp_path / "disk").mkdir()
    for number, assessment in enumerate(staff(12)):
        file = tmp_path / "people" / f"{number}.json"
        file.write_text(json.dumps(assessment.as_file()))
    printing = f"'{sys.executable}' -m icmaps print people -o disk --processes 2"
    script = f"""
        mount -t tmpfs -o size=300k none disk || exit 99
        {printing}; echo "exit $?"
        cp -r disk small
        mount -o remount,size=20m disk
        {printing}; echo "exit $?"
        cp -r disk grown
    """
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode == 99 or "unshare" in done.stderr:
        pytest.skip("this machine lets nobody make a small disk")
    assert "exit 1" in done.stdout
    assert "make room, and give the same command again" in done.stderr
    assert done.stdout.rstrip().endswith("exit 0"), done.stderr
    first, whole = contents(tmp_path / "small"), contents(tmp_path / "grown")
    assert 0 < len(first) < 12
    assert len(whole) == 12
    assert first.items() <= whole.items()
    run(planned(*staff(12)), target_at(tmp_path / "ref"), replace_day(tmp_path), SerialEngine())
    assert contents(tmp_path / "ref") == whole


def replace_day(folder: Path) -> Any:
    """Return the settings of the run that `icmaps print` made there."""
    return replace(SETTINGS, made_on=first_day(target_at(folder / "grown"), SETTINGS.made_on))


# ---- what is in the folder -----------------------------------------------------------------


def test_a_manifest_of_another_version_is_begun_again(tmp_path: Path) -> None:
    run(planned(), target_at(tmp_path), SETTINGS, SerialEngine())
    with sqlite3.connect(tmp_path / ".icmaps-print.sqlite") as manifest:
        manifest.execute("pragma user_version = 77")
    assert run(planned(), target_at(tmp_path), SETTINGS, SerialEngine()).done == 4
    assert run(planned(), target_at(tmp_path), SETTINGS, SerialEngine()).skipped == 4


def test_a_name_that_went_to_somebody_else_is_not_deleted(tmp_path: Path) -> None:
    """One report of two is made, and the run killed, after a name has changed hands."""
    target = target_at(tmp_path)
    run(planned(only=("E-0",)), target, SETTINGS, SerialEngine())
    one, other = {"id": "E-0", "name": "Zoe"}, {"id": "e 0", "name": "Person One"}
    people = [changed(staff()[0], respondent=who) for who in (one, other)]
    both = planned(*people)
    assert [job.file for job in both.jobs] == ["person-one_e-0.pdf", "zoe_e-0.pdf"]
    run(replace(both, jobs=both.jobs[:1]), target, SETTINGS, SerialEngine())

    run(both, target, SETTINGS, SerialEngine())

    assert list(contents(tmp_path)) == ["person-one_e-0.pdf", "zoe_e-0.pdf"]


def test_what_is_there_and_how_long_a_report_takes_is_told_first(tmp_path: Path) -> None:
    told: list[tuple[int, float | None]] = []
    for _ in range(2):
        run(
            planned(), target_at(tmp_path), SETTINGS, SerialEngine(),
            begin=lambda *numbers: told.append(numbers),
        )  # fmt: skip
    assert told[0] == (0, None)
    there, seconds = told[1]
    assert there == 4
    assert seconds is not None
    assert 0.01 < seconds < 30


def test_drafts_of_a_run_that_was_killed_are_swept_away(tmp_path: Path) -> None:
    shutil.copytree(Path(__file__).parent, tmp_path / "school-a")
    (tmp_path / "school-a" / ".person.pdf.77.draft").write_bytes(b"%PDF-ha")
    run(planned(), target_at(tmp_path), SETTINGS, SerialEngine())
    assert not list(tmp_path.rglob("*.draft"))
    assert (tmp_path / "school-a" / "made.py").exists()
