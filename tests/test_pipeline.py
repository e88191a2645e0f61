from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from salespipe import names as n
from salespipe.errors import AsOfError, EmptyPipelineError
from salespipe.pipeline import ONE_STAGE, build_pipeline
from salespipe.tables import Tables, conform
from tests.small_tables import NAMES, as_of, day, deal, entries, log, sheet, spans, tables

WRITTEN = {
    n.EXPECTED_CLOSE_ON: "2026-09-01",
    n.FORECAST_CATEGORY: n.COMMIT,
    n.CONFIDENCE: 0.9,
    n.NEXT_STEP: "Call",
    n.NEXT_STEP_ON: "2026-03-09",
    n.LOST_REASON: "Price",
    n.EXIT_EVIDENCE: "Mail",
    n.NOTES: "Hot",
    "Colour": "red",
}
"""What a person may write over, a column of the workbook's own included."""


def one(book, when, deal_id="x"):
    """Give a deal as it was known on a day."""
    deals = build_pipeline(book, as_of=as_of(when)).deals
    return deals.set_index(n.DEAL_ID).loc[deal_id]


def stays_on(book, when):
    return spans(build_pipeline(book, as_of=as_of(when)).stays)


class TestRefusals:
    def test_a_workbook_without_deals(self):
        with pytest.raises(EmptyPipelineError) as refused:
            build_pipeline(Tables(), as_of=as_of("03-01"))
        assert str(refused.value) == "The Deals sheet has no deal; enter at least one row."

    @pytest.mark.parametrize(
        "row",
        [
            deal("x", "A", "2026-04-02"),
            deal("x", n.WON, None, "2026-04-02"),
            deal("x", n.WON, "2026-04-02", "2026-05-01"),
        ],
    )
    def test_a_date_before_the_first_deal(self, row):
        with pytest.raises(AsOfError) as refused:
            build_pipeline(tables(row), as_of=as_of("04-01"))
        assert str(refused.value) == (
            "No deal is known as of 2026-04-01: the first date in the Deals sheet is 2026-04-02; "
            "give a later --as-of date."
        )


class TestWhichDealsAreKnown:
    def known(self, *rows, when="03-01", **more):
        deals = build_pipeline(tables(*rows, **more), as_of=as_of(when)).deals
        return deals[n.DEAL_ID].tolist()

    def test_those_created_by_the_end_of_the_day(self):
        rows = [deal(d, "A", f"2026-{d}") for d in ("02-28", "03-01", "03-02")]
        assert self.known(*rows) == ["02-28", "03-01"]

    def test_a_time_of_day_does_not_matter(self):
        assert self.known(deal("x", "A", "2026-03-01 18:00")) == ["x"]

    def test_any_date_proves_that_a_deal_existed(self):
        rows = [deal(d, n.LOST, None, None) for d in "abc"] + [deal("d", "A", "2026-05-01")]
        rows[0][n.CLOSED_ON] = "2026-03-01"
        more = {
            "stage_entries": entries(("b", "A", "2026-03-01")),
            "changes": log(("c", "2026-03-01", "A")),
        }
        assert self.known(*rows, **more) == ["a", "b", "c"]

    def test_a_deal_without_any_date_is_known_only_if_nothing_came_later(self):
        rows = [deal("x", "B", None), deal("y", "A", "2026-03-01")]
        assert self.known(*rows) == ["x", "y"]
        assert self.known(*rows, deal("z", "A", "2026-03-02")) == ["y"]
        assert self.known(*rows, stage_entries=entries(("y", "B", "2026-03-02"))) == ["y"]

    def test_a_sheet_without_any_date_is_known_as_it_stands(self):
        pipeline = build_pipeline(tables(deal("x", "B", None)), as_of=as_of("03-01"))
        assert pipeline.deals[n.STAGE].tolist() == ["B"]
        assert pipeline.stays.empty
        assert pipeline.deals[n.ENTERED_ON].isna().all()

    def test_a_creation_after_the_date_does_not_show(self):
        book = tables(deal("x", "B", "2026-04-01"), stage_entries=entries(("x", "A", "2026-02-01")))
        assert pd.isna(one(book, "03-01")[n.CREATED_ON])
        assert stays_on(book, "03-01") == [("A", "02-01", "", "")]


