import pandas as pd

from salespipe.plots import table


def test_values_are_written_by_their_kind(summary):
    text = table(summary, currency="EUR").text
    for part in ("worst, EUR", "chance of target", "258k", "70 %", "2026-10-01", "2026Q4"):
        assert part in text


def test_kpis_are_written_in_their_own_unit(kpis):
    text = table(kpis, currency="EUR", columns=["name", "value", "n"]).text
    assert '<td style="text-align:right;white-space:nowrap">20 %</td>' in text
    assert "value, EUR" not in text


def test_what_a_cell_holds_is_no_html():
    frame = pd.DataFrame({"account": ["<b>A & B</b>"]})
    assert "&lt;b&gt;A &amp; B&lt;/b&gt;" in table(frame, currency="EUR").text


def test_rows_left_out_are_counted():
    frame = pd.DataFrame({"n": range(1500)})
    text = table(frame, currency="EUR", top=10).text
    assert "… and 1,490 more" in text
    assert text.count("<tr>") == 11


def test_missing_values_and_text_in_a_money_column():
    frame = pd.DataFrame({"value": ["abc", None], "amount": [1500.0, float("nan")]})
    text = table(frame, currency="EUR").text
    assert ">value<" in text
    assert text.count(">–<") == 2
    assert "1.5k" in text


def test_an_estimate_can_be_a_share():
    frame = pd.DataFrame({"group": ["A"], "value": [0.25]})
    assert "25 %" in table(frame, currency="EUR", shares=["value"]).text


def test_an_empty_table_has_its_heads(summary):
    text = table(summary.head(0), currency="EUR").text
    assert "likely, EUR" in text
    assert "<td" not in text


def test_ids_and_dates_stay_on_one_line_but_sentences_do_not():
    frame = pd.DataFrame({"deal_id": ["D-02210"], "remedy": ["Enter what the deal is to bring."]})
    first, second = table(frame, currency="EUR").text.split("<td")[1:]
    assert "nowrap" in first
    assert "nowrap" not in second


def test_a_month_within_a_sentence_is_not_broken():
    frame = pd.DataFrame({"population": ["deals <won> in the months 2025-11 to 2026-10-31, 12-34"]})
    html = table(frame, currency="USD")._repr_html_()
    whole = '<span style="white-space:nowrap">{}</span>'
    assert f"deals &lt;won&gt; in the months {whole.format('2025-11')} to" in html
    assert f"to {whole.format('2026-10-31')}, 12-34" in html


def test_an_id_within_a_sentence_is_not_broken_and_a_long_text_has_some_width():
    frame = pd.DataFrame(
        {"note": ["Rosmarvu Tools (D-02210) $4,123; 7 more", "A-1 and so on: a-b"]}
    )
    long, short = table(frame, currency="USD").text.split("<td")[1:]
    assert '(<span style="white-space:nowrap">D-02210</span>)' in long
    assert "min-width" in long
    assert '<span style="white-space:nowrap">A-1</span> and so on: a-b' in short
    assert "min-width" not in short


def test_groups_that_nobody_named_are_told_in_the_readers_language():
    frame = pd.DataFrame({"group": ["(none)", "lost", "Lost Ltd"], "owner": ["lost"] * 3})
    text = table(frame, currency="CNY", language="zh").text
    assert "（无）" in text
    assert text.count("丢单") == 1
    assert "Lost Ltd" in text
