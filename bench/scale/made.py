"""A catalogue of any size made of the demo's real rows: ids altered, titles and texts recombined, always the same."""

import csv
import random
from pathlib import Path
from typing import Any

from retrieval.demo import load_demo
from retrieval.items import Role

_LEFT_OUT = {"oscars", "box_office_usd", "studios", "writers"}
_SEED = 20261121


def write_csv(path: Path, n: int) -> None:
    """Write n rows: the demo's own first, then copies with other ids, recombined titles and sentences, other casts."""
    imported = load_demo()
    fields = [field for field in imported.fields if field.name not in _LEFT_OUT]
    columns = {field.name: imported.table.column(field.name).to_pylist() for field in fields}
    texts = [field.name for field in fields if field.role is Role.TEXT]
    rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    told = {name: [value for value in columns[name] if value] for name in texts}
    draw = random.Random(_SEED)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(columns))
        writer.writeheader()
        for i in range(n):
            row = rows[i % len(rows)]
            if i >= len(rows):
                other = rows[draw.randrange(len(rows))]
                row = row | {"item_id": f"{row['item_id']}-{i // len(rows)}", "cast": other["cast"]}
                row["title"] = _recombined(row["title"], other["title"], draw)
            for name in texts:
                row = row | {name: f"{row[name] or ''} {draw.choice(told[name])} {draw.choice(told[name])}".strip()}
            writer.writerow({name: _cell(value) for name, value in row.items()})


def origin(item_id: str) -> str:
    """Return the id of the demo's row that a row was made from; its own for the demo's."""
    return item_id.partition("-")[0]


def _recombined(first: str, second: str, draw: random.Random) -> str:
    """Join the beginning of one title to the end of another: "The Thin Man" and "Blade Runner" → "The Thin Runner"."""
    head, tail = first.split(), second.split()
    return " ".join([*head[: draw.randint(1, len(head))], *tail[draw.randint(0, len(tail) - 1) :]])


def _cell(value: Any) -> Any:
    return "|".join(value) if isinstance(value, list) else value
