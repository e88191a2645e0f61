"""Exports as six CRMs make them, read by their presets."""

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from salespipe import names as n
from salespipe.errors import ImportMapError
from salespipe.pipeline import build_pipeline
from salespipe.sources import preset_names, read_export, read_map, read_preset
from salespipe.stages import open_stages, validate_stages

REPO = Path(__file__).parents[2]
DATA = REPO.parent / "shared" / "data" / "salesforce_demo"

EXPORTS = {
    "salesforce": (
        "Opportunity ID,Opportunity Name,Account Name,Opportunity Owner,Stage,Amount,"
        "Probability (%),Close Date,Created Date,Forecast Category\n"
        "006A,Big,Acme,Ana,Needs Analysis,1000,20,5/30/2026,1/15/2026,Pipeline\n"
        "006B,Won,Bolt,Bo,Closed Won,2000,100,3/20/2026,1/16/2026,Closed\n"
        "006C,Lost,Cog,Ana,Closed Lost,300,0,4/1/2026,2/1/2026,Omitted\n"
        "006D,New,Dot,Bo,Pilot,500,35,6/30/2026,2/20/2026,Best Case\n"
    ),
    "hubspot": (
        "Record ID,Deal Name,Associated Company,Deal owner,Deal Stage,Amount,Close Date,"
        "Create Date\n"
        "1,Big,Acme,Ana,Presentation Scheduled (Sales Pipeline),1000,2026-05-30 10:00,"
        "2026-01-15 09:00\n"
        "2,Won,Bolt,Bo,Closed Won (Sales Pipeline),2000,2026-03-20 10:00,2026-01-16 09:00\n"
        "3,Lost,Cog,Ana,Closed Lost (Sales Pipeline),300,2026-04-01 10:00,2026-02-01 09:00\n"
        "4,New,Dot,Bo,Pilot (Sales Pipeline),500,2026-06-30 10:00,2026-02-20 09:00\n"
    ),
    "pipedrive": (
        "Deal - ID;Deal - Title;Deal - Organization;Deal - Owner;Deal - Stage;Deal - Status;"
        "Deal - Value;Deal - Currency of Value;Deal - Deal created;Deal - Deal closed on;"
        "Deal - Expected close date\n"
        "1;Big;Acme;Ana;Demo Scheduled;Open;1.000,00;EUR;15.01.2026;;30.05.2026\n"
        "2;Won;Bolt;Bo;Proposal Made;Won;2.000,00;EUR;16.01.2026;20.03.2026;\n"
        "3;Lost;Cog;Ana;Demo Scheduled;Lost;300,00;EUR;01.02.2026;01.04.2026;\n"
        "4;New;Dot;Bo;Pilot;Open;500,00;EUR;20.02.2026;;30.06.2026\n"
    ),
    "dynamics": (
        "Opportunity Number,Topic,Potential Customer,Owner,Pipeline Phase,Status,Est. Revenue,"
        "Created On,Est. Close Date,Actual Close Date\n"
        "O1,Big,Acme,Ana,2-Develop,Open,1000,2026-01-15,2026-05-30,\n"
        "O2,Won,Bolt,Bo,4-Close,Won,2000,2026-01-16,2026-03-20,2026-03-20\n"
        "O3,Lost,Cog,Ana,1-Qualify,Lost,300,2026-02-01,2026-04-01,2026-04-01\n"
        "O4,New,Dot,Bo,Pilot,Open,500,2026-02-20,2026-06-30,\n"
    ),
    "zoho": (
        "Record Id,Deal Name,Account Name,Deal Owner,Stage,Amount,Probability (%),Closing Date,"
        "Created Time\n"
        "z1,Big,Acme,Ana,Needs Analysis,1000,20,2026-05-30,2026-01-15 10:00:00\n"
        "z2,Won,Bolt,Bo,Closed Won,2000,100,2026-03-20,2026-01-16 10:00:00\n"
        "z3,Lost,Cog,Ana,Closed Lost to Competition,300,0,2026-04-01,2026-02-01 10:00:00\n"
        "z4,New,Dot,Bo,Pilot,500,35,2026-06-30,2026-02-20 10:00:00\n"
    ),
    "odoo": (
        "External ID,Opportunity,Customer,Salesperson,Stage,Active,Expected Revenue,Probability,"
        "Created on,Expected Closing,Closed Date\n"
        "o1,Big,Acme,Ana,Qualified,True,1000,20,2026-01-15,2026-05-30,\n"
        "o2,Won,Bolt,Bo,Won,True,2000,100,2026-01-16,2026-03-20,2026-03-20\n"
        "o3,Lost,Cog,Ana,New,False,300,0,2026-02-01,,2026-04-01\n"
        "o4,New,Dot,Bo,Pilot,True,500,35,2026-02-20,2026-06-30,\n"
    ),
}


