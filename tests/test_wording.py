from salespipe.wording import BRIEF, Words, brief, filled, said


def test_a_text_has_two_languages():
    words = Words("{n} of {what}", "{what}{n}")
    what = Words("deals", "商机")
    assert words.text("en") == "{n} of {what}"
    assert filled(words, {"n": 3, "what": what}, "en") == "3 of deals"
    assert filled(words, {"n": 3, "what": what}, "zh") == "商机3"
    assert (said(what, "zh"), said(7, "zh")) == ("商机", 7)


def test_what_a_library_says_is_cut_to_one_short_line():
    assert brief(ValueError("line 1,\n  column 7")) == "line 1, column 7"
    long = brief(LookupError("unknown encoding: " + "x" * 40_000))
    assert long.startswith("unknown encoding: xxx")
    assert (len(long), long[-1]) == (BRIEF, "…")
