"""A program of its own, for the Python that LibreOffice comes with: a person at work in Calc.

Usage: ``python office.py PORT work SOURCE TARGET SHEET``, which sorts, filters, inserts, types and
pastes as reps do, or ``python office.py PORT recalculate BOOK ...``, which prints as JSON what
every formula comes to when all are computed afresh: row, column and value by sheet.
"""

import json
import os
import sys
import time

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.sheet.CellFlags import FORMULA as FORMULAS
from com.sun.star.sheet.FormulaResult import STRING
from com.sun.star.table import CellAddress, TableSortField

INSERTED, PASTED = 2, 5


def connected(port):
    here = uno.getComponentContext()
    name = "com.sun.star.bridge.UnoUrlResolver"
    resolver = here.ServiceManager.createInstanceWithContext(name, here)
    for _ in range(240):
        try:
            where = f"uno:socket,host=localhost,port={port};urp;StarOffice.ComponentContext"
            there = resolver.resolve(where)
            break
        except NoConnectException:
            time.sleep(0.25)
    return there.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", there)


def option(name, value):
    return PropertyValue(Name=name, Value=value)


def opened(desktop, path):
    return desktop.loadComponentFromURL(f"file://{path}", "_blank", 0, (option("Hidden", True),))


def work(desktop, source, target, title):
    document = opened(desktop, source)
    sheet = document.Sheets.getByName(title)
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    right, last = cursor.RangeAddress.EndColumn, cursor.RangeAddress.EndRow
    heads = [sheet.getCellByPosition(place, 0).String for place in range(right + 1)]
    chinese = "金额" in heads
    words = ("商机编号", "阶段", "金额", "创建日期", "负责人", "资格认定")
    english = ("Deal ID", "Stage", "Amount", "Created", "Owner", "Qualification")
    *keys, stage = words if chinese else english
    deal_id, at_stage, amount, created, owner = (heads.index(key) for key in keys)

    def typed(row, name):
        sheet.getCellByPosition(deal_id, row).String = name
        sheet.getCellByPosition(at_stage, row).String = stage
        sheet.getCellByPosition(amount, row).Value = 1234
        sheet.getCellByPosition(created, row).Formula = "2026-09-01"

    order = TableSortField(Field=amount, IsAscending=False)
    fields = uno.Any("[]com.sun.star.table.TableSortField", (order,))
    whole = sheet.getCellRangeByPosition(0, 0, right, last)
    whole.sort((option("SortFields", fields), option("ContainsHeader", True)))
    sheet.Rows.insertByIndex(10, INSERTED)
    for row in range(INSERTED):
        typed(10 + row, f"INSERTED-{row}")
    last += INSERTED
    typed(last + 1, "BELOW")
    copied = sheet.getCellRangeByPosition(0, 20, right, 19 + PASTED).RangeAddress
    place = CellAddress(Sheet=copied.Sheet, Column=0, Row=last + 2)
    sheet.copyRange(place, copied)
    for row in range(PASTED):
        sheet.getCellByPosition(deal_id, last + 2 + row).String = f"PASTED-{row}"
    sheet.getCellByPosition(amount, 30).String = "12,500"
    area = sheet.getCellRangeByPosition(0, 0, right, last)
    chosen = area.createFilterDescriptor(True)
    (condition,) = (uno.createUnoStruct("com.sun.star.sheet.TableFilterField"),)
    condition.Field, condition.IsNumeric = owner, False
    condition.StringValue = sheet.getCellByPosition(owner, 3).String
    condition.Operator = uno.Enum("com.sun.star.sheet.FilterOperator", "EQUAL")
    chosen.FilterFields, chosen.ContainsHeader = (condition,), True
    area.filter(chosen)
    document.storeToURL(f"file://{target}", (option("FilterName", "Calc MS Excel 2007 XML"),))
    document.close(True)


def shown(cell):
    if cell.getError():
        return cell.String
    text = cell.FormulaResultType2 == STRING
    return cell.String if text else cell.Value


def recalculate(desktop, *paths):
    told = []
    for path in paths:
        document = opened(desktop, path)
        document.calculateAll()
        found = {
            sheet.Name: [
                (cell.CellAddress.Row + 1, cell.CellAddress.Column + 1, shown(cell))
                for cell in sheet.queryContentCells(FORMULAS).Cells
            ]
            for sheet in document.Sheets
        }
        document.close(True)
        told.append(found)
    print(json.dumps(told))


if __name__ == "__main__":
    calc = connected(sys.argv[1])
    {"work": work, "recalculate": recalculate}[sys.argv[2]](calc, *sys.argv[3:])
    calc.terminate()
    sys.stdout.flush()
    # Its bridge to an office that is gone may crash when Python takes it down; all is said by now.
    os._exit(0)
