import pytest

from salespipe import names as n
from salespipe.kpi.linearity import linearities
from salespipe.pipeline import build_pipeline
from salespipe.settings import Settings
from tests.kpi.conftest import AS_OF
from tests.kpi.picking import pick, rows_of
from tests.small_tables import deal, tables

MONTH, WEEK = "revenue of the last month", "revenue of the last week"


def won(day, amount):
    return deal(f"{day}-{amount}", "won", "2026-01-05", f"2026-{day}", amount=amount)


@pytest.fixture
def deals():
    # Third quarter: 100 in July, 200 in August, 300 on 23 September, 400 on the 24th, of which
    # only the latter lies in the last seven days (24 to 30).
    return [won("07-01", 100.0), won("08-31", 200.0), won("09-23", 300.0), won("09-24", 400.0)]


def test_one_quarter_by_hand(deals):
    # October opens a quarter that is not full.
    made = tables(*deals, won("10-31", 1e6))
    table = rows_of(linearities, build_pipeline(made, as_of=AS_OF))
    assert pick(table, MONTH, "quarter", "2026Q3").value == pytest.approx(0.7)
    assert pick(table, WEEK, "quarter", "2026Q3").value == pytest.approx(0.4)
    assert pick(table, MONTH).n == 4


def test_fiscal_quarters_are_those_of_the_settings(deals):
    # With a fiscal year from February, August to October is the third quarter of 2027.
    made = tables(*deals, won("10-31", 100.0), settings=Settings(fiscal_year_start=2))
    table = rows_of(linearities, build_pipeline(made, as_of=AS_OF))
    assert pick(table, MONTH, "quarter", "2027Q3").value == pytest.approx(0.1)


def test_without_a_full_quarter_nothing_is_said(pipeline_of):
    row = {n.CREATED_ON: "2026-10-01", n.CLOSED_ON: "2026-10-20", n.STAGE: "won"}
    table = rows_of(linearities, pipeline_of([row]))
    assert table["value"].isna().all()
    assert table["population"].str.contains("no deal was won in a full quarter").all()
