"""The open deals that matter: how likely each is to be won, and how far it moves the total."""

import numpy as np
import pandas as pd

from salespipe.plots.palette import BAND, GROUND, MUTED, SEEN
from salespipe.plots.picture import Picture, headline, house_style, new_picture, scale
from salespipe.plots.words import amount, money, share, write
from salespipe.settings import Language

__all__ = ["deal_chances", "deal_movers"]

NAME_LETTERS = 34


@house_style
def deal_chances(
    deals: pd.DataFrame, *, currency: str, top: int = 15, language: Language = "en"
) -> Picture:
    """Draw the chance of winning of the deals with the highest expected value.

    Parameters
    ----------
    deals : DataFrame
        Columns :data:`salespipe.results.DEAL_COLUMNS`, highest expected value first.
    currency : str
        ISO code.
    top : int
        How many to show; the title says what share of the whole they stand for.
    language : {"en", "zh"}
    """
    shown = deals.head(top)
    places = np.arange(len(shown))[::-1]
    names = [_name(*row) for row in zip(shown["account"], shown["deal_id"], strict=True)]
    picture, (axes,) = new_picture(1.5 + 0.34 * max(len(shown), 2))
    axes.barh(
        places,
        shown["p_won"],
        height=0.62,
        color=BAND,
        edgecolor=SEEN,
        label=write("won in the end", language),
    )
    axes.barh(
        places,
        shown["p_won_by_end"],
        height=0.3,
        color=SEEN,
        hatch="//",
        edgecolor=GROUND,
        label=write("won within the months forecast", language),
    )
    for place, chance, worth in zip(places, shown["p_won"], shown["amount"], strict=True):
        axes.annotate(
            write(
                "{chance} of {worth}",
                language,
                chance=share(chance, language),
                worth=amount(worth, language),
            ),
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
    label = write("Chance of being won (amounts in {currency})", language, currency=currency)
    scale(axes, which="x", unit="share", label=label)
    axes.set_xticks(np.linspace(0, 1, 6))
    axes.grid(visible=False, axis="y")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, fontsize=9, borderaxespad=0.2)
    whole = float(deals["expected_value"].sum())
    part = float(shown["expected_value"].sum())
    headline(
        picture,
        write(
            "{shown} of {count} open deals stand for {part} of the {whole} that all are worth",
            language,
            shown=len(shown),
            count=len(deals),
            part=share(part / whole if whole else np.nan, language),
            whole=money(whole, currency=currency, language=language),
        ),
    )
    return picture


@house_style
def deal_movers(deals: pd.DataFrame, *, top: int = 12, language: Language = "en") -> Picture:
    """Draw what the open deals that move the total most do to it.

    Parameters
    ----------
    deals : DataFrame
        Columns :data:`salespipe.results.DEAL_COLUMNS`.
    top : int
        How many to show; the title says how much of the uncertainty they carry.
    language : {"en", "zh"}
    """
    ranked = deals.sort_values("share_of_variance", ascending=False, kind="stable")
    shown = ranked.head(top)
    places = np.arange(len(shown))[::-1]
    names = [_name(*row) for row in zip(shown["account"], shown["deal_id"], strict=True)]
    picture, (axes,) = new_picture(1.5 + 0.4 * max(len(shown), 2))
    swing = shown["target_swing"].astype("float64")
    axes.barh(
        places + 0.18, shown["share_of_variance"].astype("float64"), height=0.34, color=SEEN,
        label=write("share of the total's variance", language),
    )  # fmt: skip
    if swing.notna().any():
        axes.barh(
            places - 0.18, swing, height=0.34, color=BAND, edgecolor=SEEN, hatch="//",
            label=write("chance of the target: won less not won", language),
        )  # fmt: skip
    axes.set_yticks(places, names, fontsize=9)
    axes.set_ylim(-0.7, max(len(shown), 1) - 0.3)
    scale(
        axes,
        which="x",
        unit="share",
        label=write("Share of the variance; change of the target's chance", language),
    )
    axes.grid(visible=False, axis="y")
    if len(shown):
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, fontsize=9, borderaxespad=0.2)
    part = float(shown["share_of_variance"].astype("float64").sum())
    headline(
        picture,
        write(
            "{shown} of {count} open deals carry {part} of what is uncertain about the total",
            language,
            shown=len(shown),
            count=len(deals),
            part=share(part, language),
        ),
    )
    return picture


def _name(account: object, deal_id: str) -> str:
    text = account if isinstance(account, str) else ""
    short = text if len(text) <= NAME_LETTERS else f"{text[: NAME_LETTERS - 1]}…"
    return f"{short}  {deal_id}".strip()
