"""Pages that the code itself fills: nothing of it is written down a second time.

The directive ``{generated} NAME`` puts the Markdown of one of the functions below into a page.
"""

import importlib
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from typer.main import get_command

import salespipe
from salespipe import errors, kpi
from salespipe.cli import app
from salespipe.errors import SalespipeError
from salespipe.inference import history
from salespipe.pipeline import build_pipeline
from salespipe.results import KPI_COLUMNS
from salespipe.settings import Settings
from salespipe.synthetic import Company, simulate_company
from salespipe.tables import COLUMNS
from salespipe.workbook import archive, csv_text, grid
from salespipe.workbook.chinese import in_language
from salespipe.workbook.schema import CALCULATED, SETTINGS, SHEETS, Column
from salespipe.workbook.template.hints import HINTS, SETTING_HINTS, STAGE_HINTS

__all__ = [
    "PAGES",
    "api",
    "commands",
    "data_dictionary",
    "kpi_definitions",
    "limits",
    "models",
    "refusals",
    "setup",
]

COMPANY = Company(deals=400, months=18)
"""A made-up company that is large enough for every KPI to be there."""

MODELS = (
    "timing",
    "win_rate",
    "amount",
    "arrivals",
    "revenue_history",
    "calendar_effect",
    "priors",
)
"""In the order in which a reader meets them."""

ELSEWHERE = {
    "(../CHANGELOG.md": "(changelog.md",
    "(../ARCHITECTURE.md": "(architecture.md",
    "(CHANGELOG.md": "(changelog.md",
    "(README.md": "(index.md",
}
"""Files above docs/, and the pages that stand for them."""


def data_dictionary() -> str:
    """Give every sheet and column that people fill, from the schema that reads them."""
    parts = []
    for sheet in SHEETS.values():
        if sheet.filled_by != "people":
            continue
        parts.append(f"## {sheet.en} ({sheet.zh})\n")
        if sheet.key == "settings":
            parts.append(_settings())
            continue
        hints = STAGE_HINTS if sheet.key == "stages" else HINTS.get(sheet.key, {})
        kinds = COLUMNS.get(sheet.key, {})
        parts.append(f"Excel Table `{sheet.table}`.\n")
        parts.append(
            _table(
                ("Header", "中文", "Key", "Holds", "What it is", "Also read as"),
                (_column(column, kinds, hints) for column in sheet.columns),
            )
        )
        if sheet.key == "deals":
            listed = ", ".join(f"*{en}* ({zh})" for en, zh in CALCULATED.values())
            parts.append(
                "Then a date for each open stage, *Entered ...* (进入...), the day on which the "
                f"deal entered it; then formulas, which reading passes over: {listed}. Columns of "
                "your own may follow; they are kept as they are.\n"
            )
    return "\n".join(parts)


def _column(column: Column, kinds: Any, hints: Any) -> tuple[str, ...]:  # noqa: ANN401
    holds = kinds.get(column.key, "")
    said = hints.get(column.key, ("", ""))[0]
    must = " **Required.**" if column.required else ""
    others = ", ".join(column.aliases)
    return (column.en, column.zh, f"`{column.key}`", holds, f"{said}{must}", others)


def _settings() -> str:
    defaults = Settings()
    values = dict(zip(("worst", "likely", "best"), defaults.quantiles, strict=True))
    rows = [
        (
            en,
            zh,
            f"`{key}`",
            f"{values.get(key, getattr(defaults, key, ''))}",
            SETTING_HINTS.get(key, ("", ""))[0],
        )
        for key, (en, zh) in SETTINGS.items()
    ]
    return _table(("Setting", "中文", "Key", "Without it", "What it is"), rows)


def kpi_definitions() -> str:
    """Give each KPI's definitions, from the review of a made-up company."""
    tables = simulate_company(COMPANY, seed=3, as_of=COMPANY.end).tables
    review = kpi.review(build_pipeline(tables, as_of=COMPANY.end))
    parts = []
    for name, rows in review.groupby("name", sort=False):
        parts.append(f"## {name} ({in_language(str(name), 'zh')})\n")
        first = rows.drop_duplicates("definition")
        shown = first[list(KPI_COLUMNS)].to_dict("records")
        parts.append(
            _table(
                ("Definition", "Unit", "Which deals", "Interval"),
                (
                    (row["definition"], row["unit"], row["population"], row["interval"])
                    for row in shown[:12]
                ),
            )
        )
        traps = dict.fromkeys(str(trap) for trap in first["trap"] if str(trap) not in {"", "nan"})
        parts += [f"*How it misleads:* {trap}\n" for trap in traps]
    return "\n".join(parts)


def commands() -> str:
    """Give each command with its options, as `--help` has them."""
    parts = []
    root: Any = get_command(app)
    for name, command in root.commands.items():
        parts.append(f"## salespipe {name}\n\n{command.help}\n\n```sh\n{_example(command)}\n```\n")
        rows = [_option(parameter) for parameter in command.params if parameter.name != "help"]
        parts.append(_table(("Given as", "What it is"), rows))
    return "\n".join(parts)


def _example(command: Any) -> str:  # noqa: ANN401
    return str(command.epilog).removeprefix("Example: ")


