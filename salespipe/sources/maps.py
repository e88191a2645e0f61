"""The import map: a small TOML file that says which column of an export is which of ours.

A whole map, with every key that there is::

    dates = "auto"            # or "ymd", "mdy", "dmy", or a pattern such as "%d.%m.%y"
    decimal = "auto"          # or "." or ","; auto: each column shows it
    separator = "auto"        # or ";" and so on
    encoding = "auto"         # or "utf-8", "gb18030" and so on

    [settings]                # any field of salespipe.settings.Settings
    currency = "EUR"

    [[stages]]                # the open stages in order, fields of salespipe.stages.Stage;
    name = "Qualification"    # none: the method's own stages
    probability = 0.2
    typical_days = 14

    [deals]                   # the export itself
    columns = { deal_id = "Id", stage = "StageName", amount = "Amount" }
    constants = { currency = "EUR" }
    stages = { "Closed Won" = "won", "Closed Lost" = "lost" }  # and open stages of other names
    entered = { "Qualification" = "Qualified On" }       # day on which a stage was entered
    listed_amount_for = ["lost"]     # outcomes whose amount is to be the listed amount
    close_date = ["Close Date"]      # expected close of an open deal, closing day of a closed one
    replace = { "Product" = { "GTXPro" = "GTX Pro" } }   # by header; "" makes a value blank
    divide = { amount = 100 }        # where the export counts in other units

    [[deals.joins]]           # look-ups, after replacing: ids to names, products to prices
    file = "User.csv"         # relative to the export, as all files are
    on = "OwnerId"            # column here
    key = "Id"                # column there
    columns = { owner = "Name" }

    [history]                 # one row per change: the state of a deal from then on
    file = "OpportunityHistory.csv"
    columns = { deal_id = "Opp", changed_on = "Date", stage = "StageName", amount = "Amount" }
    order = ["-Id"]           # order within a day, by the numbers in it; "-" for descending
    gives = ["closed_on", "listed_amount"]  # deal columns taken from it; also created_on

    [accounts]                # also contacts, activities, targets, market, rates; several files
    file = "Account.csv"      # for one table: [[activities]] twice
    columns = { account = "Name" }

`constants`, `replace`, `divide`, `joins` and `dates` may stand under every table; the values of
`deals.stages` serve the history too.

A preset (``lenient = true``) may besides give a list of headers for a column, of which the first
that is there is read, and does without columns and files that are not there. Under ``[deals]`` it
may have ``stage_probability``, a list of headers, and ``[deals.outcome]`` with
the lists ``column``, ``won`` and ``lost``. Stages that it does not know are taken from the export.
"""

import tomllib
from dataclasses import fields
from importlib import resources
from pathlib import Path
from typing import Any, Final

from salespipe import names as n
from salespipe.errors import ImportMapError, SettingsError
from salespipe.settings import Settings
from salespipe.sources.import_map import REQUIRED, FileMap, HistoryMap, ImportMap, Join, Outcome
from salespipe.sources.map_node import Node
from salespipe.sources.values import DATE_ORDERS
from salespipe.stages import DEFAULT_STAGES, Stage, open_stages, validate_stages
from salespipe.tables import COLUMNS
from salespipe.workbook.schema import DEAL_COLUMNS

__all__ = [
    "FileMap",
    "HistoryMap",
    "ImportMap",
    "Join",
    "header_map",
    "preset_names",
    "read_map",
    "read_preset",
]

_OTHER_TABLES: Final = ("accounts", "contacts", "activities", "targets", "market", "rates")
_TOP_KEYS: Final = (
    "lenient",
    "dates",
    "decimal",
    "separator",
    "encoding",
    "settings",
    "stages",
    "deals",
    "history",
)
_FILE_KEYS: Final = ("columns", "constants", "replace", "divide", "joins", "dates")
_GIVES: Final = (n.CREATED_ON, n.CLOSED_ON, n.LISTED_AMOUNT)
_STAGE_KEYS: Final = tuple(f.name for f in fields(Stage) if f.name != "kind")
_CLOSED_STAGES: Final = tuple(stage for stage in DEFAULT_STAGES if stage.kind != n.OPEN)


def read_map(path: Path) -> ImportMap:
    """Read and check an import map; its form is described in this module.

    Parameters
    ----------
    path : Path

    Raises
    ------
    ImportMapError
        There is no such file, it is not TOML, or a key is unknown, missing or has a wrong value;
        the sentence names the file, the key and what is allowed.
    """
    return _map(_load(path))


