"""Columns that people fill: what they look like, what they offer, and what they let in."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from salespipe import names as n
from salespipe.settings import Language
from salespipe.workbook.template.hints import alert

__all__ = ["LIST_COLUMNS", "STRICT_LISTS", "Field", "add_rule"]

STRICT_LISTS: Final[dict[tuple[str, str], str]] = {
    ("deals", n.STAGE): "stages",
    ("deals", n.SOURCE): "sources",
    ("deals", n.CURRENCY): "currencies",
    ("deals", n.FORECAST_CATEGORY): "categories",
    ("deals", n.LOST_REASON): "lost_reasons",
    ("activities", n.ACTIVITY_TYPE): "activity_types",
    ("activities", n.ACTIVITY_OUTCOME): "outcomes",
    ("rates", n.CURRENCY): "currencies",
    ("feedback", n.TOPIC): "topics",
    ("feedback", n.STATUS): "statuses",
}
"""Columns whose list warns of anything else."""

LIST_COLUMNS: Final[dict[tuple[str, str], str]] = STRICT_LISTS | {
    ("deals", n.ACCOUNT): "accounts",
    ("deals", n.OWNER): "owners",
    ("deals", n.SEGMENT): "segments",
    ("accounts", n.OWNER): "owners",
    ("contacts", n.ACCOUNT): "accounts",
    ("activities", n.OWNER): "owners",
    ("activities", n.DEAL_ID): "deals",
    ("targets", n.OWNER): "owners",
    ("feedback", n.OWNER): "owners",
}
"""All columns with a list. Some only suggest: a new owner or account is nothing to warn of."""

_DAY: Final[dict[str, object]] = {
    "validate": "date",
    "criteria": "between",
    "minimum": date(1990, 1, 1),
    "maximum": date(2199, 12, 31),
}
_SHARE: Final[dict[str, object]] = {
    "validate": "decimal",
    "criteria": "between",
    "minimum": 0,
    "maximum": 1,
}
_CHECKS: Final[dict[str, dict[str, object]]] = {
    "date": _DAY,
    "month": _DAY,
    "money": {"validate": "decimal", "criteria": ">=", "value": 0},
    "number": {"validate": "decimal", "criteria": "between", "minimum": -1e15, "maximum": 1e15},
    "count": {"validate": "integer", "criteria": ">=", "value": 0},
    "fraction": _SHARE,
    "rate": {"validate": "decimal", "criteria": ">", "value": 0},
    "month_number": {"validate": "integer", "criteria": "between", "minimum": 1, "maximum": 12},
    "horizon": {"validate": "integer", "criteria": "between", "minimum": 1, "maximum": 24},
    "quantile": _SHARE | {"minimum": 0.001, "maximum": 0.999},
    "strength": {"validate": "decimal", "criteria": "between", "minimum": 0.001, "maximum": 1000},
}


@dataclass(frozen=True)
class Field:
    """A column of a sheet that people fill.

    Attributes
    ----------
    header : str
    show : str
        Key of :data:`salespipe.workbook.template.formats.NUMBER_FORMATS`.
    colour : str
        Colour of the header.
    width : float
        Width in characters.
    check : str
        Kind of value that is let in, ``""`` for any.
    choices : str
        List on the Lists sheet, ``""`` if none.
    strict : bool
        Whether a value that is not in the list is warned of.
    hint : str
        Input message.
    formula : str
        Formula of a calculated column, ``""`` if people fill it.
    """

    header: str
    show: str
    colour: str
    width: float = 14
    check: str = ""
    choices: str = ""
    strict: bool = False
    hint: str = ""
    formula: str = ""


def add_rule(
    sheet: Any,  # noqa: ANN401
    place: int,
    field: Field,
    *,
    last: int,
    language: Language,
    first: int = 1,
) -> None:
    """Give a column its drop-down, its hint and its alert, from row `first` to `last`."""
    rule: dict[str, object] = {"validate": "any"}
    if field.choices:
        rule = {"validate": "list", "source": f"=list_{field.choices}"}
        if field.strict:
            rule |= {"error_type": "warning", "error_message": alert("list", language)}
        else:
            rule["show_error"] = False
    elif field.check:
        rule = _CHECKS[field.check] | {"error_message": alert(field.check, language)}
    if "error_message" in rule:
        rule["error_title"] = alert("title", language)
    if field.hint:
        rule |= {"input_title": field.header[:32], "input_message": field.hint[:255]}
    if rule != {"validate": "any"}:
        sheet.data_validation(first, place, last, place, rule)
