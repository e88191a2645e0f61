"""Heads of columns and words in cells, as people say them, in both languages."""

from typing import Final

from salespipe import names as n
from salespipe.settings import Language
from salespipe.stages import DEFAULT_STAGES
from salespipe.wording import Words, said
from salespipe.workbook.chinese import in_language

__all__ = ["CELLS", "HEADS", "NAMED", "cell", "head"]

HEADS: Final[dict[str, Words]] = {
    # Deals.
    "deal_id": Words("deal", "商机"),
    "deals": Words("deals", "商机数"),
    "account": Words("account", "客户"),
    "deal_name": Words("deal name", "商机名称"),
    "owner": Words("owner", "负责人"),
    "segment": Words("segment", "细分市场"),
    "source": Words("source", "来源"),
    "stage": Words("stage", "阶段"),
    "next_stage": Words("next stage", "下一阶段"),
    "amount": Words("amount", "金额"),
    "p_won": Words("chance", "赢单概率"),
    "p_won_by_end": Words("chance in time", "期内赢单概率"),
    "share_of_variance": Words("share of the uncertainty", "占不确定性的比例"),
    "target_swing": Words("effect on chance of target", "对达标概率的影响"),
    "alike": Words("past deals most like it", "最相似的以往商机"),
    "expected_close_on": Words("likely close", "可能成交日期"),
    "expected_value": Words("expected", "期望金额"),
    "driver": Words("what moves it most", "主要影响因素"),
    "action": Words("what to do", "建议行动"),
    "weighted": Words("stage-weighted", "阶段加权"),
    "question": Words("what to ask", "要问的问题"),
    "needs": Words("what it needs", "所需条件"),
    "lacking": Words("without evidence", "缺少依据"),
    "entry": Words("entry criterion", "进入条件"),
    "evidence": Words("evidence", "依据"),
    "touches": Words("touches", "接触次数"),
    "days": Words("days", "天数"),
    # The forecast.
    "period": Words("period", "期间"),
    "kind": Words("kind", "类别"),
    "start": Words("first day", "开始"),
    "end": Words("ends before", "结束（不含）"),
    "worst": Words("worst", "最差"),
    "likely": Words("likely", "可能"),
    "best": Words("best", "最好"),
    "mean": Words("mean", "均值"),
    "won_so_far": Words("won so far", "已成交"),
    "from_open": Words("from open deals", "来自在谈商机"),
    "from_new": Words("from new deals", "来自新增商机"),
    "weighted_pipeline": Words("stage-weighted", "阶段加权"),
    "target": Words("target", "目标"),
    "p_target": Words("chance of target", "达标概率"),
    "scenario": Words("scenario", "情景"),
    "change": Words("change of the mean", "均值的变化"),
    "month": Words("month", "月份"),
    # Estimates.
    "name": Words("name", "名称"),
    "definition": Words("definition", "定义"),
    "by": Words("by", "分组"),
    "group": Words("group", "组别"),
    "value": Words("value", "数值"),
    "low": Words("low", "下限"),
    "high": Words("high", "上限"),
    "n": Words("n", "样本数"),
    "unit": Words("unit", "单位"),
    "population": Words("which deals", "统计对象"),
    "interval": Words("interval", "区间"),
    "trap": Words("how it misleads", "易误解之处"),
    "reference": Words("Stages sheet", "“阶段”表"),
    "count": Words("deals", "商机数"),
    "share": Words("share", "比例"),
    "plain": Words("won / n", "赢单数 ÷ 样本数"),
    "adjusted": Words("adjusted", "调整后"),
    "deals_won": Words("deals won", "赢单数"),
    "p_above": Words("sure above", "高于团队的把握"),
    "call": Words("call", "判断"),
    "p": Words("sure", "把握"),
    # Fits.
    "model": Words("model", "模型"),
    "max_rhat": Words("highest R-hat", "R-hat 最大值"),
    "min_ess": Words("fewest effective draws", "有效抽样最少"),
    "divergences": Words("divergences", "发散次数"),
    "ok": Words("may be used", "可以使用"),
    # Problems.
    "rule": Words("rule", "规则"),
    "severity": Words("severity", "级别"),
    "sheet": Words("sheet", "工作表"),
    "cell": Words("cell", "单元格"),
    "column": Words("column", "列"),
    "message": Words("what is wrong", "问题"),
    "remedy": Words("how to mend it", "如何修正"),
    "problem": Words("worst problem", "最严重的问题"),
    "error": Words("errors", "错误"),
    "warning": Words("warnings", "警告"),
    "info": Words("remarks", "提示"),
    # Reviews and receipts.
    "what": Words("what", "内容"),
    "is": Words("is", "值"),
    "which": Words("which, or why", "哪些，或原因"),
    "risk": Words("risk", "风险"),
    "reported_on": Words("reported on", "提出日期"),
    "topic": Words("topic", "主题"),
    "feedback": Words("feedback", "反馈"),
    "answer": Words("answer", "答复"),
    "open": Words("open", "未了结"),
    # Past forecasts.
    "as_of": Words("as of", "截至"),
    "actual": Words("what came", "实际值"),
    "inside": Words("within the range", "在区间内"),
    "version": Words("version", "版本"),
    "data_hash": Words("data", "数据"),
    "method": Words("method", "方法"),
    "horizon": Words("months ahead", "提前月数"),
    "bias": Words("bias", "偏差"),
    "wape": Words("WAPE", "加权绝对误差"),
    "added": Words("error less than the step before", "比前一步少的误差"),
    "gain": Words("error less than last month's figure", "比沿用上月少的误差"),
    "crps_over_mean": Words("CRPS", "CRPS"),
    "coverage_50": Words("50 % held", "50 % 区间命中"),
    "coverage_80": Words("80 % held", "80 % 区间命中"),
    "coverage_90": Words("90 % held", "90 % 区间命中"),
    "band_80_low": Words("80 % honest, low", "80 % 应有下限"),
    "band_80_high": Words("80 % honest, high", "80 % 应有上限"),
    # Movements of the open pipeline, as columns of one table.
    "open_start": Words("open before", "期初在谈"),
    "open_end": Words("open after", "期末在谈"),
    "new": Words("new", "新增"),
    "pulled_in": Words("pulled in", "提前至本期"),
    "pushed_in": Words("pushed in", "推迟至本期"),
    "owner_in": Words("from another owner", "由他人转入"),
    "moved_in": Words("from another stage", "由其他阶段转入"),
    "reopened": Words("reopened", "重新打开"),
    "grown": Words("grown", "金额增加"),
    "won": Words("won", "赢单"),
    "lost": Words("lost", "丢单"),
    "pushed_out": Words("pushed out", "推迟出本期"),
    "pulled_out": Words("pulled out", "提前出本期"),
    "owner_out": Words("to another owner", "转给他人"),
    "moved_out": Words("to another stage", "转到其他阶段"),
    "shrunk": Words("shrunk", "金额减少"),
    "removed": Words("deleted", "已删除"),
}  # fmt: skip
"""Heads by the key of a column."""

