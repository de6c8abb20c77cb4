"""What items are called, from the name of a catalogue."""

import pytest

from retrieval.importing.roles.noun import guess_noun


@pytest.mark.parametrize(
    ("name", "noun"),
    [
        ("wines", ["wine", "wines"]), ("spanish_wines_2024", ["wine", "wines"]), ("boardGames", ["game", "games"]),
        ("Job-Postings", ["posting", "postings"]), ("dishes", ["dish", "dishes"]), ("hobbies", ["hobby", "hobbies"]),
        ("movies_open", ["movie", "movies"]), ("courses", ["course", "courses"]), ("houses", ["house", "houses"]),
        ("wine_reviews", []), ("data", []), ("items_final", []), ("products", []), ("catalogue", []), ("beauty", []),
        ("physics", []), ("s", []), ("2024", []), ("glass", []), ("campus", []),
    ],
)  # fmt: skip
def test_noun_of_a_name(name: str, noun: list[str]) -> None:
    assert guess_noun(name) == noun
