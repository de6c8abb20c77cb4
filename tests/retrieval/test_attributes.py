"""Likeness in facets and people, against numbers worked out by hand."""

from math import log1p, sqrt

import pytest

from retrieval.bundle import Bundle

MATRIX, RELOADED, TOY_STORY, ALIEN = "tt0133093", "tt0234215", "tt0114709", "tt0078748"


def test_the_same_values_are_wholly_alike_and_none_in_common_not_at_all(films: Bundle) -> None:
    matrix, reloaded, toys = films.catalog.rows_of([MATRIX, RELOADED, TOY_STORY])
    alike = films.attributes.people([reloaded, toys, matrix], [matrix])
    assert alike.shape == (3, 1)
    assert alike[:, 0].tolist() == pytest.approx([1, 0, 1], abs=1e-6)


def test_rare_values_count_more(films: Bundle) -> None:
    catalog = films.catalog
    n = {name: dict(catalog.counts(name)) for name in ("genres", "countries", "languages")}
    weights = {(name, value): log1p(catalog.n_items / count) for name in n for value, count in n[name].items()}
    values = {
        item.item_id: {(name, value) for name in n for value in item.values[name]}
        for item in catalog.items(catalog.rows_of([MATRIX, ALIEN]))
    }
    lengths = [sqrt(sum(weights[v] ** 2 for v in values[item_id])) for item_id in (MATRIX, ALIEN)]
    shared = sum(weights[v] ** 2 for v in values[MATRIX] & values[ALIEN])
    [[found]] = films.attributes.facets(catalog.rows_of([MATRIX]), catalog.rows_of([ALIEN]))
    assert found == pytest.approx(shared / lengths[0] / lengths[1], rel=1e-5)


def test_nothing_is_compared_with_nothing(games: Bundle) -> None:
    assert games.attributes.facets([], [0]).shape == (0, 1)
    assert games.attributes.people([0, 1], []).shape == (2, 0)
