import numpy as np
import pandas as pd
import pytest

from salespipe.plots import ranges, total

DRAWS = np.random.default_rng(1).lognormal(13, 0.4, 2000)


def _words(picture) -> list[str]:
    picture.draw_without_rendering()
    axes = picture.axes[0]
    legend = axes.get_legend()
    labels = [text.get_text() for text in legend.get_texts()] if legend else []
    return [*labels, *(text.get_text() for text in axes.texts)]


def test_the_total_shows_every_draw_and_the_target(summary, assert_nothing_cut):
    picture = total(DRAWS, row=summary.iloc[-1], currency="EUR")
    assert_nothing_cut(picture)
    assert sum(bar.get_height() for bar in picture.axes[0].patches) == pytest.approx(1)
    assert "target 360k" in _words(picture)
    assert "70 % of the simulations" in picture.get_suptitle()


def test_the_total_without_a_target_says_so(summary):
    row = summary.iloc[-1].copy()
    row["target"] = np.nan
    picture = total(DRAWS, row=row, currency="EUR")
    assert picture.get_suptitle() == "EUR 474k likely; no target is set"


@pytest.mark.parametrize("draws", [np.zeros(2000), np.full(2000, 5e6)])
def test_draws_that_are_all_alike_can_be_drawn(summary, draws, assert_nothing_cut):
    row = summary.iloc[-1].copy()
    row[["worst", "likely", "best"]] = draws[0]
    assert_nothing_cut(total(draws, row=row, currency="EUR"))


def test_every_group_has_its_range(groups, assert_nothing_cut):
    picture = ranges(groups, by="owner", currency="EUR")
    assert_nothing_cut(picture)
    labels = [label.get_text() for label in picture.axes[0].get_yticklabels()]
    assert labels == list(groups["group"])
    assert _words(picture).count("reaches it: 70 %") == 3


def test_groups_without_targets(groups, assert_nothing_cut):
    bare = groups.assign(target=np.nan, p_target=np.nan)
    picture = ranges(bare, by="segment", currency="EUR")
    assert_nothing_cut(picture)
    assert "target" not in _words(picture)


@pytest.mark.parametrize("count", [0, 1, 45])
def test_any_number_of_groups(groups, count, assert_nothing_cut):
    table = pd.concat([groups.head(1)] * count) if count else groups.head(0)
    picture = ranges(table, by="owner", currency="EUR")
    assert_nothing_cut(picture)
    assert len(picture.axes[0].get_yticklabels()) == count


def test_chinese_names_have_letters(groups, chinese, assert_nothing_cut):
    groups.loc[0, "group"] = chinese
    picture = ranges(groups, by="owner", currency="CNY")
    assert_nothing_cut(picture)
    # A glyph that is missing is a warning, which the test run makes an error.
    assert picture._repr_mimebundle_()
