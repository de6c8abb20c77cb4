"""Which rows satisfy a list of filters: each filter is asked for once and kept, for a talk adds one limit at a time."""

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from retrieval.items import Filter, Rows

_KEPT = 256
Found = TypeVar("Found")
Ask = Callable[[Filter], tuple[np.ndarray, np.ndarray]]
"""One filter → rows that satisfy it or have its field unknown, and for each whether it is unknown."""


class Selection(NamedTuple):
    """What a list of filters leaves of the catalogue."""

    rows: Rows
    n_unknown: int
    """Items left out only because a filtered field of theirs is unknown."""


class _Met(NamedTuple):
    """One bit a row, packed: a million rows are 125 kB."""

    passes: np.ndarray
    """Rows that satisfy the filter or have its field unknown."""
    unknown: np.ndarray


class Selections:
    """The latest selections of one catalogue; safe for threads."""

    def __init__(self, n_items: int) -> None:
        self._n_items = n_items
        self._whole: _Kept[Selection] = _Kept()
        self._single: _Kept[_Met] = _Kept()

    def of(self, filters: Sequence[Filter], ask: Ask) -> Selection:
        """Return the rows that satisfy every filter, ascending and read-only. Raises what `ask` raises."""
        return self._whole.get(_key(filters), lambda: self._select(filters, ask))

    def _select(self, filters: Sequence[Filter], ask: Ask) -> Selection:
        met = [self._single.get(_key([given]), partial(self._met, given, ask)) for given in filters]
        passes = np.bitwise_and.reduce([one.passes for one in met]) if met else self._packed(slice(None))
        unknown = np.bitwise_or.reduce([one.unknown for one in met]) if met else np.zeros_like(passes)
        kept: np.ndarray = passes & ~unknown
        left_out: np.ndarray = passes & unknown
        rows = np.flatnonzero(np.unpackbits(kept, count=self._n_items)).astype(np.int32)
        rows.flags.writeable = False
        return Selection(rows, int(np.unpackbits(left_out).sum()))

    def _met(self, given: Filter, ask: Ask) -> _Met:
        rows, is_unknown = ask(given)
        return _Met(self._packed(rows), self._packed(rows[is_unknown]))

    def _packed(self, rows: np.ndarray | slice) -> np.ndarray:
        mask = np.zeros(self._n_items, bool)
        mask[rows] = True
        return np.packbits(mask)


class _Kept(Generic[Found]):
    """The latest answers; who asks for one that is being made waits for it, as the tools of one turn do."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, Future[Found]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str, make: Callable[[], Found]) -> Found:
        """Return the answer kept under this key, or make it. Raises what `make` raises, and then keeps nothing."""
        with self._lock:
            answer = self._answers.get(key)
            if mine := answer is None:
                answer = self._answers[key] = Future()
            self._answers.move_to_end(key)
            while len(self._answers) > _KEPT:
                self._answers.popitem(last=False)
        assert answer is not None
        if mine:
            try:
                answer.set_result(make())
            except BaseException as error:  # whoever waits must hear of it, and nobody later
                with self._lock:
                    self._answers.pop(key, None)
                answer.set_exception(error)
        return answer.result()


def _key(filters: Sequence[Filter]) -> str:
    return json.dumps([given.model_dump() for given in filters], default=str)
