"""Sales pipelines in Excel: checked, reviewed, forecast, and written back losslessly.

The names below are all that a notebook needs. They are loaded when first used, so that
``import salespipe`` and the commands that fit nothing stay quick.
"""

from typing import TYPE_CHECKING

from salespipe.lazily import loaded_from

if TYPE_CHECKING:
    from salespipe import kpi, plots
    from salespipe.checks import check, problems_of
    from salespipe.errors import SalespipeError
    from salespipe.inference.fit import Fit, fit
    from salespipe.job import run_month, write_forecast
    from salespipe.pipeline import Pipeline, build_pipeline
    from salespipe.settings import Settings
    from salespipe.simulation.forecast import Forecast, forecast
    from salespipe.simulation.levers import Levers
    from salespipe.simulation.scenarios import scenarios
    from salespipe.sources import read_export, read_map
    from salespipe.stages import Stage
    from salespipe.synthetic import simulate_company
    from salespipe.tables import Tables
    from salespipe.workbook.patch import patch_workbook
    from salespipe.workbook.read import Book, read_workbook
    from salespipe.workbook.template import build_workbook

__version__ = "0.1.0"

__all__ = [
    "Book",
    "Fit",
    "Forecast",
    "Levers",
    "Pipeline",
    "SalespipeError",
    "Settings",
    "Stage",
    "Tables",
    "__version__",
    "build_pipeline",
    "build_workbook",
    "check",
    "fit",
    "forecast",
    "kpi",
    "patch_workbook",
    "plots",
    "problems_of",
    "read_export",
    "read_map",
    "read_workbook",
    "run_month",
    "scenarios",
    "simulate_company",
    "write_forecast",
]

_HOME = {
    "Book": "salespipe.workbook.read",
    "Fit": "salespipe.inference.fit",
    "Forecast": "salespipe.simulation.forecast",
    "Levers": "salespipe.simulation.levers",
    "Pipeline": "salespipe.pipeline",
    "SalespipeError": "salespipe.errors",
    "Settings": "salespipe.settings",
    "Stage": "salespipe.stages",
    "Tables": "salespipe.tables",
    "build_pipeline": "salespipe.pipeline",
    "build_workbook": "salespipe.workbook.template",
    "check": "salespipe.checks",
    "fit": "salespipe.inference.fit",
    "forecast": "salespipe.simulation.forecast",
    "kpi": "salespipe.kpi",
    "patch_workbook": "salespipe.workbook.patch",
    "plots": "salespipe.plots",
    "problems_of": "salespipe.checks",
    "read_export": "salespipe.sources",
    "read_map": "salespipe.sources",
    "read_workbook": "salespipe.workbook.read",
    "run_month": "salespipe.job",
    "scenarios": "salespipe.simulation.scenarios",
    "simulate_company": "salespipe.synthetic",
    "write_forecast": "salespipe.job",
}
"""Module in which each name lives; `kpi` and `plots` are modules themselves."""


__getattr__ = loaded_from(__name__, _HOME)


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
