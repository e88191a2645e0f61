import re
import zipfile
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from salespipe.errors import WorkbookUnsafeError
from salespipe.workbook.archive import Archive
from salespipe.workbook.graft import free_name, grafted, styled
from salespipe.workbook.package import Package
from tests.workbook.books import part, pipeline_book, with_part
from tests.workbook.lint import new_defects

# openpyxl warns of what it would lose; here it only reads.
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")


def donor(**sheets):
    """A workbook to graft from: per sheet a table, a format, a chart and a conditional format."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    for name, title in sheets.items():
        sheet = book.add_worksheet(title)
        bold = book.add_format({"bold": True, "num_format": "0.000", "bg_color": "#FF00FF"})
        sheet.add_table("B2:C4", {"name": name, "data": [[1, "a"], [2, "b <&>"]]})
        sheet.write("E1", 0.5, bold)
        red = book.add_format({"font_color": "red"})
        rule = {"type": "cell", "criteria": ">", "value": 1, "format": red}
        sheet.conditional_format("B3:B4", rule)
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": [title, 2, 1, 3, 1]})
        sheet.insert_chart("H2", chart)
        sheet.repeat_rows(0)
    book.close()
    return Package(Archive.parse(Path("donor.xlsx"), file.getvalue()))


def saved(package, path):
    path.write_bytes(package.archive.data)
    return path


@pytest.fixture
def book(tmp_path):
    return pipeline_book(tmp_path / "book.xlsx")


def test_a_sheet_comes_with_all_that_belongs_to_it(book, tmp_path):
    target = saved(grafted(Package.open(book), donor(New="New")), tmp_path / "out.xlsx")
    assert new_defects(book, target) == []
    found = openpyxl.load_workbook(target)["New"]
    assert found["C4"].value == "b <&>"
    assert (found["E1"].number_format, found["E1"].font.b) == ("0.000", True)
    assert found["E1"].fill.fgColor.rgb == "FFFF00FF"
    assert found.tables["New"].ref == "B2:C4"
    assert len(found._charts) == 1
    assert found.print_title_rows == "$1:$1"
    (rules,) = found.conditional_formatting
    assert rules.rules[0].dxf.font.color.rgb == "FFFF0000"


def test_parts_that_are_not_concerned_keep_their_compressed_bytes(book):
    before = Package.open(book)
    after = grafted(before, donor(New="New"))
    changed = {
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "[content_types].xml",
    }
    for key, info in before.archive.index.items():
        if key not in changed:
            twin = after.archive.index[key]
            assert after.archive.packed(twin)[2] == before.archive.packed(info)[2], key


def test_names_that_are_taken_get_a_number(book, tmp_path):
    target = saved(grafted(Package.open(book), donor(ToDo="Mine")), tmp_path / "out.xlsx")
    assert new_defects(book, target) == []
    assert [t.name for t in Package.open(target).tables] == ["ToDo", "ToDo_2"]


def test_a_sheet_of_that_name_is_refused(book):
    with pytest.raises(WorkbookUnsafeError, match='has a sheet "to DO" already'):
        grafted(Package.open(book), donor(T="to DO"))


def test_a_replaced_sheet_leaves_nothing_behind(book, tmp_path):
    one = saved(grafted(Package.open(book), donor(A="A", B="B")), tmp_path / "one.xlsx")
    two = saved(
        grafted(Package.open(one), donor(Other="b", Third="C"), replaced=["B"]),
        tmp_path / "two.xlsx",
    )
    assert new_defects(book, two) == []
    package = Package.open(two)
    assert package.sheet_names == ("Deals", "To do", "A", "B", "C")
    assert [t.name for t in package.tables] == ["ToDo", "A", "Other", "Third"]
    assert sum("charts/chart" in name for name in package.names) == 4
    names = openpyxl.load_workbook(two)
    assert [names[s].print_title_rows for s in "ABC"] == ["$1:$1"] * 3


def test_what_others_need_of_a_replaced_sheet_stays(book, tmp_path):
    """A picture that two sheets show belongs to neither alone."""
    made = tmp_path / "made.xlsx"
    png = (
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89"
        b"\0\0\0\rIDATx\x9cc\xf8\xff\xff?\0\5\xfe\2\xfe\xa75\x81\x84\0\0\0\0IEND\xaeB`\x82"
    )
    with xlsxwriter.Workbook(made) as both:
        for title in ("A", "B"):
            both.add_worksheet(title).insert_image("A1", "p.png", {"image_data": BytesIO(png)})
    target = saved(grafted(Package.open(made), donor(T="B"), replaced=["B"]), tmp_path / "out.xlsx")
    assert new_defects(made, target) == []
    assert "xl/media/image1.png" in Package.open(target).names


def test_a_shared_workbook_is_refused(book, tmp_path):
    old = part(book, "xl/_rels/workbook.xml.rels")
    relation = '<Relationship Id="r99" Type="x/revisionHeaders" Target="revisions/h.xml"/></R'
    shared = with_part(
        book, tmp_path / "s.xlsx", "xl/_rels/workbook.xml.rels", old.replace("</R", relation)
    )
    with pytest.raises(WorkbookUnsafeError, match="shared workbook"):
        grafted(Package.open(shared), donor(New="New"))


def test_a_workbook_without_styles_gets_plain_ones(book, tmp_path):
    bare = tmp_path / "bare.xlsx"
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(bare, "w") as new:
        for name in old.namelist():
            data = old.read(name).decode()
            if name == "xl/styles.xml":
                continue
            if name in ("xl/_rels/workbook.xml.rels", "[Content_Types].xml"):
                data = re.sub(r"<[^<>]*styles\.xml[^<>]*/>", "", data)
            if name.startswith("xl/worksheets/sheet"):
                data = re.sub(r' (s|style)="\d+"| dxfId="\d+"', "", data)
            new.writestr(name, data)
    package = Package.open(bare)
    with_styles = styled(package)
    assert styled(with_styles) is with_styles
    target = saved(grafted(package, donor(New="New")), tmp_path / "out.xlsx")
    assert new_defects(bare, target) == []
    assert openpyxl.load_workbook(target)["New"]["E1"].number_format == "0.000"


@given(st.text(min_size=1, max_size=31), st.lists(st.text(min_size=1, max_size=31), max_size=6))
def test_a_free_name_is_free_and_not_too_long(wanted, taken):
    taken = [*taken, wanted, f"{wanted} (2)"]
    name = free_name(wanted, taken, pattern="{name} ({number})", limit=31)
    assert len(name) <= 31
    assert name.casefold() not in {other.casefold() for other in taken}
