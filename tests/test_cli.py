"""The shell: what it prints, where, and with which exit status."""

import json
import os
import shutil
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
import xlsxwriter
from typer.main import get_command

from salespipe import __version__
from salespipe.backtest.ladder import LADDER
from salespipe.backtest.run import backtest
from salespipe.cli import app, main
from salespipe.results import KPI_COLUMNS
from salespipe.screen import SHOWN_COSTS
from salespipe.workbook.read import read_workbook
from tests.conftest import Said

ODD = Path(__file__).parents[2] / "shared" / "xlsx" / "odd"
READERS = ("check", "kpi", "run", "backtest")
MEMORY = ("snapshot", "changes")
COMMANDS = (
    "demo", "new", "import", "merge", "split", "lab", *MEMORY, *READERS, "feedback", "report",
    "rollup", "followups",
)  # fmt: skip

HEADERS = ("Deal ID", "Account", "Owner", "Stage", "Amount", "Created", "Closed")
GOOD = ("D-1", "Acme", "Ann", "Qualification", 100, date(2026, 1, 5), None)

OLD_BINARY = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
"""The first bytes of a compound file: Excel's old format, or an encrypted workbook."""
ENCRYPTED = OLD_BINARY + "EncryptedPackage".encode("utf-16-le") + bytes(500)

MAP = """
[[stages]]
name = "Talk"
probability = 0.3

[deals]
columns = { deal_id = "Id", stage = "Stage", amount = "Amount", created_on = "Since" }
stages = { W = "won", L = "lost", T = "Talk" }
"""
EXPORT = "Id,Stage,Amount,Since,Colour\na,T,9,2026-01-05,red\nb,W,5,2026-01-06,\n"

pytestmark = pytest.mark.usefixtures("no_fit")


@pytest.fixture
def deals_book(tmp_path):
    def write(*rows, headers=HEADERS):
        path = tmp_path / "deals.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet, day = book.add_worksheet("Deals"), book.add_format({"num_format": "yyyy-mm-dd"})
            for number, row in enumerate((headers, *rows)):
                for column, value in enumerate(row):
                    if isinstance(value, date):
                        midnight = datetime.combine(value, datetime.min.time())
                        sheet.write_datetime(number, column, midnight, day)
                    elif value is not None:
                        sheet.write(number, column, value)
        return path

    return write


def deal(**changed):
    return [changed.get(header, value) for header, value in zip(HEADERS, GOOD, strict=True)]


def refused(said, *words):
    """Check that a command refused in one line of its own, and return the line."""
    assert said.status == 1
    assert said.out == ""
    assert said.err.startswith("salespipe: ")
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err
    for word in words:
        assert word in said.err
    return said.err


def one_object(said):
    """Give the JSON object that is all of a command's standard output."""
    assert said.out.count("\n") == 1
    return json.loads(said.out)


# -- Help and usage ------------------------------------------------------------------------------


def test_these_are_the_commands():
    assert tuple(get_command(app).commands) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(shell, command):
    said = shell(command, "--help")
    assert said.status == 0
    assert f"Example: salespipe {command} " in said.out
    for parameter in get_command(app).commands[command].params:
        assert parameter.help, parameter.name


def test_the_example_of_every_command_is_of_good_usage():
    for name, command in get_command(app).commands.items():
        words = command.epilog.removeprefix(f"Example: salespipe {name} ").split()
        command.make_context(name, words)  # parses, or raises


def test_help_is_shown_when_nothing_is_asked_for(shell):
    said = shell()
    assert said.status == 2
    assert all(f"\n  {command} " in said.err for command in COMMANDS)


