"""Lines → records of a delimited file, strictly: a quote that never closes costs one line, not the rest of the file."""

import csv
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TextIO

from retrieval.importing.limits import MAX_LINE_CHARS, MAX_RECORD_LINES

Reject = Callable[[int, str, str], None]
"""Told (line, reason, raw) of every record that is kept out."""

_UNCLOSED = "a quote opens and does not close"


@dataclass(frozen=True)
class Dialect:
    """How values are set apart; a delimiter of several characters knows no quotes."""

    delimiter: str
    quoted: bool = True
    escaped: bool = False
    """Whether a quote within quotes is written \\" instead of doubled."""

    def split(self, line: str) -> list[str]:
        """Split a line at every delimiter, whatever the quotes say."""
        return line.rstrip("\r\n").split(self.delimiter)


class Lines:
    """Lines of a text, numbered from 1, that remembers those of one record and can take all but the first back."""

    def __init__(self, text: TextIO) -> None:
        """Read from where `text` stands, which must be its beginning."""
        self._text = text
        self._again: deque[str] = deque()
        self.number = 1
        """Of the first line of the record."""
        self.taken: list[str] = []
        self.too_long = False
        self.n_empty = 0
        """Records so far of which every value is empty."""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= MAX_RECORD_LINES:
            raise StopIteration
        line = self._again.popleft() if self._again else self._text.readline(MAX_LINE_CHARS)
        if not line:
            raise StopIteration
        if len(line) == MAX_LINE_CHARS:
            self.too_long = True
            while (rest := self._text.readline(1 << 20)) and not rest.endswith("\n"):
                pass
        self.taken.append(line)
        return line

    def begin(self) -> None:
        """Forget the record before; the next line taken begins another."""
        self.number += len(self.taken)
        self.taken.clear()
        self.too_long = False

    def skip_to(self, number: int) -> None:
        """Let the first record begin at a line."""
        while self.number < number and next(self, None) is not None:
            self.begin()

    def take_back(self) -> None:
        """Leave the record at its first line; the others will be read again."""
        self._again.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]


def records(
    lines: Lines, dialect: Dialect, width: int, flaw: Callable[[str], str], reject: Reject
) -> Iterator[list[str]]:
    """Yield the records of `width` values (0: of any); `lines.number` says where the last one began.

    Blank lines are no records. All others are yielded or rejected.
    """
    reader = _reader(lines, dialect)
    while True:
        lines.begin()
        reason, row = "", []
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            reason = _UNCLOSED if len(lines.taken) > 1 else _reason(str(error))
            lines.take_back()
        if lines.too_long:
            reason = f"it is longer than {MAX_LINE_CHARS >> 20} million characters"
        elif not reason and not any(row):
            lines.n_empty += len(row) > 1
            continue
        raw = lines.taken[0] if len(lines.taken) == 1 else "".join(lines.taken)
        if not reason and width and len(lines.taken) > 1 and _swallowed(lines.taken, dialect, len(row), width):
            reason = _UNCLOSED
            lines.take_back()
            raw = lines.taken[0]
        if not reason and width and len(row) != width:
            if not raw.strip():
                continue
            reason = f"{len(row)} {'value' if len(row) == 1 else 'values'} where the header names {width} columns"
        reason = reason or ("" if raw.isascii() else flaw(raw))
        if reason:
            reject(lines.number, reason, lines.taken[0] if len(lines.taken) == 1 else raw)
        else:
            yield row


def _reader(lines: Lines, dialect: Dialect) -> Iterator[list[str]]:
    if len(dialect.delimiter) > 1:
        return map(dialect.split, lines)
    csv.field_size_limit(MAX_LINE_CHARS)
    if not dialect.quoted:
        return csv.reader(lines, delimiter=dialect.delimiter, quoting=csv.QUOTE_NONE, strict=True)
    escape = "\\" if dialect.escaped else None
    return csv.reader(
        lines, delimiter=dialect.delimiter, escapechar=escape, doublequote=not dialect.escaped, strict=True
    )


def _reason(error: str) -> str:
    if "unexpected end" in error:
        return _UNCLOSED
    if "expected after" in error:
        return "a quote closes in the middle of a value"
    if "new-line" in error:
        return "a carriage return stands in the middle of a value"
    return error


def _swallowed(taken: list[str], dialect: Dialect, found: int, width: int) -> bool:
    """Say whether the lines of one record look like records of their own, so that its quote is a stray one."""
    later = [line for line in taken[1:] if line.strip()]
    inner = later if found != width else later[:-1]
    if width < 3 or len(inner) < (1 if found != width else 2):
        return False
    fitting = sum(len(dialect.split(line)) == width for line in inner)
    return fitting == len(inner) if found == width else fitting > len(inner) / 2
