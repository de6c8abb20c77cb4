"""The open catalogue: a read-only, locked-down DuckDB file with typed fields."""

import json
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from errors import BundleError
from retrieval.catalog_file import PACKED
from retrieval.filters import compile_filters, quoted
from retrieval.items import Field, Filter, Item, Role, Rows
from retrieval.selecting import Selection, Selections

_LOCKED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
    "memory_limit": "1GB",
    "threads": "1",
    "max_temp_directory_size": "0KB",
    "lock_configuration": "true",
}
_ITEMS_KEPT = 4096
_ROWS_AT_ONCE = 8192
_VALUES_AT_ONCE = 122_880


def read_fields(path: Path) -> dict[str, Field]:
    """Return the fields of the catalogue file at `path` by name. Raises BundleError where it is missing or damaged."""
    return _open(path)[1]


def _open(path: Path) -> tuple[duckdb.DuckDBPyConnection, dict[str, Field]]:
    try:
        connection = duckdb.connect(str(path), read_only=True, config=_LOCKED)
        rows = connection.execute("SELECT definition FROM fields ORDER BY position").fetchall()
    except duckdb.Error as error:
        cause = str(error).partition("\n")[0].rstrip(".")
        raise BundleError(f"{path} is not a readable catalogue ({cause}). Build it again.") from error
    return connection, {f.name: f for f in (Field.model_validate(json.loads(row[0])) for row in rows)}


