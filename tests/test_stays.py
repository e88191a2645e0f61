import pandas as pd
import pytest

from salespipe import names as n
from salespipe.stays import (
    STAY_COLUMNS,
    merge_witnesses,
    stays_from_changes,
    stays_from_entries,
)
from tests.small_tables import NAMES, day, deal, entries, log, sheet, spans


def from_sheet(row, *dates):
    deals = sheet("deals", [row])
    deals[n.OUTCOME] = deals[n.STAGE].where(deals[n.STAGE].isin([n.WON, n.LOST]), n.OPEN)
    return spans(stays_from_entries(deals, entries(*dates), NAMES))


def from_log(*rows):
    return spans(stays_from_changes(log(*rows), NAMES))


def merged(row, dates=(), rows=(), watched=()):
    seen = merge_witnesses(
        log(*rows),
        sheet("deals", [row]),
        entries(*dates),
        steps=NAMES,
        watched=set(watched),
    )
    assert list(seen.columns) == [n.DEAL_ID, n.CHANGED_ON, n.STAGE]
    return [(f"{row.changed_on:%m-%d}", row.stage) for row in seen.itertuples()]


class TestFromTheSheet:
    def test_each_stage_ends_when_the_next_begins(self):
        stays = from_sheet(
            deal("x", n.WON, "2026-01-01", "2026-03-01"),
            ("x", "A", "2026-01-01"),
            ("x", "B", "2026-01-11"),
            ("x", "C", "2026-02-01"),
        )
        assert stays == [
            ("A", "01-01", "01-11", "B"),
            ("B", "01-11", "02-01", "C"),
            ("C", "02-01", "03-01", n.WON),
        ]

    def test_the_last_stay_of_an_open_deal_has_no_end(self):
        row = deal("x", "B", "2026-01-01")
        stays = from_sheet(row, ("x", "A", "2026-01-01"), ("x", "B", "2026-01-11"))
        assert stays[-1] == ("B", "01-11", "", "")

    def test_until_its_first_date_a_deal_was_in_the_first_stage(self):
        stays = from_sheet(deal("x", "B", "2026-01-01"), ("x", "B", "2026-01-11"))
        assert stays == [("A", "01-01", "01-11", "B"), ("B", "01-11", "", "")]

    def test_without_stage_dates_an_open_deal_has_always_been_where_it_is(self):
        assert from_sheet(deal("x", "C", "2026-01-01")) == [("C", "01-01", "", "")]

    @pytest.mark.parametrize("outcome", [n.WON, n.LOST])
    def test_without_stage_dates_a_closed_deal_left_the_first_stage(self, outcome):
        stays = from_sheet(deal("x", outcome, "2026-01-01", "2026-02-01"))
        assert stays == [("A", "01-01", "02-01", outcome)]

    def test_without_any_date_there_is_no_stay(self):
        assert from_sheet(deal("x", "A", None)) == []

    def test_without_creation_stays_begin_with_the_first_stage_date(self):
        stays = from_sheet(deal("x", "B", None), ("x", "B", "2026-01-11"))
        assert stays == [("B", "01-11", "", "")]

    def test_stages_of_one_day_are_passed_in_order(self):
        row = deal("x", n.LOST, "2026-01-01", "2026-01-01")
        stays = from_sheet(row, ("x", "B", "2026-01-01"), ("x", "A", "2026-01-01"))
        assert stays == [("A", "01-01", "01-01", "B"), ("B", "01-01", "01-01", n.LOST)]

    def test_a_stage_entered_after_a_later_one_is_a_step_back(self):
        row = deal("x", "A", "2026-01-01")
        stays = from_sheet(
            row, ("x", "A", "2026-02-01"), ("x", "B", "2026-01-01"), ("x", "C", "2026-01-11")
        )
        assert [stay[0] for stay in stays] == ["B", "C", "A"]
        assert stays[1][3] == "A"

    def test_dates_of_deals_that_are_not_there_are_passed_over(self):
        stays = from_sheet(deal("x", "A", "2026-01-01"), ("y", "B", "2026-01-05"))
        assert stays == [("A", "01-01", "", "")]

    def test_deals_do_not_run_into_each_other(self):
        deals = sheet("deals", [deal(name, "A", "2026-01-01") for name in "ab"])
        stays = stays_from_entries(deals.assign(outcome=n.OPEN), entries(), NAMES)
        assert stays[n.LEFT_ON].isna().all()
        assert stays[n.DEAL_ID].tolist() == ["a", "b"]
        assert list(stays.columns) == STAY_COLUMNS


