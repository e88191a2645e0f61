import pandas as pd

from salespipe.sources.history import closing_days, first_amounts, first_days, stage_entries
from salespipe.stages import Stage
from salespipe.tables import conform


def log(*rows):
    frame = pd.DataFrame(rows, columns=["deal_id", "changed_on", "stage", "amount"])
    return conform("changes", frame.assign(changed_on=pd.to_datetime(frame["changed_on"])))


CHANGES = log(
    ("a", "2026-01-01", "One", None),
    ("b", "2026-01-02", "One", 5),
    ("a", "2026-01-03", "Two", 7),
    ("a", "2026-01-03", "One", 8),
    ("a", "2026-01-04", "lost", 8),
    ("a", "2026-01-09", "Two", 9),
    ("b", "2026-01-10", "lost", 5),
    ("a", "2026-01-11", "won", 9),
    ("a", "2026-01-20", "won", 10),
    ("b", "2026-01-21", "One", 5),
)


def days(series):
    return {key: f"{day:%m-%d}" for key, day in series.items()}


def test_closing_is_the_turn_to_the_final_state():
    assert days(closing_days(CHANGES)) == {"a": "01-11"}


def test_a_change_from_lost_to_won_closes_again():
    turned = log(("a", "2026-01-04", "lost", 1), ("a", "2026-01-06", "won", 1))
    assert days(closing_days(turned)) == {"a": "01-06"}


def test_first_day_and_first_amount_known():
    assert days(first_days(CHANGES)) == {"a": "01-01", "b": "01-02"}
    assert first_amounts(CHANGES).to_dict() == {"a": 7, "b": 5}


def test_entries_are_the_first_day_in_each_open_stage():
    entries = stage_entries(CHANGES, (Stage("One"), Stage("Two")))
    assert [
        (row.deal_id, row.stage, f"{row.entered_on:%m-%d}") for row in entries.itertuples()
    ] == [("a", "One", "01-01"), ("b", "One", "01-02"), ("a", "Two", "01-03")]
