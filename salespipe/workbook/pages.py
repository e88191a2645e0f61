"""What each of the tool's sheets says of a run, before it is known where those sheets are."""

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import pandas as pd

from salespipe import names as n
from salespipe.money import money_text
from salespipe.results import Results
from salespipe.settings import Language
from salespipe.workbook.chinese import in_language
from salespipe.workbook.edits import Entry, Styled, Value
from salespipe.workbook.headlines import headlines
from salespipe.workbook.money import large_money_code, money_code
from salespipe.workbook.page import (
    Page,
    named_stages,
    plain,
    records,
    status_line,
    table_rows,
)
from salespipe.workbook.template.layout import BLOCKS, FORMAT_CELLS
from salespipe.workbook.template.tables import RECEIPT_ROWS, TABLES
from salespipe.workbook.template.text import phrase, start_title

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

__all__ = ["deal_forecast_page", "forecast_page", "kpi_page", "receipt_values", "start_page"]

_PAST_MONTHS: Final = 18
"""Months of the past before the fan; more would leave the range too narrow to see."""

_TREND_MONTHS: Final = 24

_DASH: Final = "–"


def _total(results: Results) -> dict[str, Value]:
    rows = records(results.periods[results.periods["kind"] == "total"])
    return rows[0] if rows else {}


def receipt_values(results: Results) -> dict[str, Value]:
    """Give the receipt of a run by its rows' keys."""
    receipt, seen = results.receipt, results.receipt.diagnostics
    return {
        "as_of": receipt.as_of.isoformat(),
        "data_hash": receipt.data_hash,
        "version": receipt.version,
        "seed": receipt.seed,
        "draws": receipt.draws,
        "max_rhat": plain(round(seen.max_rhat, 4)),
        "min_ess": plain(round(seen.min_ess, 1)),
        "divergences": seen.divergences,
        "ok": seen.ok,
    }


def start_page(results: Results, language: Language) -> Page:
    """Write the three numbers, the chance of the target, and the receipt."""
    total, (worst, likely, best) = _total(results), results.quantiles
    cells: dict[str, Entry] = {"start_title": start_title(results.company, language)}
    for key, share in (("worst", worst), ("likely", 1 - likely), ("best", 1 - best)):
        amount = total.get(key)
        large = Styled(amount, code=large_money_code(results.currency, language))
        cells[f"start_{key}"] = _DASH if amount is None else large
        cells[f"start_{key}_note"] = phrase(f"{key}_note", language).format(share=f"{share:.0%}")
    chance, target = total.get("p_target"), total.get("target")
    cells["start_p_target"] = _DASH if chance is None else chance
    cells["start_target_note"] = phrase("no_target", language)
    if isinstance(target, float | int):
        words = phrase("target_note", language)
        told = money_text(target, currency=results.currency, language=language)
        cells["start_target_note"] = words.format(target=told)
    cells["start_status"] = _start_status(results, total, language)
    values = receipt_values(results) | {
        "ok": phrase("yes" if results.receipt.diagnostics.ok else "no", language)
    }
    rows: list[list[Entry]] = [
        [phrase(f"receipt_{key}", language), values[key]] for key in RECEIPT_ROWS
    ]
    return Page(cells=cells, tables={"RunReceipt": rows})


def _start_status(results: Results, total: dict[str, Value], language: Language) -> str:
    start, end = total.get("start"), total.get("end")
    if not (isinstance(start, date) and isinstance(end, date)):
        return status_line(results, language)
    return phrase("start_status", language).format(
        first=start.isoformat(),
        last=(end - timedelta(days=1)).isoformat(),
        currency=results.currency,
        as_of=results.receipt.as_of.isoformat(),
    )


