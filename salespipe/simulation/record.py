"""A forecast as it is remembered: by period, owner and view, and what each deal brings."""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import __version__
from salespipe import names as n
from salespipe.bands import CALLS, call_band
from salespipe.forecast_log import (
    ABOVE,
    BELOW,
    COMMITTED,
    GRID,
    LOG_COLUMNS,
    MARKET,
    OWN,
)
from salespipe.outcomes import actuals, quantile_score
from salespipe.periods import Period
from salespipe.pipeline import Pipeline
from salespipe.simulation.pool import Record

if TYPE_CHECKING:
    from salespipe.simulation.forecast import Forecast

__all__ = ["past_record", "record"]

type Floats = npt.NDArray[np.float64]


def record(forecast: "Forecast") -> pd.DataFrame:
    """Give a forecast as the log keeps it.

    Parameters
    ----------
    forecast : Forecast

    Returns
    -------
    DataFrame
        Columns :data:`salespipe.forecast_log.LOG_COLUMNS`: the product's forecast by month,
        quarter and in total, and of the first months together (what later forecasts are bridged
        from), with what market indices add to them; by month of each owner; by month from either
        view and of what owners call committed; and the mean of each open deal by month.
    """
    rows = [*_periods(forecast), *_spans(forecast), *_owners(forecast), *_views(forecast)]
    rows += _committed(forecast)
    rows += _deals(forecast)
    pipeline = forecast.fit.pipeline
    low, _, high = pipeline.settings.quantiles
    told: dict[str, Any] = {
        "as_of": pipeline.day,
        "low_chance": low,
        "high_chance": high,
        "currency": pipeline.settings.currency,
        "version": __version__,
        "data_hash": forecast.fit.digest,
        "seed": forecast.fit.seed,
    }
    return pd.DataFrame(rows).assign(**told).reindex(columns=list(LOG_COLUMNS))


def past_record(pipeline: Pipeline) -> Record | None:
    """Score the two views of past forecasts on the months that are over by now.

    Parameters
    ----------
    pipeline : Pipeline

    Returns
    -------
    Record or None
        None where no such month is over.
    """
    log = pipeline.forecasts
    if log.empty:
        return None
    views = log[(log["by"] == "total") & log["method"].isin([BELOW, ABOVE])]
    actual = actuals(views, pipeline)
    over, truth = views[actual.notna()], actual.dropna().to_numpy()
    if over.empty:
        return None
    scores = over.assign(crps=quantile_score(np.stack(over["quantiles"].to_list()), truth))
    table = scores.pivot_table(index="as_of", columns=["method", "horizon"], values="crps")
    horizons = range(1, int(over["horizon"].max()) + 1)
    below, above = (
        table.reindex(columns=[(method, ahead) for ahead in horizons]).to_numpy("float64")
        for method in (BELOW, ABOVE)
    )
    return Record(below, above)


def _periods(forecast: "Forecast") -> list[dict[str, Any]]:
    draws = forecast.draws
    rows = []
    for row in forecast.summary().to_dict("records"):
        inside = [
            month.start >= row["start"].date() and month.end <= row["end"].date()
            for month in forecast.months
        ]
        known = row["won_so_far"] - forecast.won.by_owner[inside].sum()
        kept = {key: row[key] for key in row if key in LOG_COLUMNS}
        total = draws[:, inside].sum(axis=1) + known
        rows.append(
            {
                **kept,
                "method": OWN,
                "by": "total",
                "group": "",
                "horizon": 1 + int(np.flatnonzero(inside)[-1]),
                "quantiles": np.quantile(total, GRID),
            }
        )
    return rows


def _spans(forecast: "Forecast") -> list[dict[str, Any]]:
    won = forecast.won.by_owner.sum(axis=1)
    rows = []
    for count in range(1, len(forecast.months) + 1):
        months = forecast.months[:count]
        span = Period(
            months[0].start, months[-1].end, f"{months[0].label}/{months[-1].label}", "total"
        )
        draws = forecast.draws[:, :count].sum(axis=1)
        row = _row(forecast, draws, span, count, method=OWN)
        rows.append(row | {"kind": "span", "won_so_far": float(won[:count].sum())})
        if forecast.market.size:
            told = {key: row[key] for key in ("by", "group", "period", "start", "end", "horizon")}
            added = float(forecast.market[:count].sum())
            rows.append({**told, "kind": "span", "method": MARKET, "mean": added})
    return rows


