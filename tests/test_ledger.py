import hashlib

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salespipe.errors import LedgerError
from salespipe.ledger import append_changes, ledger_path, read_changes
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
    return read_changes(book)["stage"].tolist()


def test_the_log_lies_beside_the_workbook(book):
    assert ledger_path(book) == book.parent / "Team Book.changes"


def test_no_log_is_an_empty_table(book):
    pd.testing.assert_frame_equal(read_changes(book), empty("changes"))
    assert append_changes(book, empty("changes")) is None
    assert not ledger_path(book).exists()


def test_what_is_written_comes_back_whole(book):
    changes = log(A, B, C).assign(owner="李雷", confidence=0.4, colour="red")
    part = append_changes(book, changes)
    assert part is not None
    assert part.parent == ledger_path(book)
    pd.testing.assert_frame_equal(
        read_changes(book), changes[list(COLUMNS["changes"])], check_index_type=False
    )
    assert [path.suffix for path in ledger_path(book).iterdir()] == [".parquet"]


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
    last = read_changes(book).drop_duplicates(["deal_id", "changed_on"], keep="last")
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


@pytest.mark.parametrize(
    "harm", [lambda b: b[:-9], lambda b: b[:0], lambda b: b.replace(b"O", b"Q")]
)
def test_damage_is_named_and_nothing_is_added(book, harm):
    part = append_changes(book, log(A))
    part.write_bytes(harm(part.read_bytes()))
    for call in (lambda: read_changes(book), lambda: append_changes(book, log(B))):
        with pytest.raises(LedgerError, match=rf"{part.name} of the change log is damaged; rest"):
            call()
    assert len([*ledger_path(book).iterdir()]) == 1


def test_a_whole_file_that_is_no_parquet_is_damaged(book):
    ledger_path(book).mkdir()
    content = b"not a table"
    digest = hashlib.sha256(content).hexdigest()[:16]
    (ledger_path(book) / f"000001-{digest}.parquet").write_bytes(content)
    with pytest.raises(LedgerError, match=rf"{digest}.parquet of the change log is damaged"):
        read_changes(book)


def test_missing_and_foreign_files_are_named(book):
    first = append_changes(book, log(A))
    append_changes(book, log(B))
    foreign = first.with_name(f"{first.stem} (copy).parquet")
    foreign.write_bytes(first.read_bytes())
    with pytest.raises(LedgerError, match=r"holds .* \(copy\).parquet\", which is not a file of"):
        read_changes(book)
    foreign.unlink()
    first.unlink()
    with pytest.raises(LedgerError, match=r"the file numbered 000001 is missing; restore"):
        read_changes(book)


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


def test_a_file_in_the_place_of_the_folder(book):
    ledger_path(book).write_text("x")
    with pytest.raises(LedgerError, match=r"is a file, where the change log's folder belongs"):
        read_changes(book)


def test_a_write_that_fails_leaves_nothing(book, monkeypatch):
    append_changes(book, log(A))

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("salespipe.ledger.os.fsync", full)
    with pytest.raises(LedgerError, match=r"cannot be written \(No space left on device\)"):
        append_changes(book, log(B))
    assert len([*ledger_path(book).iterdir()]) == 1
    assert seen(book) == ["One"]
