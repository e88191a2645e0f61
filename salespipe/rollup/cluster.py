"""A Dask cluster as the place where the work is done.

Whatever happens to the cluster, the work ends: a task whose worker died is begun again on another,
and what is left when the scheduler is gone is done in this process.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, Final

from salespipe.errors import ClusterError
from salespipe.rollup.engine import Done, Embedded, attempt

__all__ = ["Cluster"]

PATIENCE: Final = "10s"
"""How long a scheduler that does not answer is waited for."""


class Cluster:
    """Does everything on the workers of a Dask scheduler.

    Parameters
    ----------
    address : str
        Of the scheduler, such as ``tcp://10.0.0.5:8786``.
    tell : callable
        Told when the scheduler is lost.

    Raises
    ------
    ClusterError
        Dask is not installed, or nobody answers at the address.
    """

    def __init__(self, address: str, *, tell: Callable[[str], None]) -> None:
        try:
            from distributed import Client  # noqa: PLC0415 (an extra)
        except ImportError:
            raise ClusterError(
                "--scheduler needs Dask; install it with `pip install salespipe[cluster]`."
            ) from None
        self.tell, self.lost = tell, False
        try:
            # The lost scheduler is not waited for: the rest is done here.
            self.client: Any = Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ClusterError(
                f'No Dask scheduler answers at "{address}" ({error}); start one with '
                "`dask scheduler` and give its address."
            ) from None

    @property
    def workers(self) -> int:
        """How many workers there are now."""
        with suppress(Exception):
            return len(self.client.scheduler_info()["workers"])
        return 0

    def close(self) -> None:
        """Let go of the cluster; it goes on for others."""
        with suppress(Exception):
            self.client.close(timeout=2)

    def run_each[Task, Result, Shared](
        self,
        function: Callable[[Task, Shared], Result],
        tasks: Sequence[Task],
        shared: Shared,
    ) -> Iterator[Done[Result]]:
        """Apply a function to every task on the workers, and here what they cannot do."""
        left = set(range(len(tasks)))
        try:
            for done in self._on_workers(function, tasks, shared) if not self.lost else ():
                left.discard(done.place)
                yield done
        except _lost() as error:
            # What comes later does not wait for it again.
            self.lost = True
            self.tell(
                f"The scheduler is lost ({type(error).__name__}); {len(left)} of {len(tasks)} "
                "tasks are done here"
            )
        rest = sorted(left)
        for done in Embedded().run_each(function, [tasks[place] for place in rest], shared):
            yield Done(rest[done.place], done.result, done.failure)

    def _on_workers[Task, Result, Shared](
        self,
        function: Callable[[Task, Shared], Result],
        tasks: Sequence[Task],
        shared: Shared,
    ) -> Iterator[Done[Result]]:
        from distributed import as_completed  # noqa: PLC0415 (an extra)

        # On all workers: what lies on one alone would be lost with it.
        sent = self.client.scatter(shared, broadcast=True, hash=False)
        futures = [
            self.client.submit(attempt, function, place, task, sent, pure=False)
            for place, task in enumerate(tasks)
        ]
        places = {future.key: place for place, future in enumerate(futures)}
        for future in as_completed(futures, loop=self.client.loop):
            if future.status == "cancelled":
                raise ConnectionError("the scheduler dropped its tasks")
            error = future.exception() if future.status == "error" else None
            yield Done(places[future.key], failure=_died(error)) if error else future.result()


def _died(error: BaseException) -> str:
    """Say that Dask gave up on a task over which workers died (its `allowed-failures`, 3)."""
    return f"Several workers died over it ({type(error).__name__}); run it alone to see why."


def _lost() -> tuple[type[BaseException], ...]:
    """Give what is raised when the scheduler has gone."""
    from asyncio import CancelledError  # noqa: PLC0415
    from concurrent.futures import CancelledError as Dropped  # noqa: PLC0415

    from distributed.client import FutureCancelledError  # noqa: PLC0415
    from distributed.comm import CommClosedError  # noqa: PLC0415

    return (OSError, TimeoutError, CommClosedError, CancelledError, Dropped, FutureCancelledError)
