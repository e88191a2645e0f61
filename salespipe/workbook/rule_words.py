# ruff: noqa: E501 - a dictionary of sentences: one a line
"""What is said of a cell or a sheet as it is read, in English and Chinese."""

from typing import Final

from salespipe.wording import Words

__all__ = ["BULK", "DATE_ORDERS", "DECIMAL_MARKS", "MESSAGES", "REMEDIES"]

MESSAGES: Final[dict[str, Words]] = {
    "not-a-number": Words('"{value}" is not a number; it is not used.', "“{value}”不是数字，未采用。"),
    "number-ambiguous": Words(
        '"{value}" may be a thousand or a decimal, and no other cell of the column shows which; it is not used.',
        "“{value}”中的分隔符可能是千位也可能是小数点，本列其他单元格无法佐证，未采用。",
    ),
    "number-as-text": Words('"{value}" is a number kept as text; it was read as {taken}.', "“{value}”是以文本保存的数字，已按 {taken} 读取。"),
    "percent-as-number": Words('"{value}" was read as {taken} %.', "“{value}”已按 {taken} % 读取。"),
    "confidence-out-of-range": Words('"{value}" is not between 0 % and 100 %; it is not used.', "“{value}”不在 0 % 与 100 % 之间，未采用。"),
    "not-a-date": Words('"{value}" is not a date; it is not used.', "“{value}”不是日期，未采用。"),
    "date-ambiguous": Words(
        '"{value}" may begin with the day or the month, and no other cell of the column shows which; it is not used.',
        "“{value}”可能是日在前也可能是月在前，本列其他单元格无法佐证，未采用。",
    ),
    "date-as-text": Words('"{value}" is a date kept as text; it was read as {taken}.', "“{value}”是以文本保存的日期，已按 {taken} 读取。"),
    "date-as-number": Words('"{value}" is a bare number; it was read as {taken}.', "“{value}”是没有日期格式的数字，已按 {taken} 读取。"),
    "blank-word": Words('"{value}" was taken for an empty cell.', "“{value}”已视为空单元格。"),
    "locale-decided": Words("{taken}, as {hint} shows.", "{taken}，依据：{hint}。"),
    "error-value": Words("The cell shows the error {value}; it is not used.", "单元格显示错误 {value}，未采用。"),
    "uncached-formula": Words("The cell holds a formula whose result was never stored; it is not used.", "单元格中的公式没有保存过计算结果，未采用。"),
    "unknown-stage": Words('"{value}" is not a stage of this workbook.', "“{value}”不是本工作簿的阶段。"),
    "unknown-category": Words('"{value}" is not a forecast category; it is not used.', "“{value}”不是预测类别，未采用。"),
    "currency-from-amount": Words('"{value}" names another currency than the workbook\'s; the amount is taken for {hint}.', "“{value}”写明的币种与本表不同，金额按 {hint} 计。"),
    "currency-from-format": Words("The format of {value} shows {taken}, another currency than the workbook's; the amount is taken for {hint}.", "{value} 的数字格式显示 {taken}，与本表币种不同，金额按 {hint} 计。"),
    "currency-disputed": Words('"{value}" names {taken}, the column for the currency {hint}; {hint} is taken.', "“{value}”写明 {taken}，币种列为 {hint}；按 {hint} 计。"),
    "unknown-currency": Words('"{value}" is not a currency code; the amount is taken for {hint}.', "“{value}”不是币种代码，金额按 {hint} 计。"),
    "stage-missing": Words("The deal has no stage.", "该商机没有阶段。"),
    "id-missing": Words('The deal has no id; "{taken}" is free and stands for it here.', "该商机没有编号，此处暂用空闲的“{taken}”。"),
    "id-duplicate": Words('The id "{value}" stands in {hint} too; this row is left out.', "编号“{value}”在 {hint} 中也出现，本行未计入。"),
    "id-alike": Words('The id "{value}" differs from "{taken}" in {hint} only in zeros, case or spaces; they count as two deals.', "编号“{value}”与 {hint} 的“{taken}”仅在前导零、大小写或空格上不同，按两个商机计。"),
    "key-missing": Words("The row has no {column}; it is left out.", "本行没有“{column}”，未计入。"),
    "row-without-deal": Words("The row has neither an id nor a stage nor an amount; it was not taken for a deal.", "本行没有编号、阶段和金额，未作为商机读取。"),
    "rows-below-table": Words("{hint} directly below the table; they were read too.", "{hint}紧接在表格下方，也已读取。"),
    "columns-beside-table": Words("{hint} stands directly beside the table; it was read too.", "{hint}紧邻表格右侧，也已读取。"),
    "rows-apart": Words("{hint} apart from the table and were not read.", "{hint}与表格分开，未读取。"),
    "cells-without-header": Words('{hint} under no header, not read; the first shows "{value}".', "{hint}没有表头，未读取；第一个的内容是“{value}”。"),
    "merged-cells": Words("The cells {value} are merged; what they show counts for the first row only.", "单元格 {value} 已合并，其内容仅计入第一行。"),
    "hidden-rows": Words("{hint} hidden or filtered away; they were read too.", "{hint}被隐藏或筛选掉，也已读取。"),
    "unknown-columns": Words("These columns are not known and were carried along: {hint}.", "以下列无法识别，已原样保留：{hint}。"),
    "repeated-column": Words('The column "{column}" may mean the same as "{taken}", which was used; it was carried along as it is.', "“{column}”列可能与已采用的“{taken}”含义相同，已原样保留。"),
    "header-found": Words("There is no Excel Table here; row {taken} was taken for the headers.", "此处没有 Excel 表格，已将第 {taken} 行作为表头。"),
    "sheet-taken": Words('There is no sheet "Deals"; this one was taken for it.', "没有“商机”工作表，已采用本表。"),
    "sheet-twice": Words('The sheet was not read, since "{taken}" means the same.', "本表未读取，因为“{taken}”含义相同。"),
    "sheet-not-read": Words('The sheet was not read: it has no column "{column}" (it has {hint}).', "本表未读取：没有“{column}”列（现有：{hint}）。"),
    "stages-defaulted": Words("There is no Stages sheet; the usual stages and probabilities are used.", "没有“阶段”表，采用默认阶段和概率。"),
    "settings-defaulted": Words("There is no Settings sheet; the defaults are used ({hint}).", "没有“设置”表，采用默认值（{hint}）。"),
    "stages-unusable": Words("{hint}", "{hint}"),
    "setting-unusable": Words("{hint}", "{hint}"),
    "read-only-form": Words("The file is {taken}, which can be read but not written.", "文件格式为 {taken}，只能读取，不能写回。"),
    "errors-unseen": Words("In this {taken} file error values (#N/A, #REF!) look like empty cells; which cells hold them cannot be told.", "此 {taken} 文件中的错误值（#N/A、#REF!）与空单元格无法区分。"),
    "external-links": Words("Formulas refer to other workbooks, which are not opened: {hint}.", "公式引用了其他工作簿（不会打开）：{hint}。"),
    "log-damaged": Words('The part "{value}" of the log "{hint}" is damaged; what it alone held is not known.', "记录“{hint}”中的文件“{value}”已损坏，其中独有的内容无法得知。"),
    "log-missing": Words('The part numbered {value} of the log "{hint}" is missing; what it alone held is not known.', "记录“{hint}”缺少编号为 {value} 的文件，其中独有的内容无法得知。"),
    "log-misplaced": Words('The part "{value}" of the log "{hint}" was renamed; it was read in its own place.', "记录“{hint}”中的文件“{value}”被改过名，已按原有次序读取。"),
    "log-foreign": Words('The file "{value}" in the folder "{hint}" is none of its parts; it was not read.', "文件夹“{hint}”中的“{value}”不是其组成部分，未读取。"),
    "log-newer": Words('The part "{value}" of the log "{hint}" is of a later version; what this one knows of it was read.', "记录“{hint}”中的文件“{value}”由更新的版本写入，只读取了本版本认识的内容。"),
    "macros": Words("The workbook holds macros; they are never run and stay as they are.", "工作簿含有宏；宏不会运行，也不会改动。"),
}  # fmt: skip
"""By rule; ``{value}``, ``{column}``, ``{taken}`` and ``{hint}`` are filled in."""