@pytest.fixture(params=sorted(EXPORTS))
def preset(request):
    return request.param


@pytest.fixture
def export(tmp_path, preset):
    path = tmp_path / "export.csv"
    path.write_text(EXPORTS[preset], "utf-8")
    return path


def check(tables):
    deals = tables.deals
    assert deals[n.ACCOUNT].tolist() == ["Acme", "Bolt", "Cog", "Dot"]
    assert deals[n.OWNER].tolist() == ["Ana", "Bo", "Ana", "Bo"]
    assert deals[n.AMOUNT].tolist() == [1000, 2000, 300, 500]
    assert deals[n.STAGE].tolist()[1:3] == [n.WON, n.LOST]
    assert deals[n.STAGE].tolist()[3] == "Pilot"
    assert deals[n.CREATED_ON].dt.strftime("%m-%d").tolist() == ["01-15", "01-16", "02-01", "02-20"]
    assert deals[n.CLOSED_ON].dt.strftime("%m-%d").tolist()[1:3] == ["03-20", "04-01"]
    assert deals[n.CLOSED_ON].isna().tolist() == [True, False, False, True]
    assert deals[n.EXPECTED_CLOSE_ON].iloc[0] == pd.Timestamp("2026-05-30")
    assert deals[n.EXPECTED_CLOSE_ON].iloc[3] == pd.Timestamp("2026-06-30")
    names = [stage.name for stage in open_stages(validate_stages(tables.stages))]
    assert "Pilot" in names
    assert deals[n.STAGE].iloc[0] in names


def test_there_is_a_preset_for_each_crm_and_a_test_for_each_preset():
    assert preset_names() == tuple(sorted(EXPORTS))
    with pytest.raises(ImportMapError, match=r"no preset .sugar.; choose one of dynamics, hubspot"):
        read_preset("sugar")


def test_exports_are_read(export, preset):
    imported = read_export(export, read_preset(preset))

    check(imported.tables)
    lines = " ".join(imported.report.lines())
    assert "change them on the sheet Stages" in lines
    assert imported.tables.settings.currency == ("EUR" if preset == "pipedrive" else "USD")
    chinese = imported.report.lines("zh")
    assert len(chinese) == len(imported.report.lines())
    assert all(line.endswith("。") for line in chinese)


def test_the_same_export_as_a_spreadsheet(export, preset, tmp_path):
    frame = pd.read_csv(export, sep=None, engine="python", dtype=str, keep_default_na=False)
    book = openpyxl.Workbook()
    book.active.append(list(frame.columns))
    for row in frame.itertuples(index=False):
        book.active.append(list(row))
    book.save(tmp_path / "export.xlsx")

    check(read_export(tmp_path / "export.xlsx", read_preset(preset)).tables)


@pytest.mark.parametrize("codec", ["utf-16", "gb18030", "cp1252"])
def test_other_encodings(export, preset, codec):
    text = EXPORTS[preset].replace("Big", "大单" * 3 if codec == "gb18030" else "Größe")
    export.write_bytes(text.encode(codec))
    tables = read_export(export, read_preset(preset)).tables
    check(tables)
    assert tables.deals[n.DEAL_NAME].iloc[0] in ("大单" * 3, "Größe")


