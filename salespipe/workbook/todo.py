"""The To do sheet: what each owner is to mend, look at and follow up, each with a link."""

from typing import Final

import pandas as pd

from salespipe.results import CARRY_ON, Results
from salespipe.settings import Language
from salespipe.workbook.chinese import in_language
from salespipe.workbook.edits import Entry, Link
from salespipe.workbook.page import Page, plain, table_rows
from salespipe.workbook.places import Places
from salespipe.workbook.template.tables import TABLES
from salespipe.workbook.template.text import phrase

__all__ = ["todo_page"]

_COSTS: Final = 2
"""Rules whose cost stands above the list: as many as are no wider than it."""
_FOLLOW_UP: Final = "follow_up"
_KINDS: Final = ("error", "warning", _FOLLOW_UP)


def todo_page(results: Results, places: Places) -> Page:
    """List errors, warnings and follow-ups by owner, by the expected revenue at stake.

    Errors come first, since no number is whole while there are any. What has no owner comes last,
    for the whole team.
    """
    deals = {
        str(row["deal_id"]): row for row in results.deals.astype(object).to_dict(orient="records")
    }
    found = _problems(results, deals, places)
    found += _follow_ups(results, places, told={str(row["deal_id"]) for row in found})
    found.sort(
        key=lambda row: (
            not row["owner"],
            str(row["owner"] or ""),
            row["severity"] != "error",
            -_number(row["amount"]),
            str(row["deal_id"] or ""),
            _KINDS.index(str(row["severity"])),
        )
    )
    counts = {key: sum(row["severity"] == key for row in found) for key in _KINDS}
    language = places.language
    line = phrase("todo_counts" if found else "todo_clear", language).format(
        errors=counts["error"],
        warnings=counts["warning"],
        follow_ups=counts[_FOLLOW_UP],
        as_of=results.receipt.as_of.isoformat(),
        currency=results.currency,
    )
    shown = [
        {
            **row,
            "owner": row["owner"] or phrase("team", language),
            "severity": phrase(str(row["severity"]), language),
        }
        for row in found
    ]
    cells: dict[str, Entry] = {"todo_status": line, "todo_costs": _costs(results, language)}
    return Page(cells=cells, tables={"ToDo": table_rows(TABLES["ToDo"], shown)})


def _costs(results: Results, language: Language) -> str:
    """Say which problems the forecast rests on most."""
    dear = results.costs[results.costs["severity"].isin(["error", "warning"])]["message"].head(
        _COSTS
    )
    return ("" if language == "zh" else " ").join(dear)


def _number(value: object) -> float:
    return value if isinstance(value, float | int) else 0.0


def _problems(
    results: Results, deals: dict[str, dict[object, object]], places: Places
) -> list[dict[str, Entry]]:
    rows = []
    for problem in (*results.problems, *results.reminders):
        if not problem.kind:
            continue
        deal = deals.get(problem.deal_id, {})
        where: Entry = problem.sheet
        if problem.sheet in places.names:
            cell = problem.cell or "A1"
            where = Link(f"{problem.sheet}!{cell}", problem.sheet, cell)
        rows.append(
            {
                "owner": problem.owner,
                "severity": problem.kind,
                "message": problem.message,
                "remedy": problem.remedy,
                "where": where,
                "deal_id": problem.deal_id,
                "account": plain(deal.get("account")),
                "amount": plain(problem.cost if problem.cost > 0 else deal.get("expected_value")),
            }
        )
    return rows


def _follow_ups(results: Results, places: Places, told: set[str]) -> list[dict[str, Entry]]:
    """Add what the forecast advises on deals of which nothing is said yet."""
    rows: list[dict[str, Entry]] = []
    sheet, table = places.sheets["deal_forecast"], TABLES["DealForecast"]
    for place, deal in enumerate(results.deals.itertuples()):
        action = plain(deal.action)
        if not action or action == CARRY_ON or str(deal.deal_id) in told:
            continue
        cell = table.cell(place, "deal_id")
        rows.append(
            {
                "owner": plain(deal.owner),
                "severity": _FOLLOW_UP,
                "message": _chance(_number(deal.p_won_by_end), results, places),
                "remedy": plain(in_language(action, places.language)),
                "where": Link(f"{sheet}!{cell}", sheet, cell),
                "deal_id": plain(deal.deal_id),
                "account": plain(deal.account),
                "amount": plain(deal.expected_value),
            }
        )
    return rows


def _chance(share: float, results: Results, places: Places) -> str:
    """Say what is at stake: the chance that the deal is won within the horizon."""
    end = results.periods["end"].max() - pd.Timedelta(days=1)
    return phrase("deal_chance", places.language).format(share=share, end=f"{end:%Y-%m-%d}")
