import pandas as pd
import pytest

from salespipe.plots import compare, forest, funnel, problem_counts, trend


def _labels(axis) -> list[str]:
    return [label.get_text() for label in axis.get_ticklabels()]


def _legend(picture) -> list[str]:
    return [text.get_text() for text in picture.axes[0].get_legend().get_texts()]


def test_problems_are_counted_by_rule(assert_nothing_cut):
    counts = pd.DataFrame(
        {"rule": ["amount-missing", "overdue"], "severity": ["error", "info"], "count": [3, 1200]}
    )
    picture = problem_counts(counts)
    assert_nothing_cut(picture)
    assert picture.get_suptitle() == "1,203 cells to look at, by 2 rules"
    assert _labels(picture.axes[0].yaxis) == ["amount missing", "overdue"]
    assert _legend(picture) == ["error", "info"]


def test_a_clean_workbook_has_its_picture_too(assert_nothing_cut):
    picture = problem_counts(pd.DataFrame({"rule": [], "severity": [], "count": []}))
    assert_nothing_cut(picture)
    assert picture.get_suptitle() == "Nothing to mend"


def test_the_funnel_by_count_and_by_value(funnel_table, assert_nothing_cut):
    picture = funnel(funnel_table, currency="EUR")
    assert_nothing_cut(picture)
    left, right = picture.axes
    assert [bar.get_width() for bar in left.patches] == [12, 6, 3]
    assert [bar.get_width() for bar in right.patches][3:] == [27.1e3, 28.4e3, 100.1e3]
    assert picture.get_suptitle() == "21 open deals worth EUR 556k, weighted EUR 156k"


def test_an_empty_funnel(funnel_table, assert_nothing_cut):
    nothing = funnel_table.assign(count=0, value=0.0, weighted=0.0)
    assert_nothing_cut(funnel(nothing, currency="EUR"))


def test_unripe_months_are_shaded_and_hollow(kpis, assert_nothing_cut):
    picture = trend(kpis, name="Win rate", definition="won / created", currency="EUR")
    assert_nothing_cut(picture)
    assert "too young to judge" in _legend(picture)
    ripe, unripe, _ = picture.axes[0].lines
    assert (len(ripe.get_xdata()), len(unripe.get_xdata())) == (8, 2)
    shade = picture.axes[0].patches[0]
    assert (shade.get_x(), shade.get_x() + shade.get_width()) == (7.5, 9.5)
    assert _labels(picture.axes[0].xaxis)[0] == "2026-01\nn = 30"


def test_ripe_months_are_not_shaded(kpis):
    ripe = kpis.assign(population="deals")
    picture = trend(ripe, name="Win rate", definition="won / created", currency="EUR")
    assert not picture.axes[0].patches
    assert "too young to judge" not in _legend(picture)


def test_a_trend_without_a_month_or_a_value(kpis, assert_nothing_cut):
    total = kpis[kpis["by"] == "total"].assign(value=float("nan"))
    picture = trend(total, name="Win rate", definition="won / created", currency="EUR")
    assert_nothing_cut(picture)


def test_a_comparison_has_the_best_on_top_and_the_whole_as_a_line(kpis, assert_nothing_cut):
    picture = compare(kpis, name="Win rate", definition="won / created", by="owner", currency="EUR")
    assert_nothing_cut(picture)
    assert _labels(picture.axes[0].yaxis) == ["Cem", "Bo", "Ana"]
    assert _legend(picture) == ["all: 20 %"]


def test_stages_keep_their_order(kpis, assert_nothing_cut):
    picture = compare(
        kpis, name="Stage conversion", definition="went on", by="stage", currency="EUR"
    )
    assert_nothing_cut(picture)
    assert _labels(picture.axes[0].yaxis) == ["Prospecting", "Qualification"]


@pytest.mark.parametrize("draw", [trend, compare])
def test_a_kpi_that_is_not_there_is_named(kpis, draw):
    by = {"by": "owner"} if draw is compare else {}
    with pytest.raises(ValueError, match='no KPI "Win rate" defined as "won / asked"'):
        draw(kpis, name="Win rate", definition="won / asked", currency="EUR", **by)


def test_a_forest_marks_the_sheet_beside_the_estimate(assert_nothing_cut):
    table = pd.DataFrame(
        {"group": ["A", "B"], "value": [0.2, 0.6], "low": [0.1, 0.5], "high": [0.3, 0.7], "n": 9}
    ).assign(reference=[0.1, 0.7])
    picture = forest(table, title="Chances", label="Chance", remark="Why.")
    assert_nothing_cut(picture)
    assert _legend(picture) == ["as the Stages sheet has it"]
    estimate, reference = picture.axes[0].lines
    assert estimate.get_xdata().tolist() == [0.2, 0.6]
    assert reference.get_xdata().tolist() == [0.1, 0.7]
    assert estimate.get_marker() != reference.get_marker()
