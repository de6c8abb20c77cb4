"""Records within records → columns: `parent.child`, lists of names, or their JSON."""

from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Any

from retrieval.importing.readers.pieces import as_text

_MOST_CHILDREN = 20
_SAMPLE_ROWS = 1_000
_NAMES = ("name", "title", "label", "value", "text")
"""Of a record in a list, what it is called."""

Numbered = tuple[int, Mapping[str, Any]]


class Flattener:
    """Decides by the first rows which records become columns of their own."""

    def __init__(self) -> None:
        self._opened: set[str] = set()
        self._as_json: set[str] = set()
        self._joined: set[str] = set()
        self._named: dict[str, str] = {}

    def flattened(self, rows: Iterator[Numbered]) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield rows whose values are plain values and lists of them."""
        first = list(islice(rows, _SAMPLE_ROWS))
        children: dict[str, set[str]] = {}
        for _, row in first:
            for name, value in row.items():
                if isinstance(value, Mapping):
                    children.setdefault(name, set()).update(value)
        self._opened = {name for name, names in children.items() if len(names) <= _MOST_CHILDREN}
        for line, row in chain(first, rows):
            yield line, self.flat(row)

    def flat(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return one row without records in it."""
        flat: dict[str, Any] = {}
        for name, value in row.items():
            if isinstance(value, Mapping) and name in self._opened:
                flat.update((f"{name}.{child}", self.leaf(f"{name}.{child}", inner)) for child, inner in value.items())
            elif name not in self._opened or value is not None:
                flat[name] = self.leaf(name, value)
        return flat

    def open(self, name: str) -> None:
        """Note that the records of a column became columns."""
        self._opened.add(name)

    def keep_as_json(self, name: str) -> None:
        """Note that a column became JSON text."""
        self._as_json.add(name)

    def leaf(self, name: str, value: Any) -> Any:
        """Return a value without records: a list of them as their names where all have one, else as JSON."""
        if isinstance(value, Mapping):
            self._as_json.add(name)
            return as_text(dict(value))
        if not isinstance(value, list) or not any(isinstance(one, Mapping | list) for one in value):
            return value
        if all(isinstance(one, list) and not any(isinstance(x, Mapping | list) for x in one) for one in value):
            self._joined.add(name)
            return list(dict.fromkeys(chain.from_iterable(value)))
        key = self._named.get(name) or next((k for k in _NAMES if all(_names(one, k) for one in value)), "")
        if key and all(_names(one, key) for one in value):
            self._named[name] = key
            return [one[key] for one in value]
        self._as_json.add(name)
        return [as_text(one) for one in value]

    def notices(self) -> list[str]:
        """Return what was done to which columns."""
        said = [f"The records in {name} are columns of their own, {name}.…" for name in sorted(self._opened)]
        said += [f"The lists within a list in {name} are joined to one." for name in sorted(self._joined)]
        said += [
            f"Of the records listed in {name} only their {key} is kept." for name, key in sorted(self._named.items())
        ]
        return said + [f"What is nested in {name} is kept as JSON text." for name in sorted(self._as_json)]


def _names(record: Any, key: str) -> bool:
    return isinstance(record, Mapping) and isinstance(record.get(key), str)
