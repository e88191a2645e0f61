"""Before any history the models say what the Stages sheet says, and as surely as they are told."""

import numpy as np
import pytest

from salespipe.models.prior_chances import draw_prior_chances
from salespipe.models.win_rate import WinRatePriors
from salespipe.stages import DEFAULT_STAGES, Stage, open_stages

DRAWS = 200_000


@pytest.mark.parametrize(
    "steps",
    [
        open_stages(DEFAULT_STAGES),
        (Stage("Only", probability=0.3),),
        (Stage("First", probability=0.2), Stage("Last", probability=0.7)),
    ],
)
@pytest.mark.parametrize("strength", [10.0, 100.0])
def test_the_mean_is_the_sheet_s_probability(steps, strength):
    chances = draw_prior_chances(
        steps, priors=WinRatePriors(strength=strength), draws=DRAWS, seed=5
    )
    wanted = [step.probability for step in steps]
    np.testing.assert_allclose(chances.mean(axis=0), wanted, atol=0.005)
    assert (np.diff(chances, axis=1) >= 0).all()  # who is further on has not less of a chance


def _spread(strength):
    chances = draw_prior_chances(
        (Stage("Only", probability=0.3),),
        priors=WinRatePriors(strength=strength),
        draws=DRAWS,
        seed=6,
    )
    return float(chances.std())


def test_it_is_worth_about_the_ten_deals_that_it_says():
    """A chance of 30 % known from ten deals is Beta distributed: sd sqrt(.3 .7 / 11)."""
    # Month, age and quarter, which differ from deal to deal, widen it.
    assert 1.0 < _spread(10.0) / np.sqrt(0.3 * 0.7 / 11) < 1.3


def test_more_strength_narrows_it_to_what_owners_and_months_leave_open():
    spreads = [_spread(strength) for strength in (5.0, 10.0, 30.0, 100.0)]
    assert spreads == sorted(spreads, reverse=True)
    assert spreads[-1] > 0.1
