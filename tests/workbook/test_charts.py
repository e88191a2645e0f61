import pytest

from salespipe.workbook.areas import Area
from salespipe.workbook.charts import Reference, refreshed_chart
from salespipe.workbook.edits import ChartRange
from salespipe.workbook.moves import Move
from salespipe.workbook.ranges import Resize
from salespipe.workbook.sheet import ErrorText

VALUES = {(2, 1): 1.5, (3, 1): 2.0, (4, 1): "text", (5, 1): ErrorText("#N/A"), (2, 2): "a<b"}


def refreshed(
    part: str, *ranges: ChartRange, touched: bool = False, values=VALUES, moves=()
) -> str:
    return (
        refreshed_chart(
            f"<c:chartSpace>{part}</c:chartSpace>".encode(),
            what="chart1.xml",
            ranges=ranges,
            touched=lambda _: touched,
            values=lambda _: values,
            moves=moves,
        )
        .decode()
        .removeprefix("<c:chartSpace>")
        .removesuffix("</c:chartSpace>")
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("S!$A$1", Reference("s", Area(1, 1, 1, 1))),
        ("'It''s Me'!$A$1:$B$2", Reference("it's me", Area(1, 1, 2, 2))),
        ("预测!A1:A3", Reference("预测", Area(1, 1, 3, 1))),
        ("Book!Name", None),
        ("[1]S!$A$1", None),
        ("(S!$A$1,S!$A$3)", None),
        ("'[x.xlsx]S'!#REF!", None),
    ],
)
def test_plain_ranges_are_read(text, expected):
    assert Reference.parse(text) == expected


def test_a_range_is_resized_and_remembers_its_numbers():
    old = (
        "<c:f>'S'!$A$2:$A$3</c:f><c:numCache><c:formatCode>0.0</c:formatCode>"
        '<c:ptCount val="2"/><c:pt idx="0" formatCode="0%"><c:v>9</c:v></c:pt></c:numCache>'
    )
    assert refreshed(old, ChartRange("s", "$a$2", 4)) == (
        "<c:f>'S'!$A$2:$A$5</c:f><c:numCache><c:formatCode>0.0</c:formatCode>"
        '<c:ptCount val="4"/><c:pt idx="0" formatCode="0%"><c:v>1.5</c:v></c:pt>'
        '<c:pt idx="1"><c:v>2</c:v></c:pt><c:pt idx="3"><c:v>#N/A</c:v></c:pt></c:numCache>'
    )
    assert "<c:f>'S'!$A$2</c:f>" in refreshed(old, ChartRange("S", "A2", 1))


def test_texts_are_escaped_and_prefixes_kept():
    old = "<f>S!$B$2</f> <strCache><ptCount val='1'/></strCache>"
    assert refreshed(old, touched=True) == (
        '<f>S!$B$2</f> <strCache><ptCount val="1"/><pt idx="0"><v>a&lt;b</v></pt></strCache>'
    )


def test_what_is_not_touched_stays_to_the_byte():
    old = "<c:f>S!$A$2:$A$3</c:f><c:numCache><c:ptCount val='7'/></c:numCache><c:f>N</c:f>"
    assert refreshed(old) == old
    assert refreshed(old, ChartRange("S", "A3", 9), ChartRange("T", "A2", 9)) == old


def test_a_series_name_and_a_single_row_keep_their_size():
    name = "<c:tx><c:strRef><c:f>S!$A$2</c:f></c:strRef></c:tx>"
    assert refreshed(name, ChartRange("S", "A2", 3)) == name
    row = "<c:f>S!$A$2:$D$2</c:f>"
    assert refreshed(row, ChartRange("S", "A2", 3)) == row


def test_levels_of_categories_come_inside_out():
    old = "<c:f>S!$A$2:$B$2</c:f><c:multiLvlStrCache><c:lvl/><c:lvl/></c:multiLvlStrCache>"
    assert refreshed(old, touched=True) == (
        '<c:f>S!$A$2:$B$2</c:f><c:multiLvlStrCache><c:ptCount val="1"/>'
        '<c:lvl><c:pt idx="0"><c:v>a&lt;b</c:v></c:pt></c:lvl>'
        '<c:lvl><c:pt idx="0"><c:v>1.5</c:v></c:pt></c:lvl></c:multiLvlStrCache>'
    )


def test_levels_of_categories_may_lie_in_rows():
    old = "<c:f>S!$A$2:$C$3</c:f><c:multiLvlStrCache><c:lvl/><c:lvl/></c:multiLvlStrCache>"
    assert refreshed(old, touched=True) == (
        '<c:f>S!$A$2:$C$3</c:f><c:multiLvlStrCache><c:ptCount val="3"/>'
        '<c:lvl><c:pt idx="0"><c:v>2</c:v></c:pt></c:lvl>'
        '<c:lvl><c:pt idx="0"><c:v>1.5</c:v></c:pt><c:pt idx="1"><c:v>a&lt;b</c:v></c:pt></c:lvl>'
        "</c:multiLvlStrCache>"
    )


def test_labels_from_cells_are_refreshed_too():
    old = (
        "<c15:f>S!$A$2</c15:f><c15:dlblRangeCache><c:ptCount val='1'/>"
        "<c:pt idx='0'><c:v>x</c:v></c:pt></c15:dlblRangeCache>"
    )
    assert refreshed(old, touched=True) == (
        '<c15:f>S!$A$2</c15:f><c15:dlblRangeCache><c:ptCount val="1"/>'
        "<c:pt idx='0'><c:v>1.5</c:v></c:pt></c15:dlblRangeCache>"
    )


def test_truth_values_are_shown_as_excel_does():
    strings = "<c:f>S!$A$2</c:f><c:strCache/>"
    assert "<c:v>TRUE</c:v>" in refreshed(strings, touched=True, values={(2, 1): True})
    numbers = "<c:f>S!$A$2</c:f><c:numCache/>"
    assert "<c:v>1</c:v>" in refreshed(numbers, touched=True, values={(2, 1): True})


def test_ranges_unions_and_names_of_series_follow_cells_that_move():
    move = Move("T", "S", Resize(Area(2, 1, 3, 1), Area(2, 1, 4, 1)), Area(4, 1, 4, 1), 1)
    series = "<c:val><c:numRef><c:f>{}</c:f></c:numRef></c:val>"
    for before, after in {
        "S!$A$2:$A$3": "S!$A$2:$A$4",
        "(S!$A$2,S!$A$4)": "(S!$A$2,S!$A$5)",
        "S!$A$4": "S!$A$5",
        "Other!$A$4": "Other!$A$4",
    }.items():
        assert refreshed(series.format(before), moves=[move]) == series.format(after)
    name = "<c:tx><c:strRef><c:f>S!{}</c:f></c:strRef></c:tx>"
    assert refreshed(name.format("$A$4"), moves=[move]) == name.format("$A$5")


def test_a_character_that_xml_cannot_hold_is_escaped_as_in_cells():
    old = (
        '<c:f>S!$A$2</c:f><c:strCache><c:ptCount val="1"/>'
        '<c:pt idx="0"><c:v>x</c:v></c:pt></c:strCache>'
    )
    part = refreshed(old, touched=True, values={(2, 1): "a\x1fb"})
    assert "<c:v>a_x001F_b</c:v>" in part
