"""Notebooks as tests: on a workbook of one's choice, their cells in order.

`pytest --nbval-lax --nbval-current-env --workbook BOOK.xlsx notebooks` runs all of them; without
`--workbook`, on the built-in example, and with `--as-of DATE` on what was known then. What each
fits is kept beside the workbook, so that the next fits nothing.
"""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the notebooks' parameters `workbook` and `as_of` be named."""
    parser.addoption("--workbook", help="the workbook that the notebooks are run on")
    parser.addoption("--as-of", help="the last day of which they know anything, as 2026-10-31")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the cells of each notebook back in order (pytest-randomly has shuffled them)."""
    items.sort(key=_place)
    given = {name: config.getoption(name) for name in ("workbook", "as_of")}
    lines = "".join(f"\n{name} = {value!r}" for name, value in given.items() if value)
    for item in items:
        cell = getattr(item, "cell", None)
        if cell is not None and "parameters" in cell.metadata.get("tags", []):
            cell.source += lines


def _place(item: pytest.Item) -> tuple[str, int]:
    cell = getattr(item, "cell_num", None)
    return ("", 0) if cell is None else (str(item.path), cell)
