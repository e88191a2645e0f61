import pandas as pd

from salespipe.plots import funnel, problem_counts, trend


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
