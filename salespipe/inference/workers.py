"""Worker processes beside this one: models are compiled and sampled side by side, one per core.

Compiling holds Python's lock, so threads would wait for each other.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Final

from loky import cpu_count, get_reusable_executor, process_executor

__all__ = ["begin_loading", "cores", "run_each", "stop"]

MOST: Final = 4
"""Workers at the most: one for each of a forecast's five models, this process doing one."""

IDLE_SECONDS: Final = 120
"""How long workers wait for more: for a backtest's next date, or a notebook's next cell."""


def cores() -> int:
    """Give the number of cores to use; ``LOKY_MAX_CPU_COUNT`` in the environment sets a limit."""
    return int(cpu_count())


def begin_loading() -> None:
    """Have the workers load the models' libraries while this process does other things."""
    if cores() > 1:
        executor = _executor()
        for _ in range(_others()):
            executor.submit(_load)


def stop() -> None:
    """Stop the workers, whatever they are doing."""
    if cores() > 1:
        _executor().shutdown(wait=True, kill_workers=True)


def run_each[Task, Result](
    function: Callable[[Task], Result], tasks: Sequence[Task]
) -> Iterator[tuple[int, Result]]:
    """Apply a function to every task; give each one's place and result as soon as it is there.

    Parameters
    ----------
    function : callable
        Of a module, so that a worker finds it.
    tasks : sequence
        The longest first: they are begun in order, the first one in this process.
    """
    work: _Work[Task, Result] = _Work(tasks)
    first = work.take()
    others = min(_others(), len(tasks) - 1)
    for _ in range(others):
        # Each thread waits for one worker: queued there, a task could not be done here instead.
        Thread(target=work.do_all, args=(_in_worker(function),), daemon=True).start()
    try:
        if first is not None:
            work.do(function, *first)
        for _ in tasks:
            if work.done.empty() and (task := work.take()) is not None:
                work.do(function, *task)
            place, future = work.done.get()
            yield place, future.result()
    except BaseException:
        # Whoever stops the work does not wait for what was begun.
        work.drop()
        if others:
            stop()
        raise


class _Work[Task, Result]:
    """Tasks waiting, and what became of them: shared by this process's threads."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self.waiting: SimpleQueue[tuple[int, Task]] = SimpleQueue()
        self.done: SimpleQueue[tuple[int, Future[Result]]] = SimpleQueue()
        for item in enumerate(tasks):
            self.waiting.put(item)

    def take(self) -> tuple[int, Task] | None:
        """Take the next task; None if there is none."""
        try:
            return self.waiting.get_nowait()
        except Empty:
            return None

    def drop(self) -> None:
        """Let nothing more be begun."""
        while self.take() is not None:
            pass

    def do(self, call: Callable[[Task], Result], place: int, task: Task) -> None:
        """Do one task, and keep its result or its error."""
        future: Future[Result] = Future()
        try:
            future.set_result(call(task))
        except BaseException as error:
            future.set_exception(error)
        self.done.put((place, future))

    def do_all(self, call: Callable[[Task], Result]) -> None:
        """Do tasks until there are no more."""
        while (item := self.take()) is not None:
            self.do(call, *item)


def _in_worker[Task, Result](function: Callable[[Task], Result]) -> Callable[[Task], Result]:
    executor = _executor()

    def call(task: Task) -> Result:
        result: Result = executor.submit(function, task).result()
        return result

    return call


def _others() -> int:
    return min(MOST, cores() - 1)


def _executor() -> Any:  # noqa: ANN401 (loky has no types)
    return get_reusable_executor(
        max_workers=_others(), timeout=IDLE_SECONDS, initializer=_allow_growth
    )


def _allow_growth() -> None:
    """Keep a worker that has grown: what compilers keep is no leak, and to begin anew is slow."""
    process_executor._MAX_MEMORY_LEAK_SIZE = sys.maxsize


def _load() -> None:
    from salespipe.inference import compiled, fit  # noqa: F401, PLC0415 (seconds, in a worker)

    compiled.load_sampler()
