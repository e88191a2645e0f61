"""Compiled models, kept: one of the same graph is sampled with what is there and its own data."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pymc as pm
import pytensor
from pytensor.graph.basic import Variable, equal_computations

__all__ = ["Compiled", "compile_model", "compiled_for", "load_sampler"]

# Rounding that may depend on what the compiler has cached would make a first run differ from later
# ones: a sampler turns the last digit into other draws.
pytensor.config.numba__fastmath = False

# The sources of compiled functions would stay for ever in the system's folder of temporary files, a
# hundred more with each run; here each is kept once, and removed when it is old.
if not pytensor.config.generated_src_dir:
    pytensor.config.generated_src_dir = str(Path(pytensor.config.base_compiledir) / "sources")

type Compiled = Any
"""A model as nutpie compiled it."""

MOST: Final = 12
"""Compiled models kept by a process, the latest used last: some tens of megabytes each."""


@dataclass(frozen=True)
class _Kept:
    """A model that was compiled.

    Attributes
    ----------
    model : Model
    density : Variable
        Its log density.
    compiled : Compiled
    """

    model: pm.Model
    density: Variable
    compiled: Compiled


_kept: list[_Kept] = []


def load_sampler() -> Any:  # noqa: ANN401 (it has no types)
    """Load nutpie when it is needed: a fit out of the store takes seconds less without it."""
    import nutpie  # noqa: PLC0415

    return nutpie


def compile_model(model: pm.Model, *, derived: bool = True) -> Compiled:
    """Compile a model; its ``pm.Data`` can be exchanged later.

    Parameters
    ----------
    model : Model
    derived : bool
        Whether the sampler also computes what the model derives from its parameters.
    """
    names = None if derived else [variable.name for variable in model.free_RVs]
    return load_sampler().compile_pymc_model(model, var_names=names)


def compiled_for(
    model: pm.Model, *, shaped: Callable[[pm.Model], pm.Model] | None = None
) -> Compiled:
    """Give a compiled model with a model's data: one that is kept if their graphs are the same.

    Only models with ``pm.Data`` are kept. Two models share one where their log densities are equal,
    operation by operation and constant by constant, as functions of parameters and data. What they
    derive from their parameters is left out.

    Parameters
    ----------
    model : Model
    shaped : callable, optional
        What the model is turned into before it is compiled; always the same for the same graph.
    """
    turned = shaped or (lambda same: same)
    if not model.data_vars:
        return compile_model(turned(model), derived=False)
    density = model.logp()
    values = {data.name: data.get_value() for data in model.data_vars}
    for place, kept in enumerate(_kept):
        if _same(kept, model, density):
            _kept.append(_kept.pop(place))
            # The starting points are drawn around the data of the model that was compiled.
            for data in kept.model.data_vars:
                data.set_value(values[data.name])
            used = {data.name for data in kept.compiled.shared_var_keys}
            return kept.compiled.with_data(**{name: values[name] for name in used & set(values)})
    found = _Kept(model, density, compile_model(turned(model), derived=False))
    _kept.append(found)
    del _kept[:-MOST]
    return found.compiled


def _same(kept: _Kept, model: pm.Model, density: Variable) -> bool:
    ours, theirs = _inputs(kept.model), _inputs(model)
    if [(one.name, one.type) for one in ours] != [(one.name, one.type) for one in theirs]:
        return False
    if _lengths(kept.model) != _lengths(model):
        return False
    same: bool = equal_computations([kept.density], [density], in_xs=ours, in_ys=theirs)
    return same


def _inputs(model: pm.Model) -> list[Variable]:
    sizes = [model.dim_lengths[dim] for dim in _lengths(model)]
    return [*model.continuous_value_vars, *model.data_vars, *sizes]


def _lengths(model: pm.Model) -> dict[str, int]:
    """Give the lengths of the dimensions of all parameters."""
    dims = (model.named_vars_to_dims.get(variable.name, ()) for variable in model.free_RVs)
    return {dim: len(model.coords[dim]) for one in dims for dim in one}