class Catalog:
    """Items by row number; thread-safe, one cursor per call."""

    def __init__(self, path: Path, name: str) -> None:
        """Open the file at `path`. Raises BundleError where it is missing or no catalogue."""
        self.name = name
        self._connection, self.fields = _open(path)
        counted = self._connection.execute("SELECT count(*) FROM items").fetchone()
        self.n_items: int = counted[0] if counted else 0
        """How many items there are."""
        self.id_field = self.with_role(Role.ID)[0].name
        self.title_field = self.with_role(Role.TITLE)[0].name
        self.ids: list[str] = self.column(self.id_field)
        self.titles: list[str] = self.column(self.title_field)
        self.prominence = np.asarray(self.column("~prominence"), np.float32)
        tables = self._connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        self._is_packed = (PACKED,) in tables
        """False for a file written before there was that table."""
        self._row_of = {item_id: row for row, item_id in enumerate(self.ids)}
        self._selections = Selections(self.n_items)
        self._numbers: dict[str, np.ndarray] = {}
        self._items: OrderedDict[int, Item] = OrderedDict()
        self._lock = threading.Lock()

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
        query = f'SELECT {quoted(name)} FROM items WHERE "~row" BETWEEN ? AND ? ORDER BY "~row"'
        cursor = self._connection.cursor()
        values: list[Any] = []
        # In parts, for sorting a million texts at once takes more memory than a connection may have.
        for start in range(0, self.n_items, _VALUES_AT_ONCE):
            found = cursor.execute(query, [start, start + _VALUES_AT_ONCE - 1]).fetchall()
            values += [row[0] for row in found]
        return values

    def batches(self, names: Sequence[str]) -> Iterator[pa.Table]:
        """Yield whole columns some thousand rows at a time, in row order."""
        selected = ", ".join(map(quoted, names))
        query = f'SELECT {selected} FROM items WHERE "~row" BETWEEN ? AND ? ORDER BY "~row"'
        cursor = self._connection.cursor()
        for start in range(0, self.n_items, _ROWS_AT_ONCE):
            yield cursor.sql(query, params=[start, start + _ROWS_AT_ONCE - 1]).to_arrow_table()

    def items(self, rows: Sequence[int]) -> list[Item]:
        """Return the items of these rows, in the order given; the latest few thousand are kept, to be read only."""
        wanted = [int(row) for row in rows]
        with self._lock:
            by_row = {row: self._items[row] for row in wanted if row in self._items}
        if missing := [row for row in wanted if row not in by_row]:
            fetched = self._fetch(missing)
            by_row.update(fetched)
            with self._lock:
                self._items.update(fetched)
                while len(self._items) > _ITEMS_KEPT:
                    self._items.popitem(last=False)
        return [by_row[row] for row in wanted]

    def warm(self) -> None:
        """Read the best known items ahead: they are shown most, and reading one takes as long as reading many."""
        self.items(np.argsort(-self.prominence, kind="stable")[: _ITEMS_KEPT // 2].tolist())

    def _fetch(self, rows: list[int]) -> dict[int, Item]:
        cursor, among = self._connection.cursor(), 'WHERE "~row" IN (SELECT unnest(?::INTEGER[]))'
        if self._is_packed:
            packed = cursor.execute(f'SELECT "~row", item FROM {PACKED} {among}', [rows]).fetchall()
            return {row: self._item(row, json.loads(item)) for row, item in packed}
        names = list(self.fields)
        selected = ", ".join(map(quoted, ["~row", *names]))
        found = cursor.execute(f"SELECT {selected} FROM items {among}", [rows]).fetchall()
        return {row[0]: self._item(row[0], dict(zip(names, row[1:], strict=True))) for row in found}

    def _item(self, row: int, values: dict[str, Any]) -> Item:
        known = {name: _plain(value) for name, value in values.items() if value is not None}
        return Item(row=row, item_id=self.ids[row], title=self.titles[row], values=known)

    def select(self, filters: Sequence[Filter]) -> Selection:
        """Return the rows that satisfy every filter (read-only), and how many are left out as unknown.

        Raises FilterError naming a bad field, operator or value.
        """
        compile_filters(filters, self.fields)  # refuses too many, and a bad one whatever stands before it
        return self._selections.of(filters, self._ask)

    def _ask(self, given: Filter) -> tuple[np.ndarray, np.ndarray]:
        where, params, unknown = compile_filters([given], self.fields)
        query = f'SELECT "~row" AS r, ({unknown}) AS u FROM items WHERE {where}'
        found = self._connection.cursor().execute(query, params).fetchnumpy()
        return np.asarray(found["r"], np.int32), np.asarray(found["u"], bool)

    def numbers(self, name: str) -> np.ndarray:
        """Return a number or date field as (n_items,) float64, read-only; dates as days, unknown as NaN."""
        if name not in self._numbers:
            column = [v.toordinal() if isinstance(v, date) else v for v in self.column(name)]
            values = np.array([np.nan if v is None else v for v in column], np.float64)
            values.flags.writeable = False
            self._numbers[name] = values
        return self._numbers[name]

    def order(self, rows: Rows, by: str, *, descending: bool) -> list[int]:
        """Return these rows sorted by a number or date field, the better known first on ties; unknown last."""
        values = self.numbers(by)[rows]
        # NaN sorts last whatever its sign.
        best = np.lexsort((rows, -self.prominence[rows], -values if descending else values))
        return [int(row) for row in rows[best]]

    def weights(self, name: str) -> list[tuple[str, int, float]]:
        """Return every value of a facet or person field with its number of items and their summed prominence."""
        value = f"unnest({quoted(name)})" if self.fields[name].many else quoted(name)
        query = (
            f'SELECT v, count(*), sum(p) FROM (SELECT {value} AS v, "~prominence"::DOUBLE AS p FROM items) '
            "WHERE v IS NOT NULL GROUP BY v ORDER BY 2 DESC, v"
        )
        return [(str(v), int(n), float(p)) for v, n, p in self._connection.cursor().execute(query).fetchall()]

    def counts(self, name: str, rows: Rows | None = None, limit: int = 50) -> list[tuple[str, int]]:
        """Return the commonest values of a facet or person field among these rows (all when None), with counts."""
        field = self.fields[name]
        value = f"unnest({quoted(name)})" if field.many else quoted(name)
        among = "" if rows is None else 'WHERE "~row" IN (SELECT unnest(?::INTEGER[]))'
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
