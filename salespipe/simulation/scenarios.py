"""Scenarios: the same forecast with something different, on the same random numbers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import names as n
from salespipe.errors import SettingsError
from salespipe.results import SCENARIO_COLUMNS
from salespipe.simulation.followed import Followed, follow_new, follow_open
from salespipe.simulation.paths import Wins
from salespipe.simulation.revenue import collect
from salespipe.simulation.setting import Setting, set_up

if TYPE_CHECKING:
    from salespipe.simulation.forecast import Forecast

__all__ = [
    "BASE",
    "RAMP_MONTHS",
    "Levers",
    "Scenarios",
    "scenarios",
    "usual_levers",
    "without_walking",
]

type Floats = npt.NDArray[np.float64]

BASE: Final = "As forecast"
"""Name of the scenario in which nothing is different."""

RAMP_MONTHS: Final = 3
"""Months until a new person brings as many new deals as the others: a third more each month."""


@dataclass(frozen=True)
class Levers:
    """What is different in a scenario; by default nothing.

    Attributes
    ----------
    win_rate : float
        Factor on the odds with which a deal that leaves a stage goes on: 1.1 lifts a chance of
        50 % to 52 %.
    volume : float
        Factor on the deals yet to be created, each of which counts so many times.
    price : float
        Factor on what won deals bring.
    slip_days : float
        Days by which every deal is won later.
    hires : float
        People who join, each of whom brings as many new deals as the average owner did in the last
        year, once :data:`RAMP_MONTHS` are over; a third of them in the first month.
    won, lost : tuple of str
        Open deals that are won on the day after the as-of date, or never.
    """

    win_rate: float = 1.0
    volume: float = 1.0
    price: float = 1.0
    slip_days: float = 0.0
    hires: float = 0.0
    won: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Name the levers that are pulled."""
        pulled = (
            f"{one.name}={getattr(self, one.name)!r}"
            for one in fields(self)
            if getattr(self, one.name) != one.default
        )
        return f"Levers({', '.join(pulled)})"

    def __post_init__(self) -> None:
        """Check that every lever can be pulled so far.

        Raises
        ------
        SettingsError
            One is out of range, or a deal is both won and lost.
        """
        rules = {
            "win_rate": (0 < self.win_rate < np.inf, "a factor above 0, such as 1.1"),
            "volume": (0 <= self.volume < np.inf, "a factor from 0 on, such as 1.2"),
            "price": (0 <= self.price < np.inf, "a factor from 0 on, such as 0.95"),
            "slip_days": (0 <= self.slip_days < np.inf, "a number of days from 0 on"),
            "hires": (0 <= self.hires < np.inf, "a number of people from 0 on"),
        }
        for lever, (fits, allowed) in rules.items():
            if not fits:
                raise SettingsError(
                    f"A scenario cannot have {lever} = {getattr(self, lever)}; give {allowed}."
                )
        both = sorted(set(self.won) & set(self.lost))
        if both:
            raise SettingsError(
                f"A scenario cannot win and lose the same deal ({', '.join(both)}); leave it in "
                "one of the two."
            )


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
    quantiles : tuple of float
    """

    draws: dict[str, Floats]
    target: float
    quantiles: tuple[float, float, float]

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
            ends = np.quantile(total, self.quantiles)
            chance = float((total >= self.target).mean()) if known else float("nan")
            change = float((total - base).mean())
            rows.append((name, *map(float, ends), float(total.mean()), change, chance))
        return pd.DataFrame(rows, columns=list(SCENARIO_COLUMNS))


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
    followed: dict[float, tuple[Followed, Followed]] = {}

    def follow(win_rate: float) -> tuple[Followed, Followed]:
        if win_rate not in followed:
            followed[win_rate] = _follow(setting, win_rate)
        return followed[win_rate]

    return _compared(forecast, chosen, setting, follow)


def without_walking(
    forecast: "Forecast", setting: Setting, opened: Followed, new: Followed
) -> Scenarios:
    """Give the usual scenarios that need no deal to be followed again, nearly for free.

    Those in which the odds of going on change are left out: there each exit counts anew.

    Parameters
    ----------
    forecast : Forecast
    setting : Setting
    opened, new : Followed
        As the forecast followed them.
    """
    usual = usual_levers(forecast)
    chosen = {name: levers for name, levers in usual.items() if levers.win_rate == 1}
    return _compared(forecast, chosen, setting, lambda _: (opened, new))


def _compared(
    forecast: "Forecast",
    chosen: Mapping[str, Levers],
    setting: Setting,
    follow: Callable[[float], tuple[Followed, Followed]],
) -> Scenarios:
    """Add what each scenario changes in the view from the deals to the forecast."""

    def below(levers: Levers) -> Floats:
        opened, new = follow(levers.win_rate)
        revenue = collect(setting, _open_with(opened, levers)).total
        total: Floats = revenue + collect(setting, _new_with(setting, new, levers)).total
        return total

    base, usual, asked = forecast.draws, below(Levers()), slice(0, forecast.horizon)
    to_come = forecast.open.total + forecast.new.total
    draws = {BASE: base[:, asked]}
    for name, levers in chosen.items():
        change = below(levers) - usual
        owed = _owed(to_come + change) - _owed(to_come)
        draws[name] = (base + (change + owed))[:, asked]
    target = float(forecast.summary()["target"].iloc[-1])
    return Scenarios(draws, target, forecast.fit.pipeline.settings.quantiles)


def usual_levers(forecast: "Forecast") -> dict[str, Levers]:
    """Give the scenarios that are shown unless others are asked for.

    Parameters
    ----------
    forecast : Forecast
    """
    named = {
        "Win rate: odds 10 % better": Levers(win_rate=1.1),
        "Win rate: odds 10 % worse": Levers(win_rate=1 / 1.1),
        "New deals: 20 % more": Levers(volume=1.2),
        "New deals: 20 % fewer": Levers(volume=0.8),
        "Prices 5 % lower": Levers(price=0.95),
        "All deals 30 days later": Levers(slip_days=30),
        "One more person": Levers(hires=1),
    }
    deals = forecast.deals
    if len(deals):
        largest = str(deals["deal_id"].iloc[0])
        named[f"Deal {largest} won"] = Levers(won=(largest,))
        named[f"Deal {largest} lost"] = Levers(lost=(largest,))
    return named


def _owed(revenue: Floats) -> Floats:
    """Give what has to be added to months so that none is below zero, by draw and month.

    Where deals bring less than is taken off a month, since the history counts as well, the rest is
    taken off the months after it: what is left up to any month then never rises when less comes.
    """
    so_far = np.cumsum(revenue, axis=1)
    reached = np.maximum(np.maximum.accumulate(so_far, axis=1), 0.0)
    return np.diff(reached - so_far, axis=1, prepend=0.0)


def _follow(setting: Setting, win_rate: float) -> tuple[Followed, Followed]:
    """Follow all deals at other odds of going on; paths stay, and only chances move."""
    posterior = setting.posterior
    moved = replace(setting, posterior=replace(posterior, logit=posterior.logit + np.log(win_rate)))
    return follow_open(moved), follow_new(moved)


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
    each = len(opened.money) // max(len(ids), 1)
    won, lost = (np.repeat(np.isin(ids, some), each) for some in (levers.won, levers.lost))
    wins = _later(opened.wins, levers.slip_days)
    wins = Wins(
        day=np.where(won, 0.0, wins.day),
        chance=np.where(won, 1.0, np.where(lost, 0.0, wins.chance)),
        won=(wins.won | won) & ~lost,
    )
    return replace(opened, wins=wins, money=opened.money * levers.price)


def _new_with(setting: Setting, new: Followed, levers: Levers) -> Followed:
    owners = max(new.deals[n.OWNER].nunique(), 1)
    month = np.searchsorted(setting.calendar.month_ends, new.paths.start, side="right")
    joined = np.minimum((month + 1) / RAMP_MONTHS, 1.0)
    times = levers.volume * (1 + levers.hires / owners * joined)
    wins = _later(new.wins, levers.slip_days)
    return replace(new, wins=wins, money=new.money * times * levers.price)
