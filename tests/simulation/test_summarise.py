from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from salespipe import names as n
from salespipe.periods import months_after
from salespipe.simulation.summarise import open_needed
from tests.small_tables import as_of, deal, sheet, tables


def quota(money, owner=None, month="2026-11-01"):
    return {n.MONTH: month, n.OWNER: owner, n.QUOTA: money}


def made(opened, new, *quotas, won=(0.0, 0.0)):
    """Give a forecast of one month with the owners Ana and Bo, as draws by owner."""
    deals = tables(
        deal("a", "A", "2026-10-01", amount=60.0, owner="Ana"),
        deal("b", "A", "2026-10-01", amount=40.0, owner="Bo"),
        deal("c", "A", "2026-10-01", amount=np.nan, owner="Bo"),
    ).deals
    pipeline = SimpleNamespace(
        open_deals=deals, targets=sheet("targets", list(quotas) or [quota(np.nan)])
    )
    exposure = SimpleNamespace(owners=("Ana", "Bo"))
    part = lambda draws: SimpleNamespace(by_owner=np.array(draws)[:, None, :])  # noqa: E731
    return SimpleNamespace(
        fit=SimpleNamespace(pipeline=pipeline, exposure=exposure),
        months=tuple(months_after(as_of("10-31"), 1)),
        horizon=1,
        open=part(opened),
        new=part(new),
        won=SimpleNamespace(by_owner=np.array([won])),
    )


DRAWS = [[10.0, 10.0], [20.0, 20.0], [40.0, 10.0], [25.0, 25.0]]


def rows_of(forecast, chance):
    return open_needed(forecast, chance=chance).set_index("group")["needed"]


@pytest.mark.parametrize(("chance", "scale"), [(0.25, 2), (0.6, 2.5), (0.99, 5)])
def test_each_draw_tells_the_scale_that_the_quota_needs(chance, scale):
    # 110 less 5 of new business and 5 won leave 100: scales 5, 2.5, 2 and 2.
    forecast = made(DRAWS, [[5.0, 0.0]] * 4, quota(110.0), won=(0.0, 5.0))
    assert rows_of(forecast, chance)[""] == pytest.approx(100 * scale)


def test_scaled_to_what_is_needed_the_quota_is_reached_as_often_as_asked():
    rng = np.random.default_rng(3)
    opened, new = rng.gamma(2, 10, (4000, 2)), rng.gamma(1, 5, (4000, 2))
    needed = rows_of(made(opened, new, quota(120.0)), 0.8)[""]
    reached = opened.sum(axis=1) * needed / 100 + new.sum(axis=1) >= 120 - 1e-9
    assert reached.mean() == pytest.approx(0.8, abs=1e-3)


def test_owners_with_a_quota_have_their_own():
    forecast = made(DRAWS, [[0.0, 0.0]] * 4, quota(30.0, "Ana"))
    found = open_needed(forecast, chance=0.99)
    assert found["group"].tolist() == ["", "Ana"]
    assert found["deals"].tolist() == [2, 1]
    # Ana's worst draw brings 10 of her 60: 30 need 180.
    assert found["needed"].tolist()[1] == pytest.approx(180)


def test_what_cannot_be_reached_and_what_is_reached_already():
    nothing = [[0.0, 0.0]] * 4
    assert rows_of(made(nothing, nothing, quota(10.0)), 0.8)[""] == np.inf
    assert rows_of(made(nothing, [[9.0, 9.0]] * 4, quota(10.0)), 0.8)[""] == 0
    assert pd.isna(rows_of(made(DRAWS, nothing), 0.8)[""])
