"""Scenarios: the same forecast with something different, on the same random numbers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import names as n
from salespipe.cards import line
from salespipe.days import month_number
from salespipe.errors import SettingsError
from salespipe.money import money_text
from salespipe.results import SCENARIO_COLUMNS
from salespipe.settings import Settings
from salespipe.simulation.followed import Followed, follow_new, follow_open
from salespipe.simulation.from_above import view_from_above
from salespipe.simulation.levers import MARKET_PATHS, RAMP_MONTHS, Levers, usual_levers
from salespipe.simulation.paths import Wins
from salespipe.simulation.posterior import through
from salespipe.simulation.revenue import collect
from salespipe.simulation.setting import Setting, set_up
from salespipe.wording import Words

if TYPE_CHECKING:
    from salespipe.simulation.forecast import Forecast

__all__ = [
    "BASE",
    "Scenarios",
    "market_adds",
    "scenarios",
    "usual_scenarios",
]

type Floats = npt.NDArray[np.float64]

MOST_OPEN: Final = 1_500
"""Open deals with which following them four times more still takes only seconds."""

BASE: Final = "As forecast"
"""Name of the scenario in which nothing is different."""


@dataclass(frozen=True)
class Scenarios:
    """Named scenarios beside the forecast that they start from.

    Attributes
    ----------
    draws : dict of str to ndarray, shape (draw, month)
        Revenue of the months asked for, money, what is won already included; the first is
        :data:`BASE`. A draw is the same world in all of them.
    target : float
        Money, of these months together; NaN where none is set.
    settings : Settings
        The workbook's: its quantiles, and the money and language in which this shows itself.
    """

    draws: dict[str, Floats]
    target: float
    settings: Settings

    def table(self) -> pd.DataFrame:
        """Give the total of each scenario, and what it changes.

        Returns
        -------
        DataFrame
            Columns :data:`salespipe.results.SCENARIO_COLUMNS`; `change` is in the mean, money.
        """
        base = self.draws[BASE].sum(axis=1)
        known = np.isfinite(self.target)
        rows = []
        for name, draws in self.draws.items():
            total = draws.sum(axis=1)
            ends = np.quantile(total, self.settings.quantiles)
            chance = float((total >= self.target).mean()) if known else float("nan")
            change = float((total - base).mean())
            rows.append((name, *map(float, ends), float(total.mean()), change, chance))
        return pd.DataFrame(rows, columns=list(SCENARIO_COLUMNS))

    def __repr__(self) -> str:
        """Name them in one line, with what each changes."""
        currency = self.settings.currency
        told: dict[Words, object] = {
            Words(name, name): money_text(change, currency=currency, language="en")
            for name, change in zip(self.draws, self.table()["change"], strict=True)
            if name != BASE
        }
        return line("Scenarios", "change of the mean", told)

    def _repr_html_(self) -> str:
        """Show the table in a notebook."""
        from salespipe import plots  # noqa: PLC0415 (matplotlib waits until something is drawn)

        settings = self.settings
        return plots.table(
            self.table(), currency=settings.currency, language=settings.language
        ).text


def scenarios(forecast: "Forecast", named: Mapping[str, Levers] | None = None) -> Scenarios:
    """Forecast again with something different, on the same random numbers.

    Deals are followed as in the forecast: the same posterior draws, months, luck and amounts. What
    a scenario changes in the view from the deals is added to the forecast, draw by draw, whatever
    the weight of the revenue history, which knows of no lever.

    Parameters
    ----------
    forecast : Forecast
    named : mapping of str to Levers, optional
        By default :func:`usual_levers`.

    Raises
    ------
    SettingsError
        A deal is won or lost that is not open.
    """
    chosen = dict(usual_levers(forecast) if named is None else named)
    setting = set_up(forecast.fit, forecast.months)
    return _compared(forecast, chosen, setting, _follower(forecast, setting))


def usual_scenarios(
    forecast: "Forecast", setting: Setting, opened: Followed, new: Followed
) -> Scenarios:
    """Give the usual scenarios, starting from what the forecast has followed already.

    Other odds of going on, or another market, take as long as the forecast itself, since each exit
    counts anew: with more than :data:`MOST_OPEN` open deals they are left out.

    Parameters
    ----------
    forecast : Forecast
    setting : Setting
    opened, new : Followed
        As the forecast followed them.
    """
    usual = usual_levers(forecast)
    if len(forecast.deals) > MOST_OPEN:
        usual = {
            name: levers
            for name, levers in usual.items()
            if levers.win_rate == 1 and not levers.market
        }
    return _compared(forecast, usual, setting, _follower(forecast, setting, (opened, new)))


def _follower(
    forecast: "Forecast", setting: Setting, base: tuple[Followed, Followed] | None = None
) -> Callable[[Levers], tuple[Followed, Followed]]:
    """Give what follows all deals under some levers, once for those that move chances alike."""
    nothing = Levers()
    followed = {} if base is None else {(nothing.win_rate, nothing.market): base}

    def follow(levers: Levers) -> tuple[Followed, Followed]:
        key = levers.win_rate, levers.market
        if key not in followed:
            followed[key] = _follow(forecast, setting, levers)
        return followed[key]

    return follow


def market_adds(forecast: "Forecast", setting: Setting, opened: Followed, new: Followed) -> Floats:
    """Give what the market is expected to add to each month, against indices as on average.

    Parameters
    ----------
    forecast : Forecast
    setting : Setting
    opened, new : Followed
        As the forecast followed them.

    Returns
    -------
    ndarray, shape (month,)
        Money, in the mean.
    """
    follow = _follower(forecast, setting, (opened, new))
    change = _changes(forecast, {"": Levers(market="average")}, setting, follow)[""]
    added: Floats = -_paid(forecast, change).mean(axis=0)
    return added


def _changes(
    forecast: "Forecast",
    chosen: Mapping[str, Levers],
    setting: Setting,
    follow: Callable[[Levers], tuple[Followed, Followed]],
) -> dict[str, Floats]:
    """Give what each scenario changes, by draw and month.

    That is what it changes in the view from the deals; of what the market changes, which the
    revenue history feels as well, each view's part by its weight.
    """
    nothing = Levers()
    opened, new = follow(nothing)
    known = {id(followed): collect(setting, followed).total for followed in (opened, new)}

    def brought(followed: Followed) -> Floats:
        # What a scenario leaves as it was is not added up again.
        found = known.get(id(followed))
        return collect(setting, followed).total if found is None else found

    def below(levers: Levers) -> Floats:
        of_open, of_new = follow(levers)
        from_open = brought(_open_with(of_open, levers))
        return from_open + brought(_new_with(forecast, setting, of_new, levers))

    usual, views = below(nothing), forecast.views
    changes = {}
    for name, levers in chosen.items():
        change = below(levers) - usual
        above = _above(forecast, setting, levers) if levers.market else None
        if above is not None and views.above is not None:
            change = views.weight * change + (1 - views.weight) * (above - views.above)
        changes[name] = change
    return changes


def _above(forecast: "Forecast", setting: Setting, levers: Levers) -> Floats | None:
    numbers = np.array([month_number(pd.Timestamp(one.start)) for one in forecast.months])
    return view_from_above(forecast.fit, numbers, _path(forecast, setting, levers))


def _compared(
    forecast: "Forecast",
    chosen: Mapping[str, Levers],
    setting: Setting,
    follow: Callable[[Levers], tuple[Followed, Followed]],
) -> Scenarios:
    """Add what each scenario changes to the forecast."""
    base, asked = forecast.draws, slice(0, forecast.horizon)
    draws = {BASE: base[:, asked]}
    for name, change in _changes(forecast, chosen, setting, follow).items():
        draws[name] = (base + _paid(forecast, change))[:, asked]
    target = float(forecast.summary()["target"].iloc[-1])
    return Scenarios(draws, target, forecast.fit.pipeline.settings)


def _paid(forecast: "Forecast", change: Floats) -> Floats:
    """Give a change of the months' revenue so that what a month cannot give, later ones do."""
    to_come = forecast.open.total + forecast.new.total
    return change + (_owed(to_come + change) - _owed(to_come))


