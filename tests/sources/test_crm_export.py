"""Reading exports: small made-up ones for each rule, the public data sets for the whole."""

from pathlib import Path

import pandas as pd
import pytest

from salespipe.errors import ImportMapError
from salespipe.sources.crm_export import read_export
from salespipe.sources.maps import read_map
from salespipe.tables import COLUMNS, Tables

REPO = Path(__file__).parents[2]
DATA = REPO.parent / "shared" / "data"
FRAMES = [*COLUMNS]

MAP = """
[[stages]]
name = "Talk"
probability = 0.3

[[stages]]
name = "Offer"
probability = 0.6

[deals]
columns = { deal_id = "Id", stage = "Stage", amount = "Amount" }
stages = { W = "won", L = "lost", T = "Talk", O = "Offer" }

[history]
file = "history.csv"
columns = { deal_id = "Deal", changed_on = "At", stage = "To", amount = "Money" }
order = ["-No"]
gives = ["created_on", "closed_on", "listed_amount"]

[accounts]
file = "accounts.csv"
columns = { account = "Name" }

[[activities]]
file = "calls.csv"
columns = { activity_on = "Day", deal_id = "Deal" }
constants = { activity_type = "Call" }

[[activities]]
file = "mails.csv"
columns = { activity_on = "Day", deal_id = "Deal" }
constants = { activity_type = "E-mail" }
"""
FILES = {
    "deals.csv": "Id,Stage,Amount,Colour\na,W,9,red\n,T,1,\nb,T,5,\nc,O,3,\n",
    "history.csv": (
        "No,Deal,At,To,Money\n1,a,2026-01-05,W,9\n2,a,2026-01-05,O,8\n3,a,2026-01-01,T,7\n"
        "4,b,2026-01-04,T,5\n5,b,2026-01-03,L,4\n6,b,2026-01-02,T,4\n"
        "7,z,2026-01-02,T,4\n8,a,,T,4\n9,,2026-01-02,T,4\n10,c,2026-01-02,L,3\n"
    ),
    "accounts.csv": "Name\nAcme\nZeta\nAcme\n",
    "calls.csv": "Day,Deal\n2026-01-02,a\n2026-01-03,q\n",
    "mails.csv": "Day,Deal\n2026-01-04,b\n",
}


@pytest.fixture
def read(tmp_path):
    def read_files(text=MAP, **changed):
        files = FILES | {f"{name}.csv": content for name, content in changed.items()}
        for name, content in (files | {"m.toml": text}).items():
            (tmp_path / name).write_text(content, encoding="utf-8")
        return read_export(tmp_path / "deals.csv", read_map(tmp_path / "m.toml"))

    return read_files


def test_history_becomes_changes_entries_and_closings(read):
    tables = read().tables
    changes = tables.changes
    assert [*zip(changes["deal_id"], changes["stage"], changes["amount"], strict=True)] == [
        ("a", "Talk", 7), ("c", "lost", 3), ("b", "Talk", 4), ("b", "lost", 4), ("b", "Talk", 5),
        ("a", "Offer", 8), ("a", "won", 9),
    ]  # fmt: skip
    entries = tables.stage_entries
    assert [*zip(entries.index, entries["stage"], strict=True)] == [
        (2, "Talk"), (2, "Offer"), (3, "Talk"),
    ]  # fmt: skip
    assert entries["entered_on"].dt.day.tolist() == [1, 5, 2]
    deals = tables.deals.set_index("deal_id")
    assert deals["closed_on"].dt.day.to_dict() == {
        "a": 5, "b": pytest.approx(float("nan"), nan_ok=True),
        "c": pytest.approx(float("nan"), nan_ok=True),
    }  # fmt: skip
    assert deals["listed_amount"].to_dict() == {"a": 7, "b": 4, "c": 3}
    assert deals["created_on"].dt.day.to_dict() == {"a": 1, "b": 2, "c": 2}


def test_rows_of_the_sheet_and_columns_of_the_contract(read):
    tables = read().tables
    assert tables.deals.index.tolist() == [2, 3, 4]
    assert tables.deals.columns.tolist() == [*COLUMNS["deals"], "Colour"]
    for name in FRAMES:
        frame = getattr(tables, name)
        assert frame.columns.tolist()[: len(COLUMNS[name])] == [*COLUMNS[name]]
        assert frame.dtypes.iloc[: len(COLUMNS[name])].equals(getattr(Tables(), name).dtypes)
        assert frame.index.name == "row"


