import numpy as np
import pytest

from salespipe.plots import contributions, fan


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
