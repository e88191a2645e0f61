"""The company's forecast, the sum of its units' in every draw, and its workbook."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import names as n
from salespipe.backtest.accuracy import score
from salespipe.forecast_log import append_forecast, read_forecasts
from salespipe.inference.fit import Fit
from salespipe.job import results_of
from salespipe.memory import past_forecasts, record_words
from salespipe.rollup.company import Company
from salespipe.rollup.share import Shared
from salespipe.rollup.simulated import Totals
from salespipe.settings import Language
from salespipe.simulation.forecast import Forecast
from salespipe.simulation.from_above import view_from_above
from salespipe.simulation.pool import Views, pool, weights
from salespipe.simulation.record import record
from salespipe.simulation.revenue import Revenue
from salespipe.simulation.summarise import Groups
from salespipe.tables import Tables
from salespipe.workbook.publish import publish
from salespipe.workbook.template import build_workbook

__all__ = ["company_forecast", "draws_path", "draws_table", "pooled", "write_company"]

type Floats = npt.NDArray[np.float64]

MOST_DEALS: Final = 5_000
"""Open deals that the company's workbook lists, the most valuable first; units list their own."""


def pooled(
    totals: Mapping[str, Totals], shared: Shared, fit: Fit
) -> tuple[dict[str, Totals], Views]:
    """Pool what the units' deals bring with the company's view from above.

    Parameters
    ----------
    totals : mapping of str to Totals
        Of every unit, from its deals.
    shared : Shared
    fit : Fit
        The company's.

    Returns
    -------
    dict of str to Totals
        What each unit is to bring: they add up to the pooled total in every draw.
    Views
    """
    units = list(totals)
    months = totals[units[0]].months
    opened = np.stack([totals[unit].open for unit in units], axis=2)
    new = np.stack([totals[unit].new for unit in units], axis=2)
    below: Floats = (opened + new).sum(axis=2)
    views = Views(below, None, np.ones(below.shape[1]))
    # The same paths of the market as in every unit.
    path = fit.market.draw(len(below), len(months), seed=fit.seed)
    above = view_from_above(shared.fit, np.asarray(months), path)
    if above is not None:
        views = Views(below, above, weights(below, above))
    whole = [Revenue(by_unit, by_unit.sum(axis=2, keepdims=True)) for by_unit in (opened, new)]
    of_open, of_new = pool(whole[0], whole[1], views)
    given = {
        unit: Totals(of_open.by_owner[:, :, place], of_new.by_owner[:, :, place], months)
        for place, unit in enumerate(units)
    }
    return given, views


def company_forecast(
    company: Company,
    fit: Fit,
    units: Mapping[str, Forecast],
    *,
    views: Views,
    notes: tuple[str, ...],
) -> Forecast:
    """Add up the units' forecasts: what their workbooks say is what the company's is made of.

    Parameters
    ----------
    company : Company
    fit : Fit
        The company's.
    units : mapping of str to Forecast
        As written into the workbooks.
    views : Views
    notes : tuple of str
    """
    first = next(iter(units.values()))
    names = company.units
    segments = company.exposure.segments
    deals = pd.concat(
        [
            # What moves a unit's number is not what moves the company's.
            made.deals.assign(
                owner=unit,
                deal_id=f"{unit}: " + made.deals[n.DEAL_ID],
                share_of_variance=np.nan,
                target_swing=np.nan,
            )
            for unit, made in units.items()
        ],
        ignore_index=True,
    )
    by_month = [
        made.deal_months.set_axis(f"{unit}: " + made.deal_months.index)
        for unit, made in units.items()
    ]
    return Forecast(
        fit=replace(fit, pipeline=company.pipeline, exposure=company.exposure),
        months=first.months,
        horizon=first.horizon,
        won=Groups(
            _by_unit(names, {unit: made.won.by_owner for unit, made in units.items()}),
            _by_segment(
                segments, {unit: made.won.by_segment for unit, made in units.items()}, units
            ),
        ),
        won_before=sum(made.won_before for made in units.values()),
        open=_revenue(names, segments, {unit: made.open for unit, made in units.items()}, units),
        new=_revenue(names, segments, {unit: made.new for unit, made in units.items()}, units),
        views=views,
        deals=deals.sort_values("expected_value", ascending=False, ignore_index=True),
        deal_months=pd.concat(by_month),
        notes=notes,
    )


def write_company(into: Path, made: Forecast, *, language: Language) -> None:
    """Write the company's forecast into its workbook, which is made where there is none.

    Raises
    ------
    SalespipeError
        The workbook cannot be written.
    """
    pipeline = made.fit.pipeline
    if not into.exists():
        tables = Tables(
            settings=replace(pipeline.settings, language=language),
            stages=pipeline.stages,
            targets=pipeline.targets,
        )
        build_workbook(into, tables=tables, language=language, today=pipeline.as_of)
    here = record(made)
    log, _ = read_forecasts(into)
    log = pd.concat([log[log["as_of"] < pipeline.day], here], ignore_index=True)
    shown = replace(made, deals=made.deals.iloc[:MOST_DEALS])
    results = replace(
        results_of(shown),
        past=past_forecasts(log, pipeline),
        record=record_words(score(log, pipeline)),
    )
    publish(into, into, results, language=language)
    append_forecast(into, here)
    draws_table(made).to_parquet(draws_path(into), index=False)


def draws_path(into: Path) -> Path:
    """Give the file of the draws beside the company's workbook."""
    return into.with_name(f"{into.stem}.draws.parquet")


def draws_table(made: Forecast) -> pd.DataFrame:
    """Give the draws behind the company's forecast: they add up over units.

    Returns
    -------
    DataFrame
        ``draw``, ``unit``, ``month`` (label), ``won_so_far``, ``from_open`` and ``from_new``
        (money).
    """
    count, months, units = made.open.by_owner.shape
    won = np.broadcast_to(made.won.by_owner[None], (count, months, units))
    draw, month, unit = np.indices((count, months, units)).reshape(3, -1)
    labels = np.array([one.label for one in made.months])
    return pd.DataFrame(
        {
            "draw": draw,
            "unit": np.array(made.fit.exposure.owners)[unit],
            "month": labels[month],
            "won_so_far": won.ravel(),
            "from_open": made.open.by_owner.ravel(),
            "from_new": made.new.by_owner.ravel(),
        }
    )


def _revenue(
    names: Sequence[str],
    segments: Sequence[str],
    parts: Mapping[str, Revenue],
    units: Mapping[str, Forecast],
) -> Revenue:
    return Revenue(
        _by_unit(names, {unit: part.by_owner for unit, part in parts.items()}),
        _by_segment(segments, {unit: part.by_segment for unit, part in parts.items()}, units),
    )


def _by_unit(names: Sequence[str], money: Mapping[str, Floats]) -> Floats:
    return np.stack([money[unit].sum(axis=-1) for unit in names], axis=-1)


def _by_segment(
    segments: Sequence[str], money: Mapping[str, Floats], units: Mapping[str, Forecast]
) -> Floats:
    """Add up by segment; every unit's forecast has the company's segments."""
    assert all(made.fit.exposure.segments == tuple(segments) for made in units.values())  # noqa: S101
    return np.sum(np.stack(list(money.values())), axis=0)
