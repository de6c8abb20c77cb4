"""Words that tell of an item are told from words of asking, from those for people and from the names of fields."""

import pytest

from agents.answering.telling import telling_words
from retrieval.bundle import Bundle


@pytest.mark.parametrize(
    ("query", "said", "words"),
    [
        ("whos wich shortst form playing number two together", "", []),
        ("cheap longest time set", "", []),
        ("gimme three dragons", "", ["dragons"]),
        ("year daughter friends four", "for my 6 year old daughter, with friends", []),
        ("two friends heist", "a story of two friends and a heist", ["friends", "heist"]),
        ("evening loves already search", "good evening", []),
        ("genre runtime film", "", []),
        ("form lake wedding", "", ["lake", "wedding"]),
    ],
)
def test_only_words_about_items_tell(films: Bundle, query: str, said: str, words: list[str]) -> None:
    assert telling_words(query, said, films.catalog.fields.values(), ("film", "films")) == words
