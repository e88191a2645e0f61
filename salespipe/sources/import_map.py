"""The parts of an import map, parsed and checked by :mod:`salespipe.sources.maps`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from salespipe import names as n
from salespipe.settings import Settings
from salespipe.stages import Stage

__all__ = ["REQUIRED", "FileMap", "HistoryMap", "ImportMap", "Join", "Outcome"]

REQUIRED: Final = {
    "deals": (n.DEAL_ID, n.STAGE),
    "changes": (n.DEAL_ID, n.CHANGED_ON, n.STAGE),
    "accounts": (n.ACCOUNT,),
    "contacts": (n.CONTACT,),
    "activities": (n.ACTIVITY_ON,),
    "targets": (n.MONTH, n.QUOTA),
    "market": (n.MONTH, n.INDEX, n.VALUE),
    "rates": (n.MONTH, n.CURRENCY, n.RATE),
}
"""Columns without which a table makes no sense."""


@dataclass(frozen=True)
class Join:
    """A look-up in another file.

    Attributes
    ----------
    file : str
    on, key : str
        Header here and header there; `key` must hold each value once.
    columns : Mapping of str to str
        Our column to header there.
    """

    file: str
    on: str
    key: str
    columns: Mapping[str, str]


@dataclass(frozen=True)
class FileMap:
    """How one file becomes rows of one table.

    Attributes
    ----------
    table : str
        A key of :data:`salespipe.tables.COLUMNS`.
    file : str
        ``""`` for the export itself.
    columns : Mapping of str to str
        Our column to header.
    constants : Mapping of str to object
        Our column to the value that every row gets.
    replace : Mapping of str to Mapping
        Header to {value as exported: value as it should be}.
    divide : Mapping of str to float
        Our column to the number by which it is divided.
    joins : tuple of Join
    dates : str
    alternatives : Mapping of str to tuple of str
        Our column to headers of which the first that is there is read; only in a lenient map,
        whose `columns` are empty until the file is seen.
    """

    table: str
    file: str
    columns: Mapping[str, str]
    constants: Mapping[str, str | float | date]
    replace: Mapping[str, Mapping[str, str]]
    divide: Mapping[str, float]
    joins: tuple[Join, ...]
    dates: str
    alternatives: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def given(self) -> tuple[str, ...]:
        """Our columns that the map fills."""
        looked_up = [key for join in self.joins for key in join.columns]
        headed = self.alternatives or self.columns
        return (*headed, *self.constants, *looked_up)


@dataclass(frozen=True)
class Outcome:
    """A column that tells won and lost deals apart from their stage.

    Attributes
    ----------
    headers : tuple of str
        The first that is there is read.
    won, lost : tuple of str
        Its values, compared without regard to case.
    """

    headers: tuple[str, ...]
    won: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True)
class HistoryMap:
    """How the history file becomes the change log.

    Attributes
    ----------
    source : FileMap
    order : tuple of str
        Headers by whose numbers rows of one day are ordered, ``-`` before one that descends.
    gives : tuple of str
        Deal columns that the history decides.
    """

    source: FileMap
    order: tuple[str, ...]
    gives: tuple[str, ...]


@dataclass(frozen=True)
class ImportMap:
    """A parsed and checked map.

    Attributes
    ----------
    file : str
        Name of the TOML file.
    decimal, separator, encoding : str
    settings : Settings
    stages : tuple of Stage
    deals : FileMap
    stage_values : Mapping of str to str
        Value in the export to ``won``, ``lost`` or the name of an open stage.
    entered : Mapping of str to str
        Open stage to the header of the day on which it was entered.
    listed_amount_for : tuple of str
        Outcomes (``open``, ``won``, ``lost``) whose amount is the listed amount.
    others : tuple of FileMap
    history : HistoryMap or None
    lenient : bool
        Whether the map is a preset: headers are tried one after another, columns and files that are
        not there are done without, and stages are taken from the export.
    close_date : tuple of str
        Headers of a day that is the expected close of an open deal and the closing of a closed one.
    outcome : Outcome or None
    stage_probability : tuple of str
        Headers of the chance of winning in the deal's stage.
    """

    file: str
    decimal: str
    separator: str
    encoding: str
    settings: Settings
    stages: tuple[Stage, ...]
    deals: FileMap
    stage_values: Mapping[str, str]
    entered: Mapping[str, str]
    listed_amount_for: tuple[str, ...]
    others: tuple[FileMap, ...]
    history: HistoryMap | None
    lenient: bool = False
    close_date: tuple[str, ...] = ()
    outcome: Outcome | None = None
    stage_probability: tuple[str, ...] = ()
