# ruff: noqa: E501 - a dictionary of sentences: one a line
"""What a cell says when it is selected, and what it says to a value that makes no sense."""

from typing import Final

from salespipe import names as n
from salespipe.settings import Language

__all__ = ["ALERTS", "HINTS", "SETTING_HINTS", "STAGE_HINTS", "alert", "hint"]

_ID = (
    "Text that names the deal and never changes, such as D-0042.",
    "商机的唯一编号，填写后不再改变，例如 D-0042。",
)

HINTS: Final[dict[str, dict[str, tuple[str, str]]]] = {
    "deals": {
        n.DEAL_ID: _ID,
        n.ACCOUNT: ("The customer, as on the Accounts sheet.", "客户名称，与“客户”表一致。"),
        n.DEAL_NAME: ("A few words that tell this deal from others.", "能与其他商机区分的简短名称。"),
        n.OWNER: ("Who works the deal. Always spell a name the same way.", "负责此商机的人。同一人名请保持写法一致。"),
        n.SEGMENT: ("Product or market, such as Services.", "产品或市场，例如“服务”。"),
        n.SOURCE: ("Where the deal came from.", "商机来源。"),
        n.STAGE: ("Choose from the list; its criteria are on the Stages sheet.", "从列表选择；各阶段标准见“阶段”表。"),
        n.AMOUNT: ("What the deal is worth: expected while open, as signed once won. A number only.", "商机金额：在谈时为预计，成交后为签约金额。只填数字。"),
        n.LISTED_AMOUNT: ("Amount at list price, or as first quoted.", "标价或首次报价金额。"),
        n.CURRENCY: ("Only if it differs from the currency on Settings, such as EUR.", "仅当与“设置”中的币种不同时填写，例如 EUR。"),
        n.CREATED_ON: ("Day the deal was opened, as 2026-10-31.", "商机创建日期，格式 2026-10-31。"),
        n.ENTERED_ON: ("Day the deal entered this stage; leave blank if it never did.", "进入该阶段的日期；未进入则留空。"),
        n.EXPECTED_CLOSE_ON: ("Your best guess of the day it closes.", "您估计的成交日期。"),
        n.CLOSED_ON: ("Day it was won or lost; blank while it is open.", "成交或丢单的日期；在谈时留空。"),
        n.FORECAST_CATEGORY: ("Your own call for this deal.", "您对此商机的判断。"),
        n.CONFIDENCE: ("Your own chance of winning, 0 to 100 %.", "您认为的赢单概率，0 至 100 %。"),
        n.NEXT_STEP: ("What happens next, and who does it.", "下一步做什么、由谁做。"),
        n.NEXT_STEP_ON: ("Day of the next step.", "下一步的日期。"),
        n.LOST_REASON: ("Why the deal was lost.", "丢单原因。"),
        n.EXIT_EVIDENCE: ("What proves that this stage's exit criteria are met.", "证明已满足该阶段完成条件的依据。"),
        n.NOTES: ("Anything else.", "其他说明。"),
    },
    "accounts": {
        n.ACCOUNT: ("Name of the customer, once.", "客户名称，每个客户一行。"),
        n.EMPLOYEES: ("Number of people who work there.", "员工人数。"),
        n.OWNER: ("Who looks after this customer.", "负责此客户的人。"),
    },
    "contacts": {
        n.CONTACT: ("Name of the person.", "联系人姓名。"),
        n.ACCOUNT: ("The customer, as on the Accounts sheet.", "客户名称，与“客户”表一致。"),
    },
    "activities": {
        n.ACTIVITY_ON: ("Day it took place.", "发生日期。"),
        n.OWNER: ("Who did it.", "执行人。"),
        n.DEAL_ID: ("The deal it was for, as on the Deals sheet.", "对应的商机编号，与“商机”表一致。"),
        n.ACTIVITY_TYPE: ("Choose from the list.", "从列表选择。"),
        n.ACTIVITY_OUTCOME: ("How it went.", "结果如何。"),
        n.MINUTES: ("How long it took, in minutes.", "时长（分钟）。"),
    },
    "targets": {
        n.MONTH: ("First day of the month, as 2026-11-01.", "当月第一天，格式 2026-11-01。"),
        n.OWNER: ("Whose quota; blank means the whole team.", "指标归属；留空表示整个团队。"),
        n.QUOTA: ("Revenue to win in the month, in the currency on Settings.", "当月应成交的收入，币种见“设置”。"),
    },
    "market": {
        n.MONTH: ("First day of the month, as 2026-11-01.", "当月第一天，格式 2026-11-01。"),
        n.INDEX: ("Name of the index, the same in every month.", "指数名称，各月写法一致。"),
        n.VALUE: ("Its value; for a month to come, the likely one.", "指数值；未来月份填可能值。"),
        n.WORST: ("For a month to come: its value if things go badly.", "未来月份：情况不利时的值。"),
        n.BEST: ("For a month to come: its value if things go well.", "未来月份：情况有利时的值。"),
    },
    "rates": {
        n.MONTH: ("First day of the month, as 2026-11-01.", "当月第一天，格式 2026-11-01。"),
        n.CURRENCY: ("Three letters, such as EUR.", "三位字母，例如 EUR。"),
        n.RATE: ("What one unit is worth in the currency on Settings.", "一单位该币种折合“设置”中币种的金额。"),
    },
    "feedback": {
        n.REPORTED_ON: ("Today's date.", "今天的日期。"),
        n.TOPIC: ("Is it about how we sell, or about this workbook?", "关于销售流程，还是关于此工具？"),
        n.STATUS: ("Set by whoever answers.", "由答复人设置。"),
    },
}  # fmt: skip
"""Input messages of the sheets that people fill, (en, zh)."""

