"""Cell styles: is one a date's, and the same style with another number format."""

from functools import cached_property

from salespipe.workbook.markup import (
    Element,
    Markup,
    Splice,
    as_index,
    escape_xml,
    splice,
    with_attribute,
)
from salespipe.workbook.number_formats import FIRST_CUSTOM, format_code, shows_date

__all__ = ["Styles"]


class Styles:
    """The styles part, to which styles with other number formats may be appended.

    Attributes
    ----------
    markup : Markup
        As it was read.
    """

    def __init__(self, data: bytes) -> None:
        self.markup = Markup(data, what="styles.xml")
        self._appended: list[bytes] = []
        self._formats: dict[str, int] = {}
        self._known: dict[tuple[int, str], int] = {}
        found = self.markup.find("cellXfs")
        if found is None:
            raise self.markup.lost()
        self._cell_xfs: Element = found
        self._xfs = self.markup.children(found)
        self._number_formats = self.markup.find("numFmts")
        self._codes = self._read_codes()

    @property
    def appended(self) -> bool:
        """Whether styles were appended."""
        return bool(self._appended)

    def __len__(self) -> int:
        """Count the cell styles."""
        return len(self._xfs) + len(self._appended)

    def is_date(self, style: int) -> bool:
        """Whether a cell of that style shows its number as a date or time."""
        return shows_date(self._number_format(style), self._codes)

    def dated(self, style: int, code: str) -> int:
        """Give the index of a style like the given one that shows dates.

        Parameters
        ----------
        style : int
        code : str
            Number format to use where the style is not a date's already.

        Returns
        -------
        int
            `style` itself where it shows dates.
        """
        return style if self.is_date(style) else self.formatted(style, code)

    def formatted(self, style: int, code: str) -> int:
        """Give the index of a style like the given one with a number format.

        One that is there already is used again, so that a workbook written every month does not
        gather styles.

        Parameters
        ----------
        style : int
        code : str

        Returns
        -------
        int
            `style` itself where it has that format.
        """
        if self._code(style) == code:
            return style
        if (style, code) not in self._known:
            derived = self._derived(style, code)
            if derived not in self._places:
                self._places[derived] = len(self)
                self._appended.append(derived)
            self._known[style, code] = self._places[derived]
        return self._known[style, code]

    def data(self) -> bytes:
        """Give the part with what was appended."""
        if not self._appended:
            return self.markup.data
        counted = with_attribute(self.markup.tag(self._cell_xfs), "count", str(len(self)))
        splices = [
            (self._cell_xfs.start, self._cell_xfs.inner, counted),
            (self._cell_xfs.inner_end, self._cell_xfs.inner_end, b"".join(self._appended)),
        ]
        return splice(self.markup.data, [*splices, *self._new_formats()])

    def _read_codes(self) -> dict[int, str]:
        get = self.markup.get
        if self._number_formats is None:
            return {}
        return {
            as_index(get(child, "numFmtId")): get(child, "formatCode") or ""
            for child in self.markup.children(self._number_formats)
        }

    def _code(self, style: int) -> str:
        return format_code(self._number_format(style), self._codes)

    @cached_property
    def _places(self) -> dict[bytes, int]:
        """Styles as they are written, and the index of the first of each."""
        texts = [self.markup.data[xf.start : xf.end] for xf in self._xfs]
        return {text: place for place, text in reversed([*enumerate(texts)])}

    def _number_format(self, style: int) -> int:
        if style >= len(self._xfs):
            return 0
        return as_index(self.markup.get(self._xfs[style], "numFmtId"))

    def _derived(self, style: int, code: str) -> bytes:
        markup = self.markup
        if style < len(self._xfs):
            base = self._xfs[style]
            tag, rest = markup.tag(base), markup.data[base.inner : base.end]
        else:
            tag, rest = f'<{self._cell_xfs.prefix}xf xfId="0"/>'.encode(), b""
        tag = with_attribute(tag, "numFmtId", str(self._format_id(code)))
        return with_attribute(tag, "applyNumberFormat", "1") + rest

    def _format_id(self, code: str) -> int:
        known = next((key for key, value in self._codes.items() if value == code), None)
        if known is not None:
            return known
        number = max([FIRST_CUSTOM - 1, *self._codes]) + 1
        self._codes[number] = code
        self._formats[code] = number
        return number

    def _new_formats(self) -> list[Splice]:
        if not self._formats:
            return []
        markup, prefix = self.markup, self.markup.root.prefix
        added = "".join(
            f'<{prefix}numFmt numFmtId="{number}" formatCode="{_quoted(code)}"/>'
            for code, number in self._formats.items()
        )
        place = self._number_formats
        if place is None:
            first = markup.root.inner
            element = f'<{prefix}numFmts count="{len(self._formats)}">{added}</{prefix}numFmts>'
            return [(first, first, element.encode())]
        tag = with_attribute(markup.tag(place), "count", str(len(self._codes)))
        if tag.endswith(b"/>"):
            tag = tag[:-2].rstrip() + b">"
            added += f"</{prefix}numFmts>"
        return [
            (place.start, place.inner, tag),
            (place.inner_end, place.inner_end, added.encode()),
        ]


def _quoted(code: str) -> str:
    return escape_xml(code, {'"': "&quot;"})
