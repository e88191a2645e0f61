"""A long history: counted from files in pieces as it would be counted in the workbook."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salespipe import long_history
from salespipe import names as n
from salespipe.errors import HistoryError
from salespipe.exposure import CELL_COLUMNS, add_up, build_exposure, observed_from
from salespipe.long_history import with_history
from salespipe.pipeline import build_pipeline
from salespipe.synthetic import Company, simulate_company

COMPANY = Company(deals=400, months=18, burn_in=3, n_owners=5)
ENTRY = "Entered {}"


@pytest.fixture(scope="module")
def whole():
    """Give a company's tables without a change log, which a file of deals has not either."""
    tables = simulate_company(COMPANY, seed=3, as_of=COMPANY.end).tables
    return replace(tables, changes=tables.changes.iloc[:0], snapshots=())


@pytest.fixture(scope="module")
def split(whole):
    """Give its pipeline without half of the closed deals, and those as rows of a file."""
    deals = whole.deals
    closed = deals[deals[n.STAGE].isin([n.WON, n.LOST])]
    moved = set(closed[n.DEAL_ID].iloc[::2])
    rows = deals[deals[n.DEAL_ID].isin(moved)]
    entered = whole.stage_entries.pivot_table(
        index=n.DEAL_ID, columns=n.STAGE, values=n.ENTERED_ON, aggfunc="min"
    )
    rows = rows.join(entered.rename(columns=ENTRY.format), on=n.DEAL_ID)
    kept = replace(
        whole,
        deals=deals[~deals[n.DEAL_ID].isin(moved)],
        stage_entries=whole.stage_entries[~whole.stage_entries[n.DEAL_ID].isin(moved)],
    )
    return build_pipeline(kept, as_of=COMPANY.end), rows.reset_index(drop=True)


@pytest.fixture
def pipeline(split):
    return split[0]


@pytest.fixture
def rows(split):
    return split[1].copy()


def save(rows, path):
    if path.suffix.casefold() == ".csv":
        rows.to_csv(path, index=False)
    else:
        rows.to_parquet(path)
    return path


def cells_of(exposure):
    """Give the cells by the names of their levels, which do not depend on what else there is."""
    cells = exposure.cells.assign(
        owner=np.array(exposure.owners)[exposure.cells["owner"]],
        segment=np.array(exposure.segments)[exposure.cells["segment"]],
        source=np.array(exposure.sources)[exposure.cells["source"]],
    )
    return cells.sort_values(CELL_COLUMNS, ignore_index=True)


def assert_same(one, other):
    pd.testing.assert_frame_equal(cells_of(one), cells_of(other))
    key = ["stage", "due", "next"]
    pd.testing.assert_frame_equal(
        *(part.landings.sort_values(key, ignore_index=True) for part in (one, other))
    )
    assert (one.start, one.end) == (other.start, other.end)


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".CSV"])
def test_a_file_counts_as_its_deals_would_in_the_workbook(whole, pipeline, rows, tmp_path, ending):
    path = save(rows, tmp_path / f"old{ending}")
    made = with_history(pipeline, [path])
    together = build_exposure(
        build_pipeline(whole, as_of=COMPANY.end),
        start=made.start,
        sizes=build_exposure(pipeline).sizes,
    )
    assert_same(made, together)
    assert made.since == build_exposure(pipeline).start
    assert made.outside == {path.name: len(rows)}


@given(st.integers(1, 60), st.integers(0, 2**32 - 1))
@settings(max_examples=8, deadline=None)
def test_pieces_and_order_change_nothing(split, tmp_path_factory, size, seed):
    pipeline, rows = split
    folder = tmp_path_factory.mktemp("pieces")
    whole = save(rows, folder / "whole.parquet")
    shuffled = rows.sample(frac=1, random_state=np.random.default_rng(seed))
    half = len(rows) // 2
    parts = [save(shuffled[:half], folder / "a.parquet"), save(shuffled[half:], folder / "b.csv")]
    with pytest.MonkeyPatch.context() as patch:
        once = with_history(pipeline, [whole])
        patch.setattr(long_history, "ROWS", 3 * size)
        patch.setattr(long_history, "BLOCK", 4_000 * size)
        assert_same(with_history(pipeline, parts), once)


def test_headers_may_be_those_of_the_sheet_in_chinese(pipeline, rows, tmp_path):
    plain = with_history(pipeline, [save(rows, tmp_path / "plain.csv")])
    keys = [n.DEAL_ID, n.STAGE, n.CREATED_ON, n.CLOSED_ON]
    named = dict(zip(keys, ["商机编号", "阶段", "创建日期", "关闭日期"], strict=True))
    words = rows.rename(columns=named)
    words["阶段"] = words["阶段"].replace({"won": "赢单", "lost": "丢单"})
    assert_same(with_history(pipeline, [save(words, tmp_path / "named.csv")]), plain)


