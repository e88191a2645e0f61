from collections import Counter
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from salespipe import names as n
from salespipe.bands import AGE_CUTS, CALLS, DUE_BANDS, age_band
from salespipe.errors import AsOfError
from salespipe.exposure import CELL_COLUMNS, TIE, build_exposure, observed_from
from salespipe.pipeline import Pipeline, build_pipeline
from salespipe.synthetic import Company, simulate_company
from salespipe.tables import Tables, conform
from tests.small_tables import NAMES, STAGES, as_of, day, deal, entries, log, sheet, tables

LAST = date(2026, 12, 31)
EPOCH = date(1970, 1, 1)
MEASURES = ["days", "onward", "lost"]


def exposure_of(*rows, when="12-31", **more):
    return build_exposure(build_pipeline(tables(*rows, **more), as_of=as_of(when)))


def by(cells: pd.DataFrame, key: str) -> dict[object, float]:
    """Sum the days per level of a key; bands and due bands by their number or name."""
    days = cells.groupby(key)["days"].sum()
    return {DUE_BANDS[code] if key == "due" else code: value for code, value in days.items()}


def month_number(day_: date) -> int:
    return day_.year * 12 + day_.month - 1


def days_number(stamp: pd.Timestamp) -> int:
    return (stamp.date() - EPOCH).days


def count_slowly(pipeline: Pipeline, start: pd.Timestamp) -> tuple[Counter, Counter, Counter]:
    """Walk every stay in steps of half a day, within which nothing changes."""
    deals = pipeline.deals.set_index(n.DEAL_ID)
    days, onward, lost = Counter(), Counter(), Counter()
    for stay in pipeline.stays.itertuples():
        groups = deals.loc[stay.deal_id, [n.OWNER, n.SEGMENT, n.SOURCE]]
        own = pipeline.changes[pipeline.changes[n.DEAL_ID] == stay.deal_id]
        said = list(zip(own[n.CHANGED_ON], own[n.EXPECTED_CLOSE_ON], strict=True))
        calls = list(zip(own[n.CHANGED_ON], own[n.FORECAST_CATEGORY], strict=True))
        begun = days_number(stay.entered_on) + 0.5
        gone = not pd.isna(stay.left_on)
        end = days_number(stay.left_on) + 0.5 if gone else days_number(pipeline.day) + 1
        steps = [(at, 0.5) for at in np.arange(begun, end, 0.5)] or [(begun, 0.25)]
        steps = [(at, width) for at, width in steps if at >= days_number(start)]
        for place, (at, width) in enumerate(steps):
            today = EPOCH + timedelta(days=int(at))
            key = (
                stay.stage,
                sum(at - begun >= cut for cut in AGE_CUTS),
                month_number(today),
                due_slowly(said, at, today),
                *(n.UNKNOWN if pd.isna(name) else name for name in groups),
                call_slowly(calls, at),
            )
            days[key] += width
            if gone and place == len(steps) - 1:
                # On an age cut: below it if begun on an even day, above it on an odd one.
                odd = days_number(stay.entered_on) % 2
                aged = end - begun + (TIE if odd else -TIE)
                key = (key[0], sum(aged >= cut for cut in AGE_CUTS), *key[2:])
                (lost if stay.next_stage == n.LOST else onward)[key] += 1
    return days, onward, lost


def call_slowly(said: list[tuple[pd.Timestamp, str]], at: float) -> str:
    call = "none"
    for changed_on, word in said:
        if days_number(changed_on) + 0.5 <= at and not pd.isna(word):
            call = word
    return call


def due_slowly(said: list[tuple[pd.Timestamp, pd.Timestamp]], at: float, today: date) -> str:
    expected = None
    for changed_on, day_ in said:
        if days_number(changed_on) + 0.5 <= at and not pd.isna(day_):
            expected = day_.date()
    if expected is None:
        return "none"
    if expected <= today:
        return "overdue" if expected < today else "today"
    ahead = month_number(expected) - month_number(today)
    return ("this month", "next month", "later")[min(ahead, 2)]


