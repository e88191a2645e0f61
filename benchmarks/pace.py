"""How fast this machine is now, so that times mean the same on a slow machine as on a usual one."""

from time import process_time

USUAL = 0.039
"""Processor seconds that a usual machine takes for a million additions."""


def additions(count: int) -> float:
    """Processor seconds of so many additions in plain Python: by it machines can be compared."""
    begin = process_time()
    total = 0
    for number in range(count):
        total += number
    return process_time() - begin


def allowed(seconds: float) -> float:
    """Give what this machine, at its pace of now, may take where a usual one may take so long."""
    return seconds * max(1.0, min(additions(1_000_000) for _ in range(3)) / USUAL)
