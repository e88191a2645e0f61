"""Changes of expected close dates: which count, and at what rates they come."""

from datetime import date

import numpy as np
import pytest

from salespipe import names as n
from salespipe.bands import DUE_BANDS
from salespipe.exposure import build_exposure
from salespipe.pipeline import build_pipeline
from salespipe.slips import Slips, count_slips
from tests.small_tables import deal, log, tables

THIS, LATER = DUE_BANDS.index("this month"), DUE_BANDS.index("later")
OVERDUE = DUE_BANDS.index("overdue")


def slips_of(*said: tuple[str, str, str | None]) -> Slips:
    """Count the slips of one deal from rows of the log: day, stage, expected close."""
    rows = [("x", day, stage, {n.EXPECTED_CLOSE_ON: close}) for day, stage, close in said]
    closed = said[-1][0] if said[-1][1] in {n.WON, n.LOST} else None
    row = deal("x", said[-1][1], said[0][0], closed)
    book = tables(row, changes=log(*rows))
    return count_slips(build_exposure(build_pipeline(book, as_of=date(2026, 12, 31))))


def test_a_push_counts_in_the_band_that_it_left():
    slips = slips_of(
        ("2026-03-02", "A", "2026-03-20"),
        ("2026-03-10", "A", "2026-05-09"),  # pushed while due this month, 60 days ahead
        ("2026-05-20", "A", "2026-05-30"),  # noticed when overdue, 10 days ahead
        ("2026-05-25", "A", "2026-05-30"),  # nothing changed
    )
    assert slips.changes.tolist() == [1 if k in {THIS, OVERDUE} else 0 for k in range(6)]
    assert slips.ahead[slips.begins[THIS] : slips.begins[THIS + 1]].tolist() == [60]
    assert slips.ahead[slips.begins[OVERDUE] : slips.begins[OVERDUE + 1]].tolist() == [10]
    assert slips.days.sum() == pytest.approx((date(2026, 12, 31) - date(2026, 3, 2)).days + 0.5)


def test_a_date_written_at_the_closing_is_no_promise():
    slips = slips_of(("2026-03-02", "A", "2026-06-20"), ("2026-03-10", n.WON, "2026-03-10"))
    assert slips.changes.sum() == 0


def test_of_two_rows_of_a_day_the_last_holds():
    slips = slips_of(
        ("2026-03-02", "A", "2026-06-20"),
        ("2026-03-10", "A", "2026-06-30"),
        ("2026-03-10", "A", "2026-06-20"),
    )
    assert slips.changes.sum() == 0


def test_a_first_date_counts_from_none():
    slips = slips_of(("2026-03-02", "A", None), ("2026-03-12", "A", "2026-03-20"))
    # The log's first row says nothing of a date, so there is no saying to change.
    assert slips.changes.sum() == 0


def test_rates_are_the_gamma_posterior():
    changes = np.array([0, 0, 0, 40, 0, 10])
    days = np.array([0.0, 100.0, 10.0, 400.0, 500.0, 1_000.0])
    slips = Slips(changes, days, np.full(50, 30.0), np.append(0, np.cumsum(changes)))
    rates = slips.draw_rates(100_000, np.random.default_rng(4))
    usual = 50 / days.sum()
    for band in (THIS, LATER):
        shape, rate = 1 + changes[band], 1 / usual + days[band]
        assert rates[:, band].mean() == pytest.approx(shape / rate, rel=0.01)
        assert rates[:, band].std() == pytest.approx(np.sqrt(shape) / rate, rel=0.02)
    assert (rates[:, [0, 1, 2, 4]] == 0).all()


def test_without_any_change_the_rates_are_nought():
    none = np.zeros(6, dtype=np.int64)
    slips = Slips(none, np.full(6, 10.0), np.zeros(0), np.zeros(7, dtype=np.int64))
    assert (slips.draw_rates(10, np.random.default_rng(1)) == 0).all()
