"""JupyterLab as `salespipe lab` starts it: a real server, and a notebook run in a real browser."""

import os
import shutil
import socket
import subprocess
import sys
import time
from urllib.request import urlopen

import pytest

from salespipe.cli import lab
from tests.requirements import program

TOKEN = "for-this-test"  # noqa: S105 (of a server that lives for seconds)


def test_the_notebooks_are_copied_and_what_is_there_stays(shell, tmp_path, monkeypatch):
    commands = []
    done = subprocess.CompletedProcess([], 0)
    monkeypatch.setattr(lab.subprocess, "run", lambda c, **_: commands.append(c) or done)
    (tmp_path / "2-kpi-review.ipynb").write_text("my own")
    said = shell("lab", tmp_path, "--no-browser", "--port", 9999)
    assert (said.status, said.err) == (0, "")
    assert str(tmp_path) in said.out
    names = {path.name for path in tmp_path.iterdir()}
    assert {"1-check-workbook.ipynb", "4-revenue-forecast.ipynb"} <= names
    assert (tmp_path / "2-kpi-review.ipynb").read_text() == "my own"
    (command,) = commands
    assert command[1:5] == ["-m", "jupyterlab", "--notebook-dir", str(tmp_path)]
    assert {"--no-browser", "9999"} <= {*command}


def test_a_folder_that_cannot_be_made_is_refused(shell, tmp_path):
    (tmp_path / "file").write_text("in the way")
    said = shell("lab", tmp_path / "file" / "deeper")
    assert said.status == 1
    assert "cannot be made" in said.err


def test_without_jupyterlab_it_says_how_to_get_it(shell, tmp_path, monkeypatch):
    monkeypatch.setattr(lab, "find_spec", lambda _: None)
    said = shell("lab", tmp_path)
    assert said.status == 1
    assert "salespipe[notebooks]" in said.err


@pytest.fixture
def server(tmp_path, company_book):
    """Start the server on a folder in which the example is the small company's workbook."""
    folder = tmp_path / "notebooks"
    shutil.copytree(company_book.parent, folder / "salespipe-demo")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "salespipe", "lab", folder, "--no-browser", "--port"]
    folders = {
        f"JUPYTER_{kind}_DIR": str(tmp_path / kind) for kind in ("CONFIG", "DATA", "RUNTIME")
    }
    environment = {**os.environ, **folders, "JUPYTER_TOKEN": TOKEN}
    if os.name == "posix" and os.geteuid() == 0:
        (tmp_path / "CONFIG").mkdir()
        settings = "c.ServerApp.allow_root = True\n"
        (tmp_path / "CONFIG" / "jupyter_server_config.py").write_text(settings)
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [*command, str(port)], env=environment, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
        url = f"http://127.0.0.1:{port}"
        try:
            _wait(f"{url}/api/status?token={TOKEN}", process, tmp_path / "log")
            yield url
        finally:
            os.killpg(process.pid, 15)
            process.wait(30)


def _wait(url, process, log):
    for _ in range(180):
        assert process.poll() is None, log.read_text()
        try:
            with urlopen(url, timeout=5):  # noqa: S310 (the server above)
                return
        except OSError:
            time.sleep(0.5)
    pytest.fail(f"no server at {url}: {log.read_text()}")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_notebook_runs_in_the_browser_and_shows_its_figure(server):
    chromium = program("chromium")
    sync_playwright = pytest.importorskip("playwright.sync_api").sync_playwright
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        view = browser.new_page(viewport={"width": 1400, "height": 1000})
        view.set_default_timeout(150_000)
        view.goto(f"{server}/lab/tree/1-check-workbook.ipynb?token={TOKEN}")
        view.locator(".jp-MarkdownOutput h1").first.wait_for()
        view.get_by_text("| Idle").first.wait_for()
        view.get_by_role("menuitem", name="Run", exact=True).click()
        view.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        view.locator(".jp-OutputArea img").first.wait_for()
        view.locator(".jp-OutputArea table").first.wait_for()
        assert view.locator(".jp-RenderedText[data-mime-type*=stderr]").count() == 0
        browser.close()
