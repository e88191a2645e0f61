import numpy as np
import pandas as pd

from salespipe import kpi
from salespipe.results import KPI_COLUMNS
from salespipe.workbook.headlines import headlines


def table(*rows):
    keys = ("name", "definition", "by", "group", "value")
    made = pd.DataFrame([dict(zip(keys, row, strict=True)) for row in rows])
    return made.reindex(columns=list(KPI_COLUMNS))


def test_the_first_definition_of_which_anything_is_known_is_chosen():
    rows = table(
        ("Win rate", "won within 90 days", "total", "", np.nan),
        ("Win rate", "won within 90 days", "owner", "Ana", 0.5),
        ("Win rate", "won within 90 days, censored", "total", "", 0.4),
        ("Win rate", "won / (won + lost)", "total", "", 0.3),
        ("Quota attainment", "won / quota", "total", "", np.nan),
    )
    # Targets come first; where nothing is known the reason is told.
    assert headlines(rows) == [4, 2, 3]


def test_the_gravest_reasons_are_told():
    reasons = [
        ("Loss reasons", "share of lost deals", "reason", str(k), k / 9) for k in (1, 4, 2, 3)
    ]
    others = [("Loss reasons", "share of the amount", "reason", "1", 0.9)]
    found = headlines(table(*reasons, *others))
    assert [reasons[place][3] for place in found] == ["4", "3", "2"]
    assert len(found) == 3


def test_the_criteria_that_go_with_winning_most_are_told():
    criteria = [
        ("Evidence", f"share won, exit criterion shown less not shown: {k}", "stage", "B", value)
        for k, value in enumerate((0.1, np.nan, 0.3, 0.2))
    ]
    any_of_it = ("Evidence", "share won with evidence less share won without", "stage", "B", 0.9)
    assert headlines(table(any_of_it, *criteria)) == [3, 4]


def test_a_review_has_two_dozen_headlines_each_one_of_its_rows(small_pipeline):
    rows = kpi.review(small_pipeline)
    found = headlines(rows)
    assert 15 <= len(found) <= 35
    assert len(set(found)) == len(found)
    assert set(found) <= set(range(len(rows)))
    assert rows.iloc[found]["name"].nunique() >= 12


def test_nothing_has_no_headlines():
    assert headlines(table().reindex(columns=list(KPI_COLUMNS)).astype("str")) == []