def _owed(revenue: Floats) -> Floats:
    """Give what has to be added to months so that none is below zero, by draw and month.

    Where deals bring less than is taken off a month, since the history counts as well, the rest is
    taken off the months after it: what is left up to any month then never rises when less comes.
    """
    so_far = np.cumsum(revenue, axis=1)
    reached = np.maximum(np.maximum.accumulate(so_far, axis=1), 0.0)
    return np.diff(reached - so_far, axis=1, prepend=0.0)


def _follow(forecast: "Forecast", setting: Setting, levers: Levers) -> tuple[Followed, Followed]:
    """Follow all deals at other odds of going on; paths stay, and only chances move."""
    posterior = setting.posterior
    off = _path(forecast, setting, levers) - posterior.market_path
    month = np.pad(through(off, posterior.market_logit), ((0, 0), (0, 1)))
    moved = replace(
        posterior,
        logit=posterior.logit + np.log(levers.win_rate),
        month_logit=posterior.month_logit + month,
    )
    other = replace(setting, posterior=moved)
    return follow_open(other), follow_new(other)


def _path(forecast: "Forecast", setting: Setting, levers: Levers) -> Floats:
    """Give the path of the market in a scenario, shape (draw, month, index)."""
    drawn = setting.posterior.market_path
    if not levers.market:
        return drawn
    if levers.market == "average":
        return np.zeros_like(drawn)
    path = forecast.fit.market.path(MARKET_PATHS.index(levers.market), drawn.shape[1])
    return np.broadcast_to(path, drawn.shape)


