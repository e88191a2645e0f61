"""Limits of time that ask the same of a slow machine as of a usual one."""

from time import process_time

ADDITIONS = 1_000_000
USUAL = 0.039
"""Processor seconds that a usual machine takes for them: limits are stated for such a one."""


def allowed(seconds):
    """Give the processor seconds that this machine, at its pace of now, may take instead."""
    return seconds * max(1.0, min(_spent() for _ in range(3)) / USUAL)


def _spent():
    begin = process_time()
    total = 0
    for number in range(ADDITIONS):
        total += number
    assert total > 0
    return process_time() - begin