def forecast_page(results: Results, language: Language) -> Page:
    """Write the forecast by period, owner and segment, the fan, the funnel and the notes."""
    said = [str(in_language(note, language)) for note in results.notes]
    notes = [*said, phrase("parts_note", language), phrase("sums_note", language)]
    money = results.currency
    cells: dict[str, Entry] = {
        "forecast_status": status_line(results, language),
        "forecast_notes": "\n".join(f"• {note}" for note in notes),
        "fan_title": phrase("fan_title", language),
        "fan_axis": phrase("money_month_axis", language).format(currency=money),
        "funnel_title": phrase("funnel_title", language),
        "funnel_axis": phrase("money_axis", language).format(currency=money),
        "count_title": phrase("count_title", language),
        "count_axis": phrase("count_axis", language),
    }
    rows: dict[str, Sequence[Mapping[str, Entry]]] = {
        "ForecastPeriods": [_named_period(row, language) for row in records(results.periods)],
        "ForecastOwners": _named_groups(results.by_owner, language),
        "ForecastSegments": _named_groups(results.by_segment, language),
        "StageFunnel": named_stages(records(results.funnel), results, language),
        "ForecastScenarios": [
            {**row, "scenario": plain(in_language(row["scenario"], language))}
            for row in records(results.scenarios)
        ],
    }
    return Page(
        cells=cells,
        tables={name: table_rows(TABLES[name], body) for name, body in rows.items()},
        blocks={"fan": _fan(results), "funnel": _funnel(results, language)},
    )


def _named_period(row: dict[str, Value], language: Language) -> dict[str, Entry]:
    kind, end = str(row["kind"]), row["end"]
    named: dict[str, Entry] = {**row, "kind": phrase(kind, language)}
    if kind == "total":
        named["period"] = phrase("total", language)
    if isinstance(end, date):
        named["end"] = end - timedelta(days=1)
    return named


def _named_groups(frame: pd.DataFrame, language: Language) -> list[dict[str, Entry]]:
    none = phrase("none", language)
    return [
        {**row, "group": none if row["group"] in {n.UNKNOWN, None, ""} else row["group"]}
        for row in records(frame)
    ]


def _fan(results: Results) -> list[list[Value]]:
    months = results.periods[results.periods["kind"] == "month"]
    months = months.assign(range=months["best"] - months["worst"])
    past = results.history
    if len(months):
        past = past[past["month"] < months["start"].min()]
    ahead = len(months)
    rows: list[dict[str, object]] = [
        {
            "month": f"{row.month:%Y-%m}",
            "won": row.won,
            "worst": row.won,
            "range": 0.0,
            "target": row.target,
        }
        for row in past.tail(min(_PAST_MONTHS, BLOCKS["fan"].rows - ahead)).itertuples()
    ]
    if rows:
        # The fan opens at the last month that is known, where worst, likely and best agree.
        rows[-1]["likely"] = rows[-1]["won"]
    rows += [
        {
            "month": row.period,
            "worst": row.worst,
            "range": row.range,
            "likely": row.likely,
            "target": row.target,
        }
        for row in months.itertuples()
    ]
    return [[plain(row.get(key)) for key in BLOCKS["fan"].keys] for row in rows]


def _funnel(results: Results, language: Language) -> list[list[Value]]:
    rows = named_stages(records(results.funnel.head(BLOCKS["funnel"].rows)), results, language)
    return [[row[key] for key in BLOCKS["funnel"].keys] for row in rows]


def deal_forecast_page(results: Results, language: Language) -> Page:
    """Write one row per open deal."""
    line = phrase("deal_forecast_line", language).format(status=status_line(results, language))
    none, beyond = phrase("none", language), phrase("beyond", language)
    rows: list[dict[str, Entry]] = [
        {
            **row,
            "owner": row["owner"] or none,
            "expected_close_on": row["expected_close_on"] or beyond,
            **{
                key: plain(in_language(row[key], language)) for key in ("driver", "alike", "action")
            },
        }
        for row in named_stages(records(results.deals), results, language)
    ]
    return Page(
        cells={"deal_forecast_status": line},
        tables={"DealForecast": table_rows(TABLES["DealForecast"], rows)},
    )


_SENTENCES: Final = frozenset({"name", "definition", "population", "interval", "trap"})
"""Columns of the KPIs that are words of ours."""

_BY: Final = (
    "total",
    "owner",
    "segment",
    "source",
    "stage",
    "reason",
    "horizon",
    "quarter",
    "month",
)


