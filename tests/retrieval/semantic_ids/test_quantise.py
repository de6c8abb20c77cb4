"""Every quantiser keeps one contract; residual k-means cannot collapse and leaves less over at every level."""

from collections.abc import Callable

import numpy as np
import pytest

from retrieval.semantic_ids.quantise import Quantiser, ResidualKMeans, decoded, kmeans, n_codes_for
from retrieval.semantic_ids.rqvae import RqVae

Made = Callable[[], Quantiser]


def clustered(n: int = 600, n_clusters: int = 16) -> np.ndarray:
    """Unit rows in clear clusters: row i belongs to cluster i % n_clusters."""
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((n_clusters, 12)) * 2
    points = centres[np.arange(n) % n_clusters] + 0.25 * rng.standard_normal((n, 12))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(params=[ResidualKMeans, RqVae])
def made(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Made:
    if request.param is RqVae:
        pytest.importorskip("torch").set_num_threads(1)
        monkeypatch.setattr("retrieval.semantic_ids.rqvae._EPOCHS", 30)
    return lambda: request.param(16, 3)


class TestContract:
    def test_codes_are_in_range_and_nearly_all_in_use(self, made: Made) -> None:
        codes = made().fit(clustered(), seed=0).assign(clustered())
        assert codes.shape == (600, 3) and codes.dtype == np.int32
        assert codes.min() >= 0 and codes.max() < 16
        assert all(len(np.unique(level)) >= 12 for level in codes.T)

    def test_the_first_code_tells_the_clusters(self, made: Made) -> None:
        first = made().fit(clustered(), seed=0).assign(clustered())[:, 0]
        truth = np.arange(600) % 16
        agreeing = sum(np.bincount(truth[first == code]).max() for code in np.unique(first))
        assert agreeing / 600 > 0.8

    def test_the_same_seed_gives_the_same_codes(self, made: Made) -> None:
        first, second = (made().fit(clustered(), seed=3).assign(clustered()) for _ in range(2))
        assert np.array_equal(first, second)

    def test_the_vectors_are_left_as_they_were(self, made: Made) -> None:
        vectors = clustered()
        quantiser = made().fit(vectors, seed=0)
        quantiser.assign(vectors)
        quantiser.last_ranked(vectors)
        assert np.array_equal(vectors, clustered())

    def test_a_vector_has_its_code_whatever_stands_beside_it(self, made: Made) -> None:
        quantiser = made().fit(clustered(), seed=0)
        alone = np.concatenate([quantiser.assign(vector[None]) for vector in clustered()[:20]])
        assert np.array_equal(alone, quantiser.assign(clustered())[:20])

    def test_the_last_level_ranked_begins_with_the_code(self, made: Made) -> None:
        quantiser = made().fit(clustered(), seed=0)
        ranked = quantiser.last_ranked(clustered()[:50])
        assert np.array_equal(ranked[:, 0], quantiser.assign(clustered())[:50, -1])
        assert np.array_equal(np.sort(ranked, axis=1), np.tile(np.arange(16), (50, 1)))

    def test_arrays_carry_it(self, made: Made) -> None:
        quantiser = made().fit(clustered(), seed=0)
        again = type(quantiser).of_arrays(quantiser.arrays())
        assert (again.n_codes, again.n_levels) == (16, 3)
        assert np.array_equal(again.assign(clustered()), quantiser.assign(clustered()))

    def test_vectors_all_alike_share_their_codes(self, made: Made) -> None:
        alike = np.ones((40, 12), np.float32)
        assert len(np.unique(made().fit(alike, seed=0).assign(alike), axis=0)) == 1


def test_every_level_leaves_less_over() -> None:
    quantiser = ResidualKMeans(16, 3).fit(clustered(), seed=0)
    codes = quantiser.assign(clustered())
    left = [float(np.square(clustered() - decoded(codes[:, :n], quantiser.codebooks[:n])).sum()) for n in range(4)]
    assert left[1] < 0.2 * left[0] and left[3] < left[2] < left[1]


def test_no_cluster_is_empty_though_nearly_all_points_are_one() -> None:
    points = np.concatenate([np.zeros((500, 3)), 10 + np.arange(45).reshape(15, 3)]).astype(np.float32)
    _, labels = kmeans(points, 16, np.random.default_rng(0))
    assert len(np.unique(labels)) == 16


def test_fewer_items_than_codes() -> None:
    codes = ResidualKMeans(16, 2).fit(clustered(5), seed=0).assign(clustered(5))
    assert len(np.unique(codes[:, 0])) == 5


def test_a_sample_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retrieval.semantic_ids.quantise._FITTED_ON", 200)
    monkeypatch.setattr("retrieval.semantic_ids.quantise._CHUNK", 64)
    assert len(np.unique(ResidualKMeans(16, 3).fit(clustered(), seed=0).assign(clustered())[:, 0])) == 16


@pytest.mark.parametrize(("n_items", "n_codes"), [(1, 4), (300, 4), (1000, 16), (3600, 64), (12101, 256), (10**6, 256)])
def test_small_catalogues_have_fewer_codes(n_items: int, n_codes: int) -> None:
    assert n_codes_for(n_items) == n_codes
