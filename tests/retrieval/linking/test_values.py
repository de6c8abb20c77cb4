"""Values of facets by their own and other names."""

import pytest
from linked import kinds, limits

from retrieval.linking import Linker


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
    "text", ["any good horror films", "do you know any horror films", "are there any horror films?"]
)
def test_asking_for_any_of_a_kind_lifts_nothing(link: Linker, text: str) -> None:
    (mention,) = kinds(link, text, "value", 0.8)
    assert (mention.value, mention.cue, mention.negated) == ("Horror", "", False)
