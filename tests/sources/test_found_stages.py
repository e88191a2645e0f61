import pandas as pd
import pytest

from salespipe import names as n
from salespipe.sources.found_stages import found_stages, outcome_of
from salespipe.stages import DEFAULT_STAGES, Stage, open_stages


@pytest.mark.parametrize(
    ("value", "end"),
    [
        ("Closed Won", n.WON), ("closed won (Sales Pipeline)", n.WON), ("赢单（渠道）", n.WON),
        ("Lost", n.LOST), ("Gone", n.LOST), ("Proposal", ""), ("", ""), ("Won over (maybe)", ""),
    ],
)  # fmt: skip
def test_ends_are_told_from_their_words(value, end):
    assert outcome_of(value, {"Gone": n.LOST}) == end


def found(values, *, chances=None, standard=()):
    return found_stages(
        pd.Series(values, dtype="str"),
        known={"Gone": n.LOST},
        standard=standard,
        chances=None if chances is None else pd.Series(chances),
    )


def test_stages_are_ordered_by_the_exports_own_chances():
    values = ["Offer (EU)", "Talk", "Offer (US)", "Closed Won", "Talk", "Gone", ""]
    stages, words, note = found(values, chances=[0.6, 0.1, 0.6, 1.0, 0.3, 0.0, None])
    assert [(s.name, s.probability) for s in open_stages(stages)] == [("Talk", 0.2), ("Offer", 0.6)]
    assert [stage.kind for stage in stages[-2:]] == [n.WON, n.LOST]
    assert words == {
        "Offer (EU)": "Offer", "Offer (US)": "Offer", "Talk": "Talk", "Closed Won": n.WON,
        "Gone": n.LOST,
    }  # fmt: skip
    assert "Talk (20%), Offer (60%)" in note.en


def test_what_the_crm_offers_serves_where_the_export_says_nothing():
    offered = Stage("Talk", probability=0.15, typical_days=9)
    stages, _, _ = found(["Talk", "Pilot"], standard=(offered, *DEFAULT_STAGES[-2:]))
    first, second = open_stages(stages)
    assert (first.name, first.probability, first.typical_days) == ("Talk", 0.15, 9)
    assert second.name == "Pilot"
    assert 0.05 <= second.probability <= 0.95


def test_chances_are_kept_off_the_ends():
    stages, _, _ = found(["A", "B"], chances=[0.0, 1.0])
    assert [stage.probability for stage in open_stages(stages)] == [0.05, 0.95]


def test_without_any_open_stage_the_usual_ones_stand_in():
    stages, words, note = found(["Closed Won", "Gone"])
    assert stages == DEFAULT_STAGES
    assert (words, note) == ({"Closed Won": n.WON, "Gone": n.LOST}, None)
