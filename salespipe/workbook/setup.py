"""The Stages and Settings sheets: what people may set, and what stands in where they did not."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Final, cast

from salespipe import names as n
from salespipe.errors import SettingsError
from salespipe.settings import Language, Settings
from salespipe.stages import DEFAULT_STAGES, Stage, StageKind, open_stages, validate_stages
from salespipe.tables import Kind
from salespipe.wording import Words
from salespipe.workbook.choices import CLOSED, currency_code, likely_currency
from salespipe.workbook.columns import Source, Value, read_column
from salespipe.workbook.grid import Cell, Grid
from salespipe.workbook.headers import fold
from salespipe.workbook.notes import Note
from salespipe.workbook.readings import READERS, Evidence, show
from salespipe.workbook.schema import SETTINGS

__all__ = ["assumed_settings", "read_settings", "read_stages"]

_STAGE_KINDS: Final[dict[str, Kind]] = {
    "order": "number",
    "name": "text",
    "name_zh": "text",
    "kind": "text",
    "probability": "fraction",
    "typical_days": "number",
    "entry": "text",
    "exit": "text",
    "activities": "text",
    "milestones": "text",
}
_KINDS: Final[dict[str, StageKind]] = {
    **{word: cast("StageKind", kind) for word, kind in CLOSED.items()},
    "open": n.OPEN,
    "进行中": n.OPEN,
    "在谈": n.OPEN,
    "开放": n.OPEN,
}
_LANGUAGES: Final[dict[str, Language]] = {
    **dict.fromkeys(("en", "english", "英文", "英语"), "en"),
    **dict.fromkeys(("zh", "zhcn", "cn", "chinese", "中文", "汉语"), "zh"),
}

_STAGES_ZH: Final = (
    "“阶段”表无法使用：名称不得重复，须有至少一个进行中阶段以及各一个成交和丢单阶段；"
    "概率须在 0 % 与 100 % 之间且逐级不降，通常天数须大于 0。"
)
_ALLOWED_ZH: Final = {
    "company": "请填写文字",
    "currency": "请填写三位字母币种代码，例如 CNY",
    "fiscal_year_start": "请填写 1 至 12 的月份",
    "worst": "最差、可能、最好须递增，且在 0 % 与 100 % 之间",
    "likely": "最差、可能、最好须递增，且在 0 % 与 100 % 之间",
    "best": "最差、可能、最好须递增，且在 0 % 与 100 % 之间",
    "horizon": "请填写 1 至 24 的月数",
    "language": "请填写 en 或 zh",
    "prior_strength": "请填写 1 至 1000 的商机数",
}


def read_stages(source: Source) -> tuple[Stage, ...]:
    """Read the Stages sheet; what cannot be used is noted in `source`.

    An end that is missing (won or lost) is added as the template has it; without any open stage
    the usual ones stand in, so that the deals can still be looked at.
    """
    columns: dict[str, list[Value]] = {
        key: read_column(source, key, kind=_STAGE_KINDS[key], column=column)
        for key, column in source.block.columns.items()
    }
    rows = [
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    ]
    rows = [row for row in rows if row.get("name") or row.get("name_zh")]
    if all(isinstance(row.get("order"), float) for row in rows):
        rows.sort(key=lambda row: cast("float", row["order"]))
    stages = tuple(_stage(row) for row in rows)
    for end in DEFAULT_STAGES[-2:]:
        if all(stage.kind != end.kind for stage in stages):
            stages += (end,)
    try:
        return validate_stages(stages)
    except SettingsError as error:
        source.notes.append(Note("stages-unusable", hint=Words(_sentence(error), _STAGES_ZH)))
        return stages if open_stages(stages) else DEFAULT_STAGES


def _stage(row: dict[str, Value]) -> Stage:
    name, name_zh = str(row.get("name") or ""), str(row.get("name_zh") or "")
    kind = _KINDS.get(fold(str(row.get("kind") or "")))
    kind = kind or _KINDS.get(fold(name)) or _KINDS.get(fold(name_zh)) or n.OPEN
    # A blank probability or duration must be said, not filled in: 0 fails the validation.
    probability, days = (row.get(key) or 0.0 for key in ("probability", "typical_days"))
    if kind == n.OPEN and "typical_days" not in row:
        days = Stage.typical_days
    texts = {key: str(row.get(key) or "") for key in ("entry", "exit", "activities", "milestones")}
    return Stage(
        name or name_zh,
        name_zh,
        kind=kind,
        probability=cast("float", probability) if kind != n.WON else 1.0,
        typical_days=cast("float", days),
        **texts,
    )


@dataclass
class _Draft:
    """Settings in the making, and what is wrong with them."""

    settings: Settings = field(default_factory=Settings)
    notes: list[Note] = field(default_factory=list)

    def apply(self, key: str, label: Cell, value: Cell | None, change: dict[str, object]) -> None:
        try:
            self.settings = replace(self.settings, **change)  # type: ignore[arg-type]
        except SettingsError as error:
            self.refuse(key, label, value, _sentence(error))

    def refuse(self, key: str, label: Cell, value: Cell | None, message: str) -> None:
        place = value or label._replace(column=label.column + 1)
        shown = show(value) if value else ""
        self.notes.append(
            Note(
                "setting-unusable",
                key=show(label),
                row=place.row,
                column=place.column,
                value=shown,
                hint=Words(message, f"“{shown}”不可用：{_ALLOWED_ZH[key]}。"),
            )
        )


def assumed_settings(headers: Iterable[str], currencies: Iterable[str]) -> Settings:
    """Give what stands in for a Settings sheet.

    Parameters
    ----------
    headers : iterable of str
        Of the deals; most of them decide the language.
    currencies : iterable of str
        Signs, codes and words of currencies; the one of most deals is the workbook's.
    """
    written = [header for header in headers if header]
    chinese = 2 * sum(not header.isascii() for header in written) > len(written)
    home = "CNY" if chinese else Settings.currency
    codes = Counter(
        currency_code(word, home=home) or likely_currency(word, home=home) for word in currencies
    )
    usual = codes.most_common(1)[0][0] if codes else home
    return Settings(currency=usual, language="zh" if chinese else "en")


def read_settings(grid: Grid) -> tuple[Settings, list[Note]]:
    """Read the Settings sheet: each value stands to the right of its label.

    A value that cannot be used is noted, and the default stands in for it; the default
    language is that of the sheet's name.
    """
    draft = _Draft(Settings(language="en" if grid.title.isascii() else "zh"))
    found = _labelled(grid)
    quantiles: dict[str, float] = {}
    for key, (label, value) in found.items():
        if value is None:
            continue
        try:
            read = _READ[key](value)
        except SettingsError as error:
            draft.refuse(key, label, value, _sentence(error))
            continue
        if key in ("worst", "likely", "best"):
            quantiles[key] = cast("float", read)
        else:
            draft.apply(key, label, value, {key: read})
    if quantiles:
        defaults = dict(zip(("worst", "likely", "best"), Settings.quantiles, strict=True))
        label, value = found[next(iter(quantiles))]
        draft.apply("worst", label, value, {"quantiles": tuple((defaults | quantiles).values())})
    return draft.settings, draft.notes


def _labelled(grid: Grid) -> dict[str, tuple[Cell, Cell | None]]:
    labels = {fold(label): key for key, pair in SETTINGS.items() for label in (key, *pair)}
    found: dict[str, tuple[Cell, Cell | None]] = {}
    for row in grid.rows.values():
        for cell in row.values():
            key = labels.get(fold(show(cell))) if cell.kind == "text" else None
            if key and key not in found:
                found[key] = (cell, row.get(cell.column + 1))
    return found


def _number(cell: Cell) -> float:
    value = READERS["number"](cell, Evidence(decimal=".")).value
    if not isinstance(value, float):
        raise SettingsError(f'"{show(cell)}" is not a number.')
    return value


def _whole(cell: Cell) -> int:
    value = _number(cell)
    if value != int(value):
        raise SettingsError(f'"{show(cell)}" is not a whole number.')
    return int(value)


def _quantile(cell: Cell) -> float:
    value = _number(cell)
    return value / 100 if 1 < value < 100 else value


def _currency(cell: Cell) -> str:
    code = currency_code(show(cell), home="")
    if code is None:
        raise SettingsError(f'"{show(cell)}" is not a currency; write its three letters, as USD.')
    return code


def _language(cell: Cell) -> Language:
    language = _LANGUAGES.get(fold(show(cell)))
    if language is None:
        raise SettingsError(f'"{show(cell)}" is not a language of salespipe; write en or zh.')
    return language


_READ: Final[dict[str, Callable[[Cell], object]]] = {
    "company": show,
    "currency": _currency,
    "fiscal_year_start": _whole,
    "worst": _quantile,
    "likely": _quantile,
    "best": _quantile,
    "horizon": _whole,
    "language": _language,
    "prior_strength": _number,
}


def _sentence(error: SettingsError) -> str:
    text = str(error).removeprefix("On the Settings sheet, ").removeprefix("On the Stages sheet, ")
    return text[:1].upper() + text[1:]
