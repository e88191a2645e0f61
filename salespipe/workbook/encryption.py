"""Workbooks protected by a password, opened in memory; the open copy is never written anywhere."""

import io
import zipfile
from pathlib import Path
from typing import Final

import msoffcrypto
from msoffcrypto.exceptions import InvalidKeyError

from salespipe.errors import WorkbookEncryptedError
from salespipe.workbook.archive import OLE

__all__ = ["NO_PASSWORD", "decrypted"]

NO_PASSWORD: Final = "VelvetSweatshop"  # noqa: S105 (no secret: it stands in [MS-OFFCRYPTO] 2.4.2.3)
"""With it Excel encrypts what needs no password, such as workbooks recommended as read-only."""


def decrypted(path: Path, data: bytes, password: str) -> bytes:
    """Give the workbook inside an encrypted file.

    Parameters
    ----------
    path : Path
        Names the file in messages.
    data : bytes
    password : str

    Raises
    ------
    WorkbookEncryptedError
        The password does not fit, or the file is damaged.
    """
    out = io.BytesIO()
    try:
        office = msoffcrypto.OfficeFile(io.BytesIO(data))
        office.load_key(password=password)
        office.decrypt(out)
    except InvalidKeyError:
        raise _wrong_password(path) from None
    except Exception as trouble:  # a damaged file makes it raise almost anything
        raise WorkbookEncryptedError(
            f'"{path.name}" is protected by a password and cannot be opened here '
            f"({type(trouble).__name__}); open it in Excel, remove the password under File, Info, "
            "Protect Workbook, and save it."
        ) from None
    if not (zipfile.is_zipfile(out) or out.getvalue().startswith(OLE)):
        # Some of its ciphers do not notice a wrong key.
        raise _wrong_password(path)
    return out.getvalue()


def _wrong_password(path: Path) -> WorkbookEncryptedError:
    return WorkbookEncryptedError(
        f'The password does not open "{path.name}"; check upper and lower case, and type it again.'
    )
