from dataclasses import replace
from pathlib import Path

from salespipe.merging import MergeReport
from salespipe.screen.books import show_import, show_merge, show_split
from salespipe.settings import Settings
from salespipe.sources.import_report import FileRead, Imported, ImportReport, LeftOut
from salespipe.splitting import SplitReport
from salespipe.tables import Tables
from salespipe.workbook.three_way import Conflict
from tests.screen.shown import shown

CLASH = Conflict("ana.xlsx", "D-1", "amount", 5.0, None)
CALL = Conflict("ana.xlsx", "Acme", "industry", "Steel", "Iron", "accounts")
MERGED = MergeReport(
    Path("team.xlsx"),
    Path("old.xlsx"),
    new=("D-9",),
    gone=("D-3",),
    conflicts=(CLASH, CALL),
    rows={"activities": 2},
    changed_rows={"accounts": 1},
    left_out=("contacts",),
)


def test_an_import_says_what_it_left_out_and_where_the_past_is():
    report = ImportReport(files=(FileRead("a.csv", 3, ("Id",), ("Colour",)),))
    imported = Imported(Tables(), report)
    text = shown(show_import, imported, Path("[b].xlsx"), Path("b.changes") / "000001.parquet")
    assert "not named in the map: Colour" in text
    assert "0 deals written to [b].xlsx" in text
    assert "0 changes of the past kept in b.changes" in text
    assert "kept in" not in shown(show_import, imported, Path("b.xlsx"), None)


def test_an_import_into_a_chinese_workbook_is_told_in_chinese():
    left = LeftOut("a.csv", "no deal id", (4,))
    report = ImportReport(files=(FileRead("a.csv", 3, ("Id",), ("Colour",)),), left_out=(left,))
    imported = Imported(Tables(settings=Settings(language="zh")), report)
    text = shown(show_import, imported, Path("b.xlsx"), None)
    for word in ("a.csv：已读取 3 行", "映射未列出：Colour", "没有商机编号", "已将 0 个商机写入"):
        assert word in text


def test_a_merge_lists_every_conflict_with_both_values():
    lines = shown(show_merge, MERGED).splitlines()
    assert lines[0] == "conflict D-1 Amount: kept 5; ana.xlsx has nothing"
    assert lines[1] == 'conflict Accounts: Acme Industry: kept "Steel"; ana.xlsx has "Iron"'
    assert lines[2].startswith("gone     D-3: ")
    assert "1 new, 0 changed, 0 unchanged, 1 gone, 2 conflicts." in lines
    assert "2 rows added to Activities." in lines
    assert "1 rows changed on Accounts." in lines
    assert any(line.startswith("Rows of Contacts were left out") for line in lines)
    assert lines[-2:] == ["Written: team.xlsx", "Backup:  old.xlsx"]
    same = MergeReport(Path("team.xlsx"), None, unchanged=4)
    assert "Unchanged: team.xlsx" in shown(show_merge, same)


def test_a_merge_into_a_chinese_book_is_told_in_chinese():
    lines = shown(show_merge, replace(MERGED, language="zh")).splitlines()
    assert lines[0] == "冲突 D-1 金额：保留 5；ana.xlsx 为 空"
    assert "“活动”表新增 2 行。" in lines
    assert lines[-2:] == ["已写入：team.xlsx", "备份：old.xlsx"]


def test_a_split_names_each_book():
    report = SplitReport({"Ana": (Path("[b]/Ana.xlsx"), 3)})
    assert shown(show_split, report) == "Ana: 3 deals in [b]/Ana.xlsx\n"
    assert "3 个商机" in shown(show_split, replace(report, language="zh"))
