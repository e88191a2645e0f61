# ruff: noqa: E501 (a sentence and its Chinese stand on one line)
"""Chinese for what the KPIs and the forecast say in English.

KPIs and models know neither workbook nor language: they state definitions, populations and reasons
in English, as the JSON has them. Here those sentences get their Chinese, part by part.
"""

import re
from functools import cache
from typing import Final

from salespipe import names as n
from salespipe.settings import Language
from salespipe.stages import DEFAULT_STAGES

__all__ = ["in_language"]

_PARTS: Final = "; "

_SENTENCES: Final = {
    # KPIs and their definitions.
    "Win rate": "赢单率",
    "Sales cycle": "销售周期",
    "Average deal size": "平均单额",
    "Stage conversion": "阶段转化",
    "Activity volume": "活动量",
    "won within {days} days of creation{=headline}": "创建后 {days} 天内赢单{=headline}",
    "won within {days} days, open deals censored (cumulative incidence)": "{days} 天内赢单，在谈商机按删失处理（累积发生率）",
    "won in the end, open deals censored (cumulative incidence)": "最终赢单，在谈商机按删失处理（累积发生率）",
    "won / all created": "赢单数 ÷ 全部创建数",
    "won / (won + lost)": "赢单数 ÷（赢单数 + 丢单数）",
    "value won within {days} days of creation / value created": "创建后 {days} 天内赢单金额 ÷ 创建金额",
    "{=quantile} of creation to close, open deals censored (Kaplan-Meier)": "创建到关闭的{=quantile}，在谈商机按删失处理（Kaplan-Meier）",
    "{=quantile} of creation to close, {=state} deals": "创建到关闭的{=quantile}，{=state}商机",
    "sum {=state} / number {=state}": "{=state}金额合计 ÷ {=state}单数",
    "median of {=state} deals": "{=state}商机的中位数",
    "mean on the log scale (geometric) of {=state} deals": "{=state}商机的几何平均数",
    "went on (to a later stage or won)": "已推进（到后续阶段或赢单）",
    "were lost": "已丢单",
    "went back": "已退回前面阶段",
    "are still there": "仍在该阶段",
    "went on in the end, those still there censored": "最终推进，仍在该阶段者按删失处理",
    "went on from {=stage}": "从“{=stage}”推进",
    "next is {=stage}": "下一步为{=stage}",
    "touches per owner and working week": "每位负责人每个工作周的接触次数",
    "{=kind}: touches per owner and working week": "{=kind}：每位负责人每个工作周的接触次数",
    "touches per {=state} deal": "每个{=state}商机的接触次数",
    "{=quantile} of creation to close, closed deals only": "创建到关闭的{=quantile}，仅已关闭商机",
    "median days since the last touch": "距上次接触天数的中位数",
    "Time in stage": "阶段停留时间",
    "Bottleneck": "瓶颈",
    "Loss reasons": "丢单原因",
    "Sales velocity": "销售速度",
    "Weighted pipeline": "加权管道",
    "Coverage": "覆盖倍数",
    "Slippage": "推迟",
    "Quota attainment": "目标达成",
    "Linearity": "季内均衡",
    "Scorecard": "记分卡",
    "Evidence": "阶段依据",
    "share won with evidence less share won without": "有依据者的赢单率减去无依据者的赢单率",
    "share won, entry criterion shown less not shown: {name}": "赢单率之差（进入条件：有依据减去无依据）：{name}",
    "share won, exit criterion shown less not shown: {name}": "赢单率之差（完成条件：有依据减去无依据）：{name}",
    "deals closed in {=window}, whose last stage it was": "关闭于{=window}、最后处于该阶段的商机",
    "deals closed in {=window}, that went from it to the next stage, their last": "关闭于{=window}、由该阶段进入下一阶段且止于该处的商机",
    "no evidence shows it": "没有依据提及该条件",
    "all evidence shows it": "所有依据均提及该条件",
    "{some} with other evidence left out": "{some} 个依据内容无法对应任何条件，未计入",
    "Only the last evidence of a deal is kept, and of many criteria one looks good by chance: that it goes with winning is no cause.": "只保留商机最近一次的依据；条件众多时，总有一项碰巧显得有效：与赢单相关并不说明因果。",
    "deals closed in {=window}, by their last stage": "关闭于{=window}的商机，按最后所处阶段",
    "no closed deal has evidence written down": "已关闭商机均未填写依据",
    "deals that got further have more evidence: look at the stages": "走得更远的商机依据更多：请看各阶段",
    "all or none have evidence": "全部有依据或全部没有",
    "{some} with it, {others} without": "有依据 {some} 个，无依据 {others} 个",
    "Jeffreys, difference 90 %": "Jeffreys，差值 90 %",
    "Evidence is written down for deals that go well: that it goes with winning is no cause.": "进展顺利的商机才会填写依据：与赢单相关并不说明因果。",
    "won within {days} days, on the team's mix of deals": "{days} 天内赢单，按团队的商机构成",
    "{share} % sure to be above the team: {=call}": "高于团队的概率为 {share} %：{=call}",
    "fewer than two owners have deals old enough": "有足够久商机的负责人不足两位",
    "hierarchical logistic model (Laplace), 90 %": "分层逻辑回归，90 %",
    "For coaching, not for decisions about employment or pay.": "仅用于辅导，不作为聘用或薪酬决定的依据。",
    "{=quantile} of {=kind} days (Kaplan-Meier)": "{=kind}天数的{=quantile}（Kaplan-Meier）",
    "what costs most": "代价最大者",
    "what costs most: {=stage}, {=cost}": "代价最大者：{=stage}，{=cost}",
    "expected revenue lost since fewer went on": "因推进减少而损失的期望收入",
    "expected revenue put off since stays got longer": "因停留变长而推迟的期望收入",
    "expected revenue put off by stays beyond the typical days": "因停留超过通常天数而推迟的期望收入",
    "share of lost deals": "占丢单数的比例",
    "share of the amount of lost deals": "占丢单金额的比例",
    "share of lost deals, by the stage they were lost from": "占丢单数的比例（按丢单前所处阶段）",
    "qualified open deals x share of them won x mean won deal / mean days to close": "已认定在谈商机数 × 其赢单率 × 平均赢单金额 ÷ 到关闭的平均天数（每天）",
    "open deals x won / (won + lost) x mean won deal / mean days of won deals": "在谈商机数 × 赢单数 ÷（赢单数 + 丢单数）× 平均赢单金额 ÷ 赢单平均天数（每天）",
    "won a day, as it was": "实际每天赢单金额",
    "sum of amount x stage probability": "金额 × 阶段概率之和",
    "sum of amount of open deals": "在谈商机金额之和",
    "open amount due in the {=period} / (quota less won so far)": "{=period}内到期的在谈金额 ÷（目标 − 已成交）",
    "coverage needed at a month's start for a chance of {share} % of the target": "以 {share} % 的机会达标，月初所需的覆盖倍数",
    "open amount needed for a chance of {share} % of the quota": "以 {share} % 的机会达标，所需的在谈金额",
    "{=fate}, of deals due": "{=fate}（占到期商机数）",
    "{=fate}, of the amount due": "{=fate}（占到期金额）",
    "pulled in: won though due later, of deals won": "提前：预计更晚却已赢单（占赢单数）",
    "pushes per deal": "每个商机的推迟次数",
    "won, of deals pushed {count} times": "推迟 {count} 次的商机的赢单率",
    "won, of deals pushed {count} or more times": "推迟 {count} 次及以上的商机的赢单率",
    "won / quota": "已成交 ÷ 目标",
    "quota less won": "目标 − 已成交",
    "revenue of the last {=part} of the quarter / revenue of the quarter": "季度最后一{=part}收入 ÷ 季度收入",
    "chance of reaching the quota": "达成目标的概率",
    "open amount needed for a chance of {share} % of the quota, by the forecast": "以 {share} % 的机会达标，按预测所需的在谈金额",
    "Forecast accuracy": "预测准确度",
    "bias: sum of (likely - actual) / sum of actual": "偏差：（可能 − 实际）合计 ÷ 实际合计",
    "WAPE: sum of |likely - actual| / sum of actual": "加权绝对误差：|可能 − 实际| 合计 ÷ 实际合计",
    "MAPE: mean of |likely - actual| / actual": "平均绝对百分比误差：|可能 − 实际| ÷ 实际的均值",
    "CRPS / mean actual, 0 is perfect": "连续分级概率评分 ÷ 实际均值，0 为完美",
    "Brier score of the chance of the quota, 0 is perfect": "达标概率的 Brier 评分，0 为完美",
    "ranges of {level} % that held": "{level} % 区间的命中比例",
    # Populations.
    "all deals, those yet to be created among them, {first} to {last}": "全部商机（含尚未创建者），{first} 至 {last}",
    "open deals like those of today, and new business, {first} to {last}": "与当前相似的在谈商机及新业务，{first} 至 {last}",
    "new business and what is won leave more to win than any such deals would bring": "除新业务与已成交外，尚缺部分任何此类商机都无法带来",
    "what is won and new business suffice": "已成交与新业务已足够",
    "kept forecasts of months that are over, one month ahead": "已结束月份的历次预测，提前一个月",
    "kept forecasts of months that are over, months ahead: {ahead}": "已结束月份的历次预测，提前月数：{ahead}",
    "from the deals": "依据商机",
    "from the history": "依据历史",
    "last month": "沿用上月",
    "owners' commit": "负责人承诺",
    "no kept forecast of a month that is over": "尚无已结束月份的预测",
    "none: a share of simulated futures": "无：模拟情形的比例",
    "The team's is neither the product nor the mean of its owners'.": "团队概率既不是各人概率之积，也不是其平均。",
    "More of the same: deals that are younger, or due later, bring less of it in time.": "指增加同类商机：更新或更晚到期的商机在期内带来的更少。",
    "Of 12 honest 80 % ranges 7 to 12 are hit, of 24 16 to 22, of 36 25 to 33: a few months prove little.": "可靠的 80 % 区间：12 个中命中 7 至 12 个，24 个中 16 至 22 个，36 个中 25 至 33 个；少数几个月说明不了什么。",
    "A month that brought little counts as much as any other; one that brought nothing not.": "收入很少的月份与其他月份同等计入；没有收入的月份不计入。",
    "deals open on {day}, one never touched since its creation": "{day} 在谈的商机；从未接触的自创建日起算",
    "stays begun in {=window}, those not over censored": "{=window}内开始的停留，未结束者按删失处理",
    "newer half of {=window}": "{=window}的后半段",
    "newer against older half of {=window}": "{=window}的后半段与前半段比较",
    "cannot be told apart from chance": "与随机波动无法区分",
    "rates and days followed through {=window}": "比率与天数的观察期为{=window}",
    "each day of {=window}": "{=window}的全部日子",
    "open deals expected to close by the end of {period}": "预计在 {period} 结束前关闭的在谈商机",
    "{count} overdue ones among them": "其中 {count} 个已逾期",
    "past months that the change log saw begin": "变更记录所见其开始的以往各月",
    "the quota of {month}, less won so far": "{month} 的目标减去已成交",
    "deals due in a month when it began": "月初预计当月关闭的商机",
    "deals due in a month when it began, {first} to {last}": "月初预计当月关闭的商机，{first} 至 {last}",
    "deals closed in {=window}, of which the log has an expected close": "关闭于{=window}且记录有预计成交日期的商机",
    "full months with a quota in {=window}": "{=window}中有目标的整月",
    "deals won in the full quarters of {=window}": "{=window}的完整季度内赢单的商机",
    "{count} of its 3 months": "仅含 3 个月中的 {count} 个",
    "deals created in {=window}": "创建于{=window}的商机",
    "deals created in {=window}, all at least {days} days old": "创建于{=window}且满 {days} 天的商机",
    "deals closed in {=window}": "关闭于{=window}的商机",
    "deals {=state} in {=window}": "{=window}内{=state}的商机",
    "deals open on {day}": "{day} 在谈的商机",
    "deals {=state} in {=window}, created since the log began": "{=window}内{=state}、且在活动记录开始后创建的商机",
    "deals open on {day}, created since the log began": "{day} 在谈、且在活动记录开始后创建的商机",
    "all deals, followed through {=window}": "全部商机，观察期为{=window}",
    "entries into the stage in {=window}": "{=window}内进入该阶段的商机",
    "whole weeks in {=window}, weeks without a touch kept": "{=window}内的完整周，含没有接触的周",
    "months are of creation": "月份按创建日期",
    "the end is {days} days, the oldest close seen": "“最终”指 {days} 天，即所见最长的关闭时间",
    "listed amounts, known from the first day": "按报价金额，自首日可知",
    "amounts as they now stand, for want of listed ones": "没有报价金额，按当前金额",
    "logged since {day}": "自 {day} 起有记录",
    # Windows.
    "the {count} full months {first} to {last}": " {first} 至 {last} 这 {count} 个整月",
    "the {count} full months {first} to {last} ({=reason})": " {first} 至 {last} 这 {count} 个整月（{=reason}）",
    "the one full month {month}": " {month} 这一整月",
    "the one full month {month} ({=reason})": " {month} 这一整月（{=reason}）",
    "the days {first} to {last} (no full month yet)": " {first} 至 {last}（尚无整月）",
    "no full month up to {day} ({=reason})": "截至 {day} 尚无整月（{=reason}）",
    "closings are recorded only from {day}": "自 {day} 起才有关闭记录",
    "the data begins on {day}": "数据始于 {day}",
    "no deal has a date": "没有商机填写日期",
    # Remarks.
    "unripe: nothing has been won yet": "尚未成熟：还没有赢单",
    "unripe: younger than the {days} days in which {share}% of wins come": "尚未成熟：不足 {days} 天（{share} % 的赢单在此期间内出现）",
    "(none)": "（无）",
    "unripe: the median {=what} is not known yet": "尚未成熟：{=what}中位数未知",
    "unripe: younger than the median {=what} of {days} days": "尚未成熟：不足{=what}中位数 {days} 天",
    "fewer than {share} have come to an end": "结束的不足 {share}",
    "too few for a survival estimate": "样本太少，无法做生存估计",
    "nothing has come to an end": "没有任何商机结束",
    "nothing has been seen that long": "没有观察到这么长的时间",
    "{count} still open": "{count} 个仍在谈",
    "{count} without an amount left out": "{count} 个无金额，未计入",
    "only {some} of {count} {=state} deals have an amount": "{count} 个{=state}商机中只有 {some} 个填写金额",
    "the largest deal is {share} of the sum": "最大一单占合计的 {share}",
    "no deal of that age": "没有满该天数的商机",
    "no deal was created": "没有创建商机",
    "no deal was closed": "没有关闭商机",
    "no deal entered": "没有商机进入",
    "no such deal": "没有这样的商机",
    "no {=state} deal has both dates": "没有日期齐全的{=state}商机",
    "nothing to count": "没有可统计的内容",
    "{count} left for an unknown stage": "{count} 个转入未知阶段",
    "stage dates are not recorded": "没有阶段日期记录",
    "stage dates are missing for {some} of {count} won deals": "{count} 个赢单商机中有 {some} 个缺少阶段日期",
    "activities are not logged": "没有活动记录",
    "activities are not logged in the window": "期内没有活动记录",
    "no whole week of logged activities yet": "尚无完整一周的活动记录",
    "activities do not name their deal": "活动没有注明商机",
    "touches without an owner left out: {count}": "未注明负责人的 {count} 次接触未计入",
    "no owner is named": "没有注明负责人",
    "{share} last longer than {days} days, counted as that": "{share} 超过 {days} 天，按该天数计",
    "too few won deals": "赢单商机太少",
    "too few entries": "进入的商机太少",
    "no two months yet": "尚不足两个月",
    "no stage converts less or holds longer than before": "没有任何阶段的推进减少或停留变长",
    "no deal was lost": "没有丢单",
    "no lost deal has a reason": "丢单商机均未填写原因",
    "no full month yet": "尚无整月",
    "no change log reaches back that far: the sheet has overwritten what stood there": "变更记录没有那么早：表中原有内容已被覆盖",
    "no deal was due": "没有到期商机",
    "only {count} months are known": "只知道 {count} 个月",
    "a month brought nothing": "有一个月没有收入",
    "no quota": "没有目标",
    "the quota is reached": "目标已达成",
    "the Targets sheet has no quota": "“目标”表中没有目标",
    "no deal was won in a full quarter": "完整季度内没有赢单",
    # Intervals.
    "none": "无",
    "none: too few": "无：样本太少",
    "none: no spread": "无：没有差异",
    "none: fewer than {count}": "无：不足 {count} 个",
    "Jeffreys 90 %": "Jeffreys 区间 90 %",
    "bootstrap 90 %": "自助法 90 %",
    "normal 90 %": "正态 90 %",
    "order statistics 90 %": "次序统计量 90 %",
    "Student t on logs 90 %": "对数 t 区间 90 %",
    "Kaplan-Meier, log-log 90 %": "Kaplan-Meier，log-log 90 %",
    "Aalen-Johansen, log-log 90 %": "Aalen-Johansen，log-log 90 %",
    "none: for comparison only": "无：仅供对照",
    "none: a sum, not an estimate": "无：合计数，不是估计",
    "none: a count of what happened": "无：已发生的计数",
    "delta method 90 %": "误差传播法 90 %",
    "Kaplan-Meier, normal 90 %": "Kaplan-Meier，正态 90 %",
    "{=interval} over {=units}": "{=interval}，按{=units}",
    # Traps.
    "Young deals count as not won: a simulated firm that wins 25 % reads 13 % for deals created in the last 180 days.": "新商机被算作未赢：模拟公司真实赢单率 25 %，按最近 180 天创建的商机只读出 13 %。",
    "Losses close late, so that a growing firm looks better than it is: a simulated firm that wins 25 % reads 48 % for deals created in the last 180 days.": "丢单关闭较晚，成长中的公司因此显得更好：模拟公司真实赢单率 25 %，按最近 180 天创建的商机读出 48 %。",
    "Compares cohorts fairly, but speaks of deals that are at least so old: news comes late.": "各批次可公平比较，但只涉及满该天数的商机，反映较晚。",
    "Assumes that deals still open will go on as deals of their age have gone.": "假定在谈商机的走势与以往同龄商机相同。",
    "One large deal can be the figure.": "单个大单即可左右该数字。",
    "Slow deals are still open and not in it: a true mean of 90 days reads 64 for deals created in the last 180 days.": "慢单尚未关闭，未计入：真实均值 90 天，按最近 180 天创建的商机只读出 64 天。",
    "Won and lost together: a deal that is quickly lost shortens it.": "赢单与丢单合计：很快丢掉的商机会使其变短。",
    "Open and won deals differ in size, and one large deal can be the mean.": "在谈与赢单商机大小不同，且单个大单即可左右均值。",
    "The ratio of today's counts in neighbouring stages measures how long deals stay, and leaving lost deals out tends to 100 %; here every deal that entered counts.": "相邻阶段当前数量之比反映的是停留时间；剔除丢单则趋于 100 %。此处计入每个进入过的商机。",
    "Assumes that those still there will go on as others of their age have gone.": "假定仍在该阶段者的走势与以往同龄者相同。",
    "Entries still there have not decided yet: read it beside the rate with them censored.": "仍在该阶段者尚无结果：请与按删失处理的转化率一并阅读。",
    "An empty log is not idleness: what is not logged counts as not done.": "没有记录不等于没有工作：未记录的按未做计。",
    "More touches on better deals is selection, not cause.": "好商机接触更多，是选择的结果，不是原因。",
    "Averages over stages do not add up to the cycle: few deals pass through all of them.": "各阶段平均之和不等于周期：只有少数商机走完所有阶段。",
    "Weekends are left out, public holidays are not.": "已剔除周末，未剔除法定节假日。",
    "Who entered lately may be another mix of deals; look at the deals before the stage.": "近期进入的商机构成可能不同；请先看具体商机。",
    "Revenue that comes later is not lost: it is put off once; less than 0 is brought forward.": "推迟的收入并未丢失，只推迟一次；小于 0 表示提前。",
    "The largest of several noisy figures looks larger than it is; its interval says how sure.": "几个带噪声的数字中最大的往往被高估；把握程度见其区间。",
    "The owner's word, chosen afterwards: price is easier to write than what was missed.": "这是负责人事后的说法：写“价格”比写自己的疏漏容易。",
    "Where most deals are, most are lost: read it beside the share lost of those that entered.": "商机多的阶段丢单也多：请与进入者的丢单比例一并阅读。",
    "Says what a steady pipeline brings a day; a growing one brings it later.": "表示稳定的管道每天带来多少；增长中的管道会晚一些。",
    "What was won has been won: it says nothing of what is coming.": "这是已成交的部分，不说明将来。",
    "Mixes a closed-only rate with a won-only cycle: where losses are slow it is too high twice, where they are quick too low.": "把仅含已关闭的赢单率与仅含赢单的周期混用：丢单慢时双重偏高，丢单快时偏低。",
    "It is a mean, not a likely outcome: a deal of 10,000 at 70 % brings 10,000 or nothing.": "这是均值，不是可能的结果：概率 70 % 的 10,000 商机要么带来 10,000，要么为零。",
    "Everything that is open, however old: it is not what will be won.": "包括所有在谈商机，无论多久：并非将要赢得的金额。",
    "The open amount counts in full whatever its chances; compare it with the coverage needed.": "在谈金额按全额计，不论机会大小；请与所需覆盖倍数比较。",
    "Not 1 / win rate: what is pulled in, created and slips within the month enters as well.": "不等于 1 ÷ 赢单率：月内提前、新增和推迟的商机都计入。",
    "Known only from the change log: without snapshots the sheet has overwritten the evidence.": "只能由变更记录得知：没有快照时，表中的依据已被覆盖。",
    "A deal must live to be pushed: those never pushed are mostly early losses, not the best.": "商机存续才会被推迟：从未推迟的多为早期丢单，并非最好的商机。",
    "The team's is a quotient of sums, not the mean of its owners'; small quotas swing most.": "团队达成率是合计之比，不是各人达成率的平均；目标小者波动最大。",
    "A gap at the end of a period is a fact; during it much is still to come.": "期末的差距是事实；期中还有很多未到。",
    "Revenue spread evenly would give {even} %; one large deal at the end can be all of it.": "收入均匀分布时为 {even} %；期末一个大单就可能是全部原因。",
    # The forecast's notes.
    "The forecast rests on the deals alone: the revenue history is too short to be a second view.": "预测仅依据商机：收入历史太短，不足以另作参照。",
    "For the first month the deals count {below} % and the revenue history {above} % (each by how precise it says it is, until past forecasts show more).": "首月预测中商机占 {below} %，收入历史占 {above} %（目前按各自声明的精度加权，待有往期预测后再调整）。",
    "For the first month the deals count {below} % and the revenue history {above} % (each by how precise it says it is and how right it was in {count} past months).": "首月预测中商机占 {below} %，收入历史占 {above} %（按各自声明的精度及其在过去 {count} 个月的准确度加权）。",
    "For the first month the deals count {below} % and the revenue history {above} % (each by how precise it says it is and how right it was in one past month).": "首月预测中商机占 {below} %，收入历史占 {above} %（按各自声明的精度及其在过去一个月的准确度加权）。",
    "New business is not forecast: that needs at least {count} deals created over {months} months.": "未预测新增商机：至少需要 {months} 个月内创建的 {count} 个商机。",
    "Only {count} deals have closed so far, so the ranges lean on the Stages sheet's probabilities and days.": "至今只关闭了 {count} 个商机，区间主要依据“阶段”表中的概率和天数。",
    "{count} open deals have no creation date and are counted as new business only, since no deal here has ever closed without one.": "{count} 个在谈商机没有创建日期，仅按新增商机计入，因为这里从未有无创建日期的商机关闭。",
    "Closed deals do not show which stages they went through, so all open stages are treated as one; fill in the dates on which deals enter a stage.": "已关闭商机没有经历哪些阶段的记录，因此所有在谈阶段按一个处理；请填写进入各阶段的日期。",
    "Deals outside of the workbook count for how fast deals move and which are won, by file: {files}.": "工作簿之外的历史商机也计入推进速度和赢单率，按文件：{files}。",
    "The Targets sheet has no quota for the coming month.": "“目标”表没有下个月的目标。",
    "No exit of a deal with a forecast category or a confidence is on record, so owners' calls count little: a new deal called commit wins {wins} %, one without a call {none} %.": "尚无带预测类别或信心的商机离开阶段的记录，因此负责人判断影响很小：归为承诺的新商机赢单概率为 {wins} %，未作判断的为 {none} %。",
    "Owners' calls count by their record of {count} exits: all else equal, a new deal called commit wins {wins} % ({low} to {high}), one without a call {none} %.": "负责人判断按其 {count} 次记录计入：其他条件相同时，归为承诺的新商机赢单概率为 {wins} %（{low} 至 {high}），未作判断的为 {none} %。",
    "Owners' calls count by their record of {count} exits: all else equal, a new deal called commit wins {wins} % ({low} to {high}), one without a call {none} %. Each owner's calls are recalibrated by what became of them: a commit wins from {least} % to {most} %, depending on whose it is.": "负责人判断按其 {count} 次记录计入：其他条件相同时，归为承诺的新商机赢单概率为 {wins} %（{low} 至 {high}），未作判断的为 {none} %。各负责人的判断按其实际结果重新校准：承诺商机的赢单概率因人而异，从 {least} % 到 {most} %。",
    "{name} is not used: its values of {count} past months are too few to learn from, it takes {least}.": "未使用{name}：仅有 {count} 个过去月份的数值，至少需要 {least} 个月。",
    "{name} is not used: it was the same in all past months.": "未使用{name}：过去各月数值相同。",
    "{name} is not used: the Market sheet lacks its worst, likely or best value for {month}.": "未使用{name}：“市场”表缺少 {month} 的最差、可能或最好数值。",
    "{name}: one standard deviation more goes with {odds} % ({low} to {high}) on the odds of going on and {new} % ({least} to {most}) on new deals.": "{name}：每升高一个标准差，推进胜算变化 {odds} %（{low} 至 {high}），新商机数量变化 {new} %（{least} 至 {most}）。",
    "{name}: one standard deviation more goes with {odds} % ({low} to {high}) on the odds of going on.": "{name}：每升高一个标准差，推进胜算变化 {odds} %（{low} 至 {high}）。",
    "The paths that the Market sheet assumes change the total by {share} % on average, against indices as they were on average.": "“市场”表所假设的走势使合计平均变化 {share} %（与指数处于平均水平相比）。",
    "Market: the worst path": "市场：最差走势",
    "Market: the best path": "市场：最好走势",
    "No change of an expected close date is on record, so the dates stay as they are; snapshots will show how often they move.": "尚无预计成交日期变更的记录，因此日期保持不变；快照将显示其变动频率。",
    "Expected close dates move in the simulation as they did before: {count} changes on record, {rate} per deal and 100 days.": "模拟中预计成交日期按以往频率变动：记录中有 {count} 次变更，每个商机每 100 天 {rate} 次。",
    "{count} workbooks were forecast together: what they have in common is learned from all of them, and the revenue history is the whole company's.": "共 {count} 个工作簿一起预测：共同之处由全部工作簿得出，收入历史为全公司的历史。",
    '"In the end" means within {years} years of the as-of date.': "“最终”指截止日期后 {years} 年内。",
    # The review: risks, questions, strengths and next steps.
    "expected close has passed": "预计成交日期已过",
    "stage without evidence": "阶段缺少依据",
    "not contacted for {days} days": "{days} 天未联系",
    "no next step, or a late one": "没有下一步，或已逾期",
    "the largest open deal": "最大的在谈商机",
    "The expected close has passed: what has changed, and which date was agreed?": "预计成交日期已过：有何变化？商定了哪一天？",
    "What shows that the stage before was completed?": "有何依据表明上一阶段已完成？",
    "When did we last talk, and who at the customer wants this?": "上次沟通是何时？客户方谁想做成此事？",
    "What is the next step, who takes it, and by when?": "下一步是什么？由谁负责？何时完成？",
    "What could still stop it, and what would we do then?": "还有什么可能阻碍成交？届时如何应对？",
    "strength": "优势",
    "next step": "改进",
    "above the team": "高于团队",
    "below the team": "低于团队",
    "cannot be told apart": "无法区分",
    "the team {share} %": "团队 {share} %",
    "above it with {share} %": "高于团队的把握为 {share} %",
    "below it with {share} %": "低于团队的把握为 {share} %",
    "Open deals have a next step that is not late": "在谈商机都有未逾期的下一步",
    "Agree on a next step and its date for every open deal": "为每个在谈商机商定下一步及日期",
    "{hits} of {count} open deals have a next step that is not late": "{count} 个在谈商机中 {hits} 个有未逾期的下一步",
    "Expected close dates are kept up to date": "预计成交日期保持更新",
    "Agree on new close dates where the old ones are past": "对已过期的预计成交日期商定新日期",
    "{hits} of {count} open deals with an expected close are not past it": "{count} 个填有预计成交日期的在谈商机中 {hits} 个未过期",
    "Keeps in touch: open deals are contacted regularly": "保持联系：定期接触在谈商机",
    "Get in touch with the deals not contacted for {days} days": "联系 {days} 天未接触的商机",
    "{hits} of {count} open deals were contacted within {days} days": "{count} 个在谈商机中 {hits} 个在 {days} 天内有接触",
    "Takes deals on from {=stage}": "善于从“{=stage}”推进商机",
    "Go through deals lost in {=stage} with a colleague who takes more on": "与推进率更高的同事一起复盘在“{=stage}”丢掉的商机",
    "{hits} of {count} decided deals went on from {=stage}": "“{=stage}”中有结果的 {count} 个商机里 {hits} 个已推进",
    # Groups that are compared, and scenarios.
    "first month": "季度首月",
    "second month": "季度次月",
    "third month": "季度末月",
    "They differ: {=first} is {low} to {high} points ahead of {=last} (interval of {share} %).": "两者有差异：{=first} 比 {=last} 高 {low} 至 {high} 个百分点（{share} % 区间）。",
    "They cannot be told apart: {=first} is {low} to {high} points ahead of {=last} (interval of {share} %).": "两者无法区分：{=first} 比 {=last} 高 {low} 至 {high} 个百分点（{share} % 区间）。",
    "As forecast": "按预测",
    "Win rate: odds 10 % better": "赢单率：胜算提高 10 %",
    "Win rate: odds 10 % worse": "赢单率：胜算降低 10 %",
    "New deals: 20 % more": "新增商机：增加 20 %",
    "New deals: 20 % fewer": "新增商机：减少 20 %",
    "Prices 5 % lower": "价格降低 5 %",
    "All deals 30 days later": "所有商机推迟 30 天",
    "One more person": "增加一名销售",
    "Deal {name} won": "商机 {name} 赢单",
    "Deal {name} lost": "商机 {name} 丢单",
    "A good quarter": "好的季度",
    "A recession": "经济衰退",
    "Two more people": "增加两名销售",
    "The two largest deals lost": "最大的两个商机丢单",
    # What moves a deal, and what to do.
    "Nothing in particular: like the average open deal in its stage": "无特别因素：与该阶段一般在谈商机相当",
    "Owner {name}: {points} points": "负责人 {name}：{points} 个百分点",
    "Segment {name}: {points} points": "细分 {name}：{points} 个百分点",
    "Source {name}: {points} points": "来源 {name}：{points} 个百分点",
    "Amount: {=size}: {points} points": "金额（{=size}）：{points} 个百分点",
    "no call": "未作判断",
    "omitted": "不计入",
    "pipeline": "在谈",
    "best case": "最好情况",
    "commit": "承诺",
    "Owner's call: {=call}: {points} points": "负责人判断（{=call}）：{points} 个百分点",
    "In stage {=age}: {points} points": "在本阶段{=age}：{points} 个百分点",
    "Expected close: {=due}: {points} points": "预计关闭（{=due}）：{points} 个百分点",
    "won: {which}": "赢单：{which}",
    "lost: {which}": "丢单：{which}",
    "No deal has closed yet that was in this stage": "尚无经过本阶段的已关闭商机",
    "Enter the amount": "请填写金额",
    "Enter the date it was created": "请填写创建日期",
    "Agree on a new close date: the old one is past": "原预计关闭日期已过，请商定新日期",
    "Decide: requalify it or close it as lost": "请决定：重新评估，或按丢单关闭",
    "Do the next step: its date has passed": "下一步的日期已过，请尽快完成",
    "Agree on a next step with the customer": "请与客户商定下一步",
    "Enter the expected close date": "请填写预计关闭日期",
    "Carry out the next step as planned": "按计划执行下一步",
}
"""English to Chinese; ``{name}`` is copied, ``{=name}`` is looked up here or in :data:`_WORDS`."""

