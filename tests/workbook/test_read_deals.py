from datetime import date

import pandas as pd
import pytest
import xlsxwriter

from salespipe import names as n
from salespipe.checks import check
from salespipe.workbook.read import read_workbook
from tests.workbook.test_grid import edit

HEADERS = ["Deal ID", "Owner", "Stage", "Amount", "Created", "Closed"]
DAY = date(2026, 1, 5)


def deal(**changes):
    base = dict(zip(HEADERS, ["D-1", "Ana", "Qualification", 1000, DAY, None], strict=True))
    return base | {key.replace("_", " "): value for key, value in changes.items()}


@pytest.fixture
def read(read_deals_of):
    def read(*deals):
        headers = list(dict.fromkeys([*HEADERS, *(key for each in deals for key in each)]))
        return read_deals_of(*([each.get(h) for h in headers] for each in deals), headers=headers)

    return read


def only(book, rule):
    found = [problem for problem in book.problems if problem.rule == rule]
    assert len(found) == 1, [problem.rule for problem in book.problems]
    return found[0]


@pytest.mark.parametrize("text", ["about ten", "TBD", "70%", "—"])
def test_an_amount_that_is_no_number_is_an_error(read, text):
    book = read(deal(Amount=text))

    problem = only(book, "amount-not-a-number")
    assert (problem.severity, problem.cell, problem.value) == ("error", "D2", text)
    assert (problem.deal_id, problem.owner) == ("D-1", "Ana")
    assert pd.isna(book.tables.deals.loc[2, n.AMOUNT])


@pytest.mark.parametrize(
    ("amount", "rule"), [("=1+1", "uncached-formula"), ("#N/A", "error-value")]
)
def test_cells_without_a_usable_value_are_errors_with_an_address(tmp_path, amount, rule):
    import openpyxl

    from salespipe.workbook.read import read_workbook

    book = openpyxl.Workbook()
    book.active.title = "Deals"
    book.active.append(HEADERS)
    book.active.append(["D-1", "Ana", "Qualification", amount, DAY, None])
    book.save(tmp_path / "book.xlsx")

    problem = only(read_workbook(tmp_path / "book.xlsx"), rule)

    assert (problem.severity, problem.cell, problem.column) == ("error", "D2", "Amount")


def test_numbers_as_text_are_named_up_to_twenty_then_counted(read):
    few = read(*(deal(Deal_ID=str(k), Amount=f"${k},000") for k in range(1, 4)))
    many = read(*(deal(Deal_ID=str(k), Amount=f"${k},000") for k in range(1, 30)))

    named = [p for p in few.problems if p.rule == "number-as-text"]
    assert [p.cell for p in named] == ["D2", "D3", "D4"]
    assert "read as 1,000" in named[0].message
    problem = only(many, "number-as-text")
    assert problem.message.startswith("29 cells hold numbers as text")
    assert many.tables.deals[n.AMOUNT].tolist() == [k * 1000.0 for k in range(1, 30)]


def test_a_row_without_an_id_gets_one_that_is_free(read):
    book = read(
        deal(Deal_ID="D-098"), deal(Deal_ID=None), deal(Deal_ID="X1"), deal(Deal_ID="D-100"),
        deal(Deal_ID=None),
    )  # fmt: skip

    assert book.tables.deals[n.DEAL_ID].tolist() == [
        "D-098", "D-101", "X1", "D-100", "D-102",
    ]  # fmt: skip
    problems = [p for p in book.problems if p.rule == "id-missing"]
    assert [(p.severity, p.cell, p.deal_id) for p in problems] == [
        ("error", "A3", "D-101"),
        ("error", "A6", "D-102"),
    ]


def test_an_id_that_stands_twice_names_both_addresses(read):
    book = read(deal(), deal(Deal_ID="D-2"), deal(Owner="Bo"))

    problem = only(book, "id-duplicate")
    assert (problem.severity, problem.cell) == ("error", "A4")
    assert (problem.deal_id, problem.owner) == ("D-1", "Bo")
    assert "A2" in problem.message
    assert book.tables.deals[n.DEAL_ID].tolist() == ["D-1", "D-2"]


def test_ids_stay_as_they_are_written(read):
    book = read(deal(Deal_ID="001"), deal(Deal_ID=1), deal(Deal_ID="NA"), deal(Deal_ID="1e5"))

    assert book.tables.deals[n.DEAL_ID].tolist() == ["001", "1", "NA", "1e5"]


@pytest.mark.parametrize(
    ("word", "stage"),
    [
        ("Closed Won", n.WON),
        ("closed-won", n.WON),
        ("WON", n.WON),
        ("成交", n.WON),
        ("赢单", n.WON),
        ("Closed Lost", n.LOST),
        ("丢单", n.LOST),
        ("needs analysis", "Needs Analysis"),
        ("需求分析", "Needs Analysis"),
        ("3. Needs Analysis (35%)", "Needs Analysis"),
        ("Proposal and Negotiation", None),
    ],
)
def test_spellings_of_stages(read, word, stage):
    book = read(deal(Stage=word, Closed=DAY))

    found = book.tables.deals.loc[2, n.STAGE]
    assert found == stage if stage else pd.isna(found)


