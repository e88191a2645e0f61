import numpy as np
import pandas as pd
import pytest

from salespipe import names as n
from salespipe.backtest.accuracy import ENOUGH, score, summarise_scores, verdict
from salespipe.backtest.scores import crps
from salespipe.forecast_log import GRID, LOG_COLUMNS, OWN
from salespipe.pipeline import build_pipeline
from salespipe.tables import Tables, conform

MONTHS = pd.date_range("2024-01-01", periods=40, freq="MS")


def firm(won):
    """Give a pipeline in which month k brought ``won[k]``, Ann's and Bo's half each."""
    rows = [
        {n.DEAL_ID: f"{k}{owner}", n.OWNER: owner, n.STAGE: n.WON, n.AMOUNT: money / 2}
        | {n.CREATED_ON: MONTHS[k], n.CLOSED_ON: MONTHS[k] + pd.Timedelta(days=9)}
        for k, money in enumerate(won)
        for owner in ("Ann", "Bo")
    ]
    frame = conform("deals", pd.DataFrame(rows, index=range(2, len(rows) + 2)))
    end = (MONTHS[len(won)] - pd.Timedelta(days=1)).date()
    return build_pipeline(Tables(deals=frame), as_of=end)


def log(forecasts, **other):
    """Give the log of one forecast a month: draws of its first month."""
    rows = [
        {
            "as_of": MONTHS[k] - pd.Timedelta(days=1),
            "method": OWN,
            "by": "total",
            "group": "",
            "kind": "month",
            "period": f"{MONTHS[k]:%Y-%m}",
            "start": MONTHS[k],
            "end": MONTHS[k + 1],
            "horizon": 1,
            "likely": np.median(draws),
            "worst": np.quantile(draws, 0.1),
            "best": np.quantile(draws, 0.9),
            "quantiles": np.quantile(draws, GRID),
        }
        | other
        for k, draws in enumerate(forecasts)
    ]
    return pd.DataFrame(rows).reindex(columns=list(LOG_COLUMNS))


def test_scores_by_hand():
    """Two months of 100 and 60, said to be 90 and 90: errors -10 and 30 over 160."""
    table = summarise_scores(score(log([[90.0], [90.0]]), firm([100.0, 60.0]))).iloc[0]
    assert table["n"] == 2
    assert table["bias"] == pytest.approx(20 / 160)
    assert table["wape"] == pytest.approx(40 / 160)
    # of a single number the CRPS is the absolute error
    assert table["crps_over_mean"] == pytest.approx(40 / 160)
    # and no range that could hold anything
    assert table[["coverage_80", "band_80_low"]].isna().all()


def test_scores_are_told_apart_by_owner_method_and_month_ahead():
    one = log([[80.0, 120.0], [80.0, 120.0]])
    table = summarise_scores(
        score(
            pd.concat(
                [one, one.assign(by="owner", group="Ann"), one.assign(horizon=2)],
                ignore_index=True,
            ),
            firm([100.0, 60.0]),
        )
    ).set_index(["by", "group", "method", "horizon"])
    whole, ann = table.loc[("total", "", OWN, 1)], table.loc[("owner", "Ann", OWN, 1)]
    assert (whole["n"], ann["n"], len(table)) == (2, 2, 3)
    assert whole["coverage_80"] == 0.5
    assert ann["bias"] == pytest.approx((50 + 70) / 80)  # of her 50 and 30, 100 each was forecast
    assert (whole["band_80_low"], whole["band_80_high"]) == (0.0, 1.0)


def test_the_score_from_kept_quantiles_is_that_of_the_draws():
    draws = np.random.default_rng(1).lognormal(4, 0.5, 4000)
    scored = score(log([draws]), firm([80.0]))
    assert scored["crps"].item() == pytest.approx(float(crps(draws, 80.0)), rel=0.02)


def test_ranges_hold_as_often_as_they_say():
    rng = np.random.default_rng(3)
    truth = rng.normal(100, 10, 39)
    scored = score(log(rng.normal(100, 10, (39, 2000))), firm(truth))
    assert scored["inside_80"].tolist() == [bool(100 - 12.8 < x < 100 + 12.8) for x in truth]
    assert (scored["inside_50"] <= scored["inside_80"]).all()
    assert (scored["inside_80"] <= scored["inside_90"]).all()


@pytest.mark.parametrize(
    ("count", "hits", "word"),
    [(0, 0, "none"), (12, 12, "few"), (12, 7, "few"), (12, 6, "narrow"), (ENOUGH, 19, "well"),
     (ENOUGH, 15, "narrow"), (36, 36, "wide"), (36, 25, "well"), (36, 33, "well")],
)  # fmt: skip
def test_well_calibrated_is_said_only_when_there_are_enough(count, hits, word):
    """Bands as published for honest 80 % ranges: 12: 7 to 12; 24: 16 to 22; 36: 25 to 33."""
    truth = [100.0] * hits + [500.0] * (count - hits)
    spread = np.linspace(80, 120, 200)
    if not count:
        assert verdict(score(log([]), firm([1.0]))).word == "none"
        return
    # months that other methods, owners or horizons speak of do not count
    table = pd.concat(
        [
            log([spread] * count),
            log([spread] * count, horizon=2),
            log([spread] * count, method="x"),
        ],
        ignore_index=True,
    )
    seen = verdict(score(table, firm(truth)))
    assert (seen.n, seen.hits, seen.word) == (count, hits, word)
    bands = {12: (7, 12), 24: (16, 22), 36: (25, 33)}
    assert (seen.least, seen.most) == bands[count]
