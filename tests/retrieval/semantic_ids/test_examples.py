from collections.abc import Iterable

import numpy as np

from retrieval.semantic_ids.examples import Company, Examples


def histories(*rows: Iterable[int]) -> list[np.ndarray]:
    return [np.array(list(row), np.int32) for row in rows]


def test_every_item_but_the_first_of_a_history_is_a_target_once() -> None:
    long = np.arange(50, dtype=np.int32)
    examples = Examples([long, np.array([7, 3], np.int32)], 50, 20, 4)
    seen = [
        target for batch in examples.epoch(np.random.default_rng(0), 0.0) for target in batch.targets.ravel().tolist()
    ]
    assert sorted(seen) == sorted([*range(1, 50), 3])


def test_a_target_follows_its_input_and_no_piece_is_longer_than_asked() -> None:
    examples = Examples(histories(range(50), range(10, 45)), 50, 20, 4)
    for batch in examples.epoch(np.random.default_rng(0), 0.0):
        assert (batch.targets == batch.inputs + 1).all()
        assert batch.inputs.shape[1] <= 20


def test_an_epoch_has_as_many_batches_as_it_says() -> None:
    examples = Examples(histories(*[range(i % 5 + 2) for i in range(40)]), 10, 20, 3)
    assert sum(1 for _ in examples.epoch(np.random.default_rng(0), 0.5)) == examples.n_batches


def test_a_taught_target_keeps_company_with_an_input() -> None:
    examples = Examples(histories([0, 1, 2], [3, 4, 5]), 6, 20, 8)
    targets = np.concatenate(
        [b.targets for seed in range(30) for b in examples.epoch(np.random.default_rng(seed), 1.0)]
    )
    first = targets[targets[:, 0] <= 2]
    assert set(np.unique(first)) <= {0, 1, 2}
    assert set(np.unique(first)) > {1, 2}, "what came before is taught too"


def test_what_was_taken_nearer_is_drawn_more_often() -> None:
    company = Company(histories([0, 1, 2, 3]), 4)
    drawn = company.drawn(np.zeros(4000, np.int64), np.random.default_rng(0))
    counts = np.bincount(drawn, minlength=4)
    assert counts[0] == 0
    assert counts[1] > counts[2] > counts[3] > 0


def test_an_item_without_company_draws_none() -> None:
    company = Company(histories([0, 1]), 3)
    assert (company.drawn(np.array([2, 2]), np.random.default_rng(0)) == -1).all()
    assert (Company([], 3).drawn(np.array([0]), np.random.default_rng(0)) == -1).all()


def test_a_request_resembles_the_item_it_asks_for() -> None:
    vectors = np.eye(64, dtype=np.float32)
    examples = Examples(histories(range(10)), 64, 20, 32)
    rng = np.random.default_rng(0)
    batches = [examples.asked(vectors, 0.5, rng) for _ in range(20)]
    assert {batch.inputs.shape[1] > 0 for batch in batches} == {True, False}
    for batch in batches:
        np.testing.assert_allclose(np.linalg.norm(batch.queries, axis=1), 1, atol=1e-5)
        assert (np.argmax(batch.queries @ vectors.T, axis=1) == batch.targets[:, -1]).mean() > 0.9
