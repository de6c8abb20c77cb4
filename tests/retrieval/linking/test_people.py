"""Names and the roles the words around them give."""

import pytest
from linked import kinds, limits

from retrieval.linking import Linker


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("directed by roberto benigni", "directors", "Roberto Benigni"),
        ("starring roberto benigni", "cast", "Roberto Benigni"),
        ("what did charlie chaplin direct, something charlie chaplin directed", "directors", "Charlie Chaplin"),
        ("charlie chaplin stars as a tramp", "cast", "Charlie Chaplin"),
        ("with joseph gordon levitt or michael j fox", "cast", "Michael J. Fox"),
        ("a kubrick film", "directors", "Stanley Kubrick"),
        ("starring leonardo di caprio", "cast", "Leonardo DiCaprio"),
        ("a film with Brad Pit", "cast", "Brad Pitt"),
    ],
)
def test_the_words_around_a_name_give_its_role(link: Linker, text: str, field: str, value: str) -> None:
    assert (field, "contains", value, False) in limits(link, text)


def test_a_name_in_several_fields_keeps_the_others(link: Linker) -> None:
    (mention,) = kinds(link, "directed by roberto benigni", "value")
    assert mention.other_fields == ["cast"]


def test_names_joined_by_and_share_a_role(link: Linker) -> None:
    found = limits(link, "starring uma thurman, john travolta and bruce willis")
    assert [(field, value) for field, _, value, _ in found] == [("cast", "Uma Thurman"), ("cast", "John Travolta")]
