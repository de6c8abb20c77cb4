"""The linker as a whole: other domains, any text."""

import pytest
from linked import kinds, limits

from retrieval.linking import Linker


def test_another_domain_has_its_own_fields(game_link: Linker) -> None:
    assert limits(game_link, "under $30") == [("price_usd", "lte", 30, False)] or limits(game_link, "under $30") == [
        ("price_usd", "lte", 29.99, False)
    ]
    (cheaper,) = kinds(game_link, "something cheaper", "relative")
    assert (cheaper.field, cheaper.value) == ("price_usd", "asc")
    assert [field for field, *_ in limits(game_link, "at most 45 minutes")] == ["playtime_min"]


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "🎬🎥", "مرحبا أريد فيلما", "'; DROP TABLE items;--", "<script>alert(1)</script>", "a" * 100_000,
        "\ud800 matrix \udfff", "(1999) " * 300, "ﬁlm İstanbul ß", "Ame\u0301lie", "under", "no no not", "$", "½ ²",
        "before", "\x00",
    ],
)  # fmt: skip
def test_any_text_is_linked_without_an_error(link: Linker, text: str) -> None:
    mentions = link.link(text)
    assert all(text[m.start : m.end] == m.text for m in mentions)
    assert all(left.end <= right.start for left, right in zip(mentions, mentions[1:], strict=False))