def test_the_version_is_that_of_the_package(shell):
    assert shell("--version").out.strip() == __version__


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["frob"], "frob"),
        (["run"], "BOOK.xlsx"),
        (["run", "b.xlsx", "--months", "0"], "--months"),
        (["run", "b.xlsx", "--months", "many"], "--months"),
        (["run", "b.xlsx", "--seed", "-1"], "--seed"),
        (["backtest", "b.xlsx", "--dates", "0"], "--dates"),
        (["new", "b.xlsx", "--lang", "fr"], "--lang"),
        (["import", "d.csv", "b.xlsx", "--map", "m.toml", "--preset", "zoho"], "--preset"),
        (["split", "b.xlsx", "--by", "region", "--output", "x"], "--by"),
        (["check", "b.xlsx", "--frob"], "--frob"),
    ],
)
def test_wrong_usage_is_status_2(shell, arguments, word):
    said = shell(*arguments)
    assert said.status == 2
    assert said.out == ""
    assert word in said.err
    assert "Traceback" not in said.err


# -- Manners -------------------------------------------------------------------------------------

READ_ONLY = {"kpi", "changes", "backtest"}
"""Commands that write nothing and end with no verdict: with --quiet nothing would be left."""


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "lab"])
def test_json_and_quiet_are_everywhere_they_make_sense(command):
    options = {
        option
        for parameter in get_command(app).commands[command].params
        for option in parameter.opts
    }
    assert "--json" in options
    assert ("--quiet" in options) == (command not in READ_ONLY)


def test_quiet_says_nothing_and_tells_by_its_status(shell, deals_book, tmp_path):
    good = deals_book(GOOD)
    for arguments in (
        ("new", tmp_path / "new.xlsx"),
        ("snapshot", good, "--as-of", "2026-01-31"),
        ("check", good),
    ):
        assert shell(*arguments, "--quiet") == Said(0, "", "")
    assert shell("check", deals_book(deal(Stage="Talk")), "--quiet") == Said(1, "", "")
    refused(shell("check", tmp_path / "none.xlsx", "-q"), "There is no file")
    told = one_object(shell("snapshot", good, "--as-of", "2026-01-31", "--quiet", "--json"))
    assert told["as_of"] == "2026-01-31"


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False), ({}, False)],
)
def test_colours_are_for_terminals_that_want_them(deals_book, environment, coloured):
    path = deals_book(deal(Stage="Talk"))
    clean = {k: v for k, v in os.environ.items() if k not in {"FORCE_COLOR", "NO_COLOR"}}
    done = subprocess.run(
        [sys.executable, "-m", "salespipe", "check", path],
        env=clean | {"TERM": "xterm"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert ("\x1b[31m" in done.stdout) == coloured


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("salespipe ", set(COMMANDS)),
        ("salespipe new b.xlsx --lang ", {"en", "zh"}),
        ("salespipe import a.csv b.xlsx --preset s", {"salesforce"}),
    ],
)
def test_the_shell_completes_commands_languages_and_presets(monkeypatch, capsys, typed, offered):
    words = typed.split()
    place = len(words) - (not typed.endswith(" "))
    monkeypatch.setenv("COMP_WORDS", typed)
    monkeypatch.setenv("COMP_CWORD", str(place))
    monkeypatch.setenv("_SALESPIPE_COMPLETE", "complete_bash")
    # It is called so however the tests were started: `python -m pytest` is a program's name, too.
    monkeypatch.setattr(sys, "argv", ["salespipe"])
    monkeypatch.setattr(sys.modules["__main__"], "__package__", None)
    with pytest.raises(SystemExit):
        main()
    assert set(capsys.readouterr().out.split()) == offered


