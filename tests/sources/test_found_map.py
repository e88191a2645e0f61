from dataclasses import replace

import pandas as pd
import pytest

from salespipe import names as n
from salespipe.sources import read_preset
from salespipe.sources.export_reader import ExportReader
from salespipe.sources.found_map import ended, known_map
from salespipe.stages import open_stages

EXPORT = (
    "Opportunity ID,Stage,Probability (%),Amount,Amount Currency\n"
    "A,Talk,20,1,EUR\nB,Pilot,45,2,EUR\nC,Closed Won,100,3,USD\n"
)


@pytest.fixture
def reader(tmp_path):
    def make(text=EXPORT, preset="salesforce", history=""):
        (tmp_path / "export.csv").write_text(text)
        if history:
            (tmp_path / "OpportunityHistory.csv").write_text(history)
        import_map = read_preset(preset)
        return ExportReader(tmp_path / "export.csv", import_map), import_map

    return make


def test_stages_and_currency_come_from_the_export_and_are_said(reader):
    made, preset = reader()
    known = known_map(made, preset)
    shown = [(stage.name, stage.probability) for stage in open_stages(known.stages)]
    assert shown == [("Talk", 0.2), ("Pilot", 0.45)]
    assert known.stage_values["Closed Won"] == n.WON
    assert known.settings.currency == "EUR"
    assert known.history is None
    notes = " ".join(note.en for note in made.report().notes)
    assert "no history beside the export" in notes
    assert "currency is EUR, in which most deals are" in notes


def test_stages_of_the_past_count_too(reader):
    history = "OpportunityId,CreatedDate,StageName\nA,2026-01-01,Cold call\nA,2026-02-01,Talk\n"
    made, preset = reader(history=history)
    known = known_map(made, preset)
    assert known.history is not None
    assert {stage.name for stage in open_stages(known.stages)} == {"Talk", "Pilot", "Cold call"}


def test_without_a_currency_the_presets_own_stays(reader):
    made, preset = reader("Opportunity ID,Stage,Amount\nA,Talk,1\n")
    assert known_map(made, preset).settings == preset.settings


@pytest.mark.parametrize(
    ("amounts", "home"), [(("EUR 1", "EUR 2", "USD 3"), "EUR"), (("EUR 1", "2", "3"), "USD")]
)
def test_without_a_column_most_amounts_say_the_currency(reader, amounts, home):
    rows = "".join(f"{k},Talk,{amount}\n" for k, amount in enumerate(amounts))
    made, preset = reader(f"Opportunity ID,Stage,Amount\n{rows}")
    assert known_map(made, preset).settings.currency == home


def test_a_column_of_outcomes_overrules_the_stage(reader):
    text = "Deal - ID,Deal - Stage,Deal - Status\n1,Demo,Won\n2,Demo,lost\n3,Demo,Open\n"
    made, preset = reader(text, preset="pipedrive")
    stages = pd.Series(["Demo"] * 3, index=[2, 3, 4])
    assert ended(made, stages, preset).tolist() == [n.WON, n.LOST, "Demo"]
    assert ended(made, stages, replace(preset, outcome=None)).tolist() == ["Demo"] * 3