def _map(top: Node) -> ImportMap:
    top.only(*_TOP_KEYS, *_OTHER_TABLES)
    dates = _dates(top, "auto")
    stages = _stages(top)
    history = _history(top, dates)
    deals = top.table("deals")
    lenient = top.data.get("lenient", False) is True
    presets = ("outcome", "stage_probability") if lenient else ()
    deals.only(*_FILE_KEYS, "stages", "entered", "listed_amount_for", "close_date", *presets)
    source = _file_map(deals, "deals", dates, given=history.gives if history else ())
    return ImportMap(
        file=top.file,
        decimal=top.choice("decimal", ("auto", ".", ","), default="auto"),
        separator=top.text("separator", default="auto"),
        encoding=top.text("encoding", default="auto"),
        settings=_settings(top),
        stages=stages,
        deals=source,
        stage_values=_stage_values(deals, stages),
        entered=_entered(deals, stages),
        listed_amount_for=_listed_amount_for(deals, source, history),
        others=tuple(
            _file_map(node, table, dates) for table in _OTHER_TABLES for node in top.tables(table)
        ),
        history=history,
        lenient=lenient,
        close_date=deals.text_list("close_date"),
        outcome=_outcome(deals),
        stage_probability=deals.text_list("stage_probability"),
    )


def _outcome(deals: Node) -> Outcome | None:
    if "outcome" not in deals.data:
        return None
    node = deals.table("outcome")
    node.only("column", "won", "lost")
    return Outcome(node.text_list("column"), node.text_list("won"), node.text_list("lost"))


def preset_names() -> tuple[str, ...]:
    """Name the presets."""
    files = resources.files("salespipe.sources.presets").iterdir()
    return tuple(sorted(file.name.removesuffix(".toml") for file in files if _is_toml(file.name)))


def read_preset(name: str) -> ImportMap:
    """Read a preset's map.

    Raises
    ------
    ImportMapError
        There is none of that name.
    """
    if name not in preset_names():
        raise ImportMapError(
            f'There is no preset "{name}"; choose one of {", ".join(preset_names())}, or write a '
            "map and give it with --map."
        )
    text = resources.files("salespipe.sources.presets").joinpath(f"{name}.toml").read_text("utf-8")
    return _map(Node(tomllib.loads(text), file=f"the preset {name}"))


def header_map() -> ImportMap:
    """Give the map of an export whose headers are those that a workbook may have.

    It is what stands in for a preset and a map: columns are recognised as on the Deals sheet, in
    either language, stages are taken from the export.
    """
    columns = {
        column.key: [column.en, column.zh, *column.aliases, column.key] for column in DEAL_COLUMNS
    }
    data = {"lenient": True, "deals": {"columns": columns}}
    return _map(Node(data, file="the headers that salespipe knows"))


def _is_toml(name: str) -> bool:
    return name.endswith(".toml")


