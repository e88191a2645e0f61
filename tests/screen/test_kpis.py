from salespipe.kpi import review
from salespipe.screen.kpis import show_kpis
from tests.screen.shown import shown
from tests.workbook.made_up import AS_OF, make_results


def test_kpis_show_the_team_and_count_the_rest():
    table = make_results().kpis
    text = shown(show_kpis, table, AS_OF, "USD")
    rest = (~table["by"].isin(["total", "stage"])).sum()
    assert f"{rest} more rows by owner, segment, source, quarter and month" in text
    assert f"KPIs in USD, as of {AS_OF}" in text
    for name in table.loc[table["by"] == "total", "name"]:
        assert name in text


def test_kpis_of_a_chinese_workbook_are_in_chinese(small_pipeline):
    table, stages = review(small_pipeline), small_pipeline.stages
    day = small_pipeline.as_of
    text = shown(show_kpis, table, day, "CNY", stages=stages, language="zh", width=400)
    for word in ("赢单率", "销售周期", "指标（CNY，截至", "区间", stages[0].name_zh):
        assert word in text
    left = {*table["name"], *(stage.name for stage in stages)}
    assert [name for name in left if f" {name} " in text] == []
