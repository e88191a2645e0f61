import pandas as pd
import pytest

from salespipe.plots import compare, forest, trend


def _labels(axis) -> list[str]:
    return [label.get_text() for label in axis.get_ticklabels()]


def _legend(picture) -> list[str]:
    return [text.get_text() for text in picture.axes[0].get_legend().get_texts()]


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
