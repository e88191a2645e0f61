"""What charts refer to, and the values they remember of it."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from salespipe.workbook.areas import Area, cell_address
from salespipe.workbook.edits import ChartRange
from salespipe.workbook.markup import Markup, Splice, escape_xml, splice, unescape_xml
from salespipe.workbook.move_formulas import following_text
from salespipe.workbook.moves import Move
from salespipe.workbook.sheet import ErrorText
from salespipe.workbook.text import escape

__all__ = ["CellValue", "Reference", "refreshed_chart"]

type CellValue = float | str | bool
type Values = Mapping[tuple[int, int], CellValue]

SOURCE: Final = re.compile(
    rb"<((?:\w+:)?)f(?:\s[^>]*)?>([^<]*)</\1f>\s*"
    rb"(?:<((?:\w+:)?)(numCache|strCache|multiLvlStrCache|dlblRangeCache)(?:\s*/>|>(.*?)</\3\4>))?",
    re.DOTALL,
)
"""A reference in a chart, with the cache that follows it."""

SERIES_NAME: Final = re.compile(rb"<(?:\w+:)?tx>\s*<(?:\w+:)?strRef>\s*$")
FORMAT_CODE: Final = re.compile(rb"<((?:\w+:)?)formatCode>.*?</\1formatCode>", re.DOTALL)
POINT: Final = re.compile(rb"<(?:\w+:)?pt(\s[^>]*)>")
LEVEL: Final = re.compile(rb"<(?:\w+:)?lvl[\s/>]")
POINT_INDEX: Final = re.compile(rb"""\sidx\s*=\s*["'](\d{1,9})["']""")

REFERENCE: Final = re.compile(
    r"(?:'((?:[^']|'')+)'|([^'!\[\](),]+))!(\$?[A-Z]+\$?\d+(?::\$?[A-Z]+\$?\d+)?)"
)


@dataclass(frozen=True)
class Reference:
    """A plain range that a chart refers to: sheet name, case folded, and area."""

    sheet: str
    area: Area

    @classmethod
    def parse(cls, text: str) -> "Reference | None":
        """Read a formula of a chart; None for names, unions and other workbooks."""
        match = REFERENCE.fullmatch(text.strip())
        area = Area.parse(match[3]) if match else None
        if not match or not area:
            return None
        name = match[1].replace("''", "'") if match[1] else match[2]
        return cls(name.casefold(), area)


def refreshed_chart(
    part: bytes,
    *,
    what: str,
    ranges: Iterable[ChartRange],
    touched: Callable[[Reference], bool],
    values: Callable[[Reference], Values],
    moves: Iterable[Move] = (),
) -> bytes:
    """Give a chart with resized ranges and fresh caches.

    Parameters
    ----------
    part : bytes
    what : str
        The part's name, for messages.
    ranges : iterable of ChartRange
    touched : callable
        Whether a range holds a cell that was edited; caches of others stay as they are.
    values : callable
        The values in a range, by row and column.
    moves : iterable of Move
        Cells that move; what refers to them follows.
    """
    lengths = {(r.sheet.casefold(), r.first_cell.replace("$", "").upper()): r.rows for r in ranges}
    moves = list(moves)
    markup = Markup(part, what=what)
    splices: list[Splice] = []
    for source in SOURCE.finditer(markup.view):
        old = Reference.parse(unescape_xml(source[2].decode(errors="replace")))
        if old is None:
            splices += _followed_text(source, moves)
            continue
        named = SERIES_NAME.search(markup.view, max(0, source.start() - 80), source.start())
        followed = Reference(old.sheet, _followed(old, moves))
        new = followed if named else _resized(followed, lengths)
        if new != old:
            splices.append((source.start(2), source.end(2), _with_area(source[2], new.area)))
        if source[4] and (new != old or touched(new)):
            cache = _cache(source, new.area, values(new))
            splices.append((source.start(3) - 1, source.end(), cache))
    return splice(part, splices)


def _followed_text(source: re.Match[bytes], moves: Iterable[Move]) -> Iterator[Splice]:
    """Let a union of ranges follow; what it remembers is of the same cells as before."""
    text = source[2]
    for move in moves:
        text = following_text(text, home="", move=move, follow=move.follow)
    if text != source[2]:
        yield source.start(2), source.end(2), text


def _followed(old: Reference, moves: Iterable[Move]) -> Area:
    area = old.area
    for move in moves:
        if move.sheet.casefold() == old.sheet:
            area = move.follow(area, True)
    return area


def _resized(old: Reference, lengths: Mapping[tuple[str, str], int]) -> Reference:
    area = old.area
    rows = lengths.get((old.sheet, cell_address(area.top, area.left)))
    # A single row of several cells runs to the right: it has no length in rows.
    if rows is None or (area.rows == 1 and area.columns > 1):
        return old
    return Reference(old.sheet, Area(area.top, area.left, area.top + rows - 1, area.right))


def _with_area(text: bytes, area: Area) -> bytes:
    sheet, _, _ = text.rpartition(b"!")
    first = re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", cell_address(area.top, area.left))
    last = re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", cell_address(area.bottom, area.right))
    return sheet + b"!" + (first if first == last else f"{first}:{last}").encode()


def _cache(source: re.Match[bytes], area: Area, values: Values) -> bytes:
    prefix, name, old = source[3].decode(), source[4].decode(), source[5] or b""
    inner_prefix = prefix if name != "dlblRangeCache" else _prefix_of(old)
    numeric = name == "numCache"
    code = FORMAT_CODE.search(old)
    content = code[0].decode(errors="replace") if code else ""
    if name == "multiLvlStrCache":
        levels = _levels(area, len(LEVEL.findall(old)))
        content += f'<{inner_prefix}ptCount val="{len(levels[0])}"/>'
        for cells in levels:
            points = _points(cells, values, inner_prefix, {}, numeric=False)
            content += f"<{inner_prefix}lvl>{points}</{inner_prefix}lvl>"
    else:
        cells = [
            (row, column)
            for row in range(area.top, area.bottom + 1)
            for column in range(area.left, area.right + 1)
        ]
        content += f'<{inner_prefix}ptCount val="{len(cells)}"/>'
        content += _points(cells, values, inner_prefix, _point_tags(old), numeric=numeric)
    return f"<{prefix}{name}>{content}</{prefix}{name}>".encode()


def _levels(area: Area, count: int) -> list[list[tuple[int, int]]]:
    """List the cells of each level of categories, innermost (nearest to the values) first."""
    rows = range(area.top, area.bottom + 1)
    columns = range(area.left, area.right + 1)
    if count == area.rows != area.columns:
        return [[(row, column) for column in columns] for row in reversed(rows)]
    return [[(row, column) for row in rows] for column in reversed(columns)]


def _prefix_of(cache: bytes) -> str:
    match = re.search(rb"<((?:\w+:)?)(?:ptCount|pt)[\s>]", cache)
    return match[1].decode() if match else "c:"


def _point_tags(cache: bytes) -> dict[int, str]:
    """Give the attributes of the old points: a point may have a number format of its own."""
    found = {}
    for match in POINT.finditer(cache):
        index = POINT_INDEX.search(match[1])
        if index:
            found[int(index[1])] = match[1].decode(errors="replace")
    return found


def _points(
    cells: list[tuple[int, int]],
    values: Values,
    prefix: str,
    tags: Mapping[int, str],
    *,
    numeric: bool,
) -> str:
    points = []
    for index, cell in enumerate(cells):
        shown = _shown(values.get(cell), numeric=numeric)
        if shown is not None:
            tag = tags.get(index, f' idx="{index}"')
            points.append(f"<{prefix}pt{tag}><{prefix}v>{shown}</{prefix}v></{prefix}pt>")
    return "".join(points)


def _shown(value: CellValue | None, *, numeric: bool) -> str | None:
    """Give a value as a cache holds it; Excel draws nothing for a text among numbers."""
    if value is None or (numeric and isinstance(value, str) and not isinstance(value, ErrorText)):
        return None
    if isinstance(value, bool):
        return str(int(value)) if numeric else str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return escape_xml(escape(str(value)))
