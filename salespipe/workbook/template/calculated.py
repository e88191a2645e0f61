"""The calculated columns of the Deals sheet: each formula, and the value it has on a given day.

The two say the same thing; a test lets LibreOffice recalculate the formulas and compares.
"""

from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from salespipe import names as n
from salespipe.settings import Language
from salespipe.stages import Stage, open_stages
from salespipe.tables import Tables
from salespipe.workbook.schema import (
    CALCULATED,
    DEAL_COLUMNS,
    SHEETS,
    STAGE_COLUMNS,
    entered_header,
)
from salespipe.workbook.template.text import flag

__all__ = ["STALE_DAYS", "calculated_formulas", "calculated_values", "entered_on", "last_day"]

STALE_DAYS: Final = 30
"""Days without an activity after which an open deal is called stale."""

_OVERSTAY: Final = 2
"""How many times its typical days a deal may stay in a stage before it is called stale."""


def last_day(tables: Tables) -> date | None:
    """Give the last day on which anything is recorded to have happened."""
    columns = (
        tables.deals[n.CREATED_ON],
        tables.deals[n.CLOSED_ON],
        tables.stage_entries[n.ENTERED_ON],
        tables.activities[n.ACTIVITY_ON],
    )
    days = pd.concat(columns).dropna()
    return None if days.empty else days.max().date()


def calculated_formulas(stages: tuple[Stage, ...], language: Language) -> dict[str, str]:
    """Give the formula of each calculated column by its key.

    References are structured and name the table, lookups use INDEX and MATCH: LibreOffice and
    older versions of Excel understand no others. Any value that is not what it should be, such as
    a date typed as text, leaves the cell blank.
    """
    this = {column.key: _this(column.header(language)) for column in DEAL_COLUMNS}
    calculated = {key: _this(pair[language == "zh"]) for key, pair in CALCULATED.items()}
    entered = [_escape(entered_header(stage, language)) for stage in open_stages(stages)]
    entries = f"Deals[[#This Row],[{entered[0]}]:[{entered[-1]}]]"
    headers = f"Deals[[#Headers],[{entered[0]}]:[{entered[-1]}]]"
    if len(entered) == 1:
        entries, headers = (ref.split(":")[0] + "]" for ref in (entries, headers))
    prefix = "进入" if language == "zh" else "Entered "
    entry = f'INDEX({entries},MATCH("{prefix}"&{this[n.STAGE]},{headers},0))'
    probability = calculated["stage_probability"]
    over = f'OR({this[n.CLOSED_ON]}<>"",{probability}=0,{probability}=1)'
    done = [column.header(language) for column in SHEETS["activities"].columns]
    keys = [column.key for column in SHEETS["activities"].columns]
    touched = f"Activities[[{_escape(done[keys.index(n.DEAL_ID)])}]],{this[n.DEAL_ID]}"
    touched_on = f"Activities[[{_escape(done[keys.index(n.ACTIVITY_ON)])}]]"
    created, closed, amount = this[n.CREATED_ON], this[n.CLOSED_ON], this[n.AMOUNT]
    return {
        "age": f'=IF(ISNUMBER({created}),IF(ISNUMBER({closed}),{closed},TODAY())-{created},"")',
        "days_in_stage": f'=IF({over},"",IFERROR(IF(N({entry})>0,TODAY()-{entry},""),""))',
        "stage_probability": "=" + _looked_up("probability", this[n.STAGE], language),
        "weighted_amount": f"=IF(AND(ISNUMBER({amount}),ISNUMBER({probability})),"
        f'{amount}*{probability},"")',
        "days_since_activity": f'=IF(OR({over},COUNTIFS({touched})=0),"",'
        f"TODAY()-_xlfn.MAXIFS({touched_on},{touched}))",
        "flag": _flag_formula(this, calculated, over, language),
    }


def _flag_formula(
    this: dict[str, str], calculated: dict[str, str], over: str, language: Language
) -> str:
    closed, amount = this[n.CLOSED_ON], this[n.AMOUNT]
    probability = calculated["stage_probability"]
    typical = _looked_up("typical_days", this[n.STAGE], language)
    say = {key: f'"{flag(key, language)}"' for key in ("closed_without_date", "amount_missing")}
    softer = ("overdue", "no_next_step", "stale", "no_evidence")
    say |= {key: f'"{flag(key, language)}"' for key in softer}
    order = _looked_up("order", this[n.STAGE], language)
    unproved = f'AND(N({order})>1,{this[n.EXIT_EVIDENCE]}="")'
    stale = (
        f"OR(N({calculated['days_since_activity']})>{STALE_DAYS},"
        f"N({calculated['days_in_stage']})>{_OVERSTAY}*N({typical}))"
    )
    due = this[n.EXPECTED_CLOSE_ON]
    return (
        f'=IF({this[n.DEAL_ID]}="","",'
        f'IF(AND({closed}="",OR({probability}=0,{probability}=1)),{say["closed_without_date"]},'
        f"IF(AND(NOT(ISNUMBER({amount})),NOT({probability}=0)),{say['amount_missing']},"
        f'IF({over},"",'
        f"IF(AND(ISNUMBER({due}),{due}<TODAY()),{say['overdue']},"
        f'IF({this[n.NEXT_STEP]}="",{say["no_next_step"]},'
        f'IF({stale},{say["stale"]},IF({unproved},{say["no_evidence"]},""))))))))'
    )


