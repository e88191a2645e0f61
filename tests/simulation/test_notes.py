import numpy as np
import pytest

from salespipe.bands import DUE_BANDS
from salespipe.simulation.notes import call_note, history_note, push_note, view_note
from salespipe.simulation.pool import Record
from salespipe.slips import Slips
from salespipe.workbook.chinese import in_language
from tests.simulation.test_win_chances import make_fit
from tests.workbook.test_chinese import untranslated

NONE = np.zeros(len(DUE_BANDS))


def slips(changes, days):
    return Slips(
        changes=np.array([changes, *NONE[1:]], dtype=np.int64),
        days=np.array([days, *NONE[1:]]),
        ahead=np.full(changes, 30.0),
        begins=np.zeros(len(DUE_BANDS) + 1, dtype=np.int64),
    )


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (
            [{"call": 4, "onward": 3, "lost": 1}, {"call": 0, "onward": 2, "lost": 2}],
            # odds of 3 to 7 times e are .538 of 1; of the exits 4 are of a called deal
            "Owners' calls count by their record of 4 exits: all else equal, a new deal called "
            "commit wins 54 % (54 to 54), one without a call 30 %.",
        ),
        (
            [{"call": 0}],
            "No exit of a deal with a forecast category or a confidence is on record, so owners' "
            "calls count little: a new deal called commit wins 54 %, one without a call 30 %.",
        ),
    ],
)
def test_what_an_owner_s_call_is_worth(cells, said):
    note = call_note(make_fit(call=(0.0, 0.0, 0.0, 1.0), cells=cells))
    assert note == said
    assert not untranslated(note)
    assert "54 %" in in_language(note, "zh")


@pytest.mark.parametrize(
    ("scores", "why"),
    [
        (None, "until past forecasts show more"),
        ([[np.nan, 1.0]], "until past forecasts show more"),
        ([[2.0, 1.0], [np.nan, 3.0]], "how right it was in one past month"),
        ([[2.0, 1.0], [2.0, 3.0]], "how right it was in 2 past months"),
    ],
)
def test_what_the_weights_of_the_views_rest_on(scores, why):
    record = None if scores is None else Record(np.array(scores), np.ones((len(scores), 2)))
    note = view_note(0.3, record)
    assert "the deals count 30 % and the revenue history 70 %" in note
    assert why in note
    assert not untranslated(note)


def test_how_often_dates_move():
    note = push_note(slips(30, 2_000.0))
    assert "30 changes on record, 1.5 per deal and 100 days" in note
    nothing = push_note(slips(0, 2_000.0))
    assert nothing.startswith("No change of an expected close date is on record")
    for text in (note, nothing):
        assert not untranslated(text)


def test_deals_outside_of_the_workbook_are_told_by_file():
    note = history_note({"old.parquet": 1_200_000, "older.csv": 40})
    assert note.endswith("by file: old.parquet (1,200,000), older.csv (40).")
    assert not untranslated(note, names=("old.parquet", "older.csv"))
