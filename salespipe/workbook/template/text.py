# ruff: noqa: E501 - a dictionary of sentences: one a line
"""Sentences on the sheets, in English and Chinese."""

from typing import Final

from salespipe.settings import Language

__all__ = [
    "FLAGS",
    "LIST_DEFAULTS",
    "PHRASES",
    "SHEET_NOTES",
    "STAGE_TEXTS",
    "STEPS",
    "flag",
    "phrase",
    "start_title",
]

PHRASES: Final[dict[str, tuple[str, str]]] = {
    "title": ("Sales pipeline", "销售管道"),
    "company_title": ("{company}: sales pipeline", "{company}：销售管道"),
    "purpose": (
        "The team keeps its deals here. Once a month salespipe reads them and writes back how much "
        "revenue to expect: worst, likely and best.",
        "团队在此维护商机。salespipe 每月读取一次，并写回预期收入：最差、可能、最好。",
    ),
    "start_empty": (
        "No forecast yet. Fill in the Deals sheet, save, then run:  salespipe run {book}",
        "尚无预测。请先填写“商机”表并保存，然后运行：salespipe run {book}",
    ),
    "empty": (
        "Nothing here yet: run  salespipe run {book}  to fill this sheet.",
        "暂无内容：运行 salespipe run {book} 后自动填写本表。",
    ),
    "book": ("(this workbook's name)", "（本工作簿文件名）"),
    "start_status": (
        "Revenue expected from {first} to {last}, in {currency}, as of {as_of}",
        "{first} 至 {last} 的预期收入（{currency}），截至 {as_of}",
    ),
    "status": (
        "As of {as_of}. All amounts in {currency}. Worst, likely and best are the {worst}, "
        "{likely} and {best} points of the range.",
        "截至 {as_of}。金额单位：{currency}。最差、可能、最好分别为区间的 {worst}、{likely}、{best} 分位。",
    ),
    "worst": ("Worst", "最差"),
    "likely": ("Likely", "可能"),
    "best": ("Best", "最好"),
    "p_target": ("Chance of reaching the target", "达成目标的概率"),
    "worst_note": ("{share} chance of less", "低于此数的概率为 {share}"),
    "likely_note": ("{share} chance of more", "高于此数的概率为 {share}"),
    "best_note": ("{share} chance of more", "高于此数的概率为 {share}"),
    "target_note": ("Target {target}", "目标 {target}"),
    "no_target": ("No target for this time on the Targets sheet", "“目标”表中没有该期间的目标"),
    "waiting": ("after the first run", "首次运行后显示"),
    "begin": ("How to begin", "如何开始"),
    "sheets": ("The sheets", "各工作表"),
    "legend": ("Colours", "颜色说明"),
    "people": ("You", "人工"),
    "tool": ("salespipe", "salespipe"),
    "legend_required": ("Header of a column that must be filled", "必填列的表头"),
    "legend_optional": ("Header of a column that helps when filled", "选填列的表头"),
    "legend_entered": ("Header of the day a deal entered a stage", "进入各阶段日期的表头"),
    "legend_calculated": ("Calculated or written by salespipe: leave as it is", "自动计算或由 salespipe 写入：请勿修改"),
    "legend_warn": ("Cell to look at: late, stale or incomplete", "需要关注的单元格：逾期、停滞或不完整"),
    "legend_alarm": ("Cell to mend: closed without a date, or won without an amount", "需要修正的单元格：已关闭但无日期，或成交但无金额"),
    "fan_title": ("Revenue by month: won so far, and the range to come", "各月收入：已成交与未来区间"),
    "funnel_title": ("Open deals by stage: value", "各阶段在谈商机：金额"),
    "count_title": ("Open deals by stage: number", "各阶段在谈商机：数量"),
    "count_axis": ("Deals", "商机数"),
    "step_total": ("Level", "总额"),
    "step_up": ("Rise", "增加"),
    "step_down": ("Fall", "减少"),
    "won_title": ("Revenue won by month", "各月成交收入"),
    "win_rate_title": ("{name}, by month", "{name}（按月）"),
    "no_win_rate": ("Win rate by month: too few closed deals", "各月赢单率：已关闭商机过少"),
    "chart_empty": ("Run salespipe to fill this chart", "运行 salespipe 后显示图表"),
    "money_axis": ("{currency}", "{currency}"),
    "money_month_axis": ("{currency} a month", "{currency}／月"),
    "month_axis": ("Month", "月份"),
    "win_rate_axis": ("Win rate", "赢单率"),
    "axis_empty": ("Amount", "金额"),
    "won": ("Won", "已成交"),
    "range": ("Worst to best", "最差至最好"),
    "target": ("Target", "目标"),
    "open_value": ("Open amount", "在谈金额"),
    "weighted": ("Stage-weighted", "阶段加权"),
    "interval": ("Interval", "区间"),
    "chart_data": ("Chart data: the charts read these cells; leave them as they are.", "图表数据：供图表读取，请勿修改。"),
    "kpi_formats": ("Formats", "格式"),
    "by_period": ("By month, quarter and in total", "按月、按季与合计"),
    "by_owner": ("By owner, whole horizon", "按负责人（整个预测期）"),
    "by_segment": ("By segment, whole horizon", "按细分（整个预测期）"),
    "funnel": ("Stage funnel, today's open deals", "阶段漏斗（当前在谈商机）"),
    "scenarios": ("What if, whole horizon", "情景（整个预测期）"),
    "notes": ("Notes", "说明"),
    "parts_note": (
        "Won so far, from open deals and from new deals add up to the mean. Stage-weighted: amount "
        "times the usual odds of the deal's stage, in the month of its expected close.",
        "已成交、来自在谈商机、来自新商机三项之和等于均值。阶段加权：金额 × 所处阶段的默认概率，计入预计成交的月份。",
    ),
    "sums_note": (
        "A total's worst and best are not the sums of its parts' worsts and bests: it is rare that "
        "everything goes badly, or well, at once.",
        "合计的最差与最好并不等于各部分之和：所有商机同时变差或变好的情形很少见。",
    ),
    "total": ("Total", "合计"),
    "month": ("Month", "月"),
    "quarter": ("Quarter", "季度"),
    "none": ("(none)", "（空）"),
    "beyond": ("beyond", "期后"),
    "error": ("Error", "错误"),
    "warning": ("Warning", "警告"),
    "follow_up": ("Follow-up", "跟进"),
    "team": ("(whole team)", "（团队）"),
    "deal_chance": ("{share:.0%} chance of being won by {end}.", "在 {end} 之前成交的机会：{share:.0%}。"),
    "todo_clear": ("Nothing to do: no errors, no warnings, no follow-ups.", "没有待办：无错误、无警告、无跟进。"),
    "todo_counts": (
        "{errors} to mend before the numbers are whole, {warnings} to look at, {follow_ups} to "
        "follow up. As of {as_of}; at stake is the revenue expected of the deal, in {currency}.",
        "{errors} 项错误需修正，{warnings} 项警告需关注，{follow_ups} 项需跟进。截至 {as_of}；涉及金额为该商机的期望收入（{currency}）。",
    ),
    "deal_forecast_line": (
        "Every open deal, highest expected value first. {status}",
        "全部在谈商机，按期望金额从高到低排列。{status}",
    ),
    "kpi_line": (
        "How the team is doing, as of {as_of}; money in {currency}. Every number comes with its "
        "definition, its range and the number of deals behind it.",
        "团队表现，截至 {as_of}；金额单位：{currency}。每个数字都附有定义、区间和样本数。",
    ),
    "kpi_headlines": ("Headlines", "要点"),
    "kpi_all": ("All KPIs, with every group, quarter and month", "全部指标（含各分组、季度与月份）"),
    "review_line": (
        "For the review as of {as_of}; looks back to {since}. Promises are typed on the sheet Feedback "
        "(About: Promise), and stay there with what became of them.",
        "{as_of} 评审用；回顾自 {since}。承诺记在“反馈”表（关于：承诺），其结果也保留在那里。",
    ),
    "agenda": ("Agenda", "议程"),
    "scorecard": ("Scorecard", "记分卡"),
    "coaching_note": (
        "For coaching, not for decisions about employment or pay.",
        "仅用于辅导，不作为聘用或薪酬决定的依据。",
    ),
    "advice": ("Strengths, and one next step each", "各人优势与一项改进"),
    "needs": ("What open deals need to go on", "在谈商机推进所需"),
    "topic_changed": ("What changed", "变化"),
    "topic_bridge": ("The forecast", "预测变化"),
    "topic_key_deals": ("Key deals", "重点商机"),
    "topic_risks": ("Risks", "风险"),
    "topic_promises": ("Promises", "承诺"),
    "topic_feedback": ("Open feedback", "未答复反馈"),
    "topic_wins": ("Won: what worked", "赢单经验"),
    "changes_line": (
        "What moved since the last run: the open pipeline on the left, the forecast on the right.",
        "自上次运行以来的变化：左侧为在谈管道，右侧为预测。",
    ),
    "changes_empty": (
        "Filled from the second run on: it takes two runs to see a change.",
        "从第二次运行起填写：需要两次运行才能看到变化。",
    ),
    "change_groups": ("By owner, segment and stage", "按负责人、细分和阶段"),
    "idle_deals": ("Open deals in which nothing changed", "没有变动的在谈商机"),
    "changes_status": (
        "From {since} to {until}: open pipeline from {before} to {after}.",
        "{since} 至 {until}：在谈金额由 {before} 变为 {after}。",
    ),
    "bridge_status": (
        "Forecast of {months}: likely from {before} ({since}) to {after} ({until}).",
        "{months} 的预测：可能值由 {before}（{since}）变为 {after}（{until}）。",
    ),
    "open_on": ("Open pipeline on {day}", "{day} 在谈金额"),
    "likely_on": ("Likely, forecast of {day}", "{day} 预测的可能值"),
    "closed_meanwhile": ("Came and closed in between", "期间新增并关闭"),
    "no_changes": (
        "This is the first run that is remembered; the next one shows what changed since.",
        "这是首次被记录的运行；下次运行将显示此后的变化。",
    ),
    "to": ("to", "至"),
    "waterfall": ("Open pipeline, from the last run to this one", "在谈管道：从上次运行到本次"),
    "bridge": ("Likely revenue, from the last forecast to this one", "可能收入：从上次预测到本次"),
    "log_line": (
        "Every forecast ever made, beside what then happened. Ranges are good when they are right "
        "as often as they say.",
        "每次预测与实际结果对照。区间命中的频率应与其声称的概率一致。",
    ),
    "forecast_scores": (
        "How right they were (bias and errors in % of what was won; the owners' commit is what they "
        "called committed)",
        "准确程度（偏差与误差为占实际赢单金额的百分比；“负责人承诺”指其归为承诺的金额）",
    ),
    "method_salespipe": ("salespipe", "salespipe"),
    "method_from the deals": ("salespipe, from the deals alone", "salespipe，仅据商机"),
    "method_from the history": ("salespipe, from history alone", "salespipe，仅据历史"),
    "method_owners' commit": ("owners' commit", "负责人承诺"),
    "log_empty": ("Filled by each run.", "每次运行后填写。"),
    "by_kpi_total": ("Total", "合计"),
    "by_kpi_owner": ("Owner", "负责人"),
    "by_kpi_segment": ("Segment", "细分"),
    "by_kpi_source": ("Source", "来源"),
    "by_kpi_stage": ("Stage", "阶段"),
    "by_kpi_reason": ("Reason", "原因"),
    "by_kpi_horizon": ("Months ahead", "提前月数"),
    "by_kpi_quarter": ("Quarter", "季度"),
    "by_kpi_month": ("Month", "月份"),
    "unit_share": ("share", "比例"),
    "unit_days": ("days", "天"),
    "unit_count": ("count", "个"),
    "unit_number": ("number", "数"),
    "yes": ("yes", "是"),
    "no": ("no", "否"),
    "receipt_as_of": ("As of", "截止日"),
    "receipt_data_hash": ("Data hash", "数据指纹"),
    "receipt_version": ("Version of salespipe", "salespipe 版本"),
    "receipt_seed": ("Seed", "随机种子"),
    "receipt_draws": ("Draws", "抽样数"),
    "receipt_max_rhat": ("R-hat, largest (1.01 or less)", "最大 R-hat（应 ≤ 1.01）"),
    "receipt_min_ess": ("Effective draws, fewest (400 or more)", "最小有效样本数（应 ≥ 400）"),
    "receipt_divergences": ("Divergences (0)", "发散次数（应为 0）"),
    "receipt_ok": ("Models passed their checks", "模型通过检查"),
    "setting": ("Setting", "设置项"),
    "setting_value": ("Value", "值"),
    "setting_note": ("What it means", "含义"),
    "go_start": ("Back to Start", "返回“开始”"),
    "page": ("Page &P of &N", "第 &P 页，共 &N 页"),
    "lists_note": (
        "Sources of the drop-downs. This sheet is protected; the owners and segments are renewed "
        "by each run, the stages come from the Stages sheet.",
        "下拉列表的来源。本表受保护；负责人与细分在每次运行时更新，阶段来自“阶段”表。",
    ),
    "list_stages": ("Stages", "阶段"),
    "list_owners": ("Owners", "负责人"),
    "list_segments": ("Segments", "细分"),
    "list_sources": ("Sources", "来源"),
    "list_categories": ("Forecast categories", "预测类别"),
    "list_activity_types": ("Activity types", "活动类型"),
    "list_outcomes": ("Outcomes", "活动结果"),
    "list_lost_reasons": ("Lost reasons", "丢单原因"),
    "list_topics": ("About", "反馈对象"),
    "list_statuses": ("Statuses", "反馈状态"),
    "list_kinds": ("Stage kinds", "阶段类型"),
    "list_languages": ("Languages", "语言"),
    "list_currencies": ("Currencies", "币种"),
}  # fmt: skip
"""Sentences by key, (en, zh); braces are filled with :meth:`str.format`."""

