"""What was last merged into a workbook, kept beside it: the third side of a three-way merge.

``Team.xlsx`` has the folder ``Team.base`` with one JSON file for each book or export that was
merged into it. Without it nothing is lost: a merge then asks about every difference.
"""

import json
import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from salespipe.errors import LedgerError
from salespipe.workbook.records import Plain, Record

__all__ = ["base_path", "read_base", "write_base"]


def base_path(workbook: Path, source: str) -> Path:
    """Give the file that remembers a source's rows as they were last merged."""
    safe = "".join(char if char.isalnum() or char in " -_().," else "_" for char in source)
    return workbook.with_name(f"{workbook.stem}.base") / f"{safe}.json"


def read_base(workbook: Path, source: str) -> dict[str, dict[str, Record]] | None:
    """Read what was last merged, records by sheet; None if nothing was.

    Raises
    ------
    LedgerError
        The file is damaged.
    """
    path = base_path(workbook, source)
    try:
        content = json.loads(path.read_text("utf-8"))
        return {
            str(sheet): {
                str(row_id): {str(key): _plain(value) for key, value in record.items()}
                for row_id, record in records.items()
            }
            for sheet, records in content.items()
        }
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise LedgerError(
            f"{path} is damaged or cannot be read; restore it from a backup, or delete it: every "
            "difference is then asked about once."
        ) from None


def write_base(workbook: Path, source: str, sheets: Mapping[str, Mapping[str, Record]]) -> None:
    """Remember a source's records by sheet, all of them or none.

    Raises
    ------
    LedgerError
        The file cannot be written.
    """
    path = base_path(workbook, source)
    content = {
        sheet: {
            row_id: {key: _stored(value) for key, value in record.items()}
            for row_id, record in records.items()
        }
        for sheet, records in sheets.items()
    }
    temporary = path.with_name(f"{path.stem}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(exist_ok=True)
        temporary.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
        temporary.replace(path)
    except OSError as error:
        raise LedgerError(
            f"{path} cannot be written ({error.strerror}); check that the folder is not protected "
            "and the disk not full."
        ) from None
    finally:
        temporary.unlink(missing_ok=True)


def _stored(value: Plain) -> Any:  # noqa: ANN401
    return [value.isoformat()] if isinstance(value, date) else value


def _plain(value: Any) -> Plain:  # noqa: ANN401
    if isinstance(value, list):
        return date.fromisoformat(value[0])
    if value is None or isinstance(value, str):
        return value
    return float(value)