def _looked_up(key: str, stage: str, language: Language) -> str:
    headers = {column.key: _escape(column.header(language)) for column in STAGE_COLUMNS}
    found = f"Stages[[{headers[key]}]]"
    first, second = ("name_zh", "name") if language == "zh" else ("name", "name_zh")
    return (
        f"IFERROR(INDEX({found},MATCH({stage},Stages[[{headers[first]}]],0)),"
        f'IFERROR(INDEX({found},MATCH({stage},Stages[[{headers[second]}]],0)),""))'
    )


def _this(header: str) -> str:
    return f"Deals[[#This Row],[{_escape(header)}]]"


def _escape(header: str) -> str:
    for mark in "'[]#":
        header = header.replace(mark, f"'{mark}")
    return header


def calculated_values(tables: Tables, *, today: date | None, language: Language) -> pd.DataFrame:
    """Compute what the formulas show on a day, for the cells' stored values.

    Parameters
    ----------
    tables : Tables
    today : date or None
        What TODAY() is taken to be; None stands for a workbook without any date.
    language : {"en", "zh"}

    Returns
    -------
    DataFrame of object
        One row per deal, columns in the order of :data:`salespipe.workbook.schema.CALCULATED`;
        ``""`` where the formula shows nothing.
    """
    deals = tables.deals.reset_index(drop=True)
    day = pd.Series(pd.Timestamp(today) if today else pd.NaT, deals.index, "datetime64[us]")
    terminal = {stage.kind: stage.name for stage in tables.stages}
    named = deals[n.STAGE].replace({n.WON: terminal[n.WON], n.LOST: terminal[n.LOST]})
    by_name = {stage.name: stage for stage in tables.stages}
    probability = named.map({key: stage.probability for key, stage in by_name.items()}).astype(
        float
    )
    typical = named.map({key: stage.typical_days for key, stage in by_name.items()}).astype(float)
    order = {stage.name: place for place, stage in enumerate(tables.stages, start=1)}
    closed = deals[n.CLOSED_ON]
    over = closed.notna() | probability.isin([0, 1])
    latest = tables.activities.groupby(n.DEAL_ID)[n.ACTIVITY_ON].max()
    touched = latest.reindex(deals[n.DEAL_ID]).set_axis(deals.index)
    entered = entered_on(tables, deals[n.DEAL_ID], named)
    values = pd.DataFrame(
        {
            "age": (closed.fillna(day) - deals[n.CREATED_ON]).dt.days,
            "days_in_stage": (day - entered).dt.days.where(~over),
            "stage_probability": probability,
            "weighted_amount": deals[n.AMOUNT] * probability,
            "days_since_activity": (day - touched).dt.days.where(~over),
        }
    )
    stale = (values["days_since_activity"] > STALE_DAYS) | (
        values["days_in_stage"] > _OVERSTAY * typical.fillna(0)
    )
    conditions = {
        "closed_without_date": closed.isna() & probability.isin([0, 1]),
        "amount_missing": deals[n.AMOUNT].isna() & (probability != 0),
        "": over,
        "overdue": deals[n.EXPECTED_CLOSE_ON] < day,
        "no_next_step": deals[n.NEXT_STEP].isna(),
        "stale": stale,
        "no_evidence": named.map(order).gt(1) & deals[n.EXIT_EVIDENCE].isna(),
    }
    said = [flag(key, language) if key else "" for key in conditions]
    values["flag"] = np.select([test.to_numpy(bool) for test in conditions.values()], said, "")
    values = values[list(CALCULATED)].astype(object)
    return values.where(values.notna(), "")


def entered_on(
    tables: Tables, deal_ids: "pd.Series[str]", stages: "pd.Series[str]"
) -> "pd.Series[pd.Timestamp]":
    """Give the day on which each deal entered the stage beside it; the last one if several."""
    entries = tables.stage_entries.drop_duplicates([n.DEAL_ID, n.STAGE], keep="last")
    wanted = pd.DataFrame({n.DEAL_ID: deal_ids, n.STAGE: stages})
    entered = wanted.merge(entries, how="left", on=[n.DEAL_ID, n.STAGE])[n.ENTERED_ON]
    return entered.set_axis(deal_ids.index)
