"""Clean workbooks, and a defect of every kind planted at a random cell of one."""

from datetime import date, timedelta
from random import Random

import pandas as pd

from salespipe import names as n
from salespipe.checks import problems_of
from salespipe.settings import Settings
from salespipe.stages import DEFAULT_STAGES, open_stages
from salespipe.tables import Tables, conform
from salespipe.workbook.edits import Styled
from salespipe.workbook.patch import patch_workbook
from salespipe.workbook.read import read_workbook
from salespipe.workbook.template import build_workbook

__all__ = ["AS_OF", "DEFECTS", "Planter", "clean_book", "clean_tables", "spoilt"]

AS_OF = date(2026, 10, 31)
OWNERS = ("Ana Ferreira", "Bo Lindqvist", "Chen Wei", "王芳")
STEPS = [stage.name for stage in open_stages(DEFAULT_STAGES)]


def clean_tables(random: Random, *, deals: int = 90, language: str = "en") -> Tables:
    """Tables of a team that keeps everything as it should."""
    rows, entries, calls = [], [], []
    for k in range(deals):
        outcome = (n.OPEN, n.OPEN, n.WON, n.LOST)[k % 4]
        created = AS_OF - timedelta(days=random.randrange(70, 300))
        reached = random.randrange(1, 6)
        days = sorted(random.sample(range(60), reached))
        days[0] = 0
        for step, day in zip(STEPS, days, strict=False):
            entries.append((f"D-{k:04}", step, created + timedelta(days=day)))
        rows.append(
            {
                n.DEAL_ID: f"D-{k:04}",
                n.ACCOUNT: f"Account {chr(65 + k % 26)}{k // 26}",
                n.DEAL_NAME: f"Deal {k}",
                n.OWNER: OWNERS[k % 4] if k % 8 < 4 else OWNERS[(k + 1) % 4],
                n.SEGMENT: ("Software", "Services")[k % 2],
                n.STAGE: STEPS[reached - 1] if outcome == n.OPEN else outcome,
                n.AMOUNT: 10_000.0 + 37 * k + random.randrange(30),
                n.CURRENCY: ("USD", "EUR")[k % 5 == 0],
                n.CREATED_ON: created,
                n.EXPECTED_CLOSE_ON: AS_OF + timedelta(days=random.randrange(5, 200)),
                n.CLOSED_ON: created + timedelta(days=65) if outcome != n.OPEN else None,
                n.FORECAST_CATEGORY: n.COMMIT,
                n.CONFIDENCE: 0.4,
                n.NEXT_STEP: "Call back",
                n.NEXT_STEP_ON: AS_OF + timedelta(days=random.randrange(1, 30)),
                n.LOST_REASON: "Price" if outcome == n.LOST else None,
                n.EXIT_EVIDENCE: "Minutes of the meeting",
            }
        )
        if outcome == n.OPEN:
            calls.append((AS_OF - timedelta(days=random.randrange(40)), f"D-{k:04}", "Call"))
    months = pd.date_range("2025-10-01", "2026-12-01", freq="MS")
    targets = [(month, owner, 5e5) for month in months for owner in OWNERS]

    def frame(table, records, columns=None):
        made = pd.DataFrame(records, columns=columns)
        made.index += 2
        return conform(table, made)

    return Tables(
        deals=frame("deals", rows),
        stage_entries=frame("stage_entries", entries, [n.DEAL_ID, n.STAGE, n.ENTERED_ON]),
        activities=frame("activities", calls, [n.ACTIVITY_ON, n.DEAL_ID, n.ACTIVITY_TYPE]),
        accounts=frame("accounts", {n.ACCOUNT: sorted({row[n.ACCOUNT] for row in rows})}),
        targets=frame("targets", targets, [n.MONTH, n.OWNER, n.QUOTA]),
        rates=frame("rates", {n.MONTH: months, n.CURRENCY: "EUR", n.RATE: 1.08}),
        settings=Settings(currency="USD", language=language),
    )


def clean_book(path, seed, language):
    """Make a workbook of such tables, and read it."""
    tables = clean_tables(Random(seed), language=language)
    build_workbook(path, tables=tables, language=language, today=AS_OF)
    return read_workbook(path)


def spoilt(book, random: Random):
    """Plant a defect of every kind in a copy of a book; give the planter and what is found."""
    planter = Planter(book, random)
    for plant in random.sample(list(DEFECTS.values()), len(DEFECTS)):
        plant(planter)
    target = book.path.with_name("planted.xlsx")
    patch_workbook(book.path, target, planter.changes)
    return planter, problems_of(read_workbook(target), as_of=AS_OF)


