"""A Dask cluster of two worker processes, for tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import dask

if TYPE_CHECKING:
    from distributed import Client


@contextmanager
def two_workers(allowed_failures: int = 3) -> Iterator["Client"]:
    """Yield a client of a cluster that nobody else can reach.

    A task that ended more workers than the allowed is given up.
    """
    # Loads for a second, and must load before the setting, which else takes all others along.
    from distributed import Client, LocalCluster  # noqa: PLC0415

    with (
        dask.config.set({"distributed.scheduler.allowed-failures": allowed_failures}),
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
        ) as cluster,
        Client(cluster) as connected,
    ):
        yield connected
