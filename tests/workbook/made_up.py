"""A made-up company: tables of some sixty deals, and the results of a run on them."""

from datetime import date

import numpy as np
import pandas as pd

from salespipe import names as n
from salespipe.problems import Problem
from salespipe.results import (
    COST_COLUMNS,
    DEAL_COLUMNS,
    FUNNEL_COLUMNS,
    GROUP_COLUMNS,
    HISTORY_COLUMNS,
    KPI_COLUMNS,
    PERIOD_COLUMNS,
    SCENARIO_COLUMNS,
    Diagnostics,
    Receipt,
    Results,
)
from salespipe.settings import Settings
from salespipe.stages import DEFAULT_STAGES, open_stages
from salespipe.tables import Tables, conform

AS_OF = date(2026, 10, 31)
OWNERS = ("Ana Ferreira", "Bo Lindqvist", "Chen Wei", "Dara Okafor")
SEGMENTS = ("Services", "Software", "Hardware")
ACCOUNTS = tuple(
    f"{a} {b}"
    for a in ("Northwind", "Bluebird", "Granite", "Lakeside", "Meridian")
    for b in ("Foods", "Logistics", "Energy & Water Utilities")
)


def make_tables(deals: int = 60, *, extra: bool = True) -> Tables:
    rng = np.random.default_rng(7)
    steps = open_stages(DEFAULT_STAGES)
    rows, entries = [], []
    for k in range(deals):
        created = pd.Timestamp(AS_OF) - pd.Timedelta(days=int(rng.integers(5, 400)))
        reached = int(rng.integers(1, len(steps) + 1))
        outcome = rng.choice(["open", "won", "lost"], p=[0.5, 0.25, 0.25])
        day = created
        for step in steps[:reached]:
            if day > pd.Timestamp(AS_OF):
                break
            entries.append((f"D-{k:04d}", step.name, day))
            last = step.name
            day += pd.Timedelta(days=int(rng.integers(3, 40)))
        closed = min(day, pd.Timestamp(AS_OF)) if outcome != "open" else pd.NaT
        amount = round(float(rng.lognormal(10.3, 0.8)), 2)
        rows.append(
            {
                n.DEAL_ID: f"D-{k:04d}",
                n.ACCOUNT: ACCOUNTS[k % len(ACCOUNTS)],
                n.DEAL_NAME: f"{SEGMENTS[k % 3]} renewal and extension {k}",
                n.OWNER: OWNERS[k % 4],
                n.SEGMENT: SEGMENTS[k % 3],
                n.SOURCE: ("Referral", "Website", "Trade fair")[k % 3],
                n.STAGE: last if outcome == "open" else outcome,
                n.AMOUNT: np.nan if k % 17 == 3 else amount,
                n.LISTED_AMOUNT: round(amount * 1.1, 2),
                n.CURRENCY: np.nan,
                n.CREATED_ON: created,
                n.EXPECTED_CLOSE_ON: created + pd.Timedelta(days=int(rng.integers(60, 420))),
                n.CLOSED_ON: pd.NaT if k == 13 else closed,
                n.FORECAST_CATEGORY: n.CATEGORIES[k % 4],
                n.CONFIDENCE: float(rng.integers(1, 20)) / 20,
                n.NEXT_STEP: "Send the revised quote" if k % 3 else np.nan,
                n.NEXT_STEP_ON: pd.Timestamp(AS_OF) + pd.Timedelta(days=k),
                n.LOST_REASON: "Price" if outcome == "lost" else np.nan,
                n.EXIT_EVIDENCE: "Minutes of 12 May" if k % 5 == 0 else np.nan,
                n.NOTES: "=not a formula" if k == 0 else np.nan,
                **({"Campaign code": f"C{k % 7}", "Owner": float(k)} if extra else {}),
            }
        )
    frame = pd.DataFrame(rows)
    frame.index += 2
    activities = pd.DataFrame(
        {
            n.ACTIVITY_ON: pd.Timestamp(AS_OF) - pd.to_timedelta(rng.integers(0, 90, 80), unit="D"),
            n.OWNER: [OWNERS[k % 4] for k in range(80)],
            n.DEAL_ID: [f"D-{int(k):04d}" for k in rng.integers(0, deals, 80)],
            n.ACTIVITY_TYPE: ["Call" if k % 2 else "Meeting" for k in range(80)],
            n.ACTIVITY_OUTCOME: "Connected",
            n.MINUTES: rng.integers(5, 90, 80).astype(float),
            n.SUBJECT: "Follow-up",
        }
    )
    months = pd.date_range("2026-01-01", "2027-03-01", freq="MS")
    return Tables(
        deals=conform("deals", frame),
        stage_entries=conform(
            "stage_entries",
            pd.DataFrame(entries, columns=[n.DEAL_ID, n.STAGE, n.ENTERED_ON]),
        ),
        accounts=conform(
            "accounts",
            pd.DataFrame({n.ACCOUNT: ACCOUNTS, n.INDUSTRY: "Retail", n.EMPLOYEES: 250.0}),
        ),
        contacts=conform(
            "contacts", pd.DataFrame({n.CONTACT: ["Eva Ruiz"], n.ACCOUNT: [ACCOUNTS[0]]})
        ),
        activities=conform("activities", activities),
        targets=conform("targets", pd.DataFrame({n.MONTH: months, n.QUOTA: 150_000.0})),
        market=conform(
            "market", pd.DataFrame({n.MONTH: months, n.INDEX: "Orders index", n.VALUE: 101.3})
        ),
        rates=conform(
            "rates", pd.DataFrame({n.MONTH: months[:2], n.CURRENCY: "EUR", n.RATE: 1.0832})
        ),
        feedback=conform(
            "feedback",
            pd.DataFrame(
                {
                    n.REPORTED_ON: [pd.Timestamp(AS_OF)],
                    n.OWNER: OWNERS[:1],
                    n.TOPIC: ["Tool"],
                    n.FEEDBACK: ["Show the account's industry on the deal."],
                }
            ),
        ),
        settings=Settings(company="Made-up Trading", currency="USD"),
    )


