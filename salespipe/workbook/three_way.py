"""Three-way merging of deals and other rows: what changed on either side since both last agreed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from salespipe.workbook.records import Plain, Record, Records

__all__ = ["Conflict", "Merged", "merge_records"]


@dataclass(frozen=True)
class Conflict:
    """A value that both sides changed, and not to the same.

    Attributes
    ----------
    source : str
        Name of the book or export that differs from the team's.
    deal_id, key : str
        On another sheet than Deals: what the row is called.
    kept, other : str, float, date or None
        What stays in the team's book, and what the source has.
    sheet : str
    """

    source: str
    deal_id: str
    key: str
    kept: Plain
    other: Plain
    sheet: str = "deals"


@dataclass
class Merged:
    """What a source changes.

    Attributes
    ----------
    updates : dict
        By id, the values to set by column; None empties a cell.
    added : dict
        New rows by id.
    unchanged : list of str
        Those that are the same, or were changed by the team only.
    gone : list of str
        Those that the source once had and no longer has; they are kept.
    conflicts : list of Conflict
    base : dict
        What is to be compared with the next time.
    """

    updates: dict[str, Record] = field(default_factory=dict)
    added: dict[str, Record] = field(default_factory=dict)
    unchanged: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    base: dict[str, Record] = field(default_factory=dict)


def merge_records(
    team: Mapping[str, Record],
    source: Records,
    base: Mapping[str, Record] | None,
    *,
    name: str,
    authority: bool = False,
) -> Merged:
    """Merge a source into the team's deals.

    A value that only the source changed since the last time is taken; one that only the team
    changed stays; where both did, the team's stays, and the conflict is told each time until they
    agree.

    Parameters
    ----------
    team : mapping
        Record by deal id.
    source : Records
    base : mapping or None
        The source as it was last merged; None the first time.
    name : str
        Of the source, for conflicts.
    authority : bool
        Whether, where nothing is known of the last time, a source's value replaces a different one
        of the team rather than being a conflict.
    """
    merged = Merged()
    known = base or {}
    for deal_id, record in source.rows.items():
        mine = team.get(deal_id)
        before = known.get(deal_id)
        if mine is None and before is None:
            merged.added[deal_id] = record
            merged.base[deal_id] = record
        elif mine is None:
            _deleted(merged, deal_id, record, before or {}, name)
        else:
            sides = _Sides(mine, record, before)
            _one(merged, deal_id, sides, source, name=name, authority=authority)
    for deal_id in known:
        if deal_id not in source.rows and deal_id in team:
            merged.gone.append(deal_id)
            merged.base[deal_id] = known[deal_id]
    return merged


def _deleted(merged: Merged, deal_id: str, record: Record, before: Record, name: str) -> None:
    """Heed that the team deleted a deal, unless the source worked on it since."""
    merged.base[deal_id] = before
    if record == before:
        merged.unchanged.append(deal_id)
    else:
        merged.conflicts.append(Conflict(name, deal_id, "", None, "changed"))


@dataclass(frozen=True)
class _Sides:
    """One deal on all three sides."""

    mine: Record
    theirs: Record
    before: Record | None

    def verdict(self, key: str, *, authority: bool) -> str:
        """Say what becomes of a value: ``take`` theirs, ``keep`` mine, or ``clash``."""
        ours, theirs = self.mine.get(key), self.theirs.get(key)
        if ours == theirs:
            return "keep"
        if self.before is None:
            # A blank of a source that was never merged takes nothing away.
            if theirs is None:
                return "keep"
            return "take" if ours is None or authority else "clash"
        old = self.before.get(key)
        if theirs == old:
            return "keep"
        return "take" if ours == old else "clash"


def _one(
    merged: Merged, deal_id: str, sides: _Sides, source: Records, *, name: str, authority: bool
) -> None:
    updates: Record = {}
    base = dict(sides.theirs)
    clash = False
    for key in source.keys:
        verdict = sides.verdict(key, authority=authority)
        if verdict == "take":
            updates[key] = sides.theirs.get(key)
        elif verdict == "clash":
            clash = True
            kept, other = sides.mine.get(key), sides.theirs.get(key)
            merged.conflicts.append(Conflict(name, deal_id, key, kept, other))
            _keep(base, key, (sides.before or {}).get(key))
    merged.base[deal_id] = base
    if updates:
        merged.updates[deal_id] = updates
    elif not clash:
        merged.unchanged.append(deal_id)


def _keep(base: Record, key: str, value: Plain) -> None:
    """Leave the base where it was, so that an open conflict is told again."""
    if value is None:
        base.pop(key, None)
    else:
        base[key] = value
