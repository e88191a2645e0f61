from pathlib import Path

import pytest

from salespipe.errors import ImportMapError
from salespipe.sources.maps import read_map
from salespipe.stages import DEFAULT_STAGES

MAPS = Path(__file__).parents[2] / "examples" / "maps"

SMALL = """
[deals]
columns = { deal_id = "Id", stage = "Stage" }
"""


def write(tmp_path, text):
    path = tmp_path / "m.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_smallest_map_takes_the_defaults(tmp_path):
    found = read_map(write(tmp_path, SMALL))
    assert found.stages == DEFAULT_STAGES
    assert (found.decimal, found.separator, found.encoding) == ("auto", "auto", "auto")
    assert found.deals.dates == "auto"
    assert found.deals.columns == {"deal_id": "Id", "stage": "Stage"}
    assert found.stage_values["won"] == "won"
    assert found.stage_values["Qualification"] == "Qualification"
    assert found.history is None
    assert found.others == ()


def test_the_example_in_the_docstring_is_a_map(tmp_path):
    text = read_map.__globals__["__doc__"].split("::", 1)[1].split("\n`constants`", 1)[0]
    found = read_map(write(tmp_path, text))
    assert found.deals.divide == {"amount": 100}
    assert found.deals.replace == {"Product": {"GTXPro": "GTX Pro"}}
    assert found.deals.joins[0].columns == {"owner": "Name"}
    assert found.entered == {"Qualification": "Qualified On"}
    assert found.history is not None
    assert found.history.order == ("-Id",)
    assert found.others[0].table == "accounts"
    assert [stage.name for stage in found.stages] == ["Qualification", "Closed Won", "Closed Lost"]


@pytest.mark.parametrize("path", sorted(MAPS.glob("*.toml")), ids=lambda path: path.stem)
def test_example_maps_are_maps(path):
    assert read_map(path).file == path.name


def test_settings_and_stages_of_the_map(tmp_path):
    text = SMALL + (
        '[settings]\ncurrency = "EUR"\nfiscal_year_start = 3\nquantiles = [0.05, 0.5, 0.95]\n'
        '[[stages]]\nname = "Talk"\nname_zh = "谈"\nprobability = 0.3\ntypical_days = 9\n'
    )
    found = read_map(write(tmp_path, text))
    assert found.settings.currency == "EUR"
    assert found.settings.fiscal_year_start == 3
    assert found.settings.quantiles == (0.05, 0.5, 0.95)
    assert (found.stages[0].name_zh, found.stages[0].typical_days) == ("谈", 9)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[deals", r"m.toml is not a TOML file"),
        ("", r'In m.toml, the key "deals" is missing'),
        ('[deals]\ncolumns = { deal_id = "Id" }', r"\[deals\], stage is missing; add it under"),
        (SMALL + "[deal]\n", r'the key "deal" is unknown; allowed: lenient'),
        (SMALL.replace("Stage", 'S", amuont = "A'), r'\[deals.columns\], the key "amuont" is'),
        (SMALL + 'constants = { stage = "won" }', r"\[deals\], stage is given twice"),
        (SMALL + 'dates = "usa"', r"dates is 'usa'; allowed: auto, ymd, mdy, dmy, a pattern"),
        (SMALL + "divide = { amount = 0 }", r"amount is 0; allowed: a number other than 0"),
        (SMALL + "divide = { owner = 2 }", r'\[deals.divide\], the key "owner" is unknown'),
        (SMALL + 'stages = { Gone = "lsot" }', r"Gone is 'lsot'; allowed: won, lost, Prospect"),
        (SMALL + 'entered = { Gone = "G" }', r'\[deals.entered\], the key "Gone" is unknown'),
        (SMALL + 'listed_amount_for = ["lost"]', r"listed_amount_for needs a listed_amount"),
        (SMALL + '[history]\nfile = "h.csv"', r"\[history\], deal_id is missing"),
        (
            SMALL + '[history]\nfile = "h.csv"\ngives = ["listed_amount"]\n'
            'columns = { deal_id = "D", changed_on = "A", stage = "S" }',
            r"\[history\], gives listed_amount needs an amount",
        ),
        (SMALL + '[accounts]\ncolumns = { account = "A" }', r'\[accounts\], the key "file" is'),
        (SMALL + "[settings]\nfiscal_year_start = 13", r"under \[settings\], the fiscal year"),
        (SMALL + "[settings]\nhorizon = true", r"horizon is True; allowed: a number"),
        (SMALL + '[settings]\nlanguage = "fr"', r"language is 'fr'; allowed: en, zh"),
        (SMALL + '[[stages]]\nname = "A"\nprobability = 2', r"under \[\[stages\]\], the probab"),
        ('decimal = "x"\n' + SMALL, r"decimal is 'x'; allowed: auto, ., ,"),
    ],
)
def test_faults_are_named_with_what_is_allowed(tmp_path, text, message):
    with pytest.raises(ImportMapError, match=message):
        read_map(write(tmp_path, text))


def test_a_map_that_is_not_there(tmp_path):
    with pytest.raises(ImportMapError, match=r"There is no import map .*none\.toml"):
        read_map(tmp_path / "none.toml")
    with pytest.raises(ImportMapError, match=r"cannot be read"):
        read_map(tmp_path)
