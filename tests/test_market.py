"""Market indices: which may be used as of a day, standardised, and the paths they take."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from salespipe import names as n
from salespipe.days import month_number
from salespipe.market import LEAST_MONTHS, as_known, read_market
from salespipe.tables import Tables, conform
from salespipe.workbook.chinese import in_language
from tests.workbook.test_chinese import untranslated

FIRST = pd.Timestamp("2025-01-01")
AS_OF = date(2025, 12, 31)
PAST = [90.0, 95, 100, 105, 110, 115, 100, 100, 85, 90, 105, 105]
AHEAD = [(80.0, 100.0, 110.0), (70.0, 100.0, 120.0)]


def table(past=PAST, ahead=AHEAD, *, index="Demand", first=FIRST):
    months = pd.date_range(first, periods=len(past) + len(ahead), freq="MS")
    rows = [(None, value, None) for value in past] + list(ahead)
    frame = pd.DataFrame(rows, columns=[n.WORST, n.VALUE, n.BEST], dtype="float64")
    return conform("market", frame.assign(**{n.MONTH: months, n.INDEX: index}))


def read(frame, *, as_of=AS_OF, horizon=2, **given):
    return read_market(frame, first=month_number(FIRST), as_of=as_of, horizon=horizon, **given)


def test_the_past_is_standardised_and_the_paths_with_it():
    """The past has mean 100 and, by hand, variance (3 * 100 + 4 * 25 + 2 * 225) / 12."""
    market = read(table())
    squares = np.square([10, 5, 0, 5, 10, 15, 0, 0, 15, 10, 5, 5])
    sd = np.sqrt(squares.sum() / 12)
    assert market.indices == ("Demand",)
    assert not market.left_out
    np.testing.assert_allclose(market.history[:, 0], (np.array(PAST) - 100) / sd)
    for which, column in enumerate(np.transpose(AHEAD)):
        np.testing.assert_allclose(market.path(which, 2)[:, 0], (column - 100) / sd)
    # Beyond what the sheet assumes it stays where it is.
    assert market.path(0, 4)[3, 0] == market.path(0, 4)[1, 0] == pytest.approx(-30 / sd)


def test_months_are_found_by_number():
    market = read(table())
    january = month_number(FIRST)
    found = market.of([january - 1, january, january + 11, january + 12])
    np.testing.assert_allclose(found[:, 0], [0, *market.history[[0, 11], 0], 0])


@pytest.mark.parametrize(
    ("frame", "why"),
    [
        (table(past=PAST[:11], first=pd.Timestamp("2025-02-01")), "values of 11 past months"),
        (table(past=[7.0] * 12), "it was the same in all past months"),
        (table(ahead=AHEAD[:1]), "lacks its worst, likely or best value for 2026-02"),
        (table(ahead=[AHEAD[0], (None, 100.0, 120.0)]), "likely or best value for 2026-02"),
        (table(ahead=[(None, 104.0, None)] * 2), "likely or best value for 2026-01"),
        (table(ahead=[]), "likely or best value for 2026-01"),
    ],
)
def test_an_index_that_is_not_used_has_a_reason(frame, why):
    market = read(frame)
    assert market.indices == ()
    assert market.history.shape == (12, 0)
    assert market.draw(3, 2, seed=1).shape == (3, 2, 0)
    (sentence,) = market.left_out
    assert sentence.startswith("Demand is not used: ")
    assert why in sentence
    named = sentence.replace("Demand", "需求指数")
    assert not untranslated(named)
    assert in_language(named, "zh").startswith("未使用需求指数")


def test_no_market_at_all_is_no_index_and_no_word():
    market = read(conform("market", pd.DataFrame()))
    assert (market.indices, market.left_out) == ((), ())


def test_a_used_one_and_an_unused_one_stand_side_by_side():
    both = pd.concat([table(ahead=[], index="Rates"), table()], ignore_index=True)
    market = read(both)
    assert market.indices == ("Demand",)
    assert market.left_out[0].startswith("Rates")


def test_what_was_measured_after_the_day_is_not_read():
    """Past values run on to November: without worst and best they are no assumptions."""
    later = table(past=[*PAST, 130.0, 140.0], ahead=[])
    assert read(later).indices == ()
    other = table(past=[*PAST, -999.0, 1e6], ahead=[])
    assert read(other).left_out == read(later).left_out
    np.testing.assert_array_equal(read(other).history, read(later).history)


def test_a_running_month_counts_as_assumed():
    market = read(table(), as_of=date(2026, 1, 15), horizon=1)
    assert market.history.shape == (13, 1)
    assert market.history[12, 0] == market.path(1, 1)[0, 0]
    lacking = read(table(past=[*PAST, 101.0], ahead=AHEAD), as_of=date(2026, 1, 15), horizon=1)
    assert "2026-01" in lacking.left_out[0]


def test_paths_have_worst_and_best_where_the_settings_put_them():
    market = read(table(), chances=(0.2, 0.9))
    drawn = market.draw(40_000, 2, seed=3)[:, :, 0]
    worst, likely, best = (market.path(which, 2)[:, 0] for which in range(3))
    for month in range(2):
        low, middle, high = np.quantile(drawn[:, month], [0.2, 0.5, 0.9])
        assert low == pytest.approx(worst[month], abs=0.1)
        assert middle == pytest.approx(likely[month], abs=0.1)
        assert high == pytest.approx(best[month], abs=0.1)
    # One fate for all months: who fares badly in the first fares badly in the second.
    assert np.corrcoef(drawn.T)[0, 1] > 0.99
    np.testing.assert_array_equal(drawn, market.draw(40_000, 2, seed=3)[:, :, 0])


def test_the_halves_are_those_of_a_normal_distribution():
    market = read(table())
    drawn = market.draw(20_000, 1, seed=5)[:, 0, 0]
    worst, likely, best = (market.path(which, 1)[0, 0] for which in range(3))
    above = drawn[drawn > likely] - likely
    # The mean of a half-normal of scale s is s sqrt(2 / pi).
    scale = (best - likely) / ndtri(0.9)
    assert above.mean() == pytest.approx(scale * np.sqrt(2 / np.pi), rel=0.03)
    below = likely - drawn[drawn < likely]
    assert below.mean() == pytest.approx(
        (likely - worst) / ndtri(0.9) * np.sqrt(2 / np.pi), rel=0.03
    )


@given(st.lists(st.floats(-1e3, 1e3), min_size=LEAST_MONTHS, max_size=20), st.floats(0.1, 10))
def test_units_do_not_matter(values, factor):
    past = np.array(values)
    if np.ptp(past) < 1e-3:
        return
    first = pd.Timestamp("2026-01-01") - pd.DateOffset(months=len(past))
    given_as = {"first": month_number(first), "as_of": AS_OF, "horizon": 2}
    one = read_market(table(past=past, first=first), **given_as)
    ahead = [tuple(factor * np.array(row) + 3) for row in AHEAD]
    other = read_market(table(past=factor * past + 3, ahead=ahead, first=first), **given_as)
    np.testing.assert_allclose(one.history, other.history, atol=1e-6)
    np.testing.assert_allclose(one.ahead, other.ahead, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    ("as_of", "months"),
    [(date(2025, 12, 31), 12), (date(2026, 1, 15), 12), (date(2026, 1, 31), 13)],
)
def test_a_look_back_knows_no_month_that_was_not_over(as_of, months):
    tables = Tables(deals=conform("deals", pd.DataFrame()), market=table())
    assert len(as_known(tables, as_of=as_of).market) == months
