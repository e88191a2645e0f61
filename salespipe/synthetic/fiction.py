"""Invented names and phrases: nobody and nothing here exists."""

from typing import Final

import numpy as np

__all__ = [
    "ACTIVITY_OUTCOMES",
    "ACTIVITY_TYPES",
    "COUNTRIES",
    "FEEDBACK",
    "INDUSTRIES",
    "LOST_REASONS",
    "NEXT_STEPS",
    "REGIONS",
    "ROLES",
    "SOURCES",
    "account_names",
    "contact_names",
    "owner_names",
    "slug",
]

_GIVEN: Final = (
    "Ada", "Bram", "Cleo", "Dario", "Edda", "Felio", "Gisa", "Hanno", "Ines", "Jarek", "Kaja",
    "Liro", "Mira", "Nilo", "Odila", "Pavo", "Quena", "Runa", "Silo", "Tilda", "Umeo", "Vesna",
    "Wiro", "Zelda",
)  # fmt: skip
_FAMILY: Final = (
    "Arvold", "Brenntau", "Corvill", "Dunmarek", "Elspane", "Farrowin", "Galdreth", "Holvane",
    "Istrade", "Jorvelle", "Kestrand", "Lomquist", "Marrowel", "Nantreux", "Ostrivel", "Perlund",
    "Quillmar", "Rothwane", "Selvarin", "Tovenhal", "Ulmstrad", "Vandreel", "Wexholt", "Zaltmarsh",
)  # fmt: skip
_ONSET: Final = (
    "Ba", "Cor", "Dre", "El", "Fa", "Gro", "Hu", "Il", "Jo", "Kre", "Lu", "Mo", "Nev", "Or", "Pla",
    "Qui", "Ros", "Sta", "Tri", "Ul", "Vo", "Wen", "Yar", "Zu",
)  # fmt: skip
_MIDDLE: Final = (
    "bra", "cti", "dan", "fer", "gol", "lim", "mar", "nup", "pol", "quor", "rix", "sen", "tul",
    "vek", "wil", "zan",
)  # fmt: skip
_CODA: Final = ("dex", "fin", "gard", "lo", "mond", "nia", "pex", "ro", "sta", "tron", "vu", "zor")
_KIND: Final = ("Works", "Foods", "Labs", "Textiles", "Shipping", "Clinics", "Tools", "Farms")
INDUSTRIES: Final = (
    "Manufacturing", "Food", "Research", "Textiles", "Logistics", "Health", "Construction",
    "Agriculture",
)  # fmt: skip
"""In the order of the last words of account names."""
REGIONS: Final = ("North", "South", "East", "West")
COUNTRIES: Final = ("Avaria", "Belmora", "Castrenia", "Dorvland")
"""One per region."""
ROLES: Final = ("Head of purchasing", "Plant manager", "Managing director", "Engineer", "Finance")
SOURCES: Final = {
    "Referral": 0.25, "Web": 0.30, "Trade fair": 0.15, "Outbound": 0.20, "Partner": 0.10
}  # fmt: skip
"""Share of new deals by source."""
LOST_REASONS: Final = {
    "No decision": 0.35, "Price": 0.25, "Competitor": 0.20, "No budget": 0.15,
    "Missing feature": 0.05,
}  # fmt: skip
"""Share of lost deals by reason."""
NEXT_STEPS: Final = (
    "Book a first meeting", "Ask about budget and decision maker", "Hold the needs workshop",
    "Show the solution", "Agree on terms",
)  # fmt: skip
"""By how far the deal has come: the first and last words for the first and last stage."""
ACTIVITY_TYPES: Final = {"Call": 12, "E-mail": 6, "Meeting": 45, "Demo": 60}
"""Median minutes by type."""
ACTIVITY_OUTCOMES: Final = {
    "Call": ("Reached", "No answer", "Call back"),
    "E-mail": ("Sent", "Answered", "Sent"),
    "Meeting": ("Held", "Held", "Moved"),
    "Demo": ("Held", "Liked", "Questions left"),
}
FEEDBACK: Final = (
    ("Process", "The needs workshop comes too late for small deals.", "May be skipped below 5,000.",
     "closed"),
    ("Tool", "I would like to see my overdue deals first.", "They top the To do list.", "closed"),
    ("Process", "Exit criteria of the proposal stage are too strict.", "", "open"),
    ("Tool", "The list of sources lacks \"Webinar\".", "", "open"),
)  # fmt: skip
"""Topic, feedback, answer, status."""


def owner_names(size: int, *, rng: np.random.Generator) -> list[str]:
    """Give distinct full names of people."""
    return [_person(code) for code in rng.permutation(len(_GIVEN) * len(_FAMILY))[:size]]


def contact_names(size: int, *, rng: np.random.Generator) -> list[str]:
    """Give full names of people, who may share a name."""
    return [_person(code) for code in rng.integers(len(_GIVEN) * len(_FAMILY), size=size)]


def account_names(size: int, *, rng: np.random.Generator) -> tuple[list[str], np.ndarray]:
    """Give distinct names of firms, and the position of each one's industry."""
    shape = (len(_ONSET), len(_MIDDLE), len(_CODA), len(_KIND))
    codes = rng.choice(int(np.prod(shape)), size=size, replace=False)
    places = np.unravel_index(codes, shape)
    names = [
        f"{_ONSET[a]}{_MIDDLE[b]}{_CODA[c]} {_KIND[kind]}"
        for a, b, c, kind in zip(*places, strict=True)
    ]
    return names, np.asarray(places[-1])


def slug(name: str) -> str:
    """Turn a name into a part of an address under example.com."""
    return name.lower().replace(" ", "-")


def _person(code: int) -> str:
    family, given = divmod(int(code), len(_GIVEN))
    return f"{_GIVEN[given]} {_FAMILY[family]}"
