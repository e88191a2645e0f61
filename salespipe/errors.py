"""The exception tree: one root, and a builtin as second base so that ordinary code can catch it."""

__all__ = [
    "AsOfError",
    "ClusterError",
    "ConvergenceError",
    "EmptyPipelineError",
    "HistoryError",
    "ImportMapError",
    "LedgerError",
    "MissingColumnError",
    "ProblemsError",
    "RateMissingError",
    "ReportError",
    "SalespipeError",
    "SettingsError",
    "TemplateError",
    "WorkbookEncryptedError",
    "WorkbookError",
    "WorkbookLockedError",
    "WorkbookNotFoundError",
    "WorkbookUnsafeError",
]


class SalespipeError(Exception):
    """Anything salespipe refuses, said in one sentence: what, where, and how to mend it."""

    def __str__(self) -> str:
        """Give the sentence on one line, whatever the names that it quotes hold."""
        return " ".join(str(self.args[0]).split()) if self.args else ""


class WorkbookError(SalespipeError, ValueError):
    """The file is not a workbook that can be read."""


class WorkbookNotFoundError(WorkbookError, FileNotFoundError):
    """There is no file at that path."""


class WorkbookEncryptedError(WorkbookError):
    """The workbook is protected by a password."""


class WorkbookLockedError(WorkbookError, PermissionError):
    """The workbook is open elsewhere, or changed since it was read; nothing was written."""


class WorkbookUnsafeError(WorkbookError):
    """The edit cannot be made without risking something a person put there; nothing was written."""


class MissingColumnError(WorkbookError, KeyError):
    """A sheet lacks a column that the work cannot do without."""


class ProblemsError(SalespipeError, ValueError):
    """The workbook has errors that stop the work; `salespipe check` lists them."""


class EmptyPipelineError(SalespipeError, ValueError):
    """There is no deal to work on."""


class AsOfError(SalespipeError, ValueError):
    """The as-of date does not fit the data."""


class RateMissingError(SalespipeError, ValueError):
    """A deal is in a currency for which the Rates sheet has no rate."""


class SettingsError(SalespipeError, ValueError):
    """A value on the Settings or Stages sheet cannot be used."""


class ImportMapError(SalespipeError, ValueError):
    """The import map does not fit the export."""


class TemplateError(SalespipeError, ValueError):
    """A text that people may edit cannot be used."""


class HistoryError(SalespipeError, ValueError):
    """A file of deals that the workbook has no room for cannot be used."""


class LedgerError(SalespipeError, ValueError):
    """The change log beside the workbook cannot be used."""


class ClusterError(SalespipeError, ConnectionError):
    """The cluster cannot be used."""


class ReportError(SalespipeError, RuntimeError):
    """The review pack cannot be made."""


class ConvergenceError(SalespipeError, RuntimeError):
    """A model did not pass the gate (R-hat, ESS, divergences); no forecast was written."""
