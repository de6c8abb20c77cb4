import copy
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from made_network import N_ITEMS, QUERY_DIM, exact_log_probs, write_small

from retrieval.semantic_ids.decode import Decoder

HISTORIES = [[3, 1, 4], [1, 59, 2, 65, 35], [], list(range(100, 120)), [7]]


@pytest.fixture(scope="module")
def decoder(tmp_path_factory: pytest.TempPathFactory) -> Decoder:
    folder = tmp_path_factory.mktemp("model")
    write_small(folder)
    return Decoder.open(folder)


def exact(decoder: Decoder, history: Sequence[int], queries: np.ndarray | None = None) -> np.ndarray:
    network = decoder._network
    state = network.states([np.asarray(history)], queries)[0]
    return exact_log_probs(decoder.ids, state, network.logits, network.added)


def rows(found: Sequence[tuple[int, float]]) -> list[int]:
    return [row for row, _ in found]


def sparse(share: float, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random(N_ITEMS) < share


def best(log_probs: np.ndarray, k: int, mask: np.ndarray | None = None) -> list[int]:
    return np.argsort(-np.where(mask, log_probs, -np.inf) if mask is not None else -log_probs, kind="stable")[
        :k
    ].tolist()


@pytest.mark.parametrize("history", HISTORIES)
def test_a_wide_beam_finds_the_exact_ranking_and_probabilities(decoder: Decoder, history: list[int]) -> None:
    wanted = exact(decoder, history)
    (found,) = decoder.decode([history], 50, beam=N_ITEMS)
    assert rows(found) == best(wanted, 50)
    assert np.allclose([p for _, p in found], wanted[rows(found)], atol=1e-4)


def test_probabilities_of_all_items_add_up_to_one(decoder: Decoder) -> None:
    (found,) = decoder.decode([[5, 6]], N_ITEMS, beam=50)
    assert len(set(rows(found))) == N_ITEMS
    assert np.exp([p for _, p in found]).sum() == pytest.approx(1, abs=1e-4)


def test_codes_never_seen_in_training_are_lent_the_mean_odds_of_the_others(decoder: Decoder) -> None:
    code = decoder.ids.codes[0, 0]
    new = np.flatnonzero(decoder.ids.codes[:, 0] == code)
    network = copy.copy(decoder._network)
    network.counts = np.where(np.isin(np.arange(N_ITEMS), new), 0, 5)
    (found,) = Decoder(network, decoder.ids).decode([[100, 101]], N_ITEMS, beam=50)
    share = sum(np.exp(p) for row, p in found if row in set(new.tolist()))
    assert share == pytest.approx(len(new) / N_ITEMS, abs=1e-4)
    assert np.exp([p for _, p in found]).sum() == pytest.approx(1, abs=1e-4)


def test_a_narrow_beam_gives_items_of_right_probability_best_first(decoder: Decoder) -> None:
    for history in HISTORIES:
        (found,) = decoder.decode([history], 10, beam=10)
        log_probs = [p for _, p in found]
        assert len(set(rows(found))) == 10
        assert log_probs == sorted(log_probs, reverse=True)
        assert np.allclose(log_probs, exact(decoder, history)[rows(found)], atol=1e-4)


@pytest.mark.parametrize("share", [0.5, 0.1, 0.01])
def test_k_items_come_under_any_filter_that_k_items_pass(decoder: Decoder, share: float) -> None:
    mask = sparse(share)
    k = min(10, int(mask.sum()))
    for found in decoder.decode(HISTORIES, k, beam=1, allowed=mask):
        assert len(set(rows(found))) == k
        assert mask[rows(found)].all()


def test_few_allowed_items_are_scored_exactly_by_any_beam(decoder: Decoder) -> None:
    mask = sparse(0.08)
    assert 10 < mask.sum() <= 40
    for history in HISTORIES:
        (found,) = decoder.decode([history], 10, beam=10, allowed=mask)
        assert rows(found) == best(exact(decoder, history), 10, mask)


def test_fewer_than_k_allowed_come_all(decoder: Decoder) -> None:
    mask = np.zeros(N_ITEMS, bool)
    mask[[8, 300, 41]] = True
    assert [sorted(rows(found)) for found in decoder.decode([[1], [2]], 10, allowed=mask)] == [[8, 41, 300]] * 2
    assert decoder.decode([[1], [2]], 10, allowed=np.zeros(N_ITEMS, bool)) == [[], []]
    assert rows(decoder.decode([[1]], 10, allowed=mask, excluded=[[8, 300, 9]])[0]) == [41]
    assert decoder.decode([[1]], 10, allowed=mask, excluded=[[8, 300, 41]]) == [[]]


def test_exclusions_are_each_users_own_and_cost_no_place(decoder: Decoder) -> None:
    log_probs = exact(decoder, [3, 1, 4])
    top = best(log_probs, 30)
    found = decoder.decode([[3, 1, 4]] * 3, 10, beam=N_ITEMS, excluded=[top[:20], [], [top[0], top[0], top[2]]])
    assert [rows(part) for part in found] == [top[20:30], top[:10], [top[1], *top[3:12]]]


def test_a_narrow_beam_loses_no_place_to_exclusions_of_whole_branches(decoder: Decoder) -> None:
    top = int(decoder.ids.codes[best(exact(decoder, [9]), 1)[0], 0])
    branch = np.flatnonzero(decoder.ids.codes[:, 0] == top)
    (found,) = decoder.decode([[9]], 10, beam=10, excluded=[branch])
    assert len(found) == 10
    assert not set(rows(found)) & set(branch.tolist())


def test_all_excluded_but_one(decoder: Decoder) -> None:
    (found,) = decoder.decode([[9]], 5, beam=5, excluded=[np.delete(np.arange(N_ITEMS), 77)])
    assert rows(found) == [77]


def test_a_batch_gives_what_one_by_one_gives(decoder: Decoder) -> None:
    rng = np.random.default_rng(3)
    histories = [rng.integers(0, N_ITEMS, rng.integers(0, 30)) for _ in range(70)]
    queries = rng.normal(size=(70, QUERY_DIM)).astype(np.float32) * (rng.random((70, 1)) < 0.5)
    together = decoder.decode(histories, 10, 20, excluded=histories, queries=queries)
    for i, history in enumerate(histories):
        (alone,) = decoder.decode([history], 10, 20, excluded=[history], queries=queries[i : i + 1])
        assert rows(alone) == rows(together[i])
        assert np.allclose([p for _, p in alone], [p for _, p in together[i]], atol=1e-4)


def test_a_request_counts_with_and_without_a_history(decoder: Decoder) -> None:
    queries = np.random.default_rng(4).normal(size=(1, QUERY_DIM)).astype(np.float32)
    for history in ([], [3, 1, 4]):
        (found,) = decoder.decode([history], 10, beam=N_ITEMS, queries=queries)
        assert rows(found) == best(exact(decoder, history, queries), 10)
        assert found != decoder.decode([history], 10, beam=N_ITEMS)[0]
        assert decoder.decode([history], 10, queries=np.zeros_like(queries)) == decoder.decode([history], 10)


def test_of_a_long_history_the_recent_twenty_count(decoder: Decoder) -> None:
    long = list(range(60))
    assert decoder.decode([long], 10) == decoder.decode([long[-20:]], 10) != decoder.decode([long[-19:]], 10)


def test_the_order_of_a_history_counts(decoder: Decoder) -> None:
    assert decoder.decode([[1, 2]], 10) != decoder.decode([[2, 1]], 10)


def test_nobody_asks(decoder: Decoder) -> None:
    assert decoder.decode([], 10) == []


def test_debiasing_takes_popularity_out_of_the_order_and_not_of_the_probability(decoder: Decoder) -> None:
    log_probs, counts = exact(decoder, [3, 1, 4]), decoder._network.counts + 1.0
    for strength in (0.5, 1.0):
        (found,) = decoder.decode([[3, 1, 4]], 10, beam=N_ITEMS, debias=strength)
        assert rows(found) == best(log_probs - strength * np.log(counts), 10)
        assert np.allclose([p for _, p in found], log_probs[rows(found)], atol=1e-4)
    assert decoder.decode([[3, 1, 4]], 10, debias=0.0) == decoder.decode([[3, 1, 4]], 10)


def test_equals_come_in_the_order_of_their_rows(decoder: Decoder, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = decoder.ids.sizes
    monkeypatch.setattr(decoder._network, "logits", lambda level, y: np.zeros((len(y), sizes[level]), np.float32))
    (found,) = decoder.decode([[1]], N_ITEMS)
    assert found == sorted(found, key=lambda one: (-one[1], one[0]))
    assert decoder.decode([[1]], 10, beam=10) == decoder.decode([[1]], 10, beam=10)


def test_threads_share_a_decoder(decoder: Decoder) -> None:
    wanted = decoder.decode(HISTORIES, 10)
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(decoder.decode(HISTORIES, 10))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [wanted] * 8


def test_serving_needs_no_torch(tmp_path: Path) -> None:
    import subprocess
    import sys

    write_small(tmp_path / "model", n_items=40)
    program = (
        "import sys; from pathlib import Path; from retrieval.semantic_ids.decode import Decoder\n"
        f"print(len(Decoder.open(Path({str(tmp_path / 'model')!r})).decode([[1]], 5)[0]), 'torch' in sys.modules)"
    )
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["5", "False"]
