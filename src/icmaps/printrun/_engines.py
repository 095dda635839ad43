"""Who makes the reports: this process, several of this machine, or a cluster; one interface.

Every report has a time limit and a memory limit, so that one bad report is lost and no other.
Where the workers are processes of ours, they are started afresh (one that has loaded Pango may not
be forked), and replaced now and then.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from threading import Timer
from typing import TYPE_CHECKING, Any, Final, Protocol

from icmaps.errors import RenderError
from icmaps.printrun._job import Job, Outcome, Settings, make
from icmaps.printrun._target import Target

if TYPE_CHECKING:
    from distributed import Client

REPORTS_A_WORKER: Final = 1_000
_MOST_POOLS: Final = 4
_GRACE: Final = 10  # seconds that starting and stopping may take on top
_PATIENCE: Final = 30  # seconds to wait for the first worker of a cluster
_WINDOW: Final = 4  # reports handed out for each worker; the rest wait here, not in its pipe


class Engine(Protocol):
    """Makes reports; every job gets one outcome, in any order."""

    def outcomes(
        self, jobs: Sequence[Job], target: Target, settings: Settings
    ) -> Iterator[Outcome]:
        """Yield what became of each job."""
        ...


@dataclass(frozen=True, slots=True)
class SerialEngine:
    """Makes one report after the other in this process, however long one takes."""

    def outcomes(
        self, jobs: Sequence[Job], target: Target, settings: Settings
    ) -> Iterator[Outcome]:
        """Yield what became of each job."""
        for job in jobs:
            yield make(job, target, settings)


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

    def outcomes(
        self, jobs: Sequence[Job], target: Target, settings: Settings
    ) -> Iterator[Outcome]:
        """Yield what became of each job.

        Raises:
            RenderError: If the workers could not see the target.
        """
        _refuse_unshared(target)
        waiting = deque(jobs)
        pools = 0
        while waiting:
            pools += 1
            if pools > _MOST_POOLS:
                yield from (_lost(job, "its processes stood still") for job in waiting)
                return
            yield from self._from_one_pool(waiting, target, settings)

    def _from_one_pool(
        self, waiting: deque[Job], target: Target, settings: Settings
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
                        make, args=[job, target, settings], timeout=self.seconds
                    )
                    running[future] = job
                done, _ = wait(running, self.seconds + _GRACE, FIRST_COMPLETED)
                if not done:
                    waiting.extendleft(running.values())
                    return
                for ended in done:
                    yield _outcome(ended, running.pop(ended), self._why)
        finally:
            pool.stop()
            pool.join(_GRACE)

    def _why(self, error: BaseException) -> str:
        from pebble import ProcessExpired

        if isinstance(error, TimeoutError):
            return f"it took longer than {self.seconds:g} s"
        if isinstance(error, ProcessExpired):
            return f"its process ended (code {error.exitcode})"
        return str(error) or type(error).__name__


@dataclass(frozen=True, slots=True)
class DaskEngine:
    """Makes reports on the workers of a Dask cluster.

    All workers have this version of icmaps, and see the target and the maps under the same names.
    A report that takes too long ends its worker, so workers are processes of one thread with a
    nanny, as `dask worker --nthreads 1` makes them: the nanny starts the next one, and keeps the
    memory limit. A report that has ended several workers is given up.

    Attributes:
        client: Connected to the cluster.
        seconds: The longest a report may take.
    """

    client: "Client"
    seconds: float = 60

    def outcomes(
        self, jobs: Sequence[Job], target: Target, settings: Settings
    ) -> Iterator[Outcome]:
        """Yield what became of each job.

        Raises:
            RenderError: If the workers could not see the target, or there is none.
        """
        from distributed import as_completed

        _refuse_unshared(target)
        try:  # all may have ended just now, and be started again
            self.client.wait_for_workers(1, _PATIENCE)
        except TimeoutError:
            raise RenderError(
                "the cluster has no workers; start some, as with `dask worker`"
            ) from None
        waiting = deque(jobs)
        running: dict[Any, Job] = {}

        def hand_out() -> Iterator[Any]:
            most = _WINDOW * max(1, len(self.client.nthreads()))  # workers come and go
            while waiting and len(running) < most:
                job = waiting.popleft()
                future = self.client.submit(
                    _make_in_time, job, target, settings, self.seconds, pure=False
                )
                running[future] = job
                yield future

        ended = as_completed(hand_out())
        try:
            for future in ended:
                yield _outcome(future, running.pop(future), _why_on_cluster)
                for more in hand_out():
                    ended.add(more)
        finally:
            self.client.cancel(list(running))


def _make_in_time(job: Job, target: Target, settings: Settings, seconds: float) -> Outcome:
    """Make a report on a worker; end the worker if it takes too long.

    A thread cannot be stopped from outside, and signals reach the main thread only.
    """
    end = Timer(seconds, os._exit, [1])
    end.daemon = True
    end.start()
    try:
        return make(job, target, settings)
    finally:
        end.cancel()


def _why_on_cluster(error: BaseException) -> str:
    from distributed import KilledWorker

    if isinstance(error, KilledWorker):
        return "each worker that took it ended: it took too long, or too much memory"
    return str(error) or type(error).__name__


def _outcome(future: Any, job: Job, why: Callable[[BaseException], str]) -> Outcome:
    error = future.exception()
    if error is not None:
        return _lost(job, why(error))
    outcome: Outcome = future.result()
    return outcome


def _lost(job: Job, error: str) -> Outcome:
    return Outcome(job.key, 0, error=error, again=True)


def _refuse_unshared(target: Target) -> None:
    if not target.is_shared:
        raise RenderError(
            f"{target} is in the memory of one process, and others would print into their own; "
            "print with the serial engine"
        )


def _limit(megabytes: int) -> None:
    """Give a worker its memory limit where the system has one."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    limit = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
