"""What scenarios change: each one's mean less the forecast's."""

import numpy as np
import pandas as pd

from salespipe.plots.palette import INK, TARGET, WON
from salespipe.plots.picture import Picture, headline, house_style, new_picture, scale
from salespipe.plots.words import money, write
from salespipe.settings import Language
from salespipe.workbook.chinese import in_language

__all__ = ["scenarios"]


@house_style
def scenarios(table: pd.DataFrame, *, currency: str, language: Language = "en") -> Picture:
    """Draw what each scenario adds to the forecast's mean or takes off it, largest first.

    Parameters
    ----------
    table : DataFrame
        Columns :data:`salespipe.results.SCENARIO_COLUMNS`; the first row is the forecast itself.
    currency : str
        ISO code.
    language : {"en", "zh"}
    """
    others = table.iloc[1:]
    order = others["change"].abs().sort_values(kind="stable").index
    rows = others.loc[order]
    picture, (axes,) = new_picture(1.5 + 0.34 * max(len(rows), 2))
    colours = np.where(rows["change"] < 0, TARGET, WON)
    axes.barh(np.arange(len(rows)), rows["change"], color=colours, height=0.62)
    axes.axvline(0, color=INK, linewidth=0.8)
    names = [str(in_language(name, language)) for name in rows["scenario"]]
    axes.set_yticks(np.arange(len(rows)), names)
    label = write("Change of the mean, {currency}", language, currency=currency)
    scale(axes, which="x", unit="money", label=label, language=language)
    axes.grid(visible=False, axis="y")
    most = rows["change"].abs().max() if len(rows) else 0.0
    told = money(most, currency=currency, language=language)
    headline(picture, write("Scenarios move the forecast by up to {most}", language, most=told))
    return picture
