from datetime import date

import pytest

from salespipe.errors import SettingsError
from salespipe.synthetic import AGE_CUTS, Company


def test_calendar_holds_burn_in_months_and_future() -> None:
    company = Company(start=date(2024, 5, 1), months=30, future_months=2, burn_in=3)
    assert company.calendar[0].date() == date(2024, 2, 1)
    assert company.calendar.size == 35
    assert company.end == date(2026, 10, 31)
    assert company.last_day == date(2026, 12, 31)


def test_age_bands_are_those_of_the_exposure_table() -> None:
    exposure = pytest.importorskip("salespipe.exposure", reason="the exposure table is not there")
    assert tuple(exposure.AGE_CUTS) == AGE_CUTS


@pytest.mark.parametrize(
    "knobs",
    [
        {"start": date(2024, 5, 2)},
        {"months": 0},
        {"deals": 0},
        {"n_owners": 0},
        {"segments": ()},
        {"skip": 1.5},
        {"age_effect": (0.0,)},
        {"shock_rho": 1.0},
        {"arrivals_dispersion": 0.0},
        {"sloppiness": -0.1},
    ],
)
def test_a_knob_out_of_range_is_refused_by_name(knobs: dict) -> None:
    (knob,) = knobs
    with pytest.raises(SettingsError, match=rf"cannot have {knob} = .*; give"):
        Company(**knobs)
