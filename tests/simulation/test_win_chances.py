from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy.special import expit, logit

from salespipe.bands import CALL_SCORES, DUE_BANDS
from salespipe.exposure import Exposure
from salespipe.inference.fit import Fit
from salespipe.results import Diagnostics
from salespipe.settings import Settings
from salespipe.simulation import win_chances as win_chances_module
from salespipe.simulation.posterior import LANDING_STRENGTH
from salespipe.simulation.win_chances import (
    CHANCE_COLUMNS,
    gap,
    prior_chances,
    thinned,
    win_chances,
)
from salespipe.stages import Stage

SEED = 20261031
CHAINS, DRAWS = 2, 400


def make_fit(
    base=(0.3,),
    *,
    owner=(0.0,),
    segment=(0.0,),
    quarter=(0.0, 0.0, 0.0),
    call=(0.0,) * 4,
    trust=None,
    cells=None,
    landings=(),
):
    """Make a fit whose draws are given: numbers stay fixed, arrays of draws vary."""
    stages = tuple(f"S{k}" for k in range(len(base)))
    cells = cells or [{"stage": k} for k in range(len(base))]
    filled = [
        {"stage": 0, "band": 0, "month": 24313, "due": 0, "owner": 0, "segment": 0}
        | {"source": 0, "size": 0, "call": 0}
        | {"days": 1.0, "onward": 1, "lost": 1}
        | cell
        for cell in cells
    ]
    exposure = Exposure(
        cells=pd.DataFrame(filled),
        landings=pd.DataFrame(list(landings), columns=["stage", "due", "next", "n"], dtype="int64"),
        stages=stages,
        owners=tuple(f"O{k}" for k in range(len(owner))),
        segments=tuple(f"G{k}" for k in range(len(segment))),
        sources=("S",),
        sizes=(),
        sayings=None,
        start=pd.Timestamp("2026-01-01"),
        end=pd.Timestamp("2026-10-31"),
    )

    def draws(values):
        shape = (CHAINS, DRAWS)
        return np.stack([np.broadcast_to(value, shape) for value in values], axis=-1)

    posterior = xr.Dataset(
        {
            name: (("chain", "draw", name), draws(values))
            for name, values in (
                ("base", [logit(p) for p in base]),
                ("age", np.zeros(4)),
                ("due_effect", np.zeros(len(DUE_BANDS) - 1)),
                ("source_effect", np.zeros(1)),
                ("call_effect", call),
                ("quarter_effect", quarter),
                ("owner_effect", owner),
                ("segment_effect", segment),
            )
        }
    )
    if trust is not None:
        slopes = np.array(CALL_SCORES[1:])[:, None] * np.array(trust)
        table = np.broadcast_to(slopes, (CHAINS, DRAWS, *slopes.shape))
        posterior["trust_effect"] = (("chain", "draw", "call", "owner_"), table)
    tree = xr.DataTree.from_dict({"/posterior": posterior})
    steps = tuple(Stage(name, probability=0.4) for name in stages)
    pipeline = SimpleNamespace(steps=steps, settings=Settings())
    return Fit(pipeline, exposure, {"win rate": tree}, Diagnostics(1.0, 400.0, 0, True), 1)


def test_one_stage_without_effects_is_the_chance_itself():
    table = win_chances(make_fit(base=(0.3,)), by="stage")
    assert tuple(table.columns) == (*CHANCE_COLUMNS, "reference")
    assert table.loc[0, ["value", "low", "high"]].tolist() == pytest.approx([0.3] * 3)
    assert table.loc[0, ["n", "reference"]].tolist() == [2, 0.4]


def test_stages_multiply():
    table = win_chances(make_fit(base=(0.5, 0.6, 0.8)), by="stage")
    assert table["value"].tolist() == pytest.approx([0.24, 0.48, 0.8])


def test_skips_and_steps_back_are_followed():
    """Ten of each move seen, beside the twenty that the prior is worth, solved by hand."""
    fit = make_fit(base=(0.5, 0.6), landings=[(0, 0, 2, 6), (0, 3, 2, 4), (1, 0, 0, 10)])
    strength = LANDING_STRENGTH
    to_won, to_next = 10 / (10 + strength), strength / (10 + strength)
    back, on = 10 / (10 + strength), strength / (10 + strength)
    # w0 = .5 (to_won + to_next w1), w1 = .6 (back w0 + on)
    first = 0.5 * (to_won + to_next * 0.6 * on) / (1 - 0.5 * to_next * 0.6 * back)
    second = 0.6 * (back * first + on)
    assert win_chances(fit, by="stage")["value"].tolist() == pytest.approx([first, second])


