from salespipe.problems import SEVERITIES, Problem, count_by_severity


def problem(severity="error", cell="F7"):
    return Problem(
        sheet="Deals",
        cell=cell,
        column="Amount",
        value="abc",
        rule="amount-not-a-number",
        severity=severity,
        message='"abc" is not a number.',
        remedy="Enter the amount in digits.",
    )


def test_a_problem_reads_as_one_line_with_its_place():
    line = 'Deals!F7: "abc" is not a number. Enter the amount in digits.'
    assert str(problem()) == line
    assert str(problem(cell="")) == line.replace("!F7", "")


def test_problems_are_counted_worst_first_and_every_severity_is_there():
    counts = count_by_severity(problem(word) for word in ("info", "error", "info"))
    assert counts == {"error": 1, "warning": 0, "info": 2}
    assert tuple(counts) == SEVERITIES
    assert count_by_severity([]) == dict.fromkeys(SEVERITIES, 0)
