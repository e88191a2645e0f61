"""Amounts that people type, shown with the sign of their currency.

By conditional formats, so that the sign follows what is chosen on Settings or in a deal's row; the
cells' own format shows none, for a wrong sign would be worse.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from xlsxwriter.utility import quote_sheetname, xl_col_to_name

from salespipe.settings import Language
from salespipe.workbook.money import money_code
from salespipe.workbook.schema import SETTINGS, SHEETS
from salespipe.workbook.template.formats import Formats

__all__ = ["CURRENCY_NAME", "define_currency", "show_currency"]

CURRENCY_NAME: Final = "workbook_currency"
"""Defined name of the cell on Settings that holds the workbook's currency."""


def define_currency(book: Any, language: Language) -> None:  # noqa: ANN401 - no types
    """Name the cell: not every program lets a conditional format look at another sheet."""
    row = [*SETTINGS].index("currency") + 2
    title = quote_sheetname(SHEETS["settings"].title(language))
    book.define_name(CURRENCY_NAME, f"={title}!$B${row}")


def show_currency(
    sheet: Any,  # noqa: ANN401
    columns: Sequence[int],
    *,
    last: int,
    currencies: Iterable[str],
    formats: Formats,
    own: int | None = None,
) -> None:
    """Show columns of money, from row 2 to `last`, with the sign of each row's currency.

    Parameters
    ----------
    sheet : xlsxwriter worksheet
    columns : sequence of int
        Zero-based.
    last : int
        Zero-based row.
    currencies : iterable of str
        Codes that are told apart.
    formats : Formats
    own : int, optional
        Column that names a row's currency; where it is blank, and without one, the amounts are in
        the workbook's.
    """
    areas = [f"{name}2:{name}{last + 1}" for name in map(xl_col_to_name, columns)]
    shown = CURRENCY_NAME
    if own is not None:
        of_row = f"${xl_col_to_name(own)}2"
        shown = f'IF({of_row}="",{CURRENCY_NAME},{of_row})'
    for currency in filter(_is_code, currencies):
        rule = {
            "type": "formula",
            "criteria": f'={shown}="{currency}"',
            "format": formats.make({"num_format": money_code(currency)}),
            "multi_range": " ".join(areas),
        }
        sheet.conditional_format(1, columns[0], last, columns[0], rule)


def _is_code(currency: str) -> bool:
    return len(currency) == 3 and currency.isascii() and currency.isalpha()