class TestRewindingTheSheet:
    ROW = deal("x", n.WON, "2026-01-01", "2026-05-01", listed_amount=80.0, **WRITTEN)
    DATES = entries(("x", "A", "2026-01-01"), ("x", "B", "2026-02-01"), ("x", "C", "2026-04-01"))
    BOOK = tables(ROW, stage_entries=DATES)

    @pytest.mark.parametrize(
        ("when", "stage", "outcome"),
        [
            ("01-31", "A", n.OPEN),
            ("02-01", "B", n.OPEN),
            ("03-31", "B", n.OPEN),
            ("04-30", "C", n.OPEN),
            ("05-01", n.WON, n.WON),
        ],
    )
    def test_the_stage_is_the_last_one_entered_by_then(self, when, stage, outcome):
        known = one(self.BOOK, when)
        assert (known[n.STAGE], known[n.OUTCOME]) == (stage, outcome)
        assert pd.isna(known[n.CLOSED_ON]) == (outcome == n.OPEN)

    def test_what_was_overwritten_since_is_unknown_and_the_amount_is_the_listed_one(self):
        known = one(self.BOOK, "03-01")
        assert known[list(WRITTEN)].isna().all()
        assert known[n.AMOUNT] == 80.0
        assert known[n.ENTERED_ON] == day("02-01")
        assert one(tables(self.ROW | {n.LISTED_AMOUNT: None}), "03-01")[[n.AMOUNT]].isna().all()

    def test_what_is_older_than_the_date_stands(self):
        known = one(self.BOOK, "05-01")
        assert known[list(WRITTEN)].notna().all()
        assert known[n.AMOUNT] == 100.0
        assert known[n.CLOSED_ON] == day("05-01")

    def test_a_deal_that_did_not_move_keeps_what_is_written(self):
        book = tables(self.ROW, deal("y", "B", "2026-01-15", **WRITTEN))
        assert one(book, "03-01", "y")[list(WRITTEN)].notna().all()

    def test_without_stage_dates_it_was_in_the_first_stage(self):
        book = tables(self.ROW)
        assert one(book, "03-01")[n.STAGE] == "A"
        assert stays_on(book, "03-01") == [("A", "01-01", "", "")]

    def test_of_two_stages_entered_on_one_day_the_later_counts(self):
        both = entries(("x", "B", "2026-01-01"), ("x", "A", "2026-01-01"))
        book = tables(self.ROW, stage_entries=both)
        assert one(book, "03-01")[n.STAGE] == "B"
        assert stays_on(book, "03-01")[-1] == ("B", "01-01", "", "")

    def test_a_closed_deal_with_a_later_stage_date_stays_closed(self):
        book = tables(self.ROW, stage_entries=entries(("x", "C", "2026-06-01")))
        assert one(book, "05-15")[n.OUTCOME] == n.WON

    def test_the_workbook_is_left_alone(self):
        before = self.BOOK.deals.copy()
        build_pipeline(self.BOOK, as_of=as_of("03-01"))
        pd.testing.assert_frame_equal(self.BOOK.deals, before)


EARLY = {n.AMOUNT: 90.0, n.OWNER: "Ana", n.CONFIDENCE: 0.4, n.EXPECTED_CLOSE_ON: "2026-07-01"}
"""What the log says of a deal first."""