def test_a_full_disk_is_one_sentence(shell, deals_book, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("salespipe.cli.shell.json.dumps", full)
    refused(shell("check", deals_book(GOOD), "--json"), "No space left on device")


# -- Input that stops the work -------------------------------------------------------------------


@pytest.mark.parametrize("command", READERS)
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, ["There is no file", "book.xlsx"]),
        (b"deal,amount\n", ["not an Excel workbook", "save it as .xlsx"]),
        (b"PK\x03\x04cut short", ["damaged"]),
        (OLD_BINARY, ["is damaged", "save it as .xlsx"]),
        (ENCRYPTED, ["protected by a password", "remove the password"]),
    ],
    ids=["missing", "text", "cut-short", "damaged-old-format", "encrypted"],
)
def test_what_is_not_a_workbook_is_refused(shell, tmp_path, command, content, words):
    path = tmp_path / "book.xlsx"
    if content is not None:
        path.write_bytes(content)
    refused(shell(command, path), *words)
    refused(shell(command, path, "--json"), *words)


@pytest.mark.skipif(not ODD.is_dir(), reason="../shared/xlsx is not there")
def test_odd_files_are_refused_or_read_but_never_end_in_a_traceback(shell):
    encrypted = 0
    for path in sorted(ODD.glob("*.xls*")):
        said = shell("check", path)
        assert said.status in {0, 1}, path.name
        assert "Traceback" not in said.err
        if said.err:
            refused(said)
        encrypted += "protected by a password" in said.err
    assert encrypted >= 4


@pytest.mark.parametrize("command", READERS)
def test_a_missing_required_column_is_named(shell, deals_book, command):
    headers = [header for header in HEADERS if header != "Stage"]
    row = [value for header, value in zip(HEADERS, GOOD, strict=True) if header != "Stage"]
    refused(shell(command, deals_book(row, headers=headers)), '"Stage"', "add it")


@pytest.mark.parametrize("command", READERS)
def test_an_empty_deals_sheet_is_refused(shell, deals_book, command):
    refused(shell(command, deals_book()), '"Deals"', "enter at least one row")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"Stage": "Negotiatin"}, ["Deals!D2", "not a stage", "Proposal & Negotiation"]),
        ({"Amount": "lots"}, ["Deals!E2", "not a number"]),
    ],
    ids=["stage", "amount"],
)
def test_an_error_in_a_cell_is_listed_by_check_and_stops_run(shell, deals_book, changed, words):
    path = deals_book(deal(**changed))
    before = path.read_bytes()
    listed = shell("check", path)
    assert listed.status == 1
    assert listed.err == ""
    line = next(line for line in listed.out.splitlines() if line.startswith("error"))
    assert all(word in line for word in words)
    assert listed.out.splitlines()[-1].startswith("1 errors, ")
    refused(shell("run", path, "--json"), "1 error to mend first", *words)
    refused(shell("backtest", path, "--json"), "1 error to mend first", *words)
    assert path.read_bytes() == before


@pytest.mark.parametrize("command", READERS)
def test_an_as_of_date_before_everything_is_refused(shell, deals_book, command):
    said = shell(command, deals_book(GOOD), "--as-of", "2020-01-31")
    refused(said, "2020-01-31", "2026-01-05", "--as-of")


@pytest.mark.parametrize("command", READERS)
@pytest.mark.parametrize("text", ["31.10.2026", "2026-02-30", "yesterday", " "])
def test_a_date_that_is_none_is_refused(shell, deals_book, command, text):
    refused(shell(command, deals_book(GOOD), "--as-of", text), f'"{text}"', "2026-10-31")


def test_a_changed_sheet_of_the_tool_is_refused_before_fitting(shell, book):
    with ZipFile(book) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    with ZipFile(book, "w") as package:
        for name, data in parts.items():
            mine = name.startswith("xl/tables/") and b'name="ToDo"' in data
            new = data.replace(b'name="Account"', b'name="Client"') if mine else data
            package.writestr(name, new)
    refused(shell("run", book), "ToDo", 'lacks the column "Account"')


