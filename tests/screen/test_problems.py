from dataclasses import replace

import pandas as pd

from salespipe.problems import Problem
from salespipe.results import COST_COLUMNS
from salespipe.screen.problems import show_problems
from tests.screen.shown import shown


def test_problems_name_their_cell_and_remedy_as_typed():
    first = Problem("Q[1]", "D2", "Stage", "x", "unknown-stage", "error", "No [stage].", "Mend it.")
    second = replace(first, cell="", severity="info", rule="other")
    row = ("unknown-stage", "error", 2, 2, 7.0, 0.08, 3.0, "2 deals carry 8%.")
    costs = pd.DataFrame([row, ("other", "info", *row[2:])], columns=list(COST_COLUMNS))
    text = shown(show_problems, (first, second), costs)
    lines = text.splitlines()
    assert lines[0] == "error   Q[1]!D2: No [stage]. Mend it. [unknown-stage]"
    assert lines[1].startswith("info    Q[1]: ")
    assert lines[2] == "2 deals carry 8%. [unknown-stage]"
    assert lines[3] == "1 errors, 0 warnings, 1 remarks."
    lines = shown(show_problems, (first, second), costs, "zh").splitlines()
    assert lines[0].startswith("错误")
    assert lines[3] == "1 个错误，0 个警告，1 个提示。"