OTHER_HEADERS = {
    "salesforce": {
        "Opportunity ID": "Id", "Opportunity Name": "Name", "Account Name": "Account.Name",
        "Opportunity Owner": "Owner.Name", "Stage": "StageName", "Probability (%)": "Probability",
        "Close Date": "CloseDate", "Created Date": "CreatedDate",
        "Forecast Category": "ForecastCategoryName",
    },
    "hubspot": {
        "Record ID": "hs_object_id", "Deal Name": "dealname", "Deal owner": "hubspot_owner_id",
        "Deal Stage": "dealstage", "Close Date": "closedate", "Create Date": "createdate",
        "Associated Company": "Primary Company",
    },
    "pipedrive": {
        "Deal - ID": "ID", "Deal - Title": "Title", "Deal - Organization": "Organization",
        "Deal - Owner": "Owner", "Deal - Stage": "Stage", "Deal - Status": "Status",
        "Deal - Value": "Value", "Deal - Currency of Value": "Currency",
        "Deal - Deal created": "Deal created", "Deal - Deal closed on": "Deal closed on",
        "Deal - Expected close date": "Expected close date",
    },
    "dynamics": {
        "Opportunity Number": "(Do Not Modify) Opportunity", "Potential Customer": "Account",
        "Est. Revenue": "Est. revenue", "Est. Close Date": "Est. close date",
        "Pipeline Phase": "Sales Stage",
    },
    "zoho": {
        "Record Id": "Deal Id", "Deal Name": "Potential Name", "Deal Owner": "Potential Owner",
        "Probability (%)": "Probability",
    },
    "odoo": {
        "External ID": "id", "Opportunity": "name", "Customer": "partner_id",
        "Salesperson": "user_id", "Stage": "stage_id", "Active": "active",
        "Expected Revenue": "expected_revenue", "Probability": "probability",
        "Created on": "create_date", "Expected Closing": "date_deadline",
        "Closed Date": "date_closed",
    },
}  # fmt: skip
"""The same exports as views, reports and programs name their columns."""


def test_other_headers_of_the_same_crm(export, preset):
    head, _, rows = EXPORTS[preset].partition("\n")
    mark = ";" if preset == "pipedrive" else ","
    renamed = [OTHER_HEADERS[preset].get(header, header) for header in head.split(mark)]
    export.write_text(f"{mark.join(renamed)}\n{rows}", "utf-8")
    check(read_export(export, read_preset(preset)).tables)


def test_dynamics_estimates_count_until_a_deal_is_won(tmp_path):
    """As the view exports it: hidden key columns first, actual revenue blank or 0 until won."""
    (tmp_path / "export.csv").write_text(
        "(Do Not Modify) Opportunity,(Do Not Modify) Row Checksum,Topic,Potential Customer,Owner,"
        "Pipeline Phase,Status,Est. Revenue,Actual Revenue,Created On,"
        "Est. Close Date,Actual Close Date\n"
        "a1,xx==,Big,Acme,Ana,2-Develop,Open,1000.00,,2026-01-15 09:12,2026-05-30,\n"
        "a2,xx==,Won,Bolt,Bo,4-Close,Won,2500.00,2000.00,2026-01-16 09:12,2026-03-20,"
        "2026-03-20\n"
        "a3,xx==,Lost,Cog,Ana,1-Qualify,Lost,300.00,0.00,2026-02-01 09:12,2026-04-01,"
        "2026-04-01\n"
        "a4,xx==,New,Dot,Bo,Pilot,Open,500.00,,2026-02-20 09:12,2026-06-30,\n"
    )
    tables = read_export(tmp_path / "export.csv", read_preset("dynamics")).tables
    check(tables)
    assert tables.deals[n.LISTED_AMOUNT].tolist() == [1000, 2500, 300, 500]


