"""Columns added to the right of an Excel Table."""

from collections.abc import Sequence

from salespipe.errors import WorkbookUnsafeError
from salespipe.workbook.areas import Area
from salespipe.workbook.markup import Markup, Splice, as_index, splice, with_attribute
from salespipe.workbook.text import escape

__all__ = ["widened_table"]


def widened_table(part: bytes, headers: Sequence[str], *, what: str) -> bytes:
    """Give a table's part with more columns at its right end.

    Parameters
    ----------
    part : bytes
    headers : sequence of str
        Not yet headers of the table; the header cells must hold the same text.
    what : str
        Names the part in messages.

    Raises
    ------
    WorkbookUnsafeError
        The table's part is not as Excel writes it.
    """
    markup = Markup(part, what=what)
    area = Area.parse(markup.get(markup.root, "ref") or "")
    columns = next((c for c in markup.children(markup.root) if c.name == "tableColumns"), None)
    if area is None or columns is None:
        raise WorkbookUnsafeError(f"{what} has no columns; open the file in Excel and save it.")
    wider = str(Area(area.top, area.left, area.bottom, area.right + len(headers)))
    root = with_attribute(markup.tag(markup.root), "ref", wider)
    splices: list[Splice] = [(markup.root.start, markup.root.inner, root)]
    for child in markup.children(markup.root):
        if child.name == "autoFilter":
            shown = Area.parse(markup.get(child, "ref") or "") or area
            right = Area(shown.top, shown.left, shown.bottom, shown.right + len(headers))
            splices.append(markup.retagged(child, "ref", str(right)))
    known = [as_index(markup.get(child, "id")) for child in markup.children(columns)]
    prefix = markup.tag(columns)[1:].partition(b"tableColumns")[0]
    more = b"".join(
        with_attribute(b'<%stableColumn id="%d"/>' % (prefix, number), "name", escape(header))
        for number, header in enumerate(headers, start=max(known, default=0) + 1)
    )
    count = str(len(known) + len(headers))
    splices.append(markup.retagged(columns, "count", count))
    splices.append((columns.inner_end, columns.inner_end, more))
    return splice(part, splices)
