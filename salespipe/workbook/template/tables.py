"""The Excel Tables that the tool fills: their columns, and where they stand.

Tables that grow from month to month stand side by side, so that none ever runs into another.
"""

from dataclasses import dataclass
from typing import Final, Literal

from salespipe.settings import Language
from salespipe.workbook.schema import SHEETS
from salespipe.workbook.template.address import a1

__all__ = ["RECEIPT_ROWS", "TABLES", "Show", "ToolColumn", "ToolTable"]

Show = Literal[
    "text", "wrap", "money", "number", "percent", "days", "count", "date", "month", "any", "link"
]
"""How a column looks; `any` is told cell by cell."""


@dataclass(frozen=True)
class ToolColumn:
    """A column that the tool fills.

    Attributes
    ----------
    key : str
        Column of the frame in :class:`salespipe.results.Results`, or a name of its own.
    en, zh : str
        Header.
    show : str
    width : float
        Width in characters.
    """

    key: str
    en: str
    zh: str
    show: Show = "text"
    width: float = 12

    def header(self, language: Language) -> str:
        """Give the header in a language."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class ToolTable:
    """An Excel Table that the tool fills.

    Attributes
    ----------
    name : str
        Name of the Excel Table.
    sheet : str
        Key of its sheet.
    row, column : int
        Zero-based place of the first header.
    columns : tuple of ToolColumn
    filters : bool
        Whether its headers have filter buttons; a table of a few rows needs none.
    """

    name: str
    sheet: str
    row: int
    column: int
    columns: tuple[ToolColumn, ...]
    filters: bool = True

    def headers(self, language: Language) -> tuple[str, ...]:
        """List the headers in a language."""
        return tuple(column.header(language) for column in self.columns)

    def cell(self, row: int, key: str) -> str:
        """Give the A1 address of a body cell; row 0 is the first body row."""
        place = [column.key for column in self.columns].index(key)
        return a1(self.row + 1 + row, self.column + place)


def _money(key: str, en: str, zh: str, width: float = 12) -> ToolColumn:
    return ToolColumn(key, en, zh, "money", width)


_RANGE: Final = (
    _money("worst", "Worst", "最差"),
    _money("likely", "Likely", "可能"),
    _money("best", "Best", "最好"),
    _money("mean", "Mean", "均值"),
    _money("won_so_far", "Won so far", "已成交"),
    _money("from_open", "From open deals", "来自在谈商机", 13),
    _money("from_new", "From new deals", "来自新商机", 13),
    _money("weighted_pipeline", "Stage-weighted", "阶段加权", 14),
    _money("target", "Target", "目标"),
    ToolColumn("p_target", "Chance of target", "达标概率", "percent", 12),
)

_PERIODS: Final = (
    ToolColumn("period", "Period", "期间", width=12),
    ToolColumn("kind", "Kind", "类型", width=10),
    ToolColumn("start", "From", "起", "date", 12),
    ToolColumn("end", "To", "止", "date", 12),
    *_RANGE,
)

_SCENARIOS: Final = (
    ToolColumn("scenario", "What if", "情景", width=30),
    *_RANGE[:3],
    _money("change", "Change in the mean", "均值变化", 14),
    _RANGE[-1],
)

_DEALS: Final = (
    ToolColumn("deal_id", "Deal ID", "商机编号", width=12),
    ToolColumn("account", "Account", "客户", width=22),
    ToolColumn("deal_name", "Deal name", "商机名称", width=26),
    ToolColumn("owner", "Owner", "负责人", width=16),
    ToolColumn("stage", "Stage", "阶段", width=22),
    _money("amount", "Amount", "金额"),
    ToolColumn("p_won", "Chance of winning", "赢单概率", "percent", 12),
    ToolColumn("p_won_by_end", "Chance within horizon", "期内赢单概率", "percent", 15),
    ToolColumn("expected_close_on", "Likely close", "可能成交日期", "date", 12),
    _money("expected_value", "Expected value", "期望金额"),
    _money("worst", "Worst within horizon", "期内最差", 14),
    _money("best", "Best within horizon", "期内最好", 14),
    ToolColumn("share_of_variance", "Share of the uncertainty", "不确定性占比", "percent", 15),
    ToolColumn("target_swing", "Effect on chance of target", "对达标概率的影响", "percent", 17),
    ToolColumn("driver", "What moves it most", "主要影响因素", "wrap", 36),
    ToolColumn("alike", "Past deals most like it", "最相似的历史商机", "wrap", 52),
    ToolColumn("action", "What to do", "建议行动", "wrap", 36),
)

_KPIS: Final = (
    ToolColumn("name", "KPI", "指标", "wrap", 26),
    ToolColumn("by", "By", "维度", width=10),
    ToolColumn("group", "Which", "对象", width=20),
    ToolColumn("value", "Value", "数值", "any", 12),
    ToolColumn("low", "Low", "下限", "any", 12),
    ToolColumn("high", "High", "上限", "any", 12),
    ToolColumn("n", "n", "样本数", "count", 8),
    ToolColumn("unit", "Unit", "单位", width=9),
    ToolColumn("definition", "Definition", "定义", "wrap", 62),
    ToolColumn("population", "Which deals", "统计范围", "wrap", 110),
    ToolColumn("interval", "Interval", "区间", "wrap", 26),
    ToolColumn("trap", "How it misleads", "易误读之处", "wrap", 84),
)

_HEADLINES: Final = (
    ToolColumn("name", "KPI", "指标", "wrap", 18),
    ToolColumn("definition", "Definition", "定义", "wrap", 46),
    ToolColumn("group", "Which", "对象", "wrap", 22),
    ToolColumn("value", "Value", "数值", "any", 13),
    ToolColumn("low", "Low", "下限", "any", 12),
    ToolColumn("high", "High", "上限", "any", 12),
    ToolColumn("n", "n", "样本数", "count", 8),
    ToolColumn("note", "Read with care", "须知", "wrap", 66),
)

_AGENDA: Final = (
    ToolColumn("topic", "Topic", "议题", width=18),
    ToolColumn("item", "What", "内容", "wrap", 40),
    ToolColumn("owner", "Owner", "负责人", width=18),
    _money("amount", "Amount", "金额", 15),
    ToolColumn("note", "To say or ask", "说明与提问", "wrap", 72),
)

_SCORECARD: Final = (
    ToolColumn("owner", "Owner", "负责人", width=20),
    ToolColumn("n", "Deals", "商机数", "count", 8),
    ToolColumn("won", "Won in time", "按期赢单", "count", 10),
    ToolColumn("plain", "Win rate as it was", "实际赢单率", "percent", 12),
    ToolColumn("value", "On the team's mix of deals", "按团队商机构成", "percent", 14),
    ToolColumn("low", "Low", "下限", "percent", 9),
    ToolColumn("high", "High", "上限", "percent", 9),
    ToolColumn("p_above", "Chance of being above the team", "高于团队的概率", "percent", 16),
    ToolColumn("call", "What can be said", "结论", "wrap", 24),
)

_ADVICE: Final = (
    ToolColumn("owner", "Owner", "负责人", width=20),
    ToolColumn("kind", "Kind", "类型", width=12),
    ToolColumn("what", "What", "内容", "wrap", 52),
    ToolColumn("evidence", "Evidence", "依据", "wrap", 76),
)

_NEEDS: Final = (
    ToolColumn("deal_id", "Deal ID", "商机编号", width=11),
    ToolColumn("owner", "Owner", "负责人", "wrap", 16),
    ToolColumn("stage", "Stage", "阶段", "wrap", 20),
    ToolColumn("lacking", "Evidence lacking", "缺少依据", width=11),
    ToolColumn("entry", "Entry criterion of the stage", "进入条件", "wrap", 33),
    ToolColumn("evidence", "Evidence", "依据", "wrap", 38),
    ToolColumn("needs", "Needs next (exit criterion)", "下一步所需（完成条件）", "wrap", 33),
    ToolColumn("next_stage", "Then goes to", "随后进入", "wrap", 20),
)

_TODO: Final = (
    ToolColumn("owner", "Owner", "负责人", width=18),
    ToolColumn("severity", "Severity", "严重程度", width=11),
    ToolColumn("message", "What is the matter", "问题", "wrap", 56),
    ToolColumn("remedy", "What to do", "处理办法", "wrap", 52),
    ToolColumn("where", "Go to", "位置", "link", 22),
    ToolColumn("deal_id", "Deal ID", "商机编号", width=12),
    ToolColumn("account", "Account", "客户", width=22),
    _money("amount", "Amount at stake", "涉及金额", 15),
)

_WATERFALL: Final = (
    ToolColumn("movement", "Movement", "变动", width=26),
    _money("amount", "Amount", "金额", 16),
    ToolColumn("count", "Deals", "商机数", "count", 8),
    ToolColumn("which", "Which deals", "涉及商机", "wrap", 95),
)

_CHANGE_GROUPS: Final = (
    ToolColumn("by", "By", "维度", width=12),
    ToolColumn("group", "Which", "对象", width=20),
    _money("start", "Open before", "期初在谈"),
    _money("new", "New", "新增"),
    _money("pulled_in", "Pulled in", "提前至本期"),
    _money("pushed_in", "Pushed in", "推迟至本期"),
    _money("owner_in", "From another owner", "由他人转入", 15),
    _money("moved_in", "Moved in", "由他处转入"),
    _money("reopened", "Reopened", "重新打开"),
    _money("grown", "Grown", "金额增加"),
    _money("won", "Won", "赢单"),
    _money("lost", "Lost", "丢单"),
    _money("pushed_out", "Pushed out", "推迟出本期"),
    _money("pulled_out", "Pulled out", "提前出本期"),
    _money("owner_out", "To another owner", "转给他人", 15),
    _money("moved_out", "Moved out", "转到他处"),
    _money("shrunk", "Shrunk", "金额减少"),
    _money("removed", "Deleted", "从表中删除"),
    _money("end", "Open now", "期末在谈"),
)

_IDLE: Final = _DEALS[:6]
"""What a deal is called, who has it, where it stands, and its amount."""

_LOG: Final = (
    ToolColumn("as_of", "Forecast made on", "预测日", "date", 16),
    ToolColumn("period", "Period", "期间", width=12),
    ToolColumn("kind", "Kind", "类型", width=10),
    _money("worst", "Worst", "最差"),
    _money("likely", "Likely", "可能"),
    _money("best", "Best", "最好"),
    _money("target", "Target", "目标"),
    ToolColumn("p_target", "Chance of target", "达标概率", "percent", 16),
    _money("actual", "Actual", "实际"),
    ToolColumn("inside", "Within the range", "是否落在区间", width=16),
    ToolColumn("version", "Version", "版本", width=11),
    ToolColumn("data_hash", "Data hash", "数据指纹", width=19),
)

_SCORES: Final = (
    ToolColumn("by", "By", "维度", width=10),
    ToolColumn("group", "Which", "对象", width=20),
    ToolColumn("method", "Forecast by", "预测方法", width=31),
    ToolColumn("horizon", "Months ahead", "提前月数", "count", 12),
    ToolColumn("n", "Months scored", "已评月数", "count", 12),
    ToolColumn("bias", "Bias", "偏差", "percent", 10),
    ToolColumn("wape", "Error", "误差", "percent", 10),
    ToolColumn("crps_over_mean", "CRPS", "CRPS", "percent", 10),
    ToolColumn("coverage_50", "50 % ranges held", "50% 区间命中", "percent", 12),
    ToolColumn("coverage_80", "80 % ranges held", "80% 区间命中", "percent", 12),
    ToolColumn("coverage_90", "90 % ranges held", "90% 区间命中", "percent", 12),
    ToolColumn("band_80_low", "Honest 80 %: from", "80% 合理范围：下限", "percent", 13),
    ToolColumn("band_80_high", "Honest 80 %: to", "80% 合理范围：上限", "percent", 13),
)

_RECEIPT: Final = (
    ToolColumn("item", "Receipt of the last run", "上次运行的凭据", width=38),
    ToolColumn("value", "Value", "值", "text", 26),
)

RECEIPT_ROWS: Final = (
    "as_of",
    "data_hash",
    "version",
    "seed",
    "draws",
    "max_rhat",
    "min_ess",
    "divergences",
    "ok",
)
"""Rows of the receipt on the Start sheet, in order."""

_FORECAST_OWNER: Final = 15
_FORECAST_SEGMENT: Final = 27
_FORECAST_FUNNEL: Final = 39
_FORECAST_SCENARIOS: Final = 44
_REVIEW_SCORECARD: Final = len(_AGENDA) + 1
_REVIEW_ADVICE: Final = _REVIEW_SCORECARD + len(_SCORECARD) + 1
_REVIEW_NEEDS: Final = _REVIEW_ADVICE + len(_ADVICE) + 1

TABLES: Final[dict[str, ToolTable]] = {
    table.name: table
    for table in (
        ToolTable("RunReceipt", "start", 15, 8, _RECEIPT, filters=False),
        ToolTable("ForecastPeriods", "forecast", 29, 0, _PERIODS, filters=False),
        ToolTable(
            "ForecastOwners",
            "forecast",
            4,
            _FORECAST_OWNER,
            (ToolColumn("group", "Owner", "负责人", width=20), *_RANGE),
        ),
        ToolTable(
            "ForecastSegments",
            "forecast",
            4,
            _FORECAST_SEGMENT,
            (ToolColumn("group", "Segment", "细分", width=20), *_RANGE),
        ),
        ToolTable(
            "StageFunnel",
            "forecast",
            4,
            _FORECAST_FUNNEL,
            (
                ToolColumn("stage", "Stage", "阶段", width=26),
                ToolColumn("count", "Deals", "商机数", "count", 9),
                _money("value", "Value", "金额"),
                _money("weighted", "Weighted", "加权金额"),
            ),
            filters=False,
        ),
        ToolTable(
            "ForecastScenarios", "forecast", 4, _FORECAST_SCENARIOS, _SCENARIOS, filters=False
        ),
        ToolTable(SHEETS["deal_forecast"].table, "deal_forecast", 4, 0, _DEALS),
        ToolTable("KpiHeadlines", "kpi", 21, 0, _HEADLINES, filters=False),
        ToolTable(SHEETS["kpi"].table, "kpi", 21, len(_HEADLINES) + 1, _KPIS),
        ToolTable("Agenda", "review", 4, 0, _AGENDA),
        ToolTable("Scorecard", "review", 4, _REVIEW_SCORECARD, _SCORECARD, filters=False),
        ToolTable("Advice", "review", 4, _REVIEW_ADVICE, _ADVICE),
        ToolTable("DealNeeds", "review", 4, _REVIEW_NEEDS, _NEEDS),
        ToolTable(SHEETS["todo"].table, "todo", 4, 0, _TODO),
        ToolTable("Waterfall", "changes", 21, 0, _WATERFALL, filters=False),
        ToolTable("ForecastBridge", "changes", 21, 5, _WATERFALL, filters=False),
        ToolTable("ChangeGroups", "changes", 21, 10, _CHANGE_GROUPS),
        ToolTable("IdleDeals", "changes", 21, 30, _IDLE),
        ToolTable(SHEETS["forecast_log"].table, "forecast_log", 4, 0, _LOG),
        ToolTable("ForecastScores", "forecast_log", 4, len(_LOG) + 1, _SCORES),
    )
}
"""The tool's Excel Tables by name; a sheet of the tool is found by its first one."""