def _option(parameter: Any) -> tuple[str, str]:  # noqa: ANN401
    names = ", ".join(f"`{name}`" for name in [*parameter.opts, *parameter.secondary_opts])
    if parameter.param_type_name == "argument":
        return f"`{parameter.metavar or parameter.name.upper()}`", parameter.help or ""
    metavar = parameter.metavar or ""
    return f"{names} {metavar}".strip(), parameter.help or ""


def refusals() -> str:
    """Give the exceptions, with what each of them means."""
    kinds = [getattr(errors, name) for name in errors.__all__]
    rows = [
        (f"`{kind.__name__}`", ", ".join(f"`{base.__name__}`" for base in kind.__bases__),
         " ".join(str(kind.__doc__).split()))
        for kind in kinds
        if issubclass(kind, SalespipeError)
    ]  # fmt: skip
    return _table(("Exception", "Is also", "When"), rows)


def limits() -> str:
    """Give the largest files that are read, from the constants that refuse larger ones."""
    rows = [
        ("size of a workbook", f"{archive.MAX_FILE_BYTES // 2**20:,} MB"),
        ("the same unpacked", f"{archive.MAX_UNPACKED_BYTES // 2**30:,} GB"),
        ("cells of a sheet", f"{grid.MAX_CELLS:,}"),
        ("size of a CSV file", f"{csv_text.MAX_BYTES // 2**20:,} MB"),
        ("cells of a CSV file", f"{csv_text.MAX_CELLS:,}"),
        ("months of revenue history that are used", f"{history.MAX_MONTHS}"),
        ("months ahead", "24"),
    ]
    return _table(("What", "At most"), rows)


def models() -> str:
    """Give the maths of every model and the reasons of its priors, from their docstrings."""
    parts = []
    for module in MODELS:
        home = importlib.import_module(f"salespipe.models.{module}")
        title, _, rest = str(home.__doc__).strip().partition("\n")
        parts.append(f"## {title.rstrip('.')}\n\n{rest.strip()}\n")
        named = [name for name in home.__all__ if name.startswith(("build_", "add_"))]
        named += [name for name in home.__all__ if name.endswith(("Priors", "Scale"))]
        named += [name for name in home.__all__ if name in {"matched_logits", "logit_sd"}]
        for name in named:
            kind = "autoclass" if isinstance(getattr(home, name), type) else "autofunction"
            parts.append(f"```{{eval-rst}}\n.. {kind}:: salespipe.models.{module}.{name}\n```\n")
    return "\n".join(parts)


def api() -> str:
    """Give the documentation of each public name, where it lives."""
    parts = []
    for name in salespipe.__all__:
        if name.startswith("__"):
            continue
        home = salespipe._HOME.get(name, "salespipe")
        thing = getattr(importlib.import_module(home), name, None)
        if isinstance(thing, type):
            kind, options = "autoclass", ":members:\n"
        elif callable(thing):
            kind, options = "autofunction", ""
        else:
            home, kind, options = "salespipe", "automodule", ":members:\n:imported-members:\n"
        parts.append(f"## sp.{name}\n")
        parts.append(f"```{{eval-rst}}\n.. {kind}:: {home}.{name}\n{_indented(options)}```\n")
    return "\n".join(parts)


def _indented(options: str) -> str:
    return "".join(f"   {line}\n" for line in options.splitlines())


def _table(headers: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    lines = [headers, ("---",) * len(headers), *rows]
    return "".join(f"| {' | '.join(_cell(cell) for cell in line)} |\n" for line in lines)


def _cell(value: object) -> str:
    return " ".join(str(value).replace("|", "\\|").split())


PAGES: dict[str, Callable[[], str]] = {
    "api": api,
    "commands": commands,
    "data-dictionary": data_dictionary,
    "kpi-definitions": kpi_definitions,
    "limits": limits,
    "models": models,
    "refusals": refusals,
}


class Generated(SphinxDirective):
    """Put generated Markdown into a page."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[Any]:
        """Parse it where the directive stands."""
        text = PAGES[self.arguments[0]]()
        return self.parse_text_to_nodes(text, allow_section_headings=True)


def _own_pages(_app: Sphinx, _name: object, *content: Any) -> None:  # noqa: ANN401
    """Let links to files above docs/ lead to the pages that include them."""
    text: list[str] = content[-1]
    for link, page in ELSEWHERE.items():
        text[0] = text[0].replace(link, page)


def _math(translator: Any, node: Any) -> None:  # noqa: ANN401
    block = isinstance(node, nodes.math_block)
    text = node.astext()
    if block and "&" in text:
        text = f"\\begin{{aligned}}{text}\\end{{aligned}}"
    drawn = tex2mathml(text, as_block=block)
    translator.body.append(f'<div class="formula">{drawn}</div>' if block else drawn)
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive, the links, and formulas that browsers draw without any script."""
    app.add_directive("generated", Generated)
    app.add_html_math_renderer(
        "mathml", inline_renderers=(_math, None), block_renderers=(_math, None)
    )
    app.connect("source-read", _own_pages)
    app.connect("include-read", _own_pages)
    return {"parallel_read_safe": True}
