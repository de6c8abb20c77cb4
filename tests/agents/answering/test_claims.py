"""Sentences about a small slate: what is true passes, what is invented does not."""

import pytest

from agents.answering.brief import ExplainBrief
from agents.answering.claims import ClaimChecker
from agents.answering.sentences import Sentences
from agents.events import Reason, SlateItem
from retrieval.items import Field, Filter, Role

FIELDS = {
    f.name: f
    for f in (
        Field(name="year", role=Role.NUMBER, label="year", unit="year"),
        Field(name="runtime_min", role=Role.NUMBER, label="runtime", unit="min"),
        Field(name="genres", role=Role.FACET, label="genres", many=True),
        Field(name="countries", role=Role.FACET, label="countries", many=True),
        Field(name="cast", role=Role.PERSON, label="cast", many=True),
        Field(name="directors", role=Role.PERSON, label="directors", many=True),
        Field(name="oscars", role=Role.NUMBER, label="oscars"),
        Field(name="gross", role=Role.NUMBER, label="box office", unit="usd"),
        Field(name="rating", role=Role.NUMBER, label="rating"),
    )
}
ALIEN = SlateItem(
    item_id="a",
    title="Alien",
    score=1,
    fields={
        "year": 1979, "runtime_min": 117, "genres": ["Horror", "Sci-Fi"], "countries": ["United Kingdom"],
        "cast": ["Sigourney Weaver", "Tom Skerritt"], "oscars": 1, "gross": 104_900_000, "rating": 8.14,
    },
    reasons=[Reason(text="close in meaning to what you describe", source="search_meaning")],
)  # fmt: skip
GUMP = SlateItem(
    item_id="g",
    title="Forrest Gump",
    score=0.9,
    fields={
        "year": 1994,
        "runtime_min": 142,
        "genres": ["Drama"],
        "cast": ["Tom Hanks", "Robin Wright"],
        "directors": ["Robert Zemeckis"],
        "oscars": 6,
    },
)
HEAT = SlateItem(item_id="h", title="Heat", score=0.7, fields={"year": 1995, "genres": ["Crime"]})
MONSTERS = SlateItem(item_id="m", title="Monsters, Inc.", score=0.8, fields={"year": 2001, "genres": ["Comedy"]})
IT = SlateItem(item_id="i", title="It", score=0.7, fields={"year": 2017, "genres": ["Horror"]})


