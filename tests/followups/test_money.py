import pytest

from salespipe.followups.money import money_text


@pytest.mark.parametrize(
    ("value", "currency", "language", "text"),
    [
        (12_300.4, "USD", "en", "USD 12,300"),
        (12_300, "CNY", "zh", "¥1.2万"),
        (10_000, "CNY", "zh", "¥1万"),
        (9_999.6, "CNY", "zh", "¥1万"),
        (9_999.4, "CNY", "zh", "¥9,999"),
        (123_456_789, "CNY", "zh", "¥1.2亿"),
        (25_000_000, "USD", "zh", "US$2,500万"),
        (50_000, "SEK", "zh", "SEK 5万"),
        (0, "CNY", "zh", "¥0"),
        (float("nan"), "USD", "en", "–"),
        (float("inf"), "CNY", "zh", "–"),
    ],
)
def test_amounts_read_as_in_their_language(value, currency, language, text):
    assert money_text(value, currency=currency, language=language) == text
