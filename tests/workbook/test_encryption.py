import openpyxl
import pytest
from msoffcrypto.format.ooxml import OOXMLFile
from typer.testing import CliRunner

from salespipe.cli import app, shell
from salespipe.errors import WorkbookEncryptedError
from salespipe.workbook.archive import OLE, PASSWORD_VARIABLE, is_encrypted
from salespipe.workbook.encryption import NO_PASSWORD
from salespipe.workbook.read import read_workbook
from tests.workbook.test_hostile import HEADERS, ROW

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
