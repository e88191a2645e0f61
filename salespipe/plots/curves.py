"""What becomes of deals as they age: won, lost, still open."""

import pandas as pd

from salespipe.plots.palette import FAINT, GROUND, HISTORY, SEEN, WON
from salespipe.plots.picture import Picture, headline, house_style, new_picture, scale
from salespipe.plots.words import number, share, write
from salespipe.settings import Language

__all__ = ["fates"]


@house_style
def fates(table: pd.DataFrame, *, language: Language = "en") -> Picture:
    """Draw the shares of deals won, still open and lost by age.

    Parameters
    ----------
    table : DataFrame
        ``day``, ``won``, ``lost``, ``open``; rising in days, shares that add up to 1.
    language : {"en", "zh"}
    """
    picture, (axes,) = new_picture(3.9)
    won, still = table["won"], table["won"] + table["open"]
    areas = (
        (0 * won, won, WON, "//", "won"),
        (won, still, FAINT, "", "still open"),
        (still, 0 * won + 1, HISTORY, "..", "lost"),
    )
    for low, high, colour, hatch, label in areas:
        axes.fill_between(
            table["day"], low, high, step="post", color=colour, hatch=hatch, edgecolor=GROUND,
            label=write(label, language),
        )  # fmt: skip
    axes.step(table["day"], won, where="post", color=SEEN, linewidth=1.4)
    axes.set_xlim(0, max(float(table["day"].max()), 1.0) if len(table) else 1.0)
    axes.set_ylim(0, 1)
    scale(axes, which="y", unit="share", label=write("Share of deals", language))
    scale(axes, which="x", unit="days", label=write("Days since creation", language))
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, fontsize=9, borderaxespad=0.2)
    if len(table):
        last, half = table.iloc[-1], table[table["open"] <= 0.5]
        text = write(
            "Of all deals half are decided after {days} days; in the end {won} are won"
            if len(half)
            else "Of all deals in the end {won} are won",
            language,
            days=number(half["day"].iloc[0]) if len(half) else "",
            won=share(last["won"], language),
        )
    else:
        text = write("No deal has come to an end", language)
    remark = write("Deals still open count for as long as they have been seen.", language)
    headline(picture, text, remark=remark)
    return picture