def test_what_was_left_out_or_not_found_is_said(read):
    report = read().report
    assert [(x.file, x.reason, x.rows) for x in report.left_out] == [
        ("deals.csv", "no deal id", (3,)),
        ("history.csv", "no deal id", (10,)),
        ("history.csv", "deal not in the export", (8,)),
        ("history.csv", "no day", (9,)),
        ("accounts.csv", "account name stands above already", (4,)),
    ]
    assert [(u.file, u.value, u.sought) for u in report.unmatched] == [
        ("calls.csv", "q", "the deals")
    ]
    assert tuple(note.en for note in report.notes) == (
        "Deals that end in history.csv in another stage than in the export: 1, the first is c; "
        "both are kept, no closing day is taken.",
    )


def test_files_of_one_table_follow_each_other(read):
    activities = read().tables.activities
    assert activities["activity_type"].tolist() == ["Call", "Call", "E-mail"]
    assert activities.index.tolist() == [2, 3, 4]


def test_deals_without_history_are_counted(read):
    report = read(history="No,Deal,At,To,Money\n1,a,2026-01-05,W,9\n").report
    (note,) = report.notes
    assert note.en == "Deals without a row in history.csv: 2."
    assert note.zh == "history.csv 中没有记录的商机：2 个。"


def test_an_id_that_stands_twice_is_refused(read):
    with pytest.raises(ImportMapError, match=r'the id "b" stands in rows 3 and 5 .*once: 1'):
        read(deals="Id,Stage,Amount\na,W,9\nb,T,5\nc,T,5\nb,W,5\n")


def test_unknown_stages_of_the_history_are_refused(read):
    with pytest.raises(ImportMapError, match=r'history.csv holds stages .*"X" \(1\)'):
        read(history="No,Deal,At,To,Money\n1,a,2026-01-05,X,9\n")


def test_a_file_that_the_map_names_must_be_there(read, tmp_path):
    with pytest.raises(ImportMapError, match=r"There is no file .*other\.csv"):
        read(MAP.replace("calls.csv", "other.csv"))


def test_listed_amount_stands_in_and_stage_days_are_entries(read):
    text = """
    [deals]
    columns = { deal_id = "Id", stage = "Stage", amount = "Amount", listed_amount = "List" }
    listed_amount_for = ["open", "lost"]
    entered = { "Qualification" = "Q", "Prospecting" = "P" }
    """
    deals = (
        "Id,Stage,Amount,List,P,Q\na,won,9,10,2026-01-01,2026-02-01\nb,lost,0,20,,2026-02-02\n"
        "c,Prospecting,,30,2026-01-03,\n"
    )
    tables = read(text, deals=deals).tables
    assert tables.deals["amount"].tolist() == [9, 20, 30]
    assert [*zip(tables.stage_entries.index, tables.stage_entries["stage"], strict=True)] == [
        (2, "Prospecting"), (2, "Qualification"), (3, "Qualification"), (4, "Prospecting"),
    ]  # fmt: skip
    assert tables.deals.columns.tolist() == [*COLUMNS["deals"]]


def test_one_close_date_is_the_expected_one_while_a_deal_is_open(read):
    text = """
[deals]
columns = { deal_id = "Id", stage = "Stage", expected_close_on = "Due" }
stages = { W = "won", L = "lost", O = "Qualification" }
close_date = ["Closing", "Close"]
"""
    rows = (
        "a,W,2026-01-05,\nb,O,2026-03-05,\nc,O,2026-03-05,2026-04-01\nd,L,2026-02-01,2026-01-15\n"
    )
    deals = read(text, deals="Id,Stage,Close,Due\n" + rows).tables.deals
    days = deals[["closed_on", "expected_close_on"]].apply(lambda c: c.dt.strftime("%m-%d"))
    assert days.fillna("").to_numpy().tolist() == [
        ["01-05", ""], ["", "03-05"], ["", "04-01"], ["02-01", "01-15"],
    ]  # fmt: skip


def test_a_close_date_that_is_not_there_is_refused(read):
    text = """
[deals]
columns = { deal_id = "Id", stage = "Stage" }
stages = { W = "won" }
close_date = ["Close"]
"""
    with pytest.raises(ImportMapError, match=r'has no column "Close".* correct the map'):
        read(text, deals="Id,Stage\na,W\n")


def test_files_without_a_single_row_give_empty_tables(read):
    headers = {
        name.removesuffix(".csv"): text.split("\n")[0] + "\n" for name, text in FILES.items()
    }
    tables = read(**headers).tables
    for name in FRAMES:
        pd.testing.assert_frame_equal(
            getattr(tables, name)[[*COLUMNS[name]]], getattr(Tables(), name)
        )


