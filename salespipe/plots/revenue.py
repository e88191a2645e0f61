"""Figures of the forecast: by month, by part, in total and by group."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes

from salespipe.plots.palette import (
    BAND,
    FAINT,
    GROUND,
    HISTORY,
    INK,
    LIKELY,
    MUTED,
    NEW,
    SEEN,
    TARGET,
    WON,
)
from salespipe.plots.picture import Picture, headline, house_style, new_picture, scale
from salespipe.plots.words import amount, money, share

__all__ = ["contributions", "fan", "ranges", "total"]

type Floats = npt.NDArray[np.float64]

HALF_MONTH = pd.Timedelta(days=14)
BAR_DAYS = 21
SHOWN_MONTHS = 12


@house_style
def fan(
    summary: pd.DataFrame,
    *,
    history: pd.DataFrame,
    currency: str,
    quantiles: tuple[float, float, float] = (0.1, 0.5, 0.9),
) -> Picture:
    """Draw won revenue by month, then worst, likely and best of the months to come.

    Parameters
    ----------
    summary : DataFrame
        Columns :data:`salespipe.results.PERIOD_COLUMNS`.
    history : DataFrame
        Columns :data:`salespipe.results.HISTORY_COLUMNS`; may be empty.
    currency : str
        ISO code.
    quantiles : tuple of float
        Probabilities of worst, likely and best.
    """
    months = summary[summary["kind"] == "month"]
    picture, (axes,) = new_picture(4.3)
    ahead = months["start"] + HALF_MONTH
    axes.bar(
        history["month"] + HALF_MONTH,
        history["won"],
        width=BAR_DAYS,
        color=HISTORY,
        label="won" if len(history) else "_",
    )
    if (months["won_so_far"] > 0).any():
        axes.bar(
            ahead,
            months["won_so_far"],
            width=BAR_DAYS,
            color=WON,
            hatch="//",
            edgecolor=GROUND,
            label="won so far",
            zorder=3,
        )
    worst, likely, best = (_percent(q) for q in quantiles)
    axes.fill_between(
        ahead,
        months["worst"],
        months["best"],
        color=BAND,
        alpha=0.55,
        linewidth=0,
        label=f"worst to best ({worst} to {best})",
    )
    axes.vlines(ahead, months["worst"], months["best"], color=SEEN, linewidth=1.2, zorder=4)
    axes.plot(
        ahead,
        months["likely"],
        color=LIKELY,
        marker="o",
        markersize=5,
        zorder=5,
        label=f"likely ({likely})",
    )
    _month_targets(axes, history["month"], history["target"], label=True)
    _month_targets(
        axes, months["start"], months["target"], label=bool(history["target"].isna().all())
    )
    _month_axis(axes, pd.concat([history["month"], months["start"]]))
    scale(axes, which="y", unit="money", label=f"Won revenue per month, {currency}")
    axes.set_ylim(bottom=0)
    axes.grid(visible=False, axis="x")
    _legend(axes)
    headline(picture, _said_of_total(summary, currency=currency))
    return picture


@house_style
def contributions(summary: pd.DataFrame, *, currency: str) -> Picture:
    """Draw what each month's mean is made of: won so far, open deals, deals yet to be created.

    Parameters
    ----------
    summary : DataFrame
        Columns :data:`salespipe.results.PERIOD_COLUMNS`.
    currency : str
        ISO code.
    """
    months = summary[summary["kind"] == "month"]
    places = np.arange(len(months))
    picture, (axes,) = new_picture(3.8)
    floor = np.zeros(len(months))
    parts = (
        ("won_so_far", "won so far", WON, "//"),
        ("from_open", "from deals open now", SEEN, ""),
        ("from_new", "from deals not yet created", NEW, ".."),
    )
    for column, label, colour, hatch in parts:
        height = months[column].to_numpy("float64")
        if not height.any():
            continue
        axes.bar(
            places,
            height,
            bottom=floor,
            width=0.6,
            color=colour,
            hatch=hatch,
            label=label,
            edgecolor=GROUND,
        )
        floor = floor + height
    for place, top in zip(places, floor, strict=True):
        axes.annotate(
            amount(top),
            (place, top),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            fontsize=9,
        )
    axes.set_xticks(places, list(months["period"]))
    axes.margins(y=0.12)
    axes.set_xlim(-0.6, max(len(months) - 0.4, 2.6))
    scale(axes, which="y", unit="money", label=f"Expected revenue (mean), {currency}")
    axes.grid(visible=False, axis="x")
    _legend(axes)
    whole = summary[summary["kind"] == "total"].iloc[0]
    known = (whole["won_so_far"] + whole["from_open"]) / whole["mean"] if whole["mean"] else np.nan
    headline(
        picture,
        f"{share(known)} of the {money(whole['mean'], currency=currency)} expected are won already "
        "or rest on deals open now",
        remark="The rest is business that no deal in the workbook stands for yet.",
    )
    return picture


@house_style
def total(
    draws: Floats,
    *,
    row: "pd.Series[float]",
    currency: str,
    quantiles: tuple[float, float, float] = (0.1, 0.5, 0.9),
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
            f"{name} ({_percent(chance)})\n{amount(value)}",
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
            f"target {amount(target)}",
            (target, top * 1.42),
            xytext=(5, 0),
            va="top",
            textcoords="offset points",
            color=TARGET,
            fontsize=9,
            fontweight="bold",
        )
    axes.set_ylim(0, top * 1.45)
    scale(axes, which="x", unit="money", label=f"Revenue of the period, {currency}")
    scale(axes, which="y", unit="share", label="Share of simulations")
    axes.grid(visible=False, axis="x")
    headline(picture, _said_of_chance(row, currency=currency))
    return picture


@house_style
def ranges(groups: pd.DataFrame, *, by: str, currency: str) -> Picture:
    """Draw worst, likely and best of every owner or segment, beside the target.

    Parameters
    ----------
    groups : DataFrame
        Columns :data:`salespipe.results.GROUP_COLUMNS`.
    by : str
        What the groups are, such as ``owner``.
    currency : str
        ISO code.
    """
    places = np.arange(len(groups))[::-1]
    picture, (axes,) = new_picture(1.5 + 0.34 * max(len(groups), 2))
    axes.hlines(places, groups["worst"], groups["best"], color=BAND, linewidth=7)
    axes.plot(groups["likely"], places, "o", color=LIKELY, markersize=6, label="likely", zorder=4)
    if groups["target"].notna().any():
        axes.plot(
            groups["target"],
            places,
            "D",
            color=GROUND,
            markeredgecolor=TARGET,
            markersize=7,
            markeredgewidth=1.6,
            label="target",
            zorder=3,
        )
    for place, chance in zip(places, groups["p_target"], strict=True):
        if np.isfinite(chance):
            axes.annotate(
                f"reaches it: {share(chance)}",
                (1, place),
                xycoords=("axes fraction", "data"),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                fontsize=8.5,
                color=MUTED,
            )
    axes.set_yticks(places, list(groups["group"]))
    axes.set_ylim(-0.7, len(groups) - 0.3)
    axes.set_xlim(left=0)
    scale(axes, which="x", unit="money", label=f"Revenue of the period, worst to best, {currency}")
    axes.grid(visible=False, axis="y")
    _legend(axes)
    whole = money(float(groups["mean"].sum()), currency=currency)
    headline(picture, f"{whole} expected in all, by {by}")
    return picture


def _percent(chance: float) -> str:
    return f"{chance:.0%}".replace("%", " %")


def _legend(axes: Axes) -> None:
    """Put the legend above the axes, where no data can lie beneath it."""
    handles, labels = axes.get_legend_handles_labels()
    if handles:
        axes.legend(
            handles,
            labels,
            loc="lower left",
            bbox_to_anchor=(0, 1),
            ncols=4,
            fontsize=9,
            borderaxespad=0.2,
            handlelength=1.6,
            columnspacing=1.4,
        )


def _month_axis(axes: Axes, months: "pd.Series[pd.Timestamp]") -> None:
    """Name the months, the last one always, and no more of them than can be read."""
    step = -(-len(months) // SHOWN_MONTHS)
    named = months.iloc[::-1].iloc[::step]
    axes.set_xticks(named + HALF_MONTH, list(named.dt.strftime("%Y-%m")), fontsize=8)
    axes.set_xlabel("Month of closing")


def _month_targets(
    axes: Axes, months: "pd.Series[pd.Timestamp]", targets: "pd.Series[float]", *, label: bool
) -> None:
    known = targets.notna()
    if known.any():
        axes.hlines(
            targets[known],
            months[known] + pd.Timedelta(days=2),
            months[known] + pd.Timedelta(days=27),
            color=TARGET,
            linewidth=2,
            zorder=6,
            label="target" if label else "_",
        )


def _said_of_total(summary: pd.DataFrame, *, currency: str) -> str:
    whole = summary[summary["kind"] == "total"].iloc[0]
    count = int((summary["kind"] == "month").sum())
    span = f"{count} months likely bring" if count > 1 else "month likely brings"
    return (
        f"The next {span} {money(whole['likely'], currency=currency)}: "
        f"{amount(whole['worst'])} at worst, {amount(whole['best'])} at best"
    )


def _said_of_chance(row: "pd.Series[float]", *, currency: str) -> str:
    target = float(row["target"])
    if not np.isfinite(target):
        return f"{money(float(row['likely']), currency=currency)} likely; no target is set"
    return (
        f"The target of {money(target, currency=currency)} is reached in "
        f"{share(float(row['p_target']))} of the simulations"
    )
