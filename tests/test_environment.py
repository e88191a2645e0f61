"""One set of bounds, said three times: pyproject.toml, environment.yml, requirements.txt."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
PINS_TEXT = (ROOT / "requirements.txt").read_text("utf-8")

CONDA_ONLY = {"python", "pip"}
"""What conda provides itself: the interpreter, and what puts salespipe in."""


def by_name(lines):
    found = [Requirement(line) for line in lines]
    bounds = {canonicalize_name(each.name): each.specifier for each in found}
    assert len(bounds) == len(found), "a package stands there twice"
    return bounds


def wanted():
    extras = PROJECT["optional-dependencies"]
    own = f"{PROJECT['name']}[cluster,docs,notebooks]"
    assert own in extras["dev"], "dev is meant to include the notebooks, pages and the cluster"
    included = [line for extra in ("notebooks", "docs", "cluster") for line in extras[extra]]
    lines = [*PROJECT["dependencies"], *included, *extras["dev"]]
    return by_name(line for line in lines if line != own)


def pins():
    lines = [line.partition("#")[0].strip() for line in PINS_TEXT.splitlines()]
    return [Requirement(line) for line in lines if line]


def test_conda_gets_the_same_packages_and_bounds():
    conda = by_name(CONDA["dependencies"])
    benchmarks = by_name(PROJECT["optional-dependencies"]["benchmarks"])
    assert {name: conda[name] for name in conda.keys() - CONDA_ONLY} == wanted() | benchmarks


def test_conda_gets_the_same_python():
    conda = by_name(CONDA["dependencies"])
    assert conda["python"] == SpecifierSet(PROJECT["requires-python"])


def test_conda_reads_one_channel_by_its_name():
    assert CONDA["name"] == PROJECT["name"]
    assert CONDA["channels"] == ["conda-forge"]


@pytest.mark.parametrize("name", sorted(wanted()))
def test_every_dependency_is_pinned_inside_its_bounds(name):
    found = [pin for pin in pins() if canonicalize_name(pin.name) == name]
    assert found
    for pin in found:
        assert Version(str(pin.specifier).removeprefix("==")) in wanted()[name]


def test_every_line_of_the_pins_is_a_pin():
    for pin in pins():
        assert re.fullmatch(r"==[^*,]+", str(pin.specifier)), pin
        assert pin.url is None


def test_the_pins_name_no_host_and_no_path():
    assert not re.search(r"https?:|file:|git\+|@ |--(extra-)?index-url |--find-links ", PINS_TEXT)


def test_the_pins_say_how_they_are_made():
    command = PINS_TEXT.splitlines()[1]
    assert command.startswith("#    uv pip compile pyproject.toml --extra dev --universal")
    lowest = PROJECT["requires-python"].split(",")[0].removeprefix(">=")
    assert f"--python-version {lowest}" in command


def test_the_python_that_uv_takes_is_allowed():
    named = (ROOT / ".python-version").read_text().strip()
    assert Version(named) in SpecifierSet(PROJECT["requires-python"])
