import shutil
from dataclasses import replace
from zipfile import ZipFile

import numpy as np
import openpyxl
import pandas as pd
import pytest
from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries
from python_calamine import CalamineWorkbook

from salespipe.errors import WorkbookLockedError, WorkbookUnsafeError
from salespipe.kpi import review
from salespipe.stages import DEFAULT_STAGES
from salespipe.workbook.publish import publish
from salespipe.workbook.schema import SCHEMA_VERSION, SHEETS, STAMP_SHEET
from salespipe.workbook.template import build_workbook
from salespipe.workbook.template.layout import BLOCKS, CELLS
from salespipe.workbook.template.tables import TABLES
from tests.workbook.made_up import AS_OF, make_results, make_tables


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "book.xlsx"
    build_workbook(path, tables=make_tables(), today=AS_OF)
    return path


@pytest.fixture
def book(template, tmp_path):
    return shutil.copy(template, tmp_path / "book.xlsx")


def _body(path, name, sheet):
    found = openpyxl.load_workbook(path, data_only=True)[sheet]
    left, top, right, bottom = range_boundaries(found.tables[name].ref)
    area = found.iter_rows(top + 1, bottom, left, right, values_only=True)
    return pd.DataFrame(list(area), columns=list(TABLES[name].headers("en")))


def _chart_ranges(path):
    ranges = set()
    with ZipFile(path) as package:
        for name in package.namelist():
            if name.startswith("xl/charts/chart"):
                text = package.read(name).decode()
                ranges |= {part.split("</c:f>")[0] for part in text.split("<c:f>")[1:]}
    return ranges


def test_the_start_sheet_shows_the_three_numbers(book, tmp_path):
    target = tmp_path / "out.xlsx"
    results = make_results()
    publish(book, target, results)
    total = results.periods.iloc[-1]
    for sheet in (
        openpyxl.load_workbook(target, data_only=True)["Start"],
        CalamineWorkbook.from_path(target)
        .get_sheet_by_name("Start")
        .to_python(skip_empty_area=False),
    ):
        for key in ("worst", "likely", "best", "p_target"):
            cell = CELLS[f"start_{key}"].cell
            row, column = coordinate_to_tuple(cell)
            found = sheet[row - 1][column - 1] if isinstance(sheet, list) else sheet[cell].value
            assert found == total[key]
    start = openpyxl.load_workbook(target)["Start"]
    assert start[CELLS["start_worst_note"].cell].value == "10% chance of less"
    assert start[CELLS["start_best_note"].cell].value == "10% chance of more"
    assert "from 2026-11-01 to 2027-01-31, in USD" in start[CELLS["start_status"].cell].value


def test_periods_are_shown_in_full_with_inclusive_days(book, tmp_path):
    target = tmp_path / "out.xlsx"
    results = make_results()
    publish(book, target, results)
    shown = _body(target, "ForecastPeriods", "Forecast")
    assert shown["Period"].tolist() == ["2026-11", "2026-12", "2027-01", "2026Q4", "Total"]
    assert shown["Kind"].tolist() == ["Month"] * 3 + ["Quarter", "Total"]
    assert f"{shown['To'][0]:%Y-%m-%d}" == "2026-11-30"
    for header, key in {"Worst": "worst", "Chance of target": "p_target"}.items():
        assert shown[header].tolist() == results.periods[key].tolist()


def test_groups_deals_and_funnel_are_shown(book, tmp_path):
    target = tmp_path / "out.xlsx"
    results = make_results()
    publish(book, target, results)
    owners = _body(target, "ForecastOwners", "Forecast")
    assert owners["Owner"].tolist() == [*results.by_owner["group"]]
    assert owners["Target"].isna().tolist() == results.by_owner["target"].isna().tolist()
    deals = _body(target, "DealForecast", "Deal forecast")
    assert deals["Deal ID"].tolist() == results.deals["deal_id"].tolist()
    assert deals["Chance of winning"].tolist() == results.deals["p_won"].tolist()
    assert (deals["Likely close"] == "beyond").tolist() == results.deals[
        "expected_close_on"
    ].isna().tolist()
    funnel = _body(target, "StageFunnel", "Forecast")
    assert funnel["Deals"].tolist() == results.funnel["count"].tolist()
    scenarios = _body(target, "ForecastScenarios", "Forecast")
    assert scenarios["What if"].tolist() == results.scenarios["scenario"].tolist()
    assert scenarios["Change in the mean"].tolist() == results.scenarios["change"].tolist()


