"""The open catalogue: a read-only, locked-down DuckDB file with typed fields."""

import json
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import numpy as np
import pyarrow as pa

from errors import BundleError
from retrieval.filters import compile_filters, quoted
from retrieval.items import Field, Filter, Item, Role, Rows
from retrieval.text import fold

_LOCKED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
    "memory_limit": "1GB",
    "threads": "1",
    "max_temp_directory_size": "0KB",
}
_FOLDED_ROLES = {Role.TITLE, Role.FACET, Role.PERSON}
_SELECTIONS_KEPT = 256


class Selection(NamedTuple):
    """What a list of filters leaves of the catalogue."""

    rows: Rows
    n_unknown: int
    """Items left out only because a filtered field of theirs is unknown."""


def write_catalog(path: Path, table: pa.Table, fields: Sequence[Field], prominence: np.ndarray) -> None:
    """Write a new catalogue file.

    `table` has one column a field, in row order: text, DOUBLE/BIGINT numbers, dates, lists of text for fields with
    many values; null (never an empty list) where unknown. `prominence` is (n_items,) float32 in 0–1: how well known
    an item is, 0.5 for all where nothing tells.
    """
    columns = {"row": pa.array(range(table.num_rows), pa.int32()), "~prominence": pa.array(prominence, pa.float32())}
    for field in fields:
        columns[field.name] = table.column(field.name)
        if field.role in _FOLDED_ROLES:
            columns["~" + field.name] = _shadow(table.column(field.name).to_pylist(), many=field.many)
    items = pa.table(columns)  # noqa: F841 (DuckDB reads it by name)
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE items AS SELECT * FROM items ORDER BY row")
        connection.execute("CREATE TABLE fields (position INTEGER, definition VARCHAR)")
        definitions = [(i, field.model_dump_json()) for i, field in enumerate(fields)]
        connection.executemany("INSERT INTO fields VALUES (?, ?)", definitions)


def _shadow(values: list[Any], *, many: bool) -> pa.Array:
    if many:
        return pa.array([None if v is None else [fold(x) for x in v] for v in values], pa.list_(pa.string()))
    return pa.array([None if v is None else fold(str(v)) for v in values], pa.string())


class Catalog:
    """Items by row number; thread-safe, one cursor per call."""

    def __init__(self, path: Path, name: str) -> None:
        """Open the file at `path`. Raises BundleError where it is missing or no catalogue."""
        self.name = name
        try:
            self._connection = duckdb.connect(str(path), read_only=True, config=_LOCKED)
            self._connection.execute("SET lock_configuration=true")
            rows = self._connection.execute("SELECT definition FROM fields ORDER BY position").fetchall()
        except duckdb.Error as error:
            raise BundleError(f"{path} is not a readable catalogue ({error}). Build it again.") from error
        self.fields = {f.name: f for f in (Field.model_validate(json.loads(row[0])) for row in rows)}
        self.id_field = self.with_role(Role.ID)[0].name
        self.title_field = self.with_role(Role.TITLE)[0].name
        self.ids: list[str] = self.column(self.id_field)
        self.titles: list[str] = self.column(self.title_field)
        self.prominence = np.asarray(self.column("~prominence"), np.float32)
        self._row_of = {item_id: row for row, item_id in enumerate(self.ids)}
        self._selections: OrderedDict[str, Selection] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def n_items(self) -> int:
        """How many items there are."""
        return len(self.ids)

    def with_role(self, *roles: Role) -> list[Field]:
        """Return the fields with any of these roles, in catalogue order."""
        return [field for field in self.fields.values() if field.role in roles]

    def row_of(self, item_id: str) -> int | None:
        """Return the row of an item, or None where there is no such id."""
        return self._row_of.get(item_id)

    def rows_of(self, item_ids: Iterable[str]) -> list[int]:
        """Return the rows of those ids that exist, in the order given."""
        return [self._row_of[item_id] for item_id in item_ids if item_id in self._row_of]

    def column(self, name: str) -> list[Any]:
        """Return a whole column as Python values in row order; unknown values are None."""
        query = f"SELECT {quoted(name)} FROM items ORDER BY row"
        return [row[0] for row in self._connection.cursor().execute(query).fetchall()]

    def items(self, rows: Sequence[int]) -> list[Item]:
        """Return the items of these rows, in the order given."""
        if not len(rows):
            return []
        names = list(self.fields)
        selected = ", ".join(["row", *map(quoted, names)])
        query = f"SELECT {selected} FROM items WHERE row IN (SELECT unnest(?::INTEGER[]))"
        found = self._connection.cursor().execute(query, [[int(r) for r in rows]]).fetchall()
        by_row = {row[0]: self._item(row[0], dict(zip(names, row[1:], strict=True))) for row in found}
        return [by_row[int(row)] for row in rows]

    def _item(self, row: int, values: dict[str, Any]) -> Item:
        known = {name: _plain(value) for name, value in values.items() if value is not None}
        return Item(row=row, item_id=self.ids[row], title=self.titles[row], values=known)

    def select(self, filters: Sequence[Filter]) -> Selection:
        """Return the rows that satisfy every filter, and how many are left out as unknown.

        Raises FilterError naming a bad field, operator or value.
        """
        key = json.dumps([f.model_dump() for f in filters], default=str)
        with self._lock:
            if key in self._selections:
                self._selections.move_to_end(key)
                return self._selections[key]
        selection = self._select(filters)
        with self._lock:
            self._selections[key] = selection
            while len(self._selections) > _SELECTIONS_KEPT:
                self._selections.popitem(last=False)
        return selection

    def _select(self, filters: Sequence[Filter]) -> Selection:
        where, params, unknown, unknown_params = compile_filters(filters, self.fields)
        cursor = self._connection.cursor()
        rows = cursor.execute(f"SELECT row FROM items WHERE {where} ORDER BY row", params).fetchnumpy()["row"]
        n_unknown = 0
        if unknown != "FALSE":
            counted = cursor.execute(f"SELECT count(*) FROM items WHERE {unknown}", unknown_params).fetchone()
            n_unknown = int(counted[0]) if counted else 0
        return Selection(np.asarray(rows, np.int32), n_unknown)

    def order(self, rows: Rows, by: str, *, descending: bool) -> list[int]:
        """Return these rows sorted by a number or date field, the better known first on ties; unknown last."""
        direction = "DESC" if descending else "ASC"
        query = (
            "SELECT row FROM items WHERE row IN (SELECT unnest(?::INTEGER[])) "
            f'ORDER BY {quoted(by)} {direction} NULLS LAST, "~prominence" DESC, row'
        )
        return [row[0] for row in self._connection.cursor().execute(query, [rows.tolist()]).fetchall()]

    def counts(self, name: str, rows: Rows | None = None, limit: int = 50) -> list[tuple[str, int]]:
        """Return the commonest values of a facet or person field among these rows (all when None), with counts."""
        field = self.fields[name]
        value = f"unnest({quoted(name)})" if field.many else quoted(name)
        among = "" if rows is None else "WHERE row IN (SELECT unnest(?::INTEGER[]))"
        query = (
            f"SELECT v, count(*) AS n FROM (SELECT {value} AS v FROM items {among}) "
            "WHERE v IS NOT NULL GROUP BY v ORDER BY n DESC, v LIMIT ?"
        )
        params: list[Any] = [limit] if rows is None else [rows.tolist(), limit]
        return [(str(v), int(n)) for v, n in self._connection.cursor().execute(query, params).fetchall()]


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()[:10]
    return value