@pytest.mark.parametrize("lock", ["~$pipeline.xlsx", ".~lock.pipeline.xlsx#"])
def test_a_workbook_open_elsewhere_is_refused_before_fitting(shell, book, lock):
    before = book.read_bytes()
    there = {path.name for path in book.parent.iterdir()}
    name = "Ana Ferreira"
    excel = bytes([len(name)]) + name.encode().ljust(54) + bytes(110)
    book.with_name(lock).write_bytes(excel if lock[0] == "~" else f",{name},pc,,;".encode())
    refused(shell("run", book), "is open by Ana Ferreira", "close it")
    assert book.read_bytes() == before
    assert {path.name for path in book.parent.iterdir()} == there | {lock}
    assert shell("check", book).status == 0  # reading does no harm


@pytest.mark.parametrize(
    ("output", "words"),
    [("elsewhere.csv", ["must end in .xlsx"]), ("nowhere/b.xlsx", ["There is no folder"])],
)
def test_an_output_that_cannot_be_is_refused_before_fitting(shell, book, output, words):
    refused(shell("run", book, "--output", book.parent / output), *words)
    assert not (book.parent / output).exists()


# -- new and import ------------------------------------------------------------------------------


@pytest.mark.parametrize(("lang", "sheet"), [("en", "Deals"), ("zh", "商机")])
def test_new_makes_an_empty_workbook(shell, tmp_path, lang, sheet):
    path = tmp_path / "book.xlsx"
    said = shell("new", path, "--lang", lang)
    assert said.status == 0
    assert str(path) in said.out
    asked = {"en": "enter at least one row", "zh": "请在第 1 行下方至少填写一行"}
    refused(shell("check", path), sheet, asked[lang])


def test_new_tells_programs_where_it_is(shell, tmp_path):
    path = tmp_path / "book.xlsx"
    told = one_object(shell("new", path, "--lang", "zh", "--json"))
    assert told == {"output": str(path), "language": "zh"}


def test_new_leaves_a_file_that_is_there(shell, tmp_path):
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"mine")
    refused(shell("new", path), "is there already", "--force")
    assert path.read_bytes() == b"mine"
    assert shell("new", path, "--force").status == 0
    assert path.read_bytes() != b"mine"


@pytest.mark.parametrize(
    ("name", "words"), [("b.xls", [".xlsx"]), ("no/b.xlsx", ["There is no folder"])]
)
def test_new_refuses_a_place_that_cannot_be(shell, tmp_path, name, words):
    refused(shell("new", tmp_path / name), *words)


@pytest.fixture
def export(tmp_path):
    (tmp_path / "map.toml").write_text(MAP, encoding="utf-8")
    path = tmp_path / "deals.csv"
    path.write_text(EXPORT, encoding="utf-8")
    return path


def test_import_makes_a_workbook_of_an_export(shell, export):
    path = export.with_name("book.xlsx")
    said = shell("import", export, path, "--map", export.with_name("map.toml"), "--json")
    told = one_object(said)
    assert (said.status, said.err) == (0, "")
    assert told["deals"] == 2
    assert told["output"] == str(path)
    assert told["files"][0]["unknown"] == ["Colour"]
    deals = read_workbook(path).tables.deals
    assert deals["deal_id"].tolist() == ["a", "b"]
    assert deals["stage"].tolist() == ["Talk", "won"]


def test_import_tells_people_what_it_left_out(shell, export):
    path = export.with_name("book.xlsx")
    said = shell("import", export, path, "--map", export.with_name("map.toml"))
    assert said.status == 0
    assert "not named in the map: Colour" in said.out
    assert f"2 deals written to {path}" in said.out


def test_import_reads_an_export_by_its_headers(shell, tmp_path):
    export, path = tmp_path / "deals.csv", tmp_path / "book.xlsx"
    rows = "opportunity_id,sales_agent,deal_stage,engage_date,close_date,close_value\n"
    rows += "a,Ann,Won,2026-01-05,2026-03-01,90\nb,Bo,Engaging,2026-01-06,,\n"
    export.write_text(rows + "c,Bo,Lost,2026-01-07,2026-02-02,0\n", "utf-8")
    said = shell("import", export, path)
    assert said.status == 0
    assert "Engaging" in said.out
    deals = read_workbook(path).tables.deals
    assert deals["stage"].tolist() == ["won", "Engaging", "lost"]
    assert deals["owner"].tolist() == ["Ann", "Bo", "Bo"]
    assert deals["amount"].tolist()[0] == 90
    export.write_text("colour,size\nred,3\n", "utf-8")
    refused(shell("import", export, tmp_path / "none.xlsx"), "deals.csv", "colour")


