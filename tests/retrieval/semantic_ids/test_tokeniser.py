"""New items get IDs at once, from their text, and never somebody else's."""

from pathlib import Path

import numpy as np
import pytest

from errors import BundleError
from retrieval.semantic_ids.ids import SemanticIds
from retrieval.semantic_ids.quantise import Quantiser, ResidualKMeans
from retrieval.semantic_ids.rqvae import RqVae
from retrieval.semantic_ids.tokeniser import Tokeniser
from retrieval.semantic_ids.vectors import Mixer

N_ITEMS = 40
HISTORIES = [np.array([user % 4, 4 + user % 4, 8 + user % 4, 12 + user % 4], np.int32) for user in range(40)]
TEXTS = (np.eye(6)[np.arange(N_ITEMS) % 4] + 0.1 * np.random.default_rng(0).standard_normal((N_ITEMS, 6))).astype(
    np.float32
)


@pytest.fixture(scope="module")
def fitted() -> tuple[Tokeniser, SemanticIds]:
    tokeniser = Tokeniser(Mixer(dim=4), ResidualKMeans(4, 2))
    return tokeniser, tokeniser.fit(TEXTS, HISTORIES, seed=0)


def all_unique(ids: SemanticIds) -> bool:
    return len(np.unique(ids.codes, axis=0)) == len(ids.codes)


def test_items_alike_share_their_first_code_and_no_two_an_id(fitted: tuple[Tokeniser, SemanticIds]) -> None:
    ids = fitted[1]
    assert all_unique(ids)
    assert [len(set(ids.codes[group::4, 0].tolist())) for group in range(4)] == [1, 1, 1, 1]
    assert ids.sizes[:2] == (4, 4)


def test_new_items_stand_beside_those_that_read_alike(fitted: tuple[Tokeniser, SemanticIds]) -> None:
    tokeniser, ids = fitted
    before = ids.codes.copy()
    new = tokeniser.codes_of_new(TEXTS[16:24], ids)
    assert new.dtype == np.int32 and new.shape == (8, 3)
    assert np.array_equal(new[:, 0], ids.codes[16:24, 0])
    assert np.array_equal(ids.codes, before) and all_unique(ids.extended(new))


def test_many_alike_spill_over_to_the_nearest_tuples_within_the_sizes(fitted: tuple[Tokeniser, SemanticIds]) -> None:
    tokeniser, ids = fitted
    n_free = int(np.prod(ids.sizes)) - N_ITEMS
    n_alike = ids.sizes[1] * ids.sizes[2] - int((ids.codes[:, 0] == ids.codes[0, 0]).sum())
    new = tokeniser.codes_of_new(np.repeat(TEXTS[:1], n_alike + 5, axis=0), ids)
    assert n_alike + 5 < n_free
    assert (new < ids.sizes).all() and all_unique(ids.extended(new))
    assert (new[:n_alike, 0] == ids.codes[0, 0]).all() and (new[n_alike:, 0] != ids.codes[0, 0]).all()


def test_when_no_id_is_left_it_says_so(fitted: tuple[Tokeniser, SemanticIds]) -> None:
    tokeniser, ids = fitted
    with pytest.raises(ValueError, match="taken"):
        tokeniser.codes_of_new(np.repeat(TEXTS[:1], int(np.prod(ids.sizes)), axis=0), ids)


def test_no_new_items(fitted: tuple[Tokeniser, SemanticIds]) -> None:
    assert fitted[0].codes_of_new(TEXTS[:0], fitted[1]).shape == (0, 3)


@pytest.mark.parametrize("kind", [ResidualKMeans, RqVae])
def test_a_file_carries_all_that_new_items_need(
    kind: type[ResidualKMeans] | type[RqVae], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind is RqVae:
        pytest.importorskip("torch")
        monkeypatch.setattr("retrieval.semantic_ids.rqvae._EPOCHS", 2)
    quantiser: Quantiser = kind(4, 2)
    tokeniser = Tokeniser(Mixer(dim=4), quantiser)
    ids = tokeniser.fit(TEXTS, HISTORIES, seed=0)
    tokeniser.save(tmp_path / "tokeniser.npz")
    loaded = Tokeniser.load(tmp_path / "tokeniser.npz")
    assert np.array_equal(loaded.codes_of_new(TEXTS[:9], ids), tokeniser.codes_of_new(TEXTS[:9], ids))


def test_a_damaged_file_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "tokeniser.npz").write_bytes(b"PK")
    with pytest.raises(BundleError, match="Train"):
        Tokeniser.load(tmp_path / "tokeniser.npz")
