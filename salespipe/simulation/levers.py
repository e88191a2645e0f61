"""Levers: what can be different in a scenario, and the ones that are usually pulled."""

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

import numpy as np

from salespipe.errors import SettingsError

if TYPE_CHECKING:
    from salespipe.simulation.forecast import Forecast

__all__ = ["MARKET_PATHS", "RAMP_MONTHS", "Levers", "usual_levers"]

MARKET_PATHS: Final = ("worst", "likely", "best", "average")
"""Paths that market indices can take in a scenario."""

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
    market : {"", "worst", "likely", "best", "average"}
        The path that all market indices take, instead of one drawn between worst and best:
        one that the Market sheet assumes, or what they were on average.
    """

    win_rate: float = 1.0
    volume: float = 1.0
    price: float = 1.0
    slip_days: float = 0.0
    hires: float = 0.0
    won: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    market: str = ""

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
            "market": (self.market in {"", *MARKET_PATHS}, f"one of {', '.join(MARKET_PATHS)}"),
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
    if forecast.fit.market.indices:
        named["Market: the worst path"] = Levers(market="worst")
        named["Market: the best path"] = Levers(market="best")
    deals = forecast.deals
    if len(deals):
        largest = str(deals["deal_id"].iloc[0])
        named[f"Deal {largest} won"] = Levers(won=(largest,))
        named[f"Deal {largest} lost"] = Levers(lost=(largest,))
    return named
