"""Defects of whole sheets and files, each planted at a random place of a clean workbook."""

import zipfile
from datetime import date, datetime, timedelta
from random import Random

import openpyxl
import pandas as pd
from openpyxl.utils.cell import (
    column_index_from_string,
    coordinate_from_string,
    get_column_letter,
)

from salespipe import names as n
from salespipe.ledger import append_changes
from salespipe.tables import conform
from salespipe.workbook.schema import SETTINGS, SHEETS
from tests.checks.defects import is_open

__all__ = ["SHAPES", "Shaper"]


class Shaper:
    """A clean workbook to be spoilt: its file, what was read of it, and chance."""

    def __init__(self, path, book, random: Random):
        self.path, self.book, self.random = path, book, random
        self.language = book.language

    def title(self, key):
        return SHEETS[key].title(self.language)

    def place(self, table, key, row):
        return self.book.locator.find(table, key=key, row=row)

    def row(self, which=is_open):
        deals = self.book.tables.deals
        return int(self.random.choice(list(deals.index[which(deals)])))

    def edit(self, change):
        """Let `change` work on the workbook as openpyxl has it; give what it gives."""
        workbook = openpyxl.load_workbook(self.path)
        found = change(workbook)
        workbook.save(self.path)
        return found

    def add_part(self, name, data):
        with zipfile.ZipFile(self.path, "a") as archive:
            archive.writestr(name, data)


def cell(rule, key, value, *, plain=False):
    """Plant a value that only a file shows as what it is: an error, a formula, a bare number."""

    def plant(shaper):
        place = shaper.place("deals", key, shaper.row())

        def change(workbook):
            spot = workbook[place.sheet][place.cell]
            spot.value = value
            if plain:
                spot.number_format = "General"

        shaper.edit(change)
        return {(place.sheet, place.cell, rule)}

    return plant


def _locale(shaper):
    rows = shaper.random.sample(list(shaper.book.tables.deals.index), 2)
    places = [shaper.place("deals", n.AMOUNT, int(row)) for row in rows]

    def change(workbook):
        for place, value in zip(places, ("1.234", "10.234,50"), strict=True):
            workbook[place.sheet][place.cell].value = value

    shaper.edit(change)
    return {(places[0].sheet, "", "locale-decided")}


def _pushed(shaper):
    row = shaper.row()
    deal = shaper.book.tables.deals.loc[row]
    days = [deal[n.EXPECTED_CLOSE_ON] - timedelta(days=k) for k in (90, 60, 30, 0)]
    log = pd.DataFrame(
        {
            n.DEAL_ID: deal[n.DEAL_ID],
            n.CHANGED_ON: [deal[n.CREATED_ON] + timedelta(days=k) for k in range(4)],
            n.STAGE: deal[n.STAGE],
            n.EXPECTED_CLOSE_ON: days,
        }
    )
    append_changes(shaper.path, conform("changes", log))
    place = shaper.place("deals", n.EXPECTED_CLOSE_ON, row)
    return {(place.sheet, place.cell, "pushed-often")}


def other(table, key, row, value, rule, *, cell=True, told=""):
    """Plant a value on another sheet: `row` picks the row, `told` is the column of the finding."""

    def plant(shaper):
        number = row(shaper, getattr(shaper.book.tables, table))
        place = shaper.place(table, key, number)
        told_at = shaper.place(table, told or key, number)

        def change(workbook):
            workbook[place.sheet][place.cell].value = value

        shaper.edit(change)
        return {(told_at.sheet, told_at.cell if cell else "", rule)}

    return plant


def any_row(shaper, frame):
    return int(shaper.random.choice(list(frame.index)))


def row_of(month):
    def row(_, frame):
        return int(frame.index[frame[n.MONTH] == pd.Timestamp(month)][0])

    return row


