"""What some tests need beside Python: programs and files; where one is missing the test says so."""

import os
import shutil
from pathlib import Path

import pytest

__all__ = ["SHARED", "program", "shared_files"]

SHARED = Path(__file__).resolve().parents[2] / "shared"
"""Data of other projects, kept outside the repository; they may not be copied into it."""


def shared_files(pattern: str) -> list[Path]:
    """List files in the folder beside the repository, none where it is missing."""
    return sorted(SHARED.glob(pattern))


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
