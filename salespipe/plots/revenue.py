"""Figures of the forecast: by month, and by part."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes

from salespipe.plots.palette import (
    BAND,
    GROUND,
    HISTORY,
    LIKELY,
    NEW,
    SEEN,
    TARGET,
    WON,
)
from salespipe.plots.picture import Picture, headline, house_style, legend, new_picture, scale
from salespipe.plots.words import amount, money, percent, share, write
from salespipe.settings import Language

__all__ = ["contributions", "fan"]

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
    language: Language = "en",
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
    language : {"en", "zh"}
    """
    months = summary[summary["kind"] == "month"]
    picture, (axes,) = new_picture(4.3)
    ahead = months["start"] + HALF_MONTH
    axes.bar(
        history["month"] + HALF_MONTH,
        history["won"],
        width=BAR_DAYS,
        color=HISTORY,
        label=write("won", language) if len(history) else "_",
    )
    if (months["won_so_far"] > 0).any():
        axes.bar(
            ahead,
            months["won_so_far"],
            width=BAR_DAYS,
            color=WON,
            hatch="//",
            edgecolor=GROUND,
            label=write("won so far", language),
            zorder=3,
        )
    worst, likely, best = (percent(q) for q in quantiles)
    axes.fill_between(
        ahead,
        months["worst"],
        months["best"],
        color=BAND,
        alpha=0.55,
        linewidth=0,
        label=write("worst to best ({worst} to {best})", language, worst=worst, best=best),
    )
    axes.vlines(ahead, months["worst"], months["best"], color=SEEN, linewidth=1.2, zorder=4)
    axes.plot(
        ahead,
        months["likely"],
        color=LIKELY,
        marker="o",
        markersize=5,
        zorder=5,
        label=write("likely ({likely})", language, likely=likely),
    )
    told = write("target", language)
    _month_targets(axes, history["month"], history["target"], label=told)
    named = "_" if history["target"].notna().any() else told
    _month_targets(axes, months["start"], months["target"], label=named)
    _month_axis(axes, pd.concat([history["month"], months["start"]]), language)
    label = write("Won revenue per month, {currency}", language, currency=currency)
    scale(axes, which="y", unit="money", label=label, language=language)
    axes.set_ylim(bottom=0)
    axes.grid(visible=False, axis="x")
    legend(axes)
    headline(picture, _said_of_total(summary, currency=currency, language=language))
    return picture


@house_style
def contributions(summary: pd.DataFrame, *, currency: str, language: Language = "en") -> Picture:
    """Draw what each month's mean is made of: won so far, open deals, deals yet to be created.

    Parameters
    ----------
    summary : DataFrame
        Columns :data:`salespipe.results.PERIOD_COLUMNS`.
    currency : str
        ISO code.
    language : {"en", "zh"}
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
    for column, name, colour, hatch in parts:
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
            label=write(name, language),
            edgecolor=GROUND,
        )
        floor = floor + height
    for place, top in zip(places, floor, strict=True):
        axes.annotate(
            amount(top, language),
            (place, top),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            fontsize=9,
        )
    axes.set_xticks(places, list(months["period"]))
    axes.margins(y=0.12)
    axes.set_xlim(-0.6, max(len(months) - 0.4, 2.6))
    label = write("Expected revenue (mean), {currency}", language, currency=currency)
    scale(axes, which="y", unit="money", label=label, language=language)
    axes.grid(visible=False, axis="x")
    legend(axes)
    whole = summary[summary["kind"] == "total"].iloc[0]
    known = (whole["won_so_far"] + whole["from_open"]) / whole["mean"] if whole["mean"] else np.nan
    headline(
        picture,
        write(
            "{known} of the {mean} expected are won already or rest on deals open now",
            language,
            known=share(known, language),
            mean=money(whole["mean"], currency=currency, language=language),
        ),
        remark=write("The rest is business that no deal in the workbook stands for yet.", language),
    )
    return picture


def _month_axis(axes: Axes, months: "pd.Series[pd.Timestamp]", language: Language) -> None:
    """Name the months, the last one always, and no more of them than can be read."""
    step = -(-len(months) // SHOWN_MONTHS)
    named = months.iloc[::-1].iloc[::step]
    axes.set_xticks(named + HALF_MONTH, list(named.dt.strftime("%Y-%m")), fontsize=8)
    axes.set_xlabel(write("Month of closing", language))


def _month_targets(
    axes: Axes, months: "pd.Series[pd.Timestamp]", targets: "pd.Series[float]", *, label: str
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
            label=label,
        )


def _said_of_total(summary: pd.DataFrame, *, currency: str, language: Language) -> str:
    whole = summary[summary["kind"] == "total"].iloc[0]
    count = int((summary["kind"] == "month").sum())
    return write(
        "The next {count} months likely bring {likely}: {worst} at worst, {best} at best"
        if count > 1
        else "The next month likely brings {likely}: {worst} at worst, {best} at best",
        language,
        count=count,
        likely=money(whole["likely"], currency=currency, language=language),
        worst=amount(whole["worst"], language),
        best=amount(whole["best"], language),
    )
