"""The Deals sheet: the columns that people fill, one column per stage, and the calculated ones."""

from datetime import date
from typing import Any, Final

import pandas as pd
from xlsxwriter.utility import xl_col_to_name

from salespipe import names as n
from salespipe.settings import Language
from salespipe.stages import Stage, open_stages
from salespipe.tables import COLUMNS, Tables
from salespipe.workbook.headers import Vocabulary, fold
from salespipe.workbook.schema import (
    CALCULATED,
    CATEGORY_LABELS,
    DEAL_COLUMNS,
    SHEETS,
    Column,
    entered_header,
)
from salespipe.workbook.template.calculated import (
    STALE_DAYS,
    calculated_formulas,
    calculated_values,
    entered_on,
    last_day,
)
from salespipe.workbook.template.currency import show_currency
from salespipe.workbook.template.fields import LIST_COLUMNS, STRICT_LISTS, Field
from salespipe.workbook.template.formats import COLOURS, Formats
from salespipe.workbook.template.hints import hint
from salespipe.workbook.template.inputs import (
    extra_fields,
    last_ready_row,
    write_input_table,
)
from salespipe.workbook.template.lists import list_entries
from salespipe.workbook.template.paper import print_setup

__all__ = ["write_deals"]

_CALCULATED_SHOW: Final = {
    "age": ("days", 9),
    "days_in_stage": ("days", 10),
    "stage_probability": ("percent", 12),
    "weighted_amount": ("money", 13),
    "days_since_activity": ("days", 13),
    "flag": ("text", 24),
}


def write_deals(
    sheet: Any,  # noqa: ANN401 - xlsxwriter has no types
    *,
    tables: Tables,
    formats: Formats,
    language: Language,
    today: date | None,
) -> None:
    """Write the Deals sheet; stored values of its formulas are those of the day `today`.

    Without `today`, that day is the last one on which anything is recorded.
    """
    day = today or last_day(tables)
    fields = _fields(tables, language)
    body = _body(tables, language)
    values = calculated_values(tables, today=day, language=language)
    rows = [
        (*given, *computed)
        for given, computed in zip(
            body.itertuples(index=False, name=None),
            values.itertuples(index=False, name=None),
            strict=True,
        )
    ]
    if not rows:
        rows = [tuple("" if field.formula else None for field in fields)]
    count = write_input_table(
        sheet,
        table=SHEETS["deals"].table,
        fields=fields,
        rows=rows,
        formats=formats,
        language=language,
    )
    last = last_ready_row(count)
    _highlight(sheet, fields, last=last, formats=formats, language=language)
    headers = [field.header for field in fields]
    show_currency(
        sheet,
        [place for place, field in enumerate(fields) if field.show == "money"],
        last=last,
        currencies=list_entries("currencies", tables, language),
        formats=formats,
        own=headers.index(_header(n.CURRENCY, language)),
    )
    sheet.freeze_panes(1, 3)
    print_setup(sheet, language=language, header=0)
    sheet.fit_to_pages(3, 0)
    sheet.repeat_columns(0, 2)


def _fields(tables: Tables, language: Language) -> list[Field]:
    formulas = calculated_formulas(tables.stages, language)
    fields = []
    for column in DEAL_COLUMNS:
        fields.append(_field(column, language))
        if column.key == n.CREATED_ON:
            fields += [_entered(stage, language) for stage in open_stages(tables.stages)]
    taken = {*Vocabulary(DEAL_COLUMNS, open_stages(tables.stages)).ranks()}
    taken |= {fold(header) for pair in CALCULATED.values() for header in pair}
    fields += extra_fields(_extra(tables.deals), taken)
    for key, pair in CALCULATED.items():
        show, width = _CALCULATED_SHOW[key]
        fields.append(
            Field(pair[language == "zh"], show, "grey", width=width, formula=formulas[key])
        )
    return fields