def test_import_leaves_what_is_no_workbook(shell, export):
    path = export.with_name("book.xlsx")
    path.write_bytes(b"mine")
    arguments = ("import", export, path, "--map", export.with_name("map.toml"))
    refused(shell(*arguments), "not an Excel workbook")
    assert path.read_bytes() == b"mine"
    assert shell(*arguments, "--force").status == 0


def test_a_second_import_updates_by_id(shell, export):
    path = export.with_name("book.xlsx")
    arguments = ("import", export, path, "--map", export.with_name("map.toml"))
    assert shell(*arguments).status == 0
    export.write_text(export.read_text().replace("a,T", "z,T"))

    told = json.loads(shell(*arguments, "--json").out)["update"]

    assert (told["new"], told["gone"], told["unchanged"]) == (["z"], ["a"], 2)
    assert "1 new, 0 changed" not in shell(*arguments).out


def test_split_and_merge(shell, export, tmp_path):
    team = export.with_name("book.xlsx")
    shell("import", export, team, "--map", export.with_name("map.toml"))
    books = json.loads(shell("split", team, "--output", tmp_path / "reps", "--json").out)["books"]
    paths = [book["output"] for book in books]
    refused(shell("split", team, "--output", tmp_path / "reps"), "merge it first")
    said = shell("merge", *paths, "--into", team)
    assert "0 new, 0 changed, 2 unchanged, 0 gone, 0 conflicts." in said.out
    told = json.loads(shell("merge", *paths, "--into", tmp_path / "new.xlsx", "--json").out)
    assert len(told["new"]) == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda export: export.unlink(), ["deals.csv"]),
        (lambda export: export.with_name("map.toml").unlink(), ["map.toml"]),
        (lambda export: export.with_name("map.toml").write_text("stages = ["), ["map.toml"]),
        (lambda export: export.write_text("Id,Amount\na,1\n"), ["Stage"]),
        (lambda export: export.write_text(EXPORT.replace("2026-01-05", "soon")), ["soon"]),
        (lambda export: export.write_text(EXPORT.replace("a,T", "a,X")), ['"X"']),
    ],
    ids=["no-export", "no-map", "broken-map", "no-column", "bad-date", "bad-stage"],
)
def test_import_refuses_what_it_cannot_place(shell, export, change, words):
    change(export)
    path = export.with_name("book.xlsx")
    refused(shell("import", export, path, "--map", export.with_name("map.toml")), *words)
    assert not path.exists()


# -- check and kpi -------------------------------------------------------------------------------


def test_check_lists_the_problems_of_a_real_workbook(shell, company_book):
    said = shell("check", company_book, "--json")
    told = one_object(said)
    counts = told["counts"]
    assert said.err == ""
    assert said.status == (1 if counts["error"] else 0)
    assert sum(counts.values()) == len(told["problems"]) > 0
    order = [["error", "warning", "info"].index(one["severity"]) for one in told["problems"]]
    assert order == sorted(order)
    assert all(one["sheet"] and one["message"] and one["remedy"] for one in told["problems"])
    lines = shell("check", company_book).out.splitlines()
    costs = [one for one in told["costs"] if one["severity"] != "info"]
    assert len(lines) == len(told["problems"]) + min(len(costs), SHOWN_COSTS) + 1


