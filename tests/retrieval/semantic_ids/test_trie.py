import numpy as np
import pytest
from made_network import small_ids

from retrieval.semantic_ids.trie import Trie

CODES = np.array([[1, 0, 0], [0, 2, 0], [1, 0, 1], [0, 1, 0], [2, 5, 0]])


def test_children_are_the_codes_that_exist() -> None:
    trie = Trie(CODES)
    first = trie.children(0, np.array([0]))
    assert trie.depths[1].codes[first.nodes].tolist() == [0, 1, 2]
    second = trie.children(1, np.array([0, 2]))
    assert trie.depths[2].codes[second.nodes].tolist() == [1, 2, 5]
    assert second.parents.tolist() == [0, 0, 1]
    assert second.offsets.tolist() == [0, 2, 3]


def test_the_last_depth_is_the_items_in_order_of_their_codes() -> None:
    trie = Trie(CODES)
    assert trie.order.tolist() == [3, 1, 0, 2, 4]
    assert trie.order[trie.place].tolist() == [0, 1, 2, 3, 4]
    assert np.diff(trie.depths[3].starts).tolist() == [1] * 5


def test_counts_below_a_node_follow_a_mask_or_weights() -> None:
    trie = Trie(CODES)
    nodes = np.arange(3)
    assert trie.below(1, nodes).tolist() == [2, 2, 1]
    mask = np.array([True, False, True, False, False])
    assert trie.below(1, nodes, trie.cumulated(mask)).tolist() == [0, 2, 0]
    assert trie.below(1, nodes, trie.cumulated(np.array([1.0, 2, 4, 8, 16]))).tolist() == [10, 5, 16]


def test_every_item_is_reached_by_its_own_codes() -> None:
    ids = small_ids()
    trie = Trie(ids.codes)
    for row in range(0, len(ids.codes), 7):
        node = 0
        for depth in range(trie.n_levels):
            step = trie.children(depth, np.array([node]))
            (at,) = np.flatnonzero(trie.depths[depth + 1].codes[step.nodes] == ids.codes[row, depth])
            assert trie.parents(depth, step.nodes).tolist() == [node] * len(step.nodes)
            node = int(step.nodes[at])
        assert trie.order[node] == row


def test_two_items_of_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="1 items have the ID of another"):
        Trie(np.array([[0, 1], [0, 1], [0, 2]]))
