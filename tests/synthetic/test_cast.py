from datetime import date

import numpy as np

from salespipe.synthetic.cast import draw_cast
from salespipe.synthetic.company import Company
from salespipe.synthetic.fiction import account_names, owner_names
from salespipe.synthetic.process import simulate_world
from salespipe.synthetic.truth import draw_truth

COMPANY = Company(deals=400, months=6, future_months=0)
WORLD = simulate_world(COMPANY, draw_truth(COMPANY, seed=1), seed=1)


def test_names_are_distinct() -> None:
    rng = np.random.default_rng(0)
    assert len(set(owner_names(400, rng=rng))) == 400
    firms, _ = account_names(20_000, rng=rng)
    assert len(set(firms)) == 20_000


def test_nobody_can_be_reached() -> None:
    contacts = draw_cast(WORLD, seed=1).contacts
    assert contacts["email"].str.fullmatch(r"[a-z-]+@[a-z-]+\.example\.com").all()
    assert contacts["phone"].str.fullmatch(r"\+1 555 01\d\d").all()


def test_every_account_has_a_contact() -> None:
    cast = draw_cast(WORLD, seed=1)
    assert set(cast.contacts["account"]) == set(cast.accounts["account"])


def test_the_next_step_moves_on_with_the_day() -> None:
    cast = draw_cast(WORLD, seed=1)
    deal = np.arange(len(WORLD.deals))
    created = WORLD.deals["created"].to_numpy()
    day = WORLD.day(date(2024, 9, 1))
    step = cast.next_step_after(deal, created, day)
    assert (step >= day - cast.deals["patience"]).all()
    assert (step <= np.maximum(day, created) + 28).all()
    assert (step < day).any()
    later = cast.next_step_after(deal, created, day + 14)
    np.testing.assert_allclose(later - step, 14)
