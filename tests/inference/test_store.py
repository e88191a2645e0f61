"""The fit store: the same draws again, or none; never wrong ones, and never an error."""

import json
import os
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from salespipe.inference import gate as gate_module
from salespipe.inference import store as store_module
from salespipe.inference import task as task_module
from salespipe.inference.fit import fit
from salespipe.inference.gate import Verdict
from salespipe.inference.sampler import Sampled
from salespipe.inference.store import FitStore, fits_path, fitted_before, key_of
from salespipe.results import Diagnostics

KEY = key_of("a key")
GOOD = Verdict(Diagnostics(1.001, 2000.0, 0, ok=True), "effect")


def a_tree(seed=1, *, owners=("Ana", "李明"), draws=500):
    """Four chains of independent normals: they pass the gate."""
    rng = np.random.default_rng(seed)
    coords = {"chain": range(4), "draw": range(draws), "owner": list(owners)}
    posterior = xr.Dataset(
        {
            "effect": (("chain", "draw", "owner"), rng.normal(size=(4, draws, len(owners)))),
            "scale": (("chain", "draw"), rng.normal(size=(4, draws))),
        },
        coords,
    )
    stats = xr.Dataset(
        {
            "diverging": (("chain", "draw"), np.zeros((4, draws), dtype=bool)),
            "divergence_message": (("chain", "draw"), np.full((4, draws), None, dtype=object)),
        }
    )
    return xr.DataTree.from_dict({"posterior": posterior, "sample_stats": stats})


@pytest.fixture
def store(tmp_path):
    return FitStore(fits_path(tmp_path / "Team Book.xlsx"))


def files(store):
    return sorted(store.folder.glob("*"))


# -- What goes in comes out ----------------------------------------------------------------------


def test_what_is_kept_is_found_to_the_last_bit(store):
    tree = a_tree()
    store.keep(KEY, tree, GOOD)
    assert store.folder.name == "Team Book.fits"
    found, verdict = store.find(KEY)
    assert verdict == GOOD
    xr.testing.assert_identical(found["posterior"].dataset, tree["posterior"].dataset)
    np.testing.assert_array_equal(
        found["sample_stats"]["diverging"], tree["sample_stats"]["diverging"]
    )
    assert "divergence_message" not in found["sample_stats"]


def test_nothing_is_found_where_nothing_is(store):
    assert store.find(KEY) is None
    store.keep(KEY, a_tree(), GOOD)
    assert store.find(key_of("another key")) is None


def test_without_a_folder_nothing_is_kept():
    none = FitStore(None)
    none.keep(KEY, a_tree(), GOOD)
    assert none.find(KEY) is None


def test_it_is_known_whether_anything_was_fitted(store, tmp_path):
    book = tmp_path / "Team Book.xlsx"
    assert not fitted_before(book)
    store.keep(KEY, a_tree(), GOOD)
    assert fitted_before(book)


# -- Keys ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Data:
    days: np.ndarray
    names: tuple[str, ...]
    sized: bool = False


@dataclass(frozen=True)
class Other:
    days: np.ndarray
    names: tuple[str, ...]
    sized: bool = False


ARRAYS = hnp.arrays(np.float64, hnp.array_shapes(max_dims=2, max_side=3))


@given(ARRAYS, st.lists(st.text(max_size=3), max_size=3), st.booleans(), st.integers())
def test_equal_data_have_equal_keys(days, names, sized, seed):
    one = key_of("timing", Data(days, tuple(names), sized), seed)
    again = key_of("timing", Data(np.asfortranarray(days.copy()), tuple(names), sized), seed)
    assert one == again


def test_whatever_differs_makes_another_key():
    days = np.array([[1.0, 2.0], [3.0, 4.0]])
    seen = [
        key_of("timing", data, seed)
        for seed in (1, 2)
        for data in (
            Data(days, ("a", "b")),
            Data(days, ("ab",)),
            Data(days, ("b", "a")),
            Data(days, ("a", "b"), sized=True),
            Data(days.T, ("a", "b")),
            Data(days.ravel(), ("a", "b")),
            Data(days.astype("float32"), ("a", "b")),
            Data(np.nextafter(days, 9), ("a", "b")),
            Other(days, ("a", "b")),
        )
    ]
    seen += [key_of("win rate", Data(days, ("a", "b")), 1), key_of(1), key_of("1"), key_of(True)]
    assert len(set(seen)) == len(seen)


def test_another_version_or_other_code_makes_another_key(monkeypatch):
    before = key_of("timing")
    monkeypatch.setattr(store_module, "__version__", "0.0.9")
    store_module._versions.cache_clear()
    other = key_of("timing")
    monkeypatch.setattr(store_module, "_SOURCES", ("bands.py",))
    store_module._versions.cache_clear()
    less = key_of("timing")
    monkeypatch.undo()
    store_module._versions.cache_clear()
    assert len({before, other, less}) == 3
    assert key_of("timing") == before


@pytest.mark.parametrize("value", [np.array(["a", None], dtype=object), {"a": 1}, object()])
def test_what_has_no_bytes_of_its_own_is_no_key(value):
    with pytest.raises(TypeError, match="hashed"):
        key_of(value)


# -- Damage, size, and folders that are not as they should be ------------------------------------


