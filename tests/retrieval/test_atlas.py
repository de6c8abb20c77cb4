"""Items on a plane: what is alike stands together."""

import numpy as np

from retrieval.atlas import lay_out, place


def clusters(n: int = 40) -> np.ndarray:
    """Three groups of unit rows, one after the other."""
    random = np.random.default_rng(1)
    centres = np.eye(3, 16)
    rows = np.repeat(centres, n, axis=0) + 0.15 * random.standard_normal((3 * n, 16))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_groups_stay_together_and_apart_from_others() -> None:
    spots = lay_out(clusters()).reshape(3, 40, 2)
    centres = np.median(spots, axis=1)
    within = np.median(np.linalg.norm(spots - centres[:, None], axis=2))
    between = min(np.linalg.norm(centres[i] - centres[j]) for i, j in ((0, 1), (0, 2), (1, 2)))
    assert between > 2 * within
    assert spots.min() >= 0
    assert spots.max() <= 1


def test_the_map_is_the_same_every_time_and_of_any_size() -> None:
    assert np.array_equal(lay_out(clusters(8)), lay_out(clusters(8)))
    for n in range(6):
        assert lay_out(clusters(2)[:n]).shape == (n, 2)


def test_what_was_not_laid_out_stands_amid_its_nearest() -> None:
    vectors = clusters()
    spots = lay_out(vectors)
    (spot,) = place(vectors[:1], vectors, spots)
    group = spots[:40]
    assert np.linalg.norm(spot - np.median(group, axis=0)) < np.linalg.norm(spot - np.median(spots[40:80], axis=0))
