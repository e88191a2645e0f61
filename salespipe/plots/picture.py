"""An empty figure in the house style, and how its axes are labelled."""

from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial, wraps
from io import BytesIO
from textwrap import fill
from typing import Any, Final

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from salespipe.plots.palette import FAINT, GROUND, INK, MUTED
from salespipe.plots.words import amount, number
from salespipe.settings import Language

__all__ = [
    "WIDTH",
    "Picture",
    "beside_row",
    "headline",
    "house_style",
    "installed_fonts",
    "legend",
    "new_picture",
    "scale",
]

WIDTH: Final = 9.0
"""Inches; fits a notebook and a printed page."""

TITLE_LETTERS: Final = 80
"""Letters of a title that fit on one line of that width."""

SHOWN_DPI: Final = 110

FONTS: Final = (
    "DejaVu Sans",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Microsoft YaHei",
    "PingFang SC",
    "Heiti SC",
    "WenQuanYi Micro Hei",
    "SimHei",
    "Arial Unicode MS",
    "Noto Sans CJK JP",
)
"""The first has what English needs; the first of the others that is installed writes Chinese."""


class Picture(Figure):
    """A figure that a notebook shows by itself, whether or not a plotting backend is loaded."""

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
        """Draw the figure as PNG; its title is read to those who cannot see it."""
        del include, exclude  # there is but one way to show it
        image = BytesIO()
        self.savefig(image, format="png", dpi=SHOWN_DPI)
        data = b64encode(image.getvalue()).decode("ascii")
        return {"image/png": data}, {"image/png": {"alt": self.get_suptitle()}}


@cache
def installed_fonts() -> tuple[str, ...]:
    """Give those of :data:`FONTS` that are installed, in their order."""
    manager = font_manager.fontManager
    if not set(FONTS[1:]) & set(font_manager.get_font_names()):
        # Matplotlib keeps a list of fonts that may be older than a font.
        listed = {font.fname for font in manager.ttflist}
        for path in set(font_manager.findSystemFonts()) - listed:
            with suppress(RuntimeError, OSError):
                manager.addfont(path)
    known = set(font_manager.get_font_names())
    return tuple(name for name in FONTS if name in known) or ("sans-serif",)


def _style() -> dict[Any, Any]:
    return {
        "font.family": list(installed_fonts()),
        "font.size": 10,
        "text.color": INK,
        "axes.labelcolor": INK,
        "axes.edgecolor": MUTED,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "axes.grid": True,
        "grid.color": FAINT,
        "grid.linewidth": 0.6,
        "xtick.color": INK,
        "ytick.color": INK,
        "figure.facecolor": GROUND,
        "savefig.facecolor": GROUND,
        "legend.frameon": False,
        "hatch.linewidth": 0.6,
        # An account may be called "$ave & $pend": nothing in a name is mathematics.
        "text.parse_math": False,
    }


def house_style[**P, T](draw: Callable[P, T]) -> Callable[P, T]:
    """Let a function draw in the house style, whatever the session has set."""

    @wraps(draw)
    def styled(*args: P.args, **kwargs: P.kwargs) -> T:
        with mpl.rc_context(_style()):
            return draw(*args, **kwargs)

    return styled


def new_picture(
    height: float, *, panels: int = 1, share_y: bool = False
) -> tuple[Picture, list[Axes]]:
    """Make an empty figure of panels side by side; nothing on it can be cut off.

    Parameters
    ----------
    height : float
        Inches.
    panels : int
    share_y : bool
        Whether the panels have their vertical axis in common.
    """
    picture = Picture(figsize=(WIDTH, height), layout="constrained")
    axes = picture.subplots(1, panels, squeeze=False, sharey=share_y)[0]
    for one in axes:
        # Ticks made while drawing no longer know the style of this moment.
        one.tick_params(labelfontfamily=mpl.rcParams["font.family"], length=0)
    return picture, list(axes)


def beside_row(axes: Axes, place: float, text: str) -> None:
    """Write small letters right of the axes, beside what stands at a place of the upright axis."""
    axes.annotate(
        text,
        (1, place),
        xycoords=("axes fraction", "data"),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        fontsize=8.5,
        color=MUTED,
    )


def headline(picture: Picture, text: str, *, remark: str = "") -> None:
    """Write what is seen over the figure, and a remark in small letters below it."""
    picture.suptitle(fill(text, TITLE_LETTERS), x=0.01, ha="left", fontsize=12, fontweight="bold")
    if remark:
        picture.supxlabel(fill(remark, 120), x=0.01, ha="left", fontsize=8.5, color=MUTED)


def scale(axes: Axes, *, which: str, unit: str, label: str, language: Language = "en") -> None:
    """Label an axis and write its ticks in their unit.

    Parameters
    ----------
    axes : Axes
    which : {"x", "y"}
    unit : {"share", "days", "money", "count", "number"}
    label : str
        With the unit or the currency.
    language : {"en", "zh"}
        Chinese counts money in 万.
    """
    writers: dict[str, Callable[[float], str]] = {
        "share": _percent,
        "money": partial(amount, language=language),
    }
    write = writers.get(unit, number)
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(MaxNLocator(nbins=7, integer=unit == "count"))
    axis.set_major_formatter(FuncFormatter(lambda value, _: write(value)))
    axis.set_label_text(label)


def _percent(value: float) -> str:
    """Write a tick, which unlike a result may need a digit more: 2.5 %."""
    return f"{100 * value:.3g} %"


def legend(axes: Axes) -> None:
    """Put the legend above the axes, where no data can lie beneath it."""
    handles, labels = axes.get_legend_handles_labels()
    if handles:
        axes.legend(
            handles,
            labels,
            loc="lower left",
            bbox_to_anchor=(0, 1),
            ncols=4,
            fontsize=9,
            borderaxespad=0.2,
            handlelength=1.6,
            columnspacing=1.4,
        )