def brief(message: str = "something scary in space under 120 minutes", **more: object) -> ExplainBrief:
    given = {
        "items": [ALIEN, GUMP, MONSTERS, IT, HEAT],
        "n_pool": 214,
        "hints": {"genres": ["Horror", "Comedy", "Drama", "Western"]},
    }
    return ExplainBrief(message=message, fields=FIELDS, noun=("film", "films"), **{**given, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "sentence",
    [
        "Alien (1979) is a horror film with Sigourney Weaver.",
        "I'd start with **Alien**, which runs 117 minutes.",
        "“Forrest Gump” stars Tom Hanks and Robin Wright and won 6 Oscars.",
        "Forrest Gump won six Oscars.",
        "Alien lasts just under 2 hours.",
        "Alien is 1h 57m long.",
        "Alien made about $105 million.",
        "Rated 8.1/10, Alien still works.",
        "Alien comes from the 1970s.",
        "These 5 films all fit, out of 214 that match.",
        "Two of these are quite different.",
        "Weaver is great in Alien.",
        "If you want something scary in space, Alien does it.",
        "Alien is close in meaning to what you describe.",
        "Monsters, Inc. is a comedy from 2001.",
        "It is perfect for tonight.",
        "Alien was made in the United Kingdom.",
        "Forrest Gump, directed by Robert Zemeckis, stars Tom Hanks.",
        "Heat is slower.",
        "Start with Alien starring Weaver.",
    ],
)
def test_true_sentences_pass(sentence: str) -> None:
    assert ClaimChecker(brief()).wrong(sentence) == ""


@pytest.mark.parametrize(
    "sentence",
    [
        "You might also like Inception.",
        "Inception is a great choice.",
        "“the silent sea” would suit you too.",
        "**Arrival** is another idea.",
        "Alien was directed by Ridley Scott.",
        "Alien stars Tom Hanks.",
        "Alien stars Tom Weaver.",
        "Alien came out in 1982.",
        "Alien runs 142 minutes.",
        "Alien lasts 3 hours.",
        "Alien won 6 Oscars.",
        "Alien won five Oscars.",
        "Alien made $300 million.",
        "Rated 9.3/10, Alien still works.",
        "Alien comes from the 1980s.",
        "Alien is a comedy.",
        "Alien is a western in disguise.",
        "Forrest Gump is an acclaimed drama.",
        "Alien has a sequel.",
        "Alien is French.",
        "Forrest Gump was directed by Tom Hanks.",
        "Forrest Gump stars Robert Zemeckis.",
        "The second row has Alien.",
        "Alien does not fit the request.",
        "Alien matches the user's wish.",
        "See [Alien](https://evil.example/?d=1).",
        "![x](http://evil.example/a.png)",
        "Alien is on evil.com.",
        "<img src=x onerror=alert(1)> Alien",
        "Alien &lt;b&gt; is good.",
    ],
)
def test_invented_sentences_fail(sentence: str) -> None:
    assert ClaimChecker(brief()).wrong(sentence)


def test_what_the_user_said_may_be_repeated() -> None:
    asked = brief("something like Solaris from 1972 with George Clooney, no westerns")
    assert ClaimChecker(asked).wrong("Like Solaris (1972), Alien is set apart, and there are no westerns here.") == ""
    assert ClaimChecker(asked).wrong("None of them has George Clooney.") == ""


def test_the_users_own_words_are_no_fact_about_an_item() -> None:
    checker = ClaimChecker(brief("dramas that are not comedies"))
    assert checker.wrong("If you want dramas that are not comedies, start with Forrest Gump.") == ""
    assert checker.wrong("Forrest Gump is not a comedy.") == ""
    assert checker.wrong("Forrest Gump is a drama, but it's also a comedy.")


def test_limits_may_be_repeated() -> None:
    limited = brief("shorter", filters=[Filter(field="runtime_min", op="lte", value=150)])
    assert ClaimChecker(limited).wrong("All of these stay under 150 minutes.") == ""


def test_a_pronoun_speaks_of_the_item_named_before() -> None:
    checker = ClaimChecker(brief())
    assert checker.wrong("Forrest Gump is a drama.") == ""
    assert checker.wrong("It runs 142 minutes.") == ""
    assert checker.wrong("It runs 117 minutes.")


def test_text_in_a_row_cannot_vouch_for_another_item() -> None:
    checker = ClaimChecker(brief())
    assert checker.wrong("Forrest Gump has Sigourney Weaver.")
    assert checker.wrong("Forrest Gump and Alien have Tom Hanks and Sigourney Weaver.") == ""


def test_sentences_end_where_people_end_them() -> None:
    cut = Sentences()
    text = "See Dr. No first. It runs 1.5 hours! “Yes.” And\nMonsters, Inc. is fun. The end"
    found = [sentence.strip() for piece in text for sentence in cut.feed(piece)]
    assert found == ["See Dr. No first.", "It runs 1.5 hours!", "“Yes.”", "And", "Monsters, Inc. is fun."]
    assert cut.rest() == "The end"


def test_a_bound_of_the_user_is_no_fact_of_an_item() -> None:
    asked = brief("something under 90 minutes", filters=[Filter(field="runtime_min", op="lte", value=89)])
    assert ClaimChecker(asked).wrong("Alien runs 90 minutes.")
    assert ClaimChecker(asked).wrong("Alien is shorter at 89 minutes.")
    assert ClaimChecker(asked).wrong("You asked for something under 90 minutes.") == ""
