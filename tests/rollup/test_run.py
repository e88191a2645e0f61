"""A rollup in this process: what it writes, what adds up, what fails alone, what is done again."""

import json
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest

from salespipe.errors import ProblemsError, WorkbookError
from salespipe.rollup.consolidate import draws_path, draws_table
from salespipe.rollup.engine import Embedded
from salespipe.workbook.read import read_workbook
from tests.rollup.conftest import DAY, UNITS


class Counting(Embedded):
    """Counts the tasks of each step."""

    def __init__(self):
        self.done = {}

    def run_each(self, function, tasks, shared):
        self.done[function.__name__] = len(tasks)
        return super().run_each(function, tasks, shared)


def stamped(path):
    return read_workbook(path, empty=True).stamp


@pytest.mark.slow
def test_the_company_is_the_sum_of_its_units_in_every_draw(rolled):
    made = rolled.made
    assert made.failures == {}
    assert list(made.written) == list(UNITS)
    table = pd.read_parquet(draws_path(made.into))
    summed = table.groupby(["draw", "month"])[["won_so_far", "from_open", "from_new"]].sum()
    whole = made.forecast.draws
    by_draw = summed.sum(axis=1).to_numpy().reshape(whole.shape)
    np.testing.assert_allclose(by_draw, whole, rtol=1e-12)
    assert made.forecast.open.by_segment.sum() == pytest.approx(made.forecast.open.total.sum())
    assert made.forecast.by_owner()["mean"].sum() == pytest.approx(
        made.forecast.summary().iloc[-1]["mean"]
    )
    assert set(made.forecast.by_owner()["group"]) == set(UNITS)
    assert whole.std() > 0


@pytest.mark.slow
def test_every_workbook_has_its_own_forecast(rolled):
    made, books = rolled.made, rolled.books
    table = made.forecast.by_owner().set_index("group")
    for unit in UNITS:
        path = books / f"{unit}.xlsx"
        assert stamped(path)["as_of"] == DAY.isoformat()
        sheet = pd.read_excel(path, sheet_name="Forecast", header=None, engine="openpyxl")
        rows = sheet.to_numpy().tolist()
        assert any(
            abs(cell - table.loc[unit, "likely"]) < 1
            for row in rows
            for cell in row
            if isinstance(cell, float)
        )
    assert stamped(made.into)["as_of"] == DAY.isoformat()


@pytest.mark.slow
def test_what_people_typed_stays_as_it_was(rolled, made_books):
    books = rolled.books
    for unit in UNITS:
        before, after = (
            read_workbook(made_books / f"{unit}.xlsx"),
            read_workbook(books / f"{unit}.xlsx"),
        )
        pd.testing.assert_frame_equal(after.tables.deals, before.tables.deals)
        with ZipFile(made_books / f"{unit}.xlsx") as old, ZipFile(books / f"{unit}.xlsx") as new:
            same = [name for name in old.namelist() if old.read(name) == new.read(name)]
            assert "xl/worksheets/sheet2.xml" in same  # Deals


@pytest.mark.slow
def test_a_rerun_does_nothing_and_says_the_same(rolled):
    first, engine = rolled.made, Counting()
    again = rolled.again(engine=engine)
    assert set(engine.done.values()) == {0}
    assert again.reused == {"read": 3, "simulated": 3, "written": 3}
    np.testing.assert_array_equal(again.forecast.draws, first.forecast.draws)


@pytest.mark.slow
def test_a_rerun_does_what_was_broken_off(roll, tmp_path):
    first = roll(output=tmp_path / "out")
    work = tmp_path / "company.rollup"
    next((work / "simulated").glob("north-*")).write_bytes(b"half a fi")
    (tmp_path / "out" / "west.xlsx").unlink()
    engine = Counting()
    again = roll(output=tmp_path / "out", engine=engine)
    assert engine.done == {"take": 0, "simulate": 1, "write": 1}
    np.testing.assert_array_equal(again.forecast.draws, first.forecast.draws)
    assert (tmp_path / "out" / "west.xlsx").exists()


def test_a_bad_workbook_fails_alone_and_changes_no_luck(roll, books):
    (books / "broken.xlsx").write_bytes(b"not a workbook")
    made = roll()
    assert list(made.written) == list(UNITS)
    table = draws_table(made.forecast)
    summed = table.groupby("draw")[["won_so_far", "from_open", "from_new"]].sum().sum(axis=1)
    np.testing.assert_allclose(summed, made.forecast.draws.sum(axis=1), rtol=1e-12)
    assert "broken" in made.failures
    assert "not" in made.failures["broken"]
    (books / "broken.xlsx").unlink()
    again = roll()
    assert again.failures == {}
    np.testing.assert_array_equal(again.forecast.draws, made.forecast.draws)


def test_another_fiscal_year_cannot_be_added(roll, books, rewritten):
    rewritten(books, "east", fiscal_year_start=4)
    made = roll()
    assert list(made.failures) == ["east"]
    assert "fiscal year, 4, differ" in made.failures["east"]
    assert set(made.forecast.by_owner()["group"]) == {"north", "west"}


def test_a_workbook_saved_meanwhile_is_left_alone(roll, books, rewritten):
    class Meddling(Embedded):
        def run_each(self, function, tasks, shared):
            if function.__name__ == "write":
                rewritten(books, "east", horizon=2)
                self.bytes = (books / "east.xlsx").read_bytes()
            return super().run_each(function, tasks, shared)

    engine = Meddling()
    made = roll(engine=engine)
    assert "saved by someone" in made.failures["east"]
    assert (books / "east.xlsx").read_bytes() == engine.bytes
    # Its numbers were made, so the company's have them.
    assert set(made.forecast.by_owner()["group"]) == set(UNITS)


@pytest.mark.slow
def test_the_order_of_the_workbooks_does_not_matter(roll, books):
    made = roll()
    backwards = [str(books / f"{unit}.xlsx") for unit in reversed(UNITS)]
    again = roll(patterns=backwards, into=made.into.with_name("other.xlsx"))
    np.testing.assert_array_equal(again.forecast.draws, made.forecast.draws)


@pytest.mark.slow
def test_without_a_date_it_is_the_last_day_of_any_workbook(roll):
    made = roll(as_of=None)
    days = [
        read_workbook(path).tables.deals[["created_on", "closed_on"]].max().max().date()
        for path in made.written.values()
    ]
    assert made.forecast.fit.pipeline.as_of >= max(days)


def test_fewer_than_two_workbooks_are_refused(roll, books):
    for unit in UNITS[1:]:
        (books / f"{unit}.xlsx").write_bytes(b"nothing")
    with pytest.raises(ProblemsError, match="Fewer than two workbooks can be worked on"):
        roll()
    for unit in UNITS[1:]:
        (books / f"{unit}.xlsx").unlink()
    with pytest.raises(WorkbookError, match="at least two"):
        roll()


@pytest.mark.slow
def test_the_shell_lists_failures_and_ends_with_1(roll, books, shell, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (books / "broken.xlsx").write_bytes(b"not a workbook")
    said = shell("rollup", "regions/*.xlsx", "--as-of", DAY, "--json")
    assert said.status == 1
    told = json.loads(said.out)
    assert list(told["failures"]) == ["broken"]
    assert {row["unit"] for row in told["units"]} == set(UNITS)
    said = shell("rollup", "regions/*.xlsx", "--as-of", DAY)
    assert "Failed: broken: " in said.out
    assert "together" in said.out
