"""What items are called, guessed from names."""

import pytest

from agents.nouns import nouns_of


@pytest.mark.parametrize(
    ("name", "singular", "plural"),
    [
        ("books_5197 books_5197.parquet", "book", "books"),
        ("Wikibooks-recipes.jsonl", "recipe", "recipes"),
        ("netflix_titles netflix_titles.csv", "title", "titles"),
        ("games", "game", "games"),
        ("demo movies.parquet", "movie", "movies"),
        ("ALL-BEAUTY", "item", "items"),
        ("spanish wines", "wine", "wines"),
        ("houses_2024.csv", "house", "houses"),
        ("gamestop", "item", "items"),
        ("42", "item", "items"),
        ("", "item", "items"),
    ],
)
def test_a_whole_word_of_the_name_decides(name: str, singular: str, plural: str) -> None:
    assert nouns_of(name)[:2] == (singular, plural)


def test_both_forms_are_among_the_words_people_use() -> None:
    for name in ("books", "games", "42"):
        singular, plural, words = nouns_of(name)
        assert {singular, plural} <= set(words)
