import pandas as pd
import pytest

from salespipe.errors import ImportMapError
from salespipe.sources.export_reader import ExportReader
from salespipe.sources.maps import read_map

MAP = """
[deals]
columns = { deal_id = "Id", stage = "Stage", amount = "Amount", created_on = "Made" }
replace = { Product = { "GTXPro" = "GTX Pro" } }
divide = { amount = 100 }
constants = { currency = "EUR" }

[[deals.joins]]
file = "products.csv"
on = "Product"
key = "Name"
columns = { listed_amount = "Price", segment = "Line" }

[targets]
file = "quota.csv"
columns = { month = "Month", quota = "Quota" }
"""
DEALS = "Id,Stage,Amount,Made,Product,notes\n1,won,500,2026-01-02,GTXPro,\n2,lost,,,Nope,hello\n"
PRODUCTS = "Name,Price,Line,Series\nGTX Pro,4821,GTX,S\nMG,55,MG,S\n"
QUOTA = "Month,Quota\n2026-01,10\n2026/2/17,20\n"


@pytest.fixture
def make_reader(tmp_path):
    def make(text=MAP, deals=DEALS, products=PRODUCTS, quota=QUOTA):
        for name, content in (
            ("map.toml", text), ("deals.csv", deals), ("products.csv", products),
            ("quota.csv", quota),
        ):  # fmt: skip
            (tmp_path / name).write_text(content, encoding="utf-8")
        return ExportReader(tmp_path / "deals.csv", read_map(tmp_path / "map.toml"))

    return make


def read_deals(reader, **options):
    return reader.read(reader._map.deals, **options)


def test_replacing_joining_dividing_and_constants(make_reader):
    reader = make_reader()
    deals = read_deals(reader)
    assert deals.index.tolist() == [2, 3]
    first, second = deals.loc[2], deals.loc[3]
    assert (first["deal_id"], first["amount"], first["currency"]) == ("1", 5.0, "EUR")
    assert (first["listed_amount"], first["segment"]) == (4821.0, "GTX")
    assert first["created_on"] == pd.Timestamp("2026-01-02")
    assert second[["amount", "listed_amount", "segment", "created_on"]].isna().all()
    (unmatched,) = reader.report().unmatched
    assert (unmatched.value, unmatched.count, unmatched.column) == ("Nope", 1, "Product")


def test_unread_columns_are_kept_and_listed(make_reader):
    reader = make_reader()
    deals = read_deals(reader, extra=True)
    assert deals["Product"].tolist() == ["GTX Pro", "Nope"]
    assert pd.isna(deals["notes (export)"][2])
    assert deals["notes (export)"][3] == "hello"
    assert deals["notes"].isna().all()
    export, products = reader.report().files
    assert (export.rows, export.unknown) == (2, ("notes",))
    assert (products.used, products.unknown) == (("Name", "Price", "Line"), ("Series",))


def test_months_are_first_days(make_reader):
    reader = make_reader()
    (source,) = reader._map.others
    assert reader.read(source)["month"].tolist() == [
        pd.Timestamp("2026-01-01"), pd.Timestamp("2026-02-01"),
    ]  # fmt: skip


def test_rows_are_ordered_by_the_numbers_in_the_headers_named(make_reader):
    deals = "Id,Stage,Amount,Made,Product\nx.9,won,1,,MG\nx.10,won,2,,MG\nx.1,won,1,,MG\n"
    reader = make_reader(deals=deals)
    assert read_deals(reader, order=("-Id",))["deal_id"].tolist() == ["x.10", "x.9", "x.1"]
    assert read_deals(reader, order=("-Amount", "Id"))["deal_id"].tolist() == ["x.10", "x.1", "x.9"]


def test_a_key_that_stands_twice_cannot_be_looked_up(make_reader):
    reader = make_reader(products=PRODUCTS + "MG,56,MG,S\n,1,,\n,2,,\n")
    with pytest.raises(ImportMapError, match=r'products.csv: the Name "MG" stands in rows 3 and 4'):
        read_deals(reader)


@pytest.mark.parametrize("gone", ["Id", "Product"])
def test_a_missing_header_is_named(make_reader, gone):
    reader = make_reader(deals=DEALS.replace(gone, "Other", 1))
    with pytest.raises(ImportMapError, match=rf'deals.csv has no column "{gone}"; it has '):
        read_deals(reader)


def test_an_undecided_column_follows_the_others_of_its_file(make_reader):
    text = MAP.replace('created_on = "Made"', 'created_on = "Made", closed_on = "Shut"')
    deals = "Id,Stage,Amount,Made,Shut,Product\n1,won,1,3/4/2026,{},MG\n"
    reader = make_reader(text, deals.format("25/4/2026"))
    assert read_deals(reader)["created_on"][2] == pd.Timestamp("2026-04-03")
    (note,) = reader.report().notes
    assert note.en == "deals.csv: dates were read with the day first, as the columns prove."
    assert note.zh == "deals.csv：按各列的内容，日期以日在前读取。"
    with pytest.raises(ImportMapError, match=r'"Made": nothing shows .* dates = "dmy" or .*map'):
        read_deals(make_reader(text, deals.format("5/4/2026")))
    stated = make_reader('dates = "mdy"\n' + text, deals.format("5/4/2026"))
    assert read_deals(stated)["created_on"][2] == pd.Timestamp("2026-03-04")


def test_unknown_stages_are_all_listed_with_counts(make_reader):
    reader = make_reader()
    found = pd.Series(["won", "Gone", "Gone", None, "Qualification"], dtype="str")
    with pytest.raises(
        ImportMapError, match=r'e.csv holds stages .*map.toml.*: "Gone" \(2\), "" \(1\); add them'
    ):
        reader.stages(found, file="e.csv")
    assert reader.stages(found[[0, 4]], file="e.csv").tolist() == ["won", "Qualification"]


def test_categories_that_are_none_are_counted(make_reader):
    text = MAP.replace('created_on = "Made"', 'forecast_category = "notes"')
    reader = make_reader(text)
    assert read_deals(reader)["forecast_category"].isna().all()
    assert ("hello", 1) in [(u.value, u.count) for u in reader.report().unmatched]
