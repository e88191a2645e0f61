"""Rollups on a real Dask cluster: separate scheduler and worker processes, some of which die."""

import os
import time

import pytest
from dask_programs import programs

from salespipe.errors import ClusterError
from salespipe.rollup.cluster import Cluster


@pytest.fixture(name="programs")
def _programs(tmp_path):
    with programs(tmp_path / "dask") as there:
        yield there


def slow_square(task, shared):
    """Leave a sign that it was begun, and wait until whoever is to die has died."""
    number, folder = task
    (folder / f"begun-{number}-{os.getpid()}").touch()
    time.sleep(0.3)
    return number * number + shared


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_dead_worker_changes_no_number(programs, tmp_path):
    programs.add_worker()
    programs.add_worker()
    cluster = Cluster(programs.address, tell=lambda _: None)
    assert cluster.workers == 2
    tasks = [(number, tmp_path) for number in range(8)]
    found = {}
    for done in cluster.run_each(slow_square, tasks, 1):
        if not found:
            programs.workers[0].kill()
        found[done.place] = done
    assert {place: done.result for place, done in found.items()} == {
        place: place * place + 1 for place in range(8)
    }
    assert all(done.failure == "" for done in found.values())
    begun = [path.name.split("-")[1] for path in tmp_path.glob("begun-*")]
    assert len(begun) > 8  # what died with its worker was begun again
    cluster.close()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_without_its_scheduler_the_rest_is_done_here(programs, tmp_path):
    programs.add_worker()
    told = []
    cluster = Cluster(programs.address, tell=told.append)
    tasks = [(number, tmp_path) for number in range(6)]
    found = {}
    for done in cluster.run_each(slow_square, tasks, 0):
        if not found:
            programs.scheduler.kill()
        found[done.place] = done.result
    assert found == {place: place * place for place in range(6)}
    assert "The scheduler is lost" in told[0]
    assert any(path.name.endswith(f"-{os.getpid()}") for path in tmp_path.glob("begun-*"))
    # The next step is done here as well, without waiting for anybody.
    again = {done.place: done.result for done in cluster.run_each(slow_square, tasks[:1], 5)}
    assert again == {0: 5}
    cluster.close()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_the_cluster_gives_what_this_process_gives(programs, roll, monkeypatch, tmp_path):
    import numpy as np

    programs.add_worker()
    programs.add_worker()
    alone = roll(output=tmp_path / "alone")
    monkeypatch.undo()
    from tests.rollup.conftest import made_up_fit

    monkeypatch.setattr("salespipe.rollup.run.fit", made_up_fit)
    cluster = Cluster(programs.address, tell=lambda _: None)
    begun = []

    def tell(text):
        if text.startswith("Simulating: 1") and not begun:
            begun.append(programs.workers[0].kill())

    there = roll(output=tmp_path / "there", engine=cluster, work=tmp_path / "work", progress=tell)
    cluster.close()
    assert begun
    assert there.failures == {}
    np.testing.assert_array_equal(there.forecast.draws, alone.forecast.draws)
    assert len(list((tmp_path / "there").glob("*.xlsx"))) == 3


def test_nobody_at_the_address_is_said_in_one_sentence(monkeypatch):
    monkeypatch.setattr("salespipe.rollup.cluster.PATIENCE", "1s")
    with pytest.raises(ClusterError, match="No Dask scheduler answers"):
        Cluster("tcp://127.0.0.1:9", tell=lambda _: None)