REMEDIES: Final[dict[str, Words]] = {
    "not-a-number": Words("Type the number alone, such as 12500, or leave the cell empty.", "请只输入数字，例如 12500，或留空。"),
    "number-ambiguous": Words("Type it as a number rather than as text.", "请输入数字而不是文本。"),
    "number-as-text": Words("Type it as a number, so that Excel can add it up too.", "请输入数字，便于 Excel 求和。"),
    "percent-as-number": Words("Type it with a percent sign.", "请带百分号输入。"),
    "confidence-out-of-range": Words("Type a percentage from 0 % to 100 %.", "请输入 0 % 到 100 % 之间的百分比。"),
    "not-a-date": Words("Type the date as 2026-10-31, or leave the cell empty.", "请按 2026-10-31 的格式输入日期，或留空。"),
    "date-ambiguous": Words("Type the date as 2026-10-31.", "请按 2026-10-31 的格式输入日期。"),
    "date-as-text": Words("Type it as 2026-10-31, so that Excel knows the date too.", "请按 2026-10-31 的格式输入，便于 Excel 识别。"),
    "date-as-number": Words("Give the cell a date format and see whether the date is right.", "请为单元格设置日期格式，并核对日期。"),
    "blank-word": Words("Leave the cell empty.", "请将单元格留空。"),
    "locale-decided": Words("Nothing to do if that is right; otherwise type dates as 2026-10-31 and amounts as numbers.", "如判断正确则无需处理；否则请按 2026-10-31 输入日期，以数字输入金额。"),
    "error-value": Words("Mend the formula, or type the value.", "请修正公式，或直接输入数值。"),
    "uncached-formula": Words("Open the workbook in Excel or LibreOffice and save it there.", "请用 Excel 或 LibreOffice 打开并保存工作簿。"),
    "unknown-stage": Words("{hint}", "{hint}"),
    "unknown-category": Words("Choose one of Commit, Best case, Pipeline, Omitted.", "请选择：承诺、最好情况、在谈、不计入。"),
    "currency-from-amount": Words("Write the number only, and {hint} in a column Currency; a rate for it belongs on the sheet Rates.", "请只填数字，并在“币种”列填写 {hint}；其汇率填入“汇率”表。"),
    "currency-from-format": Words("Write {hint} in a column Currency, with its rate on the sheet Rates, or change the cell's number format.", "请在“币种”列填写 {hint}，其汇率填入“汇率”表；或更改单元格的数字格式。"),
    "currency-disputed": Words("Write the number only, and its currency in the column for it.", "请只填数字，并在币种列填写其币种。"),
    "unknown-currency": Words("Write the code of three letters, such as USD.", "请填写三位字母代码，例如 CNY。"),
    "stage-missing": Words("Choose a stage from the list.", "请从列表中选择阶段。"),
    "id-missing": Words('Type an id that no other deal has, such as "{taken}".', "请填写唯一编号，例如“{taken}”。"),
    "id-duplicate": Words("Give one of the two deals another id, or delete the row that was copied.", "请为其中一个商机更换编号，或删除复制出来的行。"),
    "id-alike": Words("Give them ids that nobody mistakes, or delete one if they are the same deal.", "请使用不易混淆的编号；若为同一商机，请删除其一。"),
    "key-missing": Words("Fill in the cell, or delete the row.", "请填写该单元格，或删除本行。"),
    "row-without-deal": Words("Fill in the deal, or move the text elsewhere.", "请补全商机，或将文字移到别处。"),
    "rows-below-table": Words("Drag the table's corner down over them, so that lists and formulas reach them.", "请拖动表格右下角将其包含进来，使下拉列表和公式生效。"),
    "columns-beside-table": Words("Drag the table's corner to the right over it, so that it is sorted along with the deals.", "请向右拖动表格右下角将其包含进来，以便随商机一起排序。"),
    "rows-apart": Words("Move them into the table if they are meant.", "如需计入，请移入表格。"),
    "cells-without-header": Words("Give the column a header if it is meant; in a CSV file see whether a comma or a quotation mark is too many in that row.", "如需读取，请为该列添加表头；若为 CSV 文件，请检查该行是否多了逗号或引号。"),
    "merged-cells": Words("Unmerge them and fill in each row.", "请取消合并并逐行填写。"),
    "hidden-rows": Words("Nothing to do if that is meant.", "如属有意则无需处理。"),
    "unknown-columns": Words("Nothing to do if that is meant; otherwise use the template's header.", "如属有意则无需处理；否则请使用模板的表头。"),
    "repeated-column": Words("Nothing to do if that is right; otherwise rename the one that is not meant.", "如判断正确则无需处理；否则请重命名无关的列。"),
    "header-found": Words("Nothing to do if that is right; Insert > Table makes it certain.", "如判断正确则无需处理；用“插入 > 表格”可使其明确。"),
    "sheet-taken": Words('Rename it to "Deals" to make it certain.', "将其重命名为“商机”可使其明确。"),
    "sheet-twice": Words("Rename or remove one of the two.", "请重命名或删除其中一个。"),
    "sheet-not-read": Words("Give it the template's headers, or another name if it is not meant.", "请使用模板的表头；若与此无关，请改用其他名称。"),
    "stages-defaulted": Words("Take the sheet over from the template to set your own.", "如需自定义，请从模板复制该表。"),
    "settings-defaulted": Words("Take the sheet over from the template to set your own.", "如需自定义，请从模板复制该表。"),
    "stages-unusable": Words("Mend the Stages sheet.", "请修正“阶段”表。"),
    "setting-unusable": Words("Mend the value on the Settings sheet.", "请修正“设置”表中的值。"),
    "read-only-form": Words("Save it as .xlsx in Excel or LibreOffice to have results written into it.", "如需写回结果，请在 Excel 或 LibreOffice 中另存为 .xlsx。"),
    "errors-unseen": Words("Save it as .xlsx to have each of them named.", "另存为 .xlsx 后可逐一列出。"),
    "external-links": Words("Nothing to do; the values that Excel stored last are used.", "无需处理；采用 Excel 上次保存的值。"),
    "log-damaged": Words("Restore the file from a backup; nothing else has to be done.", "请从备份恢复该文件；无需其他处理。"),
    "log-missing": Words("Restore the file from a backup; nothing else has to be done.", "请从备份恢复该文件；无需其他处理。"),
    "log-misplaced": Words("Leave the names of these files as they are.", "请勿更改这些文件的名称。"),
    "log-foreign": Words("Move it elsewhere.", "请将其移到别处。"),
    "log-newer": Words("Update salespipe.", "请更新 salespipe。"),
    "macros": Words("Nothing to do.", "无需处理。"),
}  # fmt: skip
"""By rule, with the same braces."""

