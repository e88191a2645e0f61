"""The review pack: the notebooks, run on a workbook, as one HTML page that needs no network."""

from salespipe.report.pack import Report, make_report

__all__ = ["Report", "make_report"]
