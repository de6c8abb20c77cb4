"""Company makes items alike, text stands in for company, and nothing depends on chance."""

import numpy as np
import pytest

from retrieval.semantic_ids.vectors import Mixer, collaborative_vectors

N_GROUPS, N_EACH = 4, 10
N_ITEMS = N_GROUPS * N_EACH + 2  # the last two are in no history
GROUP = np.minimum(np.arange(N_ITEMS) // N_EACH, N_GROUPS - 1)


def histories(seed: int = 0) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [
        (rng.permutation(N_EACH)[:5] + N_EACH * (user % N_GROUPS)).astype(np.int32) for user in range(N_GROUPS * 30)
    ]


def texts(seed: int = 1) -> np.ndarray:
    """The group is told by one of eight directions, under noise."""
    rng = np.random.default_rng(seed)
    text = np.eye(8, dtype=np.float32)[GROUP] + 0.2 * rng.standard_normal((N_ITEMS, 8)).astype(np.float32)
    return text / np.linalg.norm(text, axis=1, keepdims=True)


def test_items_of_one_group_lie_together() -> None:
    vectors = collaborative_vectors(histories(), N_ITEMS, dim=8)
    assert vectors.shape == (N_ITEMS, 8) and vectors.dtype == np.float32
    alike = vectors[:40] @ vectors[:40].T
    same = GROUP[:40, None] == GROUP[:40]
    assert alike[same].min() > alike[~same].max()


def test_items_without_company_are_zero_and_the_others_unit() -> None:
    lengths = np.linalg.norm(collaborative_vectors(histories(), N_ITEMS, dim=8), axis=1)
    assert lengths[-2:].tolist() == [0, 0]
    assert lengths[:40] == pytest.approx(1, abs=1e-5)


def test_near_pairs_count_more_than_far_ones_and_those_beyond_the_window_not_at_all() -> None:
    row = np.array([0, 1, 2, 3, 4, 5, 6, 7], np.int32)
    assert collaborative_vectors([np.array([0, 8, 8, 1], np.int32)], 9, dim=4, window=2)[0].any()
    apart = collaborative_vectors([np.array([0, 2, 3, 1], np.int32)], 4, dim=4, window=1)
    assert abs(float(apart[0] @ apart[1])) < 1 - 1e-3
    assert not np.allclose(
        collaborative_vectors([row, row[::-1][:4]], 8, dim=4, decay=0.5),
        collaborative_vectors([row, row[::-1][:4]], 8, dim=4, decay=1.0),
    )


@pytest.mark.parametrize("taken", [[], [[3]], [[], [1]]])
def test_histories_that_tell_nothing_give_zeros(taken: list[list[int]]) -> None:
    rows = [np.array(history, np.int32) for history in taken]
    assert not collaborative_vectors(rows, 5, dim=3).any()
    assert np.isfinite(Mixer(dim=3).fit(texts()[:5], rows).vectors()).all()


def test_the_same_input_gives_the_same_vectors() -> None:
    first, second = (Mixer(dim=8).fit(texts(), histories()).vectors() for _ in range(2))
    assert np.array_equal(first, second)


def test_a_new_item_keeps_the_company_that_its_text_lets_expect() -> None:
    mixer = Mixer(dim=8).fit(texts(), histories())
    company = mixer.vectors()[:40, 8:]
    expected = mixer.mixed_from_text(texts(seed=2))[:40, 8:]
    nearest = GROUP[(expected @ company.T).argmax(axis=1)]
    assert np.mean(nearest == GROUP[:40]) > 0.9


def test_an_item_in_no_history_is_placed_as_a_new_one() -> None:
    mixer = Mixer(dim=8).fit(texts(), histories())
    assert mixer.vectors()[-2:] == pytest.approx(mixer.mixed_from_text(texts())[-2:], abs=1e-5)
    assert not np.allclose(mixer.vectors()[:40], mixer.mixed_from_text(texts())[:40], atol=1e-2)


def test_the_share_weighs_the_parts() -> None:
    text, company = (Mixer(share, dim=8).fit(texts(), histories()).vectors() for share in (0.0, 1.0))
    assert not text[:, 8:].any() and text[:, :8].any()
    assert not company[:, :8].any() and company[:, 8:].any()
    halves = Mixer(0.5, dim=8).fit(texts(), histories()).vectors()
    assert np.square(halves[:, :8]).sum() == pytest.approx(np.square(halves[:, 8:]).sum(), rel=1e-3)


def test_arrays_carry_what_new_items_need() -> None:
    mixer = Mixer(dim=8).fit(texts(), histories())
    again = Mixer.of_arrays(mixer.arrays())
    assert np.array_equal(again.mixed_from_text(texts()), mixer.mixed_from_text(texts()))
