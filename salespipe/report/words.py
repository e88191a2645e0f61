"""What the page itself says, in both languages."""

# ruff: noqa: E501 (a sentence and its Chinese stand on one line)

from typing import Final

from salespipe.settings import Language
from salespipe.wording import Words

__all__ = ["words"]

_WORDS: Final = {
    "title": Words("Pipeline review", "销售管道回顾"),
    "as_of": Words("as of {day}", "截至 {day}"),
    "skip": Words("Skip to the content", "跳到正文"),
    "contents": Words("Contents", "目录"),
    "front": Words("In short", "概要"),
    "worst": Words("Worst", "最差"),
    "likely": Words("Likely", "可能"),
    "best": Words("Best", "最好"),
    "worst_says": Words("with a chance of {chance} it is less", "有 {chance} 的可能低于此数"),
    "likely_says": Words("as likely to be more as less, or nearly so", "高于或低于此数的可能大致相当"),
    "best_says": Words("with a chance of {chance} it is more", "有 {chance} 的可能高于此数"),
    "p_target": Words("Chance of the target", "达成目标的概率"),
    "target_says": Words("target {target}", "目标 {target}"),
    "no_target": Words("no target is set for all of these months", "这些月份未全部设定目标"),
    "revenue": Words("Revenue, {span}", "收入，{span}"),
    "period": Words("Period", "期间"),
    "target": Words("Target", "目标"),
    "changed": Words("What changed", "变化"),
    "no_changes": Words("This is the first look at this workbook: there is nothing to compare it with yet.", "这是首次查看此工作簿，尚无可比较的内容。"),
    "open_moved": Words("Open pipeline: {before} on {since}, {after} on {until}.", "在谈管道：{since} 为 {before}，{until} 为 {after}。"),
    "likely_moved": Words("Likely revenue of {months}: {before} as of {since}, {after} as of {until}.", "{months} 的可能收入：截至 {since} 为 {before}，截至 {until} 为 {after}。"),
    "step": Words("Movement", "变动"),
    "amount": Words("Amount", "金额"),
    "deals": Words("Deals", "商机"),
    "which": Words("Which, or why", "哪些，或原因"),
    "to_do": Words("What to do", "要做的事"),
    "worth": Words("Expected", "期望金额"),
    "deal": Words("Deal", "商机"),
    "owner": Words("Owner", "负责人"),
    "action": Words("What to do", "建议行动"),
    "driver": Words("What moves it most", "主要影响因素"),
    "nothing_to_do": Words("No open deal needs more than its next step.", "所有在谈商机只需按计划推进下一步。"),
    "costs": Words("What is unclear in the sheet, and what it costs the forecast", "表中不清楚之处及其对预测的影响"),
    "notes": Words("Beside the numbers", "数字之外"),
    "stopped": Words("This part stopped before its end", "此部分未能完成"),
    "code": Words("Code", "代码"),
    "table": Words("Table, to be scrolled", "表格，可滚动"),
    "figure": Words("Figure", "图"),
    "pages": Words("The notebooks", "分析笔记"),
    "made": Words("Made by salespipe {version} from data {data} with seed {seed}; R-hat at most {rhat}, at least {ess} effective draws.", "由 salespipe {version} 生成，数据 {data}，种子 {seed}；R-hat 不超过 {rhat}，有效抽样至少 {ess}。"),
    "top": Words("Back to the contents", "回到目录"),
}  # fmt: skip


def words(key: str, language: Language, **values: object) -> str:
    """Give a text of the page, its braces filled."""
    return _WORDS[key].text(language).format_map(values)
