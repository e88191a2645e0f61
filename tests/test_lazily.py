"""Names that are loaded when they are first used."""

import sys

import pytest

import salespipe
from salespipe import screen, workbook
from salespipe.lazily import loaded_from


def test_a_name_is_taken_from_its_module():
    load = loaded_from("email", {"parser": "email.parser", "Message": "email.message"})
    assert load("Message") is sys.modules["email.message"].Message
    assert load("parser") is sys.modules["email.parser"]  # a module of the package itself


def test_a_name_that_is_not_there_is_named():
    with pytest.raises(AttributeError, match="module 'email' has no attribute 'nothing'"):
        loaded_from("email", {})("nothing")


@pytest.mark.parametrize("package", [salespipe, screen, workbook])
def test_every_public_name_can_be_loaded(package):
    for name in package.__all__:
        assert getattr(package, name) is not None
