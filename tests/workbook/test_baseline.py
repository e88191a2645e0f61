from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespipe.errors import LedgerError
from salespipe.workbook.baseline import base_path, read_base, write_base

plain = st.one_of(st.text(max_size=9), st.floats(allow_nan=False, allow_infinity=False), st.dates())
records = st.dictionaries(st.text(max_size=5), st.dictionaries(st.text(max_size=5), plain))


@given(st.dictionaries(st.sampled_from(["deals", "accounts"]), records), st.text(max_size=8))
def test_what_is_remembered_is_read_again(tmp_path_factory, sheets, source):
    team = tmp_path_factory.mktemp("base") / "Team.xlsx"
    write_base(team, f"{source}x", sheets)
    assert read_base(team, f"{source}x") == sheets


def test_nothing_is_remembered_at_first(tmp_path):
    assert read_base(tmp_path / "Team.xlsx", "ana") is None


def test_it_lies_beside_the_workbook_and_nowhere_else(tmp_path):
    team = tmp_path / "Team.xlsx"
    write_base(team, "../../etc/passwd", {"deals": {"A": {"amount": 1.0}}})
    (folder,) = tmp_path.iterdir()
    (file,) = folder.iterdir()
    assert (folder.name, file) == ("Team.base", base_path(team, "../../etc/passwd"))


@pytest.mark.parametrize("content", ["", "[1]", '{"deals": 3}', '{"deals": {"A": 1}}', "\0"])
def test_a_damaged_memory_is_told(tmp_path, content):
    team = tmp_path / "Team.xlsx"
    write_base(team, "ana", {"deals": {}})
    base_path(team, "ana").write_text(content)
    with pytest.raises(LedgerError, match="damaged or cannot be read; restore it"):
        read_base(team, "ana")


def test_a_memory_that_cannot_be_written_is_told_and_the_old_one_stays(tmp_path):
    team = tmp_path / "Team.xlsx"
    write_base(team, "ana", {"deals": {"A": {"day": date(2026, 1, 2)}}})
    base_path(team, "bo").mkdir()
    with pytest.raises(LedgerError, match="cannot be written"):
        write_base(team, "bo", {"deals": {}})
    assert read_base(team, "ana") == {"deals": {"A": {"day": date(2026, 1, 2)}}}
    assert [path.name for path in base_path(team, "ana").parent.glob("*.tmp")] == []
