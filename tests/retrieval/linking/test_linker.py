"""What a message mentions, on two tiny catalogues of different domains."""

from collections.abc import Callable

import pytest

from retrieval.bundle import Bundle
from retrieval.linking import Linker, Mention

Find = Callable[..., list[Mention]]


@pytest.fixture(scope="module")
def link(films: Bundle) -> Linker:
    """A linker over the tiny films."""
    return Linker(films.catalog)


@pytest.fixture(scope="module")
def game_link(games: Bundle) -> Linker:
    """A linker over the tiny games."""
    return Linker(games.catalog)


def kinds(linker: Linker, text: str, kind: str, at_least: float = 0.5) -> list[Mention]:
    """Return the mentions of one kind that are sure enough."""
    return [m for m in linker.link(text) if m.kind == kind and m.score >= at_least]


def limits(linker: Linker, text: str) -> list[tuple[str, str | None, object, bool]]:
    """Return what would become a hard limit: (field, op, value, negated)."""
    return [
        (m.field, m.op, m.value, m.negated)
        for m in linker.link(text)
        if m.kind in ("value", "range") and m.score >= 0.8
    ]


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
    ("text", "found"),
    [
        ("a sci fi from the seventies", ["Sci-Fi", [1970, 1979]]),
        ("cartoons", ["Animation"]),
        ("a scary film", ["Horror"]),
        ("french films before 1999", ["France", 1998]),
        ("movies in French", ["French"]),
        ("a rom-com", ["Comedy", "Romance"]),
        ("romantic comedies", ["Romance", "Comedy"]),
    ],
)
def test_other_words_for_values(link: Linker, text: str, found: list[object]) -> None:
    assert [value for _, _, value, _ in limits(link, text)] == found


@pytest.mark.parametrize(
    ("text", "op", "value"),
    [
        ("a film under two hours", "lte", 119),
        ("at most 90 minutes", "lte", 90),
        ("1h30 max", "lte", 90),
        ("at least 2 and a half hours", "gte", 150),
        ("between 90 and 120 min", "between", [90, 120]),
        ("over 3 hours long", "gte", 181),
        ("around 100 min", "between", [90, 110]),
    ],
)
def test_lengths_of_time(link: Linker, text: str, op: str, value: object) -> None:
    assert limits(link, text) == [("runtime_min", op, value, False)]


@pytest.mark.parametrize(
    ("text", "op", "value"),
    [
        ("the 1982 one", "eq", 1982),
        ("released in 1994", "eq", 1994),
        ("before 1999", "lte", 1998),
        ("after 2010", "gte", 2011),
        ("since 2005", "gte", 2005),
        ("not before 2000", "gte", 2000),
        ("no older than 1990", "gte", 1990),
        ("1990 or later", "gte", 1990),
        ("between 1990 and 2000", "between", [1990, 2000]),
        ("80s or 90s", "between", [1980, 1999]),
        ("films from the 1960 s", "between", [1960, 1969]),
        ("early 90s films", "between", [1990, 1993]),
        ("this century", "gte", 2000),
    ],
)
def test_times(link: Linker, text: str, op: str, value: object) -> None:
    assert limits(link, text) == [("year", op, value, False)]


@pytest.mark.parametrize(
    "text", ["a story set in 1945", "about a boy in the 1900 s", "based on a 1952 novel", "a woman in her 20s"]
)
def test_times_of_the_story_are_no_limits(link: Linker, text: str) -> None:
    assert limits(link, text) == []


@pytest.mark.parametrize(
    ("text", "refused", "wanted"),
    [
        ("no cartoons", ["Animation"], []),
        ("not Tom Hanks", ["Tom Hanks"], []),
        ("no horror, war or romance", ["Horror", "War", "Romance"], []),
        ("no horror, something funny", ["Horror"], ["Comedy"]),
        ("nothing scary", ["Horror"], []),
        ("anything but a thriller", ["Thriller"], []),
        ("i don t want dramas but a comedy", ["Drama"], ["Comedy"]),
        ("why not a comedy", [], ["Comedy"]),
        ("not only comedies", [], ["Comedy"]),
        ("not without Tom Hanks", [], ["Tom Hanks"]),
    ],
)
def test_negation(link: Linker, text: str, refused: list[str], wanted: list[str]) -> None:
    found = limits(link, text)
    assert [value for *_, value, negated in found if negated] == refused
    assert [value for *_, value, negated in found if not negated] == wanted


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("I loved Alien", "like"),
        ("I hated Titanic", "dislike"),
        ("not a fan of Titanic", "dislike"),
        ("Inception was great", "like"),
        ("Avatar was boring", "dislike"),
        ("I've already seen Gladiator", "seen"),
        ("I haven't seen Gladiator", ""),
        ("something like Memento", "similar"),
        ("I've seen Oldboy and hated it", "dislike"),
    ],
)
def test_cues(link: Linker, text: str, cue: str) -> None:
    (mention,) = kinds(link, text, "title")
    assert mention.cue == cue


@pytest.mark.parametrize(
    ("text", "field"),
    [("drop the year", "year"), ("any genre", "genres"), ("I don't care about the length", "runtime_min")],
)
def test_lifting_names_a_field(link: Linker, text: str, field: str) -> None:
    (mention,) = link.link(text)
    assert (mention.kind, mention.cue, mention.field) == ("field", "lift", field)


def test_lifting_names_a_value(link: Linker) -> None:
    (mention,) = link.link("never mind Tom Hanks")
    assert (mention.kind, mention.cue, mention.value) == ("value", "lift", "Tom Hanks")


@pytest.mark.parametrize(
    ("text", "kind", "field", "value"),
    [
        ("no, newer", "relative", "year", "desc"),
        ("something shorter", "relative", "runtime_min", "asc"),
        ("the longest western", "order", "runtime_min", "desc"),
        ("best reviewed", "order", "critic_score", "desc"),
        ("oldest", "order", "year", "asc"),
    ],
)
def test_comparisons(link: Linker, text: str, kind: str, field: str, value: str) -> None:
    (mention,) = kinds(link, text, kind)
    assert (mention.field, mention.value) == (field, value)


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
    "text", ["any good horror films", "do you know any horror films", "are there any horror films?"]
)
def test_asking_for_any_of_a_kind_lifts_nothing(link: Linker, text: str) -> None:
    (mention,) = kinds(link, text, "value", 0.8)
    assert (mention.value, mention.cue, mention.negated) == ("Horror", "", False)


@pytest.mark.parametrize("text", ["that sounds hilarious", "it was so funny", "Isn't that with Tom Hanks? no"])
def test_talk_about_an_item_refuses_and_demands_nothing(link: Linker, text: str) -> None:
    assert [found for found in limits(link, text) if found[0] == "genres" or found[3]] == []
