"""Sheets and columns as people see them, in English and Chinese: the workbook's data dictionary.

The template is built from it, the reader recognises headers by it. Which values a column holds is
said once, in :data:`salespipe.tables.COLUMNS`.
"""

from dataclasses import dataclass
from typing import Final, Literal

from salespipe import names as n
from salespipe.settings import Language
from salespipe.stages import Stage

__all__ = [
    "CALCULATED",
    "CATEGORY_LABELS",
    "DEAL_COLUMNS",
    "DEFINED_NAME",
    "SCHEMA_VERSION",
    "SETTINGS",
    "SHEETS",
    "STAGE_COLUMNS",
    "STAMP_PROPERTY",
    "STAMP_SHEET",
    "Column",
    "Sheet",
    "entered_header",
]

SCHEMA_VERSION: Final = "6"
"""Version of the template; grows when a sheet or a column does."""

STAMP_PROPERTY: Final = "salespipe_schema"
"""Custom document property that holds the schema version."""

STAMP_SHEET: Final = "_salespipe"
"""Very hidden sheet that holds the schema version and the receipt of the last run."""

DEFINED_NAME: Final = "salespipe_schema"
"""Defined name that holds the schema version as a constant."""


@dataclass(frozen=True)
class Column:
    """A column that people fill in.

    Attributes
    ----------
    key : str
        Name in tables.
    en, zh : str
        Header in the template.
    aliases : tuple of str
        Other headers that mean the same, in either language; compared after NFKC normalisation,
        case folding and dropping of spaces and punctuation.
    required : bool
        Whether a sheet without it cannot be read.
    width : float
        Width in characters.
    """

    key: str
    en: str
    zh: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    width: float = 14

    def header(self, language: Language) -> str:
        """Give the header in a language."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class Sheet:
    """A sheet of the template.

    Attributes
    ----------
    key : str
        Name in code; for sheets that people fill, the name of a table.
    en, zh : str
        Name on the tab.
    filled_by : {"people", "tool"}
        Only the tool writes the tool's sheets; only people write theirs.
    table : str
        Name of the Excel Table on it, ``""`` if none.
    columns : tuple of Column
        In order; empty for the tool's sheets.
    """

    key: str
    en: str
    zh: str
    filled_by: Literal["people", "tool"] = "people"
    table: str = ""
    columns: tuple[Column, ...] = ()

    def title(self, language: Language) -> str:
        """Give the name on the tab in a language."""
        return self.zh if language == "zh" else self.en


DEAL_COLUMNS: Final = (
    Column(n.DEAL_ID, "Deal ID", "商机编号", ("id", "opportunity id", "deal no", "编号", "商机id"), required=True, width=12),
    Column(n.ACCOUNT, "Account", "客户", ("customer", "client", "company", "account name", "客户名称", "公司"), width=24),
    Column(n.DEAL_NAME, "Deal name", "商机名称", ("deal", "opportunity", "opportunity name", "name", "商机", "名称"), width=30),
    Column(n.OWNER, "Owner", "负责人", ("rep", "sales rep", "salesperson", "sales agent", "account executive", "销售", "销售员", "销售代表", "业务员"), width=18),
    Column(n.SEGMENT, "Segment", "细分", ("product", "product line", "segment/product", "产品", "产品线", "行业"), width=18),
    Column(n.SOURCE, "Source", "来源", ("lead source", "channel", "线索来源", "渠道"), width=16),
    Column(n.STAGE, "Stage", "阶段", ("deal stage", "sales stage", "status", "销售阶段", "商机阶段", "状态"), required=True, width=24),
    Column(n.AMOUNT, "Amount", "金额", ("value", "deal value", "deal size", "close value", "revenue", "合同金额", "预计金额", "商机金额"), required=True, width=14),
    Column(n.LISTED_AMOUNT, "Listed amount", "标价", ("list price", "list amount", "quoted amount", "报价", "标价金额"), width=14),
    Column(n.CURRENCY, "Currency", "币种", ("ccy", "货币"), width=10),
    Column(n.CREATED_ON, "Created", "创建日期", ("created on", "created date", "create date", "date created", "open date", "engage date", "创建时间", "立项日期"), required=True, width=12),
    Column(n.EXPECTED_CLOSE_ON, "Expected close", "预计成交日期", ("expected close date", "expected close on", "close date (expected)", "target close", "forecast close", "预计成交", "预计结单日期"), width=14),
    Column(n.CLOSED_ON, "Closed", "关闭日期", ("closed on", "closed date", "close date", "date closed", "成交日期", "结单日期"), required=True, width=12),
    Column(n.FORECAST_CATEGORY, "Forecast category", "预测类别", ("category", "forecast", "类别"), width=16),
    Column(n.CONFIDENCE, "Confidence %", "信心 %", ("confidence", "probability", "win %", "信心", "把握", "概率"), width=12),
    Column(n.NEXT_STEP, "Next step", "下一步", ("next action", "next steps", "下一步行动"), width=28),
    Column(n.NEXT_STEP_ON, "Next step date", "下一步日期", ("next step on", "next action date", "follow up", "follow-up date", "跟进日期"), width=14),
    Column(n.LOST_REASON, "Lost reason", "丢单原因", ("loss reason", "reason lost", "失败原因"), width=18),
    Column(n.EXIT_EVIDENCE, "Exit-criteria evidence", "阶段完成依据", ("evidence", "exit evidence", "依据"), width=64),
    Column(n.NOTES, "Notes", "备注", ("comment", "comments", "remarks", "说明"), width=32),
)  # fmt: skip

CALCULATED: Final[dict[str, tuple[str, str]]] = {
    "age": ("Age (days)", "商机天数"),
    "days_in_stage": ("Days in stage", "阶段天数"),
    "stage_probability": ("Stage probability", "阶段概率"),
    "weighted_amount": ("Weighted amount", "加权金额"),
    "days_since_activity": ("Days since last activity", "距上次活动天数"),
    "flag": ("Flag", "提示"),
}
"""Formula columns at the end of the Deals table, (en, zh); reading passes over them."""

STAGE_COLUMNS: Final = (
    Column("order", "Order", "顺序", ("no", "序号"), width=8),
    Column("name", "Stage", "阶段（英文）", ("stage name", "name (en)", "阶段英文", "阶段"), required=True, width=24),
    Column("name_zh", "Stage (Chinese)", "阶段（中文）", ("name (zh)", "中文名称", "阶段中文"), width=18),
    Column("kind", "Kind", "类型", ("type", "种类"), width=8),
    Column("probability", "Default probability", "默认概率", ("probability", "win probability", "概率"), required=True, width=12),
    Column("typical_days", "Typical days", "通常天数", ("days", "天数"), width=12),
    Column("entry", "Entry criteria", "进入条件", (), width=40),
    Column("exit", "Exit criteria", "完成条件", (), width=40),
    Column("activities", "Activities", "活动", (), width=36),
    Column("milestones", "Milestones", "里程碑", (), width=30),
)  # fmt: skip

SETTINGS: Final[dict[str, tuple[str, str]]] = {
    "company": ("Company", "公司"),
    "currency": ("Currency", "币种"),
    "fiscal_year_start": ("Fiscal year starts in month", "财年起始月"),
    "worst": ("Worst: quantile", "最差：分位数"),
    "likely": ("Likely: quantile", "可能：分位数"),
    "best": ("Best: quantile", "最好：分位数"),
    "horizon": ("Months to forecast", "预测月数"),
    "language": ("Language", "语言"),
    "prior_strength": ("Prior strength (deals)", "先验强度（商机数）"),
}
"""Rows of the Settings sheet by key, (en, zh); the value stands in the column to the right."""

CATEGORY_LABELS: Final[dict[str, tuple[str, str]]] = {
    n.COMMIT: ("Commit", "承诺"),
    n.BEST_CASE: ("Best case", "最好情况"),
    n.PIPELINE: ("Pipeline", "在谈"),
    n.OMITTED: ("Omitted", "不计入"),
}

SHEETS: Final[dict[str, Sheet]] = {
    sheet.key: sheet
    for sheet in (
        Sheet("start", "Start", "开始", "tool"),
        Sheet("deals", "Deals", "商机", table="Deals", columns=DEAL_COLUMNS),
        Sheet("accounts", "Accounts", "客户", table="Accounts", columns=(
            Column(n.ACCOUNT, "Account", "客户", ("customer", "client", "company", "account name", "客户名称"), required=True, width=32),
            Column(n.INDUSTRY, "Industry", "行业", ("sector",), width=18),
            Column(n.REGION, "Region", "地区", ("office", "territory", "区域"), width=16),
            Column(n.COUNTRY, "Country", "国家", ("office location",), width=16),
            Column(n.EMPLOYEES, "Employees", "员工数", ("number of employees", "人数"), width=12),
            Column(n.OWNER, "Owner", "负责人", ("rep", "account owner"), width=18),
            Column(n.NOTES, "Notes", "备注", ("comments",), width=36),
        )),
        Sheet("contacts", "Contacts", "联系人", table="Contacts", columns=(
            Column(n.CONTACT, "Contact", "联系人", ("name", "contact name", "姓名"), required=True, width=22),
            Column(n.ACCOUNT, "Account", "客户", ("customer", "company"), width=26),
            Column(n.ROLE, "Role", "职务", ("title", "job title", "职位"), width=20),
            Column(n.EMAIL, "E-mail", "电子邮件", ("email", "mail", "邮箱"), width=40),
            Column(n.PHONE, "Phone", "电话", ("mobile", "telephone", "手机"), width=18),
            Column(n.NOTES, "Notes", "备注", ("comments",), width=36),
        )),
        Sheet("activities", "Activities", "活动", table="Activities", columns=(
            Column(n.ACTIVITY_ON, "Date", "日期", ("activity date", "when", "活动日期"), required=True, width=12),
            Column(n.OWNER, "Owner", "负责人", ("rep", "who", "销售"), width=18),
            Column(n.DEAL_ID, "Deal ID", "商机编号", ("deal", "opportunity id"), width=14),
            Column(n.ACTIVITY_TYPE, "Type", "类型", ("activity type", "活动类型"), width=14),
            Column(n.ACTIVITY_OUTCOME, "Outcome", "结果", ("result",), width=22),
            Column(n.MINUTES, "Minutes", "分钟", ("duration", "时长"), width=10),
            Column(n.SUBJECT, "Subject", "主题", ("notes", "what", "内容"), width=40),
        )),
        Sheet("targets", "Targets", "目标", table="Targets", columns=(
            Column(n.MONTH, "Month", "月份", ("period", "start date"), required=True, width=12),
            Column(n.OWNER, "Owner (blank = team)", "负责人（空=团队）", ("owner", "rep", "owner or team", "负责人", "团队"), width=24),
            Column(n.QUOTA, "Quota", "指标", ("target", "goal", "目标", "定额"), required=True, width=16),
        )),
        Sheet("market", "Market", "市场", table="Market", columns=(
            Column(n.MONTH, "Month", "月份", ("period",), required=True, width=12),
            Column(n.INDEX, "Index", "指数", ("name", "indicator", "指标"), required=True, width=24),
            Column(n.VALUE, "Value (future: likely)", "数值（未来：可能）", ("value", "likely", "数值"), required=True, width=20),
            Column(n.WORST, "Worst (future)", "最差（未来）", ("worst", "最差"), width=16),
            Column(n.BEST, "Best (future)", "最好（未来）", ("best", "最好"), width=16),
        )),
        Sheet("stages", "Stages", "阶段", table="Stages", columns=STAGE_COLUMNS),
        Sheet("rates", "Rates", "汇率", table="Rates", columns=(
            Column(n.MONTH, "Month", "月份", ("period",), required=True, width=12),
            Column(n.CURRENCY, "Currency", "币种", ("ccy", "货币"), required=True, width=12),
            Column(n.RATE, "Rate to the workbook's currency", "兑本表币种汇率", ("rate", "exchange rate", "fx", "汇率"), required=True, width=28),
        )),
        Sheet("settings", "Settings", "设置"),
        Sheet("feedback", "Feedback", "反馈", table="Feedback", columns=(
            Column(n.REPORTED_ON, "Date", "日期", ("when",), width=12),
            Column(n.OWNER, "Who", "提出人", ("owner", "rep", "name"), width=18),
            Column(n.TOPIC, "About", "关于", ("topic", "about process or tool"), width=14),
            Column(n.FEEDBACK, "Feedback", "内容", ("text", "comment"), width=60),
            Column(n.ANSWER, "Answer", "答复", ("reply",), width=44),
            Column(n.STATUS, "Status", "状态", (), width=12),
        )),
        Sheet("lists", "Lists", "列表", "tool"),
        Sheet("forecast", "Forecast", "预测", "tool"),
        Sheet("deal_forecast", "Deal forecast", "商机预测", "tool", table="DealForecast"),
        Sheet("kpi", "KPI", "指标", "tool", table="Kpi"),
        Sheet("review", "Review", "评审", "tool", table="Agenda"),
        Sheet("todo", "To do", "待办", "tool", table="ToDo"),
        Sheet("changes", "Changes", "变化", "tool"),
        Sheet("forecast_log", "Forecast log", "预测记录", "tool", table="ForecastLog"),
    )
}  # fmt: skip
"""All sheets, in tab order."""


def entered_header(stage: Stage, language: Language) -> str:
    """Give the header of the Deals column that holds the day a deal entered a stage."""
    return f"进入{stage.name_zh or stage.name}" if language == "zh" else f"Entered {stage.name}"
