"""Putting a finished file in place: all of it or none, with a backup, never under an open Excel."""

import errno
import hashlib
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Final

from salespipe.errors import WorkbookError, WorkbookLockedError

__all__ = ["backup_of", "lock_owner", "refuse_locked", "replace_file"]

OWNER_BYTES: Final = 55
"""Where the second, UTF-16 form of the user's name begins in Excel's owner file."""


def lock_owner(path: Path) -> str | None:
    """Tell who has a workbook open: a name, ``""`` if it is unknown, None if nobody has."""
    excel = path.with_name(f"~${path.name}")
    office = path.with_name(f".~lock.{path.name}#")
    try:
        if excel.exists():
            return _excel_owner(excel.read_bytes())
        if office.exists():
            fields = office.read_text("utf-8", "replace").split(",")
            return next((field.strip() for field in fields[:2] if field.strip()), "")
    except OSError:
        return ""  # Excel keeps its owner file to itself on Windows; it is there all the same.
    return None


def _excel_owner(data: bytes) -> str:
    size = int.from_bytes(data[OWNER_BYTES : OWNER_BYTES + 2], "little")
    wide = data[OWNER_BYTES + 2 : OWNER_BYTES + 2 + 2 * size]
    name = wide.decode("utf-16-le", "replace").strip("\0 ")
    if 0 < size <= OWNER_BYTES and name and "\ufffd" not in name:
        return name
    return data[1 : 1 + data[0]].decode("cp1252", "replace").strip("\0 ") if data else ""


def refuse_locked(target: Path) -> None:
    """Refuse to write a workbook that someone has open.

    Raises
    ------
    WorkbookLockedError
    """
    owner = lock_owner(target)
    if owner is not None:
        raise WorkbookLockedError(
            f'"{target.name}" is open{f" by {owner}" if owner else " elsewhere"}; close it, or '
            f'{_offer(target)} (if nobody has it open, delete the lock file "~${target.name}" or '
            f'".~lock.{target.name}#" beside it).'
        )


def _offer(target: Path) -> str:
    return f'write to "{target.stem} (forecast){target.suffix}"'


def replace_file(
    target: Path, data: bytes, *, permissions: Path, expected_digest: str | None, backup: bool
) -> Path | None:
    """Put a file in place in one step, so that no reader ever sees half of it.

    Parameters
    ----------
    target : Path
    data : bytes
        The whole file.
    permissions : Path
        The file whose permissions a new file takes; an existing target keeps its own.
    expected_digest : str, optional
        SHA-256 that an existing target must still have.
    backup : bool
        Whether to keep a copy of an existing target.

    Returns
    -------
    Path or None
        The backup; None without one, and where the target holds these bytes already.

    Raises
    ------
    WorkbookLockedError
        Somebody changed the target meanwhile, or the system lets nobody replace it.
    WorkbookError
        The disk is full, or the folder is missing.
    """
    try:
        old = target.read_bytes() if target.exists() else None
        if old == data:
            return None
        if old is not None:
            _refuse_read_only(target)
        temporary = _written(target, data, like=permissions if old is None else target)
        try:
            _refuse_changed(target, expected_digest if old is not None else None)
            kept = backup_of(target) if backup and old is not None else None
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)
    except WorkbookError:
        raise
    except PermissionError as trouble:
        raise WorkbookLockedError(
            f'"{target}" cannot be replaced ({trouble.strerror}); close it where it is open and '
            f"check the folder's permissions, or {_offer(target)}."
        ) from None
    except OSError as trouble:
        raise WorkbookError(
            f'"{target}" cannot be written ({trouble.strerror}); check the folder and the space on '
            "the disk."
        ) from None
    return kept


def _refuse_read_only(target: Path) -> None:
    """Heed a file's own mark, which a replacement by name would pass over."""
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "it is read-only")


def _refuse_changed(target: Path, expected_digest: str | None) -> None:
    refuse_locked(target)
    if expected_digest is not None and expected_digest != _digest(target):
        raise WorkbookLockedError(
            f'"{target.name}" was saved by someone while it was being worked on; run again.'
        )


def backup_of(path: Path) -> Path:
    """Keep a copy of a file beside it, named by the file's own time; give the copy's path.

    A copy with the same content that is there already is not made twice.
    """
    data = path.read_bytes()
    for known in sorted(path.parent.glob(f"*{path.suffix}")):
        mine = known.name.startswith(f"{path.stem} (backup ")
        if mine and known.stat().st_size == len(data) and known.read_bytes() == data:
            return known
    stamp = time.strftime("%Y-%m-%d %H%M%S", time.localtime(path.stat().st_mtime))
    names = (f"{path.stem} (backup {stamp}{again}){path.suffix}" for again in _suffixes())
    copy = next(place for name in names if not (place := path.with_name(name)).exists())
    temporary = _written(copy, data, like=path)
    stat = path.stat()
    os.utime(temporary, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    temporary.replace(copy)
    return copy


def _suffixes() -> list[str]:
    return ["", *(f" {number}" for number in range(2, 1000))]


def _written(place: Path, data: bytes, *, like: Path) -> Path:
    """Write a temporary file in the folder of its place, down to the disk."""
    handle, name = tempfile.mkstemp(prefix=".salespipe-", suffix=".tmp", dir=place.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(like, temporary)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut, where the system can say so."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
