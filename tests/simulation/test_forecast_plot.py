import re
from datetime import date

import numpy as np
import pandas as pd
import pytest

from salespipe import build_pipeline, simulate_company
from salespipe.exposure import build_exposure
from salespipe.inference.fit import Fit
from salespipe.periods import months_after
from salespipe.results import DEAL_COLUMNS, Diagnostics
from salespipe.simulation.forecast import Forecast
from salespipe.simulation.pool import Views
from salespipe.simulation.revenue import Revenue
from salespipe.simulation.summarise import Groups
from salespipe.synthetic import Company

AS_OF = date(2026, 10, 31)
HORIZON, DRAWS = 2, 200
VIEWS = ("fan", "parts", "total", "owners", "segments", "deals", "movers")


def _revenue(exposure, rng) -> Revenue:
    """Draw revenue of three months, alike for all owners and segments."""
    total = rng.lognormal(10, 0.5, (DRAWS, 3, 1))
    owners, segments = len(exposure.owners), len(exposure.segments)
    return Revenue(
        np.repeat(total / owners, owners, axis=2), np.repeat(total / segments, segments, axis=2)
    )


@pytest.fixture(scope="module")
def forecast() -> Forecast:
    """Give a forecast of two months whose draws are made up; nothing is fitted."""
    company = Company(deals=150, months=30, n_owners=2)
    pipeline = build_pipeline(simulate_company(company, seed=1, as_of=AS_OF).tables, as_of=AS_OF)
    exposure = build_exposure(pipeline)
    fit = Fit(pipeline, exposure, {"win rate": None}, Diagnostics(1.004, 783.0, 0, True), 7)
    rng = np.random.default_rng(1)
    nothing = Groups(np.zeros((3, len(exposure.owners))), np.zeros((3, len(exposure.segments))))
    deals = pd.DataFrame([["D-1", *[None] * (len(DEAL_COLUMNS) - 1)]], columns=list(DEAL_COLUMNS))
    return Forecast(
        fit=fit,
        months=tuple(months_after(AS_OF, 3)),
        horizon=HORIZON,
        won=nothing,
        won_before=0.0,
        open=_revenue(exposure, rng),
        new=_revenue(exposure, rng),
        views=Views(np.zeros((DRAWS, 3)), None, np.ones(3)),
        deals=deals.assign(amount=10.0, p_won=0.5, p_won_by_end=0.4, expected_value=5.0),
        deal_months=pd.DataFrame(),
        notes=(),
    )


def test_every_view_is_another_picture(forecast):
    titles = [forecast.plot(view).get_suptitle() for view in VIEWS]
    assert len(set(titles)) == len(VIEWS)
    assert forecast.plot().get_suptitle() == titles[0]


def test_the_total_is_that_of_the_months_asked_for(forecast):
    """Simulated is on to the end of the quarter, which is none of the total's business."""
    axes = forecast.plot("total").axes[0]
    asked = forecast.draws[:, :HORIZON].sum(axis=1)
    edges = [bar.get_x() for bar in axes.patches]
    assert min(edges) == pytest.approx(asked.min())
    assert max(edges) < asked.max() < max(edges) + axes.patches[0].get_width() * 1.001


def test_a_notebook_shows_the_summary(forecast):
    text = forecast._repr_html_()
    assert "likely, USD" in text
    assert text.count("<tr>") == 1 + len(forecast.summary())


def test_a_notebook_shows_what_the_gate_saw(forecast):
    text = forecast.fit._repr_html_()
    assert "<caption>Fitted as of 2026-10-31</caption>" in text
    shown = dict(re.findall(r"<th[^>]*>([^<]+)</th><td[^>]*>([^<]+)</td>", text))
    assert shown == {
        "models": "1",
        "highest R-hat": "1.004",
        "fewest effective draws": "783",
        "divergences": "0",
        "seed": "7",
    }


def test_a_terminal_shows_fit_and_forecast_in_a_line(forecast):
    for shown in (repr(forecast.fit), repr(forecast)):
        assert "2026-10-31" in shown
        assert "\n" not in shown
