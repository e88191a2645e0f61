"""How an object shows itself: a line in the terminal, a small table in a notebook."""

from collections.abc import Mapping
from html import escape

from salespipe.wording import Words

__all__ = ["card", "line"]


def line(kind: str, name: object, facts: Mapping[Words, object]) -> str:
    """Write an object in one line: ``<Book pipeline.xlsx: deals 12, errors 0>``.

    Parameters
    ----------
    kind : str
        Its class.
    name : object
        What tells it from others of its kind.
    facts : mapping of Words to object
        Numbers get their thousands marked.
    """
    told = ", ".join(f"{words.en} {_text(value)}" for words, value in facts.items())
    return f"<{kind} {name}: {told}>"


def card(title: str, facts: Mapping[Words, object], language: str = "en") -> str:
    """Write an object as HTML, one row for each fact.

    Parameters
    ----------
    title : str
    facts : mapping of Words to object
    language : {"en", "zh"}
    """
    rows = "".join(
        f'<tr><th scope="row" style="text-align:left">'
        f"{escape(words.zh if language == 'zh' else words.en)}</th>"
        f'<td style="text-align:left">{escape(_text(value))}</td></tr>'
        for words, value in facts.items()
    )
    return f"<table><caption>{escape(title)}</caption><tbody>{rows}</tbody></table>"


def _text(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
