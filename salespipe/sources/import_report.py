"""What an import read, what it could not place and what it left out: nothing goes unsaid."""

from dataclasses import dataclass
from typing import Final

from salespipe.settings import Language
from salespipe.tables import Tables
from salespipe.wording import Words

__all__ = ["FileRead", "ImportReport", "Imported", "LeftOut", "Unmatched"]

_READ: Final = Words("{file}: {rows} read.", "{file}：已读取 {rows}。")
_UNKNOWN: Final = Words(
    "{file}: not named in the map: {headers}.", "{file}：映射未列出：{headers}。"
)
_UNMATCHED: Final = Words(
    '{file}: "{value}" in {column} ({rows}) is not in {sought}.',
    "{file}：{column} 中的“{value}”（{rows}）不在 {sought} 中。",
)
_REASONS: Final = {
    "no deal id": "没有商机编号",
    "deal not in the export": "导出中没有该商机",
    "no day": "没有日期",
    "account name stands above already": "客户名称在上方已出现",
}
"""Chinese for why rows are left out."""

_LEFT_OUT: Final = Words(
    "{file}: {rows} left out ({reason}), first row {first}.",
    "{file}：略去 {rows}（{reason}），首行为第 {first} 行。",
)


@dataclass(frozen=True)
class FileRead:
    """One file of the export.

    Attributes
    ----------
    file : str
        Name of the file.
    rows : int
        Rows read, the header and blank lines not counted.
    used, unknown : tuple of str
        Headers that the map uses, and those that it does not name. The unknown ones of the main
        export follow at the end of the deals table, those of other files are listed only.
    """

    file: str
    rows: int
    used: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class Unmatched:
    """A value that was not found where the map looks it up; the field was left blank.

    Attributes
    ----------
    file, column, value : str
        Where it stands, and what it is.
    count : int
        Rows that hold it.
    sought : str
        Where it was looked for.
    """

    file: str
    column: str
    value: str
    count: int
    sought: str


@dataclass(frozen=True)
class LeftOut:
    """Rows that are in a file and not in the tables.

    Attributes
    ----------
    file, reason : str
    rows : tuple of int
        Their row numbers in the file; the header is row 1.
    """

    file: str
    reason: str
    rows: tuple[int, ...]


@dataclass(frozen=True)
class ImportReport:
    """Account of an import.

    Attributes
    ----------
    files : tuple of FileRead
        The export first.
    unmatched : tuple of Unmatched
    left_out : tuple of LeftOut
    notes : tuple of Words
        Anything else worth a sentence, such as the order of day and month that was found.
    """

    files: tuple[FileRead, ...]
    unmatched: tuple[Unmatched, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[Words, ...] = ()

    def lines(self, language: Language = "en") -> tuple[str, ...]:
        """Give the report as sentences, one per fact."""

        def say(words: Words, rows: int = 0, **values: object) -> str:
            return words.text(language).format_map({**values, "rows": _rows(rows, language)})

        def reason(text: str) -> str:
            return _REASONS.get(text, text) if language == "zh" else text

        read = [say(_READ, f.rows, file=f.file) for f in self.files]
        unknown = [
            say(_UNKNOWN, file=f.file, headers=", ".join(f.unknown))
            for f in self.files
            if f.unknown
        ]
        unmatched = [
            say(_UNMATCHED, u.count, file=u.file, value=u.value, column=u.column, sought=u.sought)
            for u in self.unmatched
        ]
        left_out = [
            say(_LEFT_OUT, len(x.rows), file=x.file, reason=reason(x.reason), first=x.rows[0])
            for x in self.left_out
        ]
        notes = [note.text(language) for note in self.notes]
        return (*read, *unknown, *unmatched, *left_out, *notes)


def _rows(count: int, language: Language) -> str:
    if language == "zh":
        return f"{count:,} 行"
    return "1 row" if count == 1 else f"{count:,} rows"


@dataclass(frozen=True)
class Imported:
    """An export as tables.

    Attributes
    ----------
    tables : Tables
        The index of each table is the row that a record will have in its sheet (2, 3, ...);
        that of `stage_entries` is the row of the deal.
    report : ImportReport
    """

    tables: Tables
    report: ImportReport
