from collections import Counter
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pandas as pd
import pytest
from openpyxl.utils.cell import range_boundaries
from python_calamine import CalamineWorkbook

from salespipe import names as n
from salespipe.errors import (
    SettingsError,
    WorkbookLockedError,
    WorkbookNotFoundError,
    WorkbookUnsafeError,
)
from salespipe.settings import Settings
from salespipe.stages import DEFAULT_STAGES, Stage
from salespipe.tables import Tables, conform
from salespipe.workbook.schema import (
    CALCULATED,
    SCHEMA_VERSION,
    SHEETS,
    STAMP_SHEET,
    entered_header,
)
from salespipe.workbook.template import build_workbook
from salespipe.workbook.template.layout import BLOCKS, CELLS, LISTS
from salespipe.workbook.template.tables import TABLES
from tests.workbook.made_up import AS_OF, make_tables

LANGUAGES = ("en", "zh")


@pytest.fixture(scope="module", params=LANGUAGES)
def empty_book(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("empty") / "book.xlsx"
    build_workbook(path, language=request.param)
    return request.param, path


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    path = tmp_path_factory.mktemp("filled") / "book.xlsx"
    tables = make_tables()
    build_workbook(path, tables=tables, today=AS_OF)
    return tables, path


def _dump(path: Path) -> dict[str, object]:
    book = openpyxl.load_workbook(path)
    dump: dict[str, object] = {"names": {k: v.attr_text for k, v in book.defined_names.items()}}
    for sheet in book:
        dump[sheet.title] = {
            "cells": {
                c.coordinate: (c.value, c.number_format) for r in sheet for c in r if c.value
            },
            "tables": {t.name: (t.ref, t.column_names) for t in sheet.tables.values()},
            "rules": sorted(
                (str(v.sqref), v.type, v.formula1, v.formula2, v.errorStyle, v.error, v.prompt)
                for v in sheet.data_validations.dataValidation
            ),
            "formats": sorted(
                (str(area.sqref), rule.type, *map(str, rule.formula))
                for area in sheet.conditional_formatting
                for rule in area.rules
            ),
            "widths": {k: v.width for k, v in sheet.column_dimensions.items()},
            "frozen": sheet.freeze_panes,
            "state": sheet.sheet_state,
        }
    return dump


def test_the_committed_templates_are_what_is_built(empty_book):
    language, path = empty_book
    committed = Path(__file__).parents[3] / "templates" / f"pipeline-template.{language}.xlsx"
    assert _dump(committed) == _dump(path), (
        "rebuild: build_workbook(Path('templates/pipeline-template.<language>.xlsx'), language=...)"
    )


def test_the_same_input_gives_the_same_bytes(tmp_path):
    tables = make_tables()
    for name in ("a.xlsx", "b.xlsx"):
        build_workbook(tmp_path / name, tables=tables, today=AS_OF)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_sheets_stand_in_order_with_their_columns(empty_book):
    language, path = empty_book
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [*(s.title(language) for s in SHEETS.values()), STAMP_SHEET]
    for key, sheet in SHEETS.items():
        if sheet.filled_by != "people" or not sheet.table:
            continue
        columns = book[sheet.title(language)].tables[sheet.table].column_names
        wanted = [c.header(language) for c in sheet.columns]
        if key == "stages":
            continue
        assert [c for c in columns if c in wanted] == wanted
    deals = book[SHEETS["deals"].title(language)].tables["Deals"].column_names
    assert [h for h in deals if h in {p[language == "zh"] for p in CALCULATED.values()}] == deals[
        -6:
    ]
    created = deals.index(SHEETS["deals"].columns[10].header(language))
    steps = [entered_header(s, language) for s in DEFAULT_STAGES if s.kind == "open"]
    assert deals[created + 1 : created + 6] == steps


def test_every_tool_table_stands_where_the_layout_says(empty_book):
    language, path = empty_book
    book = openpyxl.load_workbook(path)
    for table in TABLES.values():
        found = book[SHEETS[table.sheet].title(language)].tables[table.name]
        left, top, *_ = range_boundaries(found.ref)
        assert (top, left) == (table.row + 1, table.column + 1)
        assert tuple(found.column_names) == table.headers(language)


def test_nothing_on_a_tool_sheet_overlaps_or_can_collide():
    spans = {}
    for table in TABLES.values():
        columns = range(table.column, table.column + len(table.columns))
        spans.setdefault(table.sheet, []).append((table.name, table.row, set(columns)))
    for block_name, block in BLOCKS.items():
        columns = range(block.column, block.column + len(block.keys))
        spans.setdefault(block.sheet, []).append((block_name, block.row, set(columns)))
    for sheet, places in spans.items():
        taken = Counter(column for _, _, columns in places for column in columns)
        assert max(taken.values()) == 1, sheet
    for spot in CELLS.values():
        left, row, *_ = range_boundaries(spot.cell)
        for _, top, columns in spans[spot.sheet]:
            assert left - 1 not in columns or row - 1 < top, spot


def test_the_stamp_stands_in_three_places(empty_book):
    language, path = empty_book
    book = openpyxl.load_workbook(path)
    assert book.defined_names["salespipe_schema"].attr_text == f'"{SCHEMA_VERSION}"'
    assert [p.value for p in book.custom_doc_props.props if p.name == "salespipe_schema"] == [
        SCHEMA_VERSION
    ]
    stamp = book[STAMP_SHEET]
    assert stamp.sheet_state == "veryHidden"
    assert [[c.value for c in row] for row in stamp["A1:B2"]] == [
        ["schema_version", SCHEMA_VERSION],
        ["language", language],
    ]


def test_only_lists_is_protected(empty_book):
    language, path = empty_book
    book = openpyxl.load_workbook(path)
    protected = [sheet.title for sheet in book if sheet.protection.sheet]
    assert protected == [SHEETS["lists"].title(language)]


def test_every_list_is_a_defined_name_that_a_drop_down_uses(empty_book):
    _, path = empty_book
    book = openpyxl.load_workbook(path)
    defined = {name for name in book.defined_names if name.startswith("list_")}
    assert defined == {f"list_{key}" for key in (*LISTS, "accounts", "deals")}
    used = {
        rule.formula1
        for sheet in book
        for rule in sheet.data_validations.dataValidation
        if rule.type == "list"
    }
    assert used == defined


def test_lists_warn_and_nonsense_is_stopped():
    # A rep may type a stage that is not in the list, never a text where money belongs.
    path = Path(__file__).parents[3] / "templates" / "pipeline-template.en.xlsx"
    sheet = openpyxl.load_workbook(path)["Deals"]
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    stage, amount, owner = rules["G2:G5001"], rules["H2:H5001"], rules["D2:D5001"]
    assert (stage.type, stage.errorStyle, stage.formula1) == ("list", "warning", "list_stages")
    assert (amount.type, amount.errorStyle or "stop", amount.formula1) == ("decimal", "stop", "0")
    assert not owner.showErrorMessage
    assert all(rule.prompt and len(rule.prompt) <= 255 for rule in rules.values())


def test_the_empty_workbook_says_what_to_do_and_has_no_data(empty_book):
    language, path = empty_book
    book = openpyxl.load_workbook(path, data_only=True)
    for key in ("start", "forecast", "deal_forecast", "kpi", "todo"):
        said = book[SHEETS[key].title(language)][CELLS[f"{key}_status"].cell].value
        assert "salespipe run" in said
    deals = book[SHEETS["deals"].title(language)]
    assert deals.tables["Deals"].ref.endswith("2")
    assert deals.max_row == 2
    assert not [c.value for c in deals[2] if c.value]


def test_values_come_back_from_two_readers(filled):
    tables, path = filled
    sheet = openpyxl.load_workbook(path, data_only=True)["Deals"]
    header, *rows = sheet.iter_rows(values_only=True)
    place = {name: k for k, name in enumerate(header)}
    assert len(rows) == len(tables.deals)
    for row, (_, deal) in zip(rows, tables.deals.iterrows(), strict=True):
        assert row[0] == deal[n.DEAL_ID]
        amount = row[place["Amount"]]
        assert (amount is None and pd.isna(deal[n.AMOUNT])) or amount == deal[n.AMOUNT]
        assert row[place["Created"]] == deal[n.CREATED_ON]
        assert row[place["Campaign code"]] == deal["Campaign code"]
        assert row[place["Owner (2)"]] == deal["Owner"]
    other = CalamineWorkbook.from_path(path).get_sheet_by_name("Deals").to_python()
    assert other[0] == list(header)
    assert [line[0] for line in other[1:]] == [row[0] for row in rows]
    assert rows[0][place["Notes"]] == "=not a formula"


def test_stage_entries_become_one_column_per_stage(filled):
    tables, path = filled
    frame = pd.read_excel(path, sheet_name="Deals", engine="openpyxl").set_index("Deal ID")
    for entry in tables.stage_entries.itertuples():
        assert frame.loc[entry.deal_id, f"Entered {entry.stage}"] == entry.entered_on
    columns = [c for c in frame if c.startswith("Entered ")]
    assert frame[columns].notna().sum().sum() == len(tables.stage_entries)


def test_closed_deals_and_categories_are_written_as_people_read_them(filled):
    tables, path = filled
    frame = pd.read_excel(path, sheet_name="Deals", engine="openpyxl")
    shown = dict(zip(tables.deals[n.STAGE], frame["Stage"], strict=True))
    assert (shown[n.WON], shown[n.LOST]) == ("Closed Won", "Closed Lost")
    assert set(frame["Forecast category"]) == {"Commit", "Best case", "Pipeline", "Omitted"}


def test_the_other_sheets_hold_their_tables(filled):
    tables, path = filled
    sheets = {"accounts": "Account", "activities": "Type", "targets": "Quota", "feedback": "About"}
    for key, column in sheets.items():
        frame = pd.read_excel(path, sheet_name=SHEETS[key].en, engine="openpyxl")
        name = next(c.key for c in SHEETS[key].columns if c.en == column)
        assert frame[column].tolist() == getattr(tables, key)[name].tolist()


def test_settings_are_written_with_the_workbooks_language(tmp_path):
    path = tmp_path / "book.xlsx"
    settings = Settings(currency="EUR", quantiles=(0.05, 0.5, 0.95), horizon=6)
    build_workbook(path, tables=Tables(settings=settings), language="zh")
    sheet = openpyxl.load_workbook(path)["设置"]
    values = [row[1] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert values == [None, "EUR", 1, 0.05, 0.5, 0.95, 6, "zh", 10]


def test_stages_with_odd_names_still_make_valid_formulas(tmp_path):
    stages = (
        Stage("Talk [1] #a's", "", probability=0.2, typical_days=5),
        *(stage for stage in DEFAULT_STAGES if stage.kind != "open"),
    )
    path = tmp_path / "book.xlsx"
    build_workbook(path, tables=Tables(stages=stages))
    deals = openpyxl.load_workbook(path)["Deals"]
    formula = deals.cell(2, len(deals.tables["Deals"].column_names) - 4).value
    assert "[Entered Talk '[1'] '#a''s]" in formula


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_part_is_well_formed_and_no_cell_holds_an_error(tmp_path, language):
    path = tmp_path / "book.xlsx"
    build_workbook(path, tables=make_tables(), language=language, today=date(2026, 11, 1))
    with ZipFile(path) as package:
        assert package.testzip() is None
    for sheet in openpyxl.load_workbook(path, data_only=True):
        found = [c.coordinate for row in sheet for c in row if str(c.value).startswith("#")]
        assert found == [], sheet.title


def test_what_cannot_be_written_is_refused(tmp_path):
    with pytest.raises(WorkbookNotFoundError, match=r'no folder ".*missing"'):
        build_workbook(tmp_path / "missing" / "book.xlsx")
    (tmp_path / "folder.xlsx").mkdir()
    with pytest.raises(WorkbookLockedError, match=r'"folder.xlsx" cannot be written'):
        build_workbook(tmp_path / "folder.xlsx")
    frame = pd.DataFrame({n.DEAL_ID: ["D-1"], n.NOTES: ["x" * 40_000]}, index=[2])
    deals = conform("deals", frame)
    with pytest.raises(WorkbookUnsafeError, match=r'"Deals", row 2, column 25, .* 40,000 char'):
        build_workbook(tmp_path / "book.xlsx", tables=Tables(deals=deals))
    with pytest.raises(SettingsError, match="no open stage"):
        build_workbook(tmp_path / "book.xlsx", tables=Tables(stages=DEFAULT_STAGES[-2:]))
