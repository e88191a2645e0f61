import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespipe.workbook.parts import parse_xml
from salespipe.workbook.style_graft import appended_styles, prefixed

SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DONOR = (
    f'<styleSheet xmlns="{SPACE}"><numFmts count="2"><numFmt numFmtId="164" formatCode="0%"/>'
    '<numFmt numFmtId="165" formatCode="&quot;a&quot;0"/></numFmts>'
    '<fonts count="2"><font><sz val="1"/></font><font><b/></font></fonts>'
    '<fills count="1"><fill><patternFill/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="165" fontId="1" fillId="0" borderId="0" xfId="0"><alignment wrapText="1"/></xf>'
    '</cellXfs><dxfs count="1"><dxf><font><i/></font></dxf></dxfs></styleSheet>'
).encode()


def styles(fonts, xfs, codes=(), *, p="", dxfs=""):
    space = f'xmlns:{p[:-1]}="{SPACE}"' if p else f'xmlns="{SPACE}"'
    formats = "".join(
        f'<{p}numFmt numFmtId="{number}" formatCode="{code}"/>' for number, code in codes
    )
    formats = f'<{p}numFmts count="{len(codes)}">{formats}</{p}numFmts>' if codes else ""
    xf = f'<{p}xf numFmtId="0" fontId="0"/>'
    return (
        f"<{p}styleSheet {space}>{formats}"
        f'<{p}fonts count="{fonts}">{f"<{p}font/>" * fonts}</{p}fonts>'
        f'<{p}fills count="2"><{p}fill/><{p}fill/></{p}fills>'
        f'<{p}borders count="1"><{p}border/></{p}borders>'
        f'<{p}cellXfs count="{xfs}">{xf * xfs}</{p}cellXfs>{dxfs}'
        f"<{p}colors/></{p}styleSheet>"
    ).encode()


@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from(["", "x:"]))
def test_every_style_finds_its_parts_where_they_are_now(fonts, xfs, prefix):
    before = styles(fonts, xfs, [(170, "0%")], p=prefix)
    part, moved = appended_styles(before, DONOR)
    tree = parse_xml(part, what="styles")
    assert (moved.cell, moved.differential) == (xfs, 0)
    found = tree.findall("{*}cellXfs/{*}xf")
    assert len(found) == xfs + 2 == int(tree.find("{*}cellXfs").get("count"))
    last = found[-1]
    assert (last.get("fontId"), last.get("fillId"), last.get("borderId")) == (
        str(fonts + 1),
        "2",
        "1",
    )
    assert last.find("{*}alignment").get("wrapText") == "1"
    codes = {f.get("numFmtId"): f.get("formatCode") for f in tree.iterfind("{*}numFmts/{*}numFmt")}
    # The code that is there already is used, the new one takes a number of its own.
    assert codes == {"170": "0%", "171": '"a"0'}
    assert last.get("numFmtId") == "171"
    names = [child.tag.rpartition("}")[2] for child in tree]
    order = ["numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "dxfs", "colors"]
    assert names == order
    assert part.startswith(before[: before.index(b"numFmts")])


@pytest.mark.parametrize("section", ['<dxfs count="0"/>', '<dxfs count="2"><dxf/><dxf/></dxfs>'])
def test_conditional_styles_follow_those_that_are_there(section):
    there = section.count("<dxf/>")
    part, moved = appended_styles(styles(1, 1, dxfs=section), DONOR)
    tree = parse_xml(part, what="styles")
    assert moved.differential == there
    assert len(tree.find("{*}dxfs")) == there + 1 == int(tree.find("{*}dxfs").get("count"))


def test_a_prefix_is_put_on_every_tag():
    assert prefixed(b'<a b="c/d"><e/></a>', "x:") == b'<x:a b="c/d"><x:e/></x:a>'
    assert prefixed(b"<a/>", "") == b"<a/>"
