"""Pooling the two views of revenue: from below (deals) and from above (revenue history)."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from salespipe.simulation.revenue import Revenue

__all__ = ["Record", "Views", "bring_to", "pool", "weights"]

type Floats = npt.NDArray[np.float64]

STATED_WORTH: Final = 4.0
"""Past as-of dates that the precision which the views claim for themselves is worth."""

LEAST: Final = 0.05
"""Weight that each view keeps: neither is ever sure enough to silence the other."""

ALIKE: Final = 0.5
"""Correlation of the views' errors: both miss what nobody can know of a month, each has its own
blind spots beside it."""

WIDTH: Final = 2.563
"""Width of a normal distribution's central 80 % in standard deviations."""


@dataclass(frozen=True)
class Record:
    """How the views scored at past as-of dates.

    Attributes
    ----------
    below, above : ndarray, shape (date, month)
        Continuous ranked probability scores by horizon, money; NaN where the actual is not known
        yet.
    """

    below: Floats
    above: Floats


@dataclass(frozen=True)
class Views:
    """The two views side by side, revenue to come by draw and month, money.

    Attributes
    ----------
    below : ndarray, shape (draw, month)
    above : ndarray, shape (draw, month), or None
        None where there is too little history.
    weight : ndarray, shape (month,)
        Of the view from below; 1 without the other.
    """

    below: Floats
    above: Floats | None
    weight: Floats


def weights(below: Floats, above: Floats, *, record: Record | None = None) -> Floats:
    r"""Weigh the view from below against the one from above, month by month.

    Two forecasts whose errors have standard deviations :math:`\sigma_b, \sigma_a` and correlation
    :math:`\rho` are best averaged with the weight (Bates and Granger, 1969, Operational Research
    Quarterly 20(4))

    .. math::

        w = \frac{r^2 - \rho r}{1 + r^2 - 2 \rho r}, \quad r = \sigma_a / \sigma_b

    What the views state of themselves is where :math:`r` begins; scores of past dates move it:
    :math:`\log r` is the average of its stated value, worth :data:`STATED_WORTH` dates, and of
    :math:`\log(c_a / c_b)`, the ratio of the mean scores over :math:`n` past dates.

    Parameters
    ----------
    below, above : ndarray, shape (draw, month)
    record : Record, optional

    Returns
    -------
    ndarray, shape (month,)
        Weight of `below`, between :data:`LEAST` and 1 - :data:`LEAST`.
    """
    total = STATED_WORTH * np.log(_spread(above) / _spread(below))
    worth = np.full(below.shape[1], STATED_WORTH)
    if record is not None:
        for month in range(min(below.shape[1], record.below.shape[1])):
            pairs = np.column_stack([record.below[:, month], record.above[:, month]])
            pairs = pairs[np.isfinite(pairs).all(axis=1)]
            if len(pairs) and (pairs.mean(axis=0) > 0).all():
                low, high = pairs.mean(axis=0)
                total[month] += len(pairs) * np.log(high / low)
                worth[month] += len(pairs)
    ratio = np.exp(total / worth)
    best = (ratio**2 - ALIKE * ratio) / (1 + ratio**2 - 2 * ALIKE * ratio)
    weight: Floats = np.clip(best, LEAST, 1 - LEAST)
    return weight


def pool(open_: Revenue, new: Revenue, views: Views) -> tuple[Revenue, Revenue]:
    """Pool the views and bring every part along, so that parts add up to the total in every draw.

    A month's pooled distribution has the weighted averages of the views' quantiles: as wide as the
    views are on average, where a mixture would be wider than both. It is not drawn in for what the
    average of two forecasts misses less than each: on public data ranges then held too little. Its
    draws come in the order of those from below, so that months and parts hang together as deals
    make them.

    Open deals bring what they bring: what is added to a draw counts as new business, shared out as
    that is expected to be, and what is taken off comes off new business first. Otherwise the open
    deals would sum to more than their amounts wherever the history promises more than they hold.

    Parameters
    ----------
    open_, new : Revenue
        From below.
    views : Views

    Returns
    -------
    open, new : Revenue
    """
    if views.above is None:
        return open_, new
    below = views.below
    total = np.empty_like(below)
    for month, weight in enumerate(views.weight):
        order = np.argsort(below[:, month], kind="stable")
        mixed = weight * below[order, month] + (1 - weight) * np.sort(views.above[:, month])
        total[order, month] = mixed
    of_open = np.minimum(open_.total, total)
    of_new = total - of_open
    added = np.maximum(of_new - new.total, 0.0)
    kept = _scaled(new, of_new - added)
    return _scaled(open_, of_open), _with_added(kept, added, open_, new)


def bring_to(
    open_: Revenue, new: Revenue, of_open: Floats, of_new: Floats
) -> tuple[Revenue, Revenue]:
    """Bring a part's revenue to totals by draw and month, its owners and segments in proportion.

    Parameters
    ----------
    open_, new : Revenue
    of_open, of_new : ndarray, shape (draw, month)
        What open deals and new business are to bring.

    Returns
    -------
    open, new : Revenue
        New business that a draw has none of is shared out as it is expected to be.
    """
    missing = np.where(new.total > 0, 0.0, of_new)
    return _scaled(open_, of_open), _with_added(_scaled(new, of_new), missing, open_, new)


def _with_added(kept: Revenue, added: Floats, open_: Revenue, new: Revenue) -> Revenue:
    return Revenue(
        kept.by_owner + added[:, :, None] * _shares(open_.by_owner, new.by_owner),
        kept.by_segment + added[:, :, None] * _shares(open_.by_segment, new.by_segment),
    )


def _scaled(revenue: Revenue, total: Floats) -> Revenue:
    """Bring revenue to a total by draw and month, every owner and segment in proportion."""
    have = revenue.total
    factor = np.divide(total, have, out=np.ones_like(have), where=have > 0)[:, :, None]
    return Revenue(revenue.by_owner * factor, revenue.by_segment * factor)


def _shares(open_: Floats, new: Floats) -> Floats:
    """Share of each owner or segment in a month's new business, else in all of it, else alike."""
    expected = new.mean(axis=0)
    for other in (open_.mean(axis=0), np.ones_like(expected)):
        blank = expected.sum(axis=1) <= 0
        expected[blank] = other[blank]
    return np.asarray(expected / expected.sum(axis=1, keepdims=True))


def _spread(draws: Floats) -> Floats:
    """Give the standard deviation that the central 80 % has: freak draws count for nothing."""
    low, high = np.quantile(draws, [0.1, 0.9], axis=0)
    usual = np.maximum(np.abs(draws).mean(axis=0), 1.0)
    return np.asarray(np.maximum((high - low) / WIDTH, 1e-3 * usual), dtype=np.float64)
