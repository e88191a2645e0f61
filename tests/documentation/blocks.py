"""Code blocks of a page, with what the comments before them ask for."""

import re
from dataclasses import dataclass

from markdown_it import MarkdownIt

__all__ = ["Block", "blocks_of"]


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes
    ----------
    language : str
    text : str
    line : int
        Where it begins on the page.
    asked : tuple of str
        Comments since the block before: ``scene: ...``, ``file: NAME``, ``prints``.
    """

    language: str
    text: str
    line: int
    asked: tuple[str, ...]


def blocks_of(page):
    """Give the blocks of a page in order; directives of the documentation tool are none."""
    found, asked = [], []
    for token in MarkdownIt().parse(page):
        if token.type == "html_block":
            asked += re.findall(r"<!-- (.+?) -->", token.content)
        elif token.type == "fence" and not token.info.startswith("{"):
            found.append(Block(token.info, token.content, token.map[0] + 1, tuple(asked)))
            asked = []
    return found
