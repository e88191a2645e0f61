"""Programs that some tests need beside Python; where one is missing the test says so."""

import os
import shutil

import pytest

__all__ = ["program"]


def program(name: str) -> str:
    """Give the path of a program, or skip the test; fail under SALESPIPE_REQUIRE_ALL=1.

    Without that, a machine of .ci/run on which an installation step went wrong would look as if
    everything had passed.
    """
    path = shutil.which(name)
    if path is not None:
        return path
    reason = f"{name} is not installed"
    if os.environ.get("SALESPIPE_REQUIRE_ALL") == "1":
        pytest.fail(f"{reason}, and SALESPIPE_REQUIRE_ALL=1 forbids skipping")
    pytest.skip(reason)
