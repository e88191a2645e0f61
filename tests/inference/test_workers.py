"""Worker processes: everything done once, errors and interruptions passed on."""

import os
import time

import pytest

from salespipe.errors import ConvergenceError
from salespipe.inference import workers


def _square_and_process(number):
    return number**2, os.getpid()


def _refuse_two(number):
    if number == 2:
        raise ConvergenceError("Two is not done.")
    return number


def _wait_in_a_worker(parent):
    if os.getpid() != parent:
        time.sleep(60)
    return parent


@pytest.fixture
def two_cores(monkeypatch):
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "2")
    if workers.cores() < 2:
        pytest.skip("this machine has one core")
    yield
    workers.stop()


def _all(function, tasks):
    return dict(workers.run_each(function, tasks))


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_on_one_core_all_is_done_here_in_order(monkeypatch, count):
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "1")
    found = list(workers.run_each(_square_and_process, range(count)))
    assert found == [(place, (place**2, os.getpid())) for place in range(count)]


@pytest.mark.slow
def test_on_two_cores_every_task_is_done_once_the_first_one_here(two_cores):
    found = _all(_square_and_process, range(1, 20))
    assert {place: square for place, (square, _) in found.items()} == {
        place: (place + 1) ** 2 for place in range(19)
    }
    assert found[0][1] == os.getpid()


@pytest.mark.slow
@pytest.mark.parametrize("tasks", [(2, 1, 3), (1, 2, 3), (1, 3, 2)])
def test_an_error_anywhere_is_the_caller_s(two_cores, tasks):
    with pytest.raises(ConvergenceError, match="Two is not done"):
        _all(_refuse_two, tasks)
    # And the next work is done.
    assert _all(_square_and_process, (3, 4)).keys() == {0, 1}


@pytest.mark.slow
def test_whoever_stops_does_not_wait(two_cores):
    begin = time.perf_counter()
    for place, _ in workers.run_each(_wait_in_a_worker, [os.getpid()] * 2):
        assert place == 0
        break
    assert time.perf_counter() - begin < 30


@pytest.mark.slow
def test_loading_ahead_is_no_work_of_its_own(two_cores):
    workers.begin_loading()
    assert _all(_square_and_process, (3, 4)).keys() == {0, 1}
