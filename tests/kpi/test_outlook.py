import numpy as np
import pandas as pd

from salespipe.kpi.outlook import ALREADY, NONE_DOES, outlook
from salespipe.results import GROUP_COLUMNS, KPI_COLUMNS, PERIOD_COLUMNS
from salespipe.workbook.chinese import in_language
from tests.kpi.picking import pick


def period(label, kind, span, target=np.nan, chance=np.nan):
    row = dict.fromkeys(PERIOD_COLUMNS, 1.0) | {"period": label, "kind": kind}
    spans = {key: pd.Timestamp(day) for key, day in zip(("start", "end"), span, strict=True)}
    return row | spans | {"target": target, "p_target": chance}


def told(*, needed=500.0, target=100.0):
    total = period("total", "total", ("2026-11-01", "2027-02-01"), target, 0.6)
    periods = pd.DataFrame([period("2026-11", "month", ("2026-11-01", "2026-12-01")), total])
    blank = {"target": np.nan, "p_target": np.nan}
    own = [total | {"group": "Ana", "p_target": 0.25}, total | {"group": "Bo"} | blank]
    owners = pd.DataFrame(own, columns=list(GROUP_COLUMNS))
    asked = [("total", "", 7, needed), ("owner", "Ana", 3, 50.0)]
    frame = pd.DataFrame(asked, columns=["by", "group", "deals", "needed"])
    return outlook(periods, owners, frame, draws=2000)


def test_chances_of_the_quota_stand_for_team_owners_and_months():
    rows = told()
    assert tuple(rows.columns) == KPI_COLUMNS
    whole = pick(rows, "chance of")
    assert (whole["value"], whole["n"]) == (0.6, 2000)
    assert "2026-11-01 to 2027-01-31" in whole["population"]
    assert pick(rows, "chance of", "owner", "Ana")["value"] == 0.25
    for by, group in (("owner", "Bo"), ("month", "2026-11")):
        blank = pick(rows, "chance of", by, group)
        assert np.isnan(blank["value"])
        assert blank["population"].endswith("; no quota")


def test_the_open_amount_needed_is_told_or_why_not():
    assert pick(told(), "open amount")["value"] == 500
    assert pick(told(), "open amount", "owner", "Ana")["value"] == 50
    for given, said in (
        ({"needed": np.inf}, NONE_DOES),
        ({"needed": 0.0}, ALREADY),
        ({"target": np.nan}, "no quota"),
    ):
        row = pick(told(**given), "open amount")
        assert row["population"].endswith(f"; {said}")
        assert np.isnan(row["value"]) == (said != ALREADY)


def test_a_forecast_of_nothing_has_no_outlook():
    none = pd.DataFrame(columns=list(GROUP_COLUMNS))
    assert outlook(none, none, none, draws=0).empty


def test_it_is_said_in_chinese():
    for given in ({}, {"needed": np.inf}, {"needed": 0.0}, {"target": np.nan}):
        for column in ("name", "definition", "population", "interval", "trap"):
            for text in told(**given)[column]:
                assert not any(letter in in_language(text, "zh") for letter in "aeiou"), text
