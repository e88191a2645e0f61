"""What a console would show."""

import io

from rich.console import Console

__all__ = ["shown"]


def shown(show, *arguments, width=160, **named):
    """Give what a console of some width would show."""
    console = Console(file=io.StringIO(), width=width, highlight=False, soft_wrap=True)
    show(console, *arguments, **named)
    return console.file.getvalue()
