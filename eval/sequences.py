"""What people took in time order, one sequence a user; the last is asked for, the last but one is for choosing."""

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from errors import InputError

_LEAST = 3
_BESIDE = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "sequences"
_USER = ("user", "userid", "user_id")
_ITEM = ("item", "itemid", "item_id", "movieid", "asin", "isbn")
_TIME = ("timestamp", "time", "ts")


@dataclass(frozen=True)
class Sequences:
    """Users with at least three items each."""

    users: list[str]
    items: list[str]
    """Ids; a sequence holds positions in this list."""
    taken: list[np.ndarray]
    """Of each user, int32, oldest first."""
    texts: list[str]
    """Of each item, "" where nothing is known."""

    def histories(self, n_held_out: int) -> list[np.ndarray]:
        """Return the sequences without their last items."""
        return [sequence[:-n_held_out] for sequence in self.taken]

    def targets(self, n_held_out: int) -> np.ndarray:
        """Return the item that comes after `histories(n_held_out)`, (n_users,)."""
        return np.array([sequence[-n_held_out] for sequence in self.taken], np.int32)


def read_sequences(folder: Path) -> Sequences:
    """Read `sequences.txt.gz` (user, then items in time order) and `items.jsonl.gz`. Raises InputError.

    What happened at the same time stays in the order of the file. A mere name is looked for beside the project too.
    """
    if not folder.exists() and folder.name == str(folder):
        folder = _BESIDE / folder
    try:
        with gzip.open(folder / "sequences.txt.gz", "rt", encoding="utf-8") as file:
            lines = [line.split() for line in file if line.strip()]
        with gzip.open(folder / "items.jsonl.gz", "rt", encoding="utf-8") as file:
            described = [json.loads(line) for line in file if line.strip()]
        texts = {str(item["item_id"]): _text(item) for item in described}
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{folder} holds no sequences.txt.gz beside items.jsonl.gz ({error}).") from error
    return _numbered([line[0] for line in lines], [line[1:] for line in lines], texts)


def read_interactions(path: Path) -> Sequences:
    """Read a table of user, item and timestamp (CSV or Parquet; other columns are ignored). Raises InputError."""
    import pyarrow as pa
    from pyarrow import csv, parquet

    try:
        table = parquet.read_table(path) if path.suffix == ".parquet" else csv.read_csv(path)
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{path} is no readable CSV or Parquet file ({error}).") from error
    named = {name.lower(): name for name in table.column_names}
    columns = [next((named[name] for name in names if name in named), "") for names in (_USER, _ITEM, _TIME)]
    if not all(columns):
        raise InputError(f"{path} must have the columns user, item and timestamp; it has {', '.join(named)}.")
    users, items, times = (table.column(name).to_numpy() for name in columns)
    order = np.lexsort((np.arange(len(users)), times, users.astype(str)))
    ordered, starts = np.unique(users.astype(str)[order], return_index=True)
    taken = np.split(items.astype(str)[order], starts[1:])
    return _numbered(ordered.tolist(), [list(dict.fromkeys(sequence.tolist())) for sequence in taken], {})


def _numbered(users: Sequence[str], taken: Sequence[Sequence[str]], texts: dict[str, str]) -> Sequences:
    items = list(dict.fromkeys([*texts, *(item for sequence in taken for item in sequence)]))
    number = {item: i for i, item in enumerate(items)}
    kept = [i for i, sequence in enumerate(taken) if len(sequence) >= _LEAST]
    if not kept:
        raise InputError("No user has three items or more: nothing can be held out.")
    sequences = [np.array([number[item] for item in taken[i]], np.int32) for i in kept]
    return Sequences([users[i] for i in kept], items, sequences, [texts.get(item, "") for item in items])


def _text(item: dict[str, Any]) -> str:
    return " ".join(_words(value) for name, value in item.items() if name != "item_id" and not _is_number(value))


def _words(value: Any) -> str:
    return " ".join(map(_words, value)) if isinstance(value, list) else str(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)
