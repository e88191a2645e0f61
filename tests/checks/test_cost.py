from dataclasses import replace

import pandas as pd
import pytest

from salespipe import names as n
from salespipe.checks import check, cost_table, weighted_values, with_costs
from salespipe.settings import Settings
from tests.checks.test_checks import AS_OF, WON, table, tables


def costs(given, **options):
    values = weighted_values(given, as_of=AS_OF)
    problems = check(given, as_of=AS_OF)
    return cost_table(problems, values, settings=given.settings, **options).set_index("rule")


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
    values = weighted_values(given, as_of=AS_OF)
    mean = (0.35 + 0.10 + 0.35 + 0.35) / 4
    wanted = {"D0": 350, "D1": 200, "D2": 140, "D3": 0.35 * 1000, "D5": 100 * mean, "D6": 80 * mean}
    assert values.to_dict() == pytest.approx(wanted)


def test_other_currencies_count_at_their_rate():
    rate = table("rates", {n.MONTH: "2026-06-01", n.CURRENCY: "EUR", n.RATE: 2.0})
    given = tables({n.CURRENCY: "EUR"}, {n.CURRENCY: "GBP"}, rates=rate)
    assert weighted_values(given, as_of=AS_OF).to_dict() == {"D0": 700, "D1": 0}


def test_what_overdue_deals_carry_is_said_in_money():
    late = {n.EXPECTED_CLOSE_ON: "2026-06-01"}
    given = tables({n.AMOUNT: 100, **late}, {n.AMOUNT: 200, **late}, {n.AMOUNT: 700})

    row = costs(given).loc["overdue"]

    assert (row["severity"], row["count"], row["deals"]) == ("warning", 2, 2)
    assert row["amount"] == pytest.approx(105)
    assert row["share"] == pytest.approx(0.3)
    assert row["message"] == ("2 overdue deals carry 30% of the stage-weighted pipeline (USD 105).")
    assert "likely value" in costs(given, basis="likely").loc["overdue", "message"]
    chinese = replace(given, settings=Settings(language="zh"))
    assert (
        costs(chinese).loc["overdue", "message"] == "2 个逾期商机占阶段加权金额的 30%（USD 105）。"
    )


def test_each_problem_has_the_cost_of_its_deal():
    late = {n.EXPECTED_CLOSE_ON: "2026-06-01"}
    given = tables({n.AMOUNT: 100, **late}, targets=table("targets"))
    problems = with_costs(check(given, as_of=AS_OF), weighted_values(given, as_of=AS_OF))
    by_rule = {problem.rule: problem.cost for problem in problems}
    assert by_rule["overdue"] == pytest.approx(35)
    assert pd.isna(by_rule["target-missing"])


def test_nothing_open_costs_nothing():
    given = tables({**WON, n.AMOUNT: None})
    assert costs(given).empty
    assert weighted_values(given, as_of=AS_OF).empty
