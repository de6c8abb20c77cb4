"""Example requests: made of the catalogue at hand, and every one of them finds something."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from agents.nouns import nouns_of
from agents.starters import starters
from retrieval.building import build_bundle
from retrieval.bundle import Bundle, open_bundle
from retrieval.importing import import_table

Talk = Callable[..., Any]


def bundle_of(folder: Path, columns: dict[str, list[Any]], roles: dict[str, str]) -> Bundle:
    table = pa.table({name: pa.array(values) for name, values in columns.items()})
    build_bundle(import_table(table, None, roles, source="things"), "things", folder, vectors=False)
    return open_bundle(folder, "things")


@pytest.mark.parametrize("name", ["films", "games"])
def test_every_starter_finds_items_that_break_nothing(name: str, talk: Talk, request: pytest.FixtureRequest) -> None:
    bundle = request.getfixturevalue(name)
    wishes = starters(bundle.catalog, nouns_of(name))
    assert len(wishes) == len(set(wishes)) == 4
    for wish in wishes:
        [turn], _ = talk(bundle, wish)
        assert turn.items, wish
        assert not any(item.breaks for item in turn.items), wish
        assert turn.filters or "like" in wish, wish


def test_they_speak_of_the_catalogues_own_values(films: Bundle, games: Bundle) -> None:
    of_films, of_games = ("\n".join(starters(b.catalog, nouns_of(b.name))) for b in (films, games))
    assert "films" in of_films
    assert "games" in of_games
    assert "minutes" in of_films
    assert f"something like {films.catalog.titles[int(films.catalog.prominence.argmax())]}" in of_films


def test_a_catalogue_of_titles_alone_has_some_too(tmp_path: Path) -> None:
    titles = ["Oak Table", "Pine Chair", "Glass Lamp"]
    bundle = bundle_of(tmp_path, {"sku": ["a", "b", "c"], "name": titles}, {"sku": "id", "name": "title"})
    wishes = starters(bundle.catalog, nouns_of("things"))
    assert wishes
    assert all("  " not in wish and not wish.endswith(" ") for wish in wishes)


def test_a_large_number_is_said_so_that_it_is_understood(tmp_path: Path, talk: Talk) -> None:
    columns = {
        "sku": [f"s{i}" for i in range(9)],
        "name": ["Cottage", "Castle", "Barn", "Villa", "Hut", "Mill", "Tower", "Loft", "Lodge"],
        "price_usd": [100_000.0 + 2_345_678 * i for i in range(9)],
    }
    bundle = bundle_of(tmp_path, columns, {"sku": "id", "name": "title", "price_usd": "number"})
    wish = starters(bundle.catalog, nouns_of("things"))[0]
    assert "e+" not in wish
    [turn], _ = talk(bundle, wish)
    assert [f.field for f in turn.filters] == ["price_usd"]
    assert 0 < turn.filters[0].value <= 10_000_000


def test_no_length_is_asked_for_that_nothing_is_shorter_than(tmp_path: Path) -> None:
    columns = {
        "sku": [f"s{i}" for i in range(20)],
        "name": [f"Lesson {word}" for word in "one two three four five six seven eight nine ten".split() * 2],
        "kind": [["Yoga", "Piano"]] * 8 + [["Piano"]] * 6 + [["Chess"]] * 4 + [["Latin"]] * 2,
        "length_min": [40 + i % 3 for i in range(20)],
    }
    roles = {"sku": "id", "name": "title", "kind": "facet", "length_min": "number"}
    wishes = starters(bundle_of(tmp_path, columns, roles).catalog, nouns_of("things"))
    assert "Latin items, but no Piano" in wishes
    assert not [wish for wish in wishes if "under 40" in wish]
