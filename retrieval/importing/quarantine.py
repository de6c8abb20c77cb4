"""The rows that could not be used, listed for the one who repairs them: one JSON object a line."""

import json
from collections.abc import Sequence
from pathlib import Path

from retrieval.builds import unwritable
from retrieval.importing.raw import Rejected

QUARANTINE = "quarantine.jsonl"


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
