"""Traits, lifts, profiles of ratings and the summary, on forty well-known items."""

from datetime import date, timedelta

import numpy as np
import pytest

from agents.profile.lifts import log_lifts, sure_lifts
from agents.profile.rated import Rated, profile_of_ratings, statements_of
from agents.profile.state import Profile, Source, Statement
from agents.profile.summary import summary_of
from agents.profile.traits import Traits, traits_of
from retrieval.bundle import Bundle
from retrieval.items import Filter
from retrieval.text import fold

DAY = date(2026, 1, 1)
NOUNS = ("film", "films")


@pytest.fixture(scope="module")
def traits(films: Bundle) -> Traits:
    return traits_of(films)


def with_genre(films: Bundle, genre: str) -> list[int]:
    return films.catalog.select([Filter(field="genres", op="contains", value=genre)]).rows.tolist()


def liking(films: Bundle, rows: list[int]) -> Profile:
    rated = [Rated(films.catalog.ids[row], 5.0, DAY) for row in rows]
    return Profile(statements=statements_of(rated, films.catalog))


def test_traits_are_what_filters_find(films: Bundle, traits: Traits) -> None:
    spans = [next(trait for trait in traits.traits if trait.filter.op == op) for op in ("between", "lte", "gte")]
    for trait in (traits.traits[0], *spans):
        column = traits.places[(trait.field, fold(trait.value))]
        having = np.flatnonzero(traits.matrix[:, column].toarray().ravel())
        assert having.tolist() == films.catalog.select([trait.filter]).rows.tolist()
    assert ((traits.base > 0) & (traits.base <= 1.001)).all()


def test_two_items_make_no_taste_and_many_do(films: Bundle, traits: Traits) -> None:
    scifi = with_genre(films, "Sci-Fi")
    assert len(scifi) >= 6
    assert not sure_lifts(traits, scifi[:2])
    assert not sure_lifts(traits, [])
    few, many = sure_lifts(traits, scifi[:2]), sure_lifts(traits, scifi)
    assert not few
    assert "Sci-Fi" in {lift.trait.value for lift in many if lift.log > 0}
    assert all(lift.n_with >= 3 for lift in many if lift.log > 0)


def test_likes_of_everything_are_no_taste(films: Bundle, traits: Traits) -> None:
    lifts = sure_lifts(traits, list(range(films.catalog.n_items)))
    assert not [lift for lift in lifts if lift.trait.field == "genres" and abs(lift.log) > 0.7]


def test_lifts_grow_with_evidence_and_shrink_to_nothing_without(films: Bundle, traits: Traits) -> None:
    place = traits.places[("genres", fold("Sci-Fi"))]
    scifi = with_genre(films, "Sci-Fi")
    grown = [log_lifts(traits, scifi[:n])[place] for n in (0, 1, 3, 6)]
    assert grown[0] == 0
    assert grown == sorted(grown)
    assert log_lifts(traits, scifi[:3], [0.1] * 3)[place] < grown[2]


def test_the_summary_is_two_sentences_that_say_how_sure(films: Bundle) -> None:
    assert summary_of(Profile(), films, NOUNS) == ""
    guess = summary_of(liking(films, with_genre(films, "Sci-Fi")[:2]), films, NOUNS)
    assert guess.count(". ") == 1
    assert "Nothing stands out yet" in guess
    assert "a first guess: it rests on 2 films you like." in guess
    told = summary_of(liking(films, with_genre(films, "Sci-Fi")), films, NOUNS)
    assert "You like" in told
    assert "Sci-Fi" in told


def test_the_summary_names_what_the_user_said(films: Bundle) -> None:
    refused = Filter(field="genres", op="not_contains", value="Horror")
    source = Source(by="words", words="never horror", day=DAY)
    said = [
        Statement(kind="limit", strength=0.9, confirmed=DAY, catalog=films.catalog.name, field="genres", value="Horror",
                  filter=refused, sources=[source]),
        Statement(kind="context", strength=0.5, confirmed=DAY, text="with my kids", sources=[source]),
    ]  # fmt: skip
    told = summary_of(Profile(statements=said), films, NOUNS)
    assert "keep away from Horror" in told
    assert "with my kids" in told
    assert "2 things you said" in told


def test_ratings_make_likes_dislikes_and_traits_within_their_tokens(films: Bundle, traits: Traits) -> None:
    scifi = with_genre(films, "Sci-Fi")
    rated = [Rated(films.catalog.ids[row], 5.0, DAY + timedelta(i)) for i, row in enumerate(scifi)]
    rated += [Rated("tt0012349", 1.0, DAY), Rated("gone", 5.0, DAY)]
    profile = profile_of_ratings(rated, films.catalog, traits, DAY + timedelta(50))
    assert {(s.kind, s.value) for s in profile.statements} >= {("like", "Sci-Fi"), ("dislike", "The Kid")}
    assert profile.statements[-1].sources[0].by == "rating"
    assert profile.tokens <= 600
    assert profile_of_ratings(rated, films.catalog, traits, DAY, most_tokens=20).tokens <= 20
