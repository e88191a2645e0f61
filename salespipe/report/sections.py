"""A notebook that was run, as a section of a page: prose, figures and tables, code folded away."""

import re
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any, Final

import mistune
import nbformat

from salespipe.report.runs import Ran
from salespipe.report.words import words
from salespipe.settings import Language
from salespipe.story_words import prose

__all__ = ["Section", "section"]

_HEADING: Final = re.compile(r"^(#+ )", re.MULTILINE)

_NOT_SHOWN: Final = frozenset({"parameters", "injected-parameters"})


@dataclass(frozen=True)
class Section:
    """One notebook on the page.

    Attributes
    ----------
    anchor : str
    title : str
    html : str
        Without its title.
    stopped : str
        Why it did not come to its end; empty if it did.
    """

    anchor: str
    title: str
    html: str
    stopped: str


def section(ran: Ran, language: Language) -> Section:
    """Write a notebook as HTML; nothing that a workbook says becomes markup."""
    first, *cells = ran.book.cells
    title, _, question = prose(first.source, language).partition("\n")
    blocks = [_markdown(question)]
    blocks += [_cell(cell, language) for cell in cells]
    return Section(ran.name, title.lstrip("# "), "\n".join(filter(None, blocks)), ran.stopped)


def _cell(cell: nbformat.NotebookNode, language: Language) -> str:
    if _NOT_SHOWN & {*cell.metadata.get("tags", [])}:
        return ""
    if cell.cell_type != "code":
        return _markdown(prose(cell.source, language))
    outputs = "\n".join(_output(output, language) for output in cell.outputs)
    code = (
        f"<details><summary>{escape(words('code', language))}</summary>"
        f"<pre><code>{escape(cell.source)}</code></pre></details>"
    )
    return outputs + code


def _output(output: nbformat.NotebookNode, language: Language) -> str:
    """Write the richest form that an output has and a page can show."""
    if output.output_type not in {"display_data", "execute_result"}:
        return ""
    data, notes = output.data, output.get("metadata", {})
    if "image/png" in data:
        return _figure(data["image/png"], notes.get("image/png", {}).get("alt", ""), language)
    if "text/html" in data:
        label = escape(words("table", language))
        return (
            f'<div class="scroll" tabindex="0" role="region" aria-label="{label}">'
            f"{data['text/html']}</div>"
        )
    if "text/markdown" in data:
        return f'<div class="said">{_markdown(data["text/markdown"])}</div>'
    return f"<pre>{escape(data.get('text/plain', ''))}</pre>"


def _figure(png: str, alt: str, language: Language) -> str:
    text = escape(alt or words("figure", language))
    source = "".join(png.split())
    return f'<figure><img src="data:image/png;base64,{source}" alt="{text}"></figure>'


def _markdown(text: str) -> str:
    """Write prose; headings go one level down, since the page has a title of its own."""
    return str(_writer()(_HEADING.sub(r"#\1", text)))


@cache
def _writer() -> Any:  # noqa: ANN401
    return mistune.create_markdown(escape=True, plugins=["table"])
