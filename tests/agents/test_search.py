"""Search without a conversation."""

import asyncio
from typing import Any

import pytest

from agents.search import Search, SearchResult, search
from agents.session import Cicerone
from errors import CiceroneError
from retrieval.bundle import Bundle
from retrieval.items import Filter
from settings import Settings

OLD = Filter(field="year", op="lte", value=1990)


def test_words_and_meaning_find_items_within_the_limits(films: Bundle) -> None:
    found = search(Search(query="toys escape", k=3), films)
    assert "Toy Story" in found.items[0].title
    assert len(found.items) == 3
    assert found.n_matching == films.catalog.n_items
    old = search(Search(query="toys escape", filters=[OLD]), films)
    assert 0 < old.n_matching < films.catalog.n_items
    assert all(item.fields["year"] <= 1990 for item in old.items)
    assert not {"item_id"} & set(old.items[0].fields)


def test_an_order_sorts_all_without_a_query_and_the_best_with_one(films: Bundle) -> None:
    years = [item.fields["year"] for item in search(Search(order_by="year", descending=False, k=5), films).items]
    assert years == sorted(int(year) for year in films.catalog.numbers("year"))[:5]
    best = search(Search(query="space", k=6), films)
    by_year = search(Search(query="space", k=6, order_by="year"), films)
    assert {item.item_id for item in best.items} == {item.item_id for item in by_year.items}
    years = [item.fields["year"] for item in by_year.items]
    assert years == sorted(years, reverse=True)


def test_without_words_or_order_the_best_known_come_first(films: Bundle) -> None:
    assert len(search(Search(k=4), films).items) == 4


@pytest.mark.parametrize(
    "wrong",
    [
        {"filters": [{"field": "nope", "op": "eq", "value": 1}]},
        {"order_by": "nope"},
        {"order_by": "genres"},
        {"query": "space", "order_by": "nope"},
        {"query": "space", "order_by": "genres"},
    ],
)
def test_what_cannot_be_searched_for_is_refused(films: Bundle, wrong: dict[str, Any]) -> None:
    with pytest.raises(CiceroneError):
        search(Search.model_validate(wrong), films)


def test_the_session_offers_it(films: Bundle) -> None:
    async def run() -> SearchResult:
        async with Cicerone(films, Settings(planner="basic")) as agent:
            return await agent.search(Search(query="space"))

    assert asyncio.run(run()) == search(Search(query="space"), films)
