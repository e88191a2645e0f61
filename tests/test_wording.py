from salespipe.wording import Words, filled, said


def test_a_text_has_two_languages():
    words = Words("{n} of {what}", "{what}{n}")
    what = Words("deals", "商机")
    assert words.text("en") == "{n} of {what}"
    assert filled(words, {"n": 3, "what": what}, "en") == "3 of deals"
    assert filled(words, {"n": 3, "what": what}, "zh") == "商机3"
    assert (said(what, "zh"), said(7, "zh")) == ("商机", 7)