COST = "4 deals without a number carry 18% of the likely value (USD 21,000)."


def make_results(
    *, deals: int = 31, months: int = 3, owners: int = 4, problems: int = 12
) -> Results:
    rng = np.random.default_rng(11)
    starts = pd.date_range("2026-11-01", periods=months, freq="MS")
    periods = [_period(f"{s:%Y-%m}", "month", s, s + pd.offsets.MonthBegin()) for s in starts]
    end = periods[-1]["end"]
    periods.append(_period("2026Q4", "quarter", starts[0], pd.Timestamp("2027-01-01"), 2.0))
    periods.append(_period("total", "total", starts[0], end, float(months)))
    history = pd.date_range("2025-05-01", "2026-10-01", freq="MS")
    groups = [f"Owner {k}" for k in range(owners)] if owners > 4 else list(OWNERS[:owners])
    return Results(
        receipt=Receipt(
            as_of=AS_OF,
            data_hash="9f31c0a4d2b86e57",
            version="0.1.0",
            seed=1,
            draws=4000,
            diagnostics=Diagnostics(max_rhat=1.0042, min_ess=1234.5, divergences=0, ok=True),
        ),
        currency="USD",
        quantiles=(0.1, 0.5, 0.9),
        periods=pd.DataFrame(periods, columns=list(PERIOD_COLUMNS)),
        by_owner=_groups([*groups, n.UNKNOWN], starts[0], end),
        by_segment=_groups(list(SEGMENTS), starts[0], end),
        deals=_deals(deals, rng),
        scenarios=pd.DataFrame(
            [
                ("As forecast", 8e5, 1e6, 1.2e6, 1.01e6, 0.0, 0.55),
                ("All deals 30 days later", 6e5, 7e5, 9e5, 7.4e5, -2.7e5, 0.12),
                ("Deal D-0007 won", 8.2e5, 1.1e6, 1.3e6, 1.09e6, 8e4, 0.61),
            ],
            columns=list(SCENARIO_COLUMNS),
        ),
        funnel=pd.DataFrame(
            [
                (stage.name, 12 - 2 * k, 400_000.0 - 50_000 * k, 40_000.0 + 20_000 * k)
                for k, stage in enumerate(open_stages(DEFAULT_STAGES))
            ],
            columns=list(FUNNEL_COLUMNS),
        ),
        history=pd.DataFrame(
            {
                "month": history,
                "won": rng.lognormal(11.5, 0.4, len(history)),
                "target": [np.nan] * 8 + [150_000.0] * (len(history) - 8),
            },
            columns=list(HISTORY_COLUMNS),
        ),
        kpis=_kpis(history, rng),
        problems=_problems(problems),
        costs=pd.DataFrame(
            [("amount-not-a-number", "error", 4, 4, 21_000.0, 0.18, 9_000.0, COST)],
            columns=list(COST_COLUMNS),
        ),
        notes=("New business is not forecast yet: fewer than 12 months of history.",),
    )


