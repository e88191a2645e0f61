"""What survives a write: features of real workbooks, ours beside openpyxl's load and save.

Usage: ``python benchmarks/features_kept.py [FOLDER]``, by default shared/xlsx/books beside the
repository. Either writes one cell of the first sheet of every workbook. Prints a Markdown table: in
how many workbooks a feature is, and in how many it is there as often afterwards; then who refused
what, and the same for tables that grow by a row and for the tool's sheets put in.
"""

import re
import sys
import tempfile
import warnings
import zipfile
from collections import Counter
from pathlib import Path

import openpyxl

from salespipe.errors import SalespipeError
from salespipe.workbook.edits import Edits
from salespipe.workbook.outfit import outfitted
from salespipe.workbook.package import Package
from salespipe.workbook.patch import apply_edits, patch_workbook, write_edits

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "xlsx" / "books"

PARTS = {
    "charts": r"charts/chart[^/]*\.xml$",
    "images": r"media/",
    "drawings": r"drawings/drawing[^/]*\.xml$",
    "comments": r"comments?[^/]*\.xml$",
    "threaded comments": r"threadedComments/",
    "VBA macros": r"vbaProject\.bin$",
    "pivot tables": r"pivotTables/pivotTable",
    "slicers": r"slicers/",
    "timelines": r"timelines/",
    "form controls": r"ctrlProps/",
    "ActiveX": r"activeX/activeX[^/]*\.xml$",
    "printer settings": r"printerSettings/",
    "custom XML": r"customXml/item\d*\.xml$",
    "dynamic arrays, rich values": r"xl/metadata\.xml$|richData/",
    "connections, queries": r"connections\.xml$|queryTables/",
    "external links": r"externalLinks/externalLink",
    "embedded objects": r"embeddings/",
    "SmartArt": r"diagrams/data",
}
MARKS = {
    "cached formula values": rb"<(?:\w+:)?f[\s>/][^<]*(?:</(?:\w+:)?f>)?<(?:\w+:)?v>",
    "formulas": rb"<(?:\w+:)?f[\s>]",
    "tables": rb"<(?:\w+:)?tablePart\s",
    "conditional formats": rb"<(?:\w+:)?cfRule\s",
    "newer conditional formats (x14)": rb"<x14:cfRule\s",
    "validations": rb"<(?:\w+:)?dataValidation\s",
    "newer validations (x14)": rb"<x14:dataValidation\s",
    "sparklines": rb"<x14:sparkline>",
    "merged cells": rb"<(?:\w+:)?mergeCell\s",
    "headers and footers": rb"<(?:\w+:)?headerFooter[\s>]",
    "phonetic guides": rb"<(?:\w+:)?phoneticPr\s",
    "rich text": rb"<(?:\w+:)?r><(?:\w+:)?rPr>",
    "shapes, text boxes": rb"<xdr:sp\s",
}


def features(path: Path) -> Counter[str]:
    found: Counter[str] = Counter()
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            for feature, pattern in PARTS.items():
                found[feature] += bool(re.search(pattern, name))
            if "/worksheets/" in name or "/drawings/" in name or "sharedStrings" in name:
                data = archive.read(name) if name.endswith(".xml") else b""
                for feature, mark in MARKS.items():
                    found[feature] += len(re.findall(mark, data))
    return +found


def packed(path: Path) -> dict[str, bytes]:
    archive = Package.open(path).archive
    return {key: archive.packed(info)[2] for key, info in archive.index.items()}


def ours(source: Path, target: Path) -> None:
    patch_workbook(source, target, {Package.open(source).sheets[0].name: {"ZZ99": 1}})


def theirs(source: Path, target: Path) -> None:
    book = openpyxl.load_workbook(source, keep_vba="m" in source.suffix, rich_text=True)
    book.worksheets[0]["ZZ99"] = 1
    book.save(target)


def main() -> None:
    warnings.simplefilter("ignore")
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    books = sorted(path for path in folder.glob("*") if path.suffix[:3] == ".xl")
    there: Counter[str] = Counter()
    kept: dict[str, Counter[str]] = {"ours": Counter(), "theirs": Counter()}
    written, parts, same = Counter(), Counter(), Counter()
    refusals = []
    with tempfile.TemporaryDirectory() as name:
        for book in books:
            try:
                Package.open(book)
            except SalespipeError as refusal:
                refusals.append(str(refusal))
                continue
            before, members = features(book), packed(book)
            there.update(before.keys())
            for who, write in (("ours", ours), ("theirs", theirs)):
                target = Path(name) / f"{who}{book.suffix}"
                target.unlink(missing_ok=True)
                try:
                    write(book, target)
                except Exception as refusal:
                    if who == "ours":
                        refusals.append(str(refusal))
                    continue
                written[who] += 1
                after = features(target)
                kept[who].update(f for f in before if after[f] >= before[f])
                now = packed(target)
                parts[who] += len(members)
                same[who] += sum(now.get(key) == data for key, data in members.items())
    print(f"| feature | in workbooks | kept by salespipe | kept by openpyxl |\n{'|---' * 4}|")
    for feature in [*MARKS, *PARTS]:
        if there[feature]:
            both = [kept[who][feature] for who in ("ours", "theirs")]
            print(f"| {feature} | {there[feature]} | {both[0]} | {both[1]} |")
    shares = [f"{same[who] / parts[who]:.1%}" for who in ("ours", "theirs")]
    print(f"| parts with the same compressed bytes | | {shares[0]} | {shares[1]} |")
    print(f"| workbooks written | {len(books)} | {written['ours']} | {written['theirs']} |")
    print_refusals("Refused by salespipe", refusals)
    with tempfile.TemporaryDirectory() as name:
        grow_tables(books, Path(name))
        put_sheets_in(books, Path(name))


def print_refusals(title: str, refusals: list[str]) -> None:
    print(f"\n{title}:\n")
    print(*(f"- {refusal}" for refusal in refusals), sep="\n")


def grow_tables(books: list[Path], folder: Path) -> None:
    tables, grown, refusals = 0, 0, Counter()
    holders = [book for book in books if opens(book) and Package.open(book).tables]
    for book in holders:
        for table in Package.open(book).tables:
            tables += 1
            added = Edits(added={table.name: [[None] * len(table.columns)]})
            try:
                apply_edits(book, folder / f"grown{book.suffix}", added, backup=False)
                grown += 1
            except SalespipeError as refusal:
                why = str(refusal).replace(f'The table "{table.name}" on the sheet ', "").strip()
                refusals[re.sub(r'^"[^"]*"', "", why).strip()] += 1
    told = [f"{count} tables: {why}" for why, count in refusals.most_common()]
    title = f"{grown} of {tables} tables in {len(holders)} workbooks grew by a row; the others"
    print_refusals(title, told)


def put_sheets_in(books: list[Path], folder: Path) -> None:
    refusals = []
    for book in books:
        try:
            package = Package.open(book)
            made = outfitted(package, language="en")
            target = folder / f"grafted{book.suffix}"
            write_edits(made, target, Edits(), digest=package.digest, backup=False)
        except SalespipeError as refusal:
            refusals.append(str(refusal))
    put = len(books) - len(refusals)
    print_refusals(f"{put} of {len(books)} workbooks took the tool's sheets; the others", refusals)


def opens(book: Path) -> bool:
    try:
        Package.open(book)
    except SalespipeError:
        return False
    return True


if __name__ == "__main__":
    main()
