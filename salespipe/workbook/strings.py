"""The workbook's shared strings, read as plain text."""

from salespipe.workbook.package import Package
from salespipe.workbook.text import unescape

__all__ = ["shared_strings"]


def shared_strings(package: Package) -> list[str]:
    """List the shared strings without fonts and phonetic guides.

    Raises
    ------
    WorkbookError
        The part is damaged.
    """
    relations = package.relationships(package.workbook).values()
    part = next((r.target for r in relations if r.type == "sharedStrings"), None)
    if part is None or part not in package:
        return []
    found = []
    for item in package.tree(part):
        # A run's text is its child; a phonetic guide's is not wanted.
        runs = [item.find("{*}t"), *(run.find("{*}t") for run in item.iterfind("{*}r"))]
        found.append(unescape("".join(run.text or "" for run in runs if run is not None)))
    return found
