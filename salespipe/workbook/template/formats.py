"""Cell formats and colours of the template."""

from typing import Any, Final

from salespipe.settings import Language
from salespipe.workbook.money import large_money_code

__all__ = ["COLOURS", "FONTS", "NUMBER_FORMATS", "Formats", "default_font"]

COLOURS: Final = {
    "ink": "#1F2933",
    "quiet": "#5F6B76",
    "rule": "#D5DCE3",
    "paper": "#F4F7FA",
    "blue": "#0072B2",
    "sky": "#A9D5EF",
    "orange": "#E69F00",
    "vermillion": "#D55E00",
    "navy": "#1F3A5F",
    "steel": "#4A6B8A",
    "teal": "#00705A",
    "grey": "#6B7280",
    "warn": "#FDE8C8",
    "alarm": "#F8D3C0",
    "note": "#DCEAF5",
}
"""Okabe and Ito's colours for data, quiet tones for paper and ink."""

FONTS: Final[dict[Language, str]] = {"en": "Arial", "zh": "Microsoft YaHei"}


def default_font(language: Language) -> dict[str, object]:
    """Give the font of all cells; tied to no theme, which would put its own font in its place."""
    return {"font_name": FONTS[language], "font_size": 10, "font_scheme": "none"}


NUMBER_FORMATS: Final = {
    "id": "@",
    "text": "General",
    "wrap": "General",
    "any": "General",
    "link": "General",
    "money": "#,##0",
    "number": "#,##0.00",
    "count": "#,##0",
    "percent": "0%",
    "fraction": "0%",
    "share": "0.0%",
    "days": "#,##0",
    "date": "yyyy-mm-dd",
    "month": "yyyy-mm",
    "rate": "0.0000",
}
"""Number formats by what a column holds."""

_LEFT: Final = frozenset({"id", "text", "wrap", "link"})
_CENTRED: Final = frozenset({"date", "month"})


def _aligned(show: str) -> dict[str, object]:
    # Explicit, since text would otherwise touch the number to its left.
    if show in _LEFT:
        return {"align": "left", "indent": 1}
    return {"align": "center"} if show in _CENTRED else {"align": "right"}


class Formats:
    """The formats of one workbook, each made once.

    Parameters
    ----------
    book : xlsxwriter.Workbook
    language : {"en", "zh"}
        Of the figures in large type, which Chinese readers expect in 万 and 亿.
    """

    def __init__(self, book: Any, language: Language) -> None:  # noqa: ANN401 - no types
        self._book = book
        self._large = large_money_code("", language)
        self._made: dict[tuple[tuple[str, object], ...], Any] = {}

    def make(self, properties: dict[str, object]) -> Any:  # noqa: ANN401
        """Give the format with these xlsxwriter properties."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(properties)
        return self._made[key]

    def header(self, colour: str, show: str = "text") -> Any:  # noqa: ANN401
        """Give the format of a table header.

        With a column's `show` it is aligned as that column; beside a filter button, which stands
        at the right, text is better at the left.
        """
        return self.make(
            _aligned(show)
            | {
                "bold": True,
                "font_color": "#FFFFFF",
                "bg_color": COLOURS[colour],
                "text_wrap": True,
                "valign": "vcenter",
                "border": 1,
                "border_color": COLOURS["rule"],
            }
        )

    def input(self, show: str, *, calculated: bool = False) -> Any:  # noqa: ANN401
        """Give the format of cells that people type into, or of a column calculated there."""
        properties = _aligned(show) | {"num_format": NUMBER_FORMATS[show], "valign": "top"}
        if show == "wrap":
            properties["text_wrap"] = True
        if calculated:
            properties |= {"font_color": COLOURS["quiet"], "bg_color": COLOURS["paper"]}
        return self.make(properties)

    def body(self, show: str) -> Any:  # noqa: ANN401
        """Give the format of a body cell in one of the tool's tables."""
        properties = _aligned(show) | {
            "num_format": NUMBER_FORMATS[show],
            "valign": "vcenter",
            "bottom": 1,
            "bottom_color": COLOURS["rule"],
            "text_wrap": show in _LEFT,
        }
        if show == "link":
            properties |= {"font_color": COLOURS["blue"], "underline": 1}
        return self.make(properties)

    def setting(self, show: str) -> Any:  # noqa: ANN401
        """Give the format of a value on the Settings sheet."""
        return self.make(
            {
                "num_format": NUMBER_FORMATS[show],
                "align": "left",
                "indent": 1,
                "bg_color": COLOURS["note"],
                "bottom": 1,
                "bottom_color": COLOURS["rule"],
            }
        )

    def prose(self, role: str) -> Any:  # noqa: ANN401
        """Give the format of text outside tables.

        Parameters
        ----------
        role : {"title", "heading", "status", "plain", "link", "data", "setting", "figure",
            "figure_share", "caption", "card"}
        """
        ink: dict[str, object] = {"font_color": COLOURS["ink"], "valign": "vcenter"}
        card: dict[str, object] = {"bg_color": COLOURS["paper"], "align": "center"}
        roles: dict[str, dict[str, object]] = {
            "title": {"bold": True, "font_size": 18, "font_color": COLOURS["navy"]},
            "heading": {"bold": True, "font_size": 12, "font_color": COLOURS["navy"]},
            "status": {"font_color": COLOURS["quiet"]},
            "plain": {"text_wrap": True, "valign": "top"},
            "link": {"font_color": COLOURS["blue"], "underline": 1, "valign": "top"},
            "data": {"font_color": COLOURS["grey"], "font_size": 8},
            "setting": {
                "align": "left",
                "indent": 1,
                "bottom": 1,
                "bottom_color": COLOURS["rule"],
            },
            "figure": card | {"bold": True, "font_size": 22, "num_format": self._large},
            "figure_share": card | {"bold": True, "font_size": 22, "num_format": "0%"},
            "caption": card | {"font_color": COLOURS["quiet"], "text_wrap": True},
            "card": card | {"bold": True, "font_size": 11, "font_color": COLOURS["navy"]},
        }
        return self.make(ink | roles[role])
