"""Values of facets by their own and other names."""

import numpy as np
import pyarrow as pa
import pytest
from linked import kinds, limits

from retrieval.catalog import Catalog
from retrieval.catalog_file import write_catalog
from retrieval.items import Field, Role
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


@pytest.fixture(scope="module")
def patchy(tmp_path_factory: pytest.TempPathFactory) -> Linker:
    """A linker over items that are mostly tagged "musical" and seldom have that category."""
    n = 60
    columns = {
        "item_id": [f"i{i}" for i in range(n)],
        "name": [f"Item {i}" for i in range(n)],
        "genre": [["Musical"] if i % 10 == 0 else ["Drama"] for i in range(n)],
        "tags": [["musical", *(f"tag {i} {j}" for j in range(8))] for i in range(n)],
    }
    fields = [
        Field(name="item_id", role=Role.ID, label="id"),
        Field(name="name", role=Role.TITLE, label="name"),
        Field(name="genre", role=Role.FACET, many=True, label="genre", n_values=2),
        Field(name="tags", role=Role.FACET, many=True, label="tags", n_values=8 * n + 1),
    ]
    path = tmp_path_factory.mktemp("patchy") / "c.duckdb"
    write_catalog(path, pa.table(columns), fields, np.ones(n, np.float32))
    return Linker(Catalog(path, "patchy"))


@pytest.mark.parametrize("text", ["a musical with cats", "musicals", "find me a musical please"])
def test_a_usual_value_by_its_own_name_is_a_limit_however_patchily_assigned(patchy: Linker, text: str) -> None:
    assert [value for _, _, value, _ in limits(patchy, text)] == ["Musical"]


@pytest.mark.parametrize(
    "text", ["a musical drama", "about a musical cat who likes fish", "the history of musical art"]
)
def test_pairs_and_stories_leave_a_patchy_value_unsure(patchy: Linker, text: str) -> None:
    assert "Musical" not in [value for _, _, value, _ in limits(patchy, text)]


@pytest.mark.parametrize("text", ["the second film in a popular thriller trilogy", "in this thriller tale of revenge"])
def test_an_item_is_what_its_series_and_its_story_are(link: Linker, text: str) -> None:
    assert [value for _, _, value, _ in limits(link, text)] == ["Thriller"]
