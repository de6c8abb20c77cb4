"""The trained network as it is served: numpy for the tables, onnxruntime for the layers."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from errors import BundleError
from retrieval.semantic_ids.artefact import ENCODER, ITEMS, LEVEL, TABLES

_EPSILON = 1e-5

Rows = Sequence[int] | np.ndarray


class Network:
    """Histories and requests → states; a state and the codes so far → logits of the next code. Safe for threads."""

    def __init__(self, folder: Path, codes: np.ndarray, n_threads: int) -> None:
        """Open the files of a folder; `codes` are the items' (n_items, n_levels).

        Raises BundleError where they cannot be opened or do not belong together.
        """
        n_levels = codes.shape[1]
        try:
            tables, items = _arrays(folder / TABLES), _arrays(folder / ITEMS)
            self._codes_in = [_floats(tables[f"codes_in.{i}.weight"]) for i in range(n_levels)]
            self._codes_so_far = [_floats(tables[f"codes_so_far.{i}.weight"]) for i in range(n_levels - 1)]
            self._scale, self._shift = _floats(tables["item_norm.weight"]), _floats(tables["item_norm.bias"])
            self._query, self._query_shift = _floats(tables["query.weight"]).T, _floats(tables["query.bias"])
            self._no_query, self._n_recent = _floats(tables["no_query"]), int(tables["n_recent"])
            self.counts, self._content = items["counts"], items.get("content")
            self._encoder = _session(folder / ENCODER, n_threads)
            self._levels = [_session(folder / LEVEL.format(i), n_threads) for i in range(n_levels)]
        except Exception as error:  # every error of onnxruntime is a class of its own, straight below Exception
            raise BundleError(f"The trained model in {folder} cannot be opened ({error}). Train it again.") from error
        known = [len(table) for table in self._codes_in]
        if len(self.counts) != len(codes) or (codes.max(axis=0, initial=0) >= known).any():
            raise BundleError(f"The item codes in {folder} are not those its model was trained with. Train it again.")
        self._codes = codes

    def states(self, histories: Sequence[Rows], queries: np.ndarray | None) -> np.ndarray:
        """Return (users, width): what should come after each history, rows oldest first, and request.

        Only the most recent rows count. A request is a row of `queries`, all zero for none.
        """
        recent = [np.asarray(history, np.int64)[-self._n_recent :] for history in histories]
        last = np.array([len(rows) for rows in recent], np.int64)
        x = np.zeros((len(recent), 1 + int(last.max()), len(self._no_query)), np.float32)
        x[:, 0] = self._no_query
        if queries is not None and (asked := queries.any(axis=1)).any():
            x[asked, 0] = queries[asked] @ self._query + self._query_shift
        users = np.repeat(np.arange(len(recent)), last)
        slots = np.arange(len(users)) - np.repeat(np.cumsum(last) - last, last) + 1
        x[users, slots] = self._tokens(np.concatenate(recent))
        state: np.ndarray = self._encoder.run(["h"], {"x": x, "last": last})[0]
        return state

    def logits(self, level: int, y: np.ndarray) -> np.ndarray:
        """Return (nodes, codes): of states with the codes so far added (nodes, width), the next code's."""
        found: np.ndarray = self._levels[level].run(["logits"], {"y": y})[0]
        return found

    def added(self, level: int, codes: np.ndarray) -> np.ndarray:
        """Return (nodes, width): what a code chosen at this level adds to the state; not asked of the last level."""
        return self._codes_so_far[level][codes]

    def _tokens(self, rows: np.ndarray) -> np.ndarray:
        codes = self._codes[rows]
        summed = self._codes_in[0][codes[:, 0]]
        for level, table in enumerate(self._codes_in[1:], 1):
            summed += table[codes[:, level]]
        if self._content is not None:
            summed += self._content[rows]
        summed -= summed.mean(axis=1, keepdims=True)
        deviation = np.sqrt((summed * summed).mean(axis=1, keepdims=True) + _EPSILON)
        return summed / deviation * self._scale + self._shift


def _arrays(path: Path) -> dict[str, np.ndarray]:
    with np.load(path, allow_pickle=False) as stored:
        return dict(stored)


def _floats(stored: np.ndarray) -> np.ndarray:
    return stored.astype(np.float32)


def _session(path: Path, n_threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = n_threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
