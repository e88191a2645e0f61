import math
from dataclasses import replace
from statistics import NormalDist

import pandas as pd
import pytest

from salespipe import names as n
from salespipe.checks import check, cost_table, stage_stakes, with_costs
from salespipe.settings import Settings
from tests.checks.test_rules import AS_OF, WON, table, tables


def costs(given, *, basis="weighted"):
    stakes = replace(stage_stakes(given, as_of=AS_OF), basis=basis)
    problems = check(given, as_of=AS_OF)
    return cost_table(problems, stakes, settings=given.settings).set_index("rule")


def test_what_overdue_deals_carry_is_said_in_money():
    late = {n.EXPECTED_CLOSE_ON: "2026-06-01"}
    given = tables({n.AMOUNT: 100, **late}, {n.AMOUNT: 200, **late}, {n.AMOUNT: 700})

    row = costs(given).loc["overdue"]

    assert (row["severity"], row["count"], row["deals"]) == ("warning", 2, 2)
    assert row["amount"] == pytest.approx(105)
    assert row["share"] == pytest.approx(0.3)
    width = 2 * NormalDist().inv_cdf(0.9) * math.sqrt(0.35 * 0.65)
    wanted = width * (math.sqrt(100**2 + 200**2 + 700**2) - 700)
    assert row["width"] == pytest.approx(wanted)
    assert row["message"] == (
        "2 overdue deals carry 30% of the stage-weighted pipeline ($105) and widen the range by "
        f"${wanted:.0f}."
    )
    assert "likely value" in costs(given, basis="likely").loc["overdue", "message"]
    chinese = replace(given, settings=Settings(language="zh"))
    assert costs(chinese).loc["overdue", "message"] == (
        f"2 个逾期商机占阶段加权金额的 30%（$105），并使区间加宽 ${wanted:.0f}。"
    )


def test_each_problem_has_the_cost_of_its_deal():
    late = {n.EXPECTED_CLOSE_ON: "2026-06-01"}
    given = tables({n.AMOUNT: 100, **late}, targets=table("targets"))
    problems = with_costs(check(given, as_of=AS_OF), stage_stakes(given, as_of=AS_OF))
    by_rule = {problem.rule: problem.cost for problem in problems}
    assert by_rule["overdue"] == pytest.approx(35)
    assert pd.isna(by_rule["target-missing"])


def test_nothing_open_costs_nothing():
    given = tables({**WON, n.AMOUNT: None})
    assert costs(given).empty
    assert stage_stakes(given, as_of=AS_OF).worth.empty
