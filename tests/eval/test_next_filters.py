"""Filters and cold items: who may come out, and what nobody may learn from."""

from collections.abc import Sequence

import numpy as np
import pytest
from next_data import MEANS, data_of

from errors import InputError
from eval.next_cold import score_cold, without
from eval.next_filters import Hits, filtered_rows
from eval.sequences import Sequences


class Falling:
    """Always prefers the first items, whatever the history."""

    def decode(
        self,
        histories: Sequence[np.ndarray],
        k: int,
        beam: int = 50,
        *,
        allowed: np.ndarray | None = None,
        excluded: Sequence[np.ndarray] | None = None,
    ) -> Hits:
        assert excluded is not None
        items = range(1000) if allowed is None else np.flatnonzero(allowed)
        return [[(int(i), -float(i)) for i in items if i not in set(e.tolist())][:k] for e in excluded]


def test_after_the_beam_little_is_left_of_what_a_filter_keeps() -> None:
    taken = [np.array([0, 1, 2, 100 + user], np.int32) for user in range(50)]
    data = Sequences([f"u{i}" for i in range(50)], [f"i{i}" for i in range(1000)], taken, [""] * 1000)
    rows = filtered_rows(Falling(), data, 0)
    assert rows["1% kept, inside the beam"]["R@10"]["mean"] > 0.9
    assert rows["1% kept, after the beam"]["R@50"]["mean"] == 0.0
    assert rows["1% kept, after the beam"]["fewer than 10"] == 1.0
    assert rows["10% kept, inside the beam"]["fewer than 10"] == 0.0


def test_cold_items_are_struck_from_all_but_the_end() -> None:
    data = data_of("abcd", "dabc", "bcda", "cabd")
    cold = np.array([False, False, False, True])
    kept = without(data, cold)
    assert [[kept.items[i] for i in sequence] for sequence in kept.taken] == [list("abcd"), list("abc"), list("cabd")]


def test_cold_items_are_found_by_what_is_said_of_them_alone() -> None:
    texts = {letter: f"{'pen' if letter in 'abcdef' else 'rope'} {letter * 3}" for letter in "abcdefghij"}
    data = data_of(*["abcdef", "bcdefa", "cdefab", "defabc", "efabcd", "fabcde", "ghij", "hijg", "ijgh"], texts=texts)
    rows = score_cold(data, ["transitions", "content"], MEANS, 0.4)
    assert rows["transitions"]["R@10"]["mean"] == 0.0
    assert rows["content"]["R@10"]["mean"] > 0


def test_nobody_to_ask_is_refused() -> None:
    with pytest.raises(InputError, match="Hold out more"):
        score_cold(data_of("abcx", "abcx"), ["transitions"], MEANS, 0.01)
