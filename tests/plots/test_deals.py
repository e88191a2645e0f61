import numpy as np

from salespipe.plots import deal_chances, deal_movers


def test_the_title_says_what_share_is_shown(deals, assert_nothing_cut):
    picture = deal_chances(deals, currency="EUR", top=10)
    assert_nothing_cut(picture)
    part = deals["expected_value"].head(10).sum() / deals["expected_value"].sum()
    assert picture.get_suptitle().startswith(f"10 of 20 open deals stand for {part:.0%}"[:-1])
    assert len(picture.axes[0].get_yticklabels()) == 10


def test_names_are_shortened_but_ids_never(deals):
    picture = deal_chances(deals, currency="EUR")
    labels = [label.get_text() for label in picture.axes[0].get_yticklabels()]
    assert labels[0] == "$ave & $pend  D-000"
    assert "…" in labels[1]
    assert labels[1].endswith("D-001")
    assert labels[2] == "D-002"


def test_no_open_deal(deals, assert_nothing_cut):
    assert_nothing_cut(deal_chances(deals.head(0), currency="EUR"))


def test_movers_come_largest_first_whatever_they_are_worth(deals, assert_nothing_cut):
    moved = deals.assign(share_of_variance=np.linspace(-0.01, 0.2, 20), target_swing=0.1)
    picture = deal_movers(moved, top=5)
    assert_nothing_cut(picture)
    axes = picture.axes[0]
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels[0].endswith("D-019")
    assert len(labels) == 5
    part = np.linspace(-0.01, 0.2, 20)[-5:].sum()
    assert f"5 of 20 open deals carry {part:.0%}"[:-1] in picture.get_suptitle()
    assert len(axes.containers) == 2


def test_movers_without_a_target_show_no_chance_of_it(deals, assert_nothing_cut):
    moved = deals.assign(share_of_variance=0.05, target_swing=np.nan)
    assert len(deal_movers(moved).axes[0].containers) == 1
    assert_nothing_cut(deal_movers(moved.head(0)))
