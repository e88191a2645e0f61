from datetime import date

import numpy as np
import pandas as pd
import pytest

from salespipe.synthetic.company import Company
from salespipe.synthetic.diary import write_activities, write_changes
from salespipe.synthetic.process import World, simulate_world
from salespipe.synthetic.truth import Truth, draw_truth

SEED = 2


def story_of(**knobs: object) -> tuple[Company, Truth, World, pd.DataFrame]:
    company = Company(start=date(2024, 1, 1), **({"deals": 1500, "future_months": 3} | knobs))
    truth = draw_truth(company, seed=SEED)
    world = simulate_world(company, truth, seed=SEED)
    return company, truth, world, write_changes(company, truth, world, seed=SEED)


def pushes_of(log: pd.DataFrame) -> pd.DataFrame:
    ordered = log.sort_values(["deal", "at"])
    before = ordered.groupby("deal")[["stage", "expected_close_on"]].shift()
    same_stage = before["stage"] == ordered["stage"]
    return ordered.assign(before=before["expected_close_on"])[same_stage]


def test_every_stay_and_every_closing_is_written_once() -> None:
    _, _, world, log = story_of()
    keys = log.drop_duplicates(["deal", "stage"])
    closings = (world.stays["next_stage"] >= world.n_stages).sum()
    assert len(keys) == len(world.stays) + closings
    ends = log[log["stage"] >= world.n_stages]
    assert len(ends) == closings
    assert ends["deal"].is_unique


def test_a_passed_date_is_pushed_later_unless_the_owner_is_lazy() -> None:
    _, _, _, log = story_of(lazy=0.0)
    pushes = pushes_of(log)
    assert len(pushes) > 50
    assert (pushes["at"] >= pushes["before"] + 1).all()
    assert (pushes["expected_close_on"] >= pushes["at"] + 9).all()
    assert pushes_of(story_of(lazy=1.0)[3]).empty


def test_an_unbiased_owner_is_right_on_average() -> None:
    _, truth, world, log = story_of(rep_bias=0.0, rep_bias_spread=0.0, deals=6000)
    first = log.drop_duplicates("deal")
    deals = world.deals.iloc[first["deal"]]
    chance = truth.win_chance()[deals["owner"], deals["segment"], 0]
    assert first["confidence"].mean() == pytest.approx(chance.mean(), abs=0.02)
    bold = story_of(rep_bias=1.0, rep_bias_spread=0.0, deals=6000)[3].drop_duplicates("deal")
    assert bold["confidence"].mean() > chance.mean() + 0.1


def test_category_follows_confidence() -> None:
    log = story_of()[3]
    lowest = log.groupby("forecast_category")["confidence"].min()
    assert lowest["commit"] == pytest.approx(0.7)
    assert lowest["best_case"] == pytest.approx(0.4)
    assert lowest["pipeline"] == pytest.approx(0.1)
    assert log["confidence"].between(0.05, 0.95).all()


def test_activities_come_at_their_rate_and_within_the_stay() -> None:
    company, _, world, _ = story_of(activities_per_week=2.0)
    log = write_activities(company, world, seed=SEED)
    left = world.stays["left"].clip(upper=world.days)
    expected = (left - world.stays["entered"]).sum() * 2 / 7
    assert len(log) == pytest.approx(expected, abs=4 * np.sqrt(expected))
    stays = world.stays.assign(end=left)
    own = log.merge(stays, on=["deal", "stage"])
    assert own["at"].between(own["entered"], own["end"]).all()
    assert len(own) == len(log)
    assert not log.loc[log["stage"] == 0, "activity_type"].eq("Demo").any()
    assert (log["minutes"] >= 1).all()
    assert log["at"].is_monotonic_increasing
