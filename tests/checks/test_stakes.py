import math
from statistics import NormalDist

import pandas as pd
import pytest

from salespipe import names as n
from salespipe.checks import Stakes, forecast_stakes, stage_stakes
from tests.checks.test_rules import AS_OF, WON, table, tables

SPREADS = 2 * NormalDist().inv_cdf(0.9)


def test_open_deals_are_weighted_by_their_stage():
    given = tables(
        {n.AMOUNT: 1000},
        {n.AMOUNT: 2000, n.STAGE: "Prospecting"},
        {n.AMOUNT: None, n.LISTED_AMOUNT: 400},
        {n.AMOUNT: None},
        {n.AMOUNT: 1500, **WON},
        {n.AMOUNT: 100, n.STAGE: None},
        {n.AMOUNT: 80, **WON, n.CLOSED_ON: "2026-07-05"},
    )
    stakes = stage_stakes(given, as_of=AS_OF)
    mean = (0.35 + 0.10 + 0.35 + 0.35) / 4
    wanted = {"D0": 350, "D1": 200, "D2": 140, "D3": 0.35 * 1000, "D5": 100 * mean, "D6": 80 * mean}
    assert stakes.worth.to_dict() == pytest.approx(wanted)
    assert stakes.variances["D1"] == pytest.approx(2000**2 * 0.1 * 0.9)
    assert stakes.width == pytest.approx(SPREADS * math.sqrt(stakes.variances.sum()))


def test_other_currencies_count_at_their_rate_and_without_one_as_the_others_do():
    rate = table("rates", {n.MONTH: "2026-06-01", n.CURRENCY: "EUR", n.RATE: 2.0})
    given = tables({n.CURRENCY: "EUR"}, {n.CURRENCY: "GBP"}, {n.AMOUNT: -5}, rates=rate)
    assert stage_stakes(given, as_of=AS_OF).worth.to_dict() == {"D0": 700, "D1": 700, "D2": 700}


def test_a_forecast_says_better_what_hangs_on_a_deal():
    deals = pd.DataFrame(
        {
            n.DEAL_ID: ["A", "B"],
            "p_won": [0.5, 0.0],
            "p_won_by_end": [0.4, 0.0],
            "expected_value": [60.0, 0.0],
        }
    )
    stakes = forecast_stakes(deals, width=500.0, quantiles=(0.1, 0.5, 0.9))
    assert stakes.worth.to_dict() == {"A": 60.0, "B": 0.0}
    assert stakes.variances.to_dict() == pytest.approx({"A": 120**2 * 0.24, "B": 0.0})
    assert stakes.spreads == pytest.approx(SPREADS)


def test_knowing_all_leaves_no_range_and_knowing_nothing_all_of_it():
    money = pd.Series({"A": 3.0, "B": 4.0})
    stakes = Stakes("likely", money, money**2, width=2 * 5.0, spreads=2.0)
    assert stakes.narrower([]) == 0
    assert stakes.narrower(["A", "B"]) == pytest.approx(10)
    assert stakes.narrower(["A"]) == pytest.approx(10 - 2 * 4)
    assert stakes.narrower(["nobody"]) == 0
    # Deals that vary more than the whole, since a pooled forecast is surer than they are.
    assert Stakes("likely", money, money**2, width=2.0, spreads=2.0).narrower(["A"]) == 2.0
