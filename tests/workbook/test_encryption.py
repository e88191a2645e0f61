import openpyxl
import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from salespipe.errors import WorkbookEncryptedError
from salespipe.workbook.archive import OLE, is_encrypted
from salespipe.workbook.read import read_workbook
from tests.workbook.test_hostile import HEADERS, ROW

PASSWORD = "Geheim 密码"  # noqa: S105


@pytest.fixture
def locked(tmp_path):
    path, locked = tmp_path / "open.xlsx", tmp_path / "locked.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "Deals"
    book.active.append(HEADERS)
    book.active.append(ROW)
    book.save(path)
    with path.open("rb") as plain, locked.open("wb") as out:
        OOXMLFile(plain).encrypt(PASSWORD, out)
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


@pytest.mark.parametrize("size", [8, 100, 5000])
def test_a_damaged_file_is_refused(locked, size):
    data = locked.read_bytes()[:size] + "EncryptedPackage".encode("utf-16-le")
    locked.write_bytes(data)
    with pytest.raises(WorkbookEncryptedError, match="cannot be opened here"):
        read_workbook(locked, password=PASSWORD)
    assert data.startswith(OLE)
