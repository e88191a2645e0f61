import pytest

from salespipe.errors import WorkbookUnsafeError
from salespipe.workbook.areas import Area
from salespipe.workbook.move_formulas import following_formulas, following_text, mentions, quoted
from salespipe.workbook.moves import Move
from salespipe.workbook.ranges import Resize
from salespipe.workbook.sheet import SheetXml

MOVE = Move("T", "S & T", Resize(Area(2, 2, 3, 3), Area(2, 2, 5, 3)), Area(4, 2, 4, 3), 2)


def following(inner, *, name="S & T", move=MOVE):
    sheet = SheetXml(f"<worksheet>{inner}</worksheet>".encode(), name=name)
    return following_formulas(sheet, move).decode()


def cells(*formulas):
    made = [f'<row r="{r}"><c r="{at}">{f}<v>0</v></c></row>' for r, at, f in formulas]
    return f"<sheetData>{''.join(made)}</sheetData>"


def test_a_sheet_that_is_not_mentioned_is_left_alone():
    formula = cells((1, "A1", "<f>B4</f>"))
    assert following(formula, name="Other") == f"<worksheet>{formula}</worksheet>"
    assert "<f>B6</f>" in following(formula)
    quoted_name = cells((1, "A1", "<f>'S &amp; T'!B4</f>"))
    assert "<f>'S &amp; T'!B6</f>" in following(quoted_name, name="Other")


@pytest.mark.parametrize(
    ("data", "found"),
    [(b"'It''s'!A1", True), (b"'IT''S'!A1", True), (b"Its!A1", False), (b"A:C!B2", True)],
)
def test_a_sheet_is_mentioned_by_its_name_or_between_others(data, found):
    assert mentions(data, "It's") is found


def test_texts_are_escaped_only_where_they_change():
    text = b"IF(B4&gt;1,&quot;B4&quot;,B1)"
    made = following_text(text, home="S & T", move=MOVE, follow=MOVE.follow)
    assert made == b'IF(B6&gt;1,"B4",B1)'
    same = b"IF(B1&gt;1,&quot;B4&quot;,B1)"
    assert following_text(same, home="S & T", move=MOVE, follow=MOVE.follow) is same
    assert quoted(b'"B4"') == b'"&quot;B4&quot;"'


def test_shared_formulas_are_told_apart_where_one_of_them_follows():
    shared = cells(
        (2, "E2", '<f t="shared" ref="E2:E4" si="0">B2</f>'),
        (3, "E3", '<f t="shared" si="0"/>'),
        (4, "E4", '<f t="shared" si="0"/>'),
        (7, "E7", '<f t="shared" ref="E7:E8" si="1">F7</f>'),
        (8, "E8", '<f t="shared" si="1"/>'),
    )
    made = following(shared)
    assert [f"<f>{text}</f>" in made for text in ("B2", "B3", "B6")] == [True] * 3
    assert made.count("shared") == 2


def test_a_running_total_ends_at_its_own_row():
    formulas = cells((3, "C3", "<f>SUM(B$2:B3)+SUM(B$2:B$3)</f>"))
    assert "<f>SUM(B$2:B3)+SUM(B$2:B$5)</f>" in following(formulas)


def test_a_total_reaches_the_last_row_wherever_it_begins():
    move = Move(
        "T", "S", Resize(Area(2, 2, 4, 3), Area(2, 2, 6, 3)), Area(5, 2, 5, 3), 2, total=True
    )
    formulas = cells((5, "B5", "<f>SUM(B3:B4)</f>"), (5, "E5", "<f>SUM(B3:B4)</f>"))
    made = following(formulas, name="S", move=move)
    assert "<f>SUM(B3:B6)</f>" in made
    assert "<f>SUM(B3:B4)</f>" in made


def test_formulas_of_a_body_that_is_replaced_need_not_follow():
    up = Move(
        "T", "S", Resize(Area(2, 2, 3, 3), Area(2, 2, 2, 3)), Area(4, 2, 4, 3), -1, replaced=True
    )
    inside = cells((3, "C3", "<f>B3</f>"))
    assert following(inside, name="S", move=up) == f"<worksheet>{inside}</worksheet>"
    shared = cells(
        (3, "C3", '<f t="shared" ref="C3:C9" si="0">A3</f>'), (9, "C9", '<f t="shared" si="0"/>')
    )
    assert "<f>A9</f>" in following(shared, name="S", move=up)
    with pytest.raises(WorkbookUnsafeError, match="the formula in S!E9 refers to B3, rows that"):
        following(cells((9, "E9", "<f>B3</f>")), name="S", move=up)


@pytest.mark.parametrize(
    ("formula", "after"),
    [
        ('<f t="array" ref="B4:C4">B2:C2</f>', '<f t="array" ref="B6:C6">B2:C2</f>'),
        ('<f t="array" ref="E4:E5">B4</f>', '<f t="array" ref="E4:E5">B6</f>'),
        ('<f t="array" ref="C4:D4">1</f>', None),
        ('<f t="dataTable" ref="E1:E3" r1="B4"/>', None),
    ],
)
def test_formulas_over_several_cells_go_along_whole_or_not_at_all(formula, after):
    if after is None:
        with pytest.raises(WorkbookUnsafeError, match="clear it in Excel"):
            following(cells((4, "B4", formula)))
    else:
        assert after in following(cells((4, "B4", formula)))


def test_rules_thresholds_sparklines_and_links_follow():
    before = (
        "<sheetData/><conditionalFormatting><cfRule><formula>SUM(B$2:B$3)&gt;B2:B3</formula>"
        '<cfvo type="formula" val="$B$4"/></cfRule></conditionalFormatting><dataValidations>'
        "<dataValidation><formula1>$B$2:$B$3</formula1><formula2>B4</formula2></dataValidation>"
        '</dataValidations><hyperlinks><hyperlink location="B4"/></hyperlinks><extLst>'
        "<x14:sparkline><xm:f>'S &amp; T'!B2:B3</xm:f></x14:sparkline></extLst>"
    )
    made = following(before)
    for text in (
        "<formula>SUM(B$2:B$5)&gt;B2:B3</formula>", 'val="$B$6"', "<formula1>$B$2:$B$5</formula1>",
        "<formula2>B6</formula2>", 'location="B6"', "<xm:f>'S &amp; T'!B2:B5</xm:f>",
    ):  # fmt: skip
        assert text in made


def test_a_cell_that_does_not_say_where_it_stands_is_refused():
    with pytest.raises(WorkbookUnsafeError, match="unusual"):
        following('<sheetData><row r="1"><c><f>B4</f></c></row></sheetData>')
