import inspect

import pytest

from salespipe import errors

LEAVES = {
    errors.WorkbookError: ValueError,
    errors.WorkbookNotFoundError: FileNotFoundError,
    errors.WorkbookEncryptedError: ValueError,
    errors.WorkbookLockedError: PermissionError,
    errors.WorkbookUnsafeError: ValueError,
    errors.MissingColumnError: KeyError,
    errors.ProblemsError: ValueError,
    errors.EmptyPipelineError: ValueError,
    errors.AsOfError: ValueError,
    errors.RateMissingError: ValueError,
    errors.SettingsError: ValueError,
    errors.HistoryError: ValueError,
    errors.ImportMapError: ValueError,
    errors.TemplateError: ValueError,
    errors.LedgerError: ValueError,
    errors.ConvergenceError: RuntimeError,
    errors.ReportError: RuntimeError,
    errors.ClusterError: ConnectionError,
}


def test_every_error_has_a_builtin_that_ordinary_code_can_catch():
    assert {name for name, _ in inspect.getmembers(errors, inspect.isclass)} == set(errors.__all__)
    assert {kind.__name__ for kind in LEAVES} | {"SalespipeError"} == set(errors.__all__)


@pytest.mark.parametrize("kind", LEAVES)
def test_an_error_prints_its_sentence_and_nothing_else(kind):
    sentence = "On the Deals sheet, column F is missing; add it."
    with pytest.raises(errors.SalespipeError) as by_root:
        raise kind(sentence)
    with pytest.raises(LEAVES[kind]):
        raise kind(sentence)
    assert str(by_root.value) == sentence


def test_a_missing_column_without_a_sentence_is_blank():
    assert str(errors.MissingColumnError()) == ""


def test_a_quoted_name_of_two_lines_keeps_the_sentence_on_one():
    assert str(errors.WorkbookError('The sheet "a\nb" is damaged.')).count("\n") == 0
