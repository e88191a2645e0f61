"""A CSV file as text, each row under its number in the file."""

import warnings
from pathlib import Path

import pandas as pd

from salespipe.errors import ImportMapError

__all__ = ["read_csv", "require"]


def read_csv(path: Path, *, separator: str = ",", encoding: str = "utf-8") -> pd.DataFrame:
    """Read every cell as trimmed text; a blank cell is ``""``.

    Parameters
    ----------
    path : Path
    separator, encoding : str

    Returns
    -------
    DataFrame
        Index = row number in the file (the header is row 1); blank lines are left out.

    Raises
    ------
    ImportMapError
        There is no such file, or it is not CSV in that encoding.
    """
    if not path.is_file():
        raise ImportMapError(f"There is no file {path}; check the name and the folder.")
    try:
        with warnings.catch_warnings():
            # Otherwise pandas cuts rows that are longer than the header and only warns.
            warnings.simplefilter("error", pd.errors.ParserWarning)
            raw = pd.read_csv(
                path,
                sep=separator,
                encoding="utf-8-sig" if encoding.lower() in {"utf-8", "utf8"} else encoding,
                dtype=str,
                keep_default_na=False,
                index_col=False,
                skip_blank_lines=False,
            )
    except (UnicodeDecodeError, LookupError):
        raise ImportMapError(
            f"{path.name} is not text in {encoding}; save it as CSV UTF-8, or name its encoding "
            'in the map, such as encoding = "gb18030".'
        ) from None
    except OSError as error:
        raise ImportMapError(
            f"{path} cannot be read ({error.strerror}); check who may read it."
        ) from None
    except pd.errors.EmptyDataError:
        raise ImportMapError(f"{path.name} is empty; export it again.") from None
    except (pd.errors.ParserError, pd.errors.ParserWarning) as error:
        raise ImportMapError(
            f"{path.name} is not a regular CSV file ({str(error).strip()}); export it again, or "
            'state its separator in the map, such as separator = ";".'
        ) from None
    text = raw.fillna("").apply(lambda column: column.str.strip())
    text.columns = [str(header).strip() for header in raw.columns]
    text.index = pd.RangeIndex(2, len(text) + 2, name="row")
    filled: pd.DataFrame = text[(text != "").any(axis=1)]
    return filled


def require(frame: pd.DataFrame, headers: tuple[str, ...], *, file: str) -> None:
    """Check that a file has the columns that the map names.

    Raises
    ------
    ImportMapError
        One is missing; the sentence names those found.
    """
    missing = [header for header in headers if header not in frame.columns]
    if missing:
        found = ", ".join(f'"{header}"' for header in frame.columns)
        raise ImportMapError(
            f'{file} has no column "{missing[0]}"; it has {found}: mend the map or the export.'
        )