def test_an_unknown_stage_is_an_error_that_names_the_closest(read):
    book = read(deal(Stage="Qualificaton"), deal(Deal_ID="D-2", Stage="Neg."))

    near, short = (p for p in book.problems if p.rule == "unknown-stage")
    assert near.severity == "error"
    assert 'Write "Qualification"' in near.remedy
    assert 'Write "Proposal & Negotiation"' in short.remedy


def test_a_deal_without_a_stage_is_an_error(read):
    assert only(read(deal(Stage=None)), "stage-missing").cell == "C2"


def test_categories_and_currencies(read):
    book = read(
        deal(Forecast_category="BestCase", Currency="€"),
        deal(Deal_ID="2", Forecast_category="承诺", Currency="US$"),
        deal(Deal_ID="3", Forecast_category="Sure", Currency="doubloons"),
        deal(Deal_ID="4", Forecast_category="Closed", Currency="eur"),
    )

    deals = book.tables.deals
    assert deals[n.FORECAST_CATEGORY].fillna("").tolist() == [n.BEST_CASE, n.COMMIT, "", ""]
    assert deals[n.CURRENCY].fillna("").tolist() == ["EUR", "USD", "", "EUR"]
    assert only(book, "unknown-category").value == "Sure"
    assert only(book, "unknown-currency").severity == "warning"


def test_a_sign_of_several_currencies_is_no_other_than_the_best_known(read):
    book = read(deal(Currency="EUR"), deal(Deal_ID="2", Currency="$"))

    assert book.tables.settings.currency == "EUR"
    assert book.tables.deals[n.CURRENCY].tolist() == ["EUR", "USD"]
    assert "taken for USD" in only(book, "unknown-currency").message


def test_a_currency_in_the_amount_counts_where_the_row_names_none(read):
    book = read(
        deal(Amount="€5,000"),
        deal(Deal_ID="2", Amount="$6,000"),
        deal(Deal_ID="3", Amount="7,000 GBP", Currency="GBP"),
        deal(Deal_ID="4", Amount="€8,000", Currency="USD"),
        deal(Deal_ID="5", Amount="9万元"),
        deal(Deal_ID="6", Amount="no €"),
        *(deal(Deal_ID=f"U{k}", Currency="USD") for k in range(5)),
    )

    deals = book.tables.deals
    assert book.tables.settings.currency == "USD"
    currencies = deals[n.CURRENCY].fillna("").tolist()[:6]
    assert currencies == ["EUR", "", "GBP", "USD", "CNY", ""]
    assert deals[n.AMOUNT].tolist()[:5] == [5000, 6000, 7000, 8000, 90000]
    taken = [p for p in book.problems if p.rule == "currency-from-amount"]
    assert [(p.cell, p.severity) for p in taken] == [("D2", "warning"), ("D6", "warning")]
    assert "taken for EUR" in taken[0].message
    assert only(book, "currency-disputed").cell == "D5"


def test_amounts_in_a_foreign_currency_need_a_rate_though_no_column_names_it(read):
    book = read(*(deal(Deal_ID=f"U{k}") for k in range(3)), deal(Amount="€5,000"))

    found = check(book.tables, as_of=date(2026, 2, 1), locator=book.locator)
    assert [p.severity for p in found if p.rule == "rate-missing"] == ["error"]


def test_a_book_that_writes_all_amounts_in_one_currency_is_kept_in_it(read):
    book = read(deal(Amount="€5,000"), deal(Deal_ID="2", Amount="6.000,50 €"), deal(Deal_ID="3"))

    assert book.tables.settings.currency == "EUR"
    assert not [p for p in book.problems if p.rule == "currency-from-amount"]