def _target_missing(shaper):
    targets = shaper.book.tables.targets
    gone = targets.index[targets[n.MONTH] == pd.Timestamp("2026-11-01")]

    def change(workbook):
        for row in gone:
            place = shaper.place("targets", n.MONTH, int(row))
            workbook[place.sheet][place.cell].value = datetime(2030, 1, 1)  # noqa: DTZ001

    shaper.edit(change)
    return {(shaper.title("targets"), "", "target-missing")}


def _setting(shaper):
    title, label = shaper.title("settings"), SETTINGS["horizon"][shaper.language == "zh"]

    def change(workbook):
        spot = next(c for row in workbook[title].iter_rows() for c in row if c.value == label)
        value = workbook[title].cell(spot.row, spot.column + 1, 99)
        return {(title, value.coordinate, "setting-unusable")}

    return shaper.edit(change)


def _stages(shaper):
    title = shaper.title("stages")

    def change(workbook):
        sheet = workbook[title]
        top, name = sheet.tables["Stages"].ref.split(":")[0], 2
        _, row = coordinate_from_string(top)
        sheet.cell(row + 2, name).value = sheet.cell(row + 1, name).value
        return {(title, "", "stages-unusable")}

    return shaper.edit(change)


def _hidden(shaper):
    def change(workbook):
        workbook[shaper.title("deals")].row_dimensions[shaper.row()].hidden = True
        return {(shaper.title("deals"), "", "hidden-rows")}

    return shaper.edit(change)


def _merged(shaper):
    row = shaper.row(lambda deals: deals.index < deals.index.max())
    place = shaper.place("deals", n.SEGMENT, row)
    letter, _ = coordinate_from_string(place.cell)

    def change(workbook):
        workbook[place.sheet].merge_cells(f"{letter}{row}:{letter}{row + 1}")
        return {(place.sheet, place.cell, "merged-cells")}

    return shaper.edit(change)


def _below(gap, rule):
    """Put a copy of a deal, of its own id, below the table."""

    def plant(shaper):
        def change(workbook):
            sheet = workbook[shaper.title("deals")]
            like, last = shaper.row(), shaper.book.tables.deals.index.max() + gap
            for column in range(1, 15):
                sheet.cell(last, column).value = sheet.cell(like, column).value
            sheet.cell(last, 1).value = "D-7777"
            return {(sheet.title, sheet.cell(last, 1).coordinate, rule)}

        return shaper.edit(change)

    return plant


def _beside(shaper):
    def change(workbook):
        sheet = workbook[shaper.title("deals")]
        right = sheet.tables["Deals"].ref.split(":")[1]
        letters, _ = coordinate_from_string(right)
        spot = sheet.cell(1, column_index_from_string(letters) + 1, "Partner")
        sheet.cell(shaper.row(), spot.column, "Initech")
        return {(sheet.title, spot.coordinate, "columns-beside-table")}

    return shaper.edit(change)


def _stray(shaper):
    row = shaper.row()
    keep = shaper.place("deals", n.NOTES, row)

    def change(workbook):
        sheet = workbook[keep.sheet]
        for column in range(1, sheet.max_column + 1):
            sheet.cell(row, column).value = None
        sheet[keep.cell].value = "ask Bo about these"
        return {(keep.sheet, shaper.place("deals", n.DEAL_ID, row).cell, "row-without-deal")}

    return shaper.edit(change)


def _header(rule, key, words, *, cell):
    """Rename a header that is not needed."""

    def plant(shaper):
        place = shaper.place("deals", key, 1)

        def change(workbook):
            sheet = workbook[place.sheet]
            spot = sheet[place.cell]
            table = sheet.tables["Deals"]
            spot.value = words
            for column in table.tableColumns:
                if column.name == place.column:
                    column.name = words
            return {(place.sheet, place.cell if cell else "", rule)}

        return shaper.edit(change)

    return plant


def _sheet_twice(shaper):
    def change(workbook):
        title = SHEETS["accounts"].title("en" if shaper.language == "zh" else "zh")
        workbook.create_sheet(title).append(["Account"])
        return {(title, "", "sheet-twice")}

    return shaper.edit(change)


