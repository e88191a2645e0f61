from datetime import date

import openpyxl
import pytest

from salespipe.errors import ImportMapError
from salespipe.sources.csv_file import read_csv, require


def write(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "export.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_cells_stay_text_and_rows_keep_their_numbers(tmp_path):
    frame = read_csv(write(tmp_path, "\ufeff id ,n\n NA ,001\n\n,\nnull,\n"))
    assert frame.columns.tolist() == ["id", "n"]
    assert frame.index.tolist() == [2, 5]
    assert frame.to_numpy().tolist() == [["NA", "001"], ["null", ""]]


def test_short_rows_end_in_blanks(tmp_path):
    frame = read_csv(write(tmp_path, "a,b,c\n1,2\n"))
    assert frame.loc[2].tolist() == ["1", "2", ""]


@pytest.mark.parametrize("rows", ["1,2,3\n4,5,6\n", "1,2\n3,4,5\n"])
def test_rows_longer_than_the_header_are_refused(tmp_path, rows):
    with pytest.raises(ImportMapError, match=r"export.csv is not a regular CSV file"):
        read_csv(write(tmp_path, "a,b\n" + rows))


def test_other_separators_and_encodings(tmp_path):
    path = write(tmp_path, "编号;金额\n甲;1,5\n", encoding="gb18030")
    frame = read_csv(path, separator=";", encoding="gb18030")
    assert frame.loc[2].to_dict() == {"编号": "甲", "金额": "1,5"}
    assert read_csv(path).loc[2].to_dict() == {"编号": "甲", "金额": "1,5"}
    with pytest.raises(ImportMapError, match=r'not text in utf-8.*encoding = "gb18030"'):
        read_csv(path, encoding="utf-8")
    with pytest.raises(ImportMapError, match=r"not text in klingon"):
        read_csv(path, encoding="klingon")


def test_missing_and_empty_files_are_named(tmp_path):
    with pytest.raises(ImportMapError, match=r"There is no file .*nowhere\.csv"):
        read_csv(tmp_path / "nowhere.csv")
    with pytest.raises(ImportMapError, match=r"export\.csv. is empty"):
        read_csv(write(tmp_path, ""))


def test_a_file_that_may_not_be_read_is_named(tmp_path, monkeypatch):
    def deny(*args, **options):
        raise PermissionError(13, "Permission denied")

    path = write(tmp_path, "a\n")
    monkeypatch.setattr("pathlib.Path.read_bytes", deny)
    with pytest.raises(ImportMapError, match=r"cannot be read \(Permission denied\)"):
        read_csv(path)


def test_a_spreadsheet_is_read_from_its_header_on(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Deals of the north"])
    book.active.append([None, "Id", "Amount", "Created", "Id"])
    book.active.append([None, "001", 1.234, date(2026, 3, 1), "x"])
    book.active.append([None, "002", 12000])
    book.save(tmp_path / "e.xlsx")

    frame = read_csv(tmp_path / "e.xlsx")

    assert frame.columns.tolist() == ["Id", "Amount", "Created", "Id.1"]
    assert frame.loc[3].tolist() == ["001", "1.2340", "2026-03-01", "x"]
    assert frame.loc[4].tolist() == ["002", "12000", "", ""]
    openpyxl.Workbook().save(tmp_path / "blank.xlsx")
    with pytest.raises(ImportMapError, match="no sheet with a table"):
        read_csv(tmp_path / "blank.xlsx")


def test_a_missing_column_names_those_found(tmp_path):
    frame = read_csv(write(tmp_path, "a,b\n1,2\n"))
    require(frame, ("a", "b"), file="export.csv")
    with pytest.raises(ImportMapError, match=r'export.csv has no column "c"; it has "a", "b"'):
        require(frame, ("a", "c"), file="export.csv")
