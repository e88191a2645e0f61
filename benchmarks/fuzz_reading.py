"""Read damaged files by the thousand: each gives a reading or one line, and quickly.

`python benchmarks/fuzz_reading.py [CASES] [SEED]`; the default is 20,000 cases. Beside readings and
refusals it prints the slowest case and what went wrong, and ends with status 1 if anything did.
"""

import sys
import tempfile
import time
import traceback
from collections import Counter
from datetime import date
from pathlib import Path
from random import Random

from salespipe.checks import problems_of
from salespipe.errors import SalespipeError
from salespipe.workbook.read import read_workbook
from salespipe.workbook.template import build_workbook
from tests.workbook.made_up import make_tables
from tests.workbook.mutants import damaged_bytes, damaged_csv, damaged_parts, nonsense

AS_OF = date(2026, 10, 31)
LIMIT = 5.0


def seeds(folder: Path) -> tuple[dict[str, bytes], str]:
    """Make the files that are then damaged."""
    books = {}
    for language in ("en", "zh"):
        path = folder / f"{language}.xlsx"
        build_workbook(path, tables=make_tables(12), language=language, today=AS_OF)
        books[language] = path.read_bytes()
    deals = make_tables(12).deals
    return books, deals.to_csv(index=False)


def mutant(random: Random, books: dict[str, bytes], text: str) -> tuple[str, bytes]:
    """Give the ending and the bytes of a damaged file."""
    kind = random.random()
    book = random.choice(list(books.values()))
    if kind < 0.55:
        return ".xlsx", damaged_parts(book, random)
    if kind < 0.75:
        return ".xlsx", damaged_bytes(book, random)
    if kind < 0.95:
        return ".csv", damaged_csv(text, random)
    return random.choice((".xlsx", ".csv", ".ods", ".txt")), nonsense(random)


def main() -> int:
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    outcomes: Counter[str] = Counter()
    slowest, wrong = 0.0, 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        books, text = seeds(folder)
        for case in range(cases):
            ending, data = mutant(Random(seed * 1_000_000 + case), books, text)
            path = folder / f"case{ending}"
            path.write_bytes(data)
            begin = time.process_time()
            try:
                problems_of(read_workbook(path), as_of=AS_OF)
                outcomes["read"] += 1
            except SalespipeError as error:
                one_line = "\n" not in str(error) and str(error).endswith((".", "?", ")"))
                outcomes[type(error).__name__ if one_line else "NOT ONE LINE"] += 1
                wrong += not one_line
            except BaseException:
                wrong += 1
                outcomes["TRACEBACK"] += 1
                print(f"case {case}:", traceback.format_exc(limit=-4), flush=True)
            spent = time.process_time() - begin
            slowest = max(slowest, spent)
            wrong += spent > LIMIT
    print(f"{cases:,} cases, seed {seed}: {dict(outcomes)}; slowest {slowest:.2f} s; wrong {wrong}")
    return int(wrong > 0)


if __name__ == "__main__":
    raise SystemExit(main())
