"""Make the pictures of the README: the demo's Forecast sheet in both languages, by LibreOffice.

Run from the top folder: ``python docs/make_pictures.py`` (needs soffice, pdftotext and pdftoppm).
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageChops

from salespipe.demo import make_example
from salespipe.job import run_month
from salespipe.settings import Language
from salespipe.workbook.schema import SHEETS

PICTURES: dict[Language, Path] = {
    "en": Path(__file__).parent / "pictures" / "forecast-sheet.png",
    "zh": Path(__file__).parent / "pictures" / "forecast-sheet.zh.png",
}


def main() -> None:
    """Run the demo in each language and take its picture."""
    for language, picture in PICTURES.items():
        with tempfile.TemporaryDirectory() as folder:
            book = Path(folder) / "pipeline.xlsx"
            run_month(book, as_of=make_example(book, language=language))
            take(book, SHEETS["forecast"].title(language), picture)


def take(book: Path, heading: str, picture: Path) -> None:
    """Print a workbook, and keep the page that begins with a heading."""
    with tempfile.TemporaryDirectory() as folder:
        _call("soffice", "--headless", "--convert-to", "pdf", "--outdir", folder, str(book))
        pdf = (Path(folder) / book.name).with_suffix(".pdf")
        pages = _call("pdftotext", "-layout", str(pdf), "-").split("\f")
        page = str(next(k for k, text in enumerate(pages, 1) if text.split()[:1] == [heading]))
        stem = str(Path(folder) / "page")
        _call(
            "pdftoppm", "-r", "130", "-f", page, "-l", page, "-singlefile", "-png", str(pdf), stem
        )
        _trim(Path(f"{stem}.png")).save(picture, optimize=True)


def _call(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _trim(path: Path) -> Image.Image:
    """Cut off the page's footer and white margins."""
    picture = Image.open(path).convert("RGB")
    width, height = picture.size
    body = picture.crop((0, 0, width, int(height * 0.93)))
    white = Image.new("RGB", body.size, "white")
    left, top, right, bottom = ImageChops.difference(body, white).getbbox() or (0, 0, *body.size)
    return body.crop((max(left - 15, 0), max(top - 15, 0), right + 15, bottom + 15))


if __name__ == "__main__":
    sys.exit(main())
