"""Texts for people: in both languages of the workbook, and no longer than a line holds."""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

__all__ = ["BRIEF", "Words", "brief", "filled", "said"]

BRIEF: Final = 200
"""Characters that what a library says may have."""


class Words(NamedTuple):
    """A text in English and in Chinese."""

    en: str
    zh: str

    def text(self, language: Literal["en", "zh"]) -> str:
        """Give it in one language."""
        return self.zh if language == "zh" else self.en


def brief(trouble: object) -> str:
    """Give what a library says of a file in one short line: it may quote a whole damaged file."""
    text = " ".join(str(trouble).split())
    return text if len(text) <= BRIEF else f"{text[: BRIEF - 1]}…"


def said(value: object, language: Literal["en", "zh"]) -> object:
    """Give a value in a language where it has words, else as it is."""
    return value.text(language) if isinstance(value, Words) else value


def filled(words: Words, values: Mapping[str, object], language: Literal["en", "zh"]) -> str:
    """Fill the braces of a sentence in one language."""
    return words.text(language).format_map(
        {key: said(value, language) for key, value in values.items()}
    )
