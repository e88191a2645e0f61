import pytest

from salespipe.workbook.graft_parts import Dialect
from salespipe.workbook.index_parts import (
    NewSheet,
    extended_content_types,
    extended_relations,
    extended_workbook,
    relations_part,
)

USUAL = Dialect(strict=False)
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NO_NAMES = b"<workbook><sheets/></workbook>"
NAMES = (
    b'<workbook><sheets/><definedNames><definedName name="_xlnm.Print_Titles" localSheetId="0">'
    b'Forecast!$1:$1</definedName><definedName name="salespipe_schema">"2"</definedName>'
    b"</definedNames></workbook>"
)


@pytest.mark.parametrize(
    ("part", "listed"),
    [
        ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"),
        ("workbook.xml", "_rels/workbook.xml.rels"),
        ("xl\\workbook.xml", "xl/_rels/workbook.xml.rels"),
        ("", "_rels/.rels"),
    ],
)
def test_where_relations_are_listed(part, listed):
    assert relations_part(part) == listed


def test_content_types_are_added_and_dropped():
    part = b'<T><Default Extension="rels"/><Override PartName="/xl/Old.xml"/></T>'
    new = extended_content_types(part, {"xl/a.xml": "k"}, gone={"xl/old.xml"})
    assert new == (
        b'<T><Default Extension="rels"/><Override PartName="/xl/a.xml" ContentType="k"/></T>'
    )


def test_a_type_of_relations_is_declared_where_it_is_missing():
    new = extended_content_types(b"<x:T/>", {}, gone=())
    assert new.startswith(b'<x:T><x:Default Extension="rels" ContentType=')
    assert new.endswith(b"/></x:T>")


def test_relations_get_ids_of_their_own():
    part = b'<R><Relationship Id="rId2"/><Relationship Id="rId3"/></R>'
    new, ids = extended_relations(part, {"/a.xml": "worksheet", "/b.xml": "styles"}, USUAL)
    assert ids == {"/a.xml": "rId4", "/b.xml": "rId5"}
    assert f'Type="{RELATIONS}/worksheet" Target="/a.xml"'.encode() in new


def test_relations_of_a_strict_workbook_are_strict():
    new, _ = extended_relations(b"<R/>", {"/a.xml": "worksheet"}, Dialect(strict=True))
    assert b"http://purl.oclc.org/ooxml/officeDocument/relationships/worksheet" in new


def book(inner, sheets='<sheet name="A" sheetId="7"/>'):
    return f"<workbook><sheets>{sheets}</sheets>{inner}</workbook>".encode()


def test_a_sheet_is_listed_after_the_others():
    new = extended_workbook(
        book("<calcPr/>"),
        [NewSheet("B & C", "s.xml", "veryHidden", replaces=False)],
        ids={"s.xml": "rId9"},
        names=NO_NAMES,
        dialect=USUAL,
    )
    assert (
        f'<sheet name="B &amp; C" sheetId="8" state="veryHidden" xmlns:r="{RELATIONS}" '
        'r:id="rId9"/></sheets><calcPr/>'
    ).encode() in new


def test_names_come_along_for_the_place_of_their_sheet():
    new = extended_workbook(
        book("<calcPr/>"),
        [NewSheet("Forecast", "s.xml", "visible", replaces=False)],
        ids={"s.xml": "rId9"},
        names=NAMES,
        dialect=USUAL,
    )
    assert b'</sheets><definedNames><definedName name="_xlnm.Print_Titles" localSheetId="1">' in new
    assert b"</definedNames><calcPr/>" in new


def test_a_replaced_sheet_loses_its_own_print_titles_and_keeps_a_persons_names():
    names = (
        '<definedNames><definedName name="_xlnm.Print_Titles" localSheetId="1">old</definedName>'
        '<definedName name="_xlnm._FilterDatabase" localSheetId="1">old</definedName>'
        '<definedName name="_xlnm.Print_Titles" localSheetId="0">other</definedName>'
        '<definedName name="mine" localSheetId="1">kept</definedName>'
        '<definedName name="SALESPIPE_SCHEMA">"1"</definedName></definedNames>'
    )
    sheets = '<sheet name="A" sheetId="7"/><sheet name="Forecast" sheetId="3"/>'
    new = extended_workbook(
        book(names, sheets),
        [NewSheet("Forecast", "s.xml", "visible", replaces=True)],
        ids={},
        names=NAMES,
        dialect=USUAL,
    )
    assert b"old" not in new
    assert b'"1"</def' not in new
    assert all(kept in new for kept in (b"other", b"kept", b'"2"'))
    assert new.count(b"<sheet ") == 2
