"""Three-way merging: every pair of changes, and no value ever settled in silence."""

from hypothesis import given
from hypothesis import strategies as st

from salespipe.workbook.records import Records
from salespipe.workbook.three_way import Conflict, merge_records

KEYS = ("amount", "notes")


def merge(team, source, base, **options):
    return merge_records(team, Records(KEYS, source), base, name="ana.xlsx", **options)


def test_each_side_alone_is_followed():
    before = {"A": {"amount": 1.0, "notes": "x"}}
    theirs = merge(before, {"A": {"amount": 2.0, "notes": "x"}}, before)
    assert theirs.updates == {"A": {"amount": 2.0}}
    mine = merge({"A": {"amount": 3.0, "notes": "x"}}, before, before)
    assert (mine.updates, mine.unchanged, mine.conflicts) == ({}, ["A"], [])
    emptied = merge(before, {"A": {"amount": 1.0}}, before)
    assert emptied.updates == {"A": {"notes": None}}


def test_both_sides_clash_until_they_agree():
    before = {"A": {"amount": 1.0}}
    merged = merge({"A": {"amount": 2.0}}, {"A": {"amount": 3.0}}, before)
    assert merged.conflicts == [Conflict("ana.xlsx", "A", "amount", 2.0, 3.0)]
    assert (merged.updates, merged.unchanged, merged.base) == ({}, [], before)
    again = merge({"A": {"amount": 2.0}}, {"A": {"amount": 3.0}}, merged.base)
    assert again.conflicts == merged.conflicts
    agreed = merge({"A": {"amount": 3.0}}, {"A": {"amount": 3.0}}, merged.base)
    assert (agreed.conflicts, agreed.base) == ([], {"A": {"amount": 3.0}})


def test_a_conflict_about_a_blank_leaves_the_base_blank():
    merged = merge({"A": {"notes": "m"}}, {"A": {"notes": "r"}}, {"A": {}})
    assert (len(merged.conflicts), merged.base) == (1, {"A": {}})


def test_the_first_time_a_difference_is_asked_about_unless_the_source_is_trusted():
    team, source = {"A": {"amount": 1.0}}, {"A": {"amount": 2.0, "notes": "n"}}
    asked = merge(team, source, None)
    assert [one.key for one in asked.conflicts] == ["amount"]
    assert asked.updates == {"A": {"notes": "n"}}
    taken = merge(team, source, None, authority=True)
    assert (taken.conflicts, taken.updates["A"]["amount"]) == ([], 2.0)
    # A blank of a source that was never merged takes nothing away.
    assert merge(team, {"A": {}}, None, authority=True).updates == {}


def test_new_gone_and_deleted_rows():
    team, base = {"B": {"amount": 1.0}}, {"B": {"amount": 1.0}, "C": {"amount": 5.0}}
    merged = merge(team, {"N": {"amount": 9.0}, "C": {"amount": 5.0}}, base)
    assert merged.added == {"N": {"amount": 9.0}}
    assert merged.gone == ["B"]
    assert (merged.unchanged, merged.conflicts) == (["C"], [])
    worked_on = merge(team, {"C": {"amount": 6.0}}, base)
    assert worked_on.conflicts == [Conflict("ana.xlsx", "C", "", None, "changed")]


values = st.one_of(st.none(), st.sampled_from(["a", "b"]), st.sampled_from([1.0, 2.0]))
records = st.dictionaries(st.sampled_from(KEYS), values.filter(lambda v: v is not None))
sheets = st.dictionaries(st.sampled_from(["A", "B", "C"]), records)


@given(sheets, sheets, st.one_of(st.none(), sheets))
def test_nothing_is_lost_and_a_second_merge_only_repeats_conflicts(team, source, base):
    merged = merge(team, source, base)
    after = {**team, **merged.added}
    for row_id, update in merged.updates.items():
        after[row_id] = {k: v for k, v in (after[row_id] | update).items() if v is not None}
    clashes = {(one.deal_id, one.key) for one in merged.conflicts}
    for row_id, record in source.items():
        if (row_id, "") in clashes or row_id not in after:
            continue
        for key in KEYS:
            theirs, held = record.get(key), after[row_id].get(key)
            old = (base or {}).get(row_id, {}).get(key)
            # What the source says is there, or was not changed by it, or is told.
            assert theirs in (held, old) or (row_id, key) in clashes
    again = merge(after, source, merged.base)
    assert (again.updates, again.added) == ({}, {})
    assert {(one.deal_id, one.key) for one in again.conflicts} == clashes
