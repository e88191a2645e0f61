"""The files of one export, read once each, and an account of what became of their rows."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import pandas as pd

from salespipe import names as n
from salespipe.errors import ImportMapError
from salespipe.sources.csv_file import read_csv, require
from salespipe.sources.import_map import REQUIRED, FileMap, ImportMap, Join
from salespipe.sources.import_report import FileRead, ImportReport, LeftOut, Unmatched
from salespipe.sources.values import (
    day_month_order,
    natural_key,
    to_days,
    to_numbers,
    with_currencies,
)
from salespipe.tables import COLUMNS, Kind
from salespipe.wording import Words
from salespipe.workbook.choices import CATEGORIES
from salespipe.workbook.headers import fold
from salespipe.workbook.schema import SHEETS

__all__ = ["ExportReader"]

_HEADERS: Final = {column.key: column.zh for column in SHEETS["deals"].columns}
_MONTH_ONLY: Final = r"^(\d{4}[-/]\d{1,2})$"


class ExportReader:
    """Reads files by the map and keeps the account.

    Parameters
    ----------
    export : Path
        The main file; further ones are looked for beside it.
    import_map : ImportMap
    """

    def __init__(self, export: Path, import_map: ImportMap) -> None:
        self.export = export
        self._map = import_map
        self._frames: dict[str, pd.DataFrame] = {}
        self._used: dict[str, list[str]] = {}
        self._unmatched: list[Unmatched] = []
        self._left_out: list[LeftOut] = []
        self._notes: list[Words] = []

    def read(
        self,
        source: FileMap,
        *,
        extra: bool = False,
        dates: Mapping[str, str] | None = None,
        order: tuple[str, ...] = (),
    ) -> pd.DataFrame:
        """Read one file as columns of its table.

        Parameters
        ----------
        source : FileMap
        extra : bool
            Whether columns that the map does not read are kept, as text under their headers.
        dates : Mapping of str to str
            Stage to header: days to be read besides, named by :meth:`entered_column`.
        order : tuple of str
            Headers by whose numbers the rows are ordered, ``-`` before one that descends.

        Returns
        -------
        DataFrame
            All columns of the table, index = row number in the file; missing text is NaN.
        """
        file = self.file_of(source)
        source = self._resolved(source, file)
        days = {self.entered_column(stage): header for stage, header in (dates or {}).items()}
        headers = (*source.columns.values(), *days.values())
        if self._map.lenient:
            order = tuple(o for o in order if o.removeprefix("-") in self._frame(file).columns)
        ordering = tuple(header.removeprefix("-") for header in order)
        self._use(file, (*headers, *source.replace, *(j.on for j in source.joins), *ordering))
        raw = self._frame(file)
        for header, values in source.replace.items():
            raw = raw.assign(**{header: raw[header].replace(values)})
        texts = {key: raw[header] for key, header in {**source.columns, **days}.items()}
        for join in source.joins:
            texts |= self._look_up(raw[join.on], join, file=file)
        out = self._typed(texts, source, file=file)
        if extra:
            out = out.join(self._extra(raw, set(headers), taken=set(out.columns)))
        for header in reversed(order):
            place = natural_key(raw.loc[out.index, header.removeprefix("-")])
            up = not header.startswith("-")
            out = out.loc[place.sort_values(kind="stable", ascending=up).index]
        return out

    def file_of(self, source: FileMap) -> str:
        """Name the file of a map: of several names the first that is there."""
        names = source.file.split("|") if source.file else [self.export.name]
        there = (name for name in names if (self.export.parent / name).is_file())
        return next(there, names[0])

    def has(self, source: FileMap) -> bool:
        """Tell whether the file of a map is there."""
        return (self.export.parent / self.file_of(source)).is_file()

    def column(self, headers: tuple[str, ...], file: str = "") -> str | None:
        """Give the first of some headers that a file has; case and punctuation do not count."""
        there = {fold(header): header for header in reversed(self._frame(file).columns)}
        return next((there[fold(h)] for h in headers if fold(h) in there), None)

    def text(self, header: str, file: str = "") -> "pd.Series[str]":
        """Give a column of a file as it stands, and count it as read."""
        self._use(file or self.export.name, (header,))
        column: pd.Series[str] = self._frame(file)[header]
        return column

    def know(self, import_map: ImportMap) -> None:
        """Go on with another map, which knows the stages."""
        self._map = import_map

    def _resolved(self, source: FileMap, file: str) -> FileMap:
        """Settle which header each column has; what is not there is done without and said."""
        if not source.alternatives:
            return source
        found = {key: self.column(headers, file) for key, headers in source.alternatives.items()}
        for key in REQUIRED[source.table]:
            if key in found and found[key] is None:
                require(self._frame(file), source.alternatives[key][:1], file=file)
        lacking = [key for key, header in found.items() if header is None]
        if lacking:
            chinese = "、".join(_HEADERS.get(key, key) for key in lacking)
            self.note(
                Words(
                    f"{file}: nothing is known of {', '.join(lacking)}.",
                    f"{file}：没有以下内容：{chinese}。",
                )
            )
        columns = {key: header for key, header in found.items() if header is not None}
        return replace(source, columns=columns, alternatives={})

    @staticmethod
    def entered_column(stage: str) -> str:
        """Name the column that :meth:`read` makes of the day on which a stage was entered."""
        return f"{n.ENTERED_ON} {stage}"

    def stages(self, values: pd.Series, *, file: str) -> pd.Series:
        """Turn stages of the export into ours.

        Raises
        ------
        ImportMapError
            The map does not know a value; the sentence lists all such values with counts.
        """
        known = self._map.stage_values
        text = values.fillna("")
        strange = text[~text.isin(list(known))].value_counts()
        if len(strange):
            listed = ", ".join(f'"{value}" ({count:,})' for value, count in strange.items())
            steps = ", ".join(f'"{word}"' for word in dict.fromkeys(known.values()))
            raise ImportMapError(
                f"{file} holds stages that {self._map.file} does not know: {listed}; add them "
                f"under [deals.stages] as one of {steps}."
            )
        return text.map(dict(known)).astype("str")

    def unmatched(
        self, values: pd.Series, found: pd.Series, *, file: str, column: str, sought: str
    ) -> None:
        """Count the values that were not found, blanks not counted."""
        counts = values[~found & values.notna() & (values != "")].value_counts()
        self._unmatched += [
            Unmatched(file, column, str(value), int(count), sought)
            for value, count in counts.items()
        ]

    def leave_out(self, file: str, reason: str, rows: pd.Index) -> None:
        """Remember rows that go into no table."""
        if len(rows):
            self._left_out.append(LeftOut(file, reason, tuple(sorted(int(row) for row in rows))))

    def note(self, sentence: Words) -> None:
        """Remember a sentence."""
        if sentence not in self._notes:
            self._notes.append(sentence)

    def report(self) -> ImportReport:
        """Give the account so far."""
        files = tuple(
            FileRead(
                file,
                rows=len(frame),
                used=tuple(column for column in frame.columns if column in self._used[file]),
                unknown=tuple(column for column in frame.columns if column not in self._used[file]),
            )
            for file, frame in self._frames.items()
        )
        return ImportReport(
            files, tuple(self._unmatched), tuple(self._left_out), tuple(self._notes)
        )

    def _frame(self, file: str) -> pd.DataFrame:
        file = file or self.export.name
        if file not in self._frames:
            path = self.export if file == self.export.name else self.export.parent / file
            self._frames[file] = read_csv(
                path, separator=self._map.separator, encoding=self._map.encoding
            )
        return self._frames[file]

    def _use(self, file: str, headers: tuple[str, ...]) -> None:
        require(self._frame(file), headers, file=file)
        self._used.setdefault(file, []).extend(headers)

    def _look_up(self, values: pd.Series, join: Join, *, file: str) -> dict[str, pd.Series]:
        there = self._frame(join.file)
        self._use(join.file, (join.key, *join.columns.values()))
        there = there[there[join.key] != ""]
        double = there[join.key][there[join.key].duplicated(keep=False)]
        if len(double):
            rows = double.index[double == double.iloc[0]]
            raise ImportMapError(
                f'{join.file}: the {join.key} "{double.iloc[0]}" stands in rows {rows[0]} and '
                f"{rows[1]}; keep one of them, so that it can be looked up."
            )
        table = there.set_index(join.key)
        self.unmatched(
            values,
            values.isin(table.index),
            file=file,
            column=str(values.name),
            sought=f"{join.file} ({join.key})",
        )
        return {
            key: values.map(table[header]).fillna("").rename(f"{join.file}: {header}")
            for key, header in join.columns.items()
        }

    def _typed(self, texts: dict[str, pd.Series], source: FileMap, *, file: str) -> pd.DataFrame:
        """Read each column as its kind; the series' names are the headers, for messages."""
        known = COLUMNS[source.table]
        # Keys outside the table are days of stages, see entered_column.
        kinds: dict[str, Kind] = {**known, **{key: "date" for key in texts if key not in known}}
        days = {key: text for key, text in texts.items() if kinds[key] in ("date", "month")}
        orders = self._date_orders(days, source.dates, file=file)
        out: dict[str, pd.Series] = {}
        for key, text in texts.items():
            kind, header = kinds[key], str(text.name)
            if kind == "month":
                first = text.str.replace(_MONTH_ONLY, r"\1-01", regex=True)
                day = to_days(first, order=orders[key], file=file, header=header)
                out[key] = day.dt.to_period("M").dt.to_timestamp()
            elif kind == "date":
                out[key] = to_days(text, order=orders[key], file=file, header=header)
            elif kind == "text":
                out[key] = text.where(text != "").astype("str")
            else:
                number = to_numbers(
                    text,
                    decimal=self._map.decimal,
                    fraction=kind == "fraction",
                    file=file,
                    header=header,
                )
                out[key] = number / source.divide.get(key, 1)
        if n.FORECAST_CATEGORY in out:
            out[n.FORECAST_CATEGORY] = self._categories(out[n.FORECAST_CATEGORY], file=file)
        if n.CURRENCY in kinds and n.AMOUNT in texts and n.CURRENCY not in source.constants:
            home = self._map.settings.currency
            out[n.CURRENCY], said = with_currencies(texts[n.AMOUNT], out.get(n.CURRENCY), home=home)
            for sentence in said:
                self.note(Words(f"{file}: {sentence.en}", f"{file}：{sentence.zh}"))
        frame = pd.DataFrame(out).reindex(columns=list(kinds))
        for key, value in source.constants.items():
            frame[key] = value
        return frame

    def _date_orders(self, texts: dict[str, pd.Series], dates: str, *, file: str) -> dict[str, str]:
        """Settle the order of day and month, for a column without proof by the file's others."""
        if dates != "auto":
            return dict.fromkeys(texts, dates)
        found = {
            key: day_month_order(text, file=file, header=str(text.name))
            for key, text in texts.items()
        }
        proven = {order for order in found.values() if order in ("mdy", "dmy")}
        for key, order in found.items():
            if order == "" and len(proven) == 1:
                found[key] = next(iter(proven))
            elif order == "":
                raise ImportMapError(
                    f'{file}, column "{texts[key].name}": nothing shows whether day or month comes '
                    f'first; write dates = "dmy" or dates = "mdy" into {self._map.file}.'
                )
        for order in sorted(proven):
            first = Words("day", "日") if order == "dmy" else Words("month", "月")
            self.note(
                Words(
                    f"{file}: dates were read with the {first.en} first, as the columns prove.",
                    f"{file}：按各列的内容，日期以{first.zh}在前读取。",
                )
            )
        return found

    def _categories(self, values: pd.Series, *, file: str) -> pd.Series:
        if self._map.lenient:
            folded = values.map(lambda v: fold(v) if isinstance(v, str) else "")
            silent = folded.map(lambda word: CATEGORIES.get(word, "") is None)
            known = folded.map(CATEGORIES)
            values = values.where(known.isna(), known).mask(silent).astype("str")
        found = values.isin(n.CATEGORIES)
        sought = ", ".join(n.CATEGORIES)
        self.unmatched(values, found, file=file, column=str(values.name), sought=sought)
        return values.where(found)

    @staticmethod
    def _extra(raw: pd.DataFrame, read: set[str], *, taken: set[str]) -> pd.DataFrame:
        """Keep what the map does not read; a header that is a column of ours gets a suffix."""
        extra = raw[[header for header in raw.columns if header not in read]]
        extra = extra.where(extra != "")
        return extra.rename(columns={key: f"{key} (export)" for key in taken})