BULK: Final[dict[str, Words]] = {
    "number-as-text": Words('{count} cells hold numbers as text, such as "{value}", read as {taken}.', "{count} 个单元格以文本保存数字，例如“{value}”，已按 {taken} 读取。"),
    "percent-as-number": Words('{count} cells hold percentages as numbers, such as "{value}", read as {taken} %.', "{count} 个单元格以数字保存百分比，例如“{value}”，已按 {taken} % 读取。"),
    "date-as-text": Words('{count} cells hold dates as text, such as "{value}", read as {taken}.', "{count} 个单元格以文本保存日期，例如“{value}”，已按 {taken} 读取。"),
    "date-as-number": Words('{count} cells hold dates as bare numbers, such as "{value}", read as {taken}.', "{count} 个单元格以数字保存日期，例如“{value}”，已按 {taken} 读取。"),
    "blank-word": Words('{count} cells hold a word such as "{value}", taken for an empty cell.', "{count} 个单元格写有“{value}”之类的字样，已视为空。"),
}  # fmt: skip
"""By rule, for many cells of one column at once; ``{count}`` too."""

DATE_ORDERS: Final[dict[bool, Words]] = {
    True: Words(
        "Dates that could be read either way were read with the day first", "两可的日期按日在前读取"
    ),
    False: Words(
        "Dates that could be read either way were read with the month first",
        "两可的日期按月在前读取",
    ),
}
"""What was decided, by whether the day comes first."""

DECIMAL_MARKS: Final[dict[str, Words]] = {
    "": Words("Points and commas were read as they stand", "点和逗号按原样读取"),
    ".": Words(
        "Numbers that could be read either way were read with the point as decimal mark",
        "两可的数字以点为小数点读取",
    ),
    ",": Words(
        "Numbers that could be read either way were read with the comma as decimal mark",
        "两可的数字以逗号为小数点读取",
    ),
}
"""What was decided, by the decimal mark."""