_WORDS: Final = {
    "": "",
    " (headline)": "（主指标）",
    "median": "中位数",
    "80th percentile": "80 % 分位数",
    "mean": "均值",
    "above the team": "高于团队",
    "below the team": "低于团队",
    "cannot be told apart": "无法区分",
    "calendar": "日历",
    "business": "工作日",
    "month": "月",
    "week": "周",
    "quarter": "季度",
    "slipped: still open at the month's end": "已推迟：月末仍在谈",
    "won in the month they were due": "按期当月赢单",
    "lost in the month they were due": "到期当月丢单",
    n.WON: "赢单",
    n.LOST: "丢单",
    n.OPEN: "在谈",
    "cycle": "周期",
    "weeks": "周",
    "owner-weeks": "负责人周",
    "other types": "其他类型",
    "under 14 days": "不足 14 天",
    "14 to 45 days": "14 至 45 天",
    "45 to 90 days": "45 至 90 天",
    "over 90 days": "超过 90 天",
    "none": "未填",
    "overdue": "已过期",
    "today": "今天",
    "this month": "本月",
    "next month": "下月",
    "later": "更晚",
    "unknown": "未知",
    "smallest fifth": "最小的五分之一",
    "small": "较小",
    "middle": "中等",
    "large": "较大",
    "largest fifth": "最大的五分之一",
    "omitted": "不计入",
    "pipeline": "在谈",
    "best case": "最好情况",
    "commit": "承诺",
}

