# ruff: noqa: E501 (a sentence and its Chinese stand on one line)
"""Chinese for what the notebooks say: sentences, titles of their figures, headings and prose."""

from typing import Final

from salespipe.settings import Language

__all__ = ["CHINESE", "PROSE", "prose"]

CHINESE: Final = {
    "**{book}** as of **{day}**: {open:,} open deals, {closed:,} closed ones.": "**{book}**，截至 **{day}**：{open:,} 个在谈商机，{closed:,} 个已关闭商机。",
    # 1
    "{error} errors, {warning} warnings and {info} remarks: **mend the errors before the monthly run.**": "{error} 个错误，{warning} 个警告，{info} 个提示：**请先修正错误，再做月度运行。**",
    "{error} errors, {warning} warnings and {info} remarks: nothing stops the run.": "{error} 个错误，{warning} 个警告，{info} 个提示：不影响月度运行。",
    "They stand in {places:,} places.": "分布在 {places:,} 处。",
    "(nobody in particular)": "（无具体负责人）",
    "{people} people have something to look at; the To do sheet tells each of them.": "{people} 人有需要查看之处；“待办”表按人列出。",
    "Deals with a problem hold {touched}, {part} of the open amount; an amount that is missing counts as nothing here.": "有问题的商机金额共 {touched}，占在谈金额的 {part}；缺失的金额在此按零计。",
    # 2
    "Of deals old enough to compare, {value} were won ({low} to {high}, n = {n:,}).": "满足比较时间的商机中，{value} 赢单（{low} 至 {high}，样本 {n:,}）。",
    "Of all created {created}, of closed {closed}: the first counts young deals as not won, the second leaves out deals that nobody closes. Compare like with like.": "占全部创建商机的 {created}，占已关闭商机的 {closed}：前者把新商机算作未赢，后者漏掉无人关闭的商机。请用同一口径比较。",
    "{unripe} of {months} months are too young to judge: their deals are still open.": "{months} 个月中有 {unripe} 个时间太短，尚难判断：其商机仍在谈。",
    "Most money stands in {stage}: {value} in {count} deals, weighted {weighted}.": "金额最多的阶段是“{stage}”：{count} 个商机共 {value}，加权后 {weighted}。",
    "Fewest go on from {stage}: {value}.": "推进比例最低的阶段是“{stage}”：{value}。",
    "Fill in the dates on which deals enter a stage.": "请填写商机进入各阶段的日期。",
    "Too few stage dates are recorded for conversions to be told.": "阶段日期记录太少，无法计算转化率。",
    "Half of the won deals took at most {value} days ({low} to {high}, n = {n:,}).": "半数赢单商机用时不超过 {value} 天（{low} 至 {high}，样本 {n:,}）。",
    "No deal names its segment.": "没有商机填写细分市场。",
    "After 90 days {won} are won and {open} are still open.": "90 天后 {won} 已赢单，{open} 仍在谈。",
    "{mean} on average, {median} in the middle: where they differ much, a few large deals carry the average.": "均值 {mean}，中位数 {median}：两者相差很大时，均值由少数大单拉高。",
    "{value} touches per owner and week (n = {n:,}). For coaching, not for decisions about employment or pay.": "每位负责人每周接触 {value} 次（样本 {n:,}）。仅用于辅导，不作为聘用或薪酬决定的依据。",
    "Activities are not logged.": "没有活动记录。",
    "Bottleneck: {definition}, {value} ({low} to {high}; {population}).": "瓶颈：{definition}，{value}（{low} 至 {high}；{population}）。",
    "Named most often: {reason} ({part}). It is the owner's word, chosen afterwards.": "提到最多的原因：{reason}（{part}）。这是负责人事后的说法。",
    "The coming month is covered {covered} times; for a chance of 80 % this firm has needed {needed} times.": "下个月的覆盖倍数为 {covered}；以 80 % 的机会达标，本公司以往需要 {needed}。",
    "{thin} of {all} figures rest on fewer than 20 observations: look at their intervals, not at their values.": "{all} 个数字中有 {thin} 个样本不足 20：请看区间，不要只看数值。",
    # 3
    "R-hat is at most {rhat:.3f} (1.01 is allowed), there are at least {ess:,.0f} effective draws (400 are needed) and {divergences} divergences (none is allowed).": "R-hat 最大 {rhat:.3f}（不得超过 1.01），有效抽样至少 {ess:,.0f}（需要 400），发散 {divergences} 次（不允许有）。",
    "In {apart} of {stages} stages the sheet's probability lies outside the interval: {which}.": "{stages} 个阶段中有 {apart} 个的表中概率落在区间之外：{which}。",
    "In none of {stages} stages does the sheet's probability lie outside the interval.": "{stages} 个阶段的表中概率均未落在区间之外。",
    "Chance that a deal entering a stage is won in the end": "进入某阶段的商机最终赢单的概率",
    "Chance of being won": "赢单概率",
    "{gap}": "{gap}",
    "{gap} For coaching, not for decisions about employment or pay.": "{gap}仅用于辅导，不作为聘用或薪酬决定的依据。",
    "Chance that an owner wins a new deal, all given the same deals": "各负责人赢下新商机的概率（假定面对同样的商机）",
    "There is but one owner.": "只有一位负责人。",
    "Chance that a new deal of a segment is won": "各细分市场新商机的赢单概率",
    "There is but one segment.": "只有一个细分市场。",
    "Chance that a deal is won, were all its steps in that month of the quarter": "假定所有步骤都发生在季度中的该月，商机的赢单概率",
    "{thin} of {groups} groups have left a stage fewer than 30 times; the chances of such groups lean on those of all others.": "{groups} 组中有 {thin} 组离开阶段不足 30 次；其概率主要借助其他各组得出。",
    "Chance that a new deal is won, by what its owner calls it": "新商机的赢单概率（按负责人的判断）",
    "Each owner's calls are recalibrated by what became of them, and drawn to the team's where there are few: a commit wins {least} to {most}, depending on whose it is.": "各负责人的判断按其实际结果重新校准，次数少时向团队水平收缩：承诺商机的赢单概率因人而异，从 {least} 到 {most}。",
    "Too few owners have called a deal commit for their calls to be compared.": "归类过“承诺”的负责人太少，无法比较。",
    "Chance of being won that the models give a deal before any has closed": "尚无商机关闭时模型给出的赢单概率",
    "In the mean it is the Stages sheet's probability. A stage's level is worth {strength:.0f} closed deals (Prior strength, on the Settings sheet); owners, segments and months not seen yet widen the range. If that is not what you believe, change either sheet.": "其均值即“阶段”表中的概率。每个阶段的水平相当于 {strength:.0f} 个已关闭商机的信息（“设置”表中的先验强度）；尚未见过的负责人、细分市场和月份使区间变宽。如与您的看法不符，请修改这两张表。",
    # 4
    "Beside the numbers:\n\n{notes}": "数字之外：\n\n{notes}",
    "Likely {likely}; with a chance of {low} less than {worst}, with {high} more than {best}.": "可能为 {likely}；有 {low} 的可能低于 {worst}，有 {high} 的可能高于 {best}。",
    "{won_so_far} is won already, {from_open} is expected of open deals and {from_new} of deals not yet created. The stage-weighted pipeline is {weighted_pipeline}.": "已成交 {won_so_far}，期望来自在谈商机 {from_open}、来自尚未创建的商机 {from_new}。阶段加权管道为 {weighted_pipeline}。",
    "No target is set for all of these months.": "这些月份未全部设定目标。",
    "The chance of reaching {target} is {chance}.": "达成目标 {target} 的概率为 {chance}。",
    "The owners' means add up to {mean}; their worst cases do not add up ({sum} against {worst}), since bad luck seldom strikes all at once.": "各负责人的均值合计为 {mean}；各自的最差值不能相加（合计 {sum}，整体 {worst}），因为厄运很少同时降临。",
    "{segment} brings most: {part} of the whole.": "“{segment}”贡献最多：占全部的 {part}。",
    "Nothing is expected of any segment.": "任何细分市场都没有期望收入。",
    "{few} of {all} open deals have a chance under 10 %.": "{all} 个在谈商机中有 {few} 个的赢单概率低于 10 %。",
    "The ten that move it most carry {ten} of the total's variance, all {count} open deals {all}; the rest comes of deals not yet created and of how good the months are.": "影响最大的十个占合计方差的 {ten}，全部 {count} 个在谈商机占 {all}；其余来自尚未创建的商机和各月景气程度。",
    "All open deals together are worth {worth} in the end.": "全部在谈商机最终期望金额共 {worth}。",
    "Seed {seed} on data {data} gives these numbers again.": "以种子 {seed} 对数据 {data} 运行，可重现这些数字。",
    # 5
    "Likely {likely}, between {worst} and {best}; {mean} on average.": "可能为 {likely}，介于 {worst} 与 {best} 之间；均值 {mean}。",
    "The change is in the mean of all months together, on the same random numbers as the forecast.": "变化指各月合计均值之差，与预测使用相同的随机数。",
    "What moves the forecast most is “{scenario}”: {change} on average.": "对预测影响最大的是“{scenario}”：平均 {change}。",
    "Levers can be combined: `win_rate`, `volume` and `price` are factors (1 changes nothing; `win_rate` is one on the odds with which a deal goes on to its next stage), `slip_days` are days, `hires` people, `won` and `lost` ids of open deals, `market` is the path that indices take: `worst`, `likely`, `best` or `average`.": "各项可以组合：`win_rate`、`volume`、`price` 为倍数（1 表示不变；`win_rate` 作用于商机进入下一阶段的胜算），`slip_days` 为天数，`hires` 为人数，`won` 和 `lost` 为在谈商机编号，`market` 为市场指数的走势：`worst`（最差）、`likely`（可能）、`best`（最好）或 `average`（平均）。",
    # 6
    "{apart} of {owners} owners can be told apart from the team: {which}.": "{owners} 位负责人中有 {apart} 位与团队有明显差异：{which}。",
    "None of {owners} owners can be told apart from the team.": "{owners} 位负责人均与团队无明显差异。",
    "Fewer than two owners have deals old enough to compare.": "有足够久商机可比较的负责人不足两位。",
    "Share of deals won, had each owner the team's mix of deals": "赢单比例（假定各负责人的商机构成与团队相同）",
    "Share won": "赢单比例",
    "For coaching, not for decisions about employment or pay.": "仅用于辅导，不作为聘用或薪酬决定的依据。",
    "Adjusting and pooling moves a win rate by up to {gap}: an easy mix or a lucky few deals are no skill.": "调整与合并使赢单率最多变动 {gap}：商机容易或少数几单运气好，并不等于能力。",
    "{sure} of {all} rest on a difference that is sure to 90 %; the others are a place to begin, not a finding.": "{all} 条中有 {sure} 条基于把握达 90 % 的差异；其余只是着手之处，并非结论。",
    "{lacking} of {all} open deals stand in their stage without evidence that the one before was completed.": "{all} 个在谈商机中有 {lacking} 个缺少上一阶段已完成的依据。",
    "{sure} of {all} differences are surely above 0. Evidence is written down for deals that go well, so this is no proof that it helps.": "{all} 个差异中有 {sure} 个可以确信大于 0。进展顺利的商机才会填写依据，因此这并不证明依据有帮助。",
    "Since {day:%Y-%m-%d}, {count:.0f} deals were won, worth {worth}.": "自 {day:%Y-%m-%d} 起赢单 {count:.0f} 个，金额 {worth}。",
    "{count} deals, by their stage-weighted amount, each with a question.": "共 {count} 个商机，按阶段加权金额排列，各附一个问题。",
    "Most of the open amount is concerned by: {risk} ({part}).": "涉及在谈金额最多的风险：{risk}（{part}）。",
    "{promises} promises and {remarks} remarks are open. Both are kept on the sheet Feedback.": "未了结的承诺 {promises} 项，意见 {remarks} 条，均记录在“反馈”表中。",
    "The largest of the last 30 days took {days:.0f} days and {touches:.0f} touches in the middle.": "最近 30 天最大的几单，用时中位数 {days:.0f} 天，接触中位数 {touches:.0f} 次。",
    "Nothing was won in the last 30 days.": "最近 30 天没有赢单。",
    # 7
    "No earlier forecast was kept; the one as of {day} was made now.": "没有保存更早的预测；截至 {day} 的预测为现在补做。",
    "{count} forecasts, the first as of {first:%Y-%m-%d}.": "共 {count} 次预测，最早截至 {first:%Y-%m-%d}。",
    "Nothing earlier is known: the first run or snapshot begins the change log.": "没有更早的记录：变更记录从首次运行或快照开始。",
    "{idle:,} of {all:,} open deals, worth {worth}, did not change since {since}.": "{all:,} 个在谈商机中有 {idle:,} 个自 {since} 起没有变动，金额 {worth}。",
    "Each part is explained below, with its deals.": "各部分及其商机说明如下。",
    "There is no earlier forecast that shares a month with this one.": "没有与本次预测月份重叠的更早预测。",
    "{record}": "{record}",
    "80 % ranges held {held}.": "80 % 区间命中 {held}。",
    "Least error: {method} (months compared: {months}).": "误差最小的是：{method}（比较了 {months} 个月）。",
    "No month that was forecast is over yet.": "被预测的月份都尚未结束。",
}  # fmt: skip
"""Sentences and titles of figures; braces are filled by the notebook."""

