"""A Dask scheduler and its workers, each a program of its own on this machine."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from page import ROOT

__all__ = ["Programs", "programs"]

FOUND = os.pathsep.join([str(ROOT), str(Path(__file__).parent)])
"""Where the programs look for modules: what they are sent may be a script's own function."""

SECONDS = 60
"""How long a program may take to say that it is there."""


class Programs:
    """A scheduler, and the workers that are added to it; every one of them keeps to one core."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workers: list[subprocess.Popen[bytes]] = []
        folder.mkdir()
        self.scheduler = self._start("scheduler", "--port", "0", "--no-dashboard")
        self.address = self._said("scheduler", r"Scheduler at:\s+(tcp://\S+)")

    def add_worker(self) -> None:
        """Start one more, and wait until the scheduler knows it."""
        name = f"worker{len(self.workers)}"
        options = ("--nthreads", "1", "--no-dashboard", "--no-nanny")
        self.workers.append(self._start(name, self.address, *options))
        self._said(name, r"Registered to:\s+(tcp://\S+)")

    def stop(self) -> None:
        """Stop them all, whatever they are doing."""
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()

    def _start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        module = "distributed.cli.dask_" + name.rstrip("0123456789")
        with (self.folder / f"{name}.log").open("w") as log:
            return subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=os.environ | {"PYTHONPATH": FOUND, "LOKY_MAX_CPU_COUNT": "1"},
            )

    def _said(self, name: str, pattern: str) -> str:
        """Wait until a program has said something."""
        log = self.folder / f"{name}.log"
        for _ in range(10 * SECONDS):
            if found := re.search(pattern, log.read_text()):
                return found[1]
            time.sleep(0.1)
        raise TimeoutError(f"{name} did not start: {log.read_text()}")


@contextmanager
def programs(folder: Path, *, workers: int = 0) -> Iterator[Programs]:
    """Start a scheduler and so many workers, and stop them in the end."""
    there = Programs(folder)
    try:
        for _ in range(workers):
            there.add_worker()
        yield there
    finally:
        there.stop()
