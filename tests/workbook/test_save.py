import os
import re
import time
from pathlib import Path

import pytest

from salespipe.errors import WorkbookError, WorkbookLockedError
from salespipe.workbook.save import backup_of, lock_owner, refuse_locked, replace_file


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "Pipeline.xlsx"
    path.write_bytes(b"old")
    os.utime(path, (1_790_000_000, 1_790_000_000))
    return path


def save(target, data, *, digest=None, backup=True):
    return replace_file(target, data, permissions=target, expected_digest=digest, backup=backup)


def excel_lock(name: str) -> bytes:
    narrow = bytes([len(name)]) + name.encode("cp1252", "replace").ljust(54)
    wide = len(name).to_bytes(2, "little") + name.encode("utf-16-le").ljust(108, b"\0")
    return narrow + wide


def test_a_file_is_replaced_and_the_old_one_kept(target):
    backup = save(target, b"new")
    stamp = time.strftime("%Y-%m-%d %H%M%S", time.localtime(1_790_000_000))
    assert backup == target.with_name(f"Pipeline (backup {stamp}).xlsx")
    assert backup.read_bytes() == b"old"
    assert target.read_bytes() == b"new"
    assert sorted(p.name for p in target.parent.iterdir()) == [backup.name, target.name]


def test_the_same_bytes_are_not_written_again(target):
    before = target.stat().st_mtime_ns
    assert save(target, b"old") is None
    assert target.stat().st_mtime_ns == before
    assert len(list(target.parent.iterdir())) == 1


def test_backups_do_not_pile_up(target):
    first = backup_of(target)
    os.utime(target, (1_790_009_999, 1_790_009_999))
    assert backup_of(target) == first
    target.write_bytes(b"another")
    os.utime(target, (1_790_000_000, 1_790_000_000))
    second = backup_of(target)
    assert second.name == first.name.replace(").xlsx", " 2).xlsx")
    assert second.read_bytes() == b"another"
    assert first.read_bytes() == b"old"


def test_no_backup_when_not_wanted_or_nothing_is_there(target):
    assert save(target, b"new", backup=False) is None
    new = target.with_name("new.xlsx")
    assert replace_file(new, b"x", permissions=target, expected_digest=None, backup=True) is None
    assert len(list(target.parent.iterdir())) == 2


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no such permissions")
def test_permissions_are_kept(target):
    target.chmod(0o640)
    backup = save(target, b"new")
    new = target.with_name("new.xlsx")
    replace_file(new, b"x", permissions=target, expected_digest=None, backup=True)
    assert [oct(p.stat().st_mode & 0o777) for p in (target, backup, new)] == ["0o640"] * 3


@pytest.mark.parametrize("name", ["Wang Fang", "王芳", "Zoë"])
def test_excels_lock_names_its_owner(target, name):
    target.with_name("~$Pipeline.xlsx").write_bytes(excel_lock(name))
    assert lock_owner(target) == name
    with pytest.raises(
        WorkbookLockedError, match=rf'open by {name};.*"Pipeline \(forecast\).xlsx"'
    ):
        refuse_locked(target)


def test_a_lock_without_a_readable_owner_still_locks(target):
    lock = target.with_name("~$Pipeline.xlsx")
    lock.write_bytes(b"\x04Anna")
    assert lock_owner(target) == "Anna"
    lock.write_bytes(b"")
    assert lock_owner(target) == ""
    with pytest.raises(WorkbookLockedError, match="open elsewhere"):
        refuse_locked(target)


def test_libreoffices_lock_names_its_owner(target):
    lock = target.with_name(".~lock.Pipeline.xlsx#")
    lock.write_text("Li Wei,li,host,23.11.2026 10:00,file:///x;")
    assert lock_owner(target) == "Li Wei"
    lock.write_text(",li,host,23.11.2026 10:00,file:///x;")
    assert lock_owner(target) == "li"
    lock.unlink()
    assert lock_owner(target) is None


def test_a_lock_leaves_everything_untouched(target):
    target.with_name("~$Pipeline.xlsx").write_bytes(excel_lock("Ann"))
    with pytest.raises(WorkbookLockedError, match="open by Ann"):
        save(target, b"new")
    assert target.read_bytes() == b"old"
    assert len(list(target.parent.iterdir())) == 2


def test_a_file_saved_meanwhile_is_left_alone(target):
    with pytest.raises(WorkbookLockedError, match="saved by someone"):
        save(target, b"new", digest="0" * 64)
    assert target.read_bytes() == b"old"
    assert len(list(target.parent.iterdir())) == 1


def test_a_failed_replacement_leaves_no_trace(target, monkeypatch):
    def denied(self, other):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", denied)
    with pytest.raises(
        WorkbookLockedError, match=re.escape("cannot be replaced (Permission denied)")
    ):
        save(target, b"new", backup=False)
    monkeypatch.undo()
    assert target.read_bytes() == b"old"
    assert len(list(target.parent.iterdir())) == 1


def test_a_read_only_file_is_left_alone(target, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(WorkbookLockedError, match="it is read-only"):
        save(target, b"new")
    assert target.read_bytes() == b"old"


def test_a_missing_folder_is_said(target):
    nowhere = target.parent / "none" / "x.xlsx"
    with pytest.raises(WorkbookError, match="check the folder"):
        replace_file(nowhere, b"x", permissions=target, expected_digest=None, backup=True)
