"""Figures of the review: problems, the funnel, a KPI by month."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from salespipe.plots.chinese import RULES
from salespipe.plots.comparison import axis_title, rows_of
from salespipe.plots.palette import (
    BAND,
    FAINT,
    GROUND,
    INK,
    SEEN,
    SEVERITY,
    TARGET,
)
from salespipe.plots.picture import Picture, headline, house_style, new_picture, scale
from salespipe.plots.words import amount, money, number, value_of, write
from salespipe.settings import Language
from salespipe.workbook.chinese import in_language

__all__ = ["funnel", "problem_counts", "trend"]

HATCHES = {"error": "", "warning": "//", "info": ".."}


@house_style
def problem_counts(counts: pd.DataFrame, *, language: Language = "en") -> Picture:
    """Draw how often each rule failed.

    Parameters
    ----------
    counts : DataFrame
        ``rule``, ``severity``, ``count``; worst and most frequent first.
    language : {"en", "zh"}
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
                label=write(severity, language),
                hatch=HATCHES[severity],
                edgecolor=GROUND,
                height=0.7,
            )
    for place, count in zip(places, counts["count"], strict=True):
        _beside(axes, float(count), float(place), f"{count:,}")
    axes.set_yticks(places, [_rule(rule, language) for rule in counts["rule"]])
    axes.margins(x=0.1)
    scale(axes, which="x", unit="count", label=write("Cells", language))
    axes.grid(visible=False, axis="y")
    if len(counts):
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, fontsize=9, borderaxespad=0.2)
    found = int(counts["count"].sum())
    text = "{found:,} cells to look at, by {rules} rules"
    if len(counts) == 1:
        text = "{found:,} cells to look at, by one rule"
    told = text if found else "Nothing to mend"
    headline(picture, write(told, language, found=found, rules=len(counts)))
    return picture


@house_style
def funnel(table: pd.DataFrame, *, currency: str, language: Language = "en") -> Picture:
    """Draw the open deals of each stage by count and by value.

    Parameters
    ----------
    table : DataFrame
        Columns :data:`salespipe.results.FUNNEL_COLUMNS`.
    currency : str
        ISO code.
    language : {"en", "zh"}
    """
    places = np.arange(len(table))[::-1]
    picture, (left, right) = new_picture(1.6 + 0.42 * max(len(table), 2), panels=2, share_y=True)
    left.barh(places, table["count"], color=SEEN, height=0.65)
    held = write("amount of open deals", language)
    right.barh(places, table["value"], color=BAND, height=0.65, label=held)
    right.barh(
        places,
        table["weighted"],
        color=SEEN,
        height=0.3,
        hatch="//",
        edgecolor=GROUND,
        label=write("weighted by the stage's default probability", language),
    )
    for place, count, value in zip(places, table["count"], table["value"], strict=True):
        _beside(left, float(count), float(place), number(count))
        _beside(right, float(value), float(place), amount(value, language))
    left.set_yticks(places, [str(in_language(stage, language)) for stage in table["stage"]])
    for axes in (left, right):
        axes.margins(x=0.14)
        axes.grid(visible=False, axis="y")
    scale(left, which="x", unit="count", label=write("Open deals", language))
    label = write("Amount, {currency}", language, currency=currency)
    scale(right, which="x", unit="money", label=label, language=language)
    right.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=1, fontsize=9, borderaxespad=0.2)
    headline(
        picture,
        write(
            "{count} open deals worth {value}, weighted {weighted}",
            language,
            count=number(table["count"].sum()),
            value=money(table["value"].sum(), currency=currency, language=language),
            weighted=money(table["weighted"].sum(), currency=currency, language=language),
        ),
        remark=write(
            "Neighbouring bars say how long deals stay in a stage, not how many go on.", language
        ),
    )
    return picture


@house_style
def trend(
    kpis: pd.DataFrame, *, name: str, definition: str, currency: str, language: Language = "en"
) -> Picture:
    """Draw a KPI by month with its intervals; months too young to judge are shaded.

    Parameters
    ----------
    kpis : DataFrame
        The review (:data:`salespipe.results.KPI_COLUMNS`).
    name, definition : str
        Which of its KPIs.
    currency : str
        ISO code.
    language : {"en", "zh"}

    Raises
    ------
    ValueError
        The review has no such KPI.
    """
    chosen = rows_of(kpis, name, definition)
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
        label=write("by month", language),
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
            label=write("too young to judge", language),
        )
        axes.plot(
            places[unripe], value[unripe], "o", color=GROUND, markeredgecolor=SEEN, clip_on=False
        )
    whole = float(total["value"])
    said = value_of(whole, unit=unit, currency=currency, language=language)
    if np.isfinite(whole):
        label = write("all months: {value}", language, value=said)
        axes.axhline(whole, color=TARGET, linestyle=(0, (5, 3)), label=label)
    counts = [f"{label}\nn = {count:,}" for label, count in _pairs(months, "group", "n")]
    axes.set_xticks(places, counts, fontsize=8)
    axes.set_xlim(-0.6, len(months) - 0.4)
    axes.set_ylim(bottom=0)
    label = axis_title(name, unit, currency, language)
    scale(axes, which="y", unit=unit, label=label, language=language)
    axes.grid(visible=False, axis="x")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, fontsize=9, borderaxespad=0.2)
    headline(
        picture,
        write(
            "{name} ({definition}): {value} over all months",
            language,
            name=in_language(name, language),
            definition=in_language(total["definition"], language),
            value=said,
        ),
        remark=write("Trap: {trap}", language, trap=in_language(total["trap"], language)),
    )
    return picture


def _beside(axes: Axes, x: float, y: float, text: str) -> None:
    axes.annotate(
        text, (x, y), xytext=(4, 0), textcoords="offset points", va="center", fontsize=9, color=INK
    )


def _pairs(table: pd.DataFrame, first: str, second: str) -> list[tuple[str, int]]:
    return list(zip(table[first], table[second], strict=True))


def _rule(rule: str, language: Language) -> str:
    return RULES.get(rule, rule) if language == "zh" else rule.replace("-", " ")
