from datetime import date, datetime

import pytest

from salespipe.errors import ImportMapError
from salespipe.sources.map_node import Node


def node(**data):
    return Node(data, file="m.toml", path="deals")


def test_values_of_the_right_kind_come_back():
    here = node(a="x", n=2, many=[1, 2.5], words=["p"], sub={"b": "y"}, rows=[{"c": "z"}])
    assert here.text("a") == "x"
    assert here.text("none", default="d") == "d"
    assert here.number("n") == 2
    assert here.numbers("many", 2) == (1.0, 2.5)
    assert here.text_list("words") == ("p",)
    assert here.text_list("none") == ()
    assert here.table("sub").texts() == {"b": "y"}
    assert here.table("sub").where == "m.toml, [deals.sub]"
    assert here.table("none", optional=True).data == {}
    assert [row.text("c") for row in here.tables("rows")] == ["z"]
    assert [row.text("b") for row in here.tables("sub")] == ["y"]
    assert here.tables("none") == []


@pytest.mark.parametrize(
    "take",
    [
        lambda here: here.text("k"),
        lambda here: here.number("k"),
        lambda here: here.numbers("k", 3),
        lambda here: here.text_list("k"),
        lambda here: here.table("k"),
        lambda here: here.tables("k"),
        lambda here: here.constant("k", "text"),
        lambda here: here.constant("k", "money"),
        lambda here: here.constant("k", "date"),
    ],
)
def test_values_of_a_wrong_kind_are_refused_by_name(take):
    with pytest.raises(ImportMapError, match=r"In m.toml, \[deals\], k is True; allowed: "):
        take(node(k=True))


def test_what_is_missing_or_unknown_is_named():
    with pytest.raises(ImportMapError, match=r'\[deals\], the key "k" is missing; add text'):
        node().text("k")
    with pytest.raises(ImportMapError, match=r'the key "colums" is unknown; allowed: columns, x'):
        node(colums=1).only("columns", "x")
    with pytest.raises(ImportMapError, match=r"k is 'maybe'; allowed: yes, no"):
        node(k="maybe").choice("k", ("yes", "no"))
    with pytest.raises(ImportMapError, match=r"k is 'maybe'; allowed: yes, no"):
        node(k=["yes", "maybe"]).choices("k", ("yes", "no"))


def test_constants_fit_the_column():
    here = node(t="EUR", m=5, d=date(2026, 3, 14), w=datetime(2026, 3, 14, 12))  # noqa: DTZ001
    assert here.constant("t", "text") == "EUR"
    assert here.constant("m", "money") == 5.0
    assert here.constant("d", "date") == date(2026, 3, 14)
    assert here.constant("d", "month") == date(2026, 3, 1)
    with pytest.raises(ImportMapError, match=r"allowed: a date such as 2026-10-31"):
        here.constant("w", "date")