STEPS: Final = (
    (
        "1. Type your deals, one a row, on the Deals sheet: ID, account, stage, amount and dates.",
        "1. 在“商机”表逐行填写商机：编号、客户、阶段、金额和日期。",
    ),
    (
        "2. Give each month's quota on Targets, and your currency on Settings.",
        "2. 在“目标”表填写每月指标，在“设置”表填写币种。",
    ),
    (
        "3. Save and close this workbook, then run:  salespipe run {book}",
        "3. 保存并关闭本工作簿，然后运行：salespipe run {book}",
    ),
    (
        "4. Open it again: the forecast is here, and your own list is on the To do sheet.",
        "4. 重新打开：预测显示在本页，个人待办见“待办”表。",
    ),
)

SHEET_NOTES: Final[dict[str, tuple[str, str]]] = {
    "deals": ("One row per deal", "每行一个商机"),
    "accounts": ("Your customers", "客户资料"),
    "contacts": ("The people at your customers", "客户联系人"),
    "activities": ("Every call, meeting and e-mail", "每次电话、会议和邮件"),
    "targets": ("Quota by month, for an owner or the team", "各月指标（个人或团队）"),
    "market": ("Outside indices, past and assumed", "外部指数：历史与假设"),
    "stages": ("Stages, their criteria and usual odds", "阶段、标准与通常概率"),
    "rates": ("Exchange rates, if deals use several currencies", "汇率（商机使用多种币种时）"),
    "settings": ("Currency, fiscal year, ranges, horizon", "币种、财年、分位数、预测期"),
    "feedback": ("What to improve, and what was promised in reviews", "改进意见，以及评审中的承诺"),
    "lists": ("What the drop-downs offer", "下拉列表的内容"),
    "forecast": ("Revenue by period, owner and segment", "按期间、负责人和细分的收入"),
    "deal_forecast": ("Odds and next action for every open deal", "每个在谈商机的概率与行动"),
    "kpi": ("How the team is doing", "团队表现"),
    "review": ("What to talk about, and how to coach", "评审议程与辅导"),
    "todo": ("What to mend and whom to call, by owner", "按负责人列出的修正与跟进"),
    "changes": ("What moved since the last run", "自上次运行以来的变化"),
    "forecast_log": ("Past forecasts against what happened", "历次预测与实际对照"),
}
"""What each sheet is for, on the Start sheet."""

