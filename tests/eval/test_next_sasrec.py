"""SASRec: its loss against torch's own, and an order that it must learn."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")


def test_the_loss_and_its_gradients_are_those_of_cross_entropy() -> None:
    from eval.next_sasrec import WholeSoftmax

    torch.manual_seed(0)
    states, items = torch.randn(700, 8, requires_grad=True), torch.randn(30, 8, requires_grad=True)
    targets = torch.randint(0, 30, (700,))
    loss = WholeSoftmax.apply(states, items, targets)
    mine = torch.autograd.grad(loss, [states, items])
    exact = torch.nn.functional.cross_entropy(states @ items.T, targets)
    theirs = torch.autograd.grad(exact, [states, items])
    assert loss.item() == pytest.approx(exact.item(), rel=0.01)
    for a, b in zip(mine, theirs, strict=True):
        assert float((a - b).norm() / b.norm()) < 0.02


def test_every_item_but_the_first_is_a_target_once() -> None:
    from eval.next_sasrec import N_RECENT, _windows

    history = np.arange(2 * N_RECENT + 5)
    windows = list(_windows([history, np.array([7])]))
    assert sorted(np.concatenate([window[1:] for window in windows])) == list(history[1:])
    assert max(map(len, windows)) == N_RECENT + 1


def test_it_learns_an_order_and_is_read_back(tmp_path: Path) -> None:
    from eval.next_sasrec import Network

    random = np.random.default_rng(0)
    histories = [(start + np.arange(8)) % 20 for start in random.integers(0, 20, 200)]
    net = Network(20, 0, 16, 0.0)

    def validate(score: object) -> float:
        return float((net.score(histories[:50]).argmax(1) == [(h[-1] + 1) % 20 for h in histories[:50]]).mean())

    told = net.train(histories, validate, 20, lambda *_: None)
    assert told["validation_ndcg"] > 0.95
    net.save(tmp_path / "n.pt")
    again = Network(20, 1, 16, 0.0)
    again.load(tmp_path / "n.pt")
    assert np.allclose(again.score(histories[:3]), net.score(histories[:3]))
