"""A profile as evidence: it adds, within bounds, and less the more the request says."""

from datetime import date, timedelta
from typing import Any

import numpy as np

from agents.profile.state import Profile, Source, Statement
from agents.ranking.personal import Leaning, personal
from agents.ranking.ranker import Ranked
from agents.state import Order, Understanding
from retrieval.bundle import Bundle
from retrieval.items import Filter

DAY = date(2026, 1, 1)
MATRIX, TOY_STORY, EXORCIST = "tt0133093", "tt0114709", "tt0070047"


def statement(kind: str, **about: Any) -> Statement:
    source = Source(by="words", words="said so", day=DAY)
    facts = {"kind": kind, "strength": 0.9, "confirmed": DAY, "catalog": "films", "sources": [source], **about}
    return Statement.model_validate(facts)


def pool(films: Bundle, chance: float | None = None) -> list[Ranked]:
    return [Ranked(row, 0.5 - row / 1000, chance=chance) for row in range(films.catalog.n_items)]


def odds(films: Bundle, *statements: Statement, today: date = DAY) -> np.ndarray:
    leaning = Leaning.of(Profile(statements=list(statements)), films, today)
    return leaning.evidence(np.arange(films.catalog.n_items), films)


def with_genre(films: Bundle, genre: str) -> np.ndarray:
    return films.catalog.select([Filter(field="genres", op="contains", value=genre)]).rows


def place(ranked: list[Ranked], row: int) -> int:
    return [entry.row for entry in ranked].index(row)


def test_an_empty_profile_and_that_of_another_catalogue_change_nothing(films: Bundle) -> None:
    ranked = pool(films)
    assert personal(ranked, Profile(), Understanding(), films, DAY) == ranked
    other = Profile(statements=[statement("like", catalog="games", field="brand", value="Kosmos")])
    assert personal(ranked, other, Understanding(), films, DAY) == ranked


def test_an_order_asked_for_stands(films: Bundle) -> None:
    profile = Profile(statements=[statement("like", item_id=MATRIX, value="The Matrix")])
    order = Understanding(order=Order(field="runtime_min", descending=True))
    assert personal(pool(films), profile, order, films, DAY) == pool(films)


def test_liked_values_raise_and_disliked_values_and_items_lower(films: Bundle) -> None:
    horror = with_genre(films, "Horror")
    assert (odds(films, statement("like", field="genres", value="Horror"))[horror] > 0.5).all()
    assert (odds(films, statement("dislike", field="genres", value="Horror"))[horror] < -0.5).all()
    row = films.catalog.rows_of([EXORCIST])[0]
    lowered = odds(films, statement("dislike", item_id=EXORCIST, value="The Exorcist"))
    assert lowered[row] < -1
    assert np.count_nonzero(lowered) == 1


def test_evidence_is_bounded_and_fades(films: Bundle) -> None:
    likes = [
        statement("like", field="genres", value=value) for value in ("Drama", "Crime", "Comedy", "Horror", "Sci-Fi")
    ]
    likes += [statement("like", item_id=item_id, value=item_id) for item_id in (MATRIX, TOY_STORY)]
    strong, weak = odds(films, *likes), odds(films, *likes[:1], today=DAY + timedelta(2000))
    assert np.abs(strong).max() <= 3
    assert 0 < weak.max() < odds(films, *likes[:1]).max() / 4


def test_words_that_are_no_value_count_where_they_are_mentioned(films: Bundle) -> None:
    against = odds(films, statement("dislike", text="space", catalog=""))
    found = {row for row, _ in films.lexical.search("space", films.catalog.n_items)}
    assert found
    assert {int(row) for row in np.flatnonzero(against < 0)} == found


def test_the_more_a_request_says_the_less_a_profile_counts(films: Bundle) -> None:
    profile = Profile(statements=[statement("like", field="genres", value="Horror")])
    row = int(with_genre(films, "Horror")[-1])
    before = pool(films)[row].score

    def gained(understood: Understanding) -> float:
        return next(e.score for e in personal(pool(films), profile, understood, films, DAY) if e.row == row) - before

    room = gained(Understanding())
    likeness = gained(Understanding(intent="similar", anchors=[TOY_STORY]))
    assert room > likeness > gained(Understanding(query="a toy that comes to life")) > 0


def test_chances_stay_chances_and_the_best_are_explained(films: Bundle) -> None:
    profile = Profile(statements=[statement("like", field="genres", value="Horror")])
    ranked = personal(pool(films, chance=0.01), profile, Understanding(), films, DAY)
    assert all(entry.chance is not None and 0 <= entry.chance <= 1 for entry in ranked)
    assert [entry.score for entry in ranked] == sorted((entry.score for entry in ranked), reverse=True)
    assert "you like Horror" in next(entry for entry in ranked if entry.row in with_genre(films, "Horror")).profile
    assert not ranked[0].profile or ranked[0].row in with_genre(films, "Horror")
