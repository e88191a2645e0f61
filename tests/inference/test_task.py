"""One model's task: the quadratic of a long history, and the cells where it is not close."""

import numpy as np
import pytest
import xarray as xr

from salespipe.exposure import build_exposure
from salespipe.inference import task as task_module
from salespipe.inference.assemble import market_of
from salespipe.inference.gate import Verdict
from salespipe.inference.sampler import Sampled
from salespipe.inference.task import fit_task, tasks_of
from salespipe.models import expansion as expansion_module
from salespipe.models import win_rate as win_rate_module
from salespipe.pipeline import build_pipeline
from salespipe.results import Diagnostics
from salespipe.synthetic import Company, simulate_company

GOOD = Verdict(Diagnostics(1.001, 2000.0, 0, ok=True), "seen_base")


@pytest.fixture
def task_of(small_pipeline, monkeypatch):
    """Give the win-rate model's task, with a history that counts as long."""
    monkeypatch.setattr(win_rate_module, "TALL", 1)
    exposure = build_exposure(small_pipeline)
    market = market_of(small_pipeline, exposure)
    return tasks_of(small_pipeline, exposure, market, None, seed=7)[0]


@pytest.mark.parametrize(
    ("most", "sampled"), [(1e9, ["quadratic"]), (-1.0, ["quadratic", "cells"])]
)
def test_cells_are_sampled_where_the_quadratic_is_not_close(task_of, monkeypatch, most, sampled):
    monkeypatch.setattr(expansion_module, "MOST_SPREAD", most)
    monkeypatch.setattr(expansion_module, "MOST_SHIFT", most)
    done = []

    def sample(task, *, expansion=None):
        done.append("quadratic" if expansion else "cells")
        tree = xr.DataTree()
        if expansion:
            levels = np.random.default_rng(1).normal(0, 0.1, (4, 50, len(expansion.at)))
            draws = xr.Dataset({"levels": (("chain", "draw", "level"), levels)})
            tree["levels"] = xr.DataTree(draws)
        return Sampled(tree, GOOD, 1)

    monkeypatch.setattr(task_module, "_sample", sample)

    made = fit_task(task_of)

    assert done == sampled
    assert "levels" not in made.tree.children


@pytest.mark.slow
def test_the_quadratic_gives_the_posterior_of_the_cells():
    """All means within Monte-Carlo error, and deviations too, at a history of medium length."""
    company = Company(deals=1_500, months=24)
    pipeline = build_pipeline(
        simulate_company(company, seed=4, as_of=company.end).tables, as_of=company.end
    )
    exposure = build_exposure(pipeline)
    market = market_of(pipeline, exposure)
    task = tasks_of(pipeline, exposure, market, None, seed=7)[0]
    expansion = win_rate_module.expand_win_rate(task.data, priors=task.priors)
    quadratic = task_module._sample(task, expansion=expansion)
    cells = task_module._sample(task)

    assert quadratic.verdict.diagnostics.ok
    assert cells.verdict.diagnostics.ok
    gaps, ratios = [], []
    # Raw coordinates are centred by what the quadratic says of the scales: not the same ones.
    for name, one in cells.tree["posterior"].dataset.drop_vars("raw").data_vars.items():
        other = quadratic.tree["posterior"][name]
        spread = one.std(("chain", "draw"))
        gaps.append(
            np.ravel((other.mean(("chain", "draw")) - one.mean(("chain", "draw"))) / spread)
        )
        ratios.append(np.ravel(other.std(("chain", "draw")) / spread))
    gap, ratio = np.concatenate(gaps), np.concatenate(ratios)
    fewest = min(one.verdict.diagnostics.min_ess for one in (quadratic, cells))
    # The error of a difference of two means, in posterior standard deviations.
    assert np.abs(gap).max() < 5 * np.sqrt(2 / fewest)
    assert np.sqrt(np.mean(gap**2)) < 1.3 * np.sqrt(2 / fewest)
    assert np.abs(np.log(ratio)).max() < 5 * np.sqrt(1 / fewest)


@pytest.mark.parametrize(("deals", "little"), [(300, True), (2_500, False)])
def test_trajectories_are_longer_where_few_deals_have_left_their_stages(monkeypatch, deals, little):
    company = Company(deals=deals, months=12)
    tables = simulate_company(company, seed=4, as_of=company.end).tables
    pipeline = build_pipeline(tables, as_of=company.end)
    exposure = build_exposure(pipeline)
    market = market_of(pipeline, exposure)
    told = {}

    def fit_model(model, *, little, **_):
        told[tuple(model.free_RVs)] = little
        return Sampled(None, GOOD, 1)

    monkeypatch.setattr(task_module, "fit_model", fit_model)
    tasks = tasks_of(pipeline, exposure, market, None, seed=7)
    for task in tasks:
        task_module._sample(task)
    expected = {"win rate": little, "timing": little}
    assert list(told.values()) == [expected.get(task.name, False) for task in tasks]
