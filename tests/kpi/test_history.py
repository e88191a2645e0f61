from datetime import date

import pandas as pd
import pytest

from salespipe import names as n
from salespipe.kpi import history
from salespipe.results import HISTORY_COLUMNS
from salespipe.tables import conform


def won(day, amount):
    return {n.CREATED_ON: "2026-06-10", n.CLOSED_ON: day, n.STAGE: "won", n.AMOUNT: amount}


@pytest.fixture
def rows():
    return [
        won("2026-07-01", 100.0),
        won("2026-07-31", 50.0),
        won("2026-10-05", 7.0),
        won("2026-07-15", None),
        won("2026-08-05", 9e9) | {n.STAGE: "lost"},
    ]


def test_months_without_a_win_are_zero_and_those_before_the_data_are_absent(pipeline_of, rows):
    table = history(pipeline_of(rows))
    assert tuple(table.columns) == HISTORY_COLUMNS
    assert table["month"].dt.strftime("%Y-%m").tolist() == [f"2026-{m:02}" for m in range(6, 11)]
    assert table["won"].tolist() == [0, 150, 0, 0, 7]
    assert table["target"].isna().all()


def test_the_running_month_is_left_out(pipeline_of, rows):
    table = history(pipeline_of(rows, as_of=date(2026, 10, 30)))
    assert table["month"].iloc[-1] == pd.Timestamp("2026-09-01")


def test_a_closed_month_does_not_change_as_time_goes_on(pipeline_of, rows):
    before = history(pipeline_of(rows, as_of=date(2026, 8, 31)))
    after = history(pipeline_of(rows))
    pd.testing.assert_frame_equal(before, after.head(len(before)))


def test_at_most_so_many_months(pipeline_of, firm):
    assert len(history(firm)) == 24
    assert len(history(firm, months=6)) == 6
    assert history(firm, months=6)["won"].sum() < history(firm)["won"].sum()


def test_the_teams_target_goes_before_the_sum_of_its_owners(pipeline_of, rows):
    targets = pd.DataFrame(
        [
            ("2026-07-01", "Ana", 10.0),
            ("2026-07-01", "Bo", 20.0),
            ("2026-08-01", "Ana", 10.0),
            ("2026-08-01", None, 99.0),
        ],
        columns=[n.MONTH, n.OWNER, n.QUOTA],
    )
    table = history(
        pipeline_of(
            rows, targets=conform("targets", targets.assign(month=pd.to_datetime(targets[n.MONTH])))
        )
    )
    assert table["target"].tolist()[1:3] == [30, 99]
