"""What the win-rate model has learned, in words that need no logits: chances of winning."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

from salespipe import names as n
from salespipe.bands import AGE_GROUPS, CALLS, DUE_BANDS
from salespipe.days import quarter_months
from salespipe.inference.fit import Fit
from salespipe.models.prior_chances import draw_prior_chances
from salespipe.models.win_rate import WinRatePriors
from salespipe.simulation.posterior import LANDING_STRENGTH, call_effects, due_effects

__all__ = [
    "CHANCE_COLUMNS",
    "PROB",
    "By",
    "Gap",
    "absorbed",
    "effects_of",
    "exits_of",
    "gap",
    "landing_of",
    "prior_chances",
    "thinned",
    "win_chances",
]

type Floats = npt.NDArray[np.float64]
type By = Literal["owner", "segment", "stage", "quarter_month", "call"]

CHANCE_COLUMNS: Final = ("group", "value", "low", "high", "n")
"""Columns of :func:`win_chances`, with ``reference`` after them where groups are stages."""

PROB: Final = 0.9
"""Probability of every interval, central."""

CERTAIN: Final = 0.95
"""Probability of being truly ahead from which on two groups are told apart."""

DRAWS: Final = 1_000

MOST: Final = 4_000
"""Exits of a stage that stand for all of them, where its history has more that differ."""

PRIOR_DRAWS: Final = 20_000

GROUPS: Final = (n.OWNER, n.SEGMENT, n.SOURCE, "size", "call")
"""What deals are told apart by, beside where they stand."""


@dataclass(frozen=True)
class Gap:
    """The two groups that lie farthest apart.

    Attributes
    ----------
    first, last : str
        Groups with the highest and the lowest chance.
    difference, low, high : float
        Between their chances, median and interval of probability :data:`PROB`; shares.
    probability : float
        That the first is truly ahead of the last.
    """

    first: str
    last: str
    difference: float
    low: float
    high: float
    probability: float

    @property
    def told_apart(self) -> bool:
        """Whether the data tell them apart: the first is ahead with 95 % probability."""
        return self.probability >= CERTAIN

    def __str__(self) -> str:
        """Say it in one sentence."""
        low, high = round(100 * self.low), round(100 * self.high)
        span = f"{self.first} is {low} to {high} points ahead of {self.last}"
        interval = f"(interval of {100 * PROB:.0f} %)"
        if self.told_apart:
            return f"They differ: {span} {interval}."
        return f"They cannot be told apart: {span} {interval}."


def win_chances(fit: Fit, *, by: By) -> pd.DataFrame:
    """Give the chance that a new deal is won, for every group, all else being equal.

    Each group is given the same exits, those of the whole history (their stages, ages, expected
    close dates, quarter months, owners and segments), so that nobody looks better for having had
    the easier deals; months' shocks are left out. Where groups are stages, it is the chance of a
    deal that enters the stage.

    Parameters
    ----------
    fit : Fit
    by : {"owner", "segment", "stage", "quarter_month", "call"}
        ``call`` is the owner's own: :data:`salespipe.bands.CALLS`.

    Returns
    -------
    DataFrame
        :data:`CHANCE_COLUMNS`: median and interval of probability :data:`PROB` as shares, and the
        number of exits behind them; highest first, but stages, months and calls in their order.
        Stages have the column ``reference``, the Stages sheet's probability.
    """
    levels, chances, seen = _chances(fit, by)
    low, value, high = np.quantile(chances, [(1 - PROB) / 2, 0.5, (1 + PROB) / 2], axis=0)
    cells = {"group": levels, "value": value, "low": low, "high": high, "n": seen}
    table = pd.DataFrame(cells, columns=list(CHANCE_COLUMNS))
    if by == "stage":
        return table.assign(reference=[step.probability for step in fit.pipeline.steps])
    if by in {"quarter_month", "call"}:
        return table
    return table.sort_values("value", ascending=False, kind="stable", ignore_index=True)


def prior_chances(fit: Fit) -> pd.DataFrame:
    """Give the chance that a deal in each stage is won as the models had it before any history.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    DataFrame
        As :func:`win_chances` has stages; the value is the mean, which is what the prior is made to
        keep, and ``n`` the closed deals that it is worth.
    """
    steps, strength = fit.pipeline.steps, fit.pipeline.settings.prior_strength
    priors = WinRatePriors(strength=strength)
    drawn = draw_prior_chances(steps, priors=priors, draws=PRIOR_DRAWS, seed=fit.seed)
    low, high = np.quantile(drawn, [(1 - PROB) / 2, (1 + PROB) / 2], axis=0)
    return pd.DataFrame(
        {
            "group": [step.name for step in steps],
            "value": drawn.mean(axis=0),
            "low": low,
            "high": high,
            "n": round(strength),
            "reference": [step.probability for step in steps],
        }
    )


def gap(fit: Fit, *, by: By) -> Gap | None:
    """Compare the groups with the highest and the lowest chance; None if there is but one."""
    levels, chances, _ = _chances(fit, by)
    if len(levels) < 2:
        return None
    order = np.argsort(np.median(chances, axis=0))
    apart = chances[:, order[-1]] - chances[:, order[0]]
    low, middle, high = np.quantile(apart, [(1 - PROB) / 2, 0.5, (1 + PROB) / 2])
    return Gap(
        first=levels[order[-1]],
        last=levels[order[0]],
        difference=float(middle),
        low=float(low),
        high=float(high),
        probability=float((apart > 0).mean()),
    )


def _chances(fit: Fit, by: By) -> tuple[list[str], Floats, npt.NDArray[np.int64]]:
    """Give the levels, their chances by draw and level, and the exits seen of each."""
    cells = exits_of(fit)
    effects = effects_of(fit)
    landing = landing_of(fit)
    stages = len(fit.exposure.stages)
    if by == "stage":
        seen = cells.groupby("stage")["exits"].sum().reindex(range(stages), fill_value=0)
        onward = _onward(thinned(cells), effects, fixed=None)
        return list(fit.exposure.stages), absorbed(onward, landing), seen.to_numpy("int64")
    levels = {
        n.OWNER: list(fit.exposure.owners),
        n.SEGMENT: list(fit.exposure.segments),
        "quarter_month": ["first month", "second month", "third month"],
        "call": ["no call", *(name.replace("_", " ") for name in CALLS[1:])],
    }[by]
    seen = cells.groupby(by)["exits"].sum().reindex(range(len(levels)), fill_value=0)
    same = thinned(cells)
    chances = [
        absorbed(_onward(same, effects, fixed=(by, code)), landing)[:, 0]
        for code in range(len(levels))
    ]
    return levels, np.column_stack(chances), seen.to_numpy("int64")


def exits_of(fit: Fit) -> pd.DataFrame:
    """Count the exits over all that the model tells apart, but for the months."""
    cells = fit.exposure.cells
    fiscal = fit.pipeline.settings.fiscal_year_start
    table = cells.assign(
        age=AGE_GROUPS[cells["band"]],
        quarter_month=quarter_months(cells["month"], fiscal),
        due=cells["stage"] * len(DUE_BANDS) + cells["due"],
        exits=cells["onward"] + cells["lost"],
    )
    keys = ["stage", "age", "due", "quarter_month", *GROUPS]
    return table[table["exits"] > 0].groupby(keys, as_index=False)[["exits"]].sum()


def thinned(cells: pd.DataFrame) -> pd.DataFrame:
    """Let every so many-th exit of a stage stand for the others, where many differ.

    Chances are averages over a history's exits; over a few thousand of them, evenly spread in the
    order of what tells them apart, those are the same but for tenths of a percent.

    Parameters
    ----------
    cells : DataFrame
        Columns `stage` and `exits`; sorted.
    """
    parts = []
    for _, part in cells.groupby("stage"):
        if len(part) > MOST:
            ends = part["exits"].cumsum().to_numpy("float64")
            each = ends[-1] / MOST
            seen = np.searchsorted(ends, each * (np.arange(MOST) + 0.5), side="right")
            times = np.bincount(seen, minlength=len(part))
            parts.append(part.assign(exits=each * times)[times > 0])
        else:
            parts.append(part)
    return pd.concat(parts) if parts else cells


def effects_of(fit: Fit, *, draws: int = DRAWS) -> dict[str, Floats]:
    """Give every effect on the logit scale, by draw and level; no close date is the zero.

    Levels of due dates are those of every stage, of calls those of every owner.
    """
    posterior = fit.trees["win rate"]["posterior"].dataset
    total = posterior.sizes["chain"] * posterior.sizes["draw"]
    keep = np.linspace(0, total - 1, min(draws, total)).round().astype(np.int64)

    def of(name: str) -> Floats:
        values = posterior[name].to_numpy()
        flat: Floats = values.reshape(total, -1)[keep]
        return flat

    none = np.zeros((len(keep), 1))
    due = due_effects(posterior)[keep]
    call = call_effects(posterior)[keep]
    stages, owners = len(fit.exposure.stages), len(fit.exposure.owners)
    effects = {
        "stage": of("base"),
        "age": of("age"),
        "due": np.repeat(due, stages // due.shape[1], axis=1).reshape(len(keep), -1),
        "quarter_month": of("quarter_effect"),
        n.OWNER: of("owner_effect"),
        n.SEGMENT: of("segment_effect"),
        n.SOURCE: of("source_effect"),
        "call": np.repeat(call, owners // call.shape[1], axis=1).reshape(len(keep), -1),
        "size": none,
    }
    if "size_effect" in posterior:
        effects["size"] = np.hstack([none, of("size_effect")])
    return effects


def _onward(
    cells: pd.DataFrame, effects: dict[str, Floats], *, fixed: tuple[str, int] | None
) -> Floats:
    """Give the mean chance of going on from each stage, by draw and stage.

    A stage that nothing has left yet is taken at its own level, all other effects zero.
    """
    chance = expit(effects["stage"])
    if fixed:
        name, code = fixed
        effect = effects[name]
        if name == "call":
            effect = effect.reshape(len(effect), -1, len(CALLS)).mean(axis=1)
        chance = expit(effects["stage"] + effect[:, [code]])
        cells = cells.assign(**{name: code})
    cells = cells.assign(call=cells[n.OWNER] * len(CALLS) + cells["call"])
    for stage, part in cells.groupby("stage"):
        logit = np.zeros((len(chance), len(part)))
        for name, effect in effects.items():
            logit += effect[:, part[name].to_numpy()]
        chance[:, int(str(stage))] = np.average(expit(logit), axis=1, weights=part["exits"])
    return chance


def landing_of(fit: Fit) -> Floats:
    """Give the mean chances of where an onward exit lands, as the forecast's prior has them."""
    stages = len(fit.exposure.stages)
    counts = np.zeros((stages, stages + 1))
    moves = fit.exposure.landings
    np.add.at(counts, (moves["stage"], moves["next"]), moves["n"])
    counts[np.arange(stages), np.arange(stages) + 1] += LANDING_STRENGTH
    shares: Floats = counts / counts.sum(axis=1, keepdims=True)
    return shares


def absorbed(onward: Floats, landing: Floats) -> Floats:
    r"""Give the chance of ending as won from each stage, by draw.

    With :math:`Q = p \cdot L` over open stages and :math:`r = p \cdot L_{won}` it solves
    :math:`(I - Q) w = r` (absorption in a Markov chain: Kemeny and Snell, 1960, chapter 3).
    """
    moves = onward[:, :, None] * landing[None]
    system = np.eye(landing.shape[0]) - moves[:, :, :-1]
    solved: Floats = np.linalg.solve(system, moves[:, :, -1:])[:, :, 0]
    return solved
