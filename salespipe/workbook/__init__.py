"""The Excel way in and out; the only package that knows of sheets and cells.

What a program of its own may want is here by name: :func:`patch_workbook` writes values, formulas,
links and number formats into a workbook and leaves everything else as it stands.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from salespipe.workbook.edits import Formula, Link, Styled
    from salespipe.workbook.patch import patch_workbook

__all__ = ["Formula", "Link", "Styled", "patch_workbook"]

_HOME = {
    "Formula": "salespipe.workbook.edits",
    "Link": "salespipe.workbook.edits",
    "Styled": "salespipe.workbook.edits",
    "patch_workbook": "salespipe.workbook.patch",
}
"""Module in which each name lives: loaded when first used, like those of :mod:`salespipe`."""


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Load a public name when it is first asked for (PEP 562)."""
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    message = f"module 'salespipe.workbook' has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
