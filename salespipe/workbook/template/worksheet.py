"""A worksheet that remembers formulas it has already prepared."""

from xlsxwriter.worksheet import Worksheet

__all__ = ["FormulaSheet"]


class FormulaSheet(Worksheet):  # type: ignore[misc]
    """A worksheet for tables with many rows of the same few formulas.

    xlsxwriter searches every formula of every row for some thirty functions, twice: a minute for
    20,000 deals. Should a later version not call this method any more, that time comes back and
    nothing else changes.
    """

    def __init__(self) -> None:
        super().__init__()
        self._prepared: dict[tuple[str, bool], str] = {}

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        key = (formula, expand_future_functions)
        if key not in self._prepared:
            self._prepared[key] = super()._prepare_formula(formula, expand_future_functions)
        return self._prepared[key]
