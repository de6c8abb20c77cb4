"""IDs are unique, numbered in the order asked for, and survive a file."""

from pathlib import Path

import numpy as np
import pytest

from errors import BundleError
from retrieval.semantic_ids.ids import SemanticIds, buckets, made_unique

CODES = np.array([[1, 0], [0, 2], [1, 0], [0, 2], [1, 0], [0, 1]])


def test_items_alike_are_numbered_in_row_order() -> None:
    ids = made_unique(CODES)
    assert ids.codes.dtype == np.int32
    assert ids.codes[:, :2].tolist() == CODES.tolist()
    assert ids.codes[:, 2].tolist() == [0, 0, 1, 1, 2, 0]


def test_the_order_says_who_is_numbered_first() -> None:
    ids = made_unique(CODES, order=np.array([2, 1, 1, 0, 0, 0]))
    assert ids.codes[:, 2].tolist() == [2, 1, 1, 0, 0, 0]


def test_the_last_level_has_room_above_its_largest_bucket() -> None:
    assert made_unique(CODES, room=2).sizes == (2, 3, 5)
    assert made_unique(CODES, n_codes=8, room=0).sizes == (8, 8, 3)


def test_a_million_codes_a_level_do_not_overflow() -> None:
    codes = np.array([[10**6, 10**6, 10**6, 10**6], [10**6, 10**6, 10**6, 1], [10**6, 10**6, 10**6, 10**6]])
    assert buckets(codes).tolist() == [1, 0, 1]


def test_a_file_keeps_all(tmp_path: Path) -> None:
    ids = made_unique(CODES)
    ids.save(tmp_path / "ids.npz")
    loaded = SemanticIds.load(tmp_path / "ids.npz")
    assert loaded.sizes == ids.sizes and np.array_equal(loaded.codes, ids.codes)
    extended = ids.extended(np.array([[0, 0, 0]]))
    assert len(extended.codes) == 7 and extended.sizes == ids.sizes


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", None])
def test_a_damaged_file_is_said_to_be_one(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "ids.npz").write_bytes(content)
    with pytest.raises(BundleError, match="Train"):
        SemanticIds.load(tmp_path / "ids.npz")
