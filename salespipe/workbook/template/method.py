"""The Stages and Settings sheets: how this team sells, and what the analyst sets."""

from typing import Any, Final

from salespipe import names as n
from salespipe.settings import Language, Settings
from salespipe.stages import Stage
from salespipe.workbook.schema import SETTINGS, SHEETS, STAGE_COLUMNS
from salespipe.workbook.template.fields import Field, add_rule
from salespipe.workbook.template.formats import Formats
from salespipe.workbook.template.hints import SETTING_HINTS, STAGE_HINTS
from salespipe.workbook.template.inputs import write_input_table, write_value
from salespipe.workbook.template.paper import print_setup
from salespipe.workbook.template.text import STAGE_TEXTS, phrase

__all__ = ["write_settings", "write_stages"]

_STAGE_SHOW: Final = {
    "order": ("count", "count"),
    "kind": ("text", ""),
    "probability": ("fraction", "fraction"),
    "typical_days": ("count", "money"),
    "entry": ("wrap", ""),
    "exit": ("wrap", ""),
    "activities": ("wrap", ""),
    "milestones": ("wrap", ""),
}

_SETTING_SHOW: Final = {
    "company": ("text", "", ""),
    "currency": ("text", "", "currencies"),
    "fiscal_year_start": ("count", "month_number", ""),
    "worst": ("percent", "quantile", ""),
    "likely": ("percent", "quantile", ""),
    "best": ("percent", "quantile", ""),
    "horizon": ("count", "horizon", ""),
    "language": ("text", "", "languages"),
    "prior_strength": ("text", "strength", ""),
}


def write_stages(
    sheet: Any,  # noqa: ANN401 - xlsxwriter has no types
    *,
    stages: tuple[Stage, ...],
    formats: Formats,
    language: Language,
) -> None:
    """Write the Stages sheet, one row per stage in order."""
    fields = []
    for column in STAGE_COLUMNS:
        show, check = _STAGE_SHOW.get(column.key, ("text", ""))
        fields.append(
            Field(
                header=column.header(language),
                show=show,
                colour="navy" if column.required else "steel",
                width=column.width,
                check=check,
                choices="kinds" if column.key == "kind" else "",
                strict=column.key == "kind",
                hint=STAGE_HINTS.get(column.key, ("", ""))[language == "zh"],
            )
        )
    rows = [
        tuple(_said(getattr(stage, column.key, order), language) for column in STAGE_COLUMNS)
        for order, stage in enumerate(stages, start=1)
    ]
    write_input_table(
        sheet,
        table=SHEETS["stages"].table,
        fields=fields,
        rows=rows,
        formats=formats,
        language=language,
    )
    for order, stage in enumerate(stages, start=1):
        if stage.kind == n.OPEN:
            sheet.set_row(order, 42)
    sheet.freeze_panes(1, 2)
    print_setup(sheet, language=language, header=0)


def _said(value: object, language: Language) -> object:
    """Give the usual criteria and activities in the workbook's language, all else as it is."""
    return STAGE_TEXTS.get(value, value) if language == "zh" and isinstance(value, str) else value


def write_settings(
    sheet: Any,  # noqa: ANN401
    *,
    settings: Settings,
    formats: Formats,
    language: Language,
) -> None:
    """Write the Settings sheet: name, value, meaning, one setting a row."""
    worst, likely, best = settings.quantiles
    values: dict[str, object] = {
        "worst": worst,
        "likely": likely,
        "best": best,
        "language": language,
    }
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 22)
    sheet.set_column(2, 2, 80)
    sheet.set_row(0, 24)
    colours = {"setting": "steel", "setting_value": "navy", "setting_note": "grey"}
    for place, (key, colour) in enumerate(colours.items()):
        sheet.write_string(0, place, phrase(key, language), formats.header(colour))
    for row, (key, pair) in enumerate(SETTINGS.items(), start=1):
        show, check, choices = _SETTING_SHOW[key]
        note = SETTING_HINTS[key][language == "zh"]
        value = values[key] if key in values else getattr(settings, key)
        style = formats.setting(show)
        sheet.write_string(row, 0, pair[language == "zh"], formats.prose("setting"))
        sheet.write_blank(row, 1, None, style)
        write_value(sheet, row, 1, value, style)
        sheet.write_string(row, 2, note, formats.prose("setting"))
        field = Field(
            header=pair[language == "zh"],
            show=show,
            colour="navy",
            check=check,
            choices=choices,
            strict=bool(choices),
            hint=note,
        )
        add_rule(sheet, 1, field, first=row, last=row, language=language)
    sheet.freeze_panes(1, 0)
    print_setup(sheet, language=language, header=0)
