"""One HTML page: no network, no scripts, readable on paper, by keyboard and aloud."""

from collections.abc import Sequence
from functools import cache, partial
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from salespipe.plots.table import unbroken
from salespipe.report.front import Front
from salespipe.report.sections import Section
from salespipe.report.words import words
from salespipe.settings import Language

__all__ = ["page"]


def page(front: Front, sections: Sequence[Section], language: Language) -> str:
    """Write the page.

    Parameters
    ----------
    front : Front
    sections : sequence of Section
        Their HTML is put in as it is; everything else is escaped.
    language : {"en", "zh"}
    """
    return _template().render(
        front=front,
        sections=sections,
        language={"en": "en", "zh": "zh-CN"}[language],
        words=partial(words, language=language),
    )


@cache
def _template() -> Template:
    source = files("salespipe.report").joinpath("page.html.j2").read_text("utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["unbroken"] = unbroken
    return environment.from_string(source)
