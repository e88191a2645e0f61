"""The rules of ARCHITECTURE.md, checked against the code."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "salespipe"
TEXT = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
HEAVY = ("pymc", "pytensor", "arviz", "nutpie", "numba", "matplotlib", "dask", "distributed")


def sources():
    return sorted(PACKAGE.rglob("*.py"))


def named_in_the_map():
    """Give the files that the module map names, each as often as it does."""
    folder, found = "", []
    for line in TEXT.partition("## Module map")[2].splitlines():
        if heading := re.fullmatch(r"### `(.+/)`", line):
            folder = heading[1]
        elif row := re.match(r"\| `(\S+\.py)` \| \S", line):
            found.append(folder + row[1])
    return found


def test_the_map_names_every_module_once_and_no_other():
    # A package's own file needs no row: its heading says what the package is.
    headings = {path.parent for path in sources() if path.name == "__init__.py"} - {PACKAGE}
    there = [path for path in sources() if path.name != "__init__.py" or path.parent == PACKAGE]
    assert sorted(named_in_the_map()) == [path.relative_to(ROOT).as_posix() for path in there]
    assert set(re.findall(r"^### `salespipe/(.+)/`$", TEXT, re.MULTILINE)) == {
        path.relative_to(PACKAGE).as_posix() for path in headings
    }


def test_the_layers_drawn_are_the_layers_checked():
    """The drawing may put layers of the contract on separate lines, never in another order."""
    contract = (ROOT / ".importlinter").read_text("utf-8")
    layers = contract.partition("layers =\n")[2].partition("\n\n")[0]
    checked = [sorted(re.split(r" \| ", line.strip())) for line in layers.splitlines()]
    block = next(part for part in TEXT.split("```") if part.startswith("\n__main__"))
    drawn = [
        sorted(re.split(r"\s{2,}", line)[0].split(", ")) for line in block.strip().splitlines()
    ]
    assert drawn[0] == sorted(name for layer in checked[:3] for name in layer)
    assert [name for layer in drawn[1:] for name in layer] == [
        name for layer in checked[3:] for name in layer
    ]


def test_imports_keep_the_contracts(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    status = lint_imports(is_debug_mode=False, show_timings=False, cache_dir=None)
    assert status == 0, capsys.readouterr().out


def test_only_where_ruff_allows_it_is_anything_printed():
    ruff = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]["lint"]
    assert "T20" in ruff["select"]
    allowed = [glob for glob, rules in ruff["per-file-ignores"].items() if "T20" in rules]
    assert not any(glob.startswith("salespipe") for glob in allowed)
    callers = []
    for path in [*sources(), *(ROOT / "docs").rglob("*.py")]:
        name = path.relative_to(ROOT).as_posix()
        tree = ast.parse(path.read_text("utf-8"))
        if any(is_call(node, "print") for node in ast.walk(tree)):
            callers += [name] if not any(fnmatch(name, glob) for glob in allowed) else []
    assert callers == []


def is_call(node, name):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def test_only_the_command_line_asks_what_day_it_is_or_ends_the_program():
    asked = {
        path.relative_to(PACKAGE).as_posix()
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and (
            node.attr in {"today", "now", "utcnow"}
            or (node.attr == "exit" and getattr(node.value, "id", "") == "sys")
        )
    }
    assert asked == {"cli/__init__.py", "cli/shell.py"}


def test_every_module_says_what_it_offers():
    silent = [
        path.relative_to(PACKAGE).as_posix()
        for path in sources()
        # All of names.py is offered: it is the vocabulary.
        if path.name not in {"__init__.py", "__main__.py", "names.py"}
        and not re.search(r"^__all__ = ", path.read_text("utf-8"), re.MULTILINE)
    ]
    assert silent == []


def test_every_public_name_is_there():
    import salespipe

    for name in salespipe.__all__:
        assert getattr(salespipe, name) is not None
    assert dir(salespipe) == sorted(salespipe.__all__)
    with pytest.raises(AttributeError, match="no attribute 'forcast'"):
        _ = salespipe.forcast


STEPS = """
import contextlib, io, json, sys

def loaded():
    return [name for name in {heavy} if name in sys.modules]

import salespipe
seen = {{"import": loaded()}}
from salespipe.cli import main
for arguments in {commands}:
    sys.argv = ["salespipe", *arguments]
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        try:
            main()
        except SystemExit as end:
            assert end.code in (None, 0, 1)
    assert told.getvalue()
    seen[arguments[0]] = loaded()
salespipe.plots
seen["plots"] = loaded()
print(json.dumps(seen))
"""


def test_what_is_quick_loads_nothing_heavy(company_book, tmp_path):
    book = str(company_book)
    commands = [["--help"], ["new", "book.xlsx"], ["check", book], ["kpi", book]]
    program = STEPS.format(heavy=HEAVY, commands=commands)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    seen = json.loads(done.stdout.splitlines()[-1])
    # The last step shows that something heavy would have been noticed.
    assert seen.pop("plots") == ["matplotlib"]
    assert seen == {"import": [], "--help": [], "new": [], "check": [], "kpi": []}