FLAGS: Final[dict[str, tuple[str, str]]] = {
    "closed_without_date": ("Closed without a date", "已关闭但无日期"),
    "amount_missing": ("Amount missing", "缺少金额"),
    "overdue": ("Expected close has passed", "预计成交日期已过"),
    "no_next_step": ("No next step", "没有下一步"),
    "stale": ("Stale", "停滞"),
    "no_evidence": ("No evidence for the stage", "缺少阶段依据"),
}
"""What the Flag column of Deals can say, gravest first."""

STAGE_TEXTS: Final[dict[str, str]] = {
    "The account fits the target profile.": "客户符合目标客户画像。",
    "A named person has agreed to talk.": "已有明确的联系人同意沟通。",
    "Research, first call or e-mail, referral": "调研、首次电话或邮件、转介绍",
    "First meeting booked": "已约定首次会面",
    "A first conversation has taken place.": "已进行首次沟通。",
    "Need, budget, decision maker and date are known.": "需求、预算、决策人与时间均已明确。",
    "Discovery call, budget and authority questions": "需求沟通、预算与决策权确认",
    "Qualified by the owner": "负责人已确认资格",
    "The customer has confirmed the needs in writing.": "客户已书面确认需求。",
    "Workshops, interviews, site visit": "研讨、访谈、现场考察",
    "Needs document confirmed": "需求文档已确认",
    "The decision maker has seen the solution and asked for a price.": "决策人已了解方案并询价。",
    "Demonstration, trial, reference call": "演示、试用、客户案例沟通",
    "Solution accepted by the decision maker": "决策人认可方案",
    "The customer has asked for a price.": "客户已询价。",
    "A signed order, or a clear no.": "签订合同，或明确拒绝。",
    "Quote, negotiation, contract review": "报价、谈判、合同评审",
    "Quote sent; terms agreed": "报价已发出；条款已达成一致",
}
"""What the usual stages say of themselves, in Chinese by what they say in English."""

