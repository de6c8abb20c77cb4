"""Conversations about catalogues of quite different shapes: what people say of prices, days, weights, yes and no."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from agents.nouns import nouns_of
from agents.planning.asking import opening_question
from agents.starters import starters
from agents.state import Ledger, Thread, Understanding
from retrieval.building import build_bundle
from retrieval.bundle import Bundle, open_bundle
from retrieval.importing import import_table
from retrieval.linking import Linker

Talk = Callable[..., Any]
TODAY = date(2026, 11, 21)


def built(folder: Path, name: str, columns: dict[str, list[Any]], roles: dict[str, str]) -> Bundle:
    table = pa.table({key: pa.array(values) for key, values in columns.items()})
    build_bundle(import_table(table, None, roles, source=name), name, folder, vectors=False)
    bundle = open_bundle(folder, name)
    bundle._parts["linker"] = Linker(bundle.catalog, bundle.manifest.noun, lambda: TODAY)
    return bundle


def houses_columns(n: int) -> dict[str, list[Any]]:
    return {
        "listing_id": [f"H{i}" for i in range(n)],
        "title": [f"Listing {chr(65 + i % 26)}{i}" for i in range(n)],
        "property_type": [("apartment", "villa", "loft")[i % 3] for i in range(n)],
        "city": [("Porto", "Lyon", "Graz", "Leeds")[i % 4] for i in range(n)],
        "bedrooms": [1 + i % 5 for i in range(n)],
        "area_m2": [30 + 3 * i for i in range(n)],
        "price_eur": [90_000.0 + 7_000 * i for i in range(n)],
        "garden": [i % 2 == 0 for i in range(n)],
        "is_furnished": [i % 3 == 0 for i in range(n)],
        "year_built": [1920 + i for i in range(n)],
    }


def events_columns(n: int) -> dict[str, list[Any]]:
    return {
        "event_id": [f"e{i}" for i in range(n)],
        "name": [f"Evening {chr(65 + i % 26)}{i}" for i in range(n)],
        "category": [("concert", "workshop", "exhibition", "food festival")[i % 4] for i in range(n)],
        "city": [("Berlin", "Vienna", "Lisbon")[i % 3] for i in range(n)],
        "starts_at": [TODAY - timedelta(20) + timedelta(i * 2) for i in range(n)],
        "ticket_price_eur": [float(i % 6) * 7.5 for i in range(n)],
        "performers": [["Ana Silva"] if i % 2 else ["John Moore", "Lena Fischer"] for i in range(n)],
    }


def laptops_columns(n: int) -> dict[str, list[Any]]:
    return {
        "sku": [f"L{i}" for i in range(n)],
        "model": [f"Model {chr(65 + i % 26)}{i}" for i in range(n)],
        "brand": [("HP", "Lenovo", "Acer")[i % 3] for i in range(n)],
        "ram_gb": [(8, 16, 32)[i % 3] for i in range(n)],
        "storage_gb": [(256, 512, 1024)[i // 3 % 3] for i in range(n)],
        "weight_kg": [round(0.9 + 0.03 * i, 2) for i in range(n)],
        "price_usd": [300.99 + 40 * i for i in range(n)],
        "touchscreen": [i % 2 == 0 for i in range(n)],
    }


def rooms_columns(n: int) -> dict[str, list[Any]]:
    """A catalogue with headings of another language, several values an item, and neither ratings nor days."""
    return {
        "Nr": [f"R{i}" for i in range(n)],
        "Name": [f"Haus {chr(65 + i % 26)}{i}" for i in range(n)],
        "Stadt": [("Graz", "Wien", "Linz")[i % 3] for i in range(n)],
        "Preis pro Nacht (€)": [0.0 if i % 15 == 0 else 30.0 + i for i in range(n)],
        "Schlafplätze": [1 + i % 6 for i in range(n)],
        "tags": [("spa;lake", "spa;city", "cabin;lake", "cabin;wood")[i % 4] for i in range(n)],
        "keeper": [("Ana Silva", "John Moore", "Lena Fischer")[i % 3] for i in range(n)],
        "about": [("A quiet cabin with a spa", "A loud house in town")[i % 2] for i in range(n)],
    }


ROLES = {
    "rooms": {"Nr": "id", "Name": "title", "Stadt": "facet", "tags": "facet", "keeper": "person", "about": "text"},
    "houses": {"listing_id": "id", "title": "title", "property_type": "facet", "city": "facet"},
    "events": {"event_id": "id", "name": "title", "category": "facet", "city": "facet", "performers": "person"},
    "laptops": {"sku": "id", "model": "title", "brand": "facet"},
    "quotes": {"ref": "id", "quote": "title"},
}


def quotes_columns(n: int) -> dict[str, list[Any]]:
    words = ["river", "patience", "clocks", "silence", "bread"]
    return {
        "ref": [f"q{i}" for i in range(n)],
        "quote": [f"Of {words[i % 5]} nobody speaks twice, {i}" for i in range(n)],
    }


@pytest.fixture(scope="module")
def shelves(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Bundle]:
    folder = tmp_path_factory.mktemp("any")
    made = {"houses": houses_columns, "events": events_columns, "laptops": laptops_columns, "quotes": quotes_columns,
            "rooms": rooms_columns}  # fmt: skip
    return {name: built(folder, name, columns(60), ROLES[name]) for name, columns in made.items()}


SAID = [
    ("houses", "3 bedrooms with a garden in Porto", {"bedrooms eq 3", "garden eq yes", "city eq Porto"}),
    ("houses", "an apartment up to 250k", {"property_type eq apartment", "price_eur lte 250000"}),
    ("houses", "a villa without garden", {"property_type eq villa", "garden eq no"}),
    ("houses", "4+ bedrooms, not furnished", {"bedrooms gte 4", "is_furnished eq no"}),
    ("houses", "more than 100 square metres", {"area_m2 gte 101"}),
    ("houses", "less than half a million, not in Leeds", {"price_eur lte 500000", "city ne Leeds"}),
    ("houses", "a loft for less than 1000 euros", {"property_type eq loft", "price_eur lte 1000"}),
    ("houses", "built after 1950 in Lyon", {"year_built gte 1951", "city eq Lyon"}),
    ("events", "concerts in Berlin this weekend",
     {"category eq concert", "city eq Berlin", "starts_at between ['2026-11-21', '2026-11-22']"}),
    ("events", "in December 2026", {"starts_at between ['2026-12-01', '2026-12-31']"}),
    ("events", "workshops before Christmas", {"category eq workshop", "starts_at lte 2026-12-24"}),
    ("events", "between 5 and 12 December 2026", {"starts_at between ['2026-12-05', '2026-12-12']"}),
    ("events", "something with Ana Silva under 12,50 €",
     {"performers contains Ana Silva", "ticket_price_eur lte 12.5"}),
    ("events", "on 24 December", {"starts_at eq 2026-12-24"}),
    ("laptops", "at least 16 GB of RAM", {"ram_gb gte 16"}),
    ("laptops", "1 TB of storage", {"storage_gb eq 1024"}),
    ("laptops", "under 1500 grams", {"weight_kg lte 1.49"}),
    ("laptops", "an HP with touch screen under 900", {"brand eq HP", "touchscreen eq yes", "price_usd lte 900"}),
    ("laptops", "between 500 and 900 dollars", {"price_usd between [500, 900]"}),
    ("laptops", "at least 16 GB, with at least 4 stars", {"ram_gb gte 16"}),
    ("houses", "a loft in Porto or Lyon", {"property_type eq loft", "city in ['Porto', 'Lyon']"}),
    ("events", "a free concert", {"category eq concert", "ticket_price_eur eq 0"}),
    ("rooms", "something free in Graz", {"Preis pro Nacht (€) eq 0", "Stadt eq Graz"}),
    ("rooms", "under 50 euros with spa and lake",
     {"Preis pro Nacht (€) lte 50", "tags contains spa", "tags contains lake"}),
    ("rooms", "a spa cabin", {"tags contains cabin"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "said", "limits"), SAID)
def test_limits_are_read_from_the_units_labels_and_values_of_the_catalogue(
    shelves: dict[str, Bundle], talk: Talk, name: str, said: str, limits: set[str]
) -> None:
    [turn], _ = talk(shelves[name], said)
    assert {f"{f.field} {f.op} {f.value}" for f in turn.filters} == limits
    assert turn.items


@pytest.mark.parametrize(
    ("name", "said", "field", "first"),
    [
        ("houses", "the biggest villa", "area_m2", max),
        ("houses", "cheapest loft in Graz", "price_eur", min),
        ("laptops", "the lightest one", "weight_kg", min),
        ("laptops", "highest price", "price_usd", max),
        ("houses", "with the most bedrooms", "bedrooms", max),
        ("rooms", "the cheapest room in Wien", "Preis pro Nacht (€)", min),
        ("rooms", "the most expensive one", "Preis pro Nacht (€)", max),
    ],
)
def test_the_most_and_the_least_are_ordered_by_the_number_meant(
    shelves: dict[str, Bundle], talk: Talk, name: str, said: str, field: str, first: Callable[..., float]
) -> None:
    [turn], _ = talk(shelves[name], said)
    values = [item.fields[field] for item in turn.items]
    assert values == sorted(values, reverse=first is max)
    kept = shelves[name].catalog.select(turn.filters).rows if turn.filters else range(60)
    assert values[0] == first(item.values[field] for item in shelves[name].catalog.items(list(kept)))


@pytest.mark.parametrize(
    ("name", "said", "words"),
    [
        ("houses", "how many lofts are there?", ["There are 20 houses that fit"]),
        ("houses", "which cities do you have?", ["Porto (15)", "Leeds (15)"]),
        ("quotes", "how many quotes are there?", ["60 quotes"]),
        ("laptops", "what brands are there?", ["HP (20)"]),
    ],
)
def test_questions_for_numbers_and_values_are_answered(
    shelves: dict[str, Bundle], talk: Talk, name: str, said: str, words: list[str]
) -> None:
    [turn], _ = talk(shelves[name], said)
    assert all(word in turn.reply for word in words), turn.reply


def test_a_conversation_amends_asks_and_lifts(shelves: dict[str, Bundle], talk: Talk) -> None:
    turns, _ = talk(
        shelves["houses"], "a villa with a garden under 400,000 euros", "how big is the first one?", "bigger",
        "garden doesn't matter", "drop the price", "and how much is the second one?",
    )  # fmt: skip
    assert "m²" in turns[1].reply
    assert any(f.field == "area_m2" and f.op == "gte" for f in turns[2].filters)
    assert not [f for f in turns[3].filters if f.field == "garden"]
    assert not [f for f in turns[4].filters if f.field == "price_eur"]
    assert "€" in turns[5].reply


@pytest.mark.parametrize(
    ("name", "said", "told"),
    [
        ("houses", "a villa with at least 4 stars", "no field for stars, so I left “at least 4 stars” aside"),
        ("quotes", "something about bread under 5 euros", "no field for price, so I left “under 5 euros” aside"),
        ("quotes", "the cheapest quote", "no field for price, so I left “cheapest” aside"),
        ("events", "a concert starring Ida Blum", "Nobody here is called Ida Blum"),
    ],
)
def test_what_no_field_answers_is_said_and_never_searched_for(
    shelves: dict[str, Bundle], talk: Talk, name: str, said: str, told: str
) -> None:
    [turn], _ = talk(shelves[name], said)
    assert told in " ".join(turn.notices)
    searched = {word for call in turn.tools for word in str(call.args.get("query", "")).split()}
    assert not searched & {"least", "stars", "4", "under", "euros", "5", "cheapest"}
    assert not [call.name for call in turn.tools if call.error]


def test_instead_replaces_what_it_names_and_what_no_longer_fits(shelves: dict[str, Bundle], talk: Talk) -> None:
    turns, _ = talk(
        shelves["houses"], "a villa in Porto under 400,000 euros", "an apartment in Lyon instead, built after 1950",
        "something with a garden instead",
    )  # fmt: skip
    assert {f"{f.field} {f.value}" for f in turns[1].filters} == {
        "property_type apartment", "city Lyon", "price_eur 400000", "year_built 1951",
    }  # fmt: skip
    assert {f.field for f in turns[2].filters} == {"garden", "price_eur", "year_built"}


def test_a_message_that_only_adds_goes_on_with_the_subject(shelves: dict[str, Bundle], talk: Talk) -> None:
    turns, thread = talk(shelves["rooms"], "a quiet house", "under 60 euros", "with a loud yard", "a town room")
    assert thread.past
    # The words of the whole talk are searched too, in a call of their own that may end first.
    queries = [{c.args["query"] for c in t.tools if c.name == "search_keywords"} for t in turns]
    assert queries[1] & queries[0]
    assert any(set(query.split()) >= {"quiet", "loud"} for query in queries[2])
    assert any("quiet" not in query for query in queries[3])


def test_a_price_asked_for_is_told_and_where_there_is_none_that_is_said(shelves: dict[str, Bundle], talk: Talk) -> None:
    turns, _ = talk(shelves["rooms"], "the cheapest room", "is it free?", "how much is the second one?")
    assert "free" in turns[1].reply
    assert "aside" not in " ".join(turns[1].notices)
    assert turns[1].filters == turns[0].filters
    assert "free" in turns[2].reply or "€" in turns[2].reply
    assert "Preis pro Nacht" in talk(shelves["rooms"], "under 50 euros")[0][0].reply
    turns, _ = talk(shelves["quotes"], "of bread", "how much is the first one?")
    assert "does not say the price" in turns[1].reply


def test_what_nobody_sells_is_said_and_the_nearest_come(shelves: dict[str, Bundle], talk: Talk) -> None:
    [turn], _ = talk(shelves["houses"], "a loft in Porto for less than 1000 euros")
    assert "Nothing with price under €1,000 fits the rest" in turn.reply
    assert turn.items[0].breaks


def test_days_and_prices_read_as_people_write_them(shelves: dict[str, Bundle], talk: Talk) -> None:
    turns, _ = talk(shelves["events"], "concerts in December 2026 under 30 euros", "when does the first one start?")
    assert "in December 2026" in turns[0].reply
    assert "€30" in turns[0].reply
    assert " Dec 2026" in turns[1].reply


@pytest.mark.parametrize("name", ["houses", "events", "laptops", "quotes", "rooms"])
def test_every_starter_is_understood_and_finds_something(shelves: dict[str, Bundle], talk: Talk, name: str) -> None:
    catalog = shelves[name].catalog
    wishes = starters(catalog, nouns_of(name, shelves[name].manifest.noun))
    assert wishes
    for wish in wishes:
        [turn], _ = talk(shelves[name], wish)
        assert turn.items, wish
        assert not any(item.breaks for item in turn.items), wish
        assert turn.filters or "like" in wish or "the " in wish, wish
        assert " yes" not in f" {wish}", wish
        assert "  " not in wish, wish


def test_the_first_question_is_about_what_people_browse_by(shelves: dict[str, Bundle]) -> None:
    asked = {
        name: opening_question(Understanding(), Ledger(), Thread(), bundle.catalog) for name, bundle in shelves.items()
    }
    assert asked["quotes"] is None
    assert asked["events"] is not None
    assert set(asked["events"].choices) == {"concert", "workshop", "exhibition", "food festival"}
    assert asked["laptops"] is not None
    assert not {"yes", "no"} & {choice for question in asked.values() if question for choice in question.choices}
