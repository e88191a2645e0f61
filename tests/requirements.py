"""What some tests need beside Python: programs and files; where one is missing the test says so."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

__all__ = ["SHARED", "missing", "program", "shared_files"]

SHARED = Path(__file__).resolve().parents[2] / "shared"
"""Data of other projects, kept outside the repository; they may not be copied into it."""


def shared_files(pattern: str) -> list[Path]:
    """List files in the folder beside the repository, none where it is missing."""
    return sorted(SHARED.glob(pattern))


def program(name: str) -> str:
    """Give the path of a program, or leave the test out (see :func:`missing`)."""
    return shutil.which(name) or missing(f"{name} is not installed")


def missing(reason: str) -> NoReturn:
    """Skip a test for what the machine lacks; fail it under SALESPIPE_REQUIRE_ALL=1.

    Without that, a machine of .ci/run on which an installation step went wrong would look as if
    everything had passed.
    """
    if os.environ.get("SALESPIPE_REQUIRE_ALL") == "1":
        pytest.fail(f"{reason}, and SALESPIPE_REQUIRE_ALL=1 forbids skipping")
    pytest.skip(reason)