LIST_DEFAULTS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "sources": (
        ("Referral", "Website", "Event", "Cold call", "Partner", "Advertising", "Existing customer", "Other"),
        ("转介绍", "网站", "活动", "陌生拜访", "合作伙伴", "广告", "老客户", "其他"),
    ),
    "activity_types": (
        ("Call", "E-mail", "Meeting", "Demo", "Proposal", "Site visit", "Other"),
        ("电话", "邮件", "会议", "演示", "方案", "现场拜访", "其他"),
    ),
    "outcomes": (
        ("Connected", "No answer", "Next step agreed", "Not interested", "Rescheduled"),
        ("已联系上", "未接通", "已约定下一步", "无意向", "改期"),
    ),
    "lost_reasons": (
        ("Price", "Competitor", "No decision", "No budget", "Timing", "Missing feature", "Other"),
        ("价格", "竞争对手", "未做决定", "没有预算", "时机", "功能不足", "其他"),
    ),
    "topics": (("Process", "Tool", "Promise"), ("流程", "工具", "承诺")),
    "statuses": (
        ("New", "In progress", "Done", "Declined", "Kept", "Not kept"),
        ("新建", "处理中", "已完成", "不采纳", "已兑现", "未能兑现"),
    ),
    "kinds": (("open", "won", "lost"), ("open", "won", "lost")),
    "languages": (("en", "zh"), ("en", "zh")),
    "currencies": (
        ("USD", "EUR", "CNY", "GBP", "JPY", "HKD", "SGD", "AUD", "CAD", "CHF", "INR"),
        ("CNY", "USD", "EUR", "GBP", "JPY", "HKD", "SGD", "AUD", "CAD", "CHF", "INR"),
    ),
}  # fmt: skip
"""Entries that a list begins with, (en, zh); those seen in the tables are added."""


def phrase(key: str, language: Language) -> str:
    """Give a sentence of :data:`PHRASES` in a language."""
    return PHRASES[key][language == "zh"]


def start_title(company: str, language: Language) -> str:
    """Give the title of the Start sheet, with the company's name where there is one."""
    key = "company_title" if company else "title"
    return phrase(key, language).format(company=company)


def flag(key: str, language: Language) -> str:
    """Give what the Flag column says in a language."""
    return FLAGS[key][language == "zh"]
