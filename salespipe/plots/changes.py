"""What changed: the steps from one amount to another, as a waterfall read from top to bottom."""

from datetime import date
from functools import partial
from typing import Final

import pandas as pd

from salespipe.plots.palette import FAINT, HISTORY, INK, MUTED, NEW, SEEN
from salespipe.plots.picture import Picture, headline, house_style, new_picture, scale
from salespipe.plots.words import amount, money
from salespipe.settings import Language
from salespipe.wording import Words, said

__all__ = ["waterfall"]

type End = tuple[date | None, float]

_AXIS: Final = Words("Amount, {currency}", "金额（{currency}）")
_TITLE: Final = Words(
    "{what}: {before} on {since}, {after} on {until}",
    "{what}：{since} 为 {before}，{until} 为 {after}",
)
_MOST: Final = Words(
    "Most of the difference of {total}: {names}.", "差额 {total}，主要来自：{names}。"
)
_SAME: Final = Words("Nothing changed.", "没有变动。")


@house_style
def waterfall(
    steps: pd.DataFrame,
    *,
    ends: tuple[End, End],
    what: str,
    currency: str,
    language: Language = "en",
) -> Picture:
    """Draw how one amount became another.

    Parameters
    ----------
    steps : DataFrame
        Columns :data:`salespipe.results.STEP_COLUMNS`; steps without amount and deals are left out.
    ends : tuple
        Day and money before and after.
    what : str
        What the money is, such as ``Open pipeline``.
    currency : str
        ISO code.
    language : {"en", "zh"}
    """
    before, after = ends
    rows = steps[(steps["count"] != 0) | (steps["amount"] != 0)]
    names = [str(said(name, language)) for name in rows["name"]]
    changes = rows["amount"].to_numpy("float64")
    starts = before[1] + changes.cumsum() - changes
    picture, (axes,) = new_picture(1.6 + 0.32 * (len(rows) + 2))
    levels = [(0, before), (len(rows) + 1, after)]
    for place, (_, value) in levels:
        axes.barh(place, value, color=HISTORY, height=0.62)
    for place, (start, change) in enumerate(zip(starts, changes, strict=True), start=1):
        up = change >= 0
        # Hatched where it falls: the colours alone are one grey in print.
        axes.barh(
            place, change, left=start, height=0.62, color=SEEN if up else NEW,
            hatch="" if up else "////", edgecolor=INK if not up else SEEN, linewidth=0.4,
        )  # fmt: skip
    reached = [before[1], *(starts + changes), after[1]]
    for place, end in enumerate(reached[:-1]):
        axes.vlines(end, place - 0.31, place + 1.31, color=MUTED, linewidth=0.7)
    tell, signed = partial(amount, language=language), partial(_signed, language=language)
    written = [tell(before[1]), *(signed(change) for change in changes), tell(after[1])]
    tips = [before[1], *(max(a, a + b) for a, b in zip(starts, changes, strict=True)), after[1]]
    for place, (tip, text) in enumerate(zip(tips, written, strict=True)):
        axes.annotate(
            text, (tip, place), xytext=(5, 0), textcoords="offset points", va="center", fontsize=9
        )
    axes.set_yticks(range(len(reached)), [str(before[0]), *names, str(after[0])])
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.axvline(0, color=FAINT, linewidth=0.8)
    axes.margins(x=0.14)
    scale(
        axes,
        which="x",
        unit="money",
        label=_AXIS.text(language).format(currency=currency),
        language=language,
    )
    headline(
        picture,
        _TITLE.text(language).format(
            what=what,
            before=money(before[1], currency=currency, language=language),
            since=before[0],
            after=money(after[1], currency=currency, language=language),
            until=after[0],
        ),
        remark=_remark(names, changes.tolist(), after[1] - before[1], language),
    )
    return picture


def _remark(names: list[str], changes: list[float], total: float, language: Language) -> str:
    ranked = sorted(zip(names, changes, strict=True), key=lambda step: -abs(step[1]))
    shown = [f"{name} {_signed(change, language)}" for name, change in ranked[:3] if change]
    if not shown:
        return _SAME.text(language)
    joined = ("; " if language == "en" else "；").join(shown)
    return _MOST.text(language).format(total=_signed(total, language), names=joined)


def _signed(value: float, language: Language) -> str:
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{amount(abs(value), language)}"