def test_every_owner_is_given_the_same_deals():
    """The second owner had only the easy segment; what counts is the effect, not the deals."""
    fit = make_fit(
        base=(0.3,),
        owner=(0.5, 0.0),
        segment=(-1.0, 1.0),
        cells=[{"owner": 0, "segment": 0}, {"owner": 1, "segment": 1, "onward": 5}],
    )
    table = win_chances(fit, by="owner").set_index("group")
    exits = np.array([2, 6])
    for name, effect in (("O0", 0.5), ("O1", 0.0)):
        chances = expit(logit(0.3) + effect + np.array([-1.0, 1.0]))
        assert table.loc[name, "value"] == pytest.approx(np.average(chances, weights=exits))
    assert table.index.tolist() == ["O0", "O1"]
    assert table["n"].to_dict() == {"O0": 2, "O1": 6}


def test_months_of_the_quarter_keep_their_order():
    table = win_chances(make_fit(quarter=(0.4, -0.4, 0.0)), by="quarter_month")
    assert table["group"].tolist() == ["first month", "second month", "third month"]
    expected = expit(logit(0.3) + np.array([0.4, -0.4, 0.0]))
    assert table["value"].tolist() == pytest.approx(expected.tolist())
    # Month 24313 counted from year 0 is 2026-02, the second of its quarter.
    assert table["n"].tolist() == [0, 2, 0]


def test_calls_keep_their_order_and_none_is_the_reference():
    table = win_chances(make_fit(call=(-1.0, 0.0, 0.5, 1.0), cells=[{"call": 4}]), by="call")
    assert table["group"].tolist() == ["no call", "omitted", "pipeline", "best case", "commit"]
    expected = expit(logit(0.3) + np.array([0.0, -1.0, 0.0, 0.5, 1.0]))
    assert table["value"].tolist() == pytest.approx(expected.tolist())
    assert table["n"].tolist() == [0, 0, 0, 0, 2]


def test_the_interval_holds_ninety_percent():
    rng = np.random.default_rng(SEED)
    effect = rng.normal(0, 0.5, (CHAINS, DRAWS))
    table = win_chances(make_fit(owner=(effect, 0.0)), by="owner").set_index("group")
    chances = expit(logit(0.3) + effect)
    assert table.loc["O0", ["low", "high"]].tolist() == pytest.approx(
        np.quantile(chances, [0.05, 0.95]).tolist()
    )


def test_a_stage_nobody_has_left_has_its_own_level():
    fit = make_fit(base=(0.5, 0.6), cells=[{"stage": 0}])
    assert win_chances(fit, by="stage")["value"].tolist() == pytest.approx([0.3, 0.6])
    assert win_chances(fit, by="owner")["value"].tolist() == pytest.approx([0.3])


@pytest.mark.parametrize(("size", "apart"), [(0.02, False), (2.0, True)])
def test_owners_are_told_apart_only_if_the_data_can(size, apart):
    rng = np.random.default_rng(SEED)
    noise = rng.normal(0, 0.2, (CHAINS, DRAWS))
    found = gap(make_fit(owner=(noise + size, 0.0, -0.01)), by="owner")
    assert (found.first, found.last) == ("O0", "O2")
    assert found.told_apart is apart
    assert ("They cannot be told apart" in str(found)) is not apart
    assert found.low <= found.difference <= found.high


def test_one_group_has_no_gap():
    assert gap(make_fit(), by="segment") is None


def test_before_any_history_the_chance_is_the_sheet_s():
    table = prior_chances(make_fit(base=(0.3,)))
    assert tuple(table.columns) == (*CHANCE_COLUMNS, "reference")
    assert table["reference"].tolist() == [0.4]
    assert table.loc[0, "value"] == pytest.approx(0.4, abs=0.01)
    assert table.loc[0, "low"] < 0.25
    assert table.loc[0, "high"] > 0.6
    assert table.loc[0, "n"] == Settings().prior_strength


def test_of_many_exits_some_thousands_stand_for_all(monkeypatch):
    """Weighted averages over the thinned exits are those over all, stage by stage."""
    rng = np.random.default_rng(SEED)
    cells = pd.DataFrame(
        {
            "stage": np.repeat([0, 1], [5_000, 40]),
            "age": rng.integers(4, size=5_040),
            "exits": rng.integers(1, 9, size=5_040),
        }
    ).sort_values(["stage", "age"], ignore_index=True)
    monkeypatch.setattr(win_chances_module, "MOST", 400)

    few = thinned(cells)

    assert len(few[few["stage"] == 0]) <= 400
    pd.testing.assert_frame_equal(
        few[few["stage"] == 1], cells[cells["stage"] == 1], check_dtype=False
    )
    sums = few.groupby("stage")["exits"].sum()
    np.testing.assert_allclose(sums, cells.groupby("stage")["exits"].sum())
    shares, truth = (
        one[one["stage"] == 0].groupby("age")["exits"].sum()
        / one.loc[one["stage"] == 0, "exits"].sum()
        for one in (few, cells)
    )
    np.testing.assert_allclose(shares, truth, atol=1 / 400)
