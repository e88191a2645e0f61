from dataclasses import replace

import pandas as pd

from salespipe import names as n
from salespipe.kpi.intervals import share
from salespipe.kpi.measure import Measure, tabulate, tidy
from salespipe.kpi.scope import Window
from salespipe.results import KPI_COLUMNS

WINDOW = Window(pd.Timestamp("2026-09-01"), pd.Timestamp("2026-11-01"), (), "two months")
MEASURE = Measure("Win rate", "won / closed", "share", "closed deals", "trap")


def rows(owners, segments, months=()):
    frame = pd.DataFrame({n.OWNER: owners, n.SEGMENT: segments})
    frame = frame.assign(**{n.SOURCE: n.UNKNOWN, n.MONTH: "2026-10"})
    return tidy(
        tabulate(
            MEASURE,
            frame,
            lambda part: share(1, len(part), note="a note") if len(part) else share(0, 0),
            [frame.index.to_numpy()],
            window=replace(WINDOW, months=months) if months else None,
            remarks={"2026-10": "unripe"},
        )
    )


def test_total_owners_segments_and_months_in_this_order():
    table = rows(["Bo", "Ana", "Bo"], ["x", "y", "x"], months=("2026-09", "2026-10"))
    assert tuple(table.columns) == KPI_COLUMNS
    assert table["by"].tolist() == [
        "total",
        "owner",
        "owner",
        "segment",
        "segment",
        "quarter",
        "quarter",
        "month",
        "month",
    ]
    assert table["group"].tolist() == [
        "",
        "Ana",
        "Bo",
        "x",
        "y",
        "2026Q3",
        "2026Q4",
        "2026-09",
        "2026-10",
    ]
    assert table["n"].tolist() == [3, 1, 2, 2, 1, 0, 3, 0, 3]


def test_notes_and_remarks_follow_the_population():
    table = rows(["Bo"], ["x"], months=("2026-10",))
    assert table["population"].iloc[-1] == "closed deals; a note; unripe"


def test_a_quarter_says_how_much_of_it_is_meant_and_what_its_months_have_to_be_said():
    table = rows(["Bo"], ["x"], months=("2026-09", "2026-10"))
    told = table[table["by"] == "quarter"].set_index("group")["population"]
    assert told["2026Q3"] == "closed deals; nothing to count; 1 of its 3 months"
    assert told["2026Q4"] == "closed deals; a note; unripe; 1 of its 3 months"


def test_a_column_that_is_blank_throughout_makes_no_group():
    table = rows(["Bo", "Ana"], [n.UNKNOWN, n.UNKNOWN])
    assert "segment" not in set(table["by"])


def test_no_rows_still_have_their_columns_and_dtypes():
    table = tidy([])
    assert tuple(table.columns) == KPI_COLUMNS
    assert table["n"].dtype == "int64"
