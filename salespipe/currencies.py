"""Deals in several currencies, brought into the workbook's own by the Rates sheet.

A closed deal counts at the rate of the month in which it closed. An open one counts at the last
rate known on the as-of date: a forecast of rates would be another forecast.
"""

from datetime import date

import pandas as pd

from salespipe import names as n
from salespipe.errors import RateMissingError

__all__ = ["changes_at_home", "deal_rates", "deals_at_home", "find_rates"]

USED = "used"
WANTED = "wanted"
_MONEY = [n.AMOUNT, n.LISTED_AMOUNT]


def find_rates(wanted: pd.DataFrame, rates: pd.DataFrame, *, home: str) -> pd.DataFrame:
    """Find the rate of each row.

    Parameters
    ----------
    wanted : DataFrame
        ``currency`` (missing is the workbook's own), ``wanted`` (first day of a month), and
        ``exact``: whether an older rate will not do.
    rates : DataFrame
        As on the Rates sheet: ``month``, ``currency``, ``rate``; of two for one month the first.
    home : str
        The workbook's currency.

    Returns
    -------
    DataFrame
        `wanted` with ``rate`` (missing where there is none) and ``used``, its month.
    """
    known = rates[(rates[n.RATE] > 0) & rates[n.MONTH].notna() & (rates[n.CURRENCY] != home)]
    known = known.drop_duplicates([n.CURRENCY, n.MONTH]).sort_values(n.MONTH)
    asked = wanted.reset_index(drop=True)
    asked["place"] = asked.index
    foreign = asked[n.CURRENCY].notna() & (asked[n.CURRENCY] != home)
    found = pd.merge_asof(
        asked[foreign & asked[WANTED].notna()].sort_values(WANTED),
        known[[n.CURRENCY, n.MONTH, n.RATE]].rename(columns={n.MONTH: USED}),
        left_on=WANTED,
        right_on=USED,
        by=n.CURRENCY,
    ).set_index("place")
    stale = found["exact"] & (found[USED] != found[WANTED])
    found.loc[stale, n.RATE] = float("nan")
    asked[n.RATE] = found[n.RATE].reindex(asked.index).where(foreign, 1.0)
    asked[USED] = found[USED].reindex(asked.index)
    return asked.drop(columns="place").set_axis(wanted.index)


def deal_rates(deals: pd.DataFrame, rates: pd.DataFrame, *, home: str, as_of: date) -> pd.DataFrame:
    """Find the rate of each deal, as :func:`find_rates` does.

    Parameters
    ----------
    deals : DataFrame
        Deal ids, stages, currencies and closing days; a closing after the date has not happened.
    rates : DataFrame
    home : str
    as_of : date
    """
    day = pd.Timestamp(as_of)
    closed = deals[n.STAGE].isin([n.WON, n.LOST]) & (deals[n.CLOSED_ON] <= day)
    months = deals[n.CLOSED_ON].where(closed, day).astype("datetime64[us]")
    wanted = pd.DataFrame(
        {
            n.DEAL_ID: deals[n.DEAL_ID],
            n.CURRENCY: deals[n.CURRENCY],
            WANTED: _months(months),
            "exact": closed,
        }
    )
    return find_rates(wanted, rates, home=home)


def deals_at_home(
    deals: pd.DataFrame, rates: pd.DataFrame, *, home: str, as_of: date
) -> pd.DataFrame:
    """Give the deals with all money in the workbook's currency.

    Raises
    ------
    RateMissingError
        Names the month and the currency.
    """
    counted = deals[_MONEY].notna().any(axis=1)
    if not _foreign(deals[n.CURRENCY], home).any():
        return deals
    found = deal_rates(deals, rates, home=home, as_of=as_of)
    _refuse_missing(found[counted], home)
    out = deals.copy()
    out[_MONEY] = deals[_MONEY].mul(found[n.RATE], axis=0)
    out[n.CURRENCY] = deals[n.CURRENCY].mask(deals[n.CURRENCY].notna(), home)
    return out


def changes_at_home(
    changes: pd.DataFrame, deals: pd.DataFrame, rates: pd.DataFrame, *, home: str
) -> pd.DataFrame:
    """Give the change log with all money in the workbook's currency, at the last rate of each day.

    Parameters
    ----------
    changes : DataFrame
    deals : DataFrame
        Says in which currency each deal is, before it was brought home.
    rates : DataFrame
    home : str
    """
    if not _foreign(deals[n.CURRENCY], home).any():
        return changes
    currency = deals.drop_duplicates(n.DEAL_ID).set_index(n.DEAL_ID)[n.CURRENCY]
    wanted = pd.DataFrame(
        {
            n.CURRENCY: currency.reindex(changes[n.DEAL_ID]).set_axis(changes.index),
            WANTED: _months(changes[n.CHANGED_ON]),
            "exact": False,
        }
    )
    rate = find_rates(wanted, rates, home=home)[n.RATE]
    return changes.assign(**{n.AMOUNT: changes[n.AMOUNT] * rate})


def _foreign(currency: "pd.Series[str]", home: str) -> "pd.Series[bool]":
    return currency.notna() & (currency != home)


def _months(days: pd.Series) -> pd.Series:
    months: pd.Series = days.dt.to_period("M").dt.to_timestamp().astype("datetime64[us]")
    return months


def _refuse_missing(found: pd.DataFrame, home: str) -> None:
    missing = found[found[n.RATE].isna()].sort_values([WANTED, n.CURRENCY])
    if missing.empty:
        return
    places = [
        f"{row[n.CURRENCY]} in {row[WANTED]:%Y-%m}"
        for row in missing.drop_duplicates([n.CURRENCY, WANTED]).to_dict("records")
    ]
    more = f" and {len(places) - 3} more" if len(places) > 3 else ""
    raise RateMissingError(
        f"There is no rate to {home} for {', '.join(places[:3])}{more} (deal "
        f'"{missing[n.DEAL_ID].iloc[0]}" needs it); enter it on the Rates sheet, or correct the '
        "currency."
    )
