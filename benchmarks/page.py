"""docs/benchmarks.md, one section for each benchmark that writes its tables there."""

import re
from pathlib import Path

__all__ = ["ROOT", "write_section"]

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"


def write_section(title: str, text: str) -> None:
    """Put a section ("## Title") in place of the one that is there, else at the end."""
    page = PAGE.read_text("utf-8") if PAGE.exists() else "# Benchmarks\n"
    section = f"{title}\n\n{text.strip()}\n\n"
    found = re.compile(rf"^{re.escape(title)}\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
    if found.search(page):
        page = found.sub(lambda _: section, page, count=1)
    else:
        page = f"{page.rstrip()}\n\n{section}"
    PAGE.write_text(f"{page.rstrip()}\n", "utf-8")
