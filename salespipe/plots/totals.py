"""Figures of a period's revenue: its distribution, and its ranges by group."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe.plots.palette import BAND, FAINT, GROUND, INK, LIKELY, TARGET
from salespipe.plots.picture import (
    Picture,
    beside_row,
    headline,
    house_style,
    legend,
    new_picture,
    scale,
)
from salespipe.plots.words import amount, money, percent, share, write
from salespipe.settings import Language

__all__ = ["ranges", "total"]

type Floats = npt.NDArray[np.float64]


@house_style
def total(
    draws: Floats,
    *,
    row: "pd.Series[float]",
    currency: str,
    quantiles: tuple[float, float, float] = (0.1, 0.5, 0.9),
    language: Language = "en",
) -> Picture:
    """Draw the distribution of a period's revenue with worst, likely, best and the target.

    Parameters
    ----------
    draws : ndarray, shape (draw,)
        Money.
    row : Series
        The period's row of the summary (:data:`salespipe.results.PERIOD_COLUMNS`).
    currency : str
        ISO code.
    quantiles : tuple of float
        Probabilities of worst, likely and best.
    language : {"en", "zh"}
    """
    picture, (axes,) = new_picture(3.8)
    counts, edges = np.histogram(draws, bins=40)
    middle = (edges[:-1] + edges[1:]) / 2
    inside = (middle >= row["worst"]) & (middle <= row["best"])
    axes.bar(
        middle,
        counts / len(draws),
        width=np.diff(edges),
        edgecolor=GROUND,
        linewidth=0.4,
        color=np.where(inside, BAND, FAINT),
    )
    top = float(counts.max()) / len(draws)
    sides = ("right", "center", "left")
    for name, chance, side in zip(("worst", "likely", "best"), quantiles, sides, strict=True):
        value = float(row[name])
        axes.vlines(value, 0, top * 1.06, color=INK, linewidth=1.4 if name == "likely" else 0.9)
        axes.annotate(
            f"{write(name, language)} ({percent(chance)})\n{amount(value, language)}",
            (value, top * 1.06),
            xytext=(0, 3),
            textcoords="offset points",
            ha=side,
            va="bottom",
            fontsize=9,
            backgroundcolor=GROUND,
            zorder=5,
        )
    target = float(row["target"])
    if np.isfinite(target):
        axes.axvline(target, color=TARGET, linestyle=(0, (5, 3)), linewidth=1.8)
        axes.annotate(
            write("target {target}", language, target=amount(target, language)),
            (target, top * 1.42),
            xytext=(5, 0),
            va="top",
            textcoords="offset points",
            color=TARGET,
            fontsize=9,
            fontweight="bold",
        )
    axes.set_ylim(0, top * 1.45)
    label = write("Revenue of the period, {currency}", language, currency=currency)
    scale(axes, which="x", unit="money", label=label, language=language)
    scale(axes, which="y", unit="share", label=write("Share of simulations", language))
    axes.grid(visible=False, axis="x")
    headline(picture, _said_of_chance(row, currency=currency, language=language))
    return picture


@house_style
def ranges(groups: pd.DataFrame, *, by: str, currency: str, language: Language = "en") -> Picture:
    """Draw worst, likely and best of every owner or segment, beside the target.

    Parameters
    ----------
    groups : DataFrame
        Columns :data:`salespipe.results.GROUP_COLUMNS`.
    by : str
        What the groups are, such as ``owner``.
    currency : str
        ISO code.
    language : {"en", "zh"}
    """
    places = np.arange(len(groups))[::-1]
    picture, (axes,) = new_picture(1.5 + 0.34 * max(len(groups), 2))
    axes.hlines(places, groups["worst"], groups["best"], color=BAND, linewidth=7)
    axes.plot(
        groups["likely"],
        places,
        "o",
        color=LIKELY,
        markersize=6,
        label=write("likely", language),
        zorder=4,
    )
    if groups["target"].notna().any():
        axes.plot(
            groups["target"],
            places,
            "D",
            color=GROUND,
            markeredgecolor=TARGET,
            markersize=7,
            markeredgewidth=1.6,
            label=write("target", language),
            zorder=3,
        )
    for place, chance in zip(places, groups["p_target"], strict=True):
        if np.isfinite(chance):
            told = write("reaches it: {chance}", language, chance=share(chance, language))
            beside_row(axes, place, told)
    axes.set_yticks(places, list(groups["group"]))
    axes.set_ylim(-0.7, len(groups) - 0.3)
    axes.set_xlim(left=0)
    label = write("Revenue of the period, worst to best, {currency}", language, currency=currency)
    scale(axes, which="x", unit="money", label=label, language=language)
    axes.grid(visible=False, axis="y")
    legend(axes)
    whole = money(float(groups["mean"].sum()), currency=currency, language=language)
    told = write("{whole} expected in all, by {by}", language, whole=whole, by=write(by, language))
    headline(picture, told)
    return picture


def _said_of_chance(row: "pd.Series[float]", *, currency: str, language: Language) -> str:
    target = float(row["target"])
    if not np.isfinite(target):
        likely = money(float(row["likely"]), currency=currency, language=language)
        return write("{likely} likely; no target is set", language, likely=likely)
    return write(
        "The target of {target} is reached in {chance} of the simulations",
        language,
        target=money(target, currency=currency, language=language),
        chance=share(float(row["p_target"]), language),
    )