@given(st.data())
def test_no_damage_gets_through(tmp_path_factory, data):
    store = FitStore(tmp_path_factory.mktemp("fits") / "b.fits")
    store.keep(KEY, a_tree(draws=3), GOOD)
    (path,) = files(store)
    content = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        content = content[:place]
    else:
        content[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    assert store.find(KEY) is None
    store.keep(KEY, a_tree(draws=3), GOOD)
    assert store.find(KEY) is not None
    assert len(files(store)) == 1


@pytest.mark.parametrize(
    "arrays",
    [
        {"layout": np.array("no JSON")},
        {"layout": np.array(json.dumps({"posterior": {}}))},
        {"layout": np.array("[1]")},
        {"other": np.arange(3)},
        {"layout": np.array([{"code": "to run"}], dtype=object)},
    ],
)
def test_a_file_of_another_make_is_passed_over(store, arrays, tmp_path):
    """Its name fits its content, and its content is not what is kept here."""
    np.savez(tmp_path / "made.npz", allow_pickle=True, **arrays)
    content = (tmp_path / "made.npz").read_bytes()
    store.folder.mkdir()
    (store.folder / f"{KEY}-{store_module.content_hash(content)}.npz").write_bytes(content)
    assert store.find(KEY) is None


def test_the_folder_stays_small_and_the_latest_used_stay(store, monkeypatch):
    keys = [key_of(number) for number in range(5)]
    for number, key in enumerate(keys):
        store.keep(key, a_tree(number), GOOD)
    size = files(store)[0].stat().st_size
    for age, key in enumerate(reversed(keys)):
        (path,) = store.folder.glob(f"{key}-*")
        os.utime(path, (time.time() - 100 - age,) * 2)
    assert store.find(keys[0]) is not None  # used now
    monkeypatch.setattr(store_module, "MOST_BYTES", int(3.5 * size))
    store.keep(key_of("new"), a_tree(9), GOOD)
    assert sum(path.stat().st_size for path in files(store)) <= 3.5 * size
    there = [key for key in [*keys, key_of("new")] if store.find(key) is not None]
    assert there == [keys[0], keys[4], key_of("new")]


def test_a_folder_that_cannot_be_written_is_no_matter(tmp_path, monkeypatch):
    store = FitStore(tmp_path / "missing" / "b.fits")
    store.keep(KEY, a_tree(), GOOD)
    assert store.find(KEY) is None
    taken = FitStore(tmp_path / "a-file.fits")
    taken.folder.write_text("a file where the folder belongs")
    taken.keep(KEY, a_tree(), GOOD)
    assert taken.find(KEY) is None


def test_a_write_that_is_broken_off_leaves_nothing(store, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    store.keep(KEY, a_tree(), GOOD)
    assert files(store) == []


# -- Fitting with it -----------------------------------------------------------------------------


@pytest.fixture
def sampled(monkeypatch):
    """Let nothing be sampled: gives the seeds with which it would have been."""
    seeds = []

    def made_up(model, *, seed, **_):
        seeds.append(seed)
        return Sampled(a_tree(seed), GOOD, 1)

    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "1")
    monkeypatch.setattr(task_module, "fit_model", made_up)
    return seeds


@pytest.fixture
def pipeline(small_pipeline, tmp_path):
    return replace(small_pipeline, home=tmp_path / "book.xlsx")


def test_the_second_fit_samples_nothing_and_is_the_same(pipeline, sampled):
    told = []
    first, second = fit(pipeline), fit(pipeline, progress=told.append)
    assert sampled == [1, 2, 3, 4, 5]
    assert not any("Fitting" in sentence for sentence in told)
    assert list(second.trees) == list(first.trees)
    assert second.diagnostics.ok
    for name, tree in first.trees.items():
        xr.testing.assert_identical(
            second.trees[name]["posterior"].dataset, tree["posterior"].dataset
        )


def test_another_seed_or_other_data_are_fitted(pipeline, sampled):
    fit(pipeline)
    fit(pipeline, seed=11)
    assert sampled[5:] == [11, 12, 13, 14, 15]
    longer = replace(pipeline, settings=replace(pipeline.settings, prior_strength=20.0))
    del sampled[:]
    fit(longer)
    assert sampled == [1]  # of the models the win rate alone has this prior


def test_what_no_model_sees_makes_no_new_fit(pipeline, sampled):
    fit(pipeline)
    del sampled[:]
    fit(replace(pipeline, deals=pipeline.deals.assign(notes="seen by nobody")))
    assert sampled == []


def test_a_damaged_file_is_fitted_anew_and_mended(pipeline, sampled):
    fit(pipeline)
    del sampled[:]
    for path in fits_path(pipeline.home).glob("*.npz"):
        path.write_bytes(path.read_bytes()[:-1])
    fit(pipeline)
    assert sampled == [1, 2, 3, 4, 5]
    fit(pipeline)
    assert len(sampled) == 5


@pytest.mark.parametrize(("limit", "value"), [("MAX_RHAT", 1.0005), ("MIN_ESS", 2001.0)])
def test_what_does_not_pass_the_gate_any_more_is_fitted_anew(
    pipeline, sampled, monkeypatch, limit, value
):
    fit(pipeline)
    del sampled[:]
    monkeypatch.setattr(gate_module, limit, value)
    fit(pipeline)
    assert sampled == [1, 2, 3, 4, 5]


def test_without_a_workbook_nothing_is_kept(small_pipeline, sampled, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    fit(small_pipeline)
    assert list(tmp_path.iterdir()) == []
