import pandas as pd

from salespipe.plots import fates


def test_the_headline_says_when_half_are_decided_and_how_many_are_won():
    table = pd.DataFrame(
        {"day": [0.0, 10, 40], "won": [0, 0.2, 0.25], "lost": [0, 0.1, 0.45], "open": [1, 0.7, 0.3]}
    )
    picture = fates(table)
    title = picture.get_suptitle().replace("\n", " ")
    assert title == "Of all deals half are decided after 40 days; in the end 25 % are won"
    labels = [text.get_text() for text in picture.axes[0].get_legend().get_texts()]
    assert labels == ["won", "still open", "lost"]
    assert picture.axes[0].get_ylim() == (0, 1)


def test_nothing_to_draw_is_said():
    picture = fates(pd.DataFrame({"day": [], "won": [], "lost": [], "open": []}, dtype="float64"))
    assert picture.get_suptitle() == "No deal has come to an end"
    picture.draw_without_rendering()