def _field(column: Column, language: Language) -> Field:
    kind = COLUMNS["deals"][column.key]
    show = {n.DEAL_ID: "id", n.NOTES: "wrap", n.NEXT_STEP: "wrap", n.EXIT_EVIDENCE: "wrap"}
    key = ("deals", column.key)
    return Field(
        header=column.header(language),
        show=show.get(column.key, kind),
        colour="navy" if column.required else "steel",
        width=column.width,
        check="" if kind == "text" else kind,
        choices=LIST_COLUMNS.get(key, ""),
        strict=key in STRICT_LISTS,
        hint=hint("deals", column.key, language),
    )


def _entered(stage: Stage, language: Language) -> Field:
    return Field(
        header=entered_header(stage, language),
        show="date",
        colour="teal",
        width=15,
        check="date",
        hint=hint("deals", n.ENTERED_ON, language),
    )


def _extra(deals: pd.DataFrame) -> list[str]:
    return [column for column in deals.columns if column not in COLUMNS["deals"]]


def _body(tables: Tables, language: Language) -> pd.DataFrame:
    deals = tables.deals.copy()
    labels = {stage.name: stage.label(language) for stage in tables.stages}
    labels |= {stage.kind: stage.label(language) for stage in tables.stages if stage.kind != n.OPEN}
    deals[n.STAGE] = deals[n.STAGE].replace(labels)
    deals[n.FORECAST_CATEGORY] = deals[n.FORECAST_CATEGORY].replace(
        {key: pair[language == "zh"] for key, pair in CATEGORY_LABELS.items()}
    )
    columns = []
    for column in DEAL_COLUMNS:
        columns.append(deals[column.key])
        if column.key == n.CREATED_ON:
            for stage in open_stages(tables.stages):
                stages = pd.Series(stage.name, index=deals.index, dtype="str")
                columns.append(entered_on(tables, deals[n.DEAL_ID], stages))
    columns += [deals[name] for name in _extra(tables.deals)]
    return pd.concat(columns, axis="columns")


def _header(key: str, language: Language) -> str:
    pairs = {item.key: item.header(language) for item in DEAL_COLUMNS}
    pairs |= {name: pair[language == "zh"] for name, pair in CALCULATED.items()}
    return pairs[key]


def _highlight(
    sheet: Any,  # noqa: ANN401
    fields: list[Field],
    *,
    last: int,
    formats: Formats,
    language: Language,
) -> None:
    place = {field.header: number for number, field in enumerate(fields)}

    def column(key: str) -> int:
        return place[_header(key, language)]

    def at(key: str) -> str:
        return f"${xl_col_to_name(column(key))}2"

    some, probability = f'{at(n.DEAL_ID)}<>""', at("stage_probability")
    terminal = f"OR({probability}=0,{probability}=1)"
    still_open = f'{some},{at(n.CLOSED_ON)}="",NOT({terminal})'
    due, touched = at(n.EXPECTED_CLOSE_ON), at("days_since_activity")
    rules = {
        n.CLOSED_ON: (f'=AND({some},{at(n.CLOSED_ON)}="",{terminal})', "alarm"),
        n.AMOUNT: (
            f"=AND({some},NOT(ISNUMBER({at(n.AMOUNT)})),NOT({probability}=0))",
            "alarm",
        ),
        n.EXPECTED_CLOSE_ON: (f"=AND({still_open},ISNUMBER({due}),{due}<TODAY())", "warn"),
        n.NEXT_STEP: (f'=AND({still_open},{at(n.NEXT_STEP)}="")', "warn"),
        n.EXIT_EVIDENCE: (
            f'=AND({still_open},{at(n.EXIT_EVIDENCE)}="",{at(n.STAGE)}<>INDEX(list_stages,1))',
            "warn",
        ),
        "days_since_activity": (f"=AND(ISNUMBER({touched}),{touched}>{STALE_DAYS})", "warn"),
        "flag": (f'={at("flag")}<>""', "warn"),
    }
    for key, (criteria, colour) in rules.items():
        style = formats.make({"bg_color": COLOURS[colour], "font_color": COLOURS["ink"]})
        options = {"type": "formula", "criteria": criteria, "format": style}
        sheet.conditional_format(1, column(key), last, column(key), options)