def _owners(forecast: "Forecast") -> list[dict[str, Any]]:
    rows = []
    for code, owner in enumerate(forecast.fit.exposure.owners):
        known = forecast.won.by_owner[:, code]
        draws = forecast.open.by_owner[:, :, code] + forecast.new.by_owner[:, :, code] + known
        if not draws.any():
            continue
        for place, month in enumerate(forecast.months[: forecast.horizon]):
            row = _row(forecast, draws[:, place], month, place + 1, method=OWN)
            rows.append(row | {"by": "owner", "group": owner, "won_so_far": float(known[place])})
    return rows


def _views(forecast: "Forecast") -> list[dict[str, Any]]:
    views, won = forecast.views, forecast.won.by_owner.sum(axis=1)
    if views.above is None:
        return []
    return [
        _row(forecast, draws[:, place] + won[place], month, place + 1, method=method)
        for method, draws in ((BELOW, views.below), (ABOVE, views.above))
        for place, month in enumerate(forecast.months[: forecast.horizon])
    ]


def _committed(forecast: "Forecast") -> list[dict[str, Any]]:
    """Take owners at their word: what they call committed comes, whole, when they expect it."""
    pipeline = forecast.fit.pipeline
    deals = _called(pipeline)
    if deals.empty:
        return []
    owners = forecast.fit.exposure.owners
    rows = []
    for place, month in enumerate(forecast.months[: forecast.horizon]):
        due = deals[n.EXPECTED_CLOSE_ON]
        inside = (due >= pd.Timestamp(month.start)) & (due < pd.Timestamp(month.end))
        sums = deals.loc[inside].groupby(n.OWNER)[n.AMOUNT].sum()
        won = dict(zip(owners, forecast.won.by_owner[place], strict=True))
        for owner in ("", *sorted({*deals[n.OWNER]})):
            money = (
                sums.sum() + sum(won.values()) if not owner else sums.get(owner, 0.0) + won[owner]
            )
            row = _row(forecast, np.array([money]), month, place + 1, method=COMMITTED)
            rows.append(row | {"by": "owner" if owner else "total", "group": owner})
    return rows


def _called(pipeline: Pipeline) -> pd.DataFrame:
    deals = pipeline.open_deals
    call = call_band(deals[n.FORECAST_CATEGORY], deals[n.CONFIDENCE])
    chosen: pd.DataFrame = deals[(call == CALLS.index(n.COMMIT)) & (deals[n.AMOUNT] > 0)]
    return chosen.assign(**{n.OWNER: chosen[n.OWNER].fillna(n.UNKNOWN)})


def _deals(forecast: "Forecast") -> list[dict[str, Any]]:
    table = forecast.deal_months
    return [
        {
            "method": OWN,
            "by": "deal",
            "group": deal_id,
            "period": month.label,
            "kind": "month",
            "start": pd.Timestamp(month.start),
            "end": pd.Timestamp(month.end),
            "horizon": place + 1,
            "mean": mean,
        }
        for place, month in enumerate(forecast.months)
        for deal_id, mean in table[month.label].items()
        if mean > 0
    ]


def _row(
    forecast: "Forecast", draws: Floats, period: Period, horizon: int, *, method: str
) -> dict[str, Any]:
    worst, likely, best = np.quantile(draws, forecast.fit.pipeline.settings.quantiles)
    return {
        "method": method,
        "by": "total",
        "group": "",
        "period": period.label,
        "kind": period.kind,
        "start": pd.Timestamp(period.start),
        "end": pd.Timestamp(period.end),
        "horizon": horizon,
        "worst": worst,
        "likely": likely,
        "best": best,
        "mean": float(draws.mean()),
        "quantiles": np.quantile(draws, GRID),
    }
