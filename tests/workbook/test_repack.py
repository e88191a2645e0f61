import struct
import zipfile

import pytest

from salespipe.errors import WorkbookError
from salespipe.workbook.archive import Archive
from salespipe.workbook.repack import repacked
from tests.workbook.books import pipeline_book


@pytest.fixture
def streamed(tmp_path):
    """A zip as streaming writers make it: sizes after the data, zip64 and odd extra fields."""
    path = tmp_path / "s.xlsx"
    with path.open("wb") as raw:
        unseekable = type("", (), {"write": raw.write, "flush": raw.flush})()
        with zipfile.ZipFile(unseekable, "w", zipfile.ZIP_DEFLATED) as new:
            with new.open("a.xml", "w", force_zip64=True) as part:
                part.write(b"<a/>" * 50)
            info = zipfile.ZipInfo("dir/b.xml", (2020, 2, 3, 4, 5, 6))
            info.extra = struct.pack("<HH4s", 0xCAFE, 4, b"keep")
            info.comment = b"hello"
            new.writestr(info, b"<b/>")
            new.writestr("dir/", b"")
    return path


def test_nothing_changed_is_the_same_content(tmp_path):
    archive = Archive.open(pipeline_book(tmp_path / "b.xlsx"))
    assert repacked(archive, {}) == repacked(archive, {})
    (tmp_path / "c.xlsx").write_bytes(repacked(archive, {}))
    again = Archive.open(tmp_path / "c.xlsx")
    for old, new in zip(archive.members, again.members, strict=True):
        assert archive.packed(old)[2] == again.packed(new)[2]
        assert (old.filename, old.date_time, old.CRC) == (new.filename, new.date_time, new.CRC)


def test_one_part_changes_and_one_goes(streamed):
    before = Archive.open(streamed)
    streamed.with_name("t.xlsx").write_bytes(repacked(before, {"A.xml": b"<new/>"}))
    after = Archive.open(streamed.with_name("t.xlsx"))
    assert [m.filename for m in after.members] == ["a.xml", "dir/b.xml", "dir/"]
    assert after.read("a.xml") == b"<new/>"
    assert after.members[0].date_time == before.members[0].date_time
    kept = after.index["dir/b.xml"]
    assert kept.extra == struct.pack("<HH4s", 0xCAFE, 4, b"keep")
    assert kept.comment == b"hello"
    assert kept.date_time == (2020, 2, 3, 4, 5, 6)
    assert after.packed(kept)[2] == before.packed(before.index["dir/b.xml"])[2]
    streamed.with_name("u.xlsx").write_bytes(repacked(before, {"a.xml": None}))
    with zipfile.ZipFile(streamed.with_name("u.xlsx")) as last:
        assert last.namelist() == ["dir/b.xml", "dir/"]
        assert last.testzip() is None


def test_a_directory_that_points_elsewhere_is_refused(streamed):
    archive = Archive.open(streamed)
    archive.members[0].header_offset += 1
    with pytest.raises(WorkbookError, match="damaged directory"):
        repacked(archive, {})