def _period(label, kind, start, end, size=1.0):
    return {
        "period": label,
        "kind": kind,
        "start": start,
        "end": end,
        "worst": 92_345.6 * size,
        "likely": 151_234.5 * size,
        "best": 231_111.1 * size,
        "mean": 155_000.0 * size,
        "won_so_far": 0.0,
        "from_open": 120_000.0 * size,
        "from_new": 35_000.0 * size,
        "weighted_pipeline": 162_000.0 * size,
        "target": 150_000.0 * size,
        "p_target": 0.53,
    }


def _groups(groups, start, end):
    rows = [{"group": group, **_period("total", "total", start, end)} for group in groups]
    frame = pd.DataFrame(rows, columns=list(GROUP_COLUMNS))
    frame.loc[0, ["target", "p_target"]] = np.nan
    return frame


def _deals(count, rng):
    stages = open_stages(DEFAULT_STAGES)
    rows = []
    for k in range(count):
        p = float(rng.uniform(0.05, 0.95))
        rows.append(
            {
                "deal_id": f"D-{k:04d}",
                "account": ACCOUNTS[k % len(ACCOUNTS)],
                "deal_name": f"Services renewal {k}",
                "owner": OWNERS[k % 4] if k % 6 else np.nan,
                "stage": stages[k % 5].name,
                "amount": np.nan if k == 4 else 50_000.0 - 1000 * k,
                "p_won": p,
                "p_won_by_end": p * 0.6,
                "expected_close_on": pd.NaT if k % 7 == 0 else pd.Timestamp("2026-12-05"),
                "expected_value": p * (50_000.0 - 1000 * k),
                "worst": 0.0,
                "best": 50_000.0 - 1000 * k,
                "driver": "In this stage for 74 days, three times the usual.",
                "action": "Agree the next step with the decision maker." if k % 3 else "",
            }
        )
    return pd.DataFrame(rows, columns=list(DEAL_COLUMNS))


def _kpis(months, rng):
    base = {
        "definition": "won / (won + lost), closed in the last 12 months",
        "population": "deals closed in the last 12 months",
        "interval": "Jeffreys 90 %",
        "trap": "Reads too high for young deals: losses come later than wins.",
    }
    rows = [
        {"name": "Win rate (of closed)", "by": "total", "group": "", "value": 0.31, "low": 0.25,
         "high": 0.37, "n": 160, "unit": "share", **base},
        {"name": "Sales cycle", "by": "total", "group": "", "value": 84.0, "low": 71.0,
         "high": 96.0, "n": 49, "unit": "days", **base},
        {"name": "Average deal size", "by": "total", "group": "", "value": 41_235.5, "low": 35e3,
         "high": 48e3, "n": 49, "unit": "money", **base},
        {"name": "Activities", "by": "owner", "group": OWNERS[0], "value": 212.0, "low": np.nan,
         "high": np.nan, "n": 212, "unit": "count", **base},
    ]  # fmt: skip
    for k, month in enumerate(months):
        value = np.nan if k == 5 else float(rng.uniform(0.2, 0.45))
        rows.append(
            {"name": "Win rate (of closed)", "by": "month", "group": f"{month:%Y-%m}",
             "value": value, "low": value - 0.1, "high": value + 0.1, "n": 9, "unit": "share",
             **base}
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(KPI_COLUMNS))


def _problems(count):
    severities = ("error", "warning", "info")
    return tuple(
        Problem(
            sheet="Deals",
            cell=f"M{k + 2}",
            column="Amount",
            value="Neg.",
            rule="amount-not-a-number",
            severity=severities[k % 3],
            message=f'The amount of D-{k:04d} is "Neg.", which is not a number.',
            remedy="Give a number, or leave the cell blank until it is known.",
            deal_id=f"D-{k:04d}",
            owner=OWNERS[k % 4] if k % 5 else "",
            cost=5_250.0 if k % 2 else float("nan"),
        )
        for k in range(count)
    )
