"""Where the work on many workbooks is done: in this process, or on a cluster."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from salespipe.errors import SalespipeError

__all__ = ["Done", "Embedded", "Engine", "attempt"]


@dataclass(frozen=True)
class Done[Result]:
    """What became of one task.

    Attributes
    ----------
    place : int
        Of the task among those given.
    result : object or None
        None if it failed.
    failure : str
        Why, in one sentence; empty if it did not.
    """

    place: int
    result: Result | None = None
    failure: str = ""


class Engine(Protocol):
    """Does the same to many things, wherever it does it.

    Tasks go in and results come out as plain values; what is large lies in files that all who work
    can see. A task may be done twice, on another machine, after the first died over it: it must
    give the same both times.
    """

    def run_each[Task, Result, Shared](
        self,
        function: Callable[[Task, Shared], Result],
        tasks: Sequence[Task],
        shared: Shared,
    ) -> Iterator[Done[Result]]:
        """Apply a function of a module to every task; give each one's end as soon as it is there.

        Parameters
        ----------
        function : callable
            Takes a task and what all tasks share.
        tasks : sequence
        shared : object
            Sent to each worker once.
        """
        ...


class Embedded:
    """Does everything in this process, one thing after another."""

    def run_each[Task, Result, Shared](
        self,
        function: Callable[[Task, Shared], Result],
        tasks: Sequence[Task],
        shared: Shared,
    ) -> Iterator[Done[Result]]:
        """Apply a function to every task."""
        for place, task in enumerate(tasks):
            yield attempt(function, place, task, shared)


def attempt[Task, Result, Shared](
    function: Callable[[Task, Shared], Result], place: int, task: Task, shared: Shared
) -> Done[Result]:
    """Do one task; what salespipe refuses is a failure of this task alone."""
    try:
        return Done(place, function(task, shared))
    except SalespipeError as error:
        return Done(place, failure=str(error))
    except Exception as error:
        return Done(place, failure=f"It could not be worked on ({type(error).__name__}: {error}).")