STAGE_HINTS: Final[dict[str, tuple[str, str]]] = {
    "order": ("1 for the first stage.", "第一个阶段填 1。"),
    "kind": ("open, won or lost; exactly one stage is won and one is lost.", "open、won 或 lost；won 与 lost 各仅一个。"),
    "probability": ("How many deals in this stage are won in the end. Never falls from a stage to the next.", "此阶段商机最终赢单的比例，逐阶段不降。"),
    "typical_days": ("Days that a deal usually stays in this stage.", "商机通常在此阶段停留的天数。"),
}  # fmt: skip

SETTING_HINTS: Final[dict[str, tuple[str, str]]] = {
    "company": ("Name shown on the reports.", "显示在报告上的公司名称。"),
    "currency": ("Three letters; every amount without a currency of its own is in it.", "三位字母；未注明币种的金额均以此计。"),
    "fiscal_year_start": ("Number of the month, 1 to 12; quarters follow from it.", "月份数字 1 至 12，季度由此确定。"),
    "worst": ("Share of outcomes that fall below Worst.", "低于“最差”的结果所占比例。"),
    "likely": ("Share of outcomes that fall below Likely.", "低于“可能”的结果所占比例。"),
    "best": ("Share of outcomes that fall below Best.", "低于“最好”的结果所占比例。"),
    "horizon": ("How many months to forecast, 1 to 24.", "预测的月数，1 至 24。"),
    "language": ("en or zh: language of what salespipe writes.", "en 或 zh：salespipe 输出的语言。"),
    "prior_strength": ("How many closed deals the default probabilities on Stages are worth.", "“阶段”表默认概率相当于多少个已关闭商机的证据。"),
}  # fmt: skip

ALERTS: Final[dict[str, tuple[str, str]]] = {
    "title": ("Please check", "请检查"),
    "list": ("This is not in the list. Keep it anyway?", "该值不在列表中，是否保留？"),
    "money": ("Give a plain number, 0 or more, without letters or signs.", "请填写不小于 0 的数字，不含字母或符号。"),
    "number": ("Give a plain number.", "请填写数字。"),
    "count": ("Give a whole number, 0 or more.", "请填写不小于 0 的整数。"),
    "fraction": ("Give a percentage from 0 % to 100 %.", "请填写 0 % 至 100 % 之间的百分比。"),
    "date": ("Give a date from 1990 on, as 2026-10-31.", "请填写 1990 年以后的日期，格式 2026-10-31。"),
    "month": ("Give the first day of the month, as 2026-11-01.", "请填写当月第一天，格式 2026-11-01。"),
    "rate": ("Give a number above 0.", "请填写大于 0 的数字。"),
    "month_number": ("Give the number of a month, 1 to 12.", "请填写月份数字 1 至 12。"),
    "quantile": ("Give a percentage between 0 % and 100 %; worst, likely and best must rise.", "请填写 0 % 与 100 % 之间的百分比，且最差、可能、最好依次增大。"),
    "horizon": ("Give a number of months from 1 to 24.", "请填写 1 至 24 的月数。"),
    "strength": ("Give a number above 0, up to 1000.", "请填写大于 0、不超过 1000 的数字。"),
}  # fmt: skip
"""Error messages, (en, zh)."""


def hint(table: str, key: str, language: Language) -> str:
    """Give the input message of a column, ``""`` where none is needed."""
    return HINTS.get(table, {}).get(key, ("", ""))[language == "zh"]


def alert(key: str, language: Language) -> str:
    """Give the error message of a kind of value."""
    return ALERTS[key][language == "zh"]
