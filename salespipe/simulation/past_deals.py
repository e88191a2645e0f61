"""Nearest past deals: closed deals that are most like an open one, and how they ended."""

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import names as n
from salespipe.bands import first_amount
from salespipe.days import days_since_epoch, epoch_day
from salespipe.pipeline import Pipeline
from salespipe.tables import look_up

__all__ = ["NEAREST", "NONE_YET", "nearest_past"]

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]

NEAREST: Final = 3
"""Past deals named for each open one."""

RECENT: Final = 1_000
"""Closed deals looked through for each stage, the latest first."""

LEFT_SOONER: Final = 100.0
"""Distance of a deal that had left the stage at this age already: it says nothing of staying on,
and is only taken where too few others are there."""

NONE_YET: Final = "No deal has closed yet that was in this stage"
"""Said of an open deal that nothing past can be put beside."""


def nearest_past(pipeline: Pipeline, deals: pd.DataFrame) -> list[str]:
    r"""Name the closed deals that were most like each open deal when they stood where it stands.

    Only deals that were in the same stage count, and first those that were still in it after as
    many days: to put a deal beside those that went on at once would flatter or damn it by its age
    alone. Among them the distance is

    .. math:: |\log a - \log a'| / s + [owner \ne owner'] + [segment \ne segment']

    with amounts :math:`a` as first listed and their standard deviation :math:`s` on the
    logarithm; an amount that is not known is one away. Of two that are as near, the later closed
    one comes first.

    Parameters
    ----------
    pipeline : Pipeline
    deals : DataFrame
        Open deals, columns as in the pipeline.

    Returns
    -------
    list of str
        Such as ``won: Acme (D-12); lost: Beta (D-7)``, nearest first; :data:`NONE_YET` where no
        closed deal was in the stage.
    """
    if deals.empty:
        return []
    past = _visits(pipeline)
    one = len(pipeline.steps) == 1
    stage = np.full(len(deals), pipeline.steps[0].name) if one else deals[n.STAGE].to_numpy()
    today = float(epoch_day(pipeline.day) + 1)
    stood = np.nan_to_num(np.maximum(today - days_since_epoch(deals[n.ENTERED_ON]), 0.0))
    worth = _log_amount(deals)
    owner, segment = (_coded(past[name], deals[name]) for name in (n.OWNER, n.SEGMENT))
    past = past.assign(**{n.OWNER: owner[0], n.SEGMENT: segment[0]})
    told = np.full(len(deals), NONE_YET, dtype=object)
    for name, visits in past.groupby(n.STAGE, sort=False):
        visited = visits.head(RECENT)
        amount = visited["worth"].to_numpy("float64")
        known = amount[np.isfinite(amount)]
        scale = max(float(known.std()) if len(known) else 1.0, 0.1)
        stayed = visited["stayed"].to_numpy("float64")
        owners, segments = visited[n.OWNER].to_numpy(), visited[n.SEGMENT].to_numpy()
        named = visited["named"].to_numpy()
        for row in np.flatnonzero(stage == name):
            apart = np.nan_to_num(np.abs(amount - worth[row]) / scale, nan=1.0)
            apart = apart + (owners != owner[1][row]) + (segments != segment[1][row])
            sooner = stayed < stood[row]
            apart += np.where(sooner, LEFT_SOONER + stood[row] - stayed, 0.0)
            nearest = np.argsort(apart, kind="stable")[:NEAREST]
            told[row] = "; ".join(named[nearest])
    return [str(words) for words in told]


def _coded(past: pd.Series, now: pd.Series) -> tuple[Ints, Ints]:
    """Give names as numbers, those of closed and of open deals alike."""
    code, _ = pd.factorize(pd.concat([past, now]).fillna(n.UNKNOWN))
    return code[: len(past)], code[len(past) :]


def _visits(pipeline: Pipeline) -> pd.DataFrame:
    """Give each closed deal's last stay in each stage, latest closed first."""
    closed = pipeline.closed_deals.set_index(n.DEAL_ID)
    stays = pipeline.stays[pipeline.stays[n.LEFT_ON].notna()]
    stays = stays[stays[n.DEAL_ID].isin(closed.index)]
    stays = stays.drop_duplicates([n.DEAL_ID, n.STAGE], keep="last")
    account = closed[n.ACCOUNT].fillna("")
    # A semicolon tells deals apart.
    called = account.where(account != "", closed.index.to_series()).str.replace(";", ",")
    number = np.where(account != "", " (" + closed.index.to_series() + ")", "")
    about = closed.assign(
        worth=_log_amount(closed), named=closed[n.OUTCOME] + ": " + called + number
    )
    keep = (n.OWNER, n.SEGMENT, n.CLOSED_ON, "worth", "named")
    table = stays.assign(**{key: look_up(stays[n.DEAL_ID], about[key]) for key in keep})
    table["stayed"] = days_since_epoch(stays[n.LEFT_ON]) - days_since_epoch(stays[n.ENTERED_ON])
    return table.sort_values(n.CLOSED_ON, ascending=False, kind="stable")


def _log_amount(deals: pd.DataFrame) -> Floats:
    worth = first_amount(deals)
    logged: Floats = np.log(np.where(worth > 0, worth, np.nan))
    return logged
