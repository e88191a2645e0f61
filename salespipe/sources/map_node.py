"""A table of a TOML file that checks what is taken from it and says where a fault stands."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, NoReturn

from salespipe.errors import ImportMapError
from salespipe.tables import Kind

__all__ = ["Node"]


class Node:
    """One TOML table.

    Parameters
    ----------
    data : Mapping
    file : str
        Name of the TOML file.
    path : str
        Dotted name of the table in it, ``""`` for the top.
    """

    def __init__(self, data: Mapping[str, Any], *, file: str, path: str = "") -> None:
        self.data = data
        self.file = file
        self.path = path

    @property
    def where(self) -> str:
        """File and table, for messages."""
        return f"{self.file}, [{self.path}]" if self.path else self.file

    def refuse(self, key: str, value: object, allowed: Iterable[str]) -> NoReturn:
        """Raise the error that names key, value and what is allowed."""
        raise ImportMapError(f"In {self.where}, {key} is {value!r}; allowed: {', '.join(allowed)}.")

    def only(self, *keys: str) -> None:
        """Refuse keys other than these."""
        for key in self.data:
            if key not in keys:
                raise ImportMapError(
                    f'In {self.where}, the key "{key}" is unknown; allowed: {", ".join(keys)}.'
                )

    def table(self, key: str, *, optional: bool = False) -> "Node":
        """Give a table within this one; an empty one where it is optional and absent."""
        value = self._get(key, {} if optional else None, "a table")
        if not isinstance(value, dict):
            self.refuse(key, value, ("a table",))
        return Node(value, file=self.file, path=f"{self.path}.{key}".lstrip("."))

    def tables(self, key: str) -> list["Node"]:
        """Give the tables of an array, or the one table; none where the key is absent."""
        value = self.data.get(key, [])
        entries = value if isinstance(value, list) else [value]
        if not all(isinstance(entry, dict) for entry in entries):
            self.refuse(key, value, ("a table, or an array of tables",))
        path = f"{self.path}.{key}".lstrip(".")
        return [Node(entry, file=self.file, path=path) for entry in entries]

    def text(self, key: str, *, default: str | None = None) -> str:
        """Give a text."""
        value = self._get(key, default, "text")
        if not isinstance(value, str):
            self.refuse(key, value, ("text",))
        return value

    def texts(self) -> dict[str, str]:
        """Give the whole table, all of whose values are text."""
        return {key: self.text(key) for key in self.data}

    def alternatives(self) -> dict[str, tuple[str, ...]]:
        """Give the whole table, all of whose values are texts or lists of texts."""
        return {
            key: self.text_list(key) if isinstance(self.data[key], list) else (self.text(key),)
            for key in self.data
        }

    def text_list(self, key: str) -> tuple[str, ...]:
        """Give a list of texts; an empty one where the key is absent."""
        value = self.data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            self.refuse(key, value, ("a list of texts",))
        return tuple(value)

    def number(self, key: str) -> float:
        """Give a number."""
        value = self._get(key, None, "a number")
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.refuse(key, value, ("a number",))
        return value

    def numbers(self, key: str, length: int) -> tuple[float, ...]:
        """Give a list of so many numbers."""
        value = self._get(key, None, f"a list of {length} numbers")
        good = isinstance(value, list) and all(type(entry) in (int, float) for entry in value)
        if not good or len(value) != length:
            self.refuse(key, value, (f"a list of {length} numbers",))
        return tuple(float(entry) for entry in value)

    def choice(self, key: str, allowed: tuple[str, ...], *, default: str | None = None) -> str:
        """Give one of these texts."""
        value = self.text(key, default=default)
        if value not in allowed:
            self.refuse(key, value, allowed)
        return value

    def choices(self, key: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        """Give a list of these texts."""
        values = self.text_list(key)
        for value in values:
            if value not in allowed:
                self.refuse(key, value, allowed)
        return values

    def constant(self, key: str, kind: Kind) -> str | float | date:
        """Give a value that fits a column of that kind."""
        value = self.data[key]
        if kind == "text":
            return self.text(key)
        if kind in ("date", "month"):
            if not isinstance(value, date) or isinstance(value, datetime):
                self.refuse(key, value, ("a date such as 2026-10-31, without quotes",))
            return value.replace(day=1) if kind == "month" else value
        return float(self.number(key))

    def _get(self, key: str, default: object, wanted: str) -> Any:  # noqa: ANN401
        if key in self.data:
            return self.data[key]
        if default is None:
            raise ImportMapError(f'In {self.where}, the key "{key}" is missing; add {wanted}.')
        return default
