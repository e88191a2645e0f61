import numpy as np
import pandas as pd
import pytest

from salespipe.plots import contributions, fan, ranges, total

DRAWS = np.random.default_rng(1).lognormal(13, 0.4, 2000)


def _words(picture) -> list[str]:
    picture.draw_without_rendering()
    axes = picture.axes[0]
    legend = axes.get_legend()
    labels = [text.get_text() for text in legend.get_texts()] if legend else []
    return [*labels, *(text.get_text() for text in axes.texts)]


def test_the_fan_says_the_total_and_shows_past_and_future(summary, history, assert_nothing_cut):
    picture = fan(summary, history=history, currency="EUR")
    assert_nothing_cut(picture)
    title = picture.get_suptitle()
    assert title == "The next 3 months likely bring EUR 474k: 258k at worst, 812k at best"
    axes = picture.axes[0]
    assert len([bar for box in axes.containers for bar in box]) == len(history) + 3
    assert {"won", "won so far", "worst to best (10 % to 90 %)", "likely (50 %)", "target"} == set(
        _words(picture)
    )
    line = next(line for line in axes.lines if line.get_marker() == "o")
    assert line.get_ydata().tolist() == [90e3, 150e3, 140e3]
    assert axes.get_xticklabels()[0].get_text() == "2026-12"


def test_the_fan_tells_the_probabilities_that_were_set(summary, history):
    picture = fan(summary, history=history, currency="EUR", quantiles=(0.05, 0.5, 0.95))
    assert "worst to best (5 % to 95 %)" in _words(picture)


def test_the_fan_needs_neither_history_nor_target(summary, history, assert_nothing_cut):
    bare = summary.iloc[[0, 4]].assign(target=np.nan, p_target=np.nan, won_so_far=0.0)
    picture = fan(bare, history=history.head(0), currency="EUR")
    assert_nothing_cut(picture)
    assert picture.get_suptitle().startswith("The next month likely brings")
    assert not {"won", "target", "won so far"} & set(_words(picture))


def test_parts_are_stacked_to_the_mean(summary, assert_nothing_cut):
    picture = contributions(summary, currency="EUR")
    assert_nothing_cut(picture)
    tops = {}
    for bar in picture.axes[0].patches:
        place = round(bar.get_x() + bar.get_width() / 2)
        tops[place] = max(tops.get(place, 0), bar.get_y() + bar.get_height())
    assert tops == pytest.approx({0: 100e3, 1: 160e3, 2: 170e3})
    assert picture.get_suptitle().startswith("60 % of the EUR 430k expected")


def test_a_part_that_is_nothing_is_not_in_the_legend(summary):
    words = _words(contributions(summary.assign(from_new=0.0), currency="EUR"))
    assert "from deals not yet created" not in words
    assert "won so far" in words


def test_nothing_expected_is_no_division_by_zero(summary, assert_nothing_cut):
    money = ["mean", "won_so_far", "from_open", "from_new"]
    picture = contributions(summary.assign(**dict.fromkeys(money, 0.0)), currency="EUR")
    assert_nothing_cut(picture)


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
