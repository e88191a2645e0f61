"""Cells run in their order, whatever order the tests of the package are shuffled into."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the cells of each notebook back in order (pytest-randomly has shuffled them)."""
    items.sort(key=_place)


def _place(item: pytest.Item) -> tuple[str, int]:
    cell = getattr(item, "cell_num", None)
    return ("", 0) if cell is None else (str(item.path), cell)