class TestTheLog:
    CLOSED = deal("x", n.LOST, "2026-01-01", "2026-06-01", owner="Bo", listed_amount=80.0)
    REOPENED = log(
        ("x", "2026-01-01", "A", EARLY),
        ("x", "2026-02-01", n.WON, {n.AMOUNT: 95.0}),
        ("x", "2026-03-01", "C"),
        ("x", "2026-04-01", "B", {n.CONFIDENCE: 0.2}),
        ("x", "2026-06-01", n.LOST),
    )
    BOOK = tables(CLOSED, changes=REOPENED)

    @pytest.mark.parametrize(
        ("when", "stage", "closed"),
        [
            ("01-31", "A", ""),
            ("02-01", n.WON, "02-01"),
            ("02-28", n.WON, "02-01"),
            ("03-01", "C", ""),
            ("05-31", "B", ""),
            ("06-01", n.LOST, "06-01"),
        ],
    )
    def test_reopenings_and_steps_back_come_back(self, when, stage, closed):
        known = one(self.BOOK, when)
        assert known[n.STAGE] == stage
        assert known[n.OUTCOME] == (stage if closed else n.OPEN)
        assert known[n.CLOSED_ON] == day(closed) if closed else pd.isna(known[n.CLOSED_ON])

    def test_their_stays_are_kept(self):
        assert stays_on(self.BOOK, "06-01") == [
            ("A", "01-01", "02-01", n.WON),
            ("C", "03-01", "04-01", "B"),
            ("B", "04-01", "06-01", n.LOST),
        ]
        assert stays_on(self.BOOK, "03-15")[-1] == ("C", "03-01", "", "")

    def test_it_gives_back_what_was_written(self):
        known = one(self.BOOK, "01-15")
        assert known[list(EARLY)].tolist() == [90.0, "Ana", 0.4, day("07-01")]
        known = one(self.BOOK, "05-15")
        assert known[[n.AMOUNT, n.OWNER, n.CONFIDENCE]].tolist() == [95.0, "Ana", 0.2]

    def test_the_sheet_speaks_of_the_time_before_and_after_it(self):
        dates = entries(
            ("x", "A", "2026-01-01"), ("x", "B", "2026-02-01"), ("x", "C", "2026-05-01")
        )
        changes = log(("x", "2026-03-01", "B"), ("x", "2026-04-01", "A"))
        book = tables(self.CLOSED, stage_entries=dates, changes=changes)
        states = {"01-15": "A", "02-15": "B", "04-15": "A", "05-15": "C", "06-15": n.LOST}
        assert {when: one(book, when)[n.STAGE] for when in states} == states
        assert stays_on(book, "06-15") == [
            ("A", "01-01", "02-01", "B"),
            ("B", "02-01", "04-01", "A"),
            ("A", "04-01", "05-01", "C"),
            ("C", "05-01", "06-01", n.LOST),
        ]

    def test_a_closing_typed_in_late_was_not_known_before(self):
        row = deal("x", n.LOST, "2026-01-01", "2026-03-01")
        changes = log(("x", "2026-01-01", "A"), ("x", "2026-04-01", n.LOST))
        book = tables(row, changes=changes)
        assert one(book, "03-15")[[n.STAGE, n.OUTCOME]].tolist() == ["A", n.OPEN]
        assert stays_on(book, "03-15") == [("A", "01-01", "", "")]

    def test_changes_of_other_things_take_back_what_the_sheet_shows(self):
        row = deal("x", "B", "2026-01-01", amount=300.0, listed_amount=80.0, **WRITTEN)
        later = [("x", "2026-04-01", "B"), ("x", "2026-05-01", "B", {n.AMOUNT: 300.0})]
        known = one(tables(row, changes=log(*later)), "03-01")
        assert known[n.AMOUNT] == 80.0
        assert known[list(WRITTEN)].isna().all()

    def test_its_first_row_of_a_deal_shows_no_change(self):
        row = deal("x", "B", "2026-01-01", **WRITTEN)
        book = tables(row, changes=log(("x", "2026-04-01", "B")))
        known = one(book, "03-01")
        assert known[[n.STAGE, n.AMOUNT]].tolist() == ["B", 100.0]
        assert known[list(WRITTEN)].notna().all()

    def test_a_later_remark_does_not_move_a_closing(self):
        row = deal("x", n.WON, "2026-01-01", "2026-02-10")
        rows = [("x", "2026-01-01", "A"), ("x", "2026-02-28", n.WON)]
        before = one(tables(row, changes=log(*rows)), "03-01")
        remarks = [("x", "2026-03-31", None, {n.OWNER: "Bo"}), ("x", "2026-04-30", n.WON)]
        after = one(tables(row, changes=log(*rows, *remarks)), "03-01")
        assert before[n.CLOSED_ON] == after[n.CLOSED_ON] == day("02-10")
        reopened = row | {n.STAGE: "B", n.CLOSED_ON: None}
        more = [("x", "2026-03-05", None), ("x", "2026-03-09", n.WON), ("x", "2026-04-30", "B")]
        known = one(tables(reopened, changes=log(*rows, *more)), "03-31")
        assert known[n.CLOSED_ON] == day("02-28")


class TestOneStage:
    ROWS = tuple(deal(f"w{k}", n.WON, "2026-01-01", "2026-02-01") for k in range(5))
    OPEN = (deal("x", "B", "2026-01-10"), deal("y", "C", "2026-01-20"))

    def test_where_no_history_was_kept_one_stage_stands_for_all(self):
        pipeline = build_pipeline(tables(*self.ROWS, *self.OPEN), as_of=as_of("03-01"))
        (step,) = pipeline.steps
        assert step.name == ONE_STAGE
        assert step.probability == pytest.approx((0.4 + 0.8) / 2)
        assert step.typical_days == 60
        assert spans(pipeline.stays) == [(ONE_STAGE, "01-10", "", "")]
        assert spans(pipeline.stays, "w0") == [(ONE_STAGE, "01-01", "02-01", n.WON)]
        assert pipeline.open_deals[n.STAGE].tolist() == ["B", "C"]

    def test_without_open_deals_its_prior_is_that_of_the_first_stage(self):
        pipeline = build_pipeline(tables(*self.ROWS), as_of=as_of("03-01"))
        assert pipeline.steps[0].probability == 0.2

    @pytest.mark.parametrize("witness", ["stage_entries", "changes"])
    def test_a_fifth_of_the_closed_deals_with_history_is_enough(self, witness):
        seen = {
            "stage_entries": entries(("w0", "B", "2026-01-05")),
            "changes": log(("w0", "2026-01-05", "B")),
        }
        book = tables(*self.ROWS, *self.OPEN, **{witness: seen[witness]})
        steps = build_pipeline(book, as_of=as_of("03-01")).steps
        assert [step.name for step in steps] == NAMES
        one_more = tables(
            *self.ROWS, deal("w9", n.WON, "2026-01-01", "2026-02-01"), **{witness: seen[witness]}
        )
        assert len(build_pipeline(one_more, as_of=as_of("03-01")).steps) == 1

    def test_without_closed_deals_the_stages_stand(self):
        assert len(build_pipeline(tables(*self.OPEN), as_of=as_of("03-01")).steps) == 3


