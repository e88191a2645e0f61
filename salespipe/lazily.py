"""Public names of a package, loaded when they are first used (PEP 562)."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

__all__ = ["loaded_from"]


def loaded_from(package: str, home: Mapping[str, str]) -> Callable[[str], Any]:
    """Give the ``__getattr__`` of a package whose names wait in other modules.

    Parameters
    ----------
    package : str
        Its name.
    home : mapping of str to str
        Module in which each name lives; a name that is a module of the package is its own home.
    """

    def load(name: str) -> Any:  # noqa: ANN401
        if name not in home:
            message = f"module {package!r} has no attribute {name!r}"
            raise AttributeError(message)
        module = import_module(home[name])
        return module if home[name] == f"{package}.{name}" else getattr(module, name)

    return load
