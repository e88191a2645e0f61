"""The commands by name, and the module that holds each: loaded when it is called, not before.

Reading workbooks and reckoning take a second of imports. Whoever asks for help, or for an empty
workbook, does not wait for them.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Final, NamedTuple

from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

__all__ = ["COMMANDS", "Commands", "Entry"]


class Entry(NamedTuple):
    """Where a command is, and what it does.

    Attributes
    ----------
    module : str
        Of :mod:`salespipe.cli`; importing it registers the command.
    summary : str
        Its line in the list of commands.
    """

    module: str
    summary: str


COMMANDS: Final[Mapping[str, Entry]] = {
    "demo": Entry("example", "Make the workbook of a made-up company, and run a month on it."),
    "new": Entry("template", "Make an empty workbook from the template."),
    "import": Entry("books", "Bring a CRM export into a workbook, new or updated."),
    "merge": Entry("books", "Merge reps' books into a team's book, deal by deal."),
    "split": Entry("books", "Make one book per owner, without anything of the others."),
    "lab": Entry("lab", "Open the notebooks in JupyterLab."),
    "snapshot": Entry("memory", "Remember what the sheet shows today."),
    "changes": Entry("memory", "Tell what changed, and why the forecast moved."),
    "check": Entry("check", "List the problems of a workbook, each with its remedy."),
    "kpi": Entry("kpis", "Review the KPIs, each with its definition and interval."),
    "run": Entry("month", "Carry out the monthly job, and write it into the workbook."),
    "backtest": Entry("month", "Score the forecast and simpler methods on the past."),
    "feedback": Entry("remarks", "List feedback and promises, or answer one."),
    "report": Entry("report", "Bind the notebooks into one HTML review pack."),
    "rollup": Entry("rollup", "Forecast many workbooks as one company's units."),
    "followups": Entry("week", "Make reminders and e-mail drafts for every owner."),
}
"""All commands, in the order in which help lists them."""


class _Loaded(Mapping[str, Any]):
    """The commands themselves; asking for one loads its module."""

    def __init__(self, registered: Mapping[str, Any]) -> None:
        self.registered = dict(registered)

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 (typer's own classes)
        if name not in COMMANDS:
            raise KeyError(name)
        if name not in self.registered:
            # Each module adds its commands to the one app, which it has by this name.
            module = import_module(f"salespipe.cli.{COMMANDS[name].module}")
            self.registered = dict(_registered(get_group(module.app)))
        return self.registered[name]

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


class Commands(TyperGroup):
    """All commands of the command line, each loaded when it is called."""

    def __init__(self, **given: Any) -> None:  # noqa: ANN401 (passed on)
        super().__init__(**given)
        self.commands: Any = _Loaded(self.commands)
        self._listed = False

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 (typer's)
        """Name all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002 (typer's)
        """Load a command; where all are listed, make one of its name and summary instead."""
        if cmd_name not in COMMANDS:
            return None
        if self._listed:
            return TyperCommand(cmd_name, help=COMMANDS[cmd_name].summary)
        return self.commands[cmd_name]

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401
        """Write the list of commands without loading any."""
        with self._listing():
            super().format_commands(ctx, formatter)

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:  # noqa: ANN401
        """Complete the name of a command without loading any."""
        with self._listing():
            return super().shell_complete(ctx, incomplete)

    @contextmanager
    def _listing(self) -> Iterator[None]:
        self._listed = True
        try:
            yield
        finally:
            self._listed = False


def _registered(group: TyperGroup) -> Mapping[str, Any]:
    loaded: Any = group.commands
    return loaded.registered if isinstance(loaded, _Loaded) else loaded
