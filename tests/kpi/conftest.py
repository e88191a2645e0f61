from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pytest

from salespipe import names as n
from salespipe.pipeline import Pipeline, build_pipeline
from salespipe.tables import Tables, conform

AS_OF = date(2026, 10, 31)
SEED = 20261031


def deals_table(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Make a Deals table; ids and amounts are filled in where they do not matter."""
    filled = [{n.DEAL_ID: f"D{i}", n.AMOUNT: 100.0} | row for i, row in enumerate(rows, start=2)]
    frame = pd.DataFrame(filled, index=range(2, len(rows) + 2))
    for key in (n.CREATED_ON, n.CLOSED_ON):
        if key in frame:
            frame[key] = pd.to_datetime(frame[key])
    return conform("deals", frame)


def simulated_deals(
    count: int, *, as_of: date = AS_OF, months: int = 24, p_won: float = 0.25
) -> pd.DataFrame:
    """Make a firm that wins `p_won`: wins take 40 days on average, losses 110."""
    rng = np.random.default_rng(SEED)
    last = pd.Timestamp(as_of)
    created = last - pd.to_timedelta(rng.integers(0, months * 30, count), unit="D")
    won = rng.random(count) < p_won
    cycle = np.ceil(rng.exponential(np.where(won, 40.0, 110.0))).astype(int)
    closed = created + pd.to_timedelta(cycle, unit="D")
    known = closed <= last
    outcome = np.where(won, n.WON, n.LOST)
    frame = pd.DataFrame(
        {
            n.DEAL_ID: [f"D{i}" for i in range(count)],
            n.OWNER: rng.choice(["Ana", "Bo", "Cem"], count),
            n.SEGMENT: rng.choice(["Large", "Small"], count),
            n.STAGE: np.where(known, outcome, "Qualification"),
            n.AMOUNT: rng.lognormal(8, 1, count).round(2),
            n.CREATED_ON: created,
            n.CLOSED_ON: pd.Series(closed).where(known).to_numpy(),
        },
        index=range(2, count + 2),
    )
    return conform("deals", frame)


@pytest.fixture
def pipeline_of() -> Callable[..., Pipeline]:
    """Give a function that builds a pipeline from rows of deals."""

    def build(
        rows: list[dict[str, object]] | pd.DataFrame, *, as_of: date = AS_OF, **tables: object
    ) -> Pipeline:
        deals = rows if isinstance(rows, pd.DataFrame) else deals_table(rows)
        return build_pipeline(Tables(deals=deals, **tables), as_of=as_of)

    return build


@pytest.fixture(scope="session")
def firm() -> Pipeline:
    """Give a simulated firm of 4,000 deals that wins 25 %."""
    return build_pipeline(Tables(deals=simulated_deals(4000)), as_of=AS_OF)
