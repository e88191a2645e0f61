import openpyxl
import pytest
from msoffcrypto.format.ooxml import OOXMLFile
from typer.testing import CliRunner

from salespipe.cli import app, shell
from salespipe.errors import SalespipeError, WorkbookEncryptedError
from salespipe.workbook.archive import OLE, PASSWORD_VARIABLE, is_encrypted
from salespipe.workbook.encryption import NO_PASSWORD
from salespipe.workbook.read import read_workbook
from salespipe.workbook.template import build_workbook
from tests.workbook.made_up import make_tables
from tests.workbook.test_hostile import AS_OF, HEADERS, ROW

PASSWORD = "Geheim 密码"  # noqa: S105


@pytest.fixture
def locked(tmp_path):
    return lock(tmp_path, PASSWORD)


def lock(tmp_path, password):
    path, locked = tmp_path / "open.xlsx", tmp_path / "locked.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "Deals"
    book.active.append(HEADERS)
    book.active.append(ROW)
    book.save(path)
    with path.open("rb") as plain, locked.open("wb") as out:
        OOXMLFile(plain).encrypt(password, out)
    path.unlink()
    return locked


def test_the_password_opens_the_book_and_nothing_open_is_left(locked):
    book = read_workbook(locked, password=PASSWORD)

    assert book.tables.deals["deal_id"].tolist() == ["D-1"]
    assert is_encrypted(locked.read_bytes())
    assert [path.name for path in locked.parent.iterdir()] == ["locked.xlsx"]


def test_without_or_with_a_wrong_password_it_is_refused(locked):
    with pytest.raises(WorkbookEncryptedError, match="protected by a password"):
        read_workbook(locked)
    with pytest.raises(WorkbookEncryptedError, match="does not open"):
        read_workbook(locked, password=PASSWORD.lower())


def test_what_excel_opens_without_asking_is_read(tmp_path):
    assert len(read_workbook(lock(tmp_path, NO_PASSWORD)).tables.deals) == 1


def test_a_password_that_is_not_needed_protects_nothing(tmp_path):
    path = tmp_path / "plain.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "Deals"
    book.active.append(HEADERS)
    book.active.append(ROW)
    book.save(path)
    locked = lock(tmp_path, PASSWORD)

    assert not read_workbook(path, password=PASSWORD).protected
    assert read_workbook(locked, password=PASSWORD).protected


WRITING = {
    "run": ["{book}"],
    "snapshot": ["{book}"],
    "report": ["{book}", "--output", "{folder}/pack"],
    "split": ["{book}", "--by", "owner", "--output", "{folder}/parts"],
    "merge": ["{plain}", "--into", "{book}"],
    "merge from": ["{book}", "--into", "{plain}"],
    "import": ["{export}", "{book}", "--preset", "salesforce"],
    "import from": ["{book}", "{folder}/new.xlsx", "--preset", "salesforce"],
    "rollup": ["{plain}", "{book}", "--output", "{folder}/company"],
    "feedback": ["{book}"],
}
"""By command, what it is given; of each the file behind the password is a part."""


@pytest.mark.parametrize("password", ["", PASSWORD], ids=["without", "with"])
@pytest.mark.parametrize("command", WRITING)
def test_commands_that_write_say_in_one_sentence_why_not(tmp_path, monkeypatch, command, password):
    monkeypatch.chdir(tmp_path)
    locked = lock(tmp_path, PASSWORD)
    plain, export = tmp_path / "plain.xlsx", tmp_path / "export.csv"
    build_workbook(plain, tables=make_tables(12), today=AS_OF)
    export.write_text("Opportunity ID,Stage,Amount\nX,Prospecting,1\n")
    files = {"book": locked, "plain": plain, "export": export, "folder": tmp_path}
    before = {path: path.read_bytes() for path in (locked, plain)}

    words = [word.format(**files) for word in WRITING[command]]
    env = {PASSWORD_VARIABLE: password}
    done = CliRunner(env=env).invoke(app, [command.split()[0], *words])

    assert isinstance(done.exception, SalespipeError)
    said = str(done.exception)
    assert '"locked.xlsx" is protected by a password; ' in said
    assert said.count("\n") == 0
    assert {path: path.read_bytes() for path in before} == before
    made = {path for path in tmp_path.rglob("*") if path.suffix in (".xlsx", ".html", ".parquet")}
    assert made == {locked, plain}


@pytest.mark.parametrize("command", ["check", "kpi"])
def test_the_shell_takes_the_password_from_the_environment(locked, command):
    before = locked.read_bytes()
    done = CliRunner(env={PASSWORD_VARIABLE: PASSWORD}).invoke(app, [command, str(locked)])
    assert (done.exit_code, done.exception) == (0, None)
    assert PASSWORD not in done.output
    assert (locked.read_bytes(), len(list(locked.parent.iterdir()))) == (before, 1)


def test_the_shell_asks_for_the_password_and_shows_nothing_of_it(locked, tmp_path, monkeypatch):
    asked = []

    def prompt(text, **options):
        asked.append((text, options))
        return PASSWORD

    monkeypatch.delenv(PASSWORD_VARIABLE, raising=False)
    monkeypatch.setattr(shell.typer, "prompt", prompt)
    monkeypatch.setattr(shell, "_asks", lambda: True)
    plain = tmp_path / "plain.csv"
    plain.write_text("a,b")
    assert (shell.password_of(locked), shell.password_of(plain)) == (PASSWORD, "")
    assert asked == [('Password of "locked.xlsx"', {"hide_input": True, "err": True})]
    monkeypatch.setattr(shell, "_asks", lambda: False)
    assert shell.password_of(locked) == ""


@pytest.mark.parametrize("size", [8, 100, 5000])
def test_a_damaged_file_is_refused(locked, size):
    data = locked.read_bytes()[:size] + "EncryptedPackage".encode("utf-16-le")
    locked.write_bytes(data)
    with pytest.raises(WorkbookEncryptedError, match="cannot be opened here"):
        read_workbook(locked, password=PASSWORD)
    assert data.startswith(OLE)
