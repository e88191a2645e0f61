"""A program of its own: prints the cells of the .xls, .xlsb or .ods file that it is fed as JSON.

It runs apart from salespipe, under a limit on memory, so that a file that makes the native parser
panic, hang or run out of memory ends this program and nothing else. Run as
``python -m salespipe.workbook.calamine_rows < FILE``: what a password opened is on no disk.
"""

import io
import json
import sys
from datetime import date, datetime
from typing import Any, Final

from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum

from salespipe.workbook.unseen_cells import Unseen, UnseenError, unseen_cells

__all__ = ["MAX_CELLS", "REFUSED", "main", "sheets_of"]

MAX_CELLS: Final = 6_000_000
MEMORY: Final = 2**30
"""Bytes that the program may take."""
REFUSED: Final = {"password": 3, "damaged": 4, "large": 5}
"""Exit status by reason."""


def sheets_of(data: bytes) -> list[dict[str, Any]]:
    """Give each worksheet: its name, first row and column, rows, merged ranges, errors and money.

    A date is a list of one ISO text, everything else is itself. An error is its row, its column
    and its code; None stands for all of them where they cannot be told from blanks. Money is what
    number formats show of a currency: row, column, word, and whether it follows the reader.
    """
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    unseen = _unseen(data)
    sheets = []
    for place, meta in enumerate(book.sheets_metadata):
        if meta.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_index(place)
        if sheet.height * sheet.width > 20 * MAX_CELLS:
            raise MemoryError
        top, left = sheet.start or (0, 0)
        known = unseen[place] if unseen and place < len(unseen) else None
        sheets.append(
            {
                "name": meta.name,
                "top": top + 1,
                "left": left + 1,
                "rows": [[_plain(value) for value in row] for row in sheet.to_python()],
                "merged": sheet.merged_cell_ranges or [],
                "errors": known and known.errors,
                "money": known.money if known else [],
            }
        )
    return sheets


def _unseen(data: bytes) -> list[Unseen] | None:
    try:
        return unseen_cells(data)
    except UnseenError:
        return None


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return [value.isoformat()]
    return value if isinstance(value, str | int | float | bool) else str(value)


def _limit_memory() -> None:
    try:
        import resource  # noqa: PLC0415 (not on Windows)
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def main() -> int:
    """Print the sheets; give the exit status."""
    _limit_memory()
    try:
        json.dump(sheets_of(sys.stdin.buffer.read()), sys.stdout)
    except PasswordError:
        return REFUSED["password"]
    except MemoryError:
        return REFUSED["large"]
    except BaseException as trouble:
        sys.stderr.write(" ".join(str(trouble).split())[:200])
        return REFUSED["damaged"]
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
