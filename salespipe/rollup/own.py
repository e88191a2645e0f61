r"""What owners and months of one unit have of their own, beside what the company's fit says.

The company's fit knows business units, and months that are alike in all of them. How far owners
within a unit differ, and a unit's months from the company's, is read off what that fit leaves over.
A level's deviation :math:`\delta` on the linear predictor has, around 0, the score :math:`S` (exits
seen less exits expected) and the information :math:`I`. Over all levels of all units
:math:`E[S^2] = I + I^2 \sigma^2`, which gives the variance :math:`\sigma^2` of such levels; each
level's posterior is then normal with precision :math:`I + 1/\sigma^2` and mean
:math:`S / (I + 1/\sigma^2)`. Scores and information add up over parts, as exits do.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr
from scipy.special import expit

from salespipe.bands import AGE_GROUPS
from salespipe.days import month_number, quarter_months
from salespipe.exposure import Exposure
from salespipe.simulation.posterior import call_effects, due_effects

__all__ = ["Means", "Scores", "means_of", "scores_of", "spread_of"]

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]

WIDEST = 0.8
"""Standard deviation that levels are given at the most: odds that differ fivefold."""


@dataclass(frozen=True)
class Scores:
    """What a fit leaves over, level by level.

    Attributes
    ----------
    score, information : ndarray, shape (level,)
    """

    score: Floats
    information: Floats

    def deviations(self, sd: float, *, draws: int, rng: np.random.Generator) -> Floats:
        """Draw each level's deviation, given the standard deviation of all such levels.

        Returns
        -------
        ndarray, shape (draw, level)
        """
        if sd <= 0:
            return np.zeros((draws, len(self.score)))
        precision = self.information + sd**-2
        noise = rng.standard_normal((draws, len(self.score)))
        return self.score / precision + noise / np.sqrt(precision)


@dataclass(frozen=True)
class Means:
    """Posterior means of the company's effects, as arrays to be looked up in.

    Attributes
    ----------
    rate : ndarray, shape (stage, band)
        Log of the daily rate.
    rate_due : ndarray, shape (stage or 1, due band)
    rate_quarter : ndarray, shape (quarter month, age group)
    rate_month : ndarray, shape (month,)
    pace : ndarray, shape (unit,)
    logit : ndarray, shape (stage, age group)
    due : ndarray, shape (stage or 1, due band)
    month : ndarray, shape (month,)
    unit, segment, source, size : ndarray, shape (level,)
    call : ndarray, shape (unit or 1, call)
    first : int
        Number of the first month.
    """

    rate: Floats
    rate_due: Floats
    rate_quarter: Floats
    rate_month: Floats
    pace: Floats
    logit: Floats
    due: Floats
    month: Floats
    unit: Floats
    segment: Floats
    source: Floats
    size: Floats
    call: Floats
    first: int


def means_of(
    timing: xr.Dataset, win: xr.Dataset, exposure: Exposure, *, fiscal_year_start: int
) -> Means:
    """Take the posterior means of the two models of exits.

    Parameters
    ----------
    timing, win : Dataset
        Posterior of each.
    exposure : Exposure
        The company's.
    fiscal_year_start : int
    """
    first, last = month_number(exposure.start), month_number(exposure.end)
    places = quarter_months(np.arange(first, last + 1), fiscal_year_start)

    def mean(posterior: xr.Dataset, name: str) -> Floats:
        array: Floats = posterior[name].mean(("chain", "draw")).to_numpy()
        return array

    def month(posterior: xr.Dataset) -> Floats:
        return mean(posterior, "quarter_effect")[places] + mean(posterior, "shock")

    sized = "size_effect" in win
    by_age = mean(timing, "quarter_by_age")
    return Means(
        rate=mean(timing, "log_rate"),
        rate_due=due_effects(timing).mean(axis=0),
        rate_quarter=by_age[places],
        rate_month=month(timing),
        pace=mean(timing, "owner_effect"),
        logit=mean(win, "base")[:, None] + mean(win, "age"),
        due=due_effects(win).mean(axis=0),
        month=month(win),
        unit=mean(win, "owner_effect"),
        segment=mean(win, "segment_effect"),
        source=mean(win, "source_effect"),
        size=np.append(0.0, mean(win, "size_effect")) if sized else np.zeros(1),
        call=call_effects(win).mean(axis=0),
        first=first,
    )


def scores_of(exposure: Exposure, means: Means, *, unit: int) -> dict[str, Scores]:
    """Score what the company's fit leaves over in one unit.

    Parameters
    ----------
    exposure : Exposure
        The unit's, with the company's codes (:func:`salespipe.exposure.with_levels`).
    means : Means
    unit : int
        Its place in the company.

    Returns
    -------
    dict
        ``timing owner``, ``timing month``, ``win owner`` and ``win month``.
    """
    cells = exposure.cells
    months = cells["month"].to_numpy() - means.first
    exits = (cells["onward"] + cells["lost"]).to_numpy("float64")
    expected = cells["days"].to_numpy() * np.exp(_log_rate(cells, months, means, unit))
    # What the whole unit leaves over is its own effect's, not its owners'.
    expected *= exits.sum() / max(expected.sum(), 1e-9)
    chance = expit(_logit(cells, months, means, unit))
    left = cells["onward"].to_numpy() - exits * chance
    told = exits * chance * (1 - chance)
    owner, many = cells["owner"].to_numpy(), len(exposure.owners)
    return {
        "timing owner": _by(owner, many, exits - expected, expected),
        "timing month": _by(months, len(means.month), exits - expected, expected),
        "win owner": _by(owner, many, left, told),
        "win month": _by(months, len(means.month), left, told),
    }


def spread_of(scores: Iterable[Scores]) -> float:
    """Estimate the standard deviation of levels from the scores of many: by moments, at least 0."""
    above, square = 0.0, 0.0
    for one in scores:
        above += float((one.score**2 - one.information).sum())
        square += float((one.information**2).sum())
    return float(np.sqrt(np.clip(above / square, 0.0, WIDEST**2))) if square else 0.0


def _by(code: Ints, count: int, score: Floats, information: Floats) -> Scores:
    return Scores(
        np.bincount(code, score, minlength=count), np.bincount(code, information, minlength=count)
    )


def _log_rate(cells: pd.DataFrame, months: Ints, means: Means, unit: int) -> Floats:
    stage, band, due = (cells[key].to_numpy() for key in ("stage", "band", "due"))
    rate: Floats = (
        means.rate[stage, band]
        + _due(means.rate_due, stage, due)
        + means.rate_quarter[months, AGE_GROUPS[band]]
        + means.rate_month[months]
        + means.pace[unit]
    )
    return rate


def _logit(cells: pd.DataFrame, months: Ints, means: Means, unit: int) -> Floats:
    stage, band, due = (cells[key].to_numpy() for key in ("stage", "band", "due"))
    logit: Floats = (
        means.logit[stage, AGE_GROUPS[band]]
        + _due(means.due, stage, due)
        + means.month[months]
        + means.unit[unit]
        + means.segment[cells["segment"].to_numpy()]
        + means.source[cells["source"].to_numpy()]
        + means.size[np.minimum(cells["size"].to_numpy(), len(means.size) - 1)]
        + means.call[unit if len(means.call) > 1 else 0, cells["call"].to_numpy()]
    )
    return logit


def _due(effects: Floats, stage: Ints, due: Ints) -> Floats:
    return effects[stage if len(effects) > 1 else np.zeros_like(stage), due]
