"""Levers: how far each can be pulled, and how they name themselves."""

import pytest

from salespipe.errors import SettingsError
from salespipe.simulation.levers import Levers


@pytest.mark.parametrize(
    ("levers", "said"),
    [
        ({"win_rate": 0}, "win_rate = 0; give a factor above 0"),
        ({"volume": -1}, "volume = -1; give a factor from 0"),
        ({"price": float("nan")}, "price = nan"),
        ({"slip_days": -5}, "slip_days = -5; give a number of days from 0 on"),
        ({"hires": float("inf")}, "hires = inf"),
        ({"market": "boom"}, "market = boom; give one of worst, likely, best, average"),
        ({"won": ("D1",), "lost": ("D2", "D1")}, r"the same deal \(D1\)"),
    ],
)
def test_levers_that_cannot_be_pulled_so_far_are_refused(levers, said):
    with pytest.raises(SettingsError, match=said):
        Levers(**levers)


def test_only_what_is_pulled_is_named():
    assert repr(Levers()) == "Levers()"
    assert repr(Levers(win_rate=1.1, market="worst")) == "Levers(win_rate=1.1, market='worst')"