def test_a_kpi_takes_its_format_from_its_unit(book, tmp_path):
    target = tmp_path / "out.xlsx"
    publish(book, target, make_results())
    sheet = openpyxl.load_workbook(target)["KPI"]
    formats = {}
    table = TABLES["Kpi"]
    for row in range(4):
        cell = sheet[table.cell(row, "value")]
        formats[sheet[table.cell(row, "unit")].value] = cell.number_format
    assert formats == {"share": "0.0%", "days": "#,##0", "USD": '"$"#,##0', "count": "#,##0"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_value_on_the_kpi_sheet_is_in_the_kpi_table(language, tmp_path, small_pipeline):
    """Walk the sheet: each row is one of the review's, with its value, interval, n and group."""
    kpis = review(small_pipeline)
    book, target = tmp_path / "book.xlsx", tmp_path / "out.xlsx"
    build_workbook(book, tables=make_tables(5), language=language, today=AS_OF)
    results = replace(make_results(), kpis=kpis, stages=small_pipeline.stages)
    publish(book, target, results, language=language)
    shown = _body(target, "Kpi", SHEETS["kpi"].en if language == "en" else SHEETS["kpi"].zh)
    assert len(shown) == len(kpis) > 300
    shown.columns = [column.key for column in TABLES["Kpi"].columns]
    if language == "zh":
        labels = {stage.name: stage.name_zh for stage in small_pipeline.stages}
        kpis = kpis.assign(group=kpis["group"].replace(labels))
    order = ["group", "n", "value", "low", "high"]
    walked, known = (
        table[order].fillna({"group": ""}).sort_values(order, ignore_index=True)
        for table in (shown.astype(dict.fromkeys(order[1:], "float64")), kpis)
    )
    assert walked["group"].tolist() == known["group"].tolist()
    numbers = [table[order[1:]].astype("float64") for table in (walked, known)]
    pd.testing.assert_frame_equal(*numbers)
    if language == "zh":
        assert not shown["definition"].str.contains("|".join(labels)).any()


def test_to_do_links_to_the_cell_and_leaves_hints_out(book, tmp_path):
    target = tmp_path / "out.xlsx"
    results = make_results()
    publish(book, target, results)
    sheet = openpyxl.load_workbook(target)["To do"]
    shown = _body(target, "ToDo", "To do")
    graver = [p for p in results.problems if p.severity != "info"]
    told = {p.deal_id for p in results.problems if p.kind}
    advised = results.deals[results.deals["action"] != ""]
    assert (shown["Severity"] != "Follow-up").sum() == len(graver)
    # What the forecast advises is left out where a problem of the deal says what to do.
    assert (shown["Severity"] == "Follow-up").sum() == (~advised["deal_id"].isin(told)).sum()
    places = {
        sheet[TABLES["ToDo"].cell(row, "where")].hyperlink.location.replace("'", "")
        for row in range(len(shown))
    }
    assert {f"Deals!{p.cell}" for p in graver} <= places
    owners = shown["Owner"].tolist()
    assert owners == sorted(owners, key=lambda o: (o == "(whole team)", o))
    for _, part in shown.groupby("Owner"):
        first = (part["Severity"] == "Error").tolist()
        assert first == sorted(first, reverse=True)
        stakes = part.loc[part["Severity"] != "Error", "Amount at stake"].replace("", 0)
        assert stakes.tolist() == sorted(stakes, reverse=True)


def test_charts_cover_exactly_the_rows_that_are_filled(book, tmp_path):
    target = tmp_path / "out.xlsx"
    results = make_results()
    publish(book, target, results)
    ranges = _chart_ranges(target)
    sheet = openpyxl.load_workbook(target, data_only=True)["Forecast"]
    for name, rows in {"fan": 18 + 3, "funnel": 5}.items():
        block = BLOCKS[name]
        for key in block.keys:
            first, last = block.cell(0, key), block.cell(rows - 1, key)
            absolute = "${}${}:${}${}".format(*_parts(first), *_parts(last))
            assert f"Forecast!{absolute}" in ranges
        assert sheet[block.cell(rows - 1, block.keys[0])].value
        assert sheet[block.cell(rows, block.keys[0])].value is None
    fan = BLOCKS["fan"]
    last = results.periods.iloc[2]
    assert sheet[fan.cell(20, "range")].value == pytest.approx(last["best"] - last["worst"])
    # At the last known month the fan has no width and begins on the history line.
    assert sheet[fan.cell(17, "range")].value == 0
    assert sheet[fan.cell(17, "likely")].value == sheet[fan.cell(17, "won")].value
    assert sheet[fan.cell(16, "likely")].value is None


def _parts(cell):
    return cell.rstrip("0123456789"), cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def test_the_win_rate_by_month_keeps_to_one_definition(book, tmp_path):
    results, target = make_results(), tmp_path / "out.xlsx"
    monthly = results.kpis[results.kpis["by"] == "month"]
    headline = monthly.assign(definition="won within 90 days (headline)", value=0.5)
    kpis = pd.concat([results.kpis, headline.iloc[:-1]])
    publish(book, target, replace(results, kpis=kpis))
    sheet, block = openpyxl.load_workbook(target)["KPI"], BLOCKS["trend"]
    title = sheet[CELLS["win_rate_title"].cell].value
    assert title == "Win rate (of closed): won within 90 days (headline), by month"
    rates = [sheet[block.cell(row, "win_rate")].value for row in range(18)]
    assert rates == [0.5] * 17 + [None]


def test_publishing_again_gives_the_same_bytes(book, tmp_path):
    first, second = tmp_path / "first.xlsx", tmp_path / "second.xlsx"
    publish(book, first, make_results())
    publish(first, second, make_results())
    assert first.read_bytes() == second.read_bytes()


def test_fewer_rows_leave_nothing_behind(book, tmp_path):
    grown, shrunk, fresh = (tmp_path / name for name in ("grown.xlsx", "shrunk.xlsx", "fresh.xlsx"))
    small = make_results(deals=3, months=1, owners=2, problems=1)
    publish(book, grown, make_results(deals=200, months=12, owners=40, problems=300))
    publish(grown, shrunk, small)
    publish(book, fresh, small)
    left, right = (openpyxl.load_workbook(path, data_only=True) for path in (shrunk, fresh))
    for sheet in right:
        wanted = {c.coordinate: c.value for row in sheet for c in row if c.value is not None}
        found = left[sheet.title]
        assert {
            c.coordinate: c.value for row in found for c in row if c.value is not None
        } == wanted
        assert {t.name: t.ref for t in found.tables.values()} == {
            t.name: t.ref for t in sheet.tables.values()
        }
    assert _chart_ranges(shrunk) == _chart_ranges(fresh)


def _filled(sheet):
    return {c.coordinate: c.value for row in sheet for c in row if c.value is not None}


def test_what_people_typed_is_untouched(book, tmp_path):
    target = tmp_path / "out.xlsx"
    publish(book, target, make_results())
    before, after = ZipFile(book), ZipFile(target)
    sheets = {name: f"xl/worksheets/sheet{k}.xml" for k, name in enumerate(SHEETS, start=1)}
    with before, after:
        for key, part in sheets.items():
            if SHEETS[key].filled_by == "people":
                assert before.read(part) == after.read(part), key


def test_the_lists_learn_the_owners(tmp_path):
    empty, target = tmp_path / "empty.xlsx", tmp_path / "out.xlsx"
    build_workbook(empty)
    publish(empty, target, make_results())
    column = openpyxl.load_workbook(target)["Lists"]["B"]
    assert [c.value for c in column[3:8]] == [
        "Ana Ferreira",
        "Bo Lindqvist",
        "Chen Wei",
        "Dara Okafor",
        None,
    ]


def test_the_receipt_stands_on_start_and_on_the_stamp(book, tmp_path):
    target = tmp_path / "out.xlsx"
    publish(book, target, make_results())
    receipt = dict(_body(target, "RunReceipt", "Start").to_numpy().tolist())
    assert receipt["Data hash"] == "9f31c0a4d2b86e57"
    assert receipt["Models passed their checks"] == "yes"
    stamp = openpyxl.load_workbook(target)[STAMP_SHEET]
    found = {row[0]: row[1] for row in stamp.iter_rows(values_only=True)}
    assert found["schema_version"] == SCHEMA_VERSION
    assert (found["seed"], found["ok"]) == (1, True)


def test_without_target_past_or_kpis_the_sheets_say_so(book, tmp_path):
    target = tmp_path / "out.xlsx"
    results = make_results()
    periods = results.periods.assign(target=np.nan, p_target=np.nan)
    results = replace(
        results,
        periods=periods,
        history=results.history.head(0),
        kpis=results.kpis.head(0),
        deals=results.deals.head(0),
        funnel=results.funnel.head(0),
        problems=(),
        notes=(),
    )
    publish(book, target, results)
    found = openpyxl.load_workbook(target)
    start = found["Start"]
    assert start[CELLS["start_p_target"].cell].value == "–"
    assert start[CELLS["start_target_note"].cell].value.startswith("No target")
    assert "too few closed deals" in found["KPI"][CELLS["win_rate_title"].cell].value
    assert found["To do"][CELLS["todo_status"].cell].value.startswith("Nothing to do")
    assert found["Forecast"][BLOCKS["fan"].cell(0, "month")].value == "2026-11"


def test_a_chinese_workbook_is_published_in_chinese(tmp_path):
    book, target = tmp_path / "book.xlsx", tmp_path / "out.xlsx"
    build_workbook(book, tables=make_tables(), language="zh", today=AS_OF)
    publish(book, target, make_results())
    found = openpyxl.load_workbook(target)
    assert found["开始"][CELLS["start_worst_note"].cell].value == "低于此数的概率为 10%"
    assert found["预测"][TABLES["ForecastPeriods"].cell(4, "period")].value == "合计"
    told = [found["预测"][TABLES["ForecastScenarios"].cell(k, "scenario")].value for k in range(3)]
    assert told == ["按预测", "所有商机推迟 30 天", "商机 D-0007 赢单"]
    assert any("预测" in name for name in _chart_ranges(target))


def test_a_renamed_sheet_is_still_found(book, tmp_path):
    renamed, target = tmp_path / "renamed.xlsx", tmp_path / "out.xlsx"
    with ZipFile(book) as package, ZipFile(renamed, "w") as copy:
        for name in package.namelist():
            data = package.read(name)
            if name == "xl/workbook.xml":
                data = data.replace(b'name="To do"', b'name="My list"')
            copy.writestr(name, data)
    publish(renamed, target, make_results())
    assert openpyxl.load_workbook(target)["My list"][TABLES["ToDo"].cell(0, "owner")].value


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name="What to do"', 'name="Idea"', 'lacks the column "What to do"'),
        ('ref="A5:H6"', 'ref="A6:H7"', "begins at A6 and the template has it at A5"),
    ],
)
def test_a_changed_sheet_is_refused(book, tmp_path, old, new, message):
    changed, target = tmp_path / "changed.xlsx", tmp_path / "out.xlsx"
    with ZipFile(book) as package, ZipFile(changed, "w") as copy:
        for name in package.namelist():
            data = package.read(name)
            if name.startswith("xl/tables/") and b"ToDo" in data:
                data = data.replace(old.encode(), new.encode())
            copy.writestr(name, data)
    with pytest.raises(WorkbookUnsafeError, match=message):
        publish(changed, target, make_results())
    assert not target.exists()