_STAGES: Final = {stage.name: stage.name_zh for stage in DEFAULT_STAGES}
"""Stages that a workbook has unless somebody named others."""

_STAY: Final = re.compile(r"stay in (.+)")


def in_language(text: object, language: Language) -> object:
    """Give a sentence of the KPIs or the forecast in a language; what has no Chinese stays as is.

    Parameters
    ----------
    text : object
        Sentences may be joined by semicolons; what is no text is given back.
    language : {"en", "zh"}
    """
    return _chinese(text) if language == "zh" and isinstance(text, str) else text


def _chinese(text: str) -> str:
    if text in _STAGES:
        return _STAGES[text]
    whole = _sentence(text)
    if whole is not None:
        return whole.strip()
    return "；".join((_sentence(part) or part).strip() for part in text.split(_PARTS))


def _sentence(text: str) -> str | None:
    """Give the Chinese of one sentence, by the first pattern that all of it fits."""
    for pattern, chinese in _patterns():
        if match := pattern.fullmatch(text):
            given = match.groupdict()
            values = {
                key: _part(value) if key.startswith("_") else value for key, value in given.items()
            }
            return chinese.format_map(values)
    return None


def _part(text: str) -> str:
    if text in _WORDS:
        return _WORDS[text]
    if text in _STAGES:
        return _STAGES[text]
    if stay := _STAY.fullmatch(text):
        return f"在“{_part(stay[1])}”停留时间"
    return _sentence(text) or text


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Make the patterns: those with the most words of their own first."""
    made = []
    for english, chinese in _SENTENCES.items():
        seen: set[str] = set()

        def place(match: re.Match[str], seen: set[str] = seen) -> str:
            name = match[1].replace("=", "_")
            if name in seen:
                return f"(?P={name})"
            seen.add(name)
            # What people named may hold anything; the rest is never two sentences.
            return f"(?P<{name}>.*?)" if name == "name" else f"(?P<{name}>[^;]*?)"

        pattern = re.sub(r"\\\{(=?\w+)\\\}", place, re.escape(english).replace(r"\=", "="))
        words = len(re.sub(r"\{=?\w+\}", "", english))
        made.append((words, re.compile(pattern), chinese.replace("{=", "{_")))
    made.sort(key=lambda entry: -entry[0])
    return tuple((pattern, chinese) for _, pattern, chinese in made)
