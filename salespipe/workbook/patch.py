"""Writing into a person's workbook: only what is asked for changes, everything else stays."""

from collections.abc import Mapping
from pathlib import Path
from xml.parsers import expat

from salespipe.errors import WorkbookError, WorkbookLockedError, WorkbookUnsafeError
from salespipe.wording import brief
from salespipe.workbook.calculation import recalculated_on_load, without_calc_chain
from salespipe.workbook.chart_parts import changed_charts
from salespipe.workbook.edits import Edits, Entry
from salespipe.workbook.graft import styled
from salespipe.workbook.guards import refuse_signed
from salespipe.workbook.move_parts import moved_parts
from salespipe.workbook.move_plan import planned_moves
from salespipe.workbook.package import Package
from salespipe.workbook.pivots import refreshed_pivots
from salespipe.workbook.plan import planned_sheets
from salespipe.workbook.repack import repacked
from salespipe.workbook.save import refuse_locked, replace_file
from salespipe.workbook.table_columns import widened_table
from salespipe.workbook.tables import resized_table
from salespipe.workbook.write import SheetWriter

__all__ = ["apply_edits", "patch_workbook", "refuse_unwritable", "write_edits"]


def patch_workbook(
    source: str | Path, target: str | Path, changes: Mapping[str, Mapping[str, Entry]]
) -> None:
    """Write a workbook with some cells changed and everything else as it stands.

    All parts but those of the sheets concerned keep their compressed bytes; what charts, pivot
    tables and formulas make of the cells is told to Excel, which calculates anew when it opens the
    workbook. Nothing is written unless all of it is.

    Parameters
    ----------
    source, target : str or Path
        They may be the same file; an existing target is kept as a backup beside it.
    changes : mapping
        Sheet name to {A1 address: value}. A value is a text, a number, a truth value, a date or
        None, which empties a cell; or a :class:`~salespipe.workbook.Formula` with its result, a
        :class:`~salespipe.workbook.Link`, or a :class:`~salespipe.workbook.Styled` value with
        another cell's style or a number format. Else a cell's style stays. A text is never taken
        for a formula, whatever it begins with.

    Raises
    ------
    WorkbookUnsafeError
        It cannot be done safely, or a sheet or an address does not exist; `target` is untouched.
    WorkbookLockedError
        The target is open elsewhere, or was saved by someone meanwhile.
    WorkbookNotFoundError, WorkbookEncryptedError, WorkbookError
        The source is not there, is behind a password, or is not a workbook of Excel's.
    """
    sheets = changes.values() if isinstance(changes, Mapping) else (changes,)
    if not all(isinstance(cells, Mapping) for cells in sheets):
        raise WorkbookUnsafeError(
            f"Changes are given as {{sheet name: {{address: value}}}}, not as {changes!r:.80}; "
            "nothing was written."
        )
    apply_edits(Path(source), Path(target), Edits(cells=changes))


def apply_edits(
    source: Path,
    target: Path,
    edits: Edits,
    *,
    expected_digest: str | None = None,
    backup: bool = True,
) -> Path | None:
    """Write a workbook with edits made and everything else as it stands.

    Parameters
    ----------
    source, target : Path
        They may be the same file.
    edits : Edits
    expected_digest : str, optional
        SHA-256 of the source as it was read; if it differs now, someone saved it meanwhile.
    backup : bool
        Whether an existing target is kept beside it under a name with its time.

    Returns
    -------
    Path or None
        The backup; None without one, and where the target was the same already.

    Raises
    ------
    WorkbookUnsafeError
        It cannot be done safely; `target` is untouched.
    WorkbookLockedError
        The target is open elsewhere, or the source changed since it was read.
    WorkbookError
        The source is not a workbook, or the target cannot be written.
    """
    package = Package.open(source)
    if expected_digest not in {None, package.digest}:
        raise WorkbookLockedError(
            f'"{source.name}" was saved by someone since it was read; run again on the new version.'
        )
    return write_edits(package, target, edits, digest=package.digest, backup=backup)


def write_edits(
    package: Package, target: Path, edits: Edits, *, digest: str, backup: bool = True
) -> Path | None:
    """Write a workbook that was read, and perhaps grafted upon, with edits made.

    Parameters
    ----------
    package : Package
    target : Path
    edits : Edits
    digest : str
        SHA-256 of the file that it was read from; if that is the target and differs by now,
        someone saved it meanwhile.
    backup : bool
        Whether an existing target is kept beside it.

    Returns
    -------
    Path or None
        The backup, if one was made.

    Raises
    ------
    WorkbookUnsafeError, WorkbookLockedError, WorkbookError
        As :func:`apply_edits`.
    """
    refuse_unwritable(package, target)
    real = target.resolve()  # a link stays a link
    package = styled(package) if edits.formatted else package
    parts = changed_parts(package, edits)
    same = real.exists() and real.samefile(package.path)
    return replace_file(
        real,
        repacked(package.archive, parts) if parts else package.archive.data,
        permissions=package.path,
        expected_digest=digest if same else None,
        backup=backup,
    )


def refuse_unwritable(package: Package, target: Path) -> None:
    """Refuse what no edit of a workbook could be written to.

    Raises
    ------
    WorkbookUnsafeError
        The workbook is signed, or the target is of another format.
    WorkbookLockedError
        The target is open elsewhere.
    WorkbookError
        The target's folder is not there.
    """
    source = package.path
    if not target.parent.is_dir():
        raise WorkbookError(f'There is no folder "{target.parent}"; make it first.')
    refuse_locked(target.resolve())
    if source.suffix.lower() != target.suffix.lower():
        raise WorkbookUnsafeError(
            f'"{target.name}" must end in {source.suffix} like "{source.name}"; Excel would refuse '
            "it otherwise."
        )
    refuse_signed(package)


def changed_parts(package: Package, edits: Edits) -> dict[str, bytes | None]:
    """Give the parts that edits change, by name; None for a part that goes.

    Raises
    ------
    WorkbookUnsafeError
        An edit cannot be made safely.
    """
    plans = planned_sheets(package, edits)
    moves = planned_moves(package, plans)
    parts = moved_parts(package, moves)
    writer = SheetWriter(package, {**parts})
    writer.formulas_changed = bool(parts)
    for plan in plans:
        parts[plan.sheet.part] = writer.written(plan)
        for body in plan.bodies:
            listed = body.table.part
            parts[listed] = resized_table(parts.get(listed) or package.read(listed), body)
    for name, headers in edits.columns.items():
        table = next(t for t in package.tables if t.name.casefold() == name.casefold())
        narrow = parts.get(table.part) or package.read(table.part)
        parts[table.part] = widened_table(narrow, headers, what=table.part)
    parts |= writer.changed_styles()
    parts |= changed_charts(package, parts, edits.charts, plans, moves)
    parts |= refreshed_pivots(package, plans, parts)
    if writer.formulas_changed:
        parts |= without_calc_chain(package)
    if parts:
        parts[package.workbook] = recalculated_on_load(
            parts.get(package.workbook) or package.read(package.workbook)
        )
    for name, part in parts.items():
        _refuse_malformed(package, name, part)
    return parts


def _refuse_malformed(package: Package, name: str, part: bytes | None) -> None:
    """Refuse to write a part that Excel could not read; the damage was there before."""
    if part is None:
        return
    try:
        expat.ParserCreate(namespace_separator=" ").Parse(part, True)
    except expat.ExpatError as trouble:
        raise WorkbookUnsafeError(
            f'The part {name} of "{package.path.name}" is damaged ({brief(trouble)}); open the '
            "file in Excel and let Excel repair it."
        ) from None
