"""Parts of a workbook and the relations between them, as they are found in a package."""

from dataclasses import dataclass
from typing import Final, Literal
from xml.etree import ElementTree as ET

from salespipe.errors import WorkbookError
from salespipe.wording import brief

__all__ = ["Relationship", "SheetPart", "SheetState", "TablePart", "parse_xml"]

SheetState = Literal["visible", "hidden", "veryHidden"]

MAX_TREE_BYTES: Final = 32 * 2**20
"""Size of a part up to which it is parsed as a whole; cells and strings are read as a stream."""


@dataclass(frozen=True)
class Relationship:
    """A relation from one part to another.

    Attributes
    ----------
    type : str
        Last word of its type, such as ``worksheet`` or ``hyperlink``: the same in strict and
        transitional workbooks.
    target : str
        Name of a part as it stands in the package, or an address outside it.
    external : bool
        Whether the target lies outside the package.
    """

    type: str
    target: str
    external: bool


@dataclass(frozen=True)
class SheetPart:
    """A worksheet.

    Attributes
    ----------
    name : str
        As on the tab.
    part : str
    sheet_id : int
    state : {"visible", "hidden", "veryHidden"}
    """

    name: str
    part: str
    sheet_id: int
    state: SheetState


@dataclass(frozen=True)
class TablePart:
    """An Excel Table.

    Attributes
    ----------
    name : str
        The name that formulas use.
    part : str
    sheet : str
        Name of its sheet.
    ref : str
        Its range with header and totals rows, such as ``A4:F20``.
    columns : tuple of str
        Headers, left to right.
    header_rows, totals_rows : int
        0 or 1.
    """

    name: str
    part: str
    sheet: str
    ref: str
    columns: tuple[str, ...]
    header_rows: int
    totals_rows: int


class _NoDoctype(ET.TreeBuilder):
    """Refuses a DTD, whatever the encoding: entities are declared there."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:  # noqa: ARG002
        raise ValueError("it declares a DTD")


def parse_xml(data: bytes, *, what: str) -> ET.Element:
    """Parse a part for reading; it is never written back from the tree.

    Raises
    ------
    WorkbookError
        The part is not well-formed or carries a DTD; `what` names it.
    """
    if len(data) > MAX_TREE_BYTES:
        raise WorkbookError(
            f"{what} is larger than {MAX_TREE_BYTES // 2**20} MB, which no workbook needs; open "
            "the file in Excel and save it again if you trust it."
        )
    parser = ET.XMLParser(target=_NoDoctype())  # noqa: S314 (no DTD, so no entities)
    try:
        parser.feed(data)
        return parser.close()
    except (ET.ParseError, ValueError, LookupError) as trouble:
        raise WorkbookError(
            f"{what} is damaged ({brief(trouble)}); open the file in Excel and let Excel repair it."
        ) from None
