"""Rollups on a real Dask cluster: separate scheduler and worker processes, some of which die."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from salespipe.errors import ClusterError
from salespipe.rollup.cluster import Cluster

ROOT = Path(__file__).parents[2]


class Programs:
    """A scheduler and its workers, each a process of its own."""

    def __init__(self, folder):
        self.folder, self.workers = folder, []
        self.scheduler = self.start("scheduler", "--port", "0", "--no-dashboard")
        self.address = self.said("scheduler", r"Scheduler at:\s+(tcp://\S+)")

    def start(self, name, *arguments):
        log = (self.folder / f"{name}.log").open("w")
        command = [sys.executable, "-m", "distributed.cli.dask_" + name.rstrip("0123456789")]
        environment = os.environ | {"PYTHONPATH": str(ROOT), "LOKY_MAX_CPU_COUNT": "1"}
        return subprocess.Popen(
            [*command, *arguments], stdout=log, stderr=log, cwd=self.folder, env=environment
        )

    def add_worker(self):
        name = f"worker{len(self.workers)}"
        options = ("--nthreads", "1", "--no-dashboard", "--no-nanny")
        self.workers.append(self.start(name, self.address, *options))
        self.said(name, r"Registered to:\s+(tcp://\S+)")

    def said(self, name, pattern):
        for _ in range(600):
            if found := re.search(pattern, (self.folder / f"{name}.log").read_text()):
                return found[1]
            time.sleep(0.1)
        pytest.fail(f"{name} did not start: {(self.folder / f'{name}.log').read_text()}")

    def stop(self):
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture
def programs(tmp_path):
    folder = tmp_path / "dask"
    folder.mkdir()
    there = Programs(folder)
    yield there
    there.stop()


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
