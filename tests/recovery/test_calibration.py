"""Calibration of whole forecasts in short; benchmarks/calibration.py has three hundred points.

So few months show a gross fault only: ranges half as wide as they ought to be, a forecast beside
the company's future. The smaller companies are asked, three of them unlike what models assume.
"""

import numpy as np
import pytest

POINTS = 6
OPEN = 300
"""Open deals aimed at, at the most."""

pytestmark = [pytest.mark.slow, pytest.mark.recovery, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def rows():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOKY_MAX_CPU_COUNT", "1")  # as the script sets it for a whole process
        import calibration

        small = [point for point in calibration.points() if point.aimed <= OPEN]
        return [calibration.run(point) for point in small[:POINTS]]


def test_companies_are_of_many_kinds_and_all_pass_the_gate(rows):
    assert len({row["kind"] for row in rows}) >= 4
    assert not [row["failed"] for row in rows if "failed" in row]


def test_months_lie_in_their_ranges_about_as_often_as_is_said(rows):
    months = [month for row in rows for month in row["periods"]]
    assert len(months) == 3 * POINTS
    # Of 18 months 14.4 belong into honest 80 % ranges, and 9 into those of half the width.
    assert sum(month["held_80"] for month in months) >= 12
    assert 4 <= sum(month["held_50"] for month in months) <= 15
    assert 0.3 < np.mean([month["below"] for month in months]) < 0.7


def test_as_many_deals_are_won_as_was_expected(rows):
    bins = np.array([one for row in rows for one in row["deals"]])
    expected, won = bins[:, 2].sum(), bins[:, 4].sum()
    assert won == pytest.approx(expected, rel=0.25)