class TestWhatItHolds:
    ROWS = (
        deal("x", "B", "2026-01-10"),
        deal("y", n.WON, "2026-01-10", "2026-02-01"),
        deal("z", n.LOST, "2026-01-10"),
    )

    def test_open_and_closed_deals(self):
        pipeline = build_pipeline(tables(*self.ROWS), as_of=as_of("03-01"))
        assert pipeline.open_deals[n.DEAL_ID].tolist() == ["x"]
        assert pipeline.closed_deals[n.DEAL_ID].tolist() == ["y", "z"]
        assert pipeline.day == day("03-01")
        assert pipeline.deals.index.tolist() == [2, 3, 4]

    @pytest.mark.parametrize("seen", [{}, {"changes": log(("z", "2026-01-10", "A"))}])
    def test_a_deal_closed_without_a_date_is_not_at_risk_for_ever(self, seen):
        dates = entries(("z", "A", "2026-01-10"), ("z", "B", "2026-01-20"))
        book = tables(*self.ROWS, stage_entries=dates, **seen)
        assert spans(build_pipeline(book, as_of=as_of("03-01")).stays, "z") == [
            ("A", "01-10", "01-20", "B")
        ]

    def test_activities_feedback_and_log_end_with_the_day(self):
        times = ["2026-02-28", "2026-03-01 23:59", "2026-03-02"]
        book = tables(
            *self.ROWS,
            activities=sheet("activities", [{n.ACTIVITY_ON: t} for t in times]),
            feedback=sheet("feedback", [{n.REPORTED_ON: t} for t in [*times, None]]),
            changes=log(*(("x", t, "B") for t in times)),
        )
        pipeline = build_pipeline(book, as_of=as_of("03-01"))
        assert len(pipeline.activities) == len(pipeline.changes) == 2
        assert len(pipeline.feedback) == 3

    def test_the_digest_tells_different_data_apart(self):
        book = tables(*self.ROWS)
        activity = sheet("activities", [{n.ACTIVITY_ON: "2026-02-01"}])
        target = sheet("targets", [{n.MONTH: "2026-02-01", n.QUOTA: 5.0}])
        settings = replace(book.settings, horizon=4)
        books = [
            book,
            tables(*self.ROWS[:2]),
            replace(book, activities=activity),
            replace(book, targets=target),
            replace(book, settings=settings),
            replace(book, stages=book.stages[1:]),
            replace(book, stage_entries=entries(("y", "B", "2026-01-11"))),
        ]
        digests = {build_pipeline(b, as_of=as_of("03-01")).digest for b in books}
        digests.add(build_pipeline(book, as_of=as_of("03-02")).digest)
        assert len(digests) == 8
        assert all(len(digest) == 16 for digest in digests)
        assert build_pipeline(tables(*self.ROWS), as_of=as_of("03-01")).digest in digests


def test_forecasts_known_are_those_made_before_in_the_same_currency():
    days = pd.to_datetime(["2026-01-31", "2026-02-28", "2026-02-28", "2026-03-31"])
    kept = pd.DataFrame(
        {"as_of": days, "currency": ["USD", "USD", "EUR", "USD"]}
        | {"method": "m", "by": "total", "period": "p", "worst": 1.0, "likely": 2.0, "best": 3.0}
    )
    deal = {n.DEAL_ID: "a", n.STAGE: "Qualification", n.CREATED_ON: pd.Timestamp("2026-01-01")}
    deals = conform("deals", pd.DataFrame([deal], index=[2]))
    bare = build_pipeline(Tables(deals=deals), as_of=date(2026, 3, 31))
    known = build_pipeline(Tables(deals=deals, forecasts=kept), as_of=date(2026, 3, 31))
    assert known.forecasts["as_of"].tolist() == [days[0], days[1]]
    # the weights of the views are made of them
    assert known.digest != bare.digest
