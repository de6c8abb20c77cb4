"""Which delimiter and which quoting a text file uses, told from its first lines."""

import io
import re
from collections.abc import Sequence
from itertools import islice
from typing import TextIO

from retrieval.importing.readers.headers import MAX_PREAMBLE, width_of
from retrieval.importing.readers.records import Dialect, Lines, records

SAMPLE_CHARS = 1 << 20
SAMPLE_ROWS = 1_000
_DELIMITERS = (",", "\t", ";", "|", "::", "^", "~", "¦", "\x01")
_NEVER = "\x1f"
"""Sets the values of no file apart: for one whose lines are one value each."""
_FEW_AGREE = 0.85
"""Below a line without any delimiter, a smaller share of lines of one width is chance."""
_SEP = re.compile(r'"?sep=(.)"?\s*$', re.IGNORECASE)
_COMMENTS = ("#", "//", "%%", "--")


def sample(text: TextIO) -> tuple[list[str], int]:
    """Return the first whole lines, and how many at the very top are remarks or say `sep=;`."""
    read = text.read(SAMPLE_CHARS)
    lines = [line + "\n" for line in read.split("\n" if "\n" in read else "\r")]
    if len(read) == SAMPLE_CHARS and len(lines) > 1:
        lines.pop()
    n_top = 0
    for line in lines[: MAX_PREAMBLE + 1]:
        if line.strip() and not line.startswith(_COMMENTS) and not _SEP.match(line):
            break
        n_top += 1
    else:
        return lines, 0
    return lines, _without_header(lines, n_top)


def _without_header(lines: Sequence[str], n_top: int) -> int:
    """Leave a header that begins with "#" out of the remarks: it has as many delimiters as the line below."""
    if not n_top or n_top >= len(lines) or not lines[n_top - 1].startswith(("#", "%%")):
        return n_top
    for delimiter in _DELIMITERS:
        n = lines[n_top].count(delimiter)
        is_close = not lines[n_top - 1][1:2].isspace()
        if n and lines[n_top - 1].count(delimiter) == n and (is_close or re.search(r"(^|\W)\d", lines[n_top])):
            return n_top - 1
    return n_top


def stated_delimiter(lines: Sequence[str]) -> str:
    """Return what a first line like `sep=;` says, or ""."""
    return next((match[1] for line in lines if (match := _SEP.match(line))), "")


def detect_dialect(lines: Sequence[str], stated: str = "") -> tuple[Dialect, list[list[str]], list[int]]:
    """Return the dialect under which most lines have one width, with their records and line numbers (from 1)."""
    first = next((line for line in lines if line.strip()), "")
    best: tuple[tuple[bool, float, int], Dialect, list[list[str]], list[int]] | None = None
    for dialect in _candidates(lines, stated):
        rows, numbers, n_bad = _parsed(lines, dialect)
        width = width_of(rows)
        n_titles = next((i for i, row in enumerate(rows[:MAX_PREAMBLE]) if len(row) > 1), 0)
        share = sum(len(row) == width for row in rows[n_titles:]) / max(1, len(rows) - n_titles + n_bad)
        is_in_header = share > 0.5 and dialect.delimiter in first
        score = (False, 0.0, 0) if width < 2 else (is_in_header, round(share, 3), width)
        if dialect.delimiter == _NEVER:
            score = False, _FEW_AGREE, 1
        if best is None or score > best[0]:
            best = score, dialect, rows, numbers
    assert best is not None
    _, dialect, rows, numbers = best
    return dialect, rows, numbers


def _candidates(lines: Sequence[str], stated: str) -> list[Dialect]:
    """Return what the lines could be written in, most usual first."""
    top = "".join(lines[: MAX_PREAMBLE + 2])
    first = next((line for line in lines if line.strip()), "")
    delimiters = [stated] if stated else [d for d in _DELIMITERS if d in top]
    if not stated and not any(d in first for d in delimiters):
        delimiters.append(_NEVER)
    has_quotes = any('"' in line for line in lines)
    found = []
    for delimiter in delimiters:
        if len(delimiter) > 1:
            found.append(Dialect(delimiter, quoted=False))
            continue
        found.append(Dialect(delimiter))
        if has_quotes and any('\\"' in line for line in lines):
            found.append(Dialect(delimiter, escaped=True))
        if has_quotes and delimiter in "\t|^~¦\x01":
            found.append(Dialect(delimiter, quoted=False))
    return found


def _parsed(lines: Sequence[str], dialect: Dialect) -> tuple[list[list[str]], list[int], int]:
    bad: list[int] = []
    source = Lines(io.StringIO("".join(lines), newline="\n"))
    rows, numbers = [], []
    for row in islice(records(source, dialect, 0, lambda _: "", lambda line, *_: bad.append(line)), SAMPLE_ROWS):
        rows.append(row)
        numbers.append(source.number)
    return rows, numbers, len(bad)
