"""How near a fit is to its floor: loading, compiling, and the density as often as it is evaluated.

    python benchmarks/floor.py [--deals 10000] [--write]

Every model of one made-up company is fitted by itself on one core. Of each are told: the seconds
that its compiler takes; how often the sampler evaluated the log density and its gradient, warming
up included (a leapfrog step is one evaluation); what one evaluation costs; and all it took. The
floor is what no sampler of this kind could save: compiling and as many evaluations. What is above
it is building the graph, guessing scales and the posterior's shape, the sampler's own work, what is
derived from draws, and the gate.
"""

import argparse
import ctypes
import os
import platform
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

# One core: seconds then add up.
os.environ["LOKY_MAX_CPU_COUNT"] = "1"

import numpy as np
from fitting import SEED, history, said
from page import write_section

from salespipe import __version__
from salespipe.inference import compiled, sampler
from salespipe.inference.assemble import market_of
from salespipe.inference.fit import fit
from salespipe.inference.history import revenue_history_data
from salespipe.inference.task import fit_task, tasks_of

EVALUATIONS = 2_000
"""Evaluations that one is timed by."""

LOADED = "import salespipe.inference.fit, salespipe.simulation.forecast, nutpie"


@dataclass
class Watch:
    """Listens to the compiler and to the sampler of one fit.

    Attributes
    ----------
    compiling, sampling : float
        Seconds.
    evaluations : int
    ready : CompiledModel
        What was sampled last.
    """

    compiling: float = 0.0
    sampling: float = 0.0
    evaluations: int = 0
    ready: Any = None
    _real: tuple[Any, Any] = field(default=(), repr=False)

    def __enter__(self) -> "Watch":
        self._real = compiled.compile_model, sampler.load_sampler
        compiled.compile_model, sampler.load_sampler = self._compile, lambda: self
        return self

    def __exit__(self, *_: object) -> None:
        compiled.compile_model, sampler.load_sampler = self._real

    def _compile(self, *given: Any, **named: Any) -> Any:
        begin = time.perf_counter()
        found = self._real[0](*given, **named)
        self.compiling += time.perf_counter() - begin
        return found

    def sample(self, ready: Any, **options: Any) -> Any:
        """Sample as the sampler does, and count."""
        begin = time.perf_counter()
        tree = self._real[1]().sample(ready, **options)
        self.sampling += time.perf_counter() - begin
        for group in ("warmup_sample_stats", "sample_stats"):
            self.evaluations += int(tree[group]["n_steps"].sum())
        self.ready = ready
        return tree

    def cost(self) -> float:
        """Give the median seconds of an evaluation at the origin, the call from Python included."""
        size = self.ready.n_dim
        function = self.ready.compiled_logp_func.ctypes
        data = ctypes.c_void_p(self.ready.user_data.ctypes.data)
        kept = [np.zeros(size), np.zeros(size), np.zeros(1)]  # point, gradient, density
        given = [one.ctypes.data_as(ctypes.POINTER(ctypes.c_double)) for one in kept]
        times = np.empty(EVALUATIONS)
        for place in range(EVALUATIONS):
            begin = time.perf_counter()
            function(size, *given, data)
            times[place] = time.perf_counter() - begin
        return float(np.median(times))


def measure(deals: int) -> list[str]:
    pipeline, exposure, _ = history(deals)
    market = market_of(pipeline, exposure)
    won = revenue_history_data(pipeline, market=market)
    lines = [
        "| model | compiling, s | evaluations | each, µs | evaluating, s | floor, s | sampling, s "
        "| all, s | of the floor |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    total = np.zeros(5)
    for task in tasks_of(pipeline, exposure, market, won, seed=SEED):
        said(task.name)
        with Watch() as watch:
            begin = time.perf_counter()
            fit_task(task)
            whole = time.perf_counter() - begin
        each = watch.cost()
        evaluating = watch.evaluations * each
        floor = watch.compiling + evaluating
        total += (watch.compiling, evaluating, floor, watch.sampling, whole)
        lines.append(
            f"| {task.name} | {watch.compiling:.2f} | {watch.evaluations:,} | {1e6 * each:.1f} "
            f"| {evaluating:.2f} | {floor:.2f} | {watch.sampling:.2f} | {whole:.2f} "
            f"| {whole / floor:.2f} |"
        )
    compiling, evaluating, floor, sampling, whole = total
    lines.append(
        f"| all | {compiling:.2f} | | | {evaluating:.2f} | {floor:.2f} | {sampling:.2f} "
        f"| {whole:.2f} | {whole / floor:.2f} |"
    )
    return lines


def loading() -> float:
    """Give the seconds in which a program loads all that it fits with, the fastest of three."""
    took = []
    for _ in range(3):
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-c", LOADED], check=True)
        took.append(time.perf_counter() - begin)
    return min(took)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--deals", type=int, default=10_000)
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    asked = parser.parse_args()
    fit(history(500)[0], seed=SEED)  # libraries are loaded, and what they keep on disk is there
    lines = measure(asked.deals)
    text = "\n".join(
        [
            f"Measured on {datetime.now(UTC).date()} with salespipe {__version__} by `python "
            f"benchmarks/floor.py --write`: one core of {os.cpu_count()}, Python "
            f"{platform.python_version()}. A made-up company of {asked.deals:,} deals, its models "
            "one after another; compiling and as many evaluations of the density are the floor.",
            "",
            *lines,
            "",
            f"A program loads all of it in {loading():.1f} s; `salespipe run` does so beside "
            "reading the workbook, and fits two models at a time.",
        ]
    )
    print(text)
    if asked.write:
        write_section("## The floor of a fit", text)


if __name__ == "__main__":
    main()
