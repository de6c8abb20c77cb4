"""What makes a stretch of a message a title: how it is introduced, judged, listed; and other names of titles."""

import pyarrow as pa
import pytest
from linked import kinds
from shelf import WordVectors

from retrieval.building import build_bundle
from retrieval.bundle import open_bundle
from retrieval.importing import import_table
from retrieval.linking import Linker


@pytest.mark.parametrize(
    ("text", "item_id"),
    [
        ("how about blade runner", "tt0083658"),
        ("hi there, what about fight club?", "tt0137523"),
        ("check out spirited away", "tt0245429"),
        ("blade runner is also a pretty good one", "tt0083658"),
        ("Knowing you, Or even Blade Runner", "tt0083658"),
        ("Gladiator was so good", "tt0172495"),
        ("Memento", "tt0209144"),
    ],
)
def test_a_title_is_introduced_or_judged_in_any_words(link: Linker, text: str, item_id: str) -> None:
    assert [m.item_ids[0] for m in kinds(link, text, "title", 0.6)] == [item_id]


def test_a_message_of_nothing_but_titles_is_a_list_of_them(link: Linker) -> None:
    found = kinds(link, "forrest gump, cast away and pulp fiction", "title", 0.6)
    assert [m.text for m in found] == ["forrest gump", "cast away", "pulp fiction"]


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory) -> Linker:
    titles = [
        "The Lord of the Towers: The First Ring", "The Lord of the Towers: The Second Ring", "The Other", "Yes",
        "Airport II: The Sequel", "Rocket 2: Blast Off", "Everlasting Moonlight of the Spotless Heart", "Hill & Dale",
        "The Grand Oak: A New Root", "Something New", "What a Day",
    ]  # fmt: skip
    table = pa.table({"id": [f"t{i}" for i, _ in enumerate(titles)], "title": titles})
    var = tmp_path_factory.mktemp("series")
    build_bundle(import_table(table, roles={"id": "id", "title": "title"}), "series", var, embedder=WordVectors())
    return Linker(open_bundle(var, "series", WordVectors()).catalog)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("something like lott", {"t0", "t1"}),
        ("something like LOTT", {"t0", "t1"}),
        ("I loved the lord of the towers", {"t0", "t1"}),
        ("I loved Rocket II", {"t5"}),
        ("something like everlasting moonlight", {"t6"}),
        ("I loved hill and dale", {"t7"}),
        ("I loved a new root", {"t8"}),
        ("I loved The Grand Oak", {"t8"}),
    ],
)
def test_a_title_goes_by_its_series_its_initials_and_its_parts(series: Linker, text: str, found: set[str]) -> None:
    [mention] = kinds(series, text, "title", 0.6)
    assert set(mention.item_ids) == found


@pytest.mark.parametrize(
    "text", ["the other was better", "I liked the other ones", "yes I have seen it", "the sequel was great"]
)
def test_everyday_words_are_titles_only_when_written_so(series: Linker, text: str) -> None:
    assert kinds(series, text, "title", 0.6) == []


def test_the_words_of_a_title_are_kept_apart_from_what_follows_a_greeting(series: Linker) -> None:
    assert [m.text for m in kinds(series, 'Hi, I loved "The Other"', "title")] == ["The Other"]
