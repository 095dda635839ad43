"""Who makes the reports: this process, or several of this machine; one interface.

Workers of the local engine are started afresh (a process that has loaded Pango may not be forked),
are replaced after some reports because memory grows a little with each, and have a time and a
memory limit for every report, so that one bad report is lost and no other.
"""

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from typing import Final, Protocol

from icmaps.printrun._job import Job, Outcome, Settings, make

REPORTS_A_WORKER: Final = 200
_MOST_POOLS: Final = 4
_GRACE: Final = 10  # seconds that starting and stopping may take on top
_WINDOW: Final = 4  # reports handed out for each worker; the rest wait here, not in its pipe


class Engine(Protocol):
    """Makes reports; every job gets one outcome, in any order."""

    def outcomes(self, jobs: Sequence[Job], folder: str, settings: Settings) -> Iterator[Outcome]:
        """Yield what became of each job."""
        ...


@dataclass(frozen=True, slots=True)
class SerialEngine:
    """Makes one report after the other in this process."""

    def outcomes(self, jobs: Sequence[Job], folder: str, settings: Settings) -> Iterator[Outcome]:
        """Yield what became of each job."""
        for job in jobs:
            yield make(job, folder, settings)


@dataclass(frozen=True, slots=True)
class LocalEngine:
    """Makes reports in several processes of this machine.

    Attributes:
        processes: How many.
        seconds: The longest a report may take.
        megabytes: The most memory a worker may have.
    """

    processes: int = os.cpu_count() or 1
    seconds: float = 30
    megabytes: int = 4096

    def outcomes(self, jobs: Sequence[Job], folder: str, settings: Settings) -> Iterator[Outcome]:
        """Yield what became of each job."""
        waiting = deque(jobs)
        pools = 0
        while waiting:
            pools += 1
            if pools > _MOST_POOLS:
                yield from (self._lost(job, "its processes stood still") for job in waiting)
                return
            yield from self._from_one_pool(waiting, folder, settings)

    def _from_one_pool(
        self, waiting: deque[Job], folder: str, settings: Settings
    ) -> Iterator[Outcome]:
        """Yield outcomes until all jobs have one, or the pool stands still; what is left waits.

        A worker that is killed while it reads takes the lock of the pipe with it, and the others
        wait for ever. Nothing may take longer than a report may, so then the pool is given up.
        """
        import multiprocessing

        from pebble import ProcessPool

        running: dict[Future[Outcome], Job] = {}
        pool = ProcessPool(
            max_workers=self.processes,
            max_tasks=REPORTS_A_WORKER,
            initializer=_limit,
            initargs=(self.megabytes,),
            context=multiprocessing.get_context("spawn"),
        )
        try:
            while waiting or running:
                while waiting and len(running) < _WINDOW * self.processes:
                    job = waiting.popleft()
                    future: Future[Outcome] = pool.schedule(
                        make, args=[job, folder, settings], timeout=self.seconds
                    )
                    running[future] = job
                done, _ = wait(running, self.seconds + _GRACE, FIRST_COMPLETED)
                if not done:
                    waiting.extendleft(running.values())
                    return
                for ended in done:
                    yield self._outcome(ended, running.pop(ended))
        finally:
            pool.stop()  # type: ignore[no-untyped-call]
            pool.join(_GRACE)

    def _outcome(self, future: Future[Outcome], job: Job) -> Outcome:
        from pebble import ProcessExpired

        try:
            return future.result()
        except TimeoutError:
            return self._lost(job, f"it took longer than {self.seconds:g} s")
        except ProcessExpired as error:
            return self._lost(job, f"its process ended (code {error.exitcode})")
        except (RuntimeError, OSError) as error:  # the pool itself is broken
            return self._lost(job, str(error) or type(error).__name__)

    def _lost(self, job: Job, error: str) -> Outcome:
        return Outcome(job.key, 0, "", self.seconds, error, again=True)


def _limit(megabytes: int) -> None:
    """Give a worker its memory limit where the system has one."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    limit = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
