"""A file with sheets, whatever its format: Excel's own, or one that can be read only."""

import hashlib
import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal
from urllib.parse import unquote

from salespipe.errors import WorkbookEncryptedError, WorkbookError
from salespipe.workbook.archive import OLE, Archive, file_bytes, is_encrypted, locked
from salespipe.workbook.encryption import NO_PASSWORD, decrypted
from salespipe.workbook.foreign import csv_grid, foreign_grids
from salespipe.workbook.grid import Grid, GridReader
from salespipe.workbook.package import Package
from salespipe.workbook.parts import SheetPart, TablePart

__all__ = ["CSV_ENDINGS", "BookFile", "Form", "open_book"]

Form = Literal["xlsx", "xls", "xlsb", "ods", "csv"]

CSV_ENDINGS: Final = (".csv", ".tsv", ".txt")


@dataclass(frozen=True)
class BookFile:
    """A file with sheets.

    Attributes
    ----------
    path : Path
    digest : str
        SHA-256 of the file's bytes, hexadecimal.
    form : {"xlsx", "xls", "xlsb", "ods", "csv"}
        All but ``xlsx`` (which stands for .xlsm too) can be read only.
    sheets : tuple of SheetPart
        In tab order.
    tables : tuple of TablePart
        Excel Tables.
    date1904 : bool
        Whether bare numbers count days from 1904.
    grid : callable
        Reads the cells of a sheet.
    links : tuple of str
        Other workbooks that formulas refer to; never followed.
    macros : bool
        Whether it holds macros; never run.
    blind : bool
        Whether its error values cannot be told from blank cells.
    protected : bool
        Whether it took a password to open it.
    """

    path: Path
    digest: str
    form: Form
    sheets: tuple[SheetPart, ...]
    grid: Callable[[SheetPart], Grid]
    tables: tuple[TablePart, ...] = ()
    date1904: bool = False
    links: tuple[str, ...] = ()
    macros: bool = False
    blind: bool = False
    protected: bool = False


def open_book(path: Path, *, password: str = "") -> BookFile:
    """Open a file for reading; what it is, is told from its content.

    Parameters
    ----------
    path : Path
    password : str
        Opens an encrypted workbook in memory; nothing open is written.

    Raises
    ------
    WorkbookError
        It cannot be read; one of its leaves says why.
    """
    data = file_bytes(path)
    if is_encrypted(data):
        inside = _of_bytes(path, _opened(path, data, password), password)
        return replace(inside, protected=bool(password))
    return _of_bytes(path, data, password)


def _of_bytes(path: Path, data: bytes, password: str) -> BookFile:
    """Tell from the content what a file is."""
    if data.startswith(OLE):
        return _old(path, data, password)
    if path.suffix.lower() in CSV_ENDINGS and not data.startswith((b"PK", OLE)):
        grid = csv_grid(path, data)
        return _of_grids(path, data, "csv", [grid])
    archive = Archive.parse(path, data)
    if _is_open_document(archive):
        return _foreign(path, data, "ods")
    if "xl/workbook.bin" in archive.index:
        return _foreign(path, data, "xlsb")
    return _of_package(Package(archive))


def _opened(path: Path, data: bytes, password: str) -> bytes:
    """Decrypt a workbook; one that Excel itself opens without asking needs no password."""
    if password:
        return decrypted(path, data, password)
    try:
        return decrypted(path, data, NO_PASSWORD)
    except WorkbookEncryptedError:
        raise locked(path.name) from None


def _old(path: Path, data: bytes, password: str) -> BookFile:
    """Read an .xls file; whether it has a password only its reader finds out."""
    try:
        return _foreign(path, data, "xls")
    except WorkbookEncryptedError:
        if not password:
            raise
    return replace(_foreign(path, decrypted(path, data, password), "xls"), protected=True)


def _is_open_document(archive: Archive) -> bool:
    if "mimetype" not in archive.index or archive.index["mimetype"].file_size > 200:
        return False
    kind = archive.read("mimetype")
    if b"opendocument" in kind and b"spreadsheet" not in kind:
        raise WorkbookError(
            f'"{archive.path.name}" is an OpenDocument file but no spreadsheet; give the workbook.'
        )
    return b"opendocument.spreadsheet" in kind


def _of_package(package: Package) -> BookFile:
    reader: list[GridReader] = []

    def grid(sheet: SheetPart) -> Grid:
        # Strings and styles are read with the first sheet that is asked for, and once.
        if not reader:
            reader.append(GridReader(package))
        return reader[0].read(sheet.name, sheet.part)

    return BookFile(
        path=package.path,
        digest=package.digest,
        form="xlsx",
        sheets=package.sheets,
        grid=grid,
        tables=package.tables,
        date1904=package.date1904,
        links=_links(package),
        macros=any(name.lower().endswith("vbaproject.bin") for name in package.names),
    )


def _links(package: Package) -> tuple[str, ...]:
    """List the workbooks that formulas refer to, by file name."""
    found: dict[str, None] = {}
    for relation in package.relationships(package.workbook).values():
        if relation.type == "externalLink" and relation.target in package:
            for target in package.relationships(relation.target).values():
                if target.external:
                    name = posixpath.basename(unquote(target.target).replace("\\", "/"))
                    found.setdefault(name or target.target)
    return tuple(found)


def _foreign(path: Path, data: bytes, form: Form) -> BookFile:
    return _of_grids(path, data, form, foreign_grids(path, data))


def _of_grids(path: Path, data: bytes, form: Form, grids: list[Grid]) -> BookFile:
    sheets = tuple(
        SheetPart(name=grid.title, part=str(place), sheet_id=place + 1, state="visible")
        for place, grid in enumerate(grids)
    )
    by_part: Mapping[str, Grid] = {str(place): grid for place, grid in enumerate(grids)}
    return BookFile(
        path=path,
        digest=hashlib.sha256(data).hexdigest(),
        form=form,
        sheets=sheets,
        grid=lambda sheet: by_part[sheet.part],
        blind=any(grid.blind for grid in grids),
    )
