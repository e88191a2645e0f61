"""The workbook template: every sheet, in English or Chinese, empty or filled."""

from salespipe.workbook.template.build import build_workbook

__all__ = ["build_workbook"]
