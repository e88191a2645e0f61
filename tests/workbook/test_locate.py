from salespipe import names as n
from salespipe.workbook.locate import Locator

WHERE = Locator(
    {"deals": "商机", "stage_entries": "商机"},
    {("deals", n.AMOUNT): 28, ("stage_entries", "Demo"): 3},
    {("deals", n.AMOUNT): "金额", ("stage_entries", "Demo"): "进入演示"},
)


def test_a_cell_a_column_and_a_sheet():
    assert WHERE.find("deals", key=n.AMOUNT, row=7) == ("商机", "AB7", "金额")
    assert WHERE.find("deals", key=n.AMOUNT) == ("商机", "", "金额")
    assert WHERE.find("deals") == ("商机", "", "")
    assert WHERE.find("stage_entries", key="Demo", row=4) == ("商机", "C4", "进入演示")


def test_a_column_that_is_not_there_goes_by_the_templates_header():
    assert WHERE.find("deals", key=n.OWNER, row=7) == ("商机", "", "Owner")
    assert Locator().find("targets", key=n.MONTH) == ("Targets", "", "Month")
    assert Locator().find("stage_entries", key="Demo", row=2) == ("Deals", "", "Demo")
