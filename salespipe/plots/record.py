# ruff: noqa: E501 (a sentence and its Chinese stand on one line)
"""Past forecasts beside what happened: the record of a forecast, month by month and as a whole."""

from typing import Final

import numpy as np
import pandas as pd

from salespipe.plots.palette import BAND, FAINT, INK, LIKELY, MUTED, TARGET
from salespipe.plots.picture import Picture, headline, house_style, new_picture, scale
from salespipe.settings import Language
from salespipe.wording import Words

__all__ = ["coverage", "record"]

_WORDS: Final[dict[str, Words]] = {
    "held": Words("{hits} of {n} months lay within the range said one month before", "{n} 个月中有 {hits} 个落在提前一个月给出的区间内"),
    "range": Words("worst to best, said one month ahead", "提前一个月给出的最差至最好"),
    "likely": Words("likely", "可能"),
    "inside": Words("what came, within", "实际值（区间内）"),
    "outside": Words("what came, outside", "实际值（区间外）"),
    "won": Words("Won in the month, {currency}", "当月赢单金额（{currency}）"),
    "month": Words("Month", "月份"),
    "levels": Words("How often ranges held, by what they promise (months: {n}, one ahead)", "区间命中频率与其承诺（提前一个月，共 {n} 个月）"),
    "few": Words("Bars: what honest ranges show on so few months, 95 % of the time. A dot within its bar is no proof, only no contradiction.", "竖条：可靠区间在这么少的月份中以 95% 概率呈现的范围。圆点落在竖条内并不是证明，只是不矛盾。"),
    "promised": Words("Range", "区间"),
    "share": Words("Share of months within it", "落在区间内的月份比例"),
}  # fmt: skip


@house_style
def record(past: pd.DataFrame, *, currency: str, language: Language = "en") -> Picture:
    """Draw the months that are over beside what was said of them one month ahead.

    Parameters
    ----------
    past : DataFrame
        Columns :data:`salespipe.results.PAST_COLUMNS`; of each month the last forecast made before
        it began counts.
    currency : str
        ISO code.
    language : {"en", "zh"}
    """
    over = past[(past["kind"] == "month") & past["actual"].notna()]
    over = over[over["as_of"] < over["start"]].sort_values("as_of")
    over = over.drop_duplicates("period", keep="last").sort_values("start")
    place = np.arange(len(over))
    inside = over["inside"].astype(bool).to_numpy()
    said = {key: words.text(language) for key, words in _WORDS.items()}
    picture, (axes,) = new_picture(3.8)
    axes.vlines(
        place, over["worst"], over["best"], color=BAND, linewidth=9, label=said["range"], zorder=2
    )
    axes.plot(
        place, over["likely"], "_", color=LIKELY, markersize=11, markeredgewidth=2,
        label=said["likely"], zorder=3,
    )  # fmt: skip
    for mark, chosen, colour, key in (
        ("o", inside, INK, "inside"),
        ("X", ~inside, TARGET, "outside"),
    ):
        if chosen.any():
            axes.plot(
                place[chosen], over["actual"][chosen], mark, color=colour, markersize=7,
                label=said[key], zorder=4,
            )  # fmt: skip
    step = max(1, len(over) // 12)
    axes.set_xticks(place[::step], over["period"].iloc[::step])
    axes.set_xlabel(said["month"])
    axes.grid(visible=False, axis="x")
    axes.set_ylim(bottom=0)
    scale(
        axes,
        which="y",
        unit="money",
        label=said["won"].format(currency=currency),
        language=language,
    )
    picture.legend(loc="outside lower left", ncols=4, fontsize=9)
    headline(picture, said["held"].format(hits=int(inside.sum()), n=len(over)))
    return picture


@house_style
def coverage(held: pd.DataFrame, *, language: Language = "en") -> Picture:
    """Draw how often central ranges held beside what they promise and what so few months allow.

    Parameters
    ----------
    held : DataFrame
        See :func:`salespipe.backtest.accuracy.coverage`.
    language : {"en", "zh"}
    """
    said = {key: words.text(language) for key, words in _WORDS.items()}
    picture, (axes,) = new_picture(3.4)
    for place, row in enumerate(held.to_dict("records")):
        low, promised, share = row["low"], row["level"] / 100, row["share"]
        axes.bar(place, row["high"] - low, bottom=low, width=0.5, color=FAINT, zorder=1)
        axes.hlines(promised, place - 0.25, place + 0.25, color=MUTED, linewidth=1.5, zorder=2)
        axes.plot(place, share, "o", color=LIKELY, markersize=9, zorder=3)
        axes.annotate(
            f"{share:.0%}".replace("%", " %"), (place, share), xytext=(10, 0),
            textcoords="offset points", va="center", fontweight="bold", zorder=4,
        )  # fmt: skip
    axes.set_xticks(range(len(held)), [f"{level} %" for level in held["level"]])
    axes.set_xlim(-0.6, len(held) - 0.4)
    axes.set_xlabel(said["promised"])
    axes.grid(visible=False, axis="x")
    axes.set_ylim(0, 1.03)
    scale(axes, which="y", unit="share", label=said["share"])
    headline(picture, said["levels"].format(n=int(held["n"].max())), remark=said["few"])
    return picture