def imported(folder, file):
    if not (DATA / folder).is_dir():
        pytest.skip(f"needs the data set {folder}, which is not part of the project")
    return read_export(
        DATA / folder / file, read_map(REPO / "examples" / "maps" / f"{folder}.toml")
    )


@pytest.fixture(scope="module")
def crm():
    return imported("crm_opportunities", "sales_pipeline.csv")


@pytest.fixture(scope="module")
def salesforce():
    return imported("salesforce_demo", "Opportunity.csv")


def test_crm_opportunities_whole(crm):
    deals = crm.tables.deals
    assert deals["stage"].value_counts().to_dict() == {
        "won": 4238, "lost": 2473, "Engaging": 1589, "Prospecting": 500,
    }  # fmt: skip
    assert deals["listed_amount"].notna().all()
    assert deals["amount"].notna().all()
    assert deals["segment"].nunique() == 7
    assert deals["created_on"].isna().sum() == 500
    unwon = deals[deals["stage"] != "won"]
    assert unwon["amount"].equals(unwon["listed_amount"])
    assert deals.loc[deals["stage"] == "won", "amount"].sum() == 10_005_534
    assert len(crm.tables.accounts) == 85
    assert crm.report.unmatched == ()
    assert crm.report.left_out == ()


def test_us_dates_import_identically(crm):
    us = imported("crm_opportunities", "sales_pipeline_us_dates.csv").tables
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(us, name), getattr(crm.tables, name))
    assert (us.stages, us.settings) == (crm.tables.stages, crm.tables.settings)


def test_salesforce_demo_whole(salesforce):
    tables = salesforce.tables
    deals = tables.deals
    assert deals["stage"].isin(["won", "lost"]).sum() == 1166 + 3769
    assert (deals["closed_on"].notna() == deals["stage"].isin(["won", "lost"])).all()
    assert deals[["owner", "account", "listed_amount"]].notna().all(axis=None)
    closed = tables.changes["stage"].isin(["won", "lost"])
    again = closed.groupby(tables.changes["deal_id"]).shift(fill_value=False) & ~closed
    assert again.sum() == 592
    assert set(tables.targets["owner"]) <= set(deals["owner"])
    assert len(tables.activities) == 7814 + 7823
    assert len(tables.changes) == 17502
    assert salesforce.report.unmatched == ()
    assert tables.settings.fiscal_year_start == 3


def test_saas_pipeline_whole():
    imported_ = imported("saas_pipeline", "opportunities.csv")
    deals = imported_.tables.deals
    assert deals["stage"].value_counts().to_dict() == {
        "lost": 3760, "won": 1824, "Prospecting": 147, "Qualification": 114, "Proposal": 94,
        "Negotiation": 61,
    }  # fmt: skip
    assert deals[["amount", "owner", "created_on", "source"]].notna().all(axis=None)
    closed = deals["stage"].isin(["won", "lost"])
    # One column of the export holds both days.
    assert (deals["closed_on"].notna() == closed).all()
    assert (deals["expected_close_on"].notna() == ~closed).all()
    assert deals["closed_on"].max() <= pd.Timestamp("2026-06-30")
    assert imported_.report.left_out == ()


def test_any_past_state_is_that_of_a_plain_replay(salesforce):
    raw = pd.read_csv(DATA / "salesforce_demo" / "OpportunityHistory.csv", dtype=str)
    raw["number"] = raw["External_Id__c"].str.rpartition(".")[2].astype(int)
    rows = raw.sort_values("number", ascending=False).to_dict("records")
    stages = {"Closed Won": "won", "Closed Lost": "lost"}
    categories = {"BestCase": "best_case", "Forecast": "commit", "Closed": None}
    changes = salesforce.tables.changes
    for day in pd.date_range("2015-07-01", "2017-06-01", periods=10).normalize():
        state = {}
        for row in rows:
            if row["CreatedDate__c"][:10] <= f"{day:%Y-%m-%d}":
                category = row["ForecastCategory__c"]
                state[row["Opportunity.External_Id__c"]] = (
                    stages.get(row["StageName__c"], row["StageName__c"]),
                    float(row["Amount__c"]),
                    row["CloseDate__c"],
                    categories.get(category, category.lower()),
                )
        log = changes[changes["changed_on"] <= day].drop_duplicates("deal_id", keep="last")
        rebuilt = {
            row.deal_id: (
                row.stage,
                row.amount,
                f"{row.expected_close_on:%Y-%m-%d}",
                None if pd.isna(row.forecast_category) else row.forecast_category,
            )
            for row in log.itertuples()
        }
        assert rebuilt == state
