from datetime import date

import pandas as pd

from salespipe.plots import waterfall
from salespipe.results import STEP_COLUMNS
from salespipe.wording import Words
from tests.plots.conftest import texts_of

ENDS = ((date(2026, 9, 30), 100.0), (date(2026, 10, 31), 110.0))
STEPS = pd.DataFrame(
    [
        ("new", Words("New", "新增"), 40.0, 2, Words("", "")),
        ("won", Words("Won", "赢单"), -30.0, 1, Words("", "")),
        ("lost", Words("Lost", "丢单"), 0.0, 0, Words("", "")),
    ],
    columns=list(STEP_COLUMNS),
)


def drawn(steps=STEPS, ends=ENDS, language="en"):
    return waterfall(steps, ends=ends, what="Open pipeline", currency="EUR", language=language)


def test_each_step_stands_where_the_last_one_ended(assert_nothing_cut):
    picture = drawn()
    assert_nothing_cut(picture)
    bars = [(bar.get_x(), bar.get_width()) for bar in picture.axes[0].patches]
    assert sorted(bars) == sorted([(0.0, 100.0), (100.0, 40.0), (140.0, -30.0), (0.0, 110.0)])
    title = "Open pipeline: EUR 100 on 2026-09-30, EUR 110 on 2026-10-31"
    assert picture.get_suptitle() == title
    texts = {text.get_text() for text in texts_of(picture)}
    assert {"+40", "−30", "New", "Won"} <= texts
    assert "Lost" not in texts  # nothing was
    assert "Most of the difference of +10: New +40; Won −30." in texts


def test_what_falls_is_told_apart_in_grey():
    bars = {bar.get_width(): bar.get_hatch() for bar in drawn().axes[0].patches}
    assert bars[-30.0]
    assert not bars[40.0]


def test_nothing_changed(assert_nothing_cut):
    day = ((ENDS[0][0], 0.0), (ENDS[1][0], 0.0))
    picture = drawn(STEPS.assign(amount=0.0, count=0), day)
    assert_nothing_cut(picture)
    assert "Nothing changed." in {text.get_text() for text in texts_of(picture)}


def test_it_speaks_chinese(chinese, assert_nothing_cut):
    picture = drawn(language="zh")
    assert_nothing_cut(picture)
    texts = {text.get_text() for text in texts_of(picture)}
    assert {"新增", "赢单", "金额（EUR）"} <= texts
