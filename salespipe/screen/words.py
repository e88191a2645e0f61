# ruff: noqa: E501 (a sentence and its Chinese stand on one line)
"""What commands print for people, in the language of the workbook that they are about."""

from typing import Final

from salespipe.settings import Language
from salespipe.wording import Words

__all__ = ["SAYINGS", "say"]

SAYINGS: Final[dict[str, Words]] = {
    # What several commands say.
    "as_of_title": Words("{what} in {currency}, as of {as_of}", "{what}（{currency}，截至 {as_of}）"),
    "note": Words("Note: {text}", "注意：{text}"),
    "written": Words("Written: {path}", "已写入：{path}"),
    "unchanged": Words("Unchanged: {path}", "无变化：{path}"),
    "backup": Words("Backup:  {path}", "备份：{path}"),
    "nothing": Words("nothing", "空"),
    # run
    "revenue": Words("Revenue", "收入"),
    "period": Words("period", "期间"),
    "total": Words("total", "合计"),
    "worst": Words("worst ({share})", "最差（{share}）"),
    "likely": Words("likely ({share})", "可能（{share}）"),
    "best": Words("best ({share})", "最好（{share}）"),
    "won_so_far": Words("won so far", "已成交"),
    "from_open": Words("from open", "来自在谈"),
    "from_new": Words("from new", "来自新增"),
    "weighted_pipeline": Words("weighted", "阶段加权"),
    "target": Words("target", "目标"),
    "p_target": Words("P(target)", "达标概率"),
    "models": Words("Models: R-hat {rhat}, effective draws {ess}, {divergences} divergences. Seed {seed}. {seconds} s.", "模型：R-hat {rhat}，有效样本 {ess}，发散 {divergences} 次。种子 {seed}。用时 {seconds} 秒。"),
    "problems_of_run": Words("Problems: {warnings} warnings, {infos} remarks (salespipe check lists them; the sheet To do has them by owner).", "问题：{warnings} 个警告，{infos} 个提示（salespipe check 可逐条列出；“待办”表按负责人列出）。"),
    # rollup
    "unit": Words("unit", "单位"),
    "together": Words("together", "合计"),
    "written_units": Words("Written: the forecasts of {count} workbooks", "已写入：{count} 个工作簿的预测"),
    "found_done": Words("Found done already: {read} read, {simulated} simulated, {written} written", "已有结果：已读取 {read} 个，已模拟 {simulated} 个，已写入 {written} 个"),
    "unit_failed": Words("Failed: {unit}: {why}", "失败：{unit}：{why}"),
    # demo and new
    "demo": Words("The example is a made-up company; everything is in", "示例为虚构公司；所有文件位于"),
    "open_it": Words("Open it in Excel or LibreOffice and begin with the sheet Start.", "请用 Excel 或 LibreOffice 打开，从“开始”表看起。"),
    "made": Words("Made {path}. Open it in Excel and begin with the sheet Start.", "已建立 {path}。请用 Excel 打开，从“开始”表看起。"),
    # report
    "pack": Words("Review pack: {path}", "回顾报告：{path}"),
    "part_stopped": Words("{part} stopped before its end: {why}", "{part} 未能完成：{why}"),
    # lab
    "lab": Words("The notebooks are in {folder}; stop the server with Ctrl-C.", "分析笔记位于 {folder}；按 Ctrl-C 停止服务。"),
    # check
    "severity_error": Words("error", "错误"),
    "severity_warning": Words("warning", "警告"),
    "severity_info": Words("info", "提示"),
    "counts": Words("{error} errors, {warning} warnings, {info} remarks.", "{error} 个错误，{warning} 个警告，{info} 个提示。"),
    # kpi
    "kpis": Words("KPIs", "指标"),
    "kpi": Words("KPI", "指标"),
    "definition": Words("definition", "定义"),
    "value": Words("value", "数值"),
    "interval": Words("interval", "区间"),
    "n": Words("n", "样本数"),
    "span": Words("{low} to {high}", "{low} 至 {high}"),
    "days": Words("{value} days", "{value} 天"),
    "more_rows": Words("{rest} more rows by owner, segment, source, quarter and month: add --json.", "另有 {rest} 行按负责人、细分、来源、季度和月份统计：请加 --json。"),
    # backtest
    "scored": Words("Forecasts of revenue in {currency} as of {dates}, scored", "收入预测评分（{currency}，截至 {dates}）"),
    "from_to": Words("{first} to {last}", "{first} 至 {last}"),
    "method": Words("method", "方法"),
    "month": Words("month", "第几月"),
    "score": Words("score", "得分"),
    "error": Words("error", "误差"),
    "bias": Words("bias", "偏差"),
    "score_note": Words("Score: mean CRPS over the mean actual, the lower the better; error and bias are those of the likely value over the mean actual; then the share of outcomes that the central 50, 80 and 90 % ranges held, and the number of dates.", "得分：平均 CRPS ÷ 平均实际值，越低越好；误差和偏差为可能值相对平均实际值；其后为中央 50 %、80 %、90 % 区间的命中率及日期数。"),
    "deal_scores": Words("Chances of single deals to be won in time: {n} chances, {won} won, {expected} expected; Brier score {brier} (the stages' default probabilities {brier_stages}, every deal the share that was won {brier_share}); the lower the better.", "单个商机期内赢单概率：共 {n} 个概率，实际赢单 {won}，预期 {expected}；Brier 得分 {brier}（按阶段默认概率 {brier_stages}，统一按实际赢单占比 {brier_share}），越低越好。"),
    "view_weights": Words("Weight of the view from below at the last date, by month ahead: {shares}.", "最后日期自下而上视角的权重（按提前月数）：{shares}。"),
    # import
    "deals_written": Words("{count} deals written to {path}", "已将 {count} 个商机写入 {path}"),
    "changes_kept": Words("{count} changes of the past kept in {folder}", "过去的 {count} 条变更保存在 {folder}"),
    # merge and split
    "conflict": Words("conflict {what}: kept {kept}; {source} has {other}", "冲突 {what}：保留 {kept}；{source} 为 {other}"),
    "gone": Words("gone     {deal_id}: no longer in its source; kept", "缺失 {deal_id}：来源中已不存在；仍保留"),
    "merge_counts": Words("{new} new, {changed} changed, {unchanged} unchanged, {gone} gone, {conflicts} conflicts.", "新增 {new}，更改 {changed}，未变 {unchanged}，缺失 {gone}，冲突 {conflicts}。"),
    "rows_added": Words("{count} rows added to {sheet}.", "“{sheet}”表新增 {count} 行。"),
    "rows_changed": Words("{count} rows changed on {sheet}.", "“{sheet}”表更改 {count} 行。"),
    "rows_left": Words("Rows of {sheet} were left out: the workbook has no table for them.", "“{sheet}”的行未写入：工作簿中没有对应的表格。"),
    "book_of": Words("{owner}: {deals} deals in {path}", "{owner}：{deals} 个商机，位于 {path}"),
    # changes and snapshot
    "open_pipeline": Words("Open pipeline in {currency}", "在谈金额（{currency}）"),
    "open_on": Words("open on {day}", "{day} 在谈"),
    "amount": Words("amount", "金额"),
    "deals": Words("deals", "商机数"),
    "which": Words("which", "涉及"),
    "idle": Words("{count} open deals did not change.", "{count} 个在谈商机没有变化。"),
    "no_bridge": Words("The forecast is explained from the second `salespipe run` on.", "自第二次 `salespipe run` 起可解释预测的变化。"),
    "likely_of": Words("Likely revenue of {months} in {currency}", "{months} 的可能收入（{currency}）"),
    "forecast_of": Words("forecast of {day}", "{day} 的预测"),
    "all_known": Words("The change log knows all of {day} already.", "变更记录已包含 {day} 的全部内容。"),
    "kept_in": Words("{count} changes as of {day} kept in {part}.", "截至 {day} 的 {count} 条变更已保存在 {part}。"),
    # followups
    "owner_files": Words("{owner}: {tasks} deals to follow up, {drafts} drafts, in {folder}", "{owner}：{tasks} 个商机待跟进，{drafts} 封草稿，位于 {folder}"),
    "nobody": Words("Nobody has anything to do; no file was made.", "没有人有待办事项；未生成文件。"),
    "template_put": Words("Put there to be edited: {path}", "已放置供修改：{path}"),
    "not_sent": Words("Nothing was sent.", "未发送任何邮件。"),
}  # fmt: skip
"""By name; braces are filled in."""


def say(name: str, language: Language, **values: object) -> str:
    """Give a saying in a language, its braces filled."""
    return SAYINGS[name].text(language).format_map(values)
