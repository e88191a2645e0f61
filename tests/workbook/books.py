"""Workbooks made for the writer's tests, with what a person's workbook has in it."""

import zipfile
from datetime import date
from pathlib import Path

import xlsxwriter

__all__ = ["BODY", "part", "pipeline_book", "totals_book", "with_part", "without_part"]

BODY = [["A", 10, date(2026, 1, 1)], ["B", 20, date(2026, 2, 1)], ["C", 30, date(2026, 3, 1)]]


def pipeline_book(path: Path) -> Path:
    """A people's sheet and a tool's sheet: table, rules, links, charts, formulas, merges."""
    book = xlsxwriter.Workbook(path)
    book.set_properties({"created": date(2026, 1, 1)})
    money = book.add_format({"num_format": "#,##0", "bg_color": "#EEEEEE", "locked": False})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    red = book.add_format({"font_color": "red"})
    people = book.add_worksheet("Deals")
    tool = book.add_worksheet("To do")
    people.write_row("A1", ["Deal", "Amount"])
    people.write_row("A2", ["D-1", 5], money)
    people.write_formula("C2", "=B2*2", None, 10)
    people.merge_range("E1:G2", "merged")
    people.write_array_formula("J1:J3", "{=B1:B3}", None, 0)
    tool.write("A1", "To do")
    tool.set_column("B:B", 12, money)
    columns = [
        {"header": "Name"},
        {"header": "Amount", "format": money},
        {"header": "Due", "format": day},
    ]
    tool.add_table("A4:C7", {"name": "ToDo", "data": BODY, "columns": columns})
    tool.conditional_format("B5:B7", {"type": "cell", "criteria": ">", "value": 15, "format": red})
    tool.conditional_format("B5:B7", {"type": "data_bar", "data_bar_2010": True})
    tool.conditional_format("E1:E3", {"type": "cell", "criteria": ">", "value": 1, "format": red})
    tool.data_validation("A5:A7", {"validate": "list", "source": ["A", "B", "C"]})
    tool.data_validation("B5:B7", {"validate": "list", "source": "=Deals!$A$1:$A$9"})
    tool.write_url("A6", "internal:Deals!A1", string="B")
    tool.write_url("E9", "https://example.org/", string="kept")
    tool.add_sparkline("E12", {"range": "'To do'!B5:B7"})
    chart = book.add_chart({"type": "column"})
    chart.add_series(
        {
            "name": "='To do'!$B$4",
            "categories": "='To do'!$A$5:$A$7",
            "values": "='To do'!$B$5:$B$7",
            "y_error_bars": {
                "type": "custom",
                "plus_values": "='To do'!$B$5:$B$7",
                "minus_values": "='To do'!$B$5:$B$7",
            },
        }
    )
    tool.insert_chart("G2", chart)
    book.close()
    return path


def totals_book(path: Path, *, below: bool = False) -> Path:
    """A table with a totals row in B3:D8, what refers to it, and perhaps cells and a table below.

    Values remembered are right, so that a recalculation must come to them.
    """
    book = xlsxwriter.Workbook(path)
    bold = book.add_format({"bold": True, "num_format": "#,##0.00"})
    sheet, other = book.add_worksheet("Sales"), book.add_worksheet("Else where")
    columns = [
        {"header": "Who", "total_string": "Total"},
        {"header": "Amount", "total_function": "sum", "format": bold, "total_value": 100},
        {"header": "Mean", "total_function": "average", "total_value": 25},
    ]
    data = [["a", 10, 10], ["b", 20, 20], ["c", 30, 30], ["d", 40, 40]]
    sheet.set_row(7, 30)
    sheet.add_table(
        "B3:D8", {"name": "Sales1", "total_row": True, "columns": columns, "data": data}
    )
    # With the table's name, without which LibreOffice knows no column.
    sheet.write_formula("C8", "=SUBTOTAL(109,Sales1[Amount])", bold, 100)
    sheet.write_formula("D8", "=SUBTOTAL(101,Sales1[Mean])", None, 25)
    sheet.write_formula("F1", "=SUM(C4:C7)+SUM($C$3:$C$7)+C8", None, 300)
    sheet.write_formula("F2", "=SUM(C4:C5)", None, 30)
    sheet.write_formula("F3", '=SUMIF(B4:B7,"d",C4:C7)', None, 40)
    other.write_formula("A1", "=Sales!C8*2", None, 200)
    other.write_formula("A2", "=SUM(Sales!$C$4:$C$8)-Sales1[[#Totals],[Amount]]", None, 100)
    other.write_formula("A3", "=Share", None, 0.25)
    other.write_array_formula("A4:A4", "{=SUM(Sales!C4:C7*1)}", None, 100)
    other.write_url("A9", "internal:Sales!C8", string="the total")
    book.define_name("Share", "=Sales!$D$8/Sales!$C$8")
    book.define_name("Sales!Print_Area", "=Sales!$B$1:$D$8")
    red = book.add_format({"font_color": "red"})
    rule = {"type": "formula", "format": red, "criteria": "=$C4>$C$8/2"}
    sheet.conditional_format("B4:D7", rule)
    sheet.conditional_format("C8", {"type": "cell", "criteria": ">", "value": 9, "format": red})
    sheet.conditional_format("A1:F20", rule | {"criteria": "=FALSE"})
    sheet.data_validation("C4:C7", {"validate": "decimal", "criteria": "<", "value": "=$C$8"})
    other.add_sparkline("C1", {"range": "Sales!$C$4:$C$7"})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=Sales!$C$4:$C$7", "categories": "=Sales!$B$4:$B$7"})
    chart.add_series({"values": "=Sales!$C$8"})
    other.insert_chart("E5", chart)
    if below:
        sheet.write("B10", "Note")
        sheet.write_formula("C9", "=C8/4", None, 25)
        sheet.merge_range("B12:D13", "merged")
        more = {"name": "Below", "data": [["x", 1], ["y", 2]], "columns": [
            {"header": "Key"}, {"header": "Twice", "formula": "=[@Key]&Sales!$C$9"}]}  # fmt: skip
        sheet.add_table("C16:D18", more)
        for row, key in ((16, "x"), (17, "y")):
            sheet.write_formula(row, 3, "=Below[[#This Row],[Key]]&Sales!$C$9", None, f"{key}25")
        sheet.insert_textbox("F16", "a shape")
        sheet.set_h_pagebreaks([3, 14])
        for row in (20, 21):
            sheet.write_formula(row, 1, f"=C{row + 1}&C17&$C$9", None, "x25")
        other.write_formula("A5", "=Sales!C9&Sales!B12", None, "25merged")
    book.close()
    return path


def part(path: Path, name: str) -> str:
    """Give a part as text."""
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode()


def with_part(source: Path, target: Path, name: str, content: str | bytes) -> Path:
    """Copy a workbook with one part replaced or added."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            if info.filename != name:
                new.writestr(info, old.read(info))
        new.writestr(name, content)
    return target


def without_part(source: Path, target: Path, name: str) -> Path:
    """Copy a workbook with one part left out."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            if info.filename != name:
                new.writestr(info, old.read(info))
    return target
