"""Colours by meaning: the palette of Okabe and Ito (2008), told apart by colour-blind readers.

Meaning never hangs on colour alone: markers, hatches and direct labels carry it in grey print.
"""

from typing import Final

__all__ = [
    "BAND",
    "FAINT",
    "GROUND",
    "HISTORY",
    "INK",
    "LIKELY",
    "MUTED",
    "NEW",
    "SEEN",
    "SEVERITY",
]
__all__ += ["TARGET", "WON"]

INK: Final = "#222222"
"""Text and axes."""
MUTED: Final = "#6b6b6b"
"""Remarks and counts."""
FAINT: Final = "#d9d9d9"
"""Grid lines and shading."""
GROUND: Final = "#ffffff"

SEEN: Final = "#0072B2"
"""Blue: what was counted or estimated."""
LIKELY: Final = "#0072B2"
BAND: Final = "#9ecae8"
"""Light blue: worst to best."""
HISTORY: Final = "#b3b3b3"
"""Grey: what has happened."""
WON: Final = "#009E73"
"""Bluish green: won already."""
NEW: Final = "#E69F00"
"""Orange: deals not yet created."""
TARGET: Final = "#D55E00"
"""Vermilion: targets and other lines to compare with."""

SEVERITY: Final = {"error": "#D55E00", "warning": "#E69F00", "info": "#56B4E9"}
