"""Small talk has nothing asked beside it; who it is for and when describes no item."""

import pytest

from agents.understanding.courtesies import COMPANY, GREETING


@pytest.mark.parametrize(
    "text", ["hi there!", "that's all, bye!", "no thanks, that's all", "ok thanks. I'm good", "perfect, thank you, bye"]
)
def test_courtesies_ask_for_nothing(text: str) -> None:
    assert GREETING.search(text)


@pytest.mark.parametrize(
    "text",
    [
        "ok something with a shark", "cool, what about a heist", "ok. and have you one that is more short?",
        "great, but funnier", "greetings from a small town", "ok who made it",
    ],
)  # fmt: skip
def test_a_wish_after_a_courtesy_is_a_wish(text: str) -> None:
    assert not GREETING.search(text)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a film for my 6 year old daughter", "a film"),
        ("something for my mum", "something"),
        ("four of us, something funny tonight", ", something funny"),
        ("a film about a father and his son", "a film about a father and his son"),
    ],
)
def test_who_it_is_for_describes_no_item(text: str, left: str) -> None:
    assert " ".join(COMPANY.sub(" ", text).split()) == left
