"""The workbook template: every sheet, in English or Chinese, empty or filled."""

from typing import TYPE_CHECKING

from salespipe.lazily import loaded_from

if TYPE_CHECKING:
    from salespipe.workbook.template.build import build_workbook

__all__ = ["build_workbook"]

# Who only asks what a stage is called in a sheet does not wait for what writes one.
__getattr__ = loaded_from(__name__, {"build_workbook": "salespipe.workbook.template.build"})
