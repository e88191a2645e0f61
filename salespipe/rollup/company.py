"""The company: parts of many workbooks put together, with business units where owners stand."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from salespipe import names as n
from salespipe.exposure import CELL_COLUMNS, Exposure, union, with_levels
from salespipe.pieces import owners_words
from salespipe.pipeline import Pipeline
from salespipe.rollup.part import Part
from salespipe.settings import Settings
from salespipe.stages import Stage
from salespipe.tables import COLUMNS, empty
from salespipe.targets import team_quotas

__all__ = ["Company", "put_together", "unlike"]

_COUNTS: Final = ["days", "onward", "lost"]


@dataclass(frozen=True)
class Company:
    """All parts as one.

    Attributes
    ----------
    pipeline : Pipeline
        Deals and stays of all units; `owner` is the business unit, ids begin with its name.
    exposure : Exposure
        Cells summed over each unit's owners; `owners` are the units.
    """

    pipeline: Pipeline
    exposure: Exposure

    @property
    def units(self) -> tuple[str, ...]:
        """Names of the business units, in alphabetical order."""
        return self.exposure.owners

    def only(self, units: Sequence[str]) -> "Company":
        """Leave out all but some units; what was learned from the others stays learned."""
        names = tuple(unit for unit in self.units if unit in units)
        if names == self.units:
            return self
        pipeline = self.pipeline
        deals = pipeline.deals[pipeline.deals[n.OWNER].isin(names)]
        activities, targets = (
            table[table[n.OWNER].isin(names)] for table in (pipeline.activities, pipeline.targets)
        )
        stays = pipeline.stays[pipeline.stays[n.DEAL_ID].isin(deals[n.DEAL_ID])]
        kept = replace(pipeline, deals=deals, stays=stays, activities=activities, targets=targets)
        # Of the cells nothing is asked any more once the fit is made.
        return Company(kept, replace(self.exposure, owners=names))


def unlike(parts: Sequence[Part]) -> dict[str, str]:
    """Name the units that cannot be added to the others, each with a sentence that says why.

    What most units have in common is the company's: its currency, the first month of its fiscal
    year, and the open stages that its closed deals went through.
    """
    usual = Counter(_kind(part) for part in parts).most_common(1)[0][0]
    return {part.unit: _difference(_kind(part), usual) for part in parts if _kind(part) != usual}


type _Kind = tuple[str, int, tuple[str, ...]]


def _kind(part: Part) -> _Kind:
    settings = part.pipeline.settings
    return settings.currency, settings.fiscal_year_start, part.exposure.stages


def _difference(own: _Kind, usual: _Kind) -> str:
    named = ("currency", "first month of the fiscal year", "stages told apart by closed deals")
    for name, here, there in zip(named, own, usual, strict=True):
        if here != there:
            return (
                f"Its {name}, {_told(here)}, differ from most other workbooks' ({_told(there)}), "
                "so it cannot be added to them; make it agree, or forecast it alone with "
                "`salespipe run`."
            )
    return ""


def _told(value: object) -> str:
    return " > ".join(value) if isinstance(value, tuple) else str(value)


def put_together(parts: Sequence[Part], *, name: str) -> Company:
    """Put parts that agree together.

    Parameters
    ----------
    parts : sequence of Part
        As of one day, none of them :func:`unlike` the others.
    name : str
        The company's.
    """
    parts = sorted(parts, key=lambda part: part.unit)
    segments = union(part.exposure.segments for part in parts)
    sources = union(part.exposure.sources for part in parts)
    pipeline = _pipeline(parts, name)
    cells = [
        with_levels(part.exposure, segments=segments, sources=sources).cells.assign(owner=place)
        for place, part in enumerate(parts)
    ]
    landings = pd.concat([part.exposure.landings for part in parts], ignore_index=True)
    landings = landings.groupby(["stage", "due", "next"])["n"].sum().reset_index()
    first = parts[0].exposure
    exposure = Exposure(
        # Each unit's cells are summed alone: they have none in common with another's.
        cells=pd.concat([_summed(table) for table in cells], ignore_index=True),
        landings=landings,
        stages=first.stages,
        owners=tuple(part.unit for part in parts),
        segments=segments,
        sources=sources,
        sizes=next((part.exposure.sizes for part in parts if part.exposure.sizes), ()),
        sayings=owners_words(pipeline.changes),
        start=min(part.exposure.start for part in parts),
        end=first.end,
    )
    return Company(pipeline, exposure)


def _summed(cells: pd.DataFrame) -> pd.DataFrame:
    return cells.groupby(CELL_COLUMNS, as_index=False, sort=True)[_COUNTS].sum()


def _pipeline(parts: Sequence[Part], name: str) -> Pipeline:
    first = parts[0].pipeline
    tables: dict[str, Any] = {
        key: _joined(parts, key) for key in ("deals", "stays", "activities", "targets")
    }
    return replace(
        first,
        changes=empty("changes"),
        accounts=empty("accounts"),
        contacts=empty("contacts"),
        feedback=empty("feedback"),
        stages=_usual_stages([part.pipeline.stages for part in parts]),
        steps=_usual_stages([part.pipeline.steps for part in parts]),
        # An index of the same name is the same one; several values of a month count as their mean.
        market=pd.concat([part.pipeline.market for part in parts], ignore_index=True),
        settings=_company_settings([part.pipeline.settings for part in parts], name),
        **tables,
    )


def _joined(parts: Sequence[Part], key: str) -> pd.DataFrame:
    tables = [_of_unit(part, key) for part in parts]
    there = [table for table in tables if len(table)]
    return pd.concat(there or tables[:1], ignore_index=True)


def _of_unit(part: Part, key: str) -> pd.DataFrame:
    """Let a unit's table speak of the unit where it speaks of owners, and of no other's deals."""
    if key == "targets":
        quotas = team_quotas(part.pipeline.targets)
        return pd.DataFrame(
            {n.MONTH: quotas.index, n.OWNER: part.unit, n.QUOTA: quotas.to_numpy("float64")}
        ).astype({n.OWNER: "str", n.MONTH: part.pipeline.targets[n.MONTH].dtype})
    table: pd.DataFrame = getattr(part.pipeline, key)
    changed: Mapping[str, Any] = {n.DEAL_ID: f"{part.unit}: " + table[n.DEAL_ID]}
    if key == "activities":
        changed = {n.DEAL_ID: changed[n.DEAL_ID].where(table[n.DEAL_ID].notna())}
    if n.OWNER in COLUMNS.get(key, {}):
        changed = {**changed, n.OWNER: part.unit}
    return table.assign(**changed).astype(dict.fromkeys(changed, "str"))


def _usual_stages(by_unit: Sequence[tuple[Stage, ...]]) -> tuple[Stage, ...]:
    """Give the first unit's stages with the mean of what all units' sheets say of them."""
    known: dict[str, list[tuple[float, float]]] = {}
    for stages in by_unit:
        for stage in stages:
            known.setdefault(stage.name, []).append((stage.probability, stage.typical_days))
    means = {name: np.mean(told, axis=0) for name, told in known.items()}
    return tuple(
        replace(
            stage,
            probability=float(means[stage.name][0]),
            typical_days=float(means[stage.name][1]),
        )
        for stage in by_unit[0]
    )


def _company_settings(by_unit: Sequence[Settings], name: str) -> Settings:
    first = by_unit[0]
    return replace(first, company=name, horizon=max(one.horizon for one in by_unit))
