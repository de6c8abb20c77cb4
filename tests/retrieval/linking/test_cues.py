"""What is refused, liked, seen, lifted."""

import pytest
from linked import kinds, limits

from retrieval.linking import Linker


@pytest.mark.parametrize(
    ("text", "refused", "wanted"),
    [
        ("no cartoons", ["Animation"], []),
        ("not Tom Hanks", ["Tom Hanks"], []),
        ("no horror, war or romance", ["Horror", "War", "Romance"], []),
        ("no horror, something funny", ["Horror"], ["Comedy"]),
        ("nothing scary", ["Horror"], []),
        ("I never watch horror", ["Horror"], []),
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
    ("text", "n"),
    [
        ("no horror, under 110 minutes", 1),
        ("not Tom Hanks, after 1980, before 2005", 2),
        ("no war and under 2 hours", 1),
    ],
)
def test_a_range_after_something_refused_is_a_wish(link: Linker, text: str, n: int) -> None:
    assert [negated for *_, value, negated in limits(link, text) if isinstance(value, int)] == [False] * n


def test_a_range_refused_after_a_wish_stays_refused(link: Linker) -> None:
    assert [negated for *_, negated in limits(link, "a comedy, not from the nineties")] == [False, True]


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


@pytest.mark.parametrize("text", ["that sounds hilarious", "it was so funny", "Isn't that with Tom Hanks? no"])
def test_talk_about_an_item_refuses_and_demands_nothing(link: Linker, text: str) -> None:
    assert [found for found in limits(link, text) if found[0] == "genres" or found[3]] == []


@pytest.mark.parametrize(
    ("text", "refused", "wanted"),
    [
        ("nothing too bloody, and no Tom Hanks", ["Tom Hanks"], []),
        ("no horror and no Tom Hanks", ["Horror", "Tom Hanks"], []),
        ("no Tom Hanks, no Bruce Willis, no John Travolta", ["Tom Hanks", "John Travolta"], []),
        ("not horror and nothing with Tom Hanks", ["Horror", "Tom Hanks"], []),
        ("a comedy but no Tom Hanks", ["Tom Hanks"], ["Comedy"]),
        ("no comedy but with Tom Hanks", ["Comedy"], ["Tom Hanks"]),
        ("no comedies, but something with Tom Hanks", ["Comedy"], ["Tom Hanks"]),
        ("neither horror nor Tom Hanks", ["Horror", "Tom Hanks"], []),
        ("neither horror, war nor Tom Hanks", ["Horror", "War", "Tom Hanks"], []),
        ("a drama without Tom Hanks and without romance", ["Tom Hanks", "Romance"], ["Drama"]),
        ("something funny, not a cartoon, and not with Tom Hanks", ["Animation", "Tom Hanks"], ["Comedy"]),
        ("don't show me war films, nor Tom Hanks", ["War", "Tom Hanks"], []),
        ("nothing violent and a comedy", [], ["Comedy"]),
        ("no horror and I want a comedy", ["Horror"], ["Comedy"]),
        ("not a comedy, a drama with Tom Hanks", ["Comedy"], ["Drama", "Tom Hanks"]),
        ("nothing except comedies", [], ["Comedy"]),
        ("this role was not written with Tom Hanks in mind", [], ["Tom Hanks"]),
    ],
)
def test_a_refusal_reaches_to_the_end_of_its_clause(
    link: Linker, text: str, refused: list[str], wanted: list[str]
) -> None:
    found = limits(link, text)
    assert [value for *_, value, negated in found if negated] == refused
    assert [value for *_, value, negated in found if not negated] == wanted


@pytest.mark.parametrize(
    "text",
    [
        "a film about a man obsessed with Titanic",
        "a girl fell in love with Tom Hanks",
        "a film which saw Tom Hanks and Robin Wright work together",
        "a man who loves his dog and Titanic",
        "Tom Hanks played two outlaws with Robin Wright",
        "to win back his wife s love after an accident in this Tom Hanks romance",
        "everyone loves Titanic",
    ],
)
def test_what_people_of_a_story_love_or_see_is_no_taste(link: Linker, text: str) -> None:
    assert {m.cue for m in kinds(link, text, "title") + kinds(link, text, "value")} == {""}


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("big fan of Tom Hanks", "like"),
        ("my wife loves romance", "like"),
        ("we both loved Inception", "like"),
        ("seen Inception already", "seen"),
        ("Yes, I've seen Inception", "seen"),
        ("Oh yes, really enjoyed Gladiator", "like"),
        ("comedies like Amelie", "similar"),
    ],
)
def test_the_speaker_need_not_be_named(link: Linker, text: str, cue: str) -> None:
    assert link.link(text)[-1].cue == cue


def test_a_cue_ends_with_its_clause(link: Linker) -> None:
    found = {m.text: m.cue for m in link.link("I loved Inception, can you find some horror with Tom Hanks")}
    assert found == {"Inception": "like", "horror": "", "Tom Hanks": ""}


def test_praise_of_somebody_in_the_item_asked_for_is_no_taste(link: Linker) -> None:
    assert ("cast", "contains", "Tom Hanks", False) in limits(link, "tom hanks was awesome in this drama")
    assert {m.cue for m in link.link("tom hanks was awesome in this drama")} == {""}


def test_what_was_seen_is_an_item_not_a_person(link: Linker) -> None:
    mentions = link.link("a funny Tom Hanks film, I have seen Toy Story")
    assert {m.text: m.cue for m in mentions if m.kind != "title"} == {"funny": "", "Tom Hanks": ""}
    assert [m.cue for m in mentions if m.kind == "title"] == ["seen"]


def test_another_noun_after_what_is_refused_is_wanted(link: Linker) -> None:
    found = [(value, negated) for _, _, value, negated in limits(link, "not an action movie a romantic movie")]
    assert found[-1] == ("Romance", False)
    assert all(negated for value, negated in found[:-1])


@pytest.mark.parametrize("text", ["dramas that are not directed by stanley kubrick", "a drama not directed by Kubrick"])
def test_a_credit_right_after_not_is_refused(link: Linker, text: str) -> None:
    found = {value: negated for _, _, value, negated in limits(link, text)}
    assert found["Stanley Kubrick"]
    assert not found["Drama"]