def test_a_workbook_saved_since_it_was_read_is_refused(book, tmp_path):
    target = tmp_path / "out.xlsx"
    with pytest.raises(WorkbookLockedError):
        publish(book, target, make_results(), expected_digest="0" * 64)
    assert not target.exists()


def test_money_shows_the_currency_of_the_run(book, tmp_path):
    target = tmp_path / "out.xlsx"
    for currency, code in (("EUR", '"€"#,##0'), ("CNY", '"¥"#,##0')):
        publish(book, target, replace(make_results(), currency=currency))
        found = openpyxl.load_workbook(target)
        for name in ("ForecastPeriods", "ForecastOwners", "StageFunnel", "DealForecast", "ToDo"):
            table = TABLES[name]
            sheet = found[SHEETS[table.sheet].en]
            for column in table.columns:
                shown = {sheet[table.cell(row, column.key)].number_format for row in range(3)}
                assert (shown == {code}) == (column.show == "money"), (name, column.key)
        assert found["Start"][CELLS["start_likely"].cell].number_format == code


def test_the_same_run_adds_no_styles(book, tmp_path):
    target = tmp_path / "out.xlsx"
    results = replace(make_results(), currency="SEK")
    publish(book, target, results)
    once = target.read_bytes()
    publish(target, target, results)
    assert target.read_bytes() == once


def test_the_start_sheet_names_the_company(book, tmp_path):
    target = tmp_path / "out.xlsx"
    publish(book, target, replace(make_results(), company="Acme & Söhne"))
    title = openpyxl.load_workbook(target)["Start"][CELLS["start_title"].cell].value
    assert title == "Acme & Söhne: sales pipeline"


def test_stages_are_called_as_the_sheet_speaks(tmp_path):
    path = tmp_path / "book.xlsx"
    build_workbook(path, language="zh")
    publish(path, path, replace(make_results(), stages=DEFAULT_STAGES))
    for name, title in (("StageFunnel", "预测"), ("DealForecast", "商机预测")):
        sheet = openpyxl.load_workbook(path)[title]
        names = {sheet[TABLES[name].cell(row, "stage")].value for row in range(5)}
        assert names <= {stage.name_zh for stage in DEFAULT_STAGES}
