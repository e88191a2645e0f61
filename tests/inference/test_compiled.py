"""Compiled models are shared by graph: what is kept never changes a draw."""

import tempfile
from pathlib import Path

import numpy as np
import pymc as pm
import pytensor
import pytest

from salespipe.inference import compiled as compiled_module
from salespipe.inference.compiled import compile_model, compiled_for
from salespipe.inference.sampler import fit_model
from salespipe.models.arrivals import ArrivalsData, ArrivalsPriors, build_arrivals
from salespipe.models.given import exchangeable
from salespipe.models.timing import TimingPriors, build_timing
from salespipe.models.win_rate import WinRatePriors, build_win_rate
from tests.models import test_timing, test_win_rate

SEED = 3


def _arrivals(months):
    rng = np.random.default_rng(SEED + months)
    return ArrivalsData(
        created=rng.poisson(20, months),
        share=np.ones(months),
        quarter_month=np.arange(months) % 3,
        year_month=np.arange(months) % 12,
        months=tuple(f"{2020 + m // 12}-{m % 12 + 1:02d}" for m in range(months)),
    )


BUILDERS = {
    "arrivals": lambda: build_arrivals(_arrivals(9), priors=ArrivalsPriors()),
    "win rate": lambda: build_win_rate(test_win_rate._data(60), priors=WinRatePriors()),
    "timing": lambda: build_timing(test_timing._data(80), priors=TimingPriors()),
}


@pytest.fixture
def nothing_kept(monkeypatch):
    monkeypatch.setattr(compiled_module, "_kept", [])


@pytest.mark.parametrize("name", BUILDERS)
def test_exchangeable_data_leave_the_density_as_it_is(name):
    """Up to the prior of the spare coordinates, which stand at the end and move nothing."""
    plain = BUILDERS[name]()
    with exchangeable():
        loose = BUILDERS[name]()
    assert not plain.data_vars
    assert loose.data_vars
    of_plain, of_loose = (one.compile_logp(mode="FAST_COMPILE") for one in (plain, loose))
    rng, gaps = np.random.default_rng(SEED), []
    start = plain.initial_point()
    for _ in range(4):
        point = {key: rng.normal(0, 0.5, np.shape(value)) for key, value in start.items()}
        wider = {}
        for key, value in loose.initial_point().items():
            wider[key] = np.zeros(np.shape(value))
            wider[key][tuple(slice(0, size) for size in np.shape(point[key]))] = point[key]
        gaps.append(float(of_loose(wider) - of_plain(point)))
    assert np.ptp(gaps) < 1e-8, gaps


def test_models_without_data_of_their_own_are_not_kept(nothing_kept, monkeypatch):
    monkeypatch.setattr(compiled_module, "compile_model", lambda _, **options: options)
    assert compiled_for(BUILDERS["arrivals"]()) == {"derived": False}
    assert compiled_module._kept == []


def test_another_prior_is_another_graph(nothing_kept, monkeypatch):
    made = []
    monkeypatch.setattr(compiled_module, "compile_model", lambda model, **_: made.append(model))
    with exchangeable():
        for priors in (ArrivalsPriors(), ArrivalsPriors(step_spread=0.51)):
            compiled_for(build_arrivals(_arrivals(9), priors=priors))
    assert len(made) == 2


@pytest.mark.slow
def test_what_was_compiled_for_one_history_draws_for_another_as_its_own_would(
    nothing_kept, monkeypatch
):
    with exchangeable():
        short, long = (
            build_arrivals(_arrivals(months), priors=ArrivalsPriors()) for months in (7, 11)
        )
    own = fit_model(long, seed=SEED).tree["posterior"]
    compiled_module._kept.clear()
    fit_model(short, seed=SEED)
    monkeypatch.setattr(compiled_module, "compile_model", lambda *_, **__: pytest.fail("again"))
    shared = fit_model(long, seed=SEED).tree["posterior"]
    assert shared["level"].sizes["month"] == 11
    for name in ("level", "alpha", "quarter_effect"):
        np.testing.assert_array_equal(shared[name], own[name])


def test_sources_of_compiled_functions_do_not_gather(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pm.Model() as model:
        pm.Normal("level", 0, 1, shape=2)
    compile_model(model)
    assert not list(tmp_path.iterdir())
    assert list(Path(pytensor.config.generated_src_dir).glob("*.py"))
