"""Functions compiled to machine code by numba, and kept on disk."""

from typing import TYPE_CHECKING, cast

from numba import njit

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["compiled"]


def compiled[**Taken, Result](function: "Callable[Taken, Result]") -> "Callable[Taken, Result]":
    """Compile a function when it is first called, and keep it on disk where there is a place.

    What is kept is made anew when the function's own file changes, and would not notice a change in
    another one: what is compiled together has to stand in one file.

    Parameters
    ----------
    function : callable
    """
    try:
        made = njit(cache=True, nogil=True, error_model="numpy")(function)
    except RuntimeError:  # Neither the package's folder nor the user's can be written.
        made = njit(nogil=True, error_model="numpy")(function)
    return cast("Callable[Taken, Result]", made)
