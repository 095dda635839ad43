"""A Dask cluster of two worker processes, for tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from distributed import Client


@contextmanager
def two_workers() -> Iterator["Client"]:
    """Yield a client of a cluster that nobody else can reach."""
    from distributed import Client, LocalCluster  # noqa: PLC0415 - loads for a second

    with (
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
