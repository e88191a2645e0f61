"""The Excel way in and out; the only package that knows of sheets and cells.

What a program of its own may want is here by name: :func:`patch_workbook` writes values, formulas,
links and number formats into a workbook and leaves everything else as it stands.
"""

from typing import TYPE_CHECKING

from salespipe.lazily import loaded_from

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


__getattr__ = loaded_from(__name__, _HOME)


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
