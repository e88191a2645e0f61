"""Headlines: the few rows of the KPI review that a manager reads first."""

from typing import Final, NamedTuple

import pandas as pd

__all__ = ["headlines"]


class _Line(NamedTuple):
    """Rows that make a headline: the name, how the definition begins, and what they are told by.

    Of `most` rows the largest are told; 0 stands for all of one definition.
    """

    name: str
    definition: str = ""
    by: str = "total"
    most: int = 0


_LINES: Final = (
    _Line("Quota attainment", "won / quota"),
    _Line("Quota attainment", "quota less won"),
    _Line("Quota attainment", "chance of reaching"),
    _Line("Coverage", "open amount due in the month"),
    _Line("Coverage", "open amount due in the quarter"),
    _Line("Coverage", "open amount needed"),
    _Line("Win rate", "won within"),
    _Line("Win rate", "won / (won + lost)"),
    _Line("Average deal size", "sum won"),
    _Line("Sales cycle", "median of creation to close, open"),
    _Line("Stage conversion", "went on in the end", "stage"),
    _Line("Bottleneck", "what costs most"),
    _Line("Loss reasons", "share of lost deals", "reason", most=3),
    _Line("Activity volume", "touches per owner"),
    _Line("Activity volume", "median days since"),
    _Line("Slippage", "slipped"),
    _Line("Sales velocity", "won a day"),
    _Line("Weighted pipeline", "sum of amount"),
    _Line("Linearity", "revenue of the last month"),
    _Line("Forecast accuracy", "bias"),
    _Line("Forecast accuracy", "WAPE"),
    _Line("Forecast accuracy", "ranges of 80"),
    _Line("Evidence"),
    _Line("Evidence", "share won, ", "stage", most=2),
)
"""In the order of the questions that managers ask: are we there, will we be, what hinders."""


def headlines(kpis: pd.DataFrame) -> list[int]:
    """Choose the headlines.

    Parameters
    ----------
    kpis : DataFrame
        Columns :data:`salespipe.results.KPI_COLUMNS`.

    Returns
    -------
    list of int
        Places of rows of `kpis`, each once. Where several definitions fit, the first of which
        anything is known; where none is known the first, with its reason.
    """
    table = kpis.reset_index(drop=True)
    chosen: list[int] = []
    for line in _LINES:
        fits = table[
            (table["name"] == line.name)
            & (table["by"] == line.by)
            & table["definition"].str.startswith(line.definition)
        ]
        if fits.empty:
            continue
        if line.by == "total":
            known = fits[fits["value"].notna()]
            fits = (known if len(known) else fits).head(1)
        elif line.most:
            known = fits[fits["value"].notna()]
            fits = known.sort_values("value", ascending=False, kind="stable").head(line.most)
        else:
            fits = fits[fits["definition"] == fits["definition"].iloc[0]]
        chosen += fits.index.tolist()
    return list(dict.fromkeys(chosen))