def _without(key, rule, *, rename=None, named=True):
    """Take a sheet away, or give it a name that means nothing."""

    def plant(shaper):
        def change(workbook):
            sheet = workbook[shaper.title(key)]
            if rename:
                sheet.title = rename
            else:
                workbook.remove(sheet)
            return {(rename or (SHEETS[key].en if named else ""), "", rule)}

        return shaper.edit(change)

    return plant


def _not_read(shaper):
    title = shaper.title("market")

    def change(workbook):
        sheet = workbook[title]
        place = workbook.index(sheet)
        workbook.remove(sheet)
        workbook.create_sheet(title, place).append(["Color", "Weight"])
        return {(title, "", "sheet-not-read")}

    return shaper.edit(change)


def _tableless(rule, *, stray):
    def plant(shaper):
        def change(workbook):
            sheet = workbook[shaper.title("deals")]
            del sheet.tables["Deals"]
            column = sheet.max_column + 3
            row = shaper.row()
            if stray:
                sheet.cell(row, column).value = "?"
            cell = f"{get_column_letter(column)}{row}" if stray else ""
            return {(sheet.title, cell, rule)}

        return shaper.edit(change)

    return plant


def _links(shaper):
    from openpyxl.packaging.relationship import Relationship
    from openpyxl.workbook.external_link import ExternalLink
    from openpyxl.workbook.external_link.external import ExternalBook

    def change(workbook):
        link = ExternalLink(externalBook=ExternalBook(id="rId1"))
        link.file_link = Relationship(type="externalLinkPath", Target="Old.xlsx", Id="rId1")
        link.file_link.TargetMode = "External"
        workbook._external_links.append(link)
        return {("", "", "external-links")}

    return shaper.edit(change)


def _macros(shaper):
    shaper.add_part("xl/vbaProject.bin", b"\0")
    return {("", "", "macros")}


SHAPES = {
    "error-value": cell("error-value", n.AMOUNT, "#N/A"),
    "uncached-formula": cell("uncached-formula", n.AMOUNT, "=1+1"),
    "date-as-number": cell("date-as-number", n.CREATED_ON, 46000, plain=True),
    "confidence-not-a-number": cell("confidence-not-a-number", n.CONFIDENCE, "surely"),
    "next-step-on-not-a-date": cell("next-step-on-not-a-date", n.NEXT_STEP_ON, "soon"),
    "locale-decided": _locale,
    "pushed-often": _pushed,
    "month-missing": other("targets", n.MONTH, any_row, None, "month-missing"),
    "rate-twice": other(
        "rates", n.MONTH, row_of("2026-11-01"), date(2026, 10, 1), "rate-twice", told=n.RATE
    ),
    "rate-carried": other(
        "rates", n.MONTH, row_of("2026-10-01"), date(2020, 1, 1), "rate-carried", cell=False
    ),
    "target-missing": _target_missing,
    "setting-unusable": _setting,
    "stages-unusable": _stages,
    "hidden-rows": _hidden,
    "merged-cells": _merged,
    "rows-below-table": _below(1, "rows-below-table"),
    "rows-apart": _below(4, "rows-apart"),
    "columns-beside-table": _beside,
    "row-without-deal": _stray,
    "unknown-columns": _header("unknown-columns", n.NOTES, "Gossip", cell=False),
    "repeated-column": _header("repeated-column", n.NOTES, "Value", cell=True),
    "sheet-twice": _sheet_twice,
    "sheet-not-read": _not_read,
    "sheet-taken": _without("deals", "sheet-taken", rename="Pipe"),
    "settings-defaulted": _without("settings", "settings-defaulted"),
    "stages-defaulted": _without("stages", "stages-defaulted"),
    "header-found": _tableless("header-found", stray=False),
    "cells-without-header": _tableless("cells-without-header", stray=True),
    "external-links": _links,
    "macros": _macros,
}
"""By rule, what plants its defect and says where it must be found."""
