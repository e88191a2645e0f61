"""Effects in one vector: the priors they state, whatever the coordinates."""

import numpy as np
import pymc as pm
import pytest

from salespipe.models.effects import Effect, add_effects, coordinates, due_by_stage
from salespipe.models.given import exchangeable
from salespipe.models.priors import Scale
from salespipe.models.zero_sums import zero_sum

SEED = 5
DRAWS = 20_000


def _drawn(effects, coords, **more):
    """Draw every effect, their centred values and the shift from the prior."""
    with pm.Model(coords={**coords, **coordinates(effects)}):
        added = add_effects(effects)
        pm.Deterministic("values", added.levels.values)
        pm.Deterministic("shift", added.shift)
        names = [effect.name for effect in effects] + ["values", "shift", *more.get("also", ())]
        tree = pm.sample_prior_predictive(draws=DRAWS, var_names=names, random_seed=SEED)
    prior = tree["prior"].dataset
    return {name: prior[name].to_numpy()[0] for name in names}, added


def test_fixed_effects_have_their_means_and_scales():
    mean, times = np.array([0.5, -1.0, 2.0]), np.array([1.0, 2.0, 0.5])
    effect = Effect("e", ("k",), np.ones(4), Scale(0.4), mean=mean, times=times, references=1)
    drawn, _ = _drawn([effect], {"k": range(3)})
    np.testing.assert_allclose(drawn["e"].mean(axis=0), mean, atol=0.03)
    np.testing.assert_allclose(np.cov(drawn["e"].T), np.diag((0.4 * times) ** 2), atol=0.02)


def test_zero_sum_effects_are_those_of_zero_sum_normal():
    effect = Effect("e", ("k",), np.ones(4), Scale(0.4), basis=zero_sum(4))
    drawn, _ = _drawn([effect], {"k": range(4)})
    np.testing.assert_allclose(drawn["e"].sum(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(np.cov(drawn["e"].T), 0.16 * (np.eye(4) - 0.25), atol=0.01)


@pytest.mark.parametrize("information", [0.0, 0.2, 1e6])
@pytest.mark.parametrize("levels", [1, 3])
def test_learned_effects_are_normal_with_a_log_normal_scale_however_centred(information, levels):
    weight = np.full(levels, 50.0)
    effect = Effect("g_effect", ("k",), weight, Scale(0.2, 0.5), information=information)
    drawn, _ = _drawn([effect], {"k": range(levels)}, also=["g_sd"])
    scale = drawn["g_sd"]
    assert np.median(scale) == pytest.approx(0.2, rel=0.03)
    assert np.log(scale).std() == pytest.approx(0.5, rel=0.03)
    standard = drawn["g_effect"] / scale[:, None]
    np.testing.assert_allclose(np.cov(standard.T), np.eye(levels).squeeze(), atol=0.04)
    # Nothing of the scale is left in the standardised effects.
    assert abs(np.corrcoef(np.abs(standard[:, 0]), scale)[0, 1]) < 0.03


def test_values_are_effects_less_their_mean_over_what_was_seen_and_the_shift_is_that_mean():
    effects = [
        Effect("a", ("k",), np.array([1.0, 2.0, 5.0]), Scale(0.4), references=1),
        Effect("b_effect", ("m",), np.array([3.0, 1.0]), Scale(0.3, 0.5), information=1.0),
        Effect("never", ("m",), np.zeros(2), Scale(1.0)),
    ]
    drawn, added = _drawn(effects, {"k": range(2), "m": range(2)})
    a = np.hstack([np.zeros((DRAWS, 1)), drawn["a"]])
    mean_a = a @ [1 / 8, 2 / 8, 5 / 8]
    mean_b = drawn["b_effect"] @ [0.75, 0.25]
    wanted = [a - mean_a[:, None], drawn["b_effect"] - mean_b[:, None], drawn["never"]]
    np.testing.assert_allclose(drawn["values"], np.hstack(wanted), atol=1e-6)
    np.testing.assert_allclose(drawn["shift"], mean_a + mean_b, atol=1e-6)
    assert added.begins == {"a": 0, "b_effect": 3, "never": 5, "end": 7}


def test_due_effects_of_stages_sum_to_zero_over_stages_and_are_nought_without_a_date():
    cells = np.array([0, 1, 2, 0])
    effect = due_by_stage(cells, np.array([0, 1, 5, 3]), np.ones(4, dtype=np.int64), 3, 0.5)
    drawn, _ = _drawn([effect], {"due": range(5), "stage": range(3)})
    table = drawn["due_by_stage"]
    assert table.shape == (DRAWS, 5, 3)
    np.testing.assert_allclose(table.sum(axis=2), 0, atol=1e-12)
    assert table[:, 0, 0].std() == pytest.approx(0.5 * np.sqrt(2 / 3), rel=0.03)


def test_every_coordinate_has_a_name_for_the_gate_to_tell():
    effect = Effect("owner_effect", ("k",), np.ones(3), Scale(0.2, 0.5))
    named = coordinates([effect])
    assert named == {
        "coordinate": ["owner_effect 1", "owner_effect 2", "owner_effect 3"],
        "scale": ["owner_effect"],
    }
    with exchangeable():
        spare = coordinates([effect])["coordinate"][3:]
    assert spare == [f"spare {place}" for place in range(1, 6)]
