"""A sheet's XML as events: the few elements that matter, whatever their prefix."""

from functools import partial
from typing import TYPE_CHECKING, Final
from xml.parsers import expat

from salespipe.errors import WorkbookError
from salespipe.wording import brief
from salespipe.workbook.text import unescape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["Handler", "RichText", "feed"]

_NAMESPACES: Final = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)


class Handler:
    """Callbacks by local element name, for the elements of the spreadsheet namespaces."""

    def __init__(self) -> None:
        self.starts: dict[str, Callable[[dict[str, str]], None]] = {}
        self.ends: dict[str, Callable[[], None]] = {}
        self.text: list[str] | None = None
        """Collects character data while it is a list."""


def _qualified[T](callbacks: dict[str, T]) -> dict[str, T]:
    return {f"{space}}}{tag}": call for space in _NAMESPACES for tag, call in callbacks.items()}


def feed(xml: "bytes | Iterable[bytes]", handler: Handler, what: str) -> None:
    """Parse a part and call the handler.

    Parameters
    ----------
    xml : bytes, or an iterable of them
        The whole part, or its pieces.
    handler : Handler
    what : str
        What the part is called in a message.

    Raises
    ------
    WorkbookError
        The part is not well-formed, makes no sense, or declares a DTD.
    """
    pieces = (xml,) if isinstance(xml, bytes) else xml
    starts, ends = _qualified(handler.starts), _qualified(handler.ends)
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True

    def start(tag: str, attributes: dict[str, str]) -> None:
        if (call := starts.get(tag)) is not None:
            call(attributes)

    def end(tag: str) -> None:
        if (call := ends.get(tag)) is not None:
            call()

    def characters(data: str) -> None:
        if handler.text is not None:
            handler.text.append(data)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.StartDoctypeDeclHandler = partial(_refuse_doctype, what)
    try:
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except WorkbookError:
        raise
    except (expat.ExpatError, ValueError, LookupError, OverflowError) as error:
        raise WorkbookError(
            f"{what} is damaged ({brief(error)}); open the workbook in Excel, let it repair "
            "it, save it."
        ) from error


def _refuse_doctype(what: str, *_: object) -> None:
    raise WorkbookError(f"{what} holds a document type definition; no real workbook does.")


class RichText(Handler):
    """Joins the runs of one string; phonetic runs are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[str] = []
        self._phonetic = False
        self.starts |= {"t": self._open_text, "rPh": self._open_phonetic}
        self.ends |= {"t": self._close_text, "rPh": self._close_phonetic}

    def _open_text(self, _: dict[str, str]) -> None:
        self.text = None if self._phonetic else []

    def _close_text(self) -> None:
        self.runs.extend(self.text or ())
        self.text = None

    def _open_phonetic(self, _: dict[str, str]) -> None:
        self._phonetic = True

    def _close_phonetic(self) -> None:
        self._phonetic = False

    def joined(self) -> str:
        """Give the string, without Excel's escapes."""
        return unescape("".join(self.runs))
