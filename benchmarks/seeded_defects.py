"""Defects planted at random in clean workbooks: how many are found, how many errors false.

`python benchmarks/seeded_defects.py [BOOKS] [SEED]`; by default 40 books, every other in Chinese.
"""

import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import Random

from salespipe.checks import problems_of
from tests.checks.defects import AS_OF, clean_book, spoilt


def main() -> int:
    books = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    planted, missed, false, noise = 0, Counter(), Counter(), Counter()
    with tempfile.TemporaryDirectory() as name:
        for number in range(books):
            random = Random(1000 * seed + number)
            language = ("en", "zh")[number % 2]
            book = clean_book(Path(name) / "clean.xlsx", 1000 * seed + number, language)
            noise.update(problem.severity for problem in problems_of(book, as_of=AS_OF))
            planter, problems = spoilt(book, random)
            planted += len(planter.planted)
            missed.update(rule for _, _, rule in planter.missed(problems))
            false.update(problem.rule for problem in planter.false_errors(problems))
    share = 1 - missed.total() / planted
    print(f"{books} books, seed {seed}: {planted:,} defects, {share:.2%} found at their cell")
    print(f"missed {dict(missed)}; false errors {dict(false)}; in the clean books {dict(noise)}")
    return int(share < 0.99 or noise["error"] > 0 or false.total() > 0)


if __name__ == "__main__":
    raise SystemExit(main())