class Planter:
    """Plants defects in the cells of a workbook that was read clean; no row is taken twice."""

    def __init__(self, book, random):
        self.book = book
        self.random = random
        self.changes: dict[str, dict[str, object]] = {}
        self.planted: list[tuple[str, str, str]] = []
        self._free = set(book.tables.deals.index)

    def row(self, which):
        """Take a deal that fits and is still whole."""
        deals = self.book.tables.deals
        rows = sorted(set(deals.index[which(deals)]) & self._free)
        row = self.random.choice(rows)
        self._free.discard(row)
        return row

    def put(self, table, key, row, value, rule=""):
        """Change a cell; the rule is the one that must find it there."""
        place = self.book.locator.find(table, key=key, row=row)
        self.changes.setdefault(place.sheet, {})[place.cell] = value
        if rule:
            self.planted.append((place.sheet, place.cell, rule))

    def missed(self, problems):
        """List the planted defects that were not found at their cell."""
        found = {(problem.sheet, problem.cell, problem.rule) for problem in problems}
        return [place for place in self.planted if place not in found]

    def false_errors(self, problems):
        """List errors at cells that were left alone, but that a spoilt rate spoils its month."""
        touched = {(sheet, cell) for sheet, cells in self.changes.items() for cell in cells}
        return [
            problem
            for problem in problems
            if problem.severity == "error"
            and (problem.sheet, problem.cell) not in touched
            and problem.rule != "rate-missing"
        ]

    def expect(self, table, key, row, rule):
        """Expect a rule at a cell that is not changed itself."""
        place = self.book.locator.find(table, key=key, row=row)
        self.planted.append((place.sheet, place.cell, rule))


def is_open(deals):
    return ~deals[n.STAGE].isin([n.WON, n.LOST])


def is_won(deals):
    return deals[n.STAGE] == n.WON


def is_lost(deals):
    return deals[n.STAGE] == n.LOST


def is_late(deals):
    return is_open(deals) & deals[n.STAGE].isin(STEPS[1:])


def cell(rule, key, value, which=is_open):
    """Plant one value in one cell of a deal that fits."""

    def plant(planter):
        planter.put("deals", key, planter.row(which), value, rule)

    return plant


def _id(planter, rule, change):
    row = planter.row(is_open)
    deals = planter.book.tables.deals
    other = planter.row(is_open)
    row, other = max(row, other), min(row, other)
    planter.put("deals", n.DEAL_ID, row, change(deals.loc[other, n.DEAL_ID]), rule)


def _twin(planter):
    deals = planter.book.tables.deals
    first, second = sorted((planter.row(is_open), planter.row(is_open)))
    for key in (n.ACCOUNT, n.AMOUNT, n.CREATED_ON):
        value = deals.loc[first, key]
        planter.put("deals", key, second, value.date() if key == n.CREATED_ON else value)
    for step in STEPS:
        planter.put("stage_entries", step, second, None)
    rows = [first, second]
    ids = deals.loc[rows].sort_values(n.CREATED_ON, kind="stable")
    planter.expect("deals", n.DEAL_ID, second if len(ids) else first, "near-duplicate")


def _signed(planter):
    row = planter.row(is_open)
    planter.put("deals", n.CURRENCY, row, None)
    planter.put("deals", n.AMOUNT, row, "€12,000", "currency-from-amount")


def _formatted(planter):
    row = planter.row(is_open)
    planter.put("deals", n.CURRENCY, row, None)
    shown = Styled(12_000, code="[$€-407] #,##0")
    planter.put("deals", n.AMOUNT, row, shown, "currency-from-format")


def _disorder(planter):
    row = planter.row(is_late)
    deal = planter.book.tables.deals.loc[row]
    before = (deal[n.CREATED_ON] - pd.Timedelta(days=9)).date()
    planter.put("stage_entries", STEPS[1], row, before, "stage-dates-out-of-order")


def _undated(planter):
    row = planter.row(is_open)
    stage = planter.book.tables.deals.loc[row, n.STAGE]
    planter.put("stage_entries", stage, row, None, "stage-undated")


def _stale(planter):
    tables = planter.book.tables
    last = tables.stage_entries.groupby(n.DEAL_ID)[n.ENTERED_ON].max()
    quiet = last[last < pd.Timestamp(AS_OF) - pd.Timedelta(days=61)].index
    row = planter.row(lambda deals: is_open(deals) & deals[n.DEAL_ID].isin(quiet))
    deal_id = tables.deals.loc[row, n.DEAL_ID]
    calls = tables.activities
    for call in calls.index[calls[n.DEAL_ID] == deal_id]:
        planter.put("activities", n.DEAL_ID, call, None)
    planter.expect("deals", n.STAGE, row, "stale")


