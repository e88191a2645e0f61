"""Figures that compare: an estimate with its interval, group by group."""

import numpy as np
import pandas as pd

from salespipe import names as n
from salespipe.plots.palette import GROUND, SEEN, TARGET
from salespipe.plots.picture import Picture, beside_row, headline, house_style, new_picture, scale
from salespipe.plots.words import value_of, write
from salespipe.settings import Language
from salespipe.workbook.chinese import in_language

__all__ = ["axis_title", "compare", "forest", "rows_of"]


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
    language: Language = "en",
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
    language : {"en", "zh"}
        Of what the figure adds to the texts that it is given.
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
            label=write("as the Stages sheet has it", language),
        )
    if total is not None and np.isfinite(total):
        said = value_of(total, unit=unit, currency=currency, language=language)
        named = write("all: {value}", language, value=said)
        axes.axvline(total, color=TARGET, linestyle=(0, (5, 3)), label=named)
    for place, count in zip(places, table["n"], strict=True):
        beside_row(axes, place, f"n = {count:,}")
    axes.set_yticks(places, [str(in_language(group, language)) for group in table["group"]])
    axes.set_ylim(-0.7, len(table) - 0.3)
    axes.set_xlim(left=0)
    axes.margins(x=0.06)
    scale(axes, which="x", unit=unit, label=label, language=language)
    axes.grid(visible=False, axis="y")
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, fontsize=9, borderaxespad=0.2)
    headline(picture, title, remark=remark)
    return picture


@house_style
def compare(
    kpis: pd.DataFrame,
    *,
    name: str,
    definition: str,
    by: str,
    currency: str,
    language: Language = "en",
) -> Picture:
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
    language : {"en", "zh"}

    Raises
    ------
    ValueError
        The review has no such KPI.
    """
    chosen = rows_of(kpis, name, definition)
    groups, whole = chosen[chosen["by"] == by], chosen[chosen["by"] == "total"]
    unit = str(chosen["unit"].iloc[0])
    if by != n.STAGE:
        groups = groups.sort_values("value", ascending=False, kind="stable")
    defined = str(in_language(definition, language))
    return forest(
        groups,
        title=write(
            "{name} by {by}: {definition}",
            language,
            name=in_language(name, language),
            by=write(by, language),
            definition=defined,
        ),
        label=defined.capitalize()
        if unit == "number"
        else axis_title(name, unit, currency, language),
        unit=unit,
        currency=currency,
        total=float(whole["value"].iloc[0]) if len(whole) else None,
        remark=write("Trap: {trap}", language, trap=in_language(chosen["trap"].iloc[0], language)),
        language=language,
    )


def rows_of(kpis: pd.DataFrame, name: str, definition: str) -> pd.DataFrame:
    """Give the rows of one KPI; a ValueError where the review has none."""
    rows: pd.DataFrame = kpis[(kpis["name"] == name) & (kpis["definition"] == definition)]
    if rows.empty:
        raise ValueError(f'The review has no KPI "{name}" defined as "{definition}".')
    return rows


def axis_title(name: str, unit: str, currency: str, language: Language) -> str:
    """Name an axis after a KPI and its unit."""
    told = str(in_language(name, language))
    if unit == "share":
        return told
    measure = currency if unit == "money" else write(unit, language)
    return write("{name}, {unit}", language, name=told, unit=measure)
