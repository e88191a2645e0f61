from salespipe.sources.import_report import FileRead, ImportReport, LeftOut, Unmatched
from salespipe.wording import Words


def test_every_fact_gets_a_sentence():
    report = ImportReport(
        files=(FileRead("a.csv", 1200, ("Id",), ("Colour",)), FileRead("b.csv", 3, ("x",), ())),
        unmatched=(Unmatched("a.csv", "Product", "GTXPro", 1480, "products.csv (product)"),),
        left_out=(LeftOut("b.csv", "no deal id", (4,)),),
        notes=(Words("Dates were read with the month first.", "日期以月在前读取。"),),
    )
    assert report.lines() == (
        "a.csv: 1,200 rows read.",
        "b.csv: 3 rows read.",
        "a.csv: not named in the map: Colour.",
        'a.csv: "GTXPro" in Product (1,480 rows) is not in products.csv (product).',
        "b.csv: 1 row left out (no deal id), first row 4.",
        "Dates were read with the month first.",
    )
    assert report.lines("zh")[-1] == "日期以月在前读取。"
