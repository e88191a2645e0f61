"""Hostile files: what each is answered, how soon, and in how much memory.

`python benchmarks/hostile_files.py`. Each file is read and checked in a program of its own. By kind
of file are printed the files, how many were read and how many refused in one line, the most CPU
seconds (without the start of Python) and the highest peak of memory. It ends with status 1 where
one took 5 seconds or 1 GiB, ended otherwise, or was answered in more than one line. Workbooks of
other projects are taken from the folder shared/xlsx beside the repository, if it is there.
"""

import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import openpyxl

from salespipe.workbook.template import build_workbook
from tests.requirements import shared_files
from tests.workbook.books import with_part
from tests.workbook.made_up import AS_OF, make_tables
from tests.workbook.test_hostile import HEADERS, MAIN, MEMORY, PROGRAM, ROW, SECONDS, with_sheet

ENDINGS = (".xls", ".xlsb", ".ods", ".csv", ".txt", ".xlsm")
CONTENTS = {
    "page.xlsx": b"<html><table><tr><td>Deal ID</td></tr></table></html>",
    "text.xlsx": b"Deal ID,Stage,Amount\nA,B,1\nC,D,2\n",
    "print.xlsx": b"%PDF-1.7 ...",
    "nothing.xlsx": b"",
    "zeros.csv": b"\x00" * 1000,
}
TEXT = '<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>'
FORMULAS = ("=cmd|'/c calc'!A1", "+1+1", "-2+3", "@SUM(A1)", '=HYPERLINK("http://x","y")')


def plain_book(folder: Path) -> Path:
    """Make a workbook of one deal."""
    path = folder / "plain.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "Deals"
    book.active.append(HEADERS)
    book.active.append(ROW)
    book.save(path)
    return path


def hostile_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Make the files one by one, each with its kind."""
    for path in shared_files("xlsx/odd/*"):
        if path.suffix != ".tsv":
            yield "other projects' odd files", path
    plain = plain_book(folder)
    good = folder / "good.xlsx"
    build_workbook(good, tables=make_tables(12), today=AS_OF)
    data = good.read_bytes()
    for cut in Random(4).sample(range(len(data) - 1), 50):
        path = folder / "cut.xlsx"
        path.write_bytes(data[:cut])
        yield "truncated at 50 cuts", path
    for ending in ENDINGS:
        path = folder / f"renamed{ending}"
        path.write_bytes(plain.read_bytes())
        yield "wrong endings", path
    for name, content in CONTENTS.items():
        (folder / name).write_bytes(content)
        yield "wrong endings", folder / name
    yield from _bombs(plain, folder)
    yield from _vast(plain, folder)
    yield from _active(plain, folder)


def _bombs(plain: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    flat = folder / "flat.xlsx"
    with zipfile.ZipFile(flat, "w", zipfile.ZIP_DEFLATED) as new:
        new.writestr("[Content_Types].xml", b" " * 2**29)
    yield "zip bombs", flat
    yield "zip bombs", with_part(plain, folder / "b.xlsx", "xl/sharedStrings.xml", b"<" * 2**29)
    laughs = "".join(f'<!ENTITY l{k} "{f"&l{k - 1};" * 10}">' for k in range(1, 12))
    bomb = f'<!DOCTYPE a [<!ENTITY l0 "ha">{laughs}]><worksheet xmlns="{MAIN}">&l11;</worksheet>'
    for codec in ("utf-8", "utf-16"):
        for part in ("worksheets/sheet1.xml", "styles.xml", "workbook.xml"):
            yield "XML bombs", with_part(plain, folder / "l.xlsx", f"xl/{part}", bomb.encode(codec))


def _vast(plain: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    for columns in ("B", "ABCDE"):
        blank = "".join(
            f'<row r="{k}">{"".join(f"""<c r="{at}{k}" s="1"/>""" for at in columns)}</row>'
            for k in range(3, 1_048_576)
        )
        yield "used range of 1,048,575 rows", with_sheet(plain, folder, blank)
    last = '<row r="1048576"><c r="A1048576"><v>7</v></c></row>'
    yield "used range of 1,048,575 rows", with_sheet(plain, folder, last)
    wide = "".join(TEXT.format(at="", text=f"x{k}").replace(' r=""', "") for k in range(16_384))
    yield "16,384 columns", with_sheet(plain, folder, f'<row r="3">{wide}</row>')
    rows = "".join(f'<row r="{k}">{wide}</row>' for k in range(3, 203))
    yield "16,384 columns", with_sheet(plain, folder, rows)
    long = "".join(
        f'<row r="{k}">{TEXT.format(at=f"A{k}", text="宽" * 32_767)}</row>' for k in range(3, 53)
    )
    yield "cells of 32,767 characters", with_sheet(plain, folder, long)


def _active(plain: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    rows = "".join(
        f'<row r="{k}">'
        + TEXT.format(at=f"A{k}", text=word.replace('"', "&quot;"))
        + TEXT.format(at=f"D{k}", text="Qualification")
        + f'<c r="E{k}"><f>{word[1:].replace("&", "")}</f></c></row>'
        for k, word in enumerate(FORMULAS, start=3)
    )
    yield "formula injection", with_sheet(plain, folder, rows)
    book = openpyxl.load_workbook(plain)
    book["Deals"]["E2"] = "='file:///etc/[passwd]Sheet'!A1"
    book["Deals"]["E3"] = '=WEBSERVICE("http://127.0.0.1:9/x")'
    book.save(folder / "links.xlsx")
    yield "external links", folder / "links.xlsx"
    yield (
        "macros",
        with_part(plain, folder / "m.xlsm", "xl/vbaProject.bin", b"\xd0\xcf\x11\xe0" * 9),
    )


def answered(path: Path) -> tuple[float, int, str]:
    """Read a file in a program of its own; give seconds, bytes, and the line it says."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path)], capture_output=True, text=True, check=False
    )
    if done.returncode or done.stderr or done.stdout.count("\n") != 1:
        return 0.0, 0, ""
    seconds, kilobytes, said = done.stdout.strip().split(maxsplit=2)
    return float(seconds), int(kilobytes) * 1024, said


def main() -> int:
    kinds: dict[str, list[tuple[float, int, str]]] = {}
    wrong = 0
    with tempfile.TemporaryDirectory() as name:
        for kind, path in hostile_files(Path(name)):
            seconds, memory, said = answered(path)
            kinds.setdefault(kind, []).append((seconds, memory, said))
            if not said or seconds >= SECONDS or memory >= MEMORY:
                wrong += 1
                print(f"{path.name}: {seconds:.1f} s, {memory >> 20} MB, {said or 'not one line'}")
    print(
        "| kind | files | read | refused | CPU seconds | peak MB |\n|---|---:|---:|---:|---:|---:|"
    )
    for kind, found in kinds.items():
        read = sum(said.startswith("read ") for _, _, said in found)
        seconds, memory = max(s for s, _, _ in found), max(m for _, m, _ in found)
        print(
            f"| {kind} | {len(found)} | {read} | {len(found) - read} | {seconds:.1f} "
            f"| {memory >> 20:,} |"
        )
    return int(wrong > 0)


if __name__ == "__main__":
    raise SystemExit(main())