@st.composite
def pipelines(draw: st.DrawFn) -> Pipeline:
    """Draw a few deals that walk through stages, with or without a change log."""
    rows, dates, changes = [], [], []
    for deal_id in draw(st.lists(st.sampled_from("abcde"), min_size=1, max_size=5, unique=True)):
        at = LAST - timedelta(days=draw(st.integers(0, 500)))
        owner, segment = draw(st.sampled_from(["Ana", "Bo", None])), draw(st.sampled_from("st"))
        row = deal(deal_id, "A", at.isoformat(), owner=owner, segment=segment)
        logged = draw(st.booleans())
        for state in draw(st.lists(st.sampled_from([*NAMES, n.WON, n.LOST]), max_size=4)):
            row[n.STAGE] = state
            close = at + timedelta(days=draw(st.integers(-40, 90)))
            expected = {
                n.EXPECTED_CLOSE_ON: draw(st.sampled_from([close.isoformat(), None])),
                n.FORECAST_CATEGORY: draw(st.sampled_from([n.COMMIT, n.PIPELINE, None])),
            }
            if logged:
                changes.append((deal_id, at.isoformat(), state, expected))
            elif state in NAMES:
                dates.append((deal_id, state, at.isoformat()))
            if state not in NAMES:
                row[n.CLOSED_ON] = at.isoformat()
                break
            at = min(LAST, at + timedelta(days=draw(st.integers(0, 120))))
        rows.append(row)
    changes.sort(key=lambda row: row[1])
    book = tables(*rows, stage_entries=entries(*dates), changes=log(*changes))
    try:
        return build_pipeline(book, as_of=LAST - timedelta(days=draw(st.sampled_from([0, 0, 3]))))
    except AsOfError:
        reject()


def test_how_many_stays_are_counted_at_a_time_changes_nothing(small_pipeline, monkeypatch):
    whole = build_exposure(small_pipeline)
    monkeypatch.setattr("salespipe.exposure.STAYS", 7)
    pieces = build_exposure(small_pipeline)

    pd.testing.assert_frame_equal(whole.cells, pieces.cells)
    pd.testing.assert_frame_equal(whole.landings, pieces.landings)


@settings(max_examples=25, deadline=None)
@given(pipelines())
def test_cells_are_what_a_slow_count_of_half_days_gives(pipeline):
    exposure = build_exposure(pipeline)
    cells = exposure.cells
    keys = list(
        zip(
            (exposure.stages[code] for code in cells["stage"]),
            cells["band"],
            cells["month"],
            (DUE_BANDS[code] for code in cells["due"]),
            (exposure.owners[code] for code in cells["owner"]),
            (exposure.segments[code] for code in cells["segment"]),
            (exposure.sources[code] for code in cells["source"]),
            (CALLS[code] for code in cells["call"]),
            strict=True,
        )
    )
    assert len(set(keys)) == len(keys)
    slow = count_slowly(pipeline, exposure.start)
    for measure, counted in zip(MEASURES, slow, strict=True):
        fast = dict(zip(keys, cells[measure], strict=True))
        assert {key: fast[key] for key in fast if fast[key] > 10 * TIE} == pytest.approx(
            counted, abs=10 * TIE
        )
    assert (cells["days"] > 0).all()
    assert cells["days"].sum() == pytest.approx(days_at_risk(pipeline, exposure.start).sum())


def days_at_risk(pipeline: Pipeline, start: pd.Timestamp) -> pd.Series:
    """Give the days of each stay from a day on: noon to noon, or to the end of the last day."""
    stays, half = pipeline.stays, pd.Timedelta(hours=12)
    begun = stays[n.ENTERED_ON] + half
    ended = (stays[n.LEFT_ON] + half).fillna(pipeline.day + 2 * half)
    ended = ended.mask(ended == begun, begun + half / 2)
    seen = (ended - begun.clip(lower=start)) / pd.Timedelta(days=1)
    return seen.clip(lower=0)