CELLS: Final[dict[str, Words]] = {
    "error": Words("error", "错误"),
    "warning": Words("warning", "警告"),
    "info": Words("remark", "提示"),
    "none": Words("none", "无"),
    n.UNKNOWN: Words(n.UNKNOWN, "（无）"),
    "month": Words("month", "月"),
    "quarter": Words("quarter", "季度"),
    "total": Words("total", "合计"),
    "owner": Words("owner", "负责人"),
    "segment": Words("segment", "细分市场"),
    "source": Words("source", "来源"),
    "stage": Words("stage", "阶段"),
    "reason": Words("reason", "原因"),
    "horizon": Words("months ahead", "提前月数"),
    "created": Words("created", "新建"),
    "won": Words("won", "赢单"),
    "lost": Words("lost", "丢单"),
    "True": Words("yes", "是"),
    "False": Words("no", "否"),
    "timing": Words("timing", "时间"),
    "win rate": Words("win rate", "赢单率"),
    "amount": Words("amount", "金额"),
    "arrivals": Words("arrivals", "新增商机"),
    "revenue history": Words("revenue history", "收入历史"),
    "written to": Words("written to", "已写入"),
    "backup": Words("backup", "备份"),
    "none needed": Words("none needed", "不需要"),
    "as_of": Words("as of", "截至"),
    "data_hash": Words("data", "数据"),
    "version": Words("version", "版本"),
    "seed": Words("seed", "种子"),
    "draws": Words("draws", "抽样数"),
    "max_rhat": Words("highest R-hat", "R-hat 最大值"),
    "min_ess": Words("fewest effective draws", "有效抽样最少"),
    "divergences": Words("divergences", "发散次数"),
    "ok": Words("may be used", "可以使用"),
    "seconds": Words("seconds", "秒数"),
}  # fmt: skip
"""Words in cells that stand for something of the tool's own."""

NAMED: Final = frozenset(
    {
        *(n.DEAL_ID, n.ACCOUNT, "deal_name", n.OWNER, n.SEGMENT, n.SOURCE, n.STAGE, "group"),
        *("value", "sheet", "cell", "column", "feedback", "answer", "topic", "needs", "entry"),
    }
)
"""Columns that hold what people named or wrote: it is shown as it is."""

UNNAMED: Final = frozenset({n.UNKNOWN, n.WON, n.LOST})
"""Groups that nobody named: deals without one, and deals that are closed."""

STAGED: Final = frozenset({n.STAGE, "next_stage", "group"})
STAGES: Final = frozenset(stage.name for stage in DEFAULT_STAGES)
"""Stages that have a name in Chinese, and the columns that they stand in."""


def head(key: str, language: Language) -> str:
    """Give the head of a column."""
    return HEADS[key].text(language) if key in HEADS else key.replace("_", " ")


def cell(value: object, key: str, language: Language) -> str:
    """Give the text of a cell of a column."""
    text = str(said(value, language))
    if key in STAGED and text in STAGES:
        return str(in_language(text, language))
    if key in NAMED and not (key == "group" and text in UNNAMED):
        return text
    return CELLS[text].text(language) if text in CELLS else str(in_language(text, language))
