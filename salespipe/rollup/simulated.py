"""What was simulated of a unit, as it is kept between the steps of a rollup."""

from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe.days import month_number
from salespipe.inference.fit import Fit
from salespipe.periods import Period
from salespipe.results import Diagnostics
from salespipe.rollup.bundle import Bundle, read_bundle, write_bundle
from salespipe.rollup.part import Part
from salespipe.simulation.forecast import Forecast
from salespipe.simulation.pool import Views, bring_to
from salespipe.simulation.revenue import Revenue
from salespipe.simulation.summarise import Groups

__all__ = ["Totals", "adjusted", "keep_forecast", "kept_forecast", "totals_of"]

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Totals:
    """What one unit brings, draw by draw.

    Attributes
    ----------
    open, new : ndarray, shape (draw, month)
        Money.
    months : ndarray of int, shape (month,)
        Their numbers.
    """

    open: Floats
    new: Floats
    months: Ints


def keep_forecast(path: Path, forecast: Forecast) -> None:
    """Write a unit's forecast, without what can be had from its part again."""
    arrays: dict[str, Floats] = {
        "open_by_owner": forecast.open.by_owner,
        "open_by_segment": forecast.open.by_segment,
        "new_by_owner": forecast.new.by_owner,
        "new_by_segment": forecast.new.by_segment,
        "won_by_owner": forecast.won.by_owner,
        "won_by_segment": forecast.won.by_segment,
        "below": forecast.views.below,
        "weight": forecast.views.weight,
    }
    fit = forecast.fit
    notes = {
        "months": [
            [month.start.isoformat(), month.end.isoformat(), month.label, month.kind]
            for month in forecast.months
        ],
        "horizon": forecast.horizon,
        "won_before": forecast.won_before,
        "notes": forecast.notes,
        "seed": fit.seed,
        "diagnostics": asdict(fit.diagnostics),
        "segments": fit.exposure.segments,
    }
    frames = {"deals": forecast.deals, "deal_months": forecast.deal_months}
    write_bundle(path, Bundle(frames, arrays, notes))


def totals_of(path: Path) -> Totals | None:
    """Read what a unit's deals bring together; None if nothing whole is kept."""
    bundle = read_bundle(path, only=frozenset({"open_by_owner", "new_by_owner"}))
    if bundle is None:
        return None
    months = [month_number(pd.Timestamp(start)) for start, *_ in bundle.notes["months"]]
    return Totals(
        open=_floats(bundle, "open_by_owner").sum(axis=2),
        new=_floats(bundle, "new_by_owner").sum(axis=2),
        months=np.array(months, dtype=np.int64),
    )


def kept_forecast(path: Path, part: Part | None) -> Forecast | None:
    """Read a unit's forecast back, beside its part; None if nothing whole is kept."""
    bundle = read_bundle(path)
    if bundle is None or part is None:
        return None
    notes = bundle.notes
    exposure = replace(part.exposure, segments=tuple(notes["segments"]))
    fit = Fit(part.pipeline, exposure, {}, Diagnostics(**notes["diagnostics"]), notes["seed"])
    return Forecast(
        fit=fit,
        months=tuple(_period(*told) for told in notes["months"]),
        horizon=notes["horizon"],
        won=Groups(_floats(bundle, "won_by_owner"), _floats(bundle, "won_by_segment")),
        won_before=notes["won_before"],
        open=_revenue(bundle, "open"),
        new=_revenue(bundle, "new"),
        views=Views(_floats(bundle, "below"), None, _floats(bundle, "weight")),
        deals=bundle.frames["deals"],
        deal_months=bundle.frames["deal_months"],
        notes=tuple(notes["notes"]),
    )


def adjusted(forecast: Forecast, totals: Totals, *, notes: tuple[str, ...]) -> Forecast:
    """Bring a unit's forecast to what the company's view from above leaves it, draw by draw.

    Parameters
    ----------
    forecast : Forecast
        From the unit's deals alone.
    totals : Totals
        What the unit is to bring.
    notes : tuple of str
        In place of the forecast's own.
    """
    opened, new = bring_to(forecast.open, forecast.new, totals.open, totals.new)
    before, after = forecast.open.total.mean(axis=0), opened.total.mean(axis=0)
    kept = after.sum() / before.sum() if before.sum() > 0 else 1.0
    by_month = np.divide(after, before, out=np.ones_like(after), where=before > 0)
    deals = forecast.deals.assign(p_won_by_end=forecast.deals["p_won_by_end"] * kept)
    return replace(
        forecast,
        open=opened,
        new=new,
        deals=deals,
        deal_months=forecast.deal_months * by_month,
        notes=notes,
    )


def _revenue(bundle: Bundle, name: str) -> Revenue:
    return Revenue(_floats(bundle, f"{name}_by_owner"), _floats(bundle, f"{name}_by_segment"))


def _floats(bundle: Bundle, name: str) -> Floats:
    return np.asarray(bundle.arrays[name], dtype=np.float64)


def _period(start: str, end: str, label: str, kind: Any) -> Period:  # noqa: ANN401
    return Period(date.fromisoformat(start), date.fromisoformat(end), label, kind)
