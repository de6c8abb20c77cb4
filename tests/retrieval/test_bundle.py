"""The bundle: built whole or not at all, checked when opened."""

from retrieval.bundle import Bundle


def test_tiny_bundles_open(films: Bundle, games: Bundle) -> None:
    assert films.catalog.n_items == 40
    assert games.catalog.n_items == 25
    assert films.dense is not None and films.co_liked is not None and games.co_liked is None
