"""The monthly job, carried out for real on a small company's workbook."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import PurePosixPath
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import openpyxl
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from salespipe import names as n
from salespipe.errors import WorkbookLockedError
from salespipe.job import run_month, write_forecast
from salespipe.workbook.read import read_workbook
from salespipe.workbook.schema import SHEETS
from salespipe.workbook.template.tables import TABLES
from tests.conftest import SEED
from tests.requirements import program
from tests.workbook.lint import new_defects

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
LIMIT = 900
"""Seconds for tests that fit: a fit takes half a minute alone, and minutes on a busy machine."""

fitted = [pytest.mark.slow, pytest.mark.timeout(LIMIT)]


def sheet_parts(path):
    """Give the part of every sheet by its name on the tab."""
    with ZipFile(path) as package:
        relations = ET.fromstring(package.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
        targets = {each.get("Id"): each.get("Target") for each in relations}
        sheets = ET.fromstring(package.read("xl/workbook.xml")).iter(f"{MAIN}sheet")  # noqa: S314
        return {
            each.get("name"): str(PurePosixPath("xl") / targets[each.get(RELATION)])
            for each in sheets
        }


def members(path):
    """Give of every part the bytes as they stand in the file, compressed."""
    with ZipFile(path) as package:
        raw = path.read_bytes()
        found = {}
        for info in package.infolist():
            # The local header's own name and extra field say where its data begin.
            at = info.header_offset
            skip = int.from_bytes(raw[at + 26 : at + 28], "little")
            skip += int.from_bytes(raw[at + 28 : at + 30], "little")
            begin = at + 30 + skip
            found[info.filename] = (info.compress_type, raw[begin : begin + info.compress_size])
        return found


# -- Without a fit -------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_fit")
def test_a_locked_output_is_refused_before_fitting(book, as_of):
    output = book.with_name("out.xlsx")
    book.with_name("~$out.xlsx").write_bytes(b"\x00" * 165)
    with pytest.raises(WorkbookLockedError, match="is open elsewhere"):
        run_month(book, as_of=as_of, output=output)
    assert not output.exists()


# -- One real run --------------------------------------------------------------------------------


class TestRun:
    """What one fitted run did to the workbook."""

    pytestmark = fitted

    def test_only_the_tools_parts_change(self, company_book, monthly_run):
        before, after = members(company_book), members(monthly_run.output)
        assert list(after) == list(before)
        changed = {name for name in before if before[name] != after[name]}
        parts = sheet_parts(company_book)
        tools = {parts[sheet.en] for sheet in SHEETS.values() if sheet.filled_by == "tool"}
        people = {parts[sheet.en] for sheet in SHEETS.values() if sheet.filled_by == "people"}
        allowed = tools | {parts["_salespipe"], "xl/workbook.xml", "xl/styles.xml"}
        others = {name for name in changed - allowed if not name.startswith("xl/charts/chart")}
        tables = {name for name in others if name.startswith("xl/tables/")}
        assert others == tables
        assert not changed & people
        for name in tables:
            with ZipFile(company_book) as package:
                told = re.search(rb' displayName="(\w+)"', package.read(name))[1].decode()
            assert told in TABLES
        written = {parts[SHEETS[key].en] for key in ("start", "forecast", "deal_forecast", "kpi")}
        assert written <= changed

    def test_the_package_has_no_defect_that_was_not_there(self, company_book, monthly_run):
        assert new_defects(company_book, monthly_run.output) == []

    def test_what_people_typed_reads_as_before(self, company_book, monthly_run):
        before, after = read_workbook(company_book), read_workbook(monthly_run.output)
        for table in ("deals", "stage_entries", "accounts", "activities", "targets", "market"):
            pd.testing.assert_frame_equal(
                getattr(after.tables, table), getattr(before.tables, table)
            )
        assert after.tables.settings == before.tables.settings
        assert after.tables.stages == before.tables.stages

    @pytest.mark.filterwarnings("ignore:.*extension is not supported")
    def test_two_other_readers_find_the_forecast(self, monthly_run):
        total = monthly_run.results.periods.iloc[-1]
        sheet = openpyxl.load_workbook(monthly_run.output, data_only=True)["Forecast"]
        left = next(cell for row in sheet for cell in row if cell.value == "Total")
        row = {cell.value for cell in sheet[left.row]}
        assert {total["worst"], total["likely"], total["best"]} <= row
        rows = CalamineWorkbook.from_path(monthly_run.output).get_sheet_by_name("Forecast")
        assert any({total["worst"], total["likely"], total["best"]} <= {*map(_key, line)}
                   for line in rows.to_python())  # fmt: skip

    def test_the_backup_is_the_old_file(self, company_book, monthly_run):
        assert monthly_run.backup.parent == monthly_run.output.parent
        assert monthly_run.backup.read_bytes() == company_book.read_bytes()

    def test_the_receipt_is_left_on_the_hidden_sheet(self, monthly_run, as_of):
        stamp = read_workbook(monthly_run.output).stamp
        assert stamp["as_of"] == as_of.isoformat()
        assert stamp["data_hash"] == monthly_run.results.receipt.data_hash
        assert float(stamp["seed"]) == SEED

    def test_the_forecast_adds_up(self, monthly_run):
        periods = monthly_run.results.periods
        parts = periods[["won_so_far", "from_open", "from_new"]].sum(axis=1)
        assert parts.to_numpy() == pytest.approx(periods["mean"].to_numpy(), rel=1e-9)
        months, total = periods[periods["kind"] == "month"], periods.iloc[-1]
        assert months["mean"].sum() == pytest.approx(total["mean"], rel=1e-9)
        assert (periods["worst"] <= periods["likely"]).all()
        assert (periods["likely"] <= periods["best"]).all()
        assert monthly_run.results.receipt.diagnostics.ok

    def test_every_step_was_timed(self, monthly_run):
        steps = ["read", "check", "load", "fit", "simulate", "review", "write"]
        assert list(monthly_run.seconds) == steps
        assert all(seconds >= 0 for seconds in monthly_run.seconds.values())

    def test_writing_the_same_again_changes_nothing(self, fitted_before, as_of):
        before = fitted_before.output.read_bytes()
        again = run_month(fitted_before.output, as_of=as_of, seed=SEED)
        assert again.backup is None
        assert fitted_before.output.read_bytes() == before

    def test_the_output_may_be_another_file(self, fitted_before, book, as_of):
        before, output = book.read_bytes(), book.with_name("out.xlsx")
        told = []
        run = run_month(book, as_of=as_of, output=output, progress=told.append)
        assert (run.output, run.backup) == (output, None)
        assert book.read_bytes() == before
        assert output.read_bytes() == fitted_before.output.read_bytes()
        assert told[0] == "Reading the workbook"
        assert told[-1] == "Writing the workbook"

    def test_a_longer_history_is_fitted_with_the_workbooks_own(
        self, fitted_before, monkeypatch, book, as_of
    ):
        """The exposure that is fitted has its exits; nothing else of the run is another one."""
        deals = fitted_before.forecast.fit.pipeline.closed_deals
        old = deals.assign(**{n.DEAL_ID: "old " + deals[n.DEAL_ID]})
        old.drop(columns=[n.OUTCOME, n.ENTERED_ON]).to_parquet(book.with_name("old.parquet"))
        given, runs = [], []

        def fit(pipeline, *, exposure, **_):
            given.append(exposure)
            fitted = fitted_before.forecast.fit
            return replace(fitted, exposure=exposure) if exposure else fitted

        monkeypatch.setattr("salespipe.inference.fit.fit", fit)
        for history in ([], [book.with_name("old.parquet")]):
            output = book.with_name("out.xlsx")
            run = run_month(book, as_of=as_of, history=history, output=output)
            runs.append(run.results)
        none, more = given
        assert none is None
        own = fitted_before.forecast.fit.exposure
        exits = [one.cells["lost"].sum() for one in (own, more)]
        assert exits[1] == exits[0] + (deals[n.OUTCOME] == n.LOST).sum()
        assert more.since == own.start
        assert list(run.seconds)[3] == "history"
        without, with_it = runs
        assert without.receipt.data_hash != with_it.receipt.data_hash
        assert any(f"old.parquet ({len(old)})" in note for note in with_it.notes)
        assert not any("outside of the workbook" in note for note in without.notes)

    @pytest.mark.usefixtures("fitted_before")
    def test_the_horizon_may_be_chosen(self, book, as_of):
        run = run_month(book, as_of=as_of, months=5, output=book.with_name("out.xlsx"))
        kinds = run.results.periods["kind"].value_counts()
        assert (kinds["month"], kinds["total"]) == (5, 1)

    def test_a_workbook_saved_since_it_was_read_is_refused(self, monthly_run, book):
        read = read_workbook(book)
        with ZipFile(book, "a") as package:
            package.writestr("docProps/note.txt", "saved by someone")
        saved = book.read_bytes()
        with pytest.raises(WorkbookLockedError, match="was saved by someone"):
            write_forecast(read, monthly_run.forecast)
        assert book.read_bytes() == saved

    def test_the_notebooks_way_writes_what_the_job_writes(self, monthly_run, book):
        backup = write_forecast(read_workbook(book), monthly_run.forecast)
        assert backup is not None
        assert book.read_bytes() == monthly_run.output.read_bytes()

    def test_the_shell_tells_people_the_numbers(self, fitted_before, shell, book, as_of):
        said = shell("run", book, "--as-of", as_of, "--seed", SEED)
        assert (said.status, said.err) == (0, "")
        total = fitted_before.results.periods.iloc[-1]
        for key in ("worst", "likely", "best"):
            assert f"{total[key]:,.0f}" in said.out
        assert f"Written: {book}" in said.out
        assert "Backup:" in said.out

    @pytest.mark.usefixtures("fitted_before")
    def test_the_shell_has_one_object_for_programs(self, shell, book, as_of):
        said = shell("run", book, "--as-of", as_of, "--months", 2, "--json")
        assert (said.status, said.err, said.out.count("\n")) == (0, "", 1)
        told = json.loads(said.out)
        assert told["as_of"] == as_of.isoformat()
        assert [row["kind"] for row in told["forecast"]].count("month") == 2
        assert told["diagnostics"]["ok"] is True
        assert told["output"] == str(book)

    def test_libreoffice_opens_it(self, monthly_run, tmp_path):
        office = program("soffice")
        profile = f"-env:UserInstallation=file://{tmp_path}/profile"
        command = [office, profile, "--headless", "--convert-to", "ods", "--outdir", tmp_path]
        subprocess.run([*command, monthly_run.output], check=True, capture_output=True, timeout=240)
        sheets = CalamineWorkbook.from_path(tmp_path / "pipeline.ods").sheet_names
        assert {sheet.en for sheet in SHEETS.values()} <= {*sheets}


def _key(value):
    return value if isinstance(value, float) else None


@pytest.mark.slow
@pytest.mark.timeout(LIMIT)
def test_the_same_seed_gives_the_same_bytes_in_another_process(
    monthly_run, company_book, as_of, tmp_path
):
    """The whole command, as the shell runs it, with nothing shared but the workbook."""
    shutil.copytree(company_book.parent, tmp_path / "own")
    book = tmp_path / "own" / company_book.name
    command = [sys.executable, "-m", "salespipe", "run", book, "--as-of", str(as_of)]
    done = subprocess.run(
        [*command, "--seed", str(SEED), "--json"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert told["data_hash"] == monthly_run.results.receipt.data_hash
    assert book.read_bytes() == monthly_run.output.read_bytes()
