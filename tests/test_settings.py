import pytest

from salespipe.errors import SettingsError
from salespipe.settings import Settings


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ({"fiscal_year_start": 0}, "the fiscal year start is 0; give the number of a month"),
        ({"fiscal_year_start": 13}, "the fiscal year start is 13; give"),
        ({"quantiles": (0.5, 0.5, 0.9)}, "worst, likely and best are 0.5, 0.5 and 0.9; they must"),
        ({"quantiles": (0.9, 0.5, 0.1)}, "worst, likely and best are 0.9, 0.5 and 0.1"),
        ({"quantiles": (0.0, 0.5, 0.9)}, "worst, likely and best are 0, 0.5"),
        ({"quantiles": (0.1, 0.5, 1.0)}, "worst, likely and best are 0.1, 0.5 and 1"),
        ({"quantiles": (0.1, float("nan"), 0.9)}, "worst, likely and best are 0.1, nan"),
        ({"horizon": 0}, "the horizon is 0 months; give a number from 1 to 24"),
        ({"horizon": 25}, "the horizon is 25 months"),
        ({"prior_strength": 0.0}, "the prior strength is 0; give a number of deals"),
        ({"prior_strength": 1001.0}, "the prior strength is 1001"),
        ({"prior_strength": float("nan")}, "the prior strength is nan"),
    ],
)
def test_values_out_of_range_are_refused(setting, sentence):
    with pytest.raises(SettingsError) as refused:
        Settings(**setting)
    assert str(refused.value).startswith(f"On the Settings sheet, {sentence}")


@pytest.mark.parametrize(
    "setting",
    [
        {},
        {"fiscal_year_start": 12},
        {"horizon": 24},
        {"horizon": 1},
        {"prior_strength": 1000.0},
        {"quantiles": (0.001, 0.01, 0.999)},
    ],
)
def test_values_at_the_edge_are_taken(setting):
    made = Settings(**setting)
    assert all(getattr(made, key) == value for key, value in setting.items())
