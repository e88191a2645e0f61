"""What hangs on each open deal: the money that it is worth, and how unsure that is."""

from dataclasses import dataclass
from datetime import date
from statistics import NormalDist
from typing import Literal

import numpy as np
import pandas as pd

from salespipe import names as n
from salespipe.checks.finding import Facts
from salespipe.tables import Tables

__all__ = ["Basis", "Stakes", "forecast_stakes", "stage_stakes"]

type Basis = Literal["weighted", "likely"]
"""How deals are valued: stage-weighted amounts, or what a forecast expects."""


@dataclass(frozen=True)
class Stakes:
    """What hangs on the open deals.

    Attributes
    ----------
    basis : {"weighted", "likely"}
    worth : Series
        Money, by deal id.
    variances : Series
        Variance of what it brings, money squared, by deal id.
    width : float
        Money from worst to best.
    spreads : float
        How many standard deviations of a normal distribution lie between worst and best.
    """

    basis: Basis
    worth: "pd.Series[float]"
    variances: "pd.Series[float]"
    width: float
    spreads: float

    def narrower(self, deal_ids: "list[str]") -> float:
        """Give by how much money the range would be narrower if the end of deals were known.

        Deals are won independently of each other, so that their variances add up; what is left
        of the range is as wide as what is left of its variance.
        """
        known = float(self.variances.reindex(deal_ids).fillna(0.0).sum())
        left = max((self.width / self.spreads) ** 2 - known, 0.0)
        return self.width - self.spreads * float(np.sqrt(left))


def stage_stakes(tables: Tables, *, as_of: date) -> Stakes:
    """Value the open deals by their stages: amount × default probability.

    What is not known, for want of an amount above 0 or of an exchange rate, is taken for the median
    of the others, an unknown stage for the mean probability, since that is how much hangs on
    mending them. Money is in the workbook's currency. The range is that of these deals alone.
    """
    facts = Facts(tables, as_of)
    deals = facts.deals
    ahead = deals[n.CLOSED_ON] > facts.day
    open_ = deals[~deals[n.STAGE].isin([n.WON, n.LOST]) | ahead]
    rate = facts.rates[n.RATE]
    final = deals[n.AMOUNT] * rate
    money = (deals[n.AMOUNT].fillna(deals[n.LISTED_AMOUNT]) * rate).reindex(open_.index)
    money = money.where(money > 0, final[final > 0].median()).fillna(0.0)
    probability = {stage.name: stage.probability for stage in tables.stages}
    chance = open_[n.STAGE].map(probability).astype("float64")
    chance = chance.fillna(chance.mean() if chance.notna().any() else 0.5)
    worth, variances = (
        made.groupby(open_[n.DEAL_ID]).sum()
        for made in (money * chance, money**2 * chance * (1 - chance))
    )
    spreads = _spreads(tables.settings.quantiles)
    width = spreads * float(np.sqrt(variances.sum()))
    return Stakes("weighted", worth, variances, width, spreads)


def forecast_stakes(
    deals: pd.DataFrame, *, width: float, quantiles: tuple[float, float, float]
) -> Stakes:
    """Value the open deals by what a forecast expects of them, which is better than their stages.

    Parameters
    ----------
    deals : DataFrame
        Columns :data:`salespipe.results.DEAL_COLUMNS`.
    width : float
        Money from the worst to the best total.
    quantiles : tuple of float
        Probabilities of worst, likely and best.
    """
    told = deals.set_index(n.DEAL_ID)
    chance = told["p_won_by_end"]
    brings = (told["expected_value"] / told["p_won"]).where(told["p_won"] > 0, 0.0)
    variances = brings**2 * chance * (1 - chance)
    return Stakes("likely", told["expected_value"], variances, width, _spreads(quantiles))


def _spreads(quantiles: tuple[float, float, float]) -> float:
    normal = NormalDist()
    return normal.inv_cdf(quantiles[2]) - normal.inv_cdf(quantiles[0])
