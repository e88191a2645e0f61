from salespipe.kpi.weighted_pipeline import weighted_pipelines
from salespipe.pipeline import build_pipeline
from tests.kpi.conftest import AS_OF
from tests.kpi.picking import pick, rows_of
from tests.small_tables import deal, tables


def test_ten_thousand_at_seventy_percent_counts_seven_thousand(pipeline_of):
    row = {"amount": 10_000.0, "stage": "Proposal & Negotiation", "created_on": "2026-10-01"}
    table = rows_of(weighted_pipelines, pipeline_of([row]))
    assert pick(table, "sum of amount x stage").value == 7_000
    assert pick(table, "sum of amount of open").value == 10_000


def test_stages_add_up_and_closed_deals_do_not_count():
    made = tables(
        deal("a", "A", "2026-10-01", amount=100.0, owner="Ana"),
        deal("b", "B", "2026-10-01", amount=200.0, owner="Bo"),
        deal("c", "B", "2026-10-01", amount=None, owner="Bo"),
        deal("w", "won", "2026-10-01", "2026-10-05", amount=999.0),
    )
    table = rows_of(weighted_pipelines, build_pipeline(made, as_of=AS_OF))
    weighted = "sum of amount x stage"
    # 0.2 x 100 + 0.4 x 200.
    assert pick(table, weighted).value == 100
    assert pick(table, weighted, "stage", "A").value == 20
    assert pick(table, weighted, "stage", "B").value == 80
    assert pick(table, weighted, "owner", "Bo").value == 80
    assert "1 without an amount left out" in pick(table, weighted).population
    assert "no such deal" in pick(table, weighted, "stage", "C").population
