import hashlib
from datetime import date
from io import BytesIO

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salespipe.errors import LedgerError
from salespipe.ledger import (
    append_changes,
    append_snapshot,
    ledger_path,
    read_ledger,
)
from salespipe.parts import Fault
from salespipe.tables import COLUMNS, conform, empty


def log(*rows):
    frame = pd.DataFrame(rows, columns=["deal_id", "changed_on", "stage", "amount"])
    return conform("changes", frame.assign(changed_on=pd.to_datetime(frame["changed_on"])))


A = ("a", "2026-01-01", "One", 5.0)
B = ("a", "2026-01-01", "Two", None)
C = ("a", "2026-01-03", "won", 7.0)


@pytest.fixture
def book(tmp_path):
    return tmp_path / "Team Book.xlsx"


def seen(book):
    return read_ledger(book).changes["stage"].tolist()


def test_the_log_lies_beside_the_workbook(book):
    assert ledger_path(book) == book.parent / "Team Book.changes"


def test_no_log_is_an_empty_table(book):
    pd.testing.assert_frame_equal(read_ledger(book).changes, empty("changes"))
    assert append_changes(book, empty("changes")) is None
    assert not ledger_path(book).exists()


def test_what_is_written_comes_back_whole(book):
    changes = log(A, B, C).assign(owner="李雷", confidence=0.4, colour="red")
    part = append_changes(book, changes)
    assert part is not None
    assert part.parent == ledger_path(book)
    pd.testing.assert_frame_equal(
        read_ledger(book).changes, changes[list(COLUMNS["changes"])], check_index_type=False
    )
    assert {path.name for path in ledger_path(book).iterdir()} == {part.name, ".lock"}


def test_rows_that_are_there_are_not_added_again(book):
    first = append_changes(book, log(A, B))
    assert append_changes(book, log(A, B)) is None
    second = append_changes(book, log(A, B, C))
    assert len(pd.read_parquet(second)) == 1
    assert first.name < second.name
    assert seen(book) == ["One", "Two", "won"]


def test_days_come_before_the_order_of_writing(book):
    append_changes(book, log(C))
    append_changes(book, log(A, B))
    assert seen(book) == ["One", "Two", "won"]


def test_a_state_that_comes_back_is_kept(book):
    append_changes(book, log(A, B, A))
    assert append_changes(book, log(A, B, A)) is None
    assert seen(book) == ["One", "Two", "One"]
    append_changes(book, log(B))
    append_changes(book, log(A))
    assert seen(book) == ["One", "Two", "One", "Two", "One"]
    assert append_changes(book, log(A)) is None


@settings(max_examples=10, deadline=None)
@given(
    batches=st.lists(
        st.lists(
            st.tuples(
                st.sampled_from("ab"),
                st.sampled_from(["2026-01-01", "2026-01-02"]),
                st.sampled_from(["One", "Two", None]),
                st.sampled_from([1.0, None]),
            ),
            max_size=4,
        ),
        max_size=5,
    )
)
def test_each_day_ends_as_last_observed(tmp_path_factory, batches):
    book = tmp_path_factory.mktemp("log") / "b.xlsx"
    state = {}
    for batch in batches:
        append_changes(book, log(*batch))
        assert append_changes(book, log(*batch)) is None
        state |= {(deal, day): (stage, amount) for deal, day, stage, amount in batch}
    last = read_ledger(book).changes.drop_duplicates(["deal_id", "changed_on"], keep="last")
    found = {
        (row.deal_id, f"{row.changed_on:%Y-%m-%d}"): (
            None if pd.isna(row.stage) else row.stage,
            None if pd.isna(row.amount) else row.amount,
        )
        for row in last.itertuples()
    }
    assert found == state


def test_rows_without_deal_or_day_are_refused(book):
    for bad in ((None, "2026-01-01", "One", 1), ("a", None, "One", 1)):
        with pytest.raises(LedgerError, match=r"Row 2 of the changes .* has no deal id or no day"):
            append_changes(book, log(A, bad))
    assert not ledger_path(book).exists()


def test_what_damage_leaves_stays_in_use_and_is_told(book):
    part = append_changes(book, log(A))
    append_changes(book, log(C))
    part.write_bytes(part.read_bytes()[:-9])
    ledger = read_ledger(book)
    assert ledger.changes["stage"].tolist() == ["won"]
    assert ledger.faults == (Fault("damaged", part.name),)
    assert append_changes(book, log(A)).name.startswith("000003-")
    assert seen(book) == ["One", "won"]


def test_a_missing_part_is_told(book):
    first = append_changes(book, log(A))
    append_changes(book, log(B))
    first.unlink()
    assert read_ledger(book).faults == (Fault("missing", "000001"),)
    assert seen(book) == ["Two"]


def test_a_log_of_the_first_version_reads_on(book):
    old = log(A, C)[["deal_id", "changed_on", "stage", "amount"]]
    ledger_path(book).mkdir()
    buffer = BytesIO()
    old.to_parquet(buffer, index=False)
    digest = hashlib.sha256(buffer.getvalue()).hexdigest()[:16]
    (ledger_path(book) / f"000001-{digest}.parquet").write_bytes(buffer.getvalue())
    ledger = read_ledger(book)
    assert ledger.faults == ()
    assert list(ledger.changes.columns) == list(COLUMNS["changes"])
    assert seen(book) == ["One", "won"]


def test_a_snapshot_is_remembered_even_if_it_saw_nothing(book):
    assert append_snapshot(book, empty("changes"), as_of=date(2026, 1, 31)) is not None
    assert append_snapshot(book, empty("changes"), as_of=date(2026, 1, 31)) is None
    seen_later = log(A).assign(observed_on=pd.Timestamp("2026-02-28"))
    append_snapshot(book, seen_later, as_of=date(2026, 2, 28))
    assert read_ledger(book).snapshots == (date(2026, 1, 31), date(2026, 2, 28))


def test_two_writers_with_one_number_lose_nothing(book, tmp_path):
    other = tmp_path / "other.xlsx"
    append_changes(book, log(A))
    twin = append_changes(other, log(C))
    twin.rename(ledger_path(book) / twin.name)
    assert seen(book) == ["One", "won"]
    assert append_changes(book, log(B)).name.startswith("000002-")


def test_other_files_in_the_folder_do_no_harm(book):
    append_changes(book, log(A))
    (ledger_path(book) / "Thumbs.db").write_bytes(b"x")
    (ledger_path(book) / "000002-x.123.tmp").write_bytes(b"half")
    assert seen(book) == ["One"]
