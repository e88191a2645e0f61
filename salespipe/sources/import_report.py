"""What an import read, what it could not place and what it left out: nothing goes unsaid."""

from dataclasses import dataclass

from salespipe.tables import Tables

__all__ = ["FileRead", "ImportReport", "Imported", "LeftOut", "Unmatched"]


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
    notes : tuple of str
        Anything else worth a sentence, such as the order of day and month that was found.
    """

    files: tuple[FileRead, ...]
    unmatched: tuple[Unmatched, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()

    def lines(self) -> tuple[str, ...]:
        """Give the report as sentences, one per fact."""
        read = [f"{f.file}: {_rows(f.rows)} read." for f in self.files]
        unknown = [
            f"{f.file}: not named in the map: {', '.join(f.unknown)}."
            for f in self.files
            if f.unknown
        ]
        unmatched = [
            f'{u.file}: "{u.value}" in {u.column} ({_rows(u.count)}) is not in {u.sought}.'
            for u in self.unmatched
        ]
        left_out = [
            f"{x.file}: {_rows(len(x.rows))} left out ({x.reason}), first row {x.rows[0]}."
            for x in self.left_out
        ]
        return (*read, *unknown, *unmatched, *left_out, *self.notes)


def _rows(count: int) -> str:
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