def test_deals_of_the_workbook_are_not_counted_twice(pipeline, rows, tmp_path):
    path = save(rows, tmp_path / "old.parquet")
    again = rows.head(5).assign(**{n.DEAL_ID: pipeline.deals[n.DEAL_ID].iloc[:5].to_list()})
    doubled = save(pd.concat([rows, again]), tmp_path / "doubled.parquet")
    made = with_history(pipeline, [doubled])
    assert_same(made, with_history(pipeline, [path]))
    assert made.outside == {doubled.name: len(rows)}


def test_nothing_after_the_date_is_seen(whole, rows, tmp_path):
    early = (pd.Timestamp(COMPANY.end) - pd.Timedelta(days=150)).date()
    pipeline = build_pipeline(whole, as_of=early)
    rows = rows.assign(**{n.DEAL_ID: "old " + rows[n.DEAL_ID]})
    later = rows[n.CLOSED_ON] > pd.Timestamp(early)
    assert later.any()
    changed = rows.copy()
    changed.loc[later, n.CLOSED_ON] += pd.Timedelta(days=99)
    changed.loc[later, n.STAGE] = changed.loc[later, n.STAGE].map({"won": "lost", "lost": "won"})
    for key in changed.columns[changed.columns.str.startswith("Entered")]:
        changed[key] = changed[key].mask(changed[key] > pd.Timestamp(early))
    one = with_history(pipeline, [save(rows, tmp_path / "a.csv")])
    assert_same(with_history(pipeline, [save(changed, tmp_path / "b.csv")]), one)


def test_a_file_whose_closings_begin_late_says_nothing_of_before(pipeline, rows, tmp_path):
    since = rows[n.CLOSED_ON].sort_values().iloc[len(rows) // 3]
    late = rows[rows[n.CLOSED_ON] >= since]
    made = with_history(pipeline, [save(late, tmp_path / "late.csv")])
    deals = long_history._Seen(int(made.end.timestamp() // 86_400))
    deals.add(late)
    stays = late.assign(**{n.ENTERED_ON: late[n.CREATED_ON], n.LEFT_ON: late[n.CLOSED_ON]})
    stays[n.NEXT_STAGE] = stays[n.STAGE]
    assert deals.start == observed_from(stays, made.end)
    assert deals.start > late[n.CREATED_ON].min()


def test_sums_of_nothing_more_are_the_table_itself(pipeline):
    own = build_exposure(pipeline)
    assert_same(add_up(own), own)
    doubled = add_up(own, own)
    pd.testing.assert_series_equal(doubled.cells["days"], 2 * own.cells["days"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({n.CREATED_ON: "31/02/2020"}, 'row 4, column created_on, "31/02/2020" is not a date'),
        ({n.AMOUNT: "many"}, 'row 4, column amount, "many" is not a number'),
        ({n.STAGE: "Sold"}, 'row 4, column stage, "Sold" is no stage of the Stages sheet'),
        ({n.STAGE: None}, 'row 4, column stage, "" is no stage'),
        ({n.DEAL_ID: ""}, 'row 4, column deal_id, "" is no id of one deal alone'),
    ],
)
def test_what_cannot_be_used_is_named_with_its_row(pipeline, rows, tmp_path, change, said):
    texts = rows.astype("str").replace("nan", "").replace("NaT", "").astype(object)
    for key, value in change.items():
        texts.loc[2, key] = value
    with pytest.raises(HistoryError, match=said.replace("(", r"\(")):
        with_history(pipeline, [save(texts, tmp_path / "odd.csv")])


def test_an_id_that_stands_twice_is_refused(pipeline, rows, tmp_path):
    rows.loc[3, n.DEAL_ID] = rows.loc[1, n.DEAL_ID]
    with pytest.raises(HistoryError, match="row 5, column deal_id"):
        with_history(pipeline, [save(rows, tmp_path / "twice.csv")])


def test_a_file_that_is_no_history_is_refused(pipeline, rows, tmp_path):
    with pytest.raises(HistoryError, match=r"must end in \.parquet or \.csv"):
        with_history(pipeline, [tmp_path / "old.xlsx"])
    with pytest.raises(HistoryError, match="There is no file"):
        with_history(pipeline, [tmp_path / "none.csv"])
    bare = save(rows.drop(columns=n.CLOSED_ON), tmp_path / "bare.csv")
    with pytest.raises(HistoryError, match="has no column closed_on among deal_id"):
        with_history(pipeline, [bare])
    content = b"deal_id,stage,created_on,closed_on\n\xff\xfe,won,2020-01-01,2020-02-01\n"
    for name in ("odd.parquet", "odd.csv"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(HistoryError, match="cannot be read"):
            with_history(pipeline, [tmp_path / name])


def test_progress_is_told(pipeline, rows, tmp_path):
    told = []
    with_history(pipeline, [save(rows, tmp_path / "old.csv")], progress=told.append)
    assert told[-1] == f"Counting the history: {len(rows):,} deals"
