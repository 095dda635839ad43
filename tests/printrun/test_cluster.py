"""Print runs on a Dask cluster: a real scheduler, two worker processes, one killed on the way."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from clusters import two_workers
from icmaps.errors import RenderError
from icmaps.printrun import DaskEngine, SerialEngine, run, target_at
from printrun.made import SETTINGS, contents, planned, staff, wait_for

if TYPE_CHECKING:
    from distributed import Client

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("default"),  # of Dask's own threads and sockets
]


@pytest.fixture(scope="module")
def client() -> Iterator["Client"]:
    with two_workers(allowed_failures=0) as connected:
        yield connected


def test_two_workers_make_the_same_files_as_one_process(tmp_path: Path, client: "Client") -> None:
    run(planned(), target_at(tmp_path / "one"), SETTINGS, SerialEngine())

    made = run(planned(), target_at(tmp_path / "two"), SETTINGS, DaskEngine(client))

    assert (made.done, made.failed) == (4, ())
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert len(set(client.run(os.getpid).values()) | {os.getpid()}) == 3
    assert run(planned(), target_at(tmp_path / "two"), SETTINGS, DaskEngine(client)).skipped == 4


def test_a_worker_killed_on_the_way_changes_nothing(tmp_path: Path, client: "Client") -> None:
    people = staff(24)
    out = tmp_path / "out"
    victim = next(iter(client.run(os.getpid).values()))
    killed: list[int] = []

    def kill() -> None:
        wait_for(lambda: len(list(out.rglob("*.pdf"))) >= 3)
        killed.append(len(list(out.rglob("*.pdf"))))
        os.kill(victim, signal.SIGKILL)

    killer = Thread(target=kill)
    killer.start()
    made = run(planned(*people), target_at(out), SETTINGS, DaskEngine(client))
    killer.join()

    assert killed[0] < 24, "it was killed after the last report"
    assert victim not in client.run(os.getpid).values()
    assert (made.done, made.failed) == (24, ())
    run(planned(*people), target_at(tmp_path / "one"), SETTINGS, SerialEngine())
    assert contents(out) == contents(tmp_path / "one")
    assert not list(out.rglob("*.draft"))


def test_a_report_that_takes_too_long_ends_its_worker_and_fails_alone(
    tmp_path: Path, client: "Client"
) -> None:
    before = set(client.run(os.getpid).values())
    slow = run(
        planned(only=("E-0",)), target_at(tmp_path), SETTINGS, DaskEngine(client, seconds=0.001)
    )
    assert [failure.respondent for failure in slow.failed] == ["E-0"]
    assert "each worker that took it ended" in slow.failed[0].error
    client.wait_for_workers(2, 60)
    assert set(client.run(os.getpid).values()) != before

    assert run(planned(), target_at(tmp_path), SETTINGS, DaskEngine(client)).done == 4


def test_the_command_prints_on_a_cluster(tmp_path: Path, client: "Client") -> None:
    address = client.scheduler_info()["address"]
    command = [sys.executable, "-m", "icmaps", "print", "examples", "-o", str(tmp_path)]
    printed = subprocess.run(
        [*command, "--engine", "dask", "--scheduler", address, "--only", "E-1042"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert printed.returncode == 0, printed.stderr
    assert "1 made, 0 there already" in printed.stdout
    assert len(contents(tmp_path)) == 1


def test_a_cluster_without_workers_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from distributed import Client, LocalCluster  # noqa: PLC0415

    monkeypatch.setattr("icmaps.printrun._engines._PATIENCE", 0.1)
    with (
        LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address="127.0.0.1:0") as cluster,
        Client(cluster) as alone,
        pytest.raises(RenderError, match="no workers; start some"),
    ):
        run(planned(), target_at(tmp_path), SETTINGS, DaskEngine(alone))


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--engine", "dask"], 2, "go together"),
        (["--scheduler", "tcp://127.0.0.1:9"], 2, "go together"),
        (["--engine", "dask", "--scheduler", "tcp://127.0.0.1:9"], 1, "no Dask scheduler at"),
        (["--engine", "dask", "--scheduler", "here"], 1, "no Dask scheduler at"),
    ],
)
def test_a_scheduler_that_is_not_there_is_told(
    options: list[str], code: int, message: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "icmaps", "print", "examples", "-o", str(tmp_path / "out")]
    printed = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    assert printed.returncode == code
    assert message in " ".join(printed.stderr.split())
    assert "Traceback" not in printed.stderr
