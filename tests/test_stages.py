from dataclasses import replace

import pytest

from salespipe.errors import SettingsError
from salespipe.stages import DEFAULT_STAGES, Stage, open_stages, validate_stages

A, B = Stage("A", probability=0.2), Stage("B", probability=0.4)
WON, LOST = Stage("Won", kind="won"), Stage("Lost", kind="lost")


def test_the_methods_own_stages_are_valid_and_spoken_in_both_languages():
    assert validate_stages(DEFAULT_STAGES) is DEFAULT_STAGES
    assert all(stage.name_zh for stage in DEFAULT_STAGES)
    assert all(stage.entry and stage.exit for stage in open_stages(DEFAULT_STAGES))


def test_a_stage_is_shown_by_its_chinese_name_where_it_has_one():
    stage = Stage("Closing", "成交")
    assert (stage.label("en"), stage.label("zh")) == ("Closing", "成交")
    assert Stage("Closing").label("zh") == "Closing"


def test_open_stages_keep_their_order():
    assert open_stages([WON, B, LOST, A]) == (B, A)
    assert [stage.kind for stage in open_stages(DEFAULT_STAGES)] == ["open"] * 5


def test_equal_probabilities_are_allowed():
    stages = (A, replace(A, name="A2"), WON, LOST)
    assert validate_stages(stages) == stages


@pytest.mark.parametrize(
    ("stages", "sentence"),
    [
        ((A, A, WON, LOST), 'the stage "A" stands twice; rename one'),
        ((WON, LOST), "there is no open stage; add at least one"),
        ((A, LOST), 'exactly one stage must be of kind "won"'),
        ((A, WON), 'exactly one stage must be of kind "lost"'),
        ((A, WON, LOST, replace(LOST, name="Gone")), 'exactly one stage must be of kind "lost"'),
        ((B, A, WON, LOST), '"A" (20%) is less likely to win than "B" (40%) before it; raise it'),
        ((replace(A, probability=0.0), WON, LOST), 'the probability of "A" is 0; it must lie'),
        ((replace(A, probability=1.0), WON, LOST), 'the probability of "A" is 1; it must lie'),
        ((replace(A, probability=float("nan")), WON, LOST), 'the probability of "A" is nan'),
        ((replace(A, typical_days=0), WON, LOST), 'the typical days of "A" are 0; they must be'),
        ((replace(A, typical_days=float("nan")), WON, LOST), 'the typical days of "A" are nan'),
    ],
)
def test_what_the_forecast_cannot_use_is_refused(stages, sentence):
    with pytest.raises(SettingsError) as refused:
        validate_stages(stages)
    assert str(refused.value).startswith(f"On the Stages sheet, {sentence}")


def test_probabilities_of_closed_stages_do_not_matter():
    validate_stages((A, replace(WON, probability=0.0), replace(LOST, typical_days=-1)))
