import pytest

from salespipe.errors import WorkbookUnsafeError
from salespipe.workbook.areas import Area
from salespipe.workbook.references import followed, offset


def two_down(area, anchored):
    assert isinstance(anchored, bool)
    return Area(area.top + 2, area.left, area.bottom + 2, area.right)


@pytest.mark.parametrize(
    ("formula", "after"),
    [
        ("B2+1", "B4+1"),
        ("SUM($B$2:B9)*$C4", "SUM($B$4:B11)*$C6"),
        ("SUM(b2 : b9)", "SUM(b4 : b11)"),
        ("SUM(B9:B2)", "SUM(B11:B4)"),
        ("SUM(2:3)", "SUM(4:5)"),
        ("S!B2+'S'!B3+Other!B4", "S!B4+'S'!B5+Other!B4"),
        ("S!B2:S!B3", "S!B4:S!B5"),
        ('"B2 in ""B3"""&B4', '"B2 in ""B3"""&B6'),
        ("Table1[B2]+Table1[[#Totals],[B3]]+Table1[it'[s B4]", None),
        ("[1]S!B2+'[other.xlsx]S'!B2", None),
        ("LOG10(5)+Q1_2026+_B2+B2x+TAX.B2", None),
        ("#REF!+S!#REF!+#N/A", None),
        ("IF(B2>1,SUM(B3#),{1,2})", "IF(B4>1,SUM(B5#),{1,2})"),
        ("(B2,B3) B2:B3", "(B4,B5) B4:B5"),
        ("Bücher!B2+商机!B3", None),
        ("1e5+2.5E2", None),
    ],
)
def test_references_follow_and_nothing_else_changes(formula, after):
    assert followed(formula, home="S", sheet="s", follow=two_down) == (after or formula)


def test_sheets_are_told_apart_by_their_names():
    assert followed("B2+'It''s'!B2", home="S", sheet="It's", follow=two_down) == "B2+'It''s'!B4"
    assert followed("商机!B2", home="S", sheet="商机", follow=two_down) == "商机!B4"
    assert followed("B2", home="", sheet="S", follow=two_down) == "B2"


def test_a_reference_through_several_sheets_follows_only_where_nothing_changes():
    assert followed("SUM(A:C!B2)", home="S", sheet="S", follow=lambda a, _: a) == "SUM(A:C!B2)"
    with pytest.raises(WorkbookUnsafeError, match="several sheets"):
        followed("SUM('A 1:C 3'!B2)", home="S", sheet="S", follow=two_down)


def test_a_formula_reads_elsewhere_as_if_copied():
    copied = offset('B2+$B2+B$2+SUM(A:$C,3:4)+S!C3&"B2"', rows=2, columns=1)
    assert copied == 'C4+$B4+C$2+SUM(B:$C,5:6)+S!D5&"B2"'
    with pytest.raises(WorkbookUnsafeError, match="would leave the sheet"):
        offset("B2", rows=-2, columns=0)
