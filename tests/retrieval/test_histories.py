"""Histories: in time order, capped, without who; what is liked is told apart."""

from pathlib import Path

import numpy as np
import pytest

from errors import BundleError
from retrieval.bundle import Bundle
from retrieval.histories import PER_USER, Histories


def lists(histories: Histories) -> list[list[int]]:
    return [part.tolist() for part in np.split(histories.rows, np.cumsum(histories.lengths)[:-1])]


def of(users: list[int], rows: list[int], ratings: list[float] | None, times: list[int] | None) -> Histories:
    given = None if ratings is None else np.array(ratings)
    return Histories.of(np.array(users), np.array(rows), given, None if times is None else np.array(times))


def test_items_stand_in_order_of_time_and_ties_as_in_the_source() -> None:
    assert lists(of([1, 1, 1, 1], [7, 5, 3, 4], None, [20, 10, 20, 10])) == [[5, 4, 7, 3]]
    assert lists(of([1, 1, 1], [7, 5, 3], None, None)) == [[7, 5, 3]]


def test_users_come_shortest_first_whatever_they_are_called_and_a_single_item_is_no_history() -> None:
    users, rows = [9, 2, 2, 2, 9, 4, 5, 5], [1, 2, 3, 4, 5, 6, 0, 8]
    assert lists(of(users, rows, None, None)) == [[0, 8], [1, 5], [2, 3, 4]]
    renamed = [{9: 1, 2: 7, 4: 0, 5: 9}[user] for user in users]
    assert lists(of(renamed, rows, None, None)) == [[0, 8], [1, 5], [2, 3, 4]]


def test_the_latest_of_a_long_history_are_kept() -> None:
    n = PER_USER + 30
    found = of([0] * n, list(range(n)), None, list(range(n)))
    assert found.lengths.tolist() == [PER_USER]
    assert found.rows.tolist() == list(range(30, n))


def test_likes_are_told_apart_by_rating() -> None:
    found = of([0, 0, 0, 1, 1], [1, 2, 3, 4, 5], [5, 1, 4.5, 1, 1], [3, 2, 1, 1, 2])
    assert lists(found) == [[4, 5], [3, 2, 1]]
    assert found.liked.tolist() == [False, False, True, False, True]
    assert [part.tolist() for part in found.of_likes()] == [[3, 1]]
    assert [part.tolist() for part in found.of_likes(0)] == [[], [3, 1]]


def test_nobody_makes_no_histories() -> None:
    none = of([], [], None, None)
    assert (len(none.lengths), none.of_likes()) == (0, [])


def test_what_is_saved_is_loaded_and_damage_is_named(tmp_path: Path) -> None:
    made = of([0, 0, 1, 1], [1, 2, 3, 4], [5, 1, 5, 1], None)
    made.save(tmp_path / "h.npz")
    back = Histories.load(tmp_path / "h.npz")
    assert (lists(back), back.liked.tolist()) == (lists(made), made.liked.tolist())
    (tmp_path / "h.npz").write_bytes(b"PK")
    with pytest.raises(BundleError, match="Build the catalogue again"):
        Histories.load(tmp_path / "h.npz")


def test_a_build_with_ratings_has_them_and_one_without_is_valid(films: Bundle, games: Bundle) -> None:
    assert not games.manifest.has("histories.npz")
    assert films.manifest.has("histories.npz")
    found = Histories.load(films.path / "histories.npz")
    assert len(found.lengths) == 8
    assert len(found.rows) == films.manifest.n_interactions
    assert found.liked.any() and not found.liked.all()