def test_kpi_reviews_a_real_workbook(shell, company_book, as_of):
    told = one_object(shell("kpi", company_book, "--json"))
    assert told["as_of"] <= as_of.isoformat()
    assert all(tuple(row) == KPI_COLUMNS for row in told["kpis"])
    earlier = one_object(shell("kpi", company_book, "--json", "--as-of", "2024-12-31"))
    assert earlier["as_of"] == "2024-12-31"
    seen = {row["definition"]: row["n"] for row in told["kpis"] if row["by"] == "total"}
    before = {row["definition"]: row["n"] for row in earlier["kpis"] if row["by"] == "total"}
    assert before["won / all created"] < seen["won / all created"]


def test_reading_commands_leave_the_workbook_alone(shell, book):
    before = {path: path.read_bytes() for path in book.parent.rglob("*") if path.is_file()}
    for command in ("check", "kpi"):
        shell(command, book)
    assert {p: p.read_bytes() for p in book.parent.rglob("*") if p.is_file()} == before


def test_the_workbook_may_have_any_name(shell, company_book, tmp_path):
    path = tmp_path / "销售 [bold]漏斗 2026.xlsx"
    shutil.copy(company_book, path)
    assert shell("check", path).status == 0
    refused(shell("check", path.with_name("[red]x.xlsx")), "[red]x.xlsx")


# -- backtest ------------------------------------------------------------------------------------


def test_a_backtest_without_a_past_is_refused_before_fitting(shell, deals_book):
    refused(shell("backtest", deals_book(GOOD)), "needs 3 full months of closings", "--months")


def test_a_backtest_prints_the_ladder_and_leaves_the_workbook_alone(shell, book, ladder_only):
    before = book.read_bytes()
    said = shell("backtest", book, "--dates", 2, "--months", 2)
    assert said.status == 0
    for word in ("last month", "seasonal naive", "stage-weighted", "score", "With 2 dates"):
        assert word in said.out
    made = one_object(shell("backtest", book, "--dates", 2, "--months", 2, "--json"))
    assert {row["horizon"] for row in made["rows"]} == {1, 2}
    assert len(made["dates"]) == 2
    assert made["rows"][0]["as_of"] == made["dates"][0]
    assert len(made["rows"]) == 2 * 2 * len(made["methods"])
    assert made["weights"] == {}
    again = one_object(shell("backtest", book, "--dates", 2, "--months", 2, "--json"))
    assert again == made
    assert book.read_bytes() == before


@pytest.fixture
def ladder_only(monkeypatch):
    """Let the methods be the simple ones: nothing is fitted."""

    def only(tables, **asked):
        return backtest(tables, methods=dict(LADDER), **asked)

    monkeypatch.setattr("salespipe.backtest.run.backtest", only)


# -- Memory --------------------------------------------------------------------------------------


def test_changes_tells_what_moved_since_a_snapshot(deals_book, shell):
    path = deals_book(GOOD, ("D-2", *GOOD[1:]))
    assert shell("snapshot", path, "--as-of", "2026-01-31", "--json").status == 0
    deals_book((*GOOD[:4], 130, *GOOD[5:]))
    said = shell("changes", path, "--as-of", "2026-02-28", "--json")
    told = one_object(said)
    amounts = {row["name"]: row["amount"] for row in told["waterfall"]}
    assert (told["since"], told["open_start"], told["open_end"]) == ("2026-01-31", 200.0, 130.0)
    assert {name: amount for name, amount in amounts.items() if amount} == {
        "grown": 30.0,
        "removed": -100.0,
    }
    assert told["forecast_bridge"]["parts"] == []
    shown = shell("changes", path, "--as-of", "2026-02-28")
    assert "Deleted from the sheet" in shown.out


def test_without_a_snapshot_changes_says_what_to_do(deals_book, shell):
    said = shell("changes", deals_book(GOOD), "--as-of", "2026-02-28")
    assert said.status == 1
    assert "No snapshot of" in said.err
    assert "salespipe snapshot" in said.err
