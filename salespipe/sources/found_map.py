"""A preset made whole by the export: its stages, its currency, and the files that are there."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from salespipe import names as n
from salespipe.settings import Settings
from salespipe.sources.export_reader import ExportReader
from salespipe.sources.found_stages import found_stages
from salespipe.sources.import_map import ImportMap
from salespipe.sources.values import currencies, to_numbers
from salespipe.wording import Words
from salespipe.workbook.choices import currency_code
from salespipe.workbook.headers import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ended", "known_map"]


def known_map(reader: ExportReader, import_map: ImportMap) -> ImportMap:
    """Complete a preset by what the export holds; what was assumed is noted in the reader."""
    history = import_map.history
    if history is not None and not reader.has(history.source):
        first = history.source.file.split("|")[0]
        reader.note(
            Words(
                f"There is no history beside the export ({first}); past stages are unknown.",
                f"导出文件旁没有历史记录（{first}）；过去的阶段未知。",
            )
        )
        history = None
    header = reader.column(import_map.deals.alternatives[n.STAGE])
    words = []
    if header is not None:
        words.append(ended(reader, reader.text(header), import_map))
    if history is not None:
        file = reader.file_of(history.source)
        past = reader.column(history.source.alternatives[n.STAGE], file)
        if past is not None:
            words.append(reader.text(past, file))
    stages, values, note = found_stages(
        pd.concat(words, ignore_index=True) if words else pd.Series(dtype="str"),
        known=import_map.stage_values,
        standard=import_map.stages,
        chances=_chances(reader, import_map, words),
    )
    if note:
        reader.note(note)
    return replace(
        import_map,
        stages=stages,
        stage_values={**import_map.stage_values, **values},
        history=history,
        settings=_settings(reader, import_map),
    )


def ended(
    reader: ExportReader, stages: "pd.Series[str]", import_map: ImportMap
) -> "pd.Series[str]":
    """Say won or lost where a column of its own tells it, whatever the stage."""
    outcome = import_map.outcome
    header = reader.column(outcome.headers) if outcome else None
    if outcome is None or header is None:
        return stages
    told = reader.text(header).reindex(stages.index).fillna("").map(fold)
    for words, end in ((outcome.won, n.WON), (outcome.lost, n.LOST)):
        stages = stages.mask(told.isin([fold(word) for word in words]), end)
    return stages


def _chances(
    reader: ExportReader, import_map: ImportMap, words: "Sequence[pd.Series[str]]"
) -> "pd.Series[float] | None":
    """Give the export's own chance of each deal; history says nothing of it."""
    headers = import_map.stage_probability
    header = reader.column(headers) if headers else None
    if header is None or not words:
        return None
    share = to_numbers(
        reader.text(header), decimal="auto", fraction=True, file=reader.export.name, header=header
    )
    return share.reset_index(drop=True).reindex(range(sum(map(len, words))))


def _settings(reader: ExportReader, import_map: ImportMap) -> Settings:
    headers = import_map.deals.alternatives.get(n.CURRENCY, ())
    header = reader.column(headers) if headers else None
    amount = reader.column(import_map.deals.alternatives.get(n.AMOUNT, ()))
    home = import_map.settings.currency
    codes = pd.Series(dtype="str")
    if header is not None:
        codes = reader.text(header).map(lambda word: currency_code(word, home=home)).dropna()
    if codes.empty and amount is not None:
        named = currencies(reader.text(amount), home=home)
        codes = named[named != ""]
        if 2 * len(codes) <= len(named):
            return import_map.settings
    if codes.empty:
        return import_map.settings
    usual = str(codes.mode().iloc[0])
    reader.note(
        Words(
            f"The workbook's currency is {usual}, in which most deals are.",
            f"工作簿币种取 {usual}，即多数商机的币种。",
        )
    )
    return replace(import_map.settings, currency=usual)
