"""The texts of e-mail drafts: templates that people may edit."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Final, Literal

from salespipe.errors import TemplateError
from salespipe.settings import Language

__all__ = ["NAMES", "PLACEHOLDERS", "Text", "put_templates", "read_text"]

type Name = Literal["list", "customer"]

NAMES: Final[tuple[Name, ...]] = ("list", "customer")
"""The owner's own list of the week, and the draft to a customer."""

PLACEHOLDERS: Final[dict[Name, frozenset[str]]] = {
    "list": frozenset({"owner", "as_of", "book", "count", "money", "tasks"}),
    "customer": frozenset({"owner", "as_of", "contact", "account", "deal", "next_step"}),
}
"""What each template may name, as ``${owner}``."""

_SUBJECT: Final = ("subject:", "主题：", "主题:")


@dataclass(frozen=True)
class Text:
    """A template: its subject line and its body.

    Attributes
    ----------
    subject, body : Template
    """

    subject: Template
    body: Template

    def filled(self, values: Mapping[str, str]) -> tuple[str, str]:
        """Give subject and body with their placeholders filled."""
        subject = " ".join(self.subject.substitute(values).split())
        return subject, self.body.substitute(values)


def read_text(name: Name, *, language: Language, folder: Path | None = None) -> Text:
    """Read a template: the one in the folder if there is one, else the built-in one.

    Raises
    ------
    TemplateError
        It has no subject line, or names a placeholder that is not known.
    """
    file = f"{name}.{language}.txt"
    own = folder / file if folder else None
    if own is not None and own.exists():
        try:
            text, where = own.read_text("utf-8-sig"), str(own)
        except (OSError, UnicodeDecodeError):
            raise TemplateError(
                f"The template {own} cannot be read; save it as text in UTF-8."
            ) from None
    else:
        text, where = _built_in(file), file
    return _parsed(text, where, PLACEHOLDERS[name])


def put_templates(folder: Path, *, language: Language) -> list[Path]:
    """Put the built-in templates into a folder to be edited; what is there already stays.

    Raises
    ------
    TemplateError
        The folder cannot be written to.
    """
    made = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in NAMES:
            path = folder / f"{name}.{language}.txt"
            if not path.exists():
                path.write_text(_built_in(path.name), "utf-8")
                made.append(path)
    except OSError as error:
        raise TemplateError(
            f'Templates cannot be put into "{folder}" ({error.strerror}); give another folder.'
        ) from None
    return made


def _built_in(file: str) -> str:
    return (files("salespipe.followups") / "templates" / file).read_text("utf-8")


def _parsed(text: str, where: str, allowed: frozenset[str]) -> Text:
    first, _, body = text.lstrip().partition("\n")
    mark = next((mark for mark in _SUBJECT if first.casefold().startswith(mark)), None)
    if mark is None:
        raise TemplateError(
            f'The template {where} must begin with the line "Subject: ..."; add it above the text.'
        )
    made = Text(Template(first[len(mark) :].strip()), Template(body.strip() + "\n"))
    for part in (made.subject, made.body):
        if not part.is_valid():
            raise TemplateError(
                f"The template {where} has a $ that begins no placeholder; write $$ for the sign."
            )
        unknown = sorted(set(part.get_identifiers()) - allowed)
        if unknown:
            names = ", ".join(f"${{{name}}}" for name in sorted(allowed))
            raise TemplateError(
                f"The template {where} names ${{{unknown[0]}}}, which is not known; use {names}."
            )
    return made
