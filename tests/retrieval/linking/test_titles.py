"""Titles however they are typed, and words that are none."""

import pytest
from linked import kinds

from retrieval.linking import Linker


@pytest.mark.parametrize(
    ("text", "item_id"),
    [
        ("something like matrix", "tt0133093"),
        ("The Matrix (1999)", "tt0133093"),
        ("teh matirx", "tt0133093"),
        ("i loved shawshank redemtion", "tt0111161"),
        ("have you seen The Shining?", "tt0081505"),
        ("more like godfather part 2", "tt0071562"),
        ("I enjoyed Amelie", "tt0211915"),
        ("anything similar to kill bill", "tt0266697"),
        ('I mean "Alien"', "tt0078748"),
        ("Who directed The Matrix?", "tt0133093"),
        ("when was the matrix released", "tt0133093"),
    ],
)
def test_titles_are_found_however_they_are_typed(link: Linker, text: str, item_id: str) -> None:
    found = kinds(link, text, "title")
    assert [m.item_ids[0] for m in found] == [item_id]


def test_a_series_has_several_candidates(link: Linker) -> None:
    (mention,) = kinds(link, "something like toy story", "title")
    assert set(mention.item_ids) >= {"tt0114709", "tt0435761"}
    assert mention.item_ids[0] == "tt0114709"


@pytest.mark.parametrize(
    "text", ["i want a good drama", "help the kid choose", "is it any good", "an alien lands in a small town"]
)
def test_ordinary_words_are_no_titles(link: Linker, text: str) -> None:
    assert kinds(link, text, "title") == []


@pytest.mark.parametrize(
    ("text", "item_id"),
    [
        ("Matrix, The", "tt0133093"),
        ("the matrix (1999)", "tt0133093"),
        ("Kill Bill Vol 1", "tt0266697"),
        ("Shawshenk Redemption", "tt0111161"),
        ("Life is Beautifull", "tt0118799"),
    ],
)
def test_one_title_as_typed(link: Linker, text: str, item_id: str) -> None:
    assert link.titles(text)[0][0] == item_id


def test_a_title_that_does_not_exist_is_not_grounded(link: Linker) -> None:
    assert link.titles("Zorblax Against the Ninth Moon") == []


@pytest.mark.parametrize(
    ("text", "item_id"), [("Matrix, The", "tt0133093"), ("something like Terminator, The (1984)", "tt0088247")]
)
def test_an_article_may_stand_behind_its_title(link: Linker, text: str, item_id: str) -> None:
    (mention,) = kinds(link, text, "title")
    assert mention.item_ids[0] == item_id
    assert ", The" in mention.text


def test_an_article_that_goes_on_belongs_to_no_title(link: Linker) -> None:
    (mention,) = kinds(link, "I loved Alien, the best of all", "title")
    assert mention.text == "Alien"
