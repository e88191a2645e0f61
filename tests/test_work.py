"""How much work a month takes, counted rather than timed: the same on any machine, busy or not.

The limits are what was counted when they were set, and a quarter more. A change that needs more has
to say why it is worth it.
"""

import cProfile
import pstats
from pathlib import Path

import pytest

import salespipe
from salespipe import kpi
from salespipe.checks import check
from salespipe.exposure import build_exposure
from salespipe.inference.assemble import timing_data, win_rate_data
from salespipe.job import results_of
from salespipe.pipeline import build_pipeline
from salespipe.simulation import scenarios as scenarios_module
from salespipe.simulation import walk as walk_module
from salespipe.simulation.forecast import forecast
from salespipe.synthetic import Company, simulate_company
from salespipe.workbook import grid as grid_module
from salespipe.workbook.read import read_workbook

PACKAGE = str(Path(salespipe.__file__).parent)
MARGIN = 1.25

CELLS_A_DEAL = 54
"""Cells of all sheets that the parser sees, for each deal of the example."""
CALLS_TO_CHECK = 5_800
CALLS_TO_REVIEW = 11_200
MOST_STEPS = 15
"""Leapfrog steps for one draw of a model: four doublings."""
ALL_STEPS = 271_000
"""For all draws of all models, after warming up."""
STEPS = 815_700
"""Steps of all paths, in simulating 500 draws."""


def calls(function, *arguments, **options):
    """Count the calls of the package's own functions; those of libraries change by version."""
    profile = cProfile.Profile()
    profile.runcall(function, *arguments, **options)
    stats = pstats.Stats(profile).stats
    return sum(counts[1] for (file, _, _), counts in stats.items() if file.startswith(PACKAGE))


@pytest.fixture
def counted(monkeypatch):
    """Count the calls of a function while it goes on doing what it did."""

    def count(owner, name):
        seen = []
        real = getattr(owner, name)

        def noted(*arguments, **options):
            seen.append(arguments)
            return real(*arguments, **options)

        monkeypatch.setattr(owner, name, noted)
        return seen

    return count


def test_reading_parses_each_sheet_at_most_once(book, counted):
    read = counted(grid_module.GridReader, "read")
    cells = counted(grid_module._Cells, "_close_cell")

    tables = read_workbook(book).tables

    titles = [title for _, title, _ in read]
    assert len(titles) == len(set(titles))
    assert len(cells) <= MARGIN * CELLS_A_DEAL * len(tables.deals)


def test_checking_and_reviewing_take_a_bounded_number_of_calls(monthly_run):
    pipeline = monthly_run.forecast.fit.pipeline
    tables = read_workbook(monthly_run.output).tables

    checked = calls(check, tables, as_of=pipeline.as_of)
    reviewed = calls(kpi.review, pipeline)

    assert checked <= MARGIN * CALLS_TO_CHECK
    assert reviewed <= MARGIN * CALLS_TO_REVIEW


def test_reviewing_more_deals_takes_hardly_more_calls():
    few, many = (
        calls(kpi.review, build_pipeline(simulated.tables, as_of=company.end))
        for company in (Company(deals=300, months=12), Company(deals=1200, months=12))
        for simulated in [simulate_company(company, seed=1, as_of=company.end)]
    )

    assert many <= 1.5 * few


def test_cells_of_the_timing_model_grow_far_slower_than_deals():
    small, large = (
        timing_data(pipeline, build_exposure(pipeline)).stage.size
        for deals in (1_000, 8_000)
        for company in [Company(deals=deals, months=24)]
        for pipeline in [
            build_pipeline(
                simulate_company(company, seed=1, as_of=company.end).tables, as_of=company.end
            )
        ]
    )

    assert small < large <= 2 * small


def test_the_win_rate_model_has_fewer_cells_than_exits(small_pipeline):
    exposure = build_exposure(small_pipeline)
    data = win_rate_data(small_pipeline, exposure)

    assert 0 < data.stage.size <= data.exits.sum()


def test_a_draw_takes_few_leapfrog_steps(monthly_run):
    steps = {
        name: float(tree["sample_stats"]["n_steps"].mean())
        for name, tree in monthly_run.forecast.fit.trees.items()
    }
    draws = {
        name: tree["posterior"].sizes["chain"] * tree["posterior"].sizes["draw"]
        for name, tree in monthly_run.forecast.fit.trees.items()
    }

    assert max(steps.values()) <= MOST_STEPS, steps
    assert sum(steps[name] * draws[name] for name in steps) <= MARGIN * ALL_STEPS


@pytest.fixture
def steps(monkeypatch):
    """Count the steps of simulated paths."""
    seen = []
    real = walk_module.follow

    def noted(*arguments):
        seen.append(real(*arguments))

    monkeypatch.setattr(walk_module, "follow", noted)
    return seen


def test_simulating_takes_a_bounded_number_of_steps(monthly_run, steps):
    forecast(monthly_run.forecast.fit, draws=500, details=False)

    assert 0 < sum(steps) <= MARGIN * STEPS


def test_scenarios_and_the_market_take_as_many_steps_again_each_and_no_more(monthly_run, steps):
    """Better and worse odds, the best and the worst market, and the market left out."""
    assert monthly_run.forecast.fit.market.indices
    forecast(monthly_run.forecast.fit, draws=500)

    assert 0 < sum(steps) <= MARGIN * 6 * STEPS


def test_with_very_many_open_deals_no_scenario_follows_them_again(monthly_run, steps, monkeypatch):
    monkeypatch.setattr(scenarios_module, "MOST_OPEN", 0)
    made = forecast(monthly_run.forecast.fit, draws=500)

    assert 0 < sum(steps) <= MARGIN * 2 * STEPS
    assert not made.scenarios["scenario"].str.contains("odds|Market").any()


def test_results_are_made_without_simulating_again(monthly_run, steps):
    results_of(monthly_run.forecast, problems=(), reminders=())

    assert steps == []