def _other(table, key, value, rule):
    def plant(planter):
        rows = getattr(planter.book.tables, table).index
        planter.put(table, key, planter.random.choice(list(rows)[5:]), value, rule)

    return plant


def _second_target(planter):
    targets = planter.book.tables.targets
    row = planter.random.choice(list(targets.index)[4:])
    above = targets.loc[row - 4]
    planter.put("targets", n.MONTH, row, above[n.MONTH].date())
    planter.put("targets", n.OWNER, row, above[n.OWNER])
    planter.expect("targets", n.QUOTA, row, "target-twice")


DEFECTS = {
    "amount-not-a-number": cell("amount-not-a-number", n.AMOUNT, "Neg."),
    "number-ambiguous": cell("number-ambiguous", n.AMOUNT, "1.234"),
    "number-as-text": cell("number-as-text", n.AMOUNT, "$10,500"),
    "confidence-out-of-range": cell("confidence-out-of-range", n.CONFIDENCE, 180),
    "percent-as-number": cell("percent-as-number", n.CONFIDENCE, 40),
    "created-on-not-a-date": cell("created-on-not-a-date", n.CREATED_ON, "last spring"),
    "date-ambiguous": cell("date-ambiguous", n.CREATED_ON, "03/04/2026"),
    "date-as-text": cell("date-as-text", n.EXPECTED_CLOSE_ON, "2026年12月1日"),
    "blank-word": cell("blank-word", n.EXPECTED_CLOSE_ON, "待定"),
    "unknown-stage": cell("unknown-stage", n.STAGE, "Negotiatoin"),
    "stage-missing": cell("stage-missing", n.STAGE, None),
    "unknown-category": cell("unknown-category", n.FORECAST_CATEGORY, "Surely"),
    "unknown-currency": cell("unknown-currency", n.CURRENCY, "coins"),
    "currency-from-amount": _signed,
    "currency-from-format": _formatted,
    "currency-disputed": cell("currency-disputed", n.AMOUNT, "£5,000"),
    "id-missing": cell("id-missing", n.DEAL_ID, None),
    "id-duplicate": lambda p: _id(p, "id-duplicate", lambda other: other),
    "id-alike": lambda p: _id(p, "id-alike", lambda other: f"  {other.lower()}".strip()),
    "closed-before-created": cell("closed-before-created", n.CLOSED_ON, date(2024, 1, 5), is_won),
    "closed-without-date": cell("closed-without-date", n.CLOSED_ON, None, is_won),
    "closed-in-future": cell("closed-in-future", n.CLOSED_ON, date(2026, 11, 5), is_won),
    "open-with-closed-date": cell("open-with-closed-date", n.CLOSED_ON, date(2026, 10, 20)),
    "created-missing": cell("created-missing", n.CREATED_ON, None),
    "amount-missing": cell("amount-missing", n.AMOUNT, None),
    "won-without-amount": cell("won-without-amount", n.AMOUNT, None, is_won),
    "amount-not-positive": cell("amount-not-positive", n.AMOUNT, -5),
    "amount-outlier": cell("amount-outlier", n.AMOUNT, 12_000_000),
    "stage-dates-out-of-order": _disorder,
    "stage-undated": _undated,
    "lost-reason-missing": cell("lost-reason-missing", n.LOST_REASON, None, is_lost),
    "near-duplicate": _twin,
    "overdue": cell("overdue", n.EXPECTED_CLOSE_ON, date(2026, 10, 1)),
    "expected-close-missing": cell("expected-close-missing", n.EXPECTED_CLOSE_ON, None),
    "next-step-missing": cell("next-step-missing", n.NEXT_STEP, None),
    "next-step-overdue": cell("next-step-overdue", n.NEXT_STEP_ON, date(2026, 10, 1)),
    "stale": _stale,
    "owner-missing": cell("owner-missing", n.OWNER, None),
    "owner-unknown": cell("owner-unknown", n.OWNER, "Zoë Neu"),
    "spelling": cell("spelling", n.SEGMENT, "SOFT-WARE"),
    "evidence-missing": cell("evidence-missing", n.EXIT_EVIDENCE, None, is_late),
    "rate-missing": cell("rate-missing", n.CURRENCY, "SEK"),
    "account-unknown": cell("account-unknown", n.ACCOUNT, "Nowhere Ltd"),
    "account-twice": _other("accounts", n.ACCOUNT, "ACCOUNT A0", "account-twice"),
    "target-owner-unknown": _other("targets", n.OWNER, "Anna", "target-owner-unknown"),
    "target-twice": _second_target,
    "rate-not-positive": _other("rates", n.RATE, -1, "rate-not-positive"),
    "activity-deal-unknown": _other("activities", n.DEAL_ID, "D-9999", "activity-deal-unknown"),
}
"""By rule, what plants its defect."""