class TestFromTheLog:
    def test_steps_back_and_reopenings_are_kept(self):
        stays = from_log(
            ("x", "2026-01-01", "B"),
            ("x", "2026-01-05", "A"),
            ("x", "2026-01-09", n.LOST),
            ("x", "2026-03-01", "B"),
            ("x", "2026-03-05", n.WON),
        )
        assert stays == [
            ("B", "01-01", "01-05", "A"),
            ("A", "01-05", "01-09", n.LOST),
            ("B", "03-01", "03-05", n.WON),
        ]

    def test_rows_that_do_not_change_the_stage_do_not_cut_a_stay(self):
        stays = from_log(
            ("x", "2026-01-01", "A"),
            ("x", "2026-01-05", "A"),
            ("x", "2026-01-07", None),
            ("x", "2026-01-09", "A"),
            ("x", "2026-01-11", "B"),
        )
        assert stays == [("A", "01-01", "01-11", "B"), ("B", "01-11", "", "")]

    def test_times_of_day_are_dropped(self):
        stays = stays_from_changes(
            log(("x", "2026-01-01 09:30", "A"), ("x", "2026-01-05 17:00", n.WON)), NAMES
        )
        assert stays.loc[0, n.ENTERED_ON] == day("01-01")
        assert stays.loc[0, n.LEFT_ON] == day("01-05")

    def test_interleaved_deals_are_told_apart(self):
        rows = log(
            ("x", "2026-01-01", "A"),
            ("y", "2026-01-02", "A"),
            ("x", "2026-01-03", "B"),
            ("y", "2026-01-04", n.LOST),
        )
        stays = stays_from_changes(rows, NAMES)
        assert spans(stays, "x") == [("A", "01-01", "01-03", "B"), ("B", "01-03", "", "")]
        assert spans(stays, "y") == [("A", "01-02", "01-04", n.LOST)]

    def test_an_empty_log_gives_an_empty_table_of_dates(self):
        stays = stays_from_changes(log(), NAMES)
        assert list(stays.columns) == STAY_COLUMNS
        assert stays[n.LEFT_ON].dtype == pd.Series([day("01-01")]).dtype


class TestBothWitnesses:
    ROWS = (("x", "2026-03-01", "B"), ("x", "2026-04-01", "A"), ("x", "2026-05-01", "B"))

    def test_the_log_wins_between_its_first_and_last_row(self):
        dates = [("x", "A", "2026-01-01"), ("x", "B", "2026-02-01"), ("x", "C", "2026-04-15")]
        assert merged(deal("x", "C", "2026-01-01"), dates, self.ROWS) == [
            ("01-01", "A"),
            ("02-01", "B"),
            ("03-01", "B"),
            ("04-01", "A"),
            ("05-01", "B"),
        ]

    def test_the_sheet_counts_after_the_last_row(self):
        row = deal("x", n.WON, "2026-03-01", "2026-07-01")
        seen = merged(row, [("x", "C", "2026-06-01")], self.ROWS)
        assert seen[-3:] == [("05-01", "B"), ("06-01", "C"), ("07-01", n.WON)]

    def test_it_does_not_where_the_log_has_rows_still_to_come(self):
        row = deal("x", n.WON, "2026-03-01", "2026-07-01")
        seen = merged(row, [("x", "C", "2026-06-01")], self.ROWS, watched=["x"])
        assert seen[-1] == ("05-01", "B")

    def test_a_closing_on_the_day_of_the_last_row_comes_after_it(self):
        row = deal("x", n.LOST, "2026-03-01", "2026-05-01")
        assert merged(row, [("x", "C", "2026-05-01")], self.ROWS)[-2:] == [
            ("05-01", "B"),
            ("05-01", n.LOST),
        ]

    def test_a_date_on_an_open_deal_is_not_an_event(self):
        row = deal("x", "B", "2026-03-01", "2026-07-01")
        assert merged(row, (), self.ROWS)[-1] == ("05-01", "B")

    def test_a_deal_closed_before_the_log_began_is_closed_on_its_own_day(self):
        row = deal("x", n.LOST, "2026-01-01", "2026-02-01")
        seen = merged(row, (), [("x", "2026-03-01", n.LOST)])
        assert seen == [("01-01", "A"), ("02-01", n.LOST), ("03-01", n.LOST)]

    def test_a_deal_without_stage_dates_was_since_creation_where_the_log_found_it(self):
        assert merged(deal("x", "B", "2026-01-01"), (), self.ROWS)[0] == ("01-01", "B")

    def test_one_with_later_stage_dates_was_in_the_first_stage(self):
        seen = merged(deal("x", "C", "2026-01-01"), [("x", "B", "2026-02-01")], self.ROWS)
        assert seen[:2] == [("01-01", "A"), ("02-01", "B")]

    def test_creation_on_the_first_day_of_the_log_adds_nothing(self):
        assert len(merged(deal("x", "B", "2026-03-01"), (), self.ROWS)) == 3

    def test_creation_is_not_needed(self):
        assert merged(deal("x", "B", None), (), self.ROWS)[0] == ("03-01", "B")

    def test_deals_without_log_are_left_to_the_sheet(self):
        assert merged(deal("y", "B", "2026-01-01"), [("y", "B", "2026-02-01")], ()) == []
