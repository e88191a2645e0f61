"""Where a value of a table stands in the workbook."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from salespipe.workbook.areas import cell_address
from salespipe.workbook.schema import SHEETS

__all__ = ["Locator", "Place"]


class Place(NamedTuple):
    """A cell as people find it.

    Attributes
    ----------
    sheet : str
        Name on the tab.
    cell : str
        A1 address, ``""`` where the sheet has no such cell.
    column : str
        Header as it stands there.
    """

    sheet: str
    cell: str
    column: str


@dataclass(frozen=True)
class Locator:
    """Finds the cell behind a table's value; knows no cell for tables that came another way.

    Attributes
    ----------
    titles : mapping
        Name on the tab by table.
    columns : mapping
        Sheet column by table and column key; in ``stage_entries`` the key is the stage's name,
        unknown columns go by their header.
    headers : mapping
        Header as it stands, by table and column key.
    header_rows : mapping
        Row of the headers by table.
    filled : frozenset of str
        Tables below whose headers anything stands.
    """

    titles: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[tuple[str, str], int] = field(default_factory=dict)
    headers: Mapping[tuple[str, str], str] = field(default_factory=dict)
    header_rows: Mapping[str, int] = field(default_factory=dict)
    filled: frozenset[str] = frozenset()

    def has_rows(self, table: str) -> bool:
        """Tell whether anything stands below a table's headers."""
        return table in self.filled

    def find(self, table: str, *, key: str = "", row: int | None = None) -> Place:
        """Find a cell.

        Parameters
        ----------
        table : str
            Name of a table.
        key : str
            Key of a column, ``""`` for the whole sheet.
        row : int or None
            Row in the sheet, None for the whole column.
        """
        sheet = SHEETS.get("deals" if table == "stage_entries" else table)
        title = self.titles.get(table, sheet.en if sheet else table)
        known = {column.key: column.en for column in sheet.columns} if sheet else {}
        header = self.headers.get((table, key), known.get(key, key))
        column = self.columns.get((table, key))
        if column is None or row is None:
            return Place(title, "", header)
        return Place(title, cell_address(row, column), header)
