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


@pytest.mark.parametrize(
    "text",
    [
        "written directed and produced by roberto benigni",
        "directed and co produced by roberto benigni",
        "directed by the mysterious and reclusive artist roberto benigni",
        "a comedy produced by roberto benigni",
        "a 1997 roberto benigni comedy",
        "this roberto benigni 90 s film",
        "a film from roberto benigni stars tom hanks",
    ],
)
def test_who_makes_an_item_is_no_actor(link: Linker, text: str) -> None:
    assert ("directors", "contains", "Roberto Benigni", False) in limits(link, text)


@pytest.mark.parametrize(
    "text",
    ["directed produced by and starring roberto benigni", "roberto benigni starred in and directed this comedy"],
)
def test_somebody_may_make_an_item_and_star_in_it(link: Linker, text: str) -> None:
    fields = [field for field, *_ in limits(link, text)]
    assert {"cast", "directors"} <= set(fields)


def test_an_actor_who_never_directs_owns_no_item(link: Linker) -> None:
    assert ("cast", "contains", "Tom Hanks", False) in limits(link, "a 2000 tom hanks drama")


def test_who_wrote_the_source_is_no_limit(link: Linker) -> None:
    assert limits(link, "based on a novel written by roberto benigni") == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a film with Brad Pit", "Brad Pitt"),
        ("i like leonardo dicapro", "Leonardo DiCaprio"),
        ("a film directed by Quentin Tarentino", "Quentin Tarantino"),
    ],
)
def test_names_may_be_misspelt(link: Linker, text: str, value: str) -> None:
    assert value in [m.value for m in kinds(link, text, "value", 0.8)]


@pytest.mark.parametrize(
    "text",
    ["Something like that would be pit", "Loved it! Tim. Allen wrench", "no smart fox comedies", "by Tom, Hanks off"],
)
def test_ordinary_words_and_broken_ones_are_no_names(link: Linker, text: str) -> None:
    persons = ("cast", "directors")
    assert [m for m in kinds(link, text, "value", 0.8) if m.field in persons] == []


@pytest.mark.parametrize(
    "text", ["directed and starred in by roberto benigni", "roberto benigni directed and stars in"]
)
def test_who_directs_and_stars_does_both(link: Linker, text: str) -> None:
    assert {(field, value) for field, _, value, _ in limits(link, text)} == {
        ("directors", "Roberto Benigni"),
        ("cast", "Roberto Benigni"),
    }


def test_a_surname_with_initials_after_it_is_somebody_elses_given_name(link: Linker) -> None:
    assert limits(link, "written by kubrick c clarke") == []