PROSE: Final = {
    "Checks": "核对",
    # 1
    "1. Is the workbook fit to be used?": "1. 工作簿可以使用吗？",
    "Every number that follows rests on what people typed. This notebook lists what is wrong in the workbook, rule by rule and cell by cell, who can mend it, and how. Errors stop the monthly run; warnings and remarks are used as they stand.": "后面的每个数字都取决于大家填写的内容。这里按规则、按单元格列出工作簿中的问题，由谁修正、如何修正。错误会阻止月度运行；警告和提示按原样使用。",
    "What was found": "发现的问题",
    "Where it stands, and how to mend it": "位置与修正方法",
    "Who can mend what": "谁来修正",
    "How much of the pipeline is concerned": "涉及多少管道金额",
    # 2
    "2. How is the team doing?": "2. 团队表现如何？",
    "The five KPIs of the method, looking back on the last twelve full months: win rate, sales cycle, average deal size, stage conversion and activity volume; then what explains them, and money against its target. Where one name stands for several numbers, they stand side by side. Every number has its interval (90 %), the deals it counts, and the way in which it misleads.": "回顾最近十二个整月的五项指标：赢单率、销售周期、平均单额、阶段转化、活动量；然后是其原因，以及收入与目标的对比。同一名称有多种口径时并列给出。每个数字都附有区间（90 %）、统计对象和易误解之处。",
    "The headlines": "主要指标",
    "One name, several win rates": "同名的几种赢单率",
    "The win rate by month": "各月赢单率",
    "The funnel today": "当前漏斗",
    "Where deals go on, and where they are lost": "商机在哪里推进，在哪里丢掉",
    "How long a sale takes": "一单需要多久",
    "What becomes of deals as they age": "商机随时间的去向",
    "What a won deal brings": "一个赢单带来多少",
    "Activity": "活动",
    "Where revenue is held up": "收入卡在哪里",
    "Why deals are lost": "丢单原因",
    "Money against its target": "收入与目标",
    "Where the data is thin": "数据不足之处",
    # 3
    "3. What decides whether a deal is won?": "3. 什么决定商机能否赢单？",
    "The win-rate model learns how likely a deal is to go on from each stage, by owner, segment and month of the quarter, from every exit of every stage so far. It starts from the probabilities on the Stages sheet and moves away from them as far as the data says. Comparisons are fair: each group is given the same deals. Intervals hold 90 %.": "赢单率模型从以往每次离开阶段的记录中，按负责人、细分市场和季度内月份学习商机推进的概率。它以“阶段”表中的概率为起点，并按数据调整。比较是公平的：每组面对同样的商机。区间为 90 %。",
    "Fitting": "拟合",
    "May the models be used?": "模型可以使用吗？",
    "By stage: what the Stages sheet says, and what happened": "按阶段：“阶段”表所写与实际情况",
    "By owner": "按负责人",
    "By segment": "按细分市场",
    "By month of the quarter": "按季度内月份",
    "By the owner's own call": "按负责人自己的判断",
    "Before any history: what the models begin with": "没有历史时：模型的起点",
    # 4
    "4. What will the coming months bring?": "4. 未来几个月会带来多少收入？",
    "Deals that are open now, deals that nobody has entered yet, and what is won already, simulated together, draw by draw: worst, likely and best revenue by month, quarter and in total, by owner and by segment. The result is written into a copy of the workbook, beside what people typed, losslessly.": "把目前在谈的商机、尚未录入的商机和已成交的部分一起逐次模拟：按月、按季度和合计，按负责人和细分市场，给出最差、可能、最好的收入。结果写入工作簿的副本，大家填写的内容完好无损。",
    "Worst, likely, best": "最差、可能、最好",
    "Month by month": "逐月",
    "What it rests on": "收入从何而来",
    "The target": "目标",
    "The deals that matter": "重要商机",
    "Which of them move the number": "哪些商机左右数字",
    "What moves them, and what to do": "影响因素与建议行动",
    "Writing it into the workbook": "写入工作簿",
    # 5
    "5. What would change the forecast, and by how much?": "5. 什么会改变预测，改变多少？",
    "The forecast once more with something different: other odds, more or fewer new deals, other prices, later closings, one more person, a deal won or lost. Every scenario runs on the same random numbers as the forecast, so that what differs is what was changed and not luck.": "换一个条件再预测一次：不同的胜算、更多或更少的新商机、不同的价格、更晚的成交、多一名销售、某个商机赢单或丢单。各情景与预测使用相同的随机数，因此差异来自所做的改变，而不是运气。",
    "The forecast": "预测",
    "The usual scenarios": "常用情景",
    "What moves most": "影响最大的因素",
    "Your own scenarios": "自定情景",
    # 6
    "6. How does each of us get better?": "6. 我们每个人如何做得更好？",
    "Owners are compared after adjusting for their mix of deals: segment, source, size and quarter. Where they cannot be told apart, it says so. Then come strengths and one next step for each, what the open deals need, and the agenda of the next review. This is for coaching, not for decisions about employment or pay. Intervals hold 90 %.": "按商机构成（细分市场、来源、大小、季度）调整后比较各负责人；无法区分时会明说。然后是每个人的优势和一项改进、在谈商机所需的条件，以及下次回顾的议程。仅用于辅导，不作为聘用或薪酬决定的依据。区间为 90 %。",
    "Owners on the same mix of deals": "同样商机构成下的负责人比较",
    "The scorecard": "记分卡",
    "Strengths, and one next step each": "优势与一项改进",
    "What the open deals need next": "在谈商机下一步所需",
    "Does evidence go with winning?": "依据与赢单有关吗？",
    "The week: what moved": "本周变动",
    "Deals to talk about": "需要讨论的商机",
    "Risks": "风险",
    "Promises and feedback": "承诺与反馈",
    "What was won, to learn from": "可以借鉴的赢单",
    # 7
    "7. What changed, and were past forecasts right?": "7. 有何变化？以往的预测准吗？",
    "A spreadsheet forgets: stages and dates are overwritten. The change log and the forecast log beside the workbook do not. Here is what changed in the open pipeline since the last look, why the forecast moved, and how past forecasts compare with what then happened. Nothing is written.": "表格会遗忘：阶段和日期会被覆盖，而工作簿旁的变更记录和预测记录不会。这里说明自上次查看以来在谈管道有何变化、预测为何变动，以及以往预测与实际的对比。不写入任何内容。",
    "Forecasts to compare": "用于比较的预测",
    "Where no earlier forecast was kept, the one is made that a run at the end of the month before would have written: from what was known then, and nothing later.": "没有保存更早的预测时，补做上月末运行会得到的预测：只用当时已知的内容。",
    "What changed in the open pipeline": "在谈管道的变化",
    "Which deals": "涉及的商机",
    "By owner, segment and stage": "按负责人、细分市场和阶段",
    "Why the forecast moved": "预测为何变动",
    "What each part means": "各部分的含义",
    "Were past forecasts right?": "以往的预测准吗？",
    "Each month that is over beside the last forecast made before it began. An 80 % range that keeps its word holds four months out of five in the long run; over a few months luck hides much.": "每个已结束的月份与其开始前最后一次预测对照。可靠的 80 % 区间长期应命中五分之四的月份；月份少时，运气会掩盖很多。",
    "What the ranges promise": "区间的承诺",
    "What each step adds": "每一步带来的改进",
    "Forecast value added, one month ahead and on the same months: what every step takes off the error of the one before it, from repeating last month to what owners commit. A step that adds nothing is work for nothing.": "预测增值（提前一个月，相同月份）：从沿用上月到负责人承诺，每一步比前一步减少多少误差。没有改进的步骤就是白费功夫。",
    "By method, owner and month ahead": "按方法、负责人和提前月数",
    "Bias is the sum of errors over what was won, below 0 where too little was forecast; WAPE is the sum of absolute errors over it, CRPS likewise for the whole range. The owners' commit is what they called committed, taken at its word. Scores of owners are for their manager and for themselves.": "偏差为误差合计除以实际赢单金额，小于 0 表示预测偏低；加权绝对误差为绝对误差合计除以实际赢单金额，CRPS 同理，针对整个区间。负责人承诺指其标为“承诺”的金额按原值计。负责人的评分仅供其经理和本人参考。",
}  # fmt: skip
"""Headings, without their marks, and paragraphs, each on one line."""


def prose(text: str, language: Language) -> str:
    """Give the Markdown of a notebook's cell in a language; what has no Chinese stays as it is.

    Parameters
    ----------
    text : str
        Headings and paragraphs, blank lines between them.
    language : {"en", "zh"}
    """
    if language == "en":
        return text
    return "\n\n".join(_block(block) for block in text.split("\n\n"))


def _block(block: str) -> str:
    first, _, rest = block.partition("\n")
    if first.startswith("#"):
        marks, _, heading = first.partition(" ")
        told = f"{marks} {PROSE.get(heading, heading)}"
        return f"{told}\n{_block(rest)}" if rest else told
    return PROSE.get(" ".join(block.split()), block)
