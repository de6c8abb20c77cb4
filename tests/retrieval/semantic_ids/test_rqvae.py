"""What an RQ-VAE has beyond the contract of quantisers: it stops in time and revives its dead codes."""

import time

import numpy as np
import pytest

from retrieval.semantic_ids.rqvae import RqVae, _revive

torch = pytest.importorskip("torch")
torch.set_num_threads(1)
POINTS = np.random.default_rng(0).standard_normal((300, 4)).astype(np.float32)


def test_it_stops_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retrieval.semantic_ids.rqvae._EPOCHS", 10**9)
    began = time.monotonic()
    codes = RqVae(16, 3, seconds=0.2).fit(POINTS, seed=0).assign(POINTS)
    assert time.monotonic() - began < 10 and len(np.unique(codes[:, 0])) > 8


def test_codes_nothing_uses_are_moved_to_where_the_latents_are() -> None:
    codebooks = torch.full((2, 8, 4), 100.0)
    used = torch.zeros((2, 8), dtype=torch.bool)
    used[:, 0] = True
    _revive(torch.from_numpy(POINTS), torch.nn.Identity(), codebooks, used)
    assert (codebooks[:, 1:].abs() < 9).all() and (codebooks[:, 0] == 100).all()


def test_the_seed_of_others_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retrieval.semantic_ids.rqvae._EPOCHS", 1)
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    RqVae(4, 2).fit(POINTS, seed=0)
    assert torch.equal(torch.rand(3), expected)
