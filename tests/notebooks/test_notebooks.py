import ast
import re
from pathlib import Path

import nbformat
import pytest

FOLDER = Path(__file__).parents[2] / "notebooks"
NAMES = sorted(path.name for path in FOLDER.glob("*.ipynb"))
ALLOWED = {"salespipe", "pandas", "IPython"}
PARAMETERS = {"workbook", "as_of", "months", "seed"}


@pytest.fixture(params=NAMES)
def notebook(request):
    return nbformat.read(FOLDER / request.param, as_version=4)


def code_of(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_the_first_four_are_there():
    assert NAMES[:4] == [
        "1-check-workbook.ipynb",
        "2-kpi-review.ipynb",
        "3-win-rate.ipynb",
        "4-revenue-forecast.ipynb",
    ]


def test_outputs_are_stripped(notebook):
    nbformat.validate(notebook)
    for cell in code_of(notebook):
        assert cell.outputs == []
        assert cell.execution_count is None


def test_cell_ids_are_those_that_nbstripout_gives(notebook):
    """Random ids would change, and show in every diff, whenever a notebook is saved."""
    assert [cell.id for cell in notebook.cells] == [str(k) for k in range(len(notebook.cells))]


def test_it_begins_with_its_title_and_question(notebook):
    title, *rest = notebook.cells[0].source.splitlines()
    assert notebook.cells[0].cell_type == "markdown"
    assert re.match(r"# \d\. .+\?$", title)
    assert len(" ".join(rest)) > 100


def test_one_cell_holds_the_parameters(notebook):
    tagged = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    assert len(tagged) == 1
    assert code_of(notebook)[0] == tagged[0]
    tree = ast.parse(tagged[0].source)
    names = {target.id for line in tree.body for target in line.targets}
    assert names >= PARAMETERS
    assert all(isinstance(line.value, ast.Constant) for line in tree.body)


def test_the_last_cell_only_asserts(notebook):
    tree = ast.parse(notebook.cells[-1].source)
    asserts = [node for node in ast.walk(tree) if isinstance(node, ast.Assert)]
    assert len(asserts) >= 4
    assert isinstance(tree.body[-1], ast.Assert)


def test_every_section_has_a_heading_and_shows_something(notebook):
    cells = notebook.cells[3:]
    for heading, code in zip(cells[::2], cells[1::2], strict=True):
        assert heading.cell_type == "markdown"
        assert heading.source.startswith("## ")
        assert code.cell_type == "code"


def test_work_is_done_in_the_package_not_here(notebook):
    for cell in code_of(notebook):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.FunctionDef):
                assert node.end_lineno - node.lineno < 3
            last = cell is notebook.cells[-1]
            assert last or not isinstance(node, (ast.For, ast.While, ast.ClassDef))
            if isinstance(node, ast.ImportFrom):
                assert node.module.split(".")[0] in ALLOWED
            if isinstance(node, ast.Import):
                assert {name.name.split(".")[0] for name in node.names} <= ALLOWED
