"""Co-liking: what a like is, how the two kinds of ties are blended, guards."""

from pathlib import Path

import numpy as np
import pytest

from errors import BundleError
from retrieval import collaborative_likes
from retrieval.collaborative import CoLiked
from retrieval.collaborative_likes import likes_of


def _built(path: Path, pairs: list[tuple[int, int]], n_items: int, ratings: list[float] | None = None) -> CoLiked:
    users, rows = np.array(pairs).T
    CoLiked.build(path / "c.npz", users, rows, None if ratings is None else np.array(ratings), None, n_items)
    return CoLiked.open(path / "c.npz")


def test_sum_over_seeds_without_the_seeds(tmp_path: Path) -> None:
    index = _built(tmp_path, [(u, r) for u in range(5) for r in (0, 1, 2)] + [(9, 0), (9, 3)], 5)
    one, other = dict(index.knn.neighbours([0], 9)), dict(index.knn.neighbours([1], 9))
    both = dict(index.knn.neighbours([0, 1, 0], 9))
    assert set(both) == {2, 3}
    assert both[2] == pytest.approx(one[2] + other[2])


def test_allowed_acts_before_k(tmp_path: Path) -> None:
    index = _built(tmp_path, [(u, r) for u in range(5) for r in (0, 1)] + [(9, 0), (9, 3)], 4)
    assert [row for row, _ in index.neighbours([0], 1, np.array([2, 3], np.int32))] == [3]
    assert index.neighbours([0], 5, np.zeros(0, np.int32)) == []


def test_an_item_nobody_likes_has_no_neighbours(tmp_path: Path) -> None:
    index = _built(tmp_path, [(0, 0), (0, 1)], 3)
    assert index.neighbours([2], 5) == []
    assert index.neighbours([], 5) == []
    assert index.closest_seed([2, 1, 0], [2, 0]) == [None, 0, None]
    assert index.closest_seed([1], []) == [None]
    assert index.closest_seed([], [1]) == []


def test_what_counts_as_a_like(tmp_path: Path) -> None:
    ratings = [5, 1, 4, 3.5, 2, 2, 2, 2.5, 1, 1]
    pairs = [(0, 0), (0, 1), (0, 2), (1, 3), (2, 4), (2, 5), (3, 6), (4, 7), (5, 8), (5, 9)]
    index = _built(tmp_path, pairs, 10, ratings)
    assert [row for row in range(10) if index.n_liked(row)] == [0, 2, 3, 7]


def test_a_rating_that_is_no_number_is_no_like(tmp_path: Path) -> None:
    index = _built(tmp_path, [(0, 0), (0, 1), (0, 2)], 3, [5, float("nan"), 4])
    assert [index.n_liked(row) for row in range(3)] == [1, 0, 1]


def test_the_latest_of_repeated_ratings_counts(tmp_path: Path) -> None:
    times = np.array([2, 1])
    CoLiked.build(tmp_path / "c.npz", np.array([7, 7]), np.array([0, 0]), np.array([1.0, 5.0]), times, 1)
    assert CoLiked.open(tmp_path / "c.npz").n_liked(0) == 0


def test_a_users_latest_likes_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collaborative_likes, "_PER_USER", 2)
    times = np.array([3, 1, 2, 9])
    CoLiked.build(tmp_path / "c.npz", np.array(["u", "u", "u", "v"]), np.array([0, 1, 2, 1]), None, times, 3)
    index = CoLiked.open(tmp_path / "c.npz")
    assert [index.n_liked(row) for row in range(3)] == [1, 1, 1]
    assert index.neighbours([1], 3) == []


def test_no_interactions_at_all(tmp_path: Path) -> None:
    none = np.zeros(0, np.int64)
    CoLiked.build(tmp_path / "c.npz", none, none, none.astype(float), none, 3)
    assert CoLiked.open(tmp_path / "c.npz").neighbours([0], 3) == []


def test_the_blend_is_three_parts_ease_and_one_part_knn(tmp_path: Path) -> None:
    drawn = np.random.default_rng(3)
    index = _built(tmp_path, list(zip(*np.nonzero(drawn.random((60, 20)) < 0.3), strict=True)), 20)
    ease, knn = index.ease.summed([1, 4]), index.knn.summed([1, 4])
    assert ease.any()
    assert index.scores([1, 4]) == pytest.approx(0.75 * ease / ease.max() + 0.25 * knn / knn.max(), abs=1e-6)
    best = index.neighbours([1, 4], 5)
    assert [row for row, _ in best] == list(np.argsort(-index.scores([1, 4]), kind="stable")[:5])


def test_a_seed_too_rare_for_ease_leaves_the_word_to_knn(tmp_path: Path) -> None:
    index = _built(tmp_path, [(u, r) for u in range(4) for r in (0, 1)] + [(4, 0), (4, 2)], 3)
    assert not index.ease.summed([2]).any()
    assert index.neighbours([2], 5) == [(0, 1.0)]
    assert index.closest_seed([0, 1], [2]) == [2, None]


def test_what_was_built_before_there_was_ease_is_still_read(tmp_path: Path) -> None:
    path = tmp_path / "c.npz"
    _built(tmp_path, [(u, r) for u in range(5) for r in (0, 1, 2)], 3)
    with np.load(path) as stored:
        kept = {name: stored[name] for name in stored.files if not name.startswith("ease_")}
    np.savez(path, **kept)
    assert [row for row, _ in CoLiked.open(path).neighbours([0], 5)] == [1, 2]


def test_damaged_files_are_refused_with_a_remedy(tmp_path: Path) -> None:
    path = tmp_path / "c.npz"
    with pytest.raises(BundleError, match="Build the catalogue again"):
        CoLiked.open(path)
    for content in (b"", b"PK nonsense"):
        path.write_bytes(content)
        with pytest.raises(BundleError, match="Build the catalogue again"):
            CoLiked.open(path)


def test_a_slip_of_the_pen_does_not_stretch_the_scale() -> None:
    ratings = np.array([5.0, 1.0, 4.0] * 100 + [500.0])
    users = np.repeat(np.arange(101), 3)[:301]
    rows = np.tile(np.arange(3), 101)[:301]
    assert likes_of(users, rows, ratings, None, 3).sum(axis=0).tolist() == [[101, 0, 100]]