def shown_in(path, formats, *, settings="", currencies=None):
    """Write deals of 1,000 each, whose amounts are shown in some formats."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Deals")
        headers = [*HEADERS, "Currency"] if currencies else HEADERS
        sheet.write_row(0, 0, headers)
        for row, code in enumerate(formats, start=1):
            sheet.write_row(row, 0, [f"D-{row}", "Ana", "Qualification"])
            sheet.write_number(row, 3, 1000, book.add_format({"num_format": code}))
            if currencies and currencies[row - 1]:
                sheet.write_string(row, 6, currencies[row - 1])
        if settings:
            book.add_worksheet("Settings").write_row(0, 0, ["Currency", settings])
    return read_workbook(path)


def currencies_of(book):
    return book.tables.deals[n.CURRENCY].fillna("").tolist()


def shown_otherwise(book):
    return [p for p in book.problems if p.rule == "currency-from-format"]


def test_a_currency_that_only_the_format_shows_counts_and_is_said(tmp_path):
    formats = ["[$€-407] #,##0", '"US$"#,##0', "$#,##0", '#,##0"元"', "#,##0", "0"]
    book = shown_in(tmp_path / "book.xlsx", formats, settings="CNY")

    assert currencies_of(book) == ["EUR", "USD", "USD", "", "", ""]
    found = shown_otherwise(book)
    assert [(p.cell, p.severity) for p in found] == [(f"D{row}", "warning") for row in (2, 3, 4)]
    assert "1000 shows €" in found[0].message
    assert "taken for EUR" in found[0].message
    rates = check(book.tables, as_of=date(2026, 2, 1), locator=book.locator)
    assert {p.deal_id for p in rates if p.rule == "rate-missing"} == {"D-1", "D-2", "D-3"}


def test_the_column_for_the_currency_wins_over_the_format(tmp_path):
    formats = ["[$€-407] #,##0"] * 3
    book = shown_in(
        tmp_path / "book.xlsx", formats, settings="USD", currencies=["GBP", "USD", None]
    )

    assert currencies_of(book) == ["GBP", "USD", "EUR"]
    assert [p.cell for p in shown_otherwise(book)] == ["D4"]


@pytest.mark.parametrize("home", ["USD", "CAD", "AUD"])
def test_a_shared_sign_in_the_format_is_the_workbooks_own(tmp_path, home):
    book = shown_in(tmp_path / "book.xlsx", ['"$"#,##0', "[$$-409]#,##0.00"], settings=home)

    assert currencies_of(book) == ["", ""]
    assert not shown_otherwise(book)


def test_excels_own_money_format_is_no_finding(tmp_path):
    path = tmp_path / "book.xlsx"
    shown_in(path, ["0"] * 3, settings="CNY")
    with_code = b'<numFmts count="1"><numFmt numFmtId="44" formatCode="_(&quot;$&quot;* #,##0_)"/>'
    edit(path, "xl/styles.xml", lambda xml: xml.replace('numFmtId="1"', 'numFmtId="44"').replace(
        "<fonts", f"{with_code.decode()}</numFmts><fonts", 1))  # fmt: skip
    book = read_workbook(path)

    assert currencies_of(book) == ["", "", ""]
    assert not shown_otherwise(book)


@pytest.mark.parametrize(("code", "home"), [("[$€-2] #,##0", "EUR"), ("[$¥-804]#,##0", "CNY")])
def test_without_settings_the_format_of_most_amounts_is_the_workbooks_currency(
    tmp_path, code, home
):
    book = shown_in(tmp_path / "book.xlsx", [code, code, "#,##0"])

    assert book.tables.settings.currency == home
    assert not shown_otherwise(book)


def test_unreadable_dates_weigh_by_what_hangs_on_them(read):
    book = read(deal(Created="last spring", Closed="soon", Stage="Won"))

    assert only(book, "created-on-not-a-date").severity == "warning"
    assert only(book, "closed-on-not-a-date").severity == "error"


def test_other_date_columns_decide_where_a_column_says_nothing(read):
    book = read(deal(Created="03/04/2026", Expected_close="25/12/2026"))

    assert book.tables.deals.loc[2, n.CREATED_ON] == pd.Timestamp("2026-04-03")


def test_what_a_column_was_decided_by_is_stated_with_its_cell(read):
    book = read(
        deal(Amount="1.234", Created="03/04/2026"),
        deal(Deal_ID="2", Amount="10.234,50", Created="25/04/2026"),
    )

    assert book.tables.deals[n.AMOUNT].tolist() == [1234, 10234.5]
    numbers, dates = (p for p in book.problems if p.rule == "locale-decided")
    assert '"10.234,50" (D3)' in numbers.message
    assert "comma as decimal mark" in numbers.message
    assert '"25/04/2026" (E3)' in dates.message
    assert "day first" in dates.message


def test_an_ambiguous_date_is_not_guessed(read):
    book = read(deal(Created="03/04/2026"))

    assert only(book, "date-ambiguous").severity == "warning"
    assert pd.isna(book.tables.deals.loc[2, n.CREATED_ON])


def test_columns_that_mean_the_same(read):
    book = read(deal(Value=5, Product="X", Segment="Y"))

    row = book.tables.deals.loc[2]
    assert (row[n.AMOUNT], row["Value"], row[n.SEGMENT], row["Product"]) == (1000, 5, "Y", "X")
    assert [p.cell for p in book.problems if p.rule == "repeated-column"] == ["G1", "H1"]


def test_an_unknown_column_called_like_a_key_does_not_replace_it(read):
    book = read(deal(amount=7))

    assert book.tables.deals.loc[2, n.AMOUNT] == 1000
    assert book.tables.deals.loc[2, "amount (G)"] == 7