def kpi_page(results: Results, language: Language) -> Page:
    """Write every KPI with its definition, and the two trends."""
    order = results.kpis["by"].map({by: place for place, by in enumerate(_BY)}).fillna(len(_BY))
    kpis = results.kpis.loc[order.sort_values(kind="stable").index]
    line = phrase("kpi_line", language).format(
        as_of=results.receipt.as_of.isoformat(), currency=results.currency
    )
    name, trend = _trend(results)
    told = ": ".join(str(in_language(part, language)) for part in name.split(": ", 1))
    title = phrase("win_rate_title", language).format(name=told)
    cells: dict[str, Entry] = {
        "kpi_status": line,
        "won_title": phrase("won_title", language),
        "won_axis": phrase("money_month_axis", language).format(currency=results.currency),
        "win_rate_title": title if name else phrase("no_win_rate", language),
        "win_rate_axis": phrase("win_rate_axis", language),
    }
    named = named_stages(records(kpis), results, language, key="group")
    known = kpis["value"].notna().tolist()
    rows = [_kpi(_staged(row, results, language), results.currency, language) for row in named]
    lines = [
        {
            **_with_unit(rows[place], str(kpis["unit"].iloc[place]), language),
            "note": rows[place]["trap" if known[place] else "population"],
        }
        for place in headlines(kpis)
    ]
    return Page(
        cells=cells,
        tables={
            "KpiHeadlines": table_rows(TABLES["KpiHeadlines"], lines),
            "Kpi": table_rows(TABLES["Kpi"], rows),
        },
        blocks={"trend": trend},
    )


def _staged(row: dict[str, Value], results: Results, language: Language) -> dict[str, Value]:
    """Say a definition or a population that names a stage in the language of the sheet."""
    told = {key: str(in_language(row[key], language)) for key in ("definition", "population")}
    for stage in results.stages:
        label = stage.label(language)
        told = {key: text.replace(stage.name, label) for key, text in told.items()}
    return {**row, **told}


def _with_unit(row: dict[str, Entry], unit: str, language: Language) -> dict[str, Entry]:
    """Let days be seen as such where no column says so."""
    if unit != "days":
        return row
    code = f'0 "{phrase("unit_days", language)}"'
    return row | {
        key: replace(entry, code=code)
        for key in ("value", "low", "high")
        if isinstance(entry := row[key], Styled)
    }


def _kpi(row: dict[str, Value], currency: str, language: Language) -> dict[str, Entry]:
    unit, by = str(row["unit"]), str(row["by"])
    shown: dict[str, Entry] = {
        key: plain(in_language(value, language)) if key in _SENTENCES else value
        for key, value in row.items()
    }
    if by in _BY:
        shown["by"] = phrase(f"by_kpi_{by}", language)
    if unit in FORMAT_CELLS:
        shown["unit"] = currency if unit == "money" else phrase(f"unit_{unit}", language)
        like, code = FORMAT_CELLS[unit].cell, money_code(currency) if unit == "money" else ""
        shown |= {key: Styled(row[key], like, code) for key in ("value", "low", "high")}
    return shown


def _trend(results: Results) -> tuple[str, list[list[Value]]]:
    name, rates = _monthly_win_rate(results.kpis)
    months: dict[Hashable, dict[str, object]] = {
        f"{row.month:%Y-%m}": {"won": row.won, "target": row.target}
        for row in results.history.itertuples()
    }
    for row in rates.itertuples():
        found = {"win_rate": row.value, "low": row.low, "high": row.high}
        months.setdefault(row.group, {}).update(found)
    keys: Sequence[str] = BLOCKS["trend"].keys[1:]
    rows: list[list[Value]] = [
        [str(month), *(plain(months[month].get(key)) for key in keys)]
        for month in sorted(months, key=str)
    ]
    return name, rows[-_TREND_MONTHS:]


def _monthly_win_rate(kpis: pd.DataFrame) -> tuple[str, pd.DataFrame]:
    """Choose one definition of the win rate: the headline where it is known, else the first."""
    monthly = kpis[(kpis["by"] == "month") & (kpis["unit"] == "share")]
    rates = monthly[monthly["name"].str.casefold().str.startswith("win rate")]
    known = rates[rates["value"].notna()]
    if known.empty:
        return "", rates.head(0)
    headline = known[known["definition"].str.contains("headline")]
    name, definition = (known if headline.empty else headline)[["name", "definition"]].iloc[0]
    chosen = rates[(rates["name"] == name) & (rates["definition"] == definition)]
    return f"{name}: {definition}", chosen
