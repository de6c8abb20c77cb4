"""The rows that could not be used, listed for the one who repairs them: one JSON object a line."""

import json
from collections.abc import Sequence
from pathlib import Path

from errors import CatalogError
from retrieval.builds import unwritable
from retrieval.importing.raw import Rejected

QUARANTINE = "quarantine.jsonl"
_MOST_REJECTED = 0.05
"""A larger share of rows that cannot be used means that the file is not what it seems."""


def require_few(rejected: Sequence[Rejected], n_in: int, things: str, where: Path | None) -> None:
    """Raise CatalogError where more than 5 % of `things` ("rows") cannot be used; `where` lists them."""
    if len(rejected) <= _MOST_REJECTED * n_in:
        return
    listed = f" (listed in {where})" if where else ""
    raise CatalogError(
        f"{len(rejected):,} of {n_in:,} {things} cannot be used; the first, line {rejected[0].line}: "
        f"{rejected[0].reason}. Repair them{listed} or load the rest with --force."
    )


def write_quarantine(path: Path, rejected: Sequence[Rejected]) -> None:
    """Write file, line, reason and raw text of every rejected row; without any, remove what an earlier build left.

    Raises BundleError where the disk does not take it.
    """
    try:
        if not rejected:
            path.unlink(missing_ok=True)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", errors="backslashreplace") as file:
            for row in rejected:
                entry = {"file": row.file, "line": row.line, "reason": row.reason, "raw": row.raw}
                file.write(json.dumps(entry, ensure_ascii=False) + "\n")
    except OSError as error:
        raise unwritable(path, error) from error