class TestOneDeal:
    def test_a_month_in_one_stage(self):
        row = deal("x", n.LOST, "2026-01-20", "2026-03-05")
        cells = exposure_of(row, stage_entries=entries(("x", "A", "2026-01-20"))).cells
        january = month_number(date(2026, 1, 1))
        assert by(cells, "month") == {january: 11.5, january + 1: 28, january + 2: 4.5}
        assert by(cells, "band") == pytest.approx({0: 3, 1: 4, 2: 7, 3: 16, 4: 14}, abs=2 * TIE)
        assert cells[["onward", "lost"]].sum().tolist() == [0, 1]
        assert cells.loc[cells["lost"] == 1, ["month", "band"]].to_numpy().tolist() == [
            [january + 2, 4]
        ]

    def test_a_deal_still_there_counts_to_the_end_of_the_day(self):
        cells = exposure_of(deal("x", "A", "2026-01-20"), when="01-20").cells
        assert cells["days"].tolist() == [0.5]
        assert cells[["onward", "lost"]].to_numpy().sum() == 0

    def test_a_stay_that_ends_the_day_it_began_is_a_quarter_of_a_day(self):
        row = deal("x", n.WON, "2026-01-20", "2026-01-20")
        cells = exposure_of(row, stage_entries=entries(("x", "C", "2026-01-20"))).cells
        assert cells[["stage", "days", "onward", "lost"]].to_numpy().tolist() == [[2, 0.25, 1, 0]]

    def test_due_bands_follow_the_log(self):
        said = [("01-10", "2026-02-20"), ("03-03", "2026-05-15"), ("05-15", None)]
        rows = [("x", f"2026-{at}", "A", {n.EXPECTED_CLOSE_ON: due}) for at, due in said]
        row = deal("x", n.LOST, "2026-01-01", "2026-06-01")
        dates = entries(("x", "A", "2026-01-01"))
        exposure = exposure_of(
            row, stage_entries=dates, changes=log(*rows, ("x", "2026-06-01", n.LOST))
        )
        assert by(exposure.cells, "due") == {
            "none": 9,  # 1 to 10 January, from noon to noon
            "next month": 21.5 + 30,  # rest of January; all April
            "this month": 19 + 14,  # 1 to 19 February, 1 to 14 May
            "today": 2,  # 20 February, 15 May
            "overdue": 8 + 2.5 + 16.5,  # to the end of February, 3 March noon; 16 May to 1 June
            "later": 28.5,  # the rest of March
        }
        (exit_,) = exposure.cells.loc[exposure.cells["lost"] == 1, "due"]
        assert DUE_BANDS[exit_] == "overdue"

    def test_without_a_log_no_due_date_is_known(self):
        row = deal("x", "A", "2026-01-01", expected_close_on="2026-03-01")
        assert set(by(exposure_of(row).cells, "due")) == {"none"}

    @pytest.mark.parametrize("far", ["1900-01-01", "9999-12-31"])
    def test_an_absurd_close_date_of_one_deal_does_not_touch_another(self, far):
        near = [("y", "2026-01-01", "A", {n.EXPECTED_CLOSE_ON: "2026-12-31"})]
        rows = [deal(name, "A", "2026-01-01") for name in "xyz"]
        both = [(name, "2026-01-01", "A", {n.EXPECTED_CLOSE_ON: far}) for name in "xz"]
        days = by(exposure_of(*rows, changes=log(*near, *both)).cells, "due")
        absurd = "overdue" if far < "2000" else "later"
        alone = by(exposure_of(rows[1], changes=log(*near)).cells, "due")
        total = Counter(alone) + Counter({absurd: 2 * 364.5})
        assert days == pytest.approx(dict(total))