def _later(wins: Wins, days: float) -> Wins:
    return replace(wins, day=wins.day + days)


def _open_with(opened: Followed, levers: Levers) -> Followed:
    ids = opened.deals[n.DEAL_ID].to_numpy()
    unknown = sorted({*levers.won, *levers.lost} - set(ids))
    if unknown:
        raise SettingsError(
            f"A scenario wins or loses {', '.join(unknown)}, which is no open deal as of this "
            "date; give the id of one that is."
        )
    if (levers.slip_days, levers.price) == (0, 1) and not (levers.won or levers.lost):
        return opened
    each = len(opened.money) // max(len(ids), 1)
    won, lost = (np.repeat(np.isin(ids, some), each) for some in (levers.won, levers.lost))
    wins = _later(opened.wins, levers.slip_days)
    wins = Wins(
        day=np.where(won, 0.0, wins.day),
        chance=np.where(won, 1.0, np.where(lost, 0.0, wins.chance)),
        won=(wins.won | won) & ~lost,
    )
    return replace(opened, wins=wins, money=opened.money * levers.price)


def _new_with(forecast: "Forecast", setting: Setting, new: Followed, levers: Levers) -> Followed:
    pulled = (levers.slip_days, levers.price, levers.volume, levers.hires) != (0, 1, 1, 0)
    if not pulled and not levers.market:
        return new
    owners = max(new.deals[n.OWNER].nunique(), 1)
    month = np.searchsorted(setting.calendar.month_ends, new.paths.start, side="right")
    joined = np.minimum((month + 1) / RAMP_MONTHS, 1.0)
    times = levers.volume * (1 + levers.hires / owners * joined)
    off = _path(forecast, setting, levers) - setting.posterior.market_path
    # As with volume, each new deal counts so many times: the same deals in every scenario.
    times = times * np.exp(through(off, setting.posterior.market_arrivals))[new.paths.draw, month]
    wins = _later(new.wins, levers.slip_days)
    return replace(new, wins=wins, money=new.money * times * levers.price)
