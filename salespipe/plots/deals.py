"""The open deals that matter: how likely each is to be won, and how far it moves the total."""

import numpy as np
import pandas as pd

from salespipe.plots.palette import BAND, GROUND, MUTED, SEEN
from salespipe.plots.picture import Picture, headline, house_style, new_picture, scale
from salespipe.plots.words import amount, money, share

__all__ = ["deal_chances", "deal_movers"]

NAME_LETTERS = 34


@house_style
def deal_chances(deals: pd.DataFrame, *, currency: str, top: int = 15) -> Picture:
    """Draw the chance of winning of the deals with the highest expected value.

    Parameters
    ----------
    deals : DataFrame
        Columns :data:`salespipe.results.DEAL_COLUMNS`, highest expected value first.
    currency : str
        ISO code.
    top : int
        How many to show; the title says what share of the whole they stand for.
    """
    shown = deals.head(top)
    places = np.arange(len(shown))[::-1]
    names = [_name(*row) for row in zip(shown["account"], shown["deal_id"], strict=True)]
    picture, (axes,) = new_picture(1.5 + 0.34 * max(len(shown), 2))
    axes.barh(
        places, shown["p_won"], height=0.62, color=BAND, edgecolor=SEEN, label="won in the end"
    )
    axes.barh(
        places,
        shown["p_won_by_end"],
        height=0.3,
        color=SEEN,
        hatch="//",
        edgecolor=GROUND,
        label="won within the months forecast",
    )
    for place, chance, worth in zip(places, shown["p_won"], shown["amount"], strict=True):
        axes.annotate(
            f"{share(chance)} of {amount(worth)}",
            (chance, place),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
            color=MUTED,
        )
    axes.set_yticks(places, names, fontsize=9)
    axes.set_ylim(-0.7, len(shown) - 0.3)
    axes.set_xlim(0, 1.14)
    scale(axes, which="x", unit="share", label=f"Chance of being won (amounts in {currency})")
    axes.set_xticks(np.linspace(0, 1, 6))
    axes.grid(visible=False, axis="y")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, fontsize=9, borderaxespad=0.2)
    whole = float(deals["expected_value"].sum())
    part = float(shown["expected_value"].sum())
    headline(
        picture,
        f"{len(shown)} of {len(deals)} open deals stand for "
        f"{share(part / whole) if whole else share(np.nan)} of the "
        f"{money(whole, currency=currency)} that all are worth",
    )
    return picture


@house_style
def deal_movers(deals: pd.DataFrame, *, top: int = 12) -> Picture:
    """Draw what the open deals that move the total most do to it.

    Parameters
    ----------
    deals : DataFrame
        Columns :data:`salespipe.results.DEAL_COLUMNS`.
    top : int
        How many to show; the title says how much of the uncertainty they carry.
    """
    ranked = deals.sort_values("share_of_variance", ascending=False, kind="stable")
    shown = ranked.head(top)
    places = np.arange(len(shown))[::-1]
    names = [_name(*row) for row in zip(shown["account"], shown["deal_id"], strict=True)]
    picture, (axes,) = new_picture(1.5 + 0.4 * max(len(shown), 2))
    swing = shown["target_swing"].astype("float64")
    axes.barh(
        places + 0.18, shown["share_of_variance"].astype("float64"), height=0.34, color=SEEN,
        label="share of the total's variance",
    )  # fmt: skip
    if swing.notna().any():
        axes.barh(
            places - 0.18, swing, height=0.34, color=BAND, edgecolor=SEEN, hatch="//",
            label="chance of the target: won less not won",
        )  # fmt: skip
    axes.set_yticks(places, names, fontsize=9)
    axes.set_ylim(-0.7, max(len(shown), 1) - 0.3)
    scale(
        axes,
        which="x",
        unit="share",
        label="Share of the variance; change of the target's chance",
    )
    axes.grid(visible=False, axis="y")
    if len(shown):
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, fontsize=9, borderaxespad=0.2)
    part = float(shown["share_of_variance"].astype("float64").sum())
    headline(
        picture,
        f"{len(shown)} of {len(deals)} open deals carry {share(part)} of what is uncertain "
        "about the total",
    )
    return picture


def _name(account: object, deal_id: str) -> str:
    text = account if isinstance(account, str) else ""
    short = text if len(text) <= NAME_LETTERS else f"{text[: NAME_LETTERS - 1]}…"
    return f"{short}  {deal_id}".strip()
