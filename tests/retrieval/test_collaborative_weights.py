"""Item-kNN and EASE against dense computations of their definitions; what is kept of them."""

import numpy as np
import pytest
from scipy import sparse

from retrieval.collaborative_weights import ease_weights, knn_weights


def likes(n_users: int, n_items: int, share: float = 0.3, seed: int = 0) -> np.ndarray:
    return (np.random.default_rng(seed).random((n_users, n_items)) < share).astype(np.float32)


def ease_of(liked: np.ndarray, regularisation: float) -> np.ndarray:
    """EASE as the paper writes it, its positive weights."""
    inverse = np.linalg.inv(liked.T @ liked + regularisation * np.eye(liked.shape[1]))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0)
    return np.maximum(weights, 0)


def test_knn_is_the_shrunk_cosine() -> None:
    liked = likes(40, 25)
    both = (liked.T @ liked) * (1 - np.eye(25))
    n = liked.sum(axis=0)
    expected = both / np.sqrt(np.outer(n, n)) * both / (both + 10)
    assert knn_weights(sparse.csr_matrix(liked)).toarray() == pytest.approx(expected, rel=1e-5)


def test_chunks_do_not_change_knn() -> None:
    matrix = sparse.csr_matrix(likes(50, 70, 0.2))
    assert (knn_weights(matrix, chunk=7) != knn_weights(matrix)).nnz == 0


def test_only_so_many_are_kept_the_strongest() -> None:
    liked = np.zeros((6, 4), np.float32)
    for row, n in ((0, 6), (1, 2), (2, 4), (3, 6)):
        liked[:n, row] = 1
    kept = knn_weights(sparse.csr_matrix(liked), n_kept=2)
    assert kept[[0]].indices.tolist() == [3, 2]
    few, all_of_it = (ease_weights(sparse.csr_matrix(likes(60, 20)), n_kept=n).toarray() for n in (3, 20))
    assert ((few > 0).sum(axis=1) <= 3).all()
    assert few.max(axis=1) == pytest.approx(all_of_it.max(axis=1))
    assert (few[few > 0] == all_of_it[few > 0]).all()


@pytest.mark.parametrize(("n_users", "n_items"), [(200, 30), (30, 200)], ids=["over items", "over users"])
def test_ease_is_the_closed_form(n_users: int, n_items: int) -> None:
    liked = likes(n_users, n_items)
    found = ease_weights(sparse.csr_matrix(liked), n_kept=n_items, regularisation=20.0).toarray()
    assert found == pytest.approx(ease_of(liked, 20.0), abs=1e-5)
    assert found.any()


def test_ease_over_more_items_than_one_chunk() -> None:
    liked = likes(1500, 1100, 0.02)
    found = ease_weights(sparse.csr_matrix(liked), n_kept=1100, regularisation=20.0).toarray()
    assert found == pytest.approx(ease_of(liked, 20.0), abs=1e-4)


def test_ease_is_solved_for_the_most_liked_and_for_nothing_liked_once() -> None:
    liked = likes(80, 10, 0.5)
    liked[:, 3] = 0
    liked[5, 3] = 1
    everything = ease_weights(sparse.csr_matrix(liked)).toarray()
    assert not everything[3].any()
    assert not everything[:, 3].any()
    most = set(np.argsort(-liked.sum(axis=0), kind="stable")[:4].tolist())
    some = ease_weights(sparse.csr_matrix(liked), most_items=4)
    assert set(some.indices.tolist()) <= most
    assert {row for row in range(10) if some[[row]].nnz} <= most


def test_nothing_liked_ties_nothing() -> None:
    empty = sparse.csr_matrix((0, 5), dtype=np.float32)
    assert knn_weights(empty).nnz == ease_weights(empty).nnz == 0
