import subprocess
from datetime import date

import numpy as np
import openpyxl
import pandas as pd
import pytest

from salespipe import names as n
from salespipe.tables import Tables, conform
from salespipe.workbook.schema import CALCULATED
from salespipe.workbook.template import build_workbook
from salespipe.workbook.template.calculated import calculated_values, last_day
from tests.requirements import program
from tests.workbook.made_up import AS_OF, make_tables

TODAY = date(2026, 10, 31)
CLOSED = pd.Timestamp("2026-10-09")


def _deal(**given):
    row = {n.DEAL_ID: "D-1", n.STAGE: "Qualification", n.CREATED_ON: pd.Timestamp("2026-10-01")}
    row |= {n.AMOUNT: 1000.0, n.NEXT_STEP: "Call", n.EXIT_EVIDENCE: "Minutes"} | given
    return conform("deals", pd.DataFrame([row], index=[2]))


def _values(deals, *, entered=(), touched=()):
    entries = pd.DataFrame(
        [("D-1", stage, pd.Timestamp(day)) for stage, day in entered],
        columns=[n.DEAL_ID, n.STAGE, n.ENTERED_ON],
    )
    activities = pd.DataFrame(
        {n.DEAL_ID: ["D-1"] * len(touched), n.ACTIVITY_ON: pd.to_datetime(list(touched))}
    )
    tables = Tables(
        deals=deals,
        stage_entries=conform("stage_entries", entries),
        activities=conform("activities", activities),
    )
    return calculated_values(tables, today=TODAY, language="en").iloc[0]


def test_an_open_deal():
    entered = [("Prospecting", "2026-10-01"), ("Qualification", "2026-10-21")]
    found = _values(_deal(), entered=entered, touched=["2026-10-02", "2026-10-28"])
    assert found["age"] == 30
    assert found["days_in_stage"] == 10
    assert found["stage_probability"] == 0.2
    assert found["weighted_amount"] == 200
    assert found["days_since_activity"] == 3
    assert found["flag"] == ""


def test_a_won_deal_counts_its_days_to_the_day_it_closed():
    deal = _deal(**{n.STAGE: n.WON, n.CLOSED_ON: pd.Timestamp("2026-10-11")})
    found = _values(deal, touched=["2026-10-02"])
    assert (found["age"], found["stage_probability"], found["weighted_amount"]) == (10, 1, 1000)
    assert (found["days_in_stage"], found["days_since_activity"], found["flag"]) == ("", "", "")


@pytest.mark.parametrize(
    ("given", "flag"),
    [
        ({n.STAGE: n.WON}, "Closed without a date"),
        ({n.STAGE: n.LOST}, "Closed without a date"),
        ({n.AMOUNT: np.nan}, "Amount missing"),
        ({n.STAGE: n.WON, n.CLOSED_ON: CLOSED, n.AMOUNT: np.nan}, "Amount missing"),
        ({n.STAGE: n.LOST, n.CLOSED_ON: CLOSED, n.AMOUNT: np.nan}, ""),
        ({n.EXPECTED_CLOSE_ON: pd.Timestamp("2026-10-30")}, "Expected close has passed"),
        ({n.EXPECTED_CLOSE_ON: pd.Timestamp("2026-10-31")}, ""),
        ({n.NEXT_STEP: np.nan}, "No next step"),
        ({n.EXIT_EVIDENCE: np.nan}, "No evidence for the stage"),
        ({n.EXIT_EVIDENCE: np.nan, n.STAGE: "Prospecting"}, ""),
        ({n.EXIT_EVIDENCE: np.nan, n.STAGE: n.WON, n.CLOSED_ON: CLOSED}, ""),
    ],
)  # fmt: skip
def test_flags(given, flag):
    assert _values(_deal(**given))["flag"] == flag


def test_a_deal_is_stale_without_activity_or_after_twice_the_usual_days():
    assert _values(_deal(), touched=["2026-09-30"])["flag"] == "Stale"
    assert _values(_deal(), touched=["2026-10-01"])["flag"] == ""
    assert _values(_deal(), entered=[("Qualification", "2026-10-02")])["flag"] == "Stale"
    assert _values(_deal(), entered=[("Qualification", "2026-10-03")])["flag"] == ""


def test_an_unknown_stage_has_no_probability():
    found = _values(_deal(**{n.STAGE: "Daydreaming"}))
    assert (found["stage_probability"], found["weighted_amount"]) == ("", "")


def test_the_last_day_is_the_last_thing_that_happened():
    assert last_day(Tables()) is None
    tables = make_tables()
    days = [tables.deals[n.CREATED_ON], tables.deals[n.CLOSED_ON]]
    days += [tables.stage_entries[n.ENTERED_ON], tables.activities[n.ACTIVITY_ON]]
    assert last_day(tables) == max(column.max() for column in days).date() <= AS_OF


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*extension is not supported")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_libreoffice_recalculates_to_the_stored_values(tmp_path, language):
    office = program("soffice")
    path = tmp_path / "book.xlsx"
    build_workbook(path, tables=make_tables(), language=language, today=date.today())  # noqa: DTZ011
    again = tmp_path / "again"
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    # Through a format without stored values, so that every formula is computed afresh.
    for source, kind in ((path, "fods"), (again / "book.fods", "xlsx")):
        arguments = ["--headless", "--convert-to", kind, "--outdir", again, source]
        subprocess.run([office, profile, *arguments], check=True, capture_output=True, timeout=200)
    stored = openpyxl.load_workbook(path, data_only=True)
    fresh = openpyxl.load_workbook(again / "book.xlsx", data_only=True)
    compared = 0
    for sheet in stored:
        if sheet.sheet_state == "veryHidden":
            continue
        for row in sheet:
            for cell in row:
                found = fresh[sheet.title][cell.coordinate].value
                if isinstance(cell.value, float | int):
                    assert found == pytest.approx(cell.value), (sheet.title, cell.coordinate)
                else:
                    assert (found or "") == (cell.value or ""), (sheet.title, cell.coordinate)
                compared += cell.value is not None
    assert compared > 60 * len(CALCULATED)