class TestMoves:
    BOOK = tables(
        deal("x", n.WON, "2026-01-01", "2026-04-01", owner="Bo", segment="s"),
        deal("y", "C", "2026-01-01", owner="Ana"),
        stage_entries=entries(
            ("x", "A", "2026-01-01"),
            ("x", "C", "2026-02-01"),
            ("y", "A", "2026-01-01"),
            ("y", "C", "2026-03-01"),
        ),
    )

    def test_where_exits_landed(self):
        exposure = build_exposure(build_pipeline(self.BOOK, as_of=as_of("06-01")))
        landings = exposure.landings.sort_values(["stage", "next"]).to_numpy().tolist()
        assert landings == [[0, 0, 2, 2], [2, 0, 3, 1]]
        assert exposure.cells["onward"].sum() == 3

    def test_levels_are_named_and_blanks_are_a_level(self):
        exposure = build_exposure(build_pipeline(self.BOOK, as_of=as_of("06-01")))
        assert exposure.stages == ("A", "B", "C")
        assert exposure.owners == ("Ana", "Bo")
        assert exposure.segments == (n.UNKNOWN, "s")
        assert exposure.end == day("06-01")
        own = exposure.cells[exposure.cells["owner"] == 1]
        assert own["segment"].unique().tolist() == [1]
        assert own["days"].sum() == 31 + 59

    def test_losses_land_nowhere(self):
        assert exposure_of(deal("x", n.LOST, "2026-01-01", "2026-02-01")).landings.empty

    def test_without_any_date_there_is_no_exposure(self):
        exposure = exposure_of(deal("x", "A", None))
        assert exposure.cells.empty
        assert exposure.landings.empty
        assert exposure.start == exposure.end == day("12-31")
        assert list(exposure.cells.columns) == [*CELL_COLUMNS, *MEASURES]


def named_cells(book: Tables, when: date, ids: set[str]) -> pd.DataFrame:
    """Give the exposure of some deals with names for codes, so that parts can be compared."""
    part = {
        key: getattr(book, key)[getattr(book, key)[n.DEAL_ID].isin(ids)]
        for key in ("deals", "stage_entries", "changes")
    }
    exposure = build_exposure(
        build_pipeline(Tables(**part, stages=book.stages, settings=book.settings), as_of=when)
    )
    cells = exposure.cells
    names = {
        "stage": exposure.stages,
        "owner": exposure.owners,
        "segment": exposure.segments,
        "source": exposure.sources,
    }
    # Size bands are fifths of the deals at hand, so they are no key that parts have in common.
    cells = cells.groupby([key for key in CELL_COLUMNS if key != "size"], as_index=False).sum()
    cells = cells.assign(size=0)
    codes = {key: [levels[code] for code in cells[key]] for key, levels in names.items()}
    return cells.assign(**codes).set_index(CELL_COLUMNS)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_exposure_of_parts_adds_up_to_that_of_the_whole(seed):
    company = Company(deals=300, months=12)
    book = simulate_company(company, seed=seed, as_of=company.end).tables
    ids = set(book.deals[n.DEAL_ID])
    some = {deal_id for deal_id in ids if int(deal_id[2:]) % 3 == 0}
    parts = [named_cells(book, company.end, part) for part in (some, ids - some)]
    whole = named_cells(book, company.end, ids)
    added = pd.concat(parts).groupby(level=CELL_COLUMNS).sum()
    assert not parts[0].index.intersection(parts[1].index).empty
    pd.testing.assert_frame_equal(added, whole.sort_index(), check_index_type=False)


