"""The forecast: draws of revenue by month and group, and what is said of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import names as n
from salespipe.cards import line
from salespipe.days import month_number
from salespipe.errors import AsOfError
from salespipe.exposure import codes
from salespipe.inference.fit import Fit
from salespipe.money import money_text
from salespipe.periods import Period, months_after, quarter
from salespipe.results import PERIOD_COLUMNS, SCENARIO_COLUMNS
from salespipe.simulation.deals import describe_deals
from salespipe.simulation.followed import follow_new, follow_open
from salespipe.simulation.from_above import view_from_above
from salespipe.simulation.movers import find_movers
from salespipe.simulation.notes import notes, paths_note
from salespipe.simulation.pool import Record, Views, pool, weights
from salespipe.simulation.posterior import Apart
from salespipe.simulation.record import past_record
from salespipe.simulation.revenue import DealDraws, Revenue, by_deal, collect
from salespipe.simulation.scenarios import market_adds, usual_scenarios
from salespipe.simulation.setting import DRAWS, LEAST_DRAWS, PATHS, set_up
from salespipe.simulation.summarise import Groups, summarise, summarise_groups
from salespipe.targets import owner_quotas, quota_of, team_quotas
from salespipe.wording import Words

if TYPE_CHECKING:
    from salespipe.plots.picture import Picture

__all__ = ["DRAWS", "LEAST_DRAWS", "PATHS", "Forecast", "View", "forecast"]

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]

type View = Literal["fan", "parts", "total", "owners", "segments", "deals", "movers"]
"""What a picture of a forecast shows."""


@dataclass(frozen=True)
class Forecast:
    """Revenue to come, draw by draw.

    Attributes
    ----------
    fit : Fit
        What it rests on.
    months : tuple of Period
        Months simulated, in order; at least to the end of the running quarter.
    horizon : int
        How many of them were asked for.
    won : Groups
        Money already won in those months, by owner and by segment.
    won_before : ndarray, shape (month,)
        Money won in the months of the first quarter that lie before `months`.
    open, new : Revenue
        Simulated revenue of deals open now and of deals yet to be created, pooled with the view
        from above.
    views : Views
        The two views before they were pooled, and their weights.
    deals : DataFrame
        Columns :data:`salespipe.results.DEAL_COLUMNS`; chances within the horizon as pooled.
    deal_months : DataFrame
        Money: mean of what each open deal brings in each month as pooled, index = deal id, columns
        = labels of `months`; they add up to the mean of `open`.
    notes : tuple of str
        What a reader has to know beside the numbers.
    scenarios : DataFrame
        Columns :data:`salespipe.results.SCENARIO_COLUMNS`: the forecast, and what the usual levers
        make of it.
    market : ndarray, shape (month,)
        Money that the assumed paths of market indices add in the mean, against indices as they
        were on average; empty where no index is used.
    """

    fit: Fit
    months: tuple[Period, ...]
    horizon: int
    won: Groups
    won_before: float
    open: Revenue
    new: Revenue
    views: Views
    deals: pd.DataFrame
    deal_months: pd.DataFrame
    notes: tuple[str, ...]
    scenarios: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=SCENARIO_COLUMNS))
    market: Floats = field(default_factory=lambda: np.zeros(0))

    @property
    def draws(self) -> Floats:
        """Revenue by draw and month, money, what is won already included."""
        return self.open.total + self.new.total + self.won.by_owner.sum(axis=1)

    def summary(self) -> pd.DataFrame:
        """Give worst, likely and best by month, quarter and in total.

        Returns
        -------
        DataFrame
            Columns :data:`salespipe.results.PERIOD_COLUMNS`.
        """
        return summarise(self)

    def by_owner(self) -> pd.DataFrame:
        """Give the total of each owner.

        Returns
        -------
        DataFrame
            Columns :data:`salespipe.results.GROUP_COLUMNS`.
        """
        targets = self.fit.pipeline.targets
        return summarise_groups(
            self, n.OWNER, quotas=lambda owner: owner_quotas(targets, owner=owner)
        )

    def by_segment(self) -> pd.DataFrame:
        """Give the total of each segment.

        Returns
        -------
        DataFrame
            Columns :data:`salespipe.results.GROUP_COLUMNS`.
        """
        return summarise_groups(self, n.SEGMENT, quotas=None)

    def plot(self, view: View = "fan") -> "Picture":
        """Draw the forecast.

        Parameters
        ----------
        view : {"fan", "parts", "total", "owners", "segments", "deals", "movers"}
            Past and coming revenue by month; what each month's mean is made of; the distribution
            of the total beside its target; ranges by owner or segment; the deals that matter; the
            deals that move the total most.

        Returns
        -------
        Picture
            A matplotlib figure.
        """
        # Loaded here: the command line draws nothing and should start quickly.
        from salespipe import kpi, plots  # noqa: PLC0415

        settings = self.fit.pipeline.settings
        money, chances, words = settings.currency, settings.quantiles, settings.language
        if view == "parts":
            return plots.contributions(self.summary(), currency=money, language=words)
        if view == "total":
            row = self.summary().iloc[-1]
            asked = self.draws[:, : self.horizon].sum(axis=1)
            return plots.total(asked, row=row, currency=money, quantiles=chances, language=words)
        if view == "owners":
            return plots.ranges(self.by_owner(), by=n.OWNER, currency=money, language=words)
        if view == "segments":
            return plots.ranges(self.by_segment(), by=n.SEGMENT, currency=money, language=words)
        if view in {"deals", "movers"}:
            moved = view == "movers"
            draw = plots.deal_movers if moved else partial(plots.deal_chances, currency=money)
            return draw(self.deals, language=words)
        past = kpi.history(self.fit.pipeline)
        return plots.fan(
            self.summary(), history=past, currency=money, quantiles=chances, language=words
        )

    def __repr__(self) -> str:
        """Say the total in one line."""
        whole, settings = self.summary().iloc[-1], self.fit.pipeline.settings
        told = {
            Words(key, key): money_text(whole[key], currency=settings.currency, language="en")
            for key in ("worst", "likely", "best")
        }
        span = f"{self.months[0].label} to {self.months[self.horizon - 1].label}"
        return line("Forecast", f"as of {self.fit.pipeline.as_of}, {span}", told)

    def _repr_html_(self) -> str:
        """Show the summary in a notebook."""
        from salespipe import plots  # noqa: PLC0415

        settings = self.fit.pipeline.settings
        columns = [name for name in PERIOD_COLUMNS if name not in {"kind", "start", "end"}]
        return plots.table(
            self.summary(),
            currency=settings.currency,
            language=settings.language,
            columns=columns,
        ).text


def forecast(
    fit: Fit,
    *,
    months: int | None = None,
    record: Record | None = None,
    draws: int | None = None,
    apart: Apart | None = None,
    details: bool = True,
    progress: Callable[[str], None] | None = None,
) -> Forecast:
    """Simulate revenue from a fit.

    Parameters
    ----------
    fit : Fit
    months : int, optional
        Months to forecast; by default the Settings sheet's horizon. The first one is the month
        of the day after the as-of date.
    record : Record, optional
        How the views from below and from above scored at past as-of dates; moves their weights.
        By default that of the forecasts that were kept beside the workbook.
    draws : int, optional
        Posterior draws simulated; by default as many as the open deals call for.
    apart : Apart, optional
        What this part of a company has of its own, where the fit is shared by others.
    details : bool
        Whether to add what a report shows beside the numbers: the usual scenarios, and what the
        market adds. A backtest shows neither.
    progress : callable, optional
        Told what is being done.
    """
    pipeline, exposure = fit.pipeline, fit.exposure
    horizon = months or pipeline.settings.horizon
    if not 1 <= horizon <= 24:
        raise AsOfError(f"{horizon} months cannot be forecast; ask for 1 to 24.")
    span = _months(fit, horizon)
    numbers = np.array([month_number(pd.Timestamp(month.start)) for month in span])
    if progress:
        progress("Simulating open deals and new business")
    setting = set_up(fit, span, draws=draws, apart=apart)
    followed = follow_open(setting)
    opened, each = collect(setting, followed), by_deal(setting, followed)
    to_come = follow_new(setting)
    new = collect(setting, to_come)
    below = opened.total
    won = _won(fit, span)
    scored = past_record(pipeline) if record is None else record
    path = setting.posterior.market_path
    views = _views(below + new.total, view_from_above(fit, numbers, path), scored)
    opened, new = pool(opened, new, views)
    # What the history takes off the open deals is taken off the chance of each alike, so that the
    # deals still add up to them.
    kept = opened.total.sum() / below.sum() if below.sum() > 0 else 1.0
    each = replace(each, p_won_by_end=each.p_won_by_end * kept)
    asked = opened.total[:, :horizon]
    movers = find_movers(
        followed,
        setting.calendar,
        total=(asked + new.total[:, :horizon]).sum(axis=1) + won.by_owner[:horizon].sum(),
        kept=np.divide(asked, below[:, :horizon], out=np.ones_like(asked), where=asked > 0),
        target=quota_of(team_quotas(pipeline.targets), span[:horizon]),
    )
    made = Forecast(
        fit=fit,
        months=tuple(span),
        horizon=horizon,
        won=won,
        won_before=_won_before(fit, span[0]),
        open=opened,
        new=new,
        views=views,
        deals=describe_deals(pipeline, exposure, setting.posterior, each, movers),
        deal_months=_deal_months(each, opened.total.mean(axis=0), span),
        notes=notes(fit, views, setting.slips, record=scored),
    )
    if not details:
        return made
    usual = usual_scenarios(made, setting, followed, to_come)
    made = replace(made, scenarios=usual.table())
    if fit.market.indices:
        added = market_adds(made, setting, followed, to_come)
        share = added[:horizon].sum() / max(made.draws[:, :horizon].sum(axis=1).mean(), 1e-9)
        made = replace(made, market=added, notes=(*made.notes, paths_note(float(share))))
    return made


def _deal_months(draws: DealDraws, pooled: Floats, months: Sequence[Period]) -> pd.DataFrame:
    """Let what the deals bring add up to what the open deals bring together, month by month."""
    alone = draws.by_month.sum(axis=0)
    share = np.divide(pooled, alone, out=np.zeros_like(alone), where=alone > 0)
    return pd.DataFrame(
        draws.by_month * share,
        index=pd.Index(draws.deal_id, name=n.DEAL_ID, dtype="str"),
        columns=[month.label for month in months],
    )


def _views(below: Floats, above: Floats | None, record: Record | None) -> Views:
    """Weigh the two views, where there is history enough for the one from above."""
    if above is None:
        return Views(below, None, np.ones(below.shape[1]))
    return Views(below, above, weights(below, above, record=record))


def _months(fit: Fit, horizon: int) -> list[Period]:
    """List the months asked for, and on to the end of the running quarter."""
    as_of, fiscal = fit.pipeline.as_of, fit.pipeline.settings.fiscal_year_start
    asked = months_after(as_of, horizon)
    ends = quarter(asked[0].start, fiscal_year_start=fiscal).end
    return [month for month in months_after(as_of, max(horizon, 3)) if month.start < ends] + [
        month for month in asked if month.start >= ends
    ]


def _won_deals(fit: Fit) -> pd.DataFrame:
    deals = fit.pipeline.deals
    return deals[(deals[n.OUTCOME] == n.WON) & deals[n.AMOUNT].notna()]


def _won(fit: Fit, months: Sequence[Period]) -> Groups:
    """Sum what is already won in the months, which only the running one can hold."""
    won = _won_deals(fit)
    edges = pd.DatetimeIndex([month.start for month in months] + [months[-1].end])
    place = np.searchsorted(edges.to_numpy(), won[n.CLOSED_ON].to_numpy(), side="right") - 1
    inside = (place >= 0) & (place < len(months))

    def sums(column: str, levels: tuple[str, ...]) -> Floats:
        group = codes(won[column], levels)
        out = np.zeros((len(months), len(levels)))
        np.add.at(out, (place[inside], group[inside]), won[n.AMOUNT].to_numpy("float64")[inside])
        return out

    return Groups(sums(n.OWNER, fit.exposure.owners), sums(n.SEGMENT, fit.exposure.segments))


def _won_before(fit: Fit, first: Period) -> float:
    """Sum what the running quarter won in its months before the first simulated one."""
    fiscal = fit.pipeline.settings.fiscal_year_start
    begin = quarter(first.start, fiscal_year_start=fiscal).start
    won = _won_deals(fit)
    closed = won[n.CLOSED_ON]
    inside = (closed >= pd.Timestamp(begin)) & (closed < pd.Timestamp(first.start))
    return float(won.loc[inside, n.AMOUNT].sum())