def _load(path: Path) -> Node:
    try:
        return Node(tomllib.loads(path.read_text(encoding="utf-8-sig")), file=path.name)
    except FileNotFoundError:
        raise ImportMapError(f"There is no import map {path}; check the name.") from None
    except OSError as error:
        raise ImportMapError(
            f"The import map {path} cannot be read ({error.strerror}); check the name and who may "
            "read it."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ImportMapError(f"{path.name} is not a TOML file: {error}; mend it there.") from None


def _stages(top: Node) -> tuple[Stage, ...]:
    steps = []
    for node in top.tables("stages"):
        node.only(*_STAGE_KEYS)
        numbers = {k: node.number(k) for k in ("probability", "typical_days") if k in node.data}
        texts = {k: node.text(k) for k in node.data if k not in numbers and k != "name"}
        steps.append(Stage(node.text("name"), **texts, **numbers))  # type: ignore[arg-type]
    if not steps:
        return DEFAULT_STAGES
    try:
        return validate_stages((*steps, *_CLOSED_STAGES))
    except SettingsError as error:
        raise ImportMapError(
            str(error).replace("On the Stages sheet,", f"In {top.file}, under [[stages]],")
        ) from None


def _settings(top: Node) -> Settings:
    node = top.table("settings", optional=True)
    node.only(*(f.name for f in fields(Settings)))
    values: dict[str, Any] = dict(node.data)
    for key, default in vars(Settings()).items():
        if key not in values:
            continue
        if isinstance(default, tuple):
            values[key] = node.numbers(key, len(default))
        elif isinstance(default, str):
            node.text(key)
        else:
            values[key] = type(default)(node.number(key))
    node.choice("language", ("en", "zh"), default="en")
    try:
        return Settings(**values)
    except SettingsError as error:
        raise ImportMapError(
            str(error).replace("On the Settings sheet,", f"In {top.file}, under [settings],")
        ) from None


def _stage_values(deals: Node, stages: tuple[Stage, ...]) -> dict[str, str]:
    allowed = (n.WON, n.LOST, *(stage.name for stage in open_stages(stages)))
    given = deals.table("stages", optional=True)
    # A value that is already a word of ours needs no line in the map.
    return {word: word for word in allowed} | {
        value: given.choice(value, allowed) for value in given.data
    }


def _entered(deals: Node, stages: tuple[Stage, ...]) -> dict[str, str]:
    node = deals.table("entered", optional=True)
    node.only(*(stage.name for stage in open_stages(stages)))
    return node.texts()


def _listed_amount_for(deals: Node, source: FileMap, history: HistoryMap | None) -> tuple[str, ...]:
    outcomes = deals.choices("listed_amount_for", (n.OPEN, n.WON, n.LOST))
    given = (*source.given, *(history.gives if history else ()))
    if outcomes and n.LISTED_AMOUNT not in given:
        raise ImportMapError(
            f"In {deals.where}, listed_amount_for needs a {n.LISTED_AMOUNT}; add it under columns."
        )
    return outcomes


def _history(top: Node, dates: str) -> HistoryMap | None:
    if "history" not in top.data:
        return None
    node = top.table("history")
    node.only("file", *_FILE_KEYS, "order", "gives")
    source = _file_map(node, "changes", dates)
    gives = node.choices("gives", _GIVES)
    if n.LISTED_AMOUNT in gives and n.AMOUNT not in source.given:
        raise ImportMapError(
            f"In {node.where}, gives {n.LISTED_AMOUNT} needs an {n.AMOUNT}; add it under columns."
        )
    return HistoryMap(source, order=node.text_list("order"), gives=gives)


def _dates(node: Node, default: str) -> str:
    dates = node.text("dates", default=default)
    if dates not in DATE_ORDERS and "%" not in dates:
        node.refuse("dates", dates, (*DATE_ORDERS, "a pattern such as %d.%m.%y"))
    return dates


def _file_map(node: Node, table: str, dates: str, *, given: tuple[str, ...] = ()) -> FileMap:
    if table not in ("deals", "changes"):
        node.only("file", *_FILE_KEYS)
    known = tuple(COLUMNS[table])
    columns = node.table("columns", optional=True)
    constants = node.table("constants", optional=True)
    divide = node.table("divide", optional=True)
    columns.only(*known)
    alternatives = columns.alternatives()
    several = any(len(headers) != 1 for headers in alternatives.values())
    constants.only(*known)
    divide.only(*(key for key in known if COLUMNS[table][key] in ("number", "money", "fraction")))
    for key in divide.data:
        if divide.number(key) == 0:
            divide.refuse(key, 0, ("a number other than 0",))
    replace = node.table("replace", optional=True)
    joins = tuple(_join(join, known) for join in node.tables("joins"))
    sources = [
        *columns.data,
        *constants.data,
        *given,
        *(key for join in joins for key in join.columns),
    ]
    for key in sources:
        if sources.count(key) > 1:
            raise ImportMapError(f"In {node.where}, {key} is given twice; keep one of the two.")
    for key in REQUIRED[table]:
        if key not in sources:
            raise ImportMapError(f"In {node.where}, {key} is missing; add it under columns.")
    return FileMap(
        table=table,
        file=_file_name(node, table),
        columns={} if several else {key: one for key, (one,) in alternatives.items()},
        constants={key: constants.constant(key, COLUMNS[table][key]) for key in constants.data},
        replace={header: replace.table(header).texts() for header in replace.data},
        divide={key: divide.number(key) for key in divide.data},
        joins=joins,
        dates=_dates(node, dates),
        alternatives=alternatives if several else {},
    )


def _file_name(node: Node, table: str) -> str:
    """Give the name of the file, several apart by ``|`` where the first that is there is read."""
    if table == "deals":
        return ""
    value = node.data.get("file")
    return "|".join(node.text_list("file")) if isinstance(value, list) else node.text("file")


def _join(node: Node, known: tuple[str, ...]) -> Join:
    node.only("file", "on", "key", "columns")
    columns = node.table("columns")
    columns.only(*known)
    return Join(node.text("file"), node.text("on"), node.text("key"), columns.texts())
