from salespipe.problems import Problem, count_by_rule, count_by_severity, problem_table


def problem(rule, severity, cell="B2"):
    return Problem("Deals", cell, "Amount", "x", rule, severity, "It is wrong.", "Mend it.")


FOUND = [
    problem("overdue", "info"),
    problem("amount", "error"),
    problem("overdue", "info"),
    problem("stage", "info"),
]


def test_every_severity_is_counted():
    assert count_by_severity(FOUND) == {"error": 1, "warning": 0, "info": 3}


def test_rules_are_counted_worst_first_then_most_frequent():
    counts = count_by_rule(FOUND)
    assert counts.to_numpy().tolist() == [
        ["amount", "error", 1],
        ["overdue", "info", 2],
        ["stage", "info", 1],
    ]


def test_the_table_has_a_row_per_problem_and_its_columns_even_when_empty():
    table = problem_table(FOUND)
    assert table["rule"].tolist() == ["overdue", "amount", "overdue", "stage"]
    assert list(problem_table([]).columns) == list(table.columns)
    assert count_by_rule([]).empty


def test_a_problem_of_a_whole_sheet_has_no_cell_in_its_line():
    assert str(problem("a", "info")) == "Deals!B2: It is wrong. Mend it."
    assert str(problem("a", "info", cell="")) == "Deals: It is wrong. Mend it."
