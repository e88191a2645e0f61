"""What each owner's call is worth, against odds worked out by hand."""

import numpy as np
import pytest
from scipy.special import expit, logit

from salespipe.bands import CALL_SCORES
from salespipe.simulation.call_chances import CALL_CHANCE_COLUMNS, call_chances
from salespipe.simulation.notes import call_note
from salespipe.simulation.win_chances import win_chances
from salespipe.workbook.chinese import in_language
from tests.simulation.test_win_chances import make_fit
from tests.workbook.test_chinese import untranslated

CALL = (-1.0, -0.2, 0.3, 1.0)
CELLS = [
    {"owner": 0, "call": 4, "onward": 6, "lost": 2},
    {"owner": 0, "call": 0, "onward": 1, "lost": 1},
    {"owner": 1, "call": 4, "onward": 1, "lost": 3},
    {"owner": 1, "call": 1, "onward": 0, "lost": 5},
]


def test_a_call_counts_by_its_owner_s_trust():
    table = call_chances(make_fit(owner=(0.1, -0.1), call=CALL, trust=(0.4, -0.4), cells=CELLS))
    assert tuple(table.columns) == CALL_CHANCE_COLUMNS
    assert table[["owner", "call", "n"]].to_numpy().tolist() == [
        ["O0", "commit", 8],
        ["O1", "omitted", 5],
        ["O1", "commit", 4],
    ]
    by_hand = expit(logit(0.3) + np.array([0.1 + 1.0 + 0.4, -0.1 - 1.0 + 0.4, -0.1 + 1.0 - 0.4]))
    assert table["value"].tolist() == pytest.approx(by_hand.tolist())


def test_without_trust_every_owner_s_call_is_worth_the_team_s():
    fit = make_fit(owner=(0.0, 0.0), call=CALL, cells=CELLS)
    of_all = win_chances(fit, by="call").set_index("group")["value"]
    for row in call_chances(fit).itertuples():
        assert row.value == pytest.approx(of_all[row.call])


def test_calls_of_all_average_over_who_made_them():
    """Eight and four exits: of the given exits each keeps its owner, and its owner's trust."""
    fit = make_fit(owner=(0.0, 0.0), call=CALL, trust=(0.4, -0.4), cells=CELLS)
    table = win_chances(fit, by="call").set_index("group")
    exits = np.array([10, 9])
    for code, name in enumerate(table.index):
        slope = np.array([0.4, -0.4]) * CALL_SCORES[code]
        chances = expit(logit(0.3) + np.append(0.0, CALL)[code] + slope)
        assert table.loc[name, "value"] == pytest.approx(np.average(chances, weights=exits))


def test_nobody_has_called_anything():
    assert call_chances(make_fit()).empty


def test_the_forecast_says_how_far_owners_calls_differ_and_names_nobody():
    note = call_note(make_fit(owner=(0.0, 0.0), call=CALL, trust=(0.4, -0.4), cells=CELLS))
    low, high = expit(logit(0.3) + 1.0 + np.array([-0.4, 0.4]))
    assert note.endswith(f"from {100 * low:.0f} % to {100 * high:.0f} %, depending on whose it is.")
    assert "O0" not in note
    assert not untranslated(note)
    assert f"{100 * high:.0f} %" in in_language(note, "zh")
