"""Bad files for tests: forty good rows of tea, and whatever a case does to them."""

import csv
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from errors import CatalogError
from retrieval.building import build_bundle
from retrieval.catalog import Catalog
from retrieval.manifest import CATALOG

HEADER = ("id", "title", "kind", "price", "picked", "about")
N_ROWS = 40


class Case(NamedTuple):
    """One bad file and how its build ends."""

    name: str
    data: str | bytes | Callable[[Path], Path | None]
    """What is in the file, or what makes it; the latter may return another path to build from."""
    ends: str
    """The outcome: "ok", "ok with 1 quarantined", "refused"."""
    says: str = ""
    """Pattern of what is said about it: in the message, a notice or the reason of a quarantined row."""
    holds: Mapping[str, Any] = {}
    """Item id → its title, or "id.field" → a value; None for what must not be there."""
    file: str = "teas.csv"


def row(n: int, **changed: str) -> list[str]:
    """Return the cells of a good row, some of them changed."""
    kind, about = ("green", "black")[n % 2], f"Picked in the morning on slope number {n}, dried in the shade."
    good = dict(zip(HEADER, (f"t{n:02}", f"Tea {n}", kind, f"{n}.50", f"2024-01-{n % 28 + 1:02}", about), strict=True))
    return list((good | changed).values())


def rows(*last: Mapping[str, str]) -> list[list[str]]:
    """Return forty rows, the last of them changed."""
    good = N_ROWS - len(last)
    return [row(n) for n in range(good)] + [row(good + n, **changed) for n, changed in enumerate(last)]


def table(cells: Sequence[Sequence[str]], header: Sequence[str] = HEADER, by: str = ",", end: str = "\n") -> str:
    """Write a header and rows as CSV."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=by, lineterminator=end).writerows([header, *cells])
    return text.getvalue()


def with_last(**changed: str) -> str:
    """Write forty rows of which the last has these values."""
    return table(rows(changed))


def with_column(name: str, value: Callable[[int], str]) -> str:
    """Write forty rows in which a column has other values."""
    return table([row(n, **{name: value(n)}) for n in range(N_ROWS)])


def with_line(line: str) -> str:
    """Write 39 rows and one line as it is."""
    return table(rows()[:-1]) + line + "\n"


def written(case: Case, folder: Path) -> Path:
    """Write the file of a case and return the path to build from."""
    path = folder / case.file
    if callable(case.data):
        return case.data(path) or path
    path.write_bytes(case.data if isinstance(case.data, bytes) else case.data.encode())
    return path


def require(case: Case, folder: Path) -> None:
    """Build a case and require that it ends as it should, says why, and holds what the file says."""
    path = written(case, folder)
    home = folder / "var" / "catalogs" / "teas"
    try:
        done = build_bundle(path, "teas", folder / "var", vectors=False)
    except CatalogError as error:
        assert case.ends == "refused", error
        assert re.search(case.says, str(error), re.DOTALL), error
        assert str(error).endswith(".") and ". " in str(error), "cause and remedy"
        assert not (home / "CURRENT").exists()
        return
    report = done.imported
    assert report.outcome == case.ends, report.lines()
    assert report.n_in == report.n_loaded + report.n_rejected
    listed = home / "quarantine.jsonl"
    entries = [json.loads(line) for line in listed.read_text("utf-8").splitlines()] if listed.exists() else []
    assert [(e["line"], e["reason"]) for e in entries] == [(row.line, row.reason) for row in report.rejected]
    assert all(entry["line"] > 1 and entry["raw"] for entry in entries)
    said = "\n".join([*report.lines(), *(entry["reason"] for entry in entries)])
    assert re.search(case.says, said), said
    _require_held(case, Catalog(done.path / CATALOG, "teas"))


def _require_held(case: Case, catalog: Catalog) -> None:
    for key, expected in case.holds.items():
        at, _, field = (key, "", "") if catalog.row_of(key) is not None else key.partition(".")
        found = catalog.row_of(at)
        if found is None:
            assert expected is None and not field, key
            continue
        item = catalog.items([found])[0]
        assert (item.values.get(field) if field else item.title) == expected, key
    json.dumps([item.values for item in catalog.items([0, 1])], allow_nan=False)
