"""Figures of the review: problems, the funnel, a KPI by month, anything compared by group."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from salespipe import names as n
from salespipe.plots.palette import (
    BAND,
    FAINT,
    GROUND,
    INK,
    MUTED,
    SEEN,
    SEVERITY,
    TARGET,
)
from salespipe.plots.picture import Picture, headline, house_style, new_picture, scale
from salespipe.plots.words import amount, money, number, value_of

__all__ = ["compare", "forest", "funnel", "problem_counts", "trend"]

HATCHES = {"error": "", "warning": "//", "info": ".."}


@house_style
def problem_counts(counts: pd.DataFrame) -> Picture:
    """Draw how often each rule failed.

    Parameters
    ----------
    counts : DataFrame
        ``rule``, ``severity``, ``count``; worst and most frequent first.
    """
    picture, (axes,) = new_picture(1.4 + 0.32 * max(len(counts), 2))
    places = np.arange(len(counts))[::-1]
    for severity, colour in SEVERITY.items():
        here = (counts["severity"] == severity).to_numpy()
        if here.any():
            axes.barh(
                places[here],
                counts["count"].to_numpy()[here],
                color=colour,
                label=severity,
                hatch=HATCHES[severity],
                edgecolor=GROUND,
                height=0.7,
            )
    for place, count in zip(places, counts["count"], strict=True):
        _beside(axes, float(count), float(place), f"{count:,}")
    axes.set_yticks(places, [rule.replace("-", " ") for rule in counts["rule"]])
    axes.margins(x=0.1)
    scale(axes, which="x", unit="count", label="Cells")
    axes.grid(visible=False, axis="y")
    if len(counts):
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, fontsize=9, borderaxespad=0.2)
    found = int(counts["count"].sum())
    rules = f"{len(counts)} rules" if len(counts) != 1 else "one rule"
    headline(picture, f"{found:,} cells to look at, by {rules}" if found else "Nothing to mend")
    return picture


@house_style
def funnel(table: pd.DataFrame, *, currency: str) -> Picture:
    """Draw the open deals of each stage by count and by value.

    Parameters
    ----------
    table : DataFrame
        Columns :data:`salespipe.results.FUNNEL_COLUMNS`.
    currency : str
        ISO code.
    """
    places = np.arange(len(table))[::-1]
    picture, (left, right) = new_picture(1.6 + 0.42 * max(len(table), 2), panels=2, share_y=True)
    left.barh(places, table["count"], color=SEEN, height=0.65)
    right.barh(places, table["value"], color=BAND, height=0.65, label="amount of open deals")
    right.barh(
        places,
        table["weighted"],
        color=SEEN,
        height=0.3,
        hatch="//",
        edgecolor=GROUND,
        label="weighted by the stage's default probability",
    )
    for place, count, value in zip(places, table["count"], table["value"], strict=True):
        _beside(left, float(count), float(place), number(count))
        _beside(right, float(value), float(place), amount(value))
    left.set_yticks(places, list(table["stage"]))
    for axes in (left, right):
        axes.margins(x=0.14)
        axes.grid(visible=False, axis="y")
    scale(left, which="x", unit="count", label="Open deals")
    scale(right, which="x", unit="money", label=f"Amount, {currency}")
    right.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=1, fontsize=9, borderaxespad=0.2)
    headline(
        picture,
        f"{number(table['count'].sum())} open deals worth "
        f"{money(table['value'].sum(), currency=currency)}, weighted "
        f"{money(table['weighted'].sum(), currency=currency)}",
        remark="Neighbouring bars say how long deals stay in a stage, not how many go on.",
    )
    return picture


@house_style
def trend(kpis: pd.DataFrame, *, name: str, definition: str, currency: str) -> Picture:
    """Draw a KPI by month with its intervals; months too young to judge are shaded.

    Parameters
    ----------
    kpis : DataFrame
        The review (:data:`salespipe.results.KPI_COLUMNS`).
    name, definition : str
        Which of its KPIs.
    currency : str
        ISO code.

    Raises
    ------
    ValueError
        The review has no such KPI.
    """
    chosen = _rows(kpis, name, definition)
    months, total = chosen[chosen["by"] == "month"], chosen[chosen["by"] == "total"].iloc[0]
    unit = str(total["unit"])
    places = np.arange(len(months))
    unripe = months["population"].str.contains("unripe").to_numpy(bool)
    value = months["value"].to_numpy("float64")
    picture, (axes,) = new_picture(3.9)
    axes.vlines(places, months["low"], months["high"], color=SEEN, linewidth=1.6)
    axes.plot(
        places[~unripe],
        value[~unripe],
        "o-",
        color=SEEN,
        markersize=6,
        clip_on=False,
        label="by month",
    )
    if unripe.any():
        axes.axvspan(
            places[unripe].min() - 0.5,
            places[unripe].max() + 0.5,
            facecolor=FAINT,
            alpha=0.6,
            hatch="//",
            edgecolor=GROUND,
            zorder=0,
            label="too young to judge",
        )
        axes.plot(
            places[unripe], value[unripe], "o", color=GROUND, markeredgecolor=SEEN, clip_on=False
        )
    whole = float(total["value"])
    said = value_of(whole, unit=unit, currency=currency)
    if np.isfinite(whole):
        axes.axhline(whole, color=TARGET, linestyle=(0, (5, 3)), label=f"all months: {said}")
    counts = [f"{label}\nn = {count:,}" for label, count in _pairs(months, "group", "n")]
    axes.set_xticks(places, counts, fontsize=8)
    axes.set_xlim(-0.6, len(months) - 0.4)
    axes.set_ylim(bottom=0)
    scale(axes, which="y", unit=unit, label=_axis_title(name, unit, currency))
    axes.grid(visible=False, axis="x")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, fontsize=9, borderaxespad=0.2)
    headline(
        picture,
        f"{name} ({total['definition']}): {said} over all months",
        remark=f"Trap: {total['trap']}",
    )
    return picture


@house_style
def forest(
    table: pd.DataFrame,
    *,
    title: str,
    label: str,
    unit: str = "share",
    currency: str = "",
    total: float | None = None,
    remark: str = "",
) -> Picture:
    """Draw an estimate with its interval for every group.

    Parameters
    ----------
    table : DataFrame
        ``group``, ``value``, ``low``, ``high``, ``n``, from top to bottom; a column
        ``reference``, if there is one, is marked beside each as the Stages sheet's figure.
    title : str
        What is seen.
    label : str
        Title of the horizontal axis, with the unit.
    unit : {"share", "days", "money", "count", "number"}
    currency : str
        ISO code, where the unit is money.
    total : float, optional
        All groups together.
    remark : str
        Written small below.
    """
    places = np.arange(len(table))[::-1]
    picture, (axes,) = new_picture(1.5 + 0.34 * max(len(table), 2))
    axes.hlines(places, table["low"], table["high"], color=SEEN, linewidth=1.8)
    axes.plot(table["value"], places, "o", color=SEEN, markersize=7)
    if "reference" in table:
        axes.plot(
            table["reference"],
            places,
            "D",
            color=GROUND,
            markeredgecolor=TARGET,
            markersize=7,
            markeredgewidth=1.6,
            zorder=3,
            label="as the Stages sheet has it",
        )
    if total is not None and np.isfinite(total):
        said = value_of(total, unit=unit, currency=currency)
        axes.axvline(total, color=TARGET, linestyle=(0, (5, 3)), label=f"all: {said}")
    for place, count in zip(places, table["n"], strict=True):
        axes.annotate(
            f"n = {count:,}",
            (1, place),
            xycoords=("axes fraction", "data"),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
            color=MUTED,
        )
    axes.set_yticks(places, list(table["group"]))
    axes.set_ylim(-0.7, len(table) - 0.3)
    axes.set_xlim(left=0)
    axes.margins(x=0.06)
    scale(axes, which="x", unit=unit, label=label)
    axes.grid(visible=False, axis="y")
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, fontsize=9, borderaxespad=0.2)
    headline(picture, title, remark=remark)
    return picture


@house_style
def compare(kpis: pd.DataFrame, *, name: str, definition: str, by: str, currency: str) -> Picture:
    """Draw a KPI with its intervals for every owner, segment or stage.

    Parameters
    ----------
    kpis : DataFrame
        The review (:data:`salespipe.results.KPI_COLUMNS`).
    name, definition : str
        Which of its KPIs.
    by : {"owner", "segment", "stage"}
    currency : str
        ISO code.

    Raises
    ------
    ValueError
        The review has no such KPI.
    """
    chosen = _rows(kpis, name, definition)
    groups, whole = chosen[chosen["by"] == by], chosen[chosen["by"] == "total"]
    unit = str(chosen["unit"].iloc[0])
    if by != n.STAGE:
        groups = groups.sort_values("value", ascending=False, kind="stable")
    return forest(
        groups,
        title=f"{name} by {by}: {definition}",
        label=definition.capitalize() if unit == "number" else _axis_title(name, unit, currency),
        unit=unit,
        currency=currency,
        total=float(whole["value"].iloc[0]) if len(whole) else None,
        remark=f"Trap: {chosen['trap'].iloc[0]}",
    )


def _rows(kpis: pd.DataFrame, name: str, definition: str) -> pd.DataFrame:
    rows: pd.DataFrame = kpis[(kpis["name"] == name) & (kpis["definition"] == definition)]
    if rows.empty:
        raise ValueError(f'The review has no KPI "{name}" defined as "{definition}".')
    return rows


def _beside(axes: Axes, x: float, y: float, text: str) -> None:
    axes.annotate(
        text, (x, y), xytext=(4, 0), textcoords="offset points", va="center", fontsize=9, color=INK
    )


def _pairs(table: pd.DataFrame, first: str, second: str) -> list[tuple[str, int]]:
    return list(zip(table[first], table[second], strict=True))


def _axis_title(name: str, unit: str, currency: str) -> str:
    return f"{name}, {currency if unit == 'money' else unit}" if unit != "share" else name
