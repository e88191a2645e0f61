"""The cast of a made-up company: its customers, and what is written of each deal once."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from salespipe import names as n
from salespipe.synthetic import fiction
from salespipe.synthetic.process import World
from salespipe.synthetic.truth import stream

__all__ = ["Cast", "draw_cast"]

_DEALS_PER_ACCOUNT = 4
_MOST_ACCOUNTS = 20_000
_EVIDENCE_SHARE = 0.6
_RHYTHM = 14.0
"""Days between planned next steps of a deal."""


@dataclass(frozen=True)
class Cast:
    """What does not change with time.

    Attributes
    ----------
    accounts : DataFrame
        account, industry, region, country, employees.
    contacts : DataFrame
        contact, account, role, email, phone.
    deals : DataFrame
        One row per deal of the world: account (position), source, lost_reason, and phase (days
        by which its rhythm of next steps is shifted).
    evidence : ndarray of bool, shape (deal, stage)
        Whether the owner would note the evidence for having entered the stage.
    """

    accounts: pd.DataFrame
    contacts: pd.DataFrame
    deals: pd.DataFrame
    evidence: np.ndarray

    def next_step_after(self, deal: np.ndarray, created: np.ndarray, day: float) -> np.ndarray:
        """Give the day (time) of each deal's next planned step; a few are overdue by some days."""
        start = created + self.deals["phase"].to_numpy()[deal]
        patience = self.deals["patience"].to_numpy()[deal]
        return np.asarray(start + _RHYTHM * np.ceil((day - patience - start) / _RHYTHM))


def draw_cast(world: World, *, seed: int) -> Cast:
    """Invent customers and texts for all deals of a world."""
    rng = stream(seed, "cast")
    size = len(world.deals)
    accounts = _accounts(min(max(5, size // _DEALS_PER_ACCOUNT), _MOST_ACCOUNTS), rng=rng)
    deals = pd.DataFrame(
        {
            n.ACCOUNT: rng.integers(len(accounts), size=size),
            n.SOURCE: _pick(fiction.SOURCES, size, rng=rng),
            n.LOST_REASON: _pick(fiction.LOST_REASONS, size, rng=rng),
            "phase": rng.uniform(0, _RHYTHM, size=size),
            "patience": rng.exponential(1.5, size=size),
        }
    )
    evidence = rng.random((size, world.n_stages)) < _EVIDENCE_SHARE
    return Cast(accounts, _contacts(accounts, rng=rng), deals, evidence)


def _accounts(size: int, *, rng: np.random.Generator) -> pd.DataFrame:
    firms, kinds = fiction.account_names(size, rng=rng)
    region = rng.integers(len(fiction.REGIONS), size=size)
    return pd.DataFrame(
        {
            n.ACCOUNT: firms,
            n.INDUSTRY: np.array(fiction.INDUSTRIES)[kinds],
            n.REGION: np.array(fiction.REGIONS)[region],
            n.COUNTRY: np.array(fiction.COUNTRIES)[region],
            n.EMPLOYEES: np.round(rng.lognormal(5, 1.2, size=size)) + 1,
        }
    )


def _contacts(accounts: pd.DataFrame, *, rng: np.random.Generator) -> pd.DataFrame:
    """Give every account one or two people."""
    firms = np.repeat(accounts[n.ACCOUNT].to_numpy(), rng.integers(1, 3, size=len(accounts)))
    people = fiction.contact_names(len(firms), rng=rng)
    return pd.DataFrame(
        {
            n.CONTACT: people,
            n.ACCOUNT: firms,
            n.ROLE: rng.choice(fiction.ROLES, size=len(firms)),
            n.EMAIL: [
                f"{fiction.slug(person)}@{fiction.slug(firm)}.example.com"
                for person, firm in zip(people, firms, strict=True)
            ],
            # The block 555-0100 to 555-0199 is kept free for fiction.
            n.PHONE: [f"+1 555 01{k:02d}" for k in rng.integers(100, size=len(firms))],
        }
    )


def _pick(shares: dict[str, float], size: int, *, rng: np.random.Generator) -> np.ndarray:
    return np.asarray(rng.choice(list(shares), size=size, p=list(shares.values())))
