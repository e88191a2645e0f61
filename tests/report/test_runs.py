"""Running notebooks: in the order of their numbers, and none for another's fault."""

from pathlib import Path

import nbformat
import nbformat.v4 as nb
import pytest

from salespipe.report.runs import notebooks_folder, numbered, run_notebooks

KERNEL = {
    "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
    "language_info": {"name": "python"},
}


def write(folder, name, source):
    folder.mkdir(exist_ok=True)
    cells = [
        nb.new_markdown_cell("# 1. A title?"),
        nb.new_code_cell("workbook = 'demo'\nseed = 1", metadata={"tags": ["parameters"]}),
        nb.new_code_cell(source),
    ]
    nbformat.write(nb.new_notebook(cells=cells, metadata=KERNEL), folder / name)


def test_they_come_by_number_and_nothing_else_does(tmp_path):
    for name in ("10-last.ipynb", "2-second.ipynb", "1-first.ipynb", "draft.ipynb", "3-x.py"):
        (tmp_path / name).write_text("{}")
    names = [path.name for path in numbered(tmp_path)]
    assert names == ["1-first.ipynb", "2-second.ipynb", "10-last.ipynb"]


def test_those_of_the_project_are_found():
    assert [path.name[:2] for path in numbered(notebooks_folder())][:4] == ["1-", "2-", "3-", "4-"]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_one_that_stops_stops_no_other(tmp_path, capfd, monkeypatch):
    """All run in the folder of their outputs, though it is named from where this process is."""
    write(tmp_path / "in", "1-good.ipynb", "workbook, seed")
    write(tmp_path / "in", "2-bad.ipynb", "1 / 0")
    write(tmp_path / "in", "3-where.ipynb", "import os\nos.getcwd()")
    monkeypatch.chdir(tmp_path)
    told = []
    good, bad, where = run_notebooks(
        numbered(tmp_path / "in"),
        folder=Path("out"),
        parameters={"workbook": "mine.xlsx", "unknown": 3},
        at_a_time=2,
        tell=told.append,
    )
    assert "IPKernelApp" not in capfd.readouterr().err
    assert good.stopped == ""
    assert good.book.cells[-1].outputs[0].data["text/plain"] == "('mine.xlsx', 1)"
    assert bad.stopped == "ZeroDivisionError: division by zero"
    assert where.book.cells[-1].outputs[0].data["text/plain"] == repr(str(tmp_path / "out"))
    assert told[-1] == "Running the notebooks: 3 of 3 done"
    assert [path.name for path in numbered(tmp_path / "out")] == [
        "1-good.ipynb",
        "2-bad.ipynb",
        "3-where.ipynb",
    ]
