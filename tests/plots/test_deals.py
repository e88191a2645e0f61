from salespipe.plots import deal_chances


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
