"""The front page: the three numbers, the chance of the target, what changed, what to do."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final

import pandas as pd

from salespipe.money import money_text
from salespipe.plots.words import share
from salespipe.report.words import words
from salespipe.results import CARRY_ON, Results
from salespipe.settings import Language
from salespipe.wording import said
from salespipe.workbook.chinese import in_language

__all__ = ["Card", "Front", "Table", "front_page"]

SHOWN: Final = 8
"""Deals and problems that the front page names; the rest is in the notebooks."""


@dataclass(frozen=True)
class Card:
    """A number in large type.

    Attributes
    ----------
    name, value, says : str
        What it is, the number, and how to read it.
    """

    name: str
    value: str
    says: str


@dataclass(frozen=True)
class Table:
    """A table of texts.

    Attributes
    ----------
    caption : str
    heads : tuple of str
    rows : tuple of tuple of str
    numbers : tuple of int
        Places of the columns that hold numbers.
    """

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Front:
    """All that the front page says.

    Attributes
    ----------
    title, as_of, revenue, made : str
    cards : tuple of Card
    periods : Table
    changed : tuple of str
        Sentences.
    movements : tuple of Table
    actions : Table or None
    costs, notes : tuple of str
        Sentences.
    """

    title: str
    as_of: str
    revenue: str
    made: str
    cards: tuple[Card, ...]
    periods: Table
    changed: tuple[str, ...]
    movements: tuple[Table, ...]
    actions: Table | None
    costs: tuple[str, ...]
    notes: tuple[str, ...]


def front_page(results: Results, language: Language) -> Front:
    """Say in short what the results hold.

    Parameters
    ----------
    results : Results
        With what changed, see :func:`salespipe.job.remembered`.
    language : {"en", "zh"}
    """
    return _Writing(results, language).front()


class _Writing:
    def __init__(self, results: Results, language: Language) -> None:
        self.results = results
        self.language = language

    def words(self, key: str, **values: object) -> str:
        return words(key, self.language, **values)

    def money(self, value: float) -> str:
        if not isfinite(value):
            return "–"
        return money_text(value, currency=self.results.currency, language=self.language)

    def front(self) -> Front:
        results = self.results
        receipt, seen = results.receipt, results.receipt.diagnostics
        months = results.periods[results.periods["kind"] == "month"]["period"]
        first, last = months.iloc[0], months.iloc[-1]
        return Front(
            title=results.company or self.words("title"),
            as_of=self.words("as_of", day=receipt.as_of),
            revenue=self.words("revenue", span=first if first == last else f"{first} – {last}"),
            made=self.words(
                "made",
                version=receipt.version,
                data=receipt.data_hash,
                seed=receipt.seed,
                rhat=f"{seen.max_rhat:.3f}",
                ess=f"{seen.min_ess:,.0f}",
            ),
            cards=self._cards(),
            periods=self._periods(),
            changed=self._changed(),
            movements=self._movements(),
            actions=self._actions(),
            costs=tuple(results.costs["message"].head(SHOWN)),
            notes=tuple(str(in_language(note, self.language)) for note in results.notes),
        )

    def _cards(self) -> tuple[Card, ...]:
        whole = self.results.periods.iloc[-1]
        low, _, high = self.results.quantiles
        chances = {"worst": share(low), "likely": "", "best": share(1 - high)}
        cards = [
            Card(
                self.words(key),
                self.money(whole[key]),
                self.words(f"{key}_says", chance=chance),
            )
            for key, chance in chances.items()
        ]
        known = pd.notna(whole["target"])
        says = self.words("target_says", target=self.money(whole["target"]))
        target = Card(
            self.words("p_target"),
            share(whole["p_target"]) if known else "–",
            says if known else self.words("no_target"),
        )
        return (*cards, target)

    def _periods(self) -> Table:
        keys = ("worst", "likely", "best", "target")
        rows = [
            (str(row["period"]), *(self.money(row[key]) for key in keys), share(row["p_target"]))
            for row in self.results.periods[self.results.periods["kind"] != "total"].to_dict(
                "records"
            )
        ]
        heads = tuple(self.words(key) for key in ("period", *keys, "p_target"))
        return Table(self.words("period"), heads, tuple(rows), (1, 2, 3, 4, 5))

    def _changed(self) -> tuple[str, ...]:
        changes = self.results.changes
        if changes is None:
            return (self.words("no_changes"),)
        said_ = [
            self.words(
                "open_moved",
                since=changes.since,
                until=changes.until,
                before=self.money(changes.open_start),
                after=self.money(changes.open_end),
            )
        ]
        if len(changes.bridge):
            said_.append(
                self.words(
                    "likely_moved",
                    months=changes.bridge_months.replace(" to ", " – "),
                    since=changes.bridge_since,
                    until=changes.bridge_until,
                    before=self.money(changes.likely_before),
                    after=self.money(changes.likely_after),
                )
            )
        return tuple(said_)

    def _movements(self) -> tuple[Table, ...]:
        changes = self.results.changes
        if changes is None:
            return ()
        heads = tuple(self.words(key) for key in ("step", "amount", "deals", "which"))
        parts = zip(self._changed(), (changes.movements, changes.bridge), strict=False)
        return tuple(
            Table(caption, heads, tuple(self._step(row) for row in _moved(steps)), (1, 2))
            for caption, steps in parts
        )

    def _step(self, row: Mapping[Hashable, Any]) -> tuple[str, ...]:
        return (
            str(said(row["name"], self.language)),
            self.money(row["amount"]),
            f"{row['count']:,.0f}",
            str(said(row["which"], self.language)),
        )

    def _actions(self) -> Table | None:
        deals = self.results.deals
        urgent = deals[deals["action"] != CARRY_ON].head(SHOWN)
        if urgent.empty:
            return None
        rows = [
            (
                " ".join(str(row[key]) for key in ("account", "deal_id") if pd.notna(row[key])),
                str(row["owner"]) if pd.notna(row["owner"]) else "–",
                self.money(row["expected_value"]),
                str(in_language(row["driver"], self.language)),
                str(in_language(row["action"], self.language)),
            )
            for row in urgent.to_dict("records")
        ]
        heads = tuple(self.words(key) for key in ("deal", "owner", "worth", "driver", "action"))
        return Table(self.words("to_do"), heads, tuple(rows), (2,))


def _moved(steps: pd.DataFrame) -> list[dict[Hashable, Any]]:
    """Keep the steps in which something moved."""
    return steps[(steps["amount"] != 0) | (steps["count"] > 0)].to_dict("records")