class TestLeftTruncation:
    def file(self, *, first_exit: str, count: int = 60) -> pd.DataFrame:
        """Make a file in which a deal is created every other day from 2025 on.

        They close in 1 to 79 days; closings before a date are not in it, nor are their deals.
        """
        created = pd.date_range("2025-01-01", periods=count, freq="2D")
        closed = created + pd.to_timedelta([1 + 39 * k % 79 for k in range(count)], unit="D")
        keep = closed >= pd.Timestamp(first_exit)
        rows = [
            deal(f"d{k}", n.LOST, f"{a:%Y-%m-%d}", f"{b:%Y-%m-%d}")
            for k, (a, b) in enumerate(zip(created[keep], closed[keep], strict=True))
        ]
        return sheet("deals", rows)

    def stays(self, deals: pd.DataFrame) -> pd.DataFrame:
        book = Tables(deals=deals, stages=STAGES)
        return build_pipeline(book, as_of=date(2025, 12, 31)).stays

    def test_a_file_that_begins_from_nothing_is_seen_from_its_first_day(self):
        stays = self.stays(self.file(first_exit="2025-01-01"))
        assert observed_from(stays, pd.Timestamp("2025-12-31")) == pd.Timestamp("2025-01-01")

    def test_a_silence_too_long_for_its_deals_means_closings_are_missing(self):
        deals = self.file(first_exit="2025-04-10")
        old = [deal(f"o{k}", n.LOST, "2024-06-01", f"2025-04-{10 + k}") for k in range(15)]
        deals = conform("deals", pd.concat([sheet("deals", old), deals], ignore_index=True))
        stays = self.stays(deals)
        start = observed_from(stays, pd.Timestamp("2025-12-31"))
        assert start == pd.Timestamp("2025-04-01")
        pipeline = build_pipeline(Tables(deals=deals, stages=STAGES), as_of=date(2025, 12, 31))
        exposure = build_exposure(pipeline)
        assert exposure.start == start
        assert exposure.cells["month"].min() == month_number(start.date())
        assert exposure.cells["lost"].sum() == len(stays)
        # A deal does not grow younger because it was not watched.
        oldest = exposure.cells[exposure.cells["band"] == age_band(np.array([310.0]))[0]]
        assert oldest["days"].sum() == pytest.approx(sum(9.5 + k for k in range(15)))

    def test_stays_that_nobody_leaves_are_seen_from_the_first(self):
        stays = self.stays(sheet("deals", [deal("x", "A", "2025-02-03")]))
        assert observed_from(stays, pd.Timestamp("2025-12-31")) == pd.Timestamp("2025-02-03")

    @pytest.mark.parametrize("burn_in", [0, 12])
    def test_simulated_files_are_told_apart(self, burn_in):
        company = Company(deals=600, months=12, burn_in=burn_in)
        book = simulate_company(company, seed=3, as_of=company.end).tables
        pipeline = build_pipeline(book, as_of=company.end)
        exposure = build_exposure(pipeline)
        first = pipeline.stays[n.ENTERED_ON].min()
        # Carried deals show moves between open stages from before, but no closing.
        assert (first < pd.Timestamp(company.start)) == (burn_in > 0)
        assert exposure.start == (pd.Timestamp(company.start) if burn_in else first)
        days = days_at_risk(pipeline, exposure.start).sum()
        assert exposure.cells["days"].sum() == pytest.approx(days)

    def test_a_few_closings_are_no_proof(self):
        rows = [deal(f"d{k}", n.LOST, "2025-01-01", "2025-11-30") for k in range(4)]
        stays = self.stays(sheet("deals", rows))
        assert observed_from(stays, pd.Timestamp("2025-12-31")) == pd.Timestamp("2025-01-01")


def test_rates_of_the_first_days_are_not_raised_by_counting_in_days():
    """A stay of 3 days by the calendar lasted 2 to 4: half of them end beyond the cut at 3."""
    company = Company(
        deals=4000,
        months=15,
        future_months=1,
        moq_timing=(0.0, 0.0, 0.0),
        timing_shock_scale=0.0,
        owner_timing_spread=0.0,
        activities_per_week=0.01,
    )
    simulated = simulate_company(company, seed=3, as_of=company.end)
    cells = build_exposure(build_pipeline(simulated.tables, as_of=company.end)).cells
    truth = simulated.truth
    rates = truth.log_rate.to_numpy()[:, None] + truth.age_effect.to_numpy()
    expected = cells["days"] * np.exp(rates[cells["stage"], cells["band"]])
    exits = (cells["onward"] + cells["lost"]).groupby(cells["band"]).sum()
    ratio = exits / expected.groupby(cells["band"]).sum()
    assert (ratio[exits > 500] - 1).abs().max() < 0.1
