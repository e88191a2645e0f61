"""The knobs of a made-up company."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

import pandas as pd

from salespipe.errors import SettingsError
from salespipe.settings import Settings
from salespipe.stages import DEFAULT_STAGES, Stage, open_stages, validate_stages

__all__ = ["AGE_CUTS", "Company", "PerQuarterMonth"]

AGE_CUTS: Final = (3, 7, 14, 30, 45, 60, 90, 120, 180, 365)
"""Days in a stage at which the rate of leaving it may jump: ends of all age bands but the last."""

type PerQuarterMonth = tuple[float, float, float]


@dataclass(frozen=True)
class Company:
    """The knobs of a made-up company.

    Effects on timing add to the log of a daily rate, effects on winning to the logit of going on
    to the next stage, effects on arrivals to the log of deals per month. Whatever is given per age
    band or quarter month is centred; what is drawn (owners, segments) is centred after drawing.

    Attributes
    ----------
    start : date
        First day of the workbook; the first of a month.
    months : int
        Months over which about `deals` deals arrive; :attr:`end` is their last day, the usual
        as-of date.
    future_months : int
        Months simulated beyond them, so that a forecast can be scored.
    burn_in : int
        Months simulated before `start`. With 0 the workbook holds every deal that ever was, and
        revenue climbs from nothing in its first months. With 12, say, the deals open on `start`
        were typed in then as well: revenue is steady from the first month, but deals closed
        before `start` are nowhere to be seen (left truncation), and the change log begins there.
    deals : int
        Expected number of deals created in `months`.
    n_owners : int
    segments : tuple of str
    stages : tuple of Stage
        The typical days are the true mean stay in each open stage of an average month and owner;
        the default probabilities, times `win_lift`, give the chances of going on.
    settings : Settings
        Currency, company name and fiscal year (whose quarter months have effects).
    win_lift : float
        By how much a new deal's chance to win exceeds the first stage's default probability.
    skip : float
        Probability that a deal which goes on passes over the next stage.
    age_effect : tuple of float
        Per age band, log rate.
    moq_timing, moq_win, moq_arrivals : tuple of three floats
        Per month of the fiscal quarter: log rate, logit, log deals per month.
    owner_spread, owner_timing_spread, segment_spread : float
        Standard deviation between owners (logit; log rate) and between segments (logit).
    shock_scale, timing_shock_scale, shock_rho : float
        Monthly shocks shared by all deals: AR(1) with this marginal standard deviation (logit;
        log rate) and coefficient.
    market_win, market_arrivals : float
        Effect of 10 points of the market index (logit; log deals per month).
    market_scale : float
        Marginal standard deviation of the index around 100, points.
    season : float
        Amplitude of the yearly wave in arrivals, log deals per month.
    arrivals_dispersion : float
        Variance of deals per month is mean + mean^2 / dispersion; ``inf`` gives Poisson.
    amount_median, amount_log_sd, amount_spread : float
        Listed amounts: money, standard deviation of the log within a segment and of the log
        medians between segments.
    final_shift, final_scale : float
        log(final / listed) of a won deal is shift + scale x Student t with 5 degrees of freedom.
    rep_bias, rep_bias_spread : float
        Mean and standard deviation over owners of overconfidence, logit.
    lazy : float
        Share of stays in which the owner leaves a passed expected close date as it is.
    activities_per_week : float
        Logged activities per open deal and week.
    target_stretch : float
        Team target over expected revenue.
    sloppiness : float
        Share passed to :func:`salespipe.synthetic.make_sloppy`; 0 leaves the workbook complete.
    """

    start: date = date(2024, 5, 1)
    months: int = 30
    future_months: int = 24
    burn_in: int = 0
    deals: int = 2000
    n_owners: int = 8
    segments: tuple[str, ...] = ("Instruments", "Software", "Service")
    stages: tuple[Stage, ...] = DEFAULT_STAGES
    settings: Settings = field(default_factory=lambda: Settings(company="Zubrex (made up)"))
    win_lift: float = 1.5
    skip: float = 0.08
    age_effect: tuple[float, ...] = (-0.4, 0.0, 0.2, 0.25, 0.2, 0.15, 0.1, 0.0, -0.1, -0.2, -0.2)
    moq_timing: PerQuarterMonth = (-0.15, -0.05, 0.20)
    moq_win: PerQuarterMonth = (-0.28, -0.03, 0.31)
    moq_arrivals: PerQuarterMonth = (0.05, 0.0, -0.05)
    owner_spread: float = 0.3
    owner_timing_spread: float = 0.15
    segment_spread: float = 0.3
    shock_scale: float = 0.25
    timing_shock_scale: float = 0.10
    shock_rho: float = 0.5
    market_win: float = 0.15
    market_arrivals: float = 0.10
    market_scale: float = 8.0
    season: float = 0.10
    arrivals_dispersion: float = 30.0
    amount_median: float = 20_000.0
    amount_log_sd: float = 0.6
    amount_spread: float = 0.5
    final_shift: float = -0.05
    final_scale: float = 0.10
    rep_bias: float = 0.3
    rep_bias_spread: float = 0.4
    lazy: float = 0.25
    activities_per_week: float = 0.5
    target_stretch: float = 1.05
    sloppiness: float = 0.0

    def __post_init__(self) -> None:
        """Check what the simulation relies on.

        Raises
        ------
        SettingsError
            A knob is out of range.
        """
        validate_stages(self.stages)
        rules = {
            "start": (self.start.day == 1, "the first of a month"),
            "months": (self.months >= 1, "at least 1"),
            "future_months": (self.future_months >= 0, "at least 0"),
            "burn_in": (self.burn_in >= 0, "at least 0"),
            "deals": (self.deals >= 1, "at least 1"),
            "n_owners": (1 <= self.n_owners <= 400, "from 1 to 400"),
            "segments": (len(self.segments) >= 1, "at least one name"),
            "win_lift": (self.win_lift > 0, "more than 0"),
            "skip": (0 <= self.skip <= 1, "from 0 to 1"),
            "age_effect": (len(self.age_effect) == len(AGE_CUTS) + 1, "one number per age band"),
            "shock_rho": (-1 < self.shock_rho < 1, "between -1 and 1"),
            "arrivals_dispersion": (self.arrivals_dispersion > 0, "more than 0"),
            "sloppiness": (0 <= self.sloppiness <= 1, "from 0 to 1"),
        }
        for knob, (fits, allowed) in rules.items():
            if not fits:
                raise SettingsError(
                    f"A made-up company cannot have {knob} = {getattr(self, knob)}; give {allowed}."
                )

    @property
    def steps(self) -> tuple[Stage, ...]:
        """The open stages, in order."""
        return open_stages(self.stages)

    @property
    def calendar(self) -> pd.DatetimeIndex:
        """First days of all months simulated, burn-in and future included."""
        origin = pd.Timestamp(self.start) - pd.DateOffset(months=self.burn_in)
        periods = self.burn_in + self.months + self.future_months
        return pd.date_range(origin, periods=periods, freq="MS", unit="us")

    @property
    def end(self) -> date:
        """Last day of `months`."""
        after: date = (pd.Timestamp(self.start) + pd.DateOffset(months=self.months)).date()
        return after - timedelta(days=1)

    @property
    def last_day(self) -> date:
        """Last day simulated."""
        after: date = (self.calendar[-1] + pd.DateOffset(months=1)).date()
        return after - timedelta(days=1)
