# ruff: noqa: E501 (a sentence and its Chinese stand on one line)
"""Refusals in the language of the workbook that they are about.

The package raises sentences in English, which is what programs and logs hold on to. Here those that
people meet get their Chinese; the others stay as they are.
"""

import re
from functools import cache
from pathlib import Path
from typing import Final

from salespipe.errors import SalespipeError
from salespipe.settings import Language
from salespipe.workbook.book_file import open_book
from salespipe.workbook.schema import SHEETS

__all__ = ["CHINESE", "refusal", "tab_language"]

CHINESE: Final = {
    # The file.
    'There is no file "{path}"; check the folder and the name.': "找不到文件“{path}”；请检查文件夹和文件名。",
    '"{path}" is a folder; give the workbook in it.': "“{path}”是文件夹；请指定其中的工作簿。",
    'There is no folder "{folder}"; make it first.': "文件夹“{folder}”不存在；请先建立。",
    '"{path}" is there already; give another name, or add --force.': "“{path}”已存在；请换一个名称，或加 --force。",
    '"{path}" must end in .xlsx; a new workbook is made in that format.': "“{path}”必须以 .xlsx 结尾；新工作簿以该格式建立。",
    '"{name}" must end in {ending} like "{source}"; Excel would refuse it otherwise.': "“{name}”必须与“{source}”一样以 {ending} 结尾，否则 Excel 无法打开。",
    '"{name}" is open{who}; close it, or {offer} (if nobody has it open, delete the lock file "{lock}" or "{other}" beside it).': "“{name}”正被打开{who}；请关闭，或{offer}（如无人打开，请删除旁边的锁定文件“{lock}”或“{other}”）。",
    '"{name}" was saved by someone since it was read; run again on the new version.': "“{name}”在读取之后被他人保存；请对新版本重新运行。",
    '"{name}" was saved by someone while it was being worked on; run again.': "“{name}”在处理期间被他人保存；请重新运行。",
    '"{path}" cannot be written ({why}); check the folder and the space on the disk.': "无法写入“{path}”（{why}）；请检查文件夹和磁盘空间。",
    '"{name}" is digitally signed and a change would break the signature; remove it under File, Info, View Signatures, or work on an unsigned copy.': "“{name}”带有数字签名，更改会使签名失效；请在“文件”“信息”“查看签名”中删除，或使用未签名的副本。",
    '"{name}" is protected by a password; commands that only read ask for it or take it from {variable}, but nothing is written into it or made of it, since only Excel can protect the result again: open it there, remove the password under File, Info, Protect Workbook, and save it.': "“{name}”受密码保护；只读的命令会询问密码，或取自 {variable}，但不会写入其中，也不会由它生成文件，因为只有 Excel 能再次加密：请在 Excel 的“文件”“信息”“保护工作簿”中移除密码并保存。",
    'The password does not open "{name}"; check upper and lower case, and type it again.': "密码无法打开“{name}”；请检查大小写后重新输入。",
    # What is in it.
    'The report needs {names}; install them with: pip install "salespipe[notebooks]"': "制作报告需要 {names}；请安装：pip install \"salespipe[notebooks]\"",
    'There are no notebooks in "{folder}"; install salespipe anew.': "“{folder}”中没有分析笔记；请重新安装 salespipe。",
    'The folder "{folder}" cannot be made ({why}); name another with --output.': "无法创建文件夹“{folder}”（{why}）；请用 --output 另指定一个。",
    'JupyterLab is not installed; install it with: pip install "salespipe[notebooks]"': "未安装 JupyterLab；请安装：pip install \"salespipe[notebooks]\"",
    "{count} error{s} to mend first: {shown}": "请先修正 {count} 个错误：{shown}",
    '"{name}" holds targets in {own}, and the books are merged in {home}; set the currency on the sheet Settings of both to the same, or take the targets out.': "“{name}”中的目标以 {own} 计，而合并以 {home} 计；请将两个工作簿“设置”表中的币种设为相同，或移除目标。",
    'In "{name}" {count} deal{s} cannot be told apart; mend first: {first}': "“{name}”中有 {count} 个商机无法区分；请先修正：{first}",
    '"{name}" has no sheet "Deals" (商机), and no other sheet has the columns {columns} (its sheets: {titles}); rename yours, begin with `salespipe new`, or bring in what a CRM exported with `salespipe import`.': "“{name}”没有“商机”表，也没有其他表含有所需的列 {columns}（其中的表：{titles}）；请重命名您的表，用 `salespipe new` 新建，或用 `salespipe import` 导入 CRM 导出的文件。",
    'The sheet "{sheet}" has no deal; enter at least one row below row {row}.': "“{sheet}”表没有商机；请在第 {row} 行下方至少填写一行。",
    'The sheet "{sheet}" has no column {missing} among its headers in row {row} ({headers}); add {it} or give the right column that name.': "“{sheet}”表第 {row} 行的表头中没有 {missing} 列（现有：{headers}）；请添加，或将相应的列改为该名称。",
    'The sheet "{sheet}" has no row of headers such as Deal ID, Stage, Amount; put them above the deals.': "“{sheet}”表没有表头行（如商机编号、阶段、金额）；请加在商机上方。",
    "There is no rate to {home} for {places} (deal \"{deal}\" needs it); enter it on the Rates sheet, or correct the currency.": "缺少 {places} 兑 {home} 的汇率（商机“{deal}”需要）；请填入“汇率”表，或更正币种。",
    "On the Stages sheet, there is no open stage; add at least one.": "“阶段”表中没有进行中的阶段；请至少添加一个。",
    'On the Stages sheet, the stage "{name}" stands twice; rename one of them.': "“阶段”表中“{name}”出现两次；请更改其中一个的名称。",
    'On the Stages sheet, "{after}" ({high}) is less likely to win than "{before}" ({low}) before it; raise it or reorder them.': "“阶段”表中“{after}”（{high}）的赢单概率低于其前面的“{before}”（{low}）；请调高，或调整顺序。",
    "On the Settings sheet, worst, likely and best are {worst}, {likely} and {best}; they must rise and lie between 0 % and 100 %.": "“设置”表中最差、可能、最好为 {worst}、{likely}、{best}；应依次递增，且在 0 % 与 100 % 之间。",
    "On the Settings sheet, the horizon is {horizon} months; give a number from 1 to 24.": "“设置”表中的预测期为 {horizon} 个月；请填写 1 至 24。",
    # Days.
    '"{text}" is not a date; write it as 2026-10-31.': "“{text}”不是日期；请写成 2026-10-31。",
    "No deal is known as of {day}: the first date in the Deals sheet is {first}; give a later --as-of date.": "截至 {day} 没有任何商机：“商机”表中最早的日期为 {first}；请用 --as-of 指定较晚的日期。",
    'No snapshot of "{name}" was taken before {day}; run `salespipe run` or `salespipe snapshot` each month, or name an earlier day with --since.': "{day} 之前没有“{name}”的快照；请每月运行 `salespipe run` 或 `salespipe snapshot`，或用 --since 指定更早的日期。",
    "Nothing can have changed since {day} as of {last}; give an earlier day.": "截至 {last}，自 {day} 起不可能有变化；请指定更早的日期。",
    "A backtest over {months} months needs {least} full months of closings and {more} more after them; there are {there} up to {day}. Give fewer --months, or come back later.": "{months} 个月的回测需要 {least} 个完整的关闭月份及其后 {more} 个月；截至 {day} 只有 {there} 个。请减小 --months，或以后再试。",
    # A long history.
    '"{path}" must end in .parquet or .csv; a history is read from those.': "“{path}”必须以 .parquet 或 .csv 结尾；历史数据只从这两种文件读取。",
    '"{name}" has no column {missing} among {headers}; add it or give the right column that name.': "“{name}”的列（{headers}）中没有 {missing}；请添加，或将相应的列改为该名称。",
    '"{name}" cannot be read ({why}); save it as {kind} again.': "无法读取“{name}”（{why}）；请重新保存为 {kind}。",
    'In "{name}", row {row}, column {column}, "{value}" is not a date; write it as 2026-10-31.': "“{name}”第 {row} 行“{column}”列中的“{value}”不是日期；请写成 2026-10-31。",
    'In "{name}", row {row}, column {column}, "{value}" is not a number; write it as 1234.50.': "“{name}”第 {row} 行“{column}”列中的“{value}”不是数字；请写成 1234.50。",
    'In "{name}", row {row}, column {column}, "{value}" is no stage of the Stages sheet; correct it.': "“{name}”第 {row} 行“{column}”列中的“{value}”不是“阶段”表中的阶段；请更正。",
    'In "{name}", row {row}, column {column}, "{value}" is no id of one deal alone; correct it.': "“{name}”第 {row} 行“{column}”列中的“{value}”不是唯一的商机编号；请更正。",
    # Models and logs.
    "The {name} model did not converge, so no forecast was written: {rest}": "{name} 模型未收敛，因此没有写入预测：{rest}",
    "{folder} is being written by another run of salespipe; wait for it and run again.": "{folder} 正由另一次运行写入；请等待其结束后重新运行。",
    # Many books.
    '"{path}" is the book to merge into; give the others only.': "“{path}”是合并的目标；请只给出其他工作簿。",
    '"{other}" and "{path}" have the same name, by which a rep is known; rename one.': "“{other}”与“{path}”同名，而负责人以文件名区分；请更改其中一个。",
    '"{path}" is there already, and a rep may have worked in it; merge it first, or give another folder.': "“{path}”已存在，负责人可能已在其中工作；请先合并，或指定其他文件夹。",
    '"{folder}" is not an empty folder, and drafts in it may have been edited; give a new one.': "“{folder}”不是空文件夹，其中的草稿可能已被修改；请指定新的文件夹。",
}  # fmt: skip
"""English to Chinese; what braces stand for is copied."""


def refusal(sentence: str, path: Path | None) -> str:
    """Give a refusal in the language of the workbook that a command was about.

    Parameters
    ----------
    sentence : str
        In English, as it was raised.
    path : Path or None
        The workbook; the sentence stays in English where there is none.
    """
    if path is None or tab_language(path) == "en":
        return sentence
    for pattern, chinese in _patterns():
        if match := pattern.fullmatch(sentence):
            return chinese.format_map(match.groupdict())
    return sentence


def tab_language(path: Path) -> Language:
    """Tell a workbook's language by its tabs alone: whatever else is wrong in it, they are there."""
    try:
        titles = {sheet.name for sheet in open_book(path).sheets}
    except SalespipeError:
        return "en"
    return "zh" if titles & {sheet.zh for sheet in SHEETS.values()} else "en"


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    made = []
    for english, chinese in CHINESE.items():
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.*?)", re.escape(english))
        made.append((re.compile(pattern, re.DOTALL), chinese))
    return tuple(made)