def test_the_currency_of_a_report_without_a_column_for_it(tmp_path):
    """Salesforce writes it before the amount; in a spreadsheet it is the number format."""
    text = EXPORTS["salesforce"]
    for amount, shown in (("1000", "USD 1000.00"), ("2000", "USD 2000.00"), ("500", "EUR 500.00")):
        text = text.replace(f",{amount},", f",{shown},")
    (tmp_path / "export.csv").write_text(text)
    book = openpyxl.Workbook()
    for line in EXPORTS["salesforce"].splitlines():
        book.active.append([float(v) if v.isdecimal() else v for v in line.split(",")])
    for row, code in enumerate(["USD", "USD", "USD", "EUR"], start=2):
        book.active.cell(row, 6).number_format = f"[${code}] #,##0.00"
    book.save(tmp_path / "export.xlsx")
    for ending in ("csv", "xlsx"):
        imported = read_export(tmp_path / f"export.{ending}", read_preset("salesforce"))
        check(imported.tables)
        assert imported.tables.settings.currency == "USD"
        currencies = imported.tables.deals[n.CURRENCY].fillna("").tolist()
        assert currencies == ["USD", "USD", "USD" if ending == "xlsx" else "", "EUR"]
        assert "another currency count in it: EUR (1)" in " ".join(imported.report.lines())


def test_a_missing_stage_column_is_named(tmp_path):
    (tmp_path / "e.csv").write_text("Opportunity ID,Amount\nA,1\n")
    with pytest.raises(ImportMapError, match='no column "Stage"; it has "Opportunity ID"'):
        read_export(tmp_path / "e.csv", read_preset("salesforce"))


def test_opportunity_history_becomes_stage_dates_and_changes(tmp_path):
    (tmp_path / "export.csv").write_text(EXPORTS["salesforce"])
    (tmp_path / "OpportunityHistory.csv").write_text(
        "OpportunityId,CreatedDate,StageName,Amount,CloseDate\n"
        "006A,2026-01-15,Prospecting,900,2026-04-30\n"
        "006A,2026-02-10,Needs Analysis,1000,2026-05-30\n"
    )
    tables = read_export(tmp_path / "export.csv", read_preset("salesforce")).tables
    assert tables.changes[n.AMOUNT].tolist() == [900, 1000]
    entries = tables.stage_entries.set_index(n.STAGE)[n.ENTERED_ON]
    assert entries["Needs Analysis"] == pd.Timestamp("2026-02-10")
    assert tables.deals[n.LISTED_AMOUNT].iloc[0] == 900


@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_dir(), reason="the folder shared/data is not beside the repository")
def test_the_state_of_ten_past_days_is_that_of_the_history():
    """Import salesforce_demo; each day's pipeline is what its history file says of that day."""
    maps = REPO / "examples" / "maps" / "salesforce_demo.toml"
    tables = read_export(DATA / "Opportunity.csv", read_map(maps)).tables
    history = pd.read_csv(DATA / "OpportunityHistory.csv")
    history["place"] = -history["External_Id__c"].str.extract(r"(\d+)$")[0].astype(int)
    history["day"] = pd.to_datetime(history["CreatedDate__c"]).dt.normalize()
    history = history.sort_values(["day", "place"], kind="stable")
    words = {"Closed Won": n.WON, "Closed Lost": n.LOST}
    created = tables.deals.set_index(n.DEAL_ID)[n.CREATED_ON]
    for as_of in pd.date_range("2016-12-31", periods=10, freq="45D"):
        deals = build_pipeline(tables, as_of=as_of.date()).deals.set_index(n.DEAL_ID)
        past = history[history["day"] <= as_of]
        state = past.groupby("Opportunity.External_Id__c").last()
        known = deals.index.intersection(state.index)
        assert len(known) > 100
        assert set(deals.index) == set(created.index[created <= as_of]) | set(state.index)
        want = state.loc[known]
        stage = want["StageName__c"].replace(words)
        assert (deals.loc[known, n.STAGE] == stage).all(), as_of
        assert (deals.loc[known, n.AMOUNT] == want["Amount__c"]).all(), as_of
        days = pd.to_datetime(want["CloseDate__c"])
        assert (deals.loc[known, n.EXPECTED_CLOSE_ON] == days).all(), as_of
