"""Workbooks made for the writer's tests, with what a person's workbook has in it."""

import zipfile
from datetime import date
from pathlib import Path

import xlsxwriter

__all__ = ["BODY", "part", "pipeline_book", "with_part", "without_part"]

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
