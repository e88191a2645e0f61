"""A text in both languages of the workbook."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

__all__ = ["Words", "filled", "said"]


class Words(NamedTuple):
    """A text in English and in Chinese."""

    en: str
    zh: str

    def text(self, language: Literal["en", "zh"]) -> str:
        """Give it in one language."""
        return self.zh if language == "zh" else self.en


def said(value: object, language: Literal["en", "zh"]) -> object:
    """Give a value in a language where it has words, else as it is."""
    return value.text(language) if isinstance(value, Words) else value


def filled(words: Words, values: Mapping[str, object], language: Literal["en", "zh"]) -> str:
    """Fill the braces of a sentence in one language."""
    return words.text(language).format_map(
        {key: said(value, language) for key, value in values.items()}
    )
