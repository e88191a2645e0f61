"""Commands are loaded when they are called, and listed without being loaded."""

import subprocess
import sys

import pytest
from typer.main import get_command

from salespipe.cli import app
from salespipe.cli.registry import COMMANDS

WIDTH = 80 - 2 - len("followups") - 2
"""Letters of a summary that fit beside the names of the commands."""

LOADED = """
import sys
from salespipe.cli import main
sys.argv = ["salespipe", *{arguments!r}]
try:
    main()
except SystemExit:
    pass
print(sorted(name for name in sys.modules if name.partition(".")[0] in {heavy!r}), file=sys.stderr)
"""


def loaded(arguments, heavy):
    """Give the modules of heavy packages that a command loads, in a process of its own."""
    code = LOADED.format(arguments=arguments, heavy=heavy)
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return said.stdout, said.stderr.splitlines()[-1]


def test_every_command_is_where_the_registry_says_and_has_its_name():
    for name, command in get_command(app).commands.items():
        assert command.name == name
        assert command.callback.__module__ == f"salespipe.cli.{COMMANDS[name].module}"


@pytest.mark.parametrize(("name", "entry"), COMMANDS.items())
def test_a_summary_is_a_sentence_that_is_not_cut(name, entry):
    assert entry.summary.endswith(".")
    assert len(entry.summary) <= WIDTH, name


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["nwe"]])
def test_help_loads_nothing_that_reads_or_reckons(arguments):
    heavy = {"numpy", "pandas", "scipy", "openpyxl", "xlsxwriter", "matplotlib", "pymc"}
    said, modules = loaded(arguments, heavy)
    assert modules == "[]"
    if arguments == ["--help"]:
        assert all(entry.summary in said for entry in COMMANDS.values())


def test_an_empty_workbook_is_made_without_what_reckons(tmp_path):
    path = tmp_path / "new.xlsx"
    _, modules = loaded(["new", str(path)], {"scipy", "matplotlib", "pymc", "sklearn"})
    assert path.exists()
    assert modules == "[]"


def test_a_name_typed_wrong_is_guessed(shell):
    said = shell("nwe")
    assert said.status == 2
    assert "Did you mean 'new'?" in said.err
