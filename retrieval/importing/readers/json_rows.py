"""JSON and JSON lines → a raw table; whole numbers of any length stay exact, NaN and Infinity are unknown."""

import json
from collections.abc import Iterator, Mapping
from math import isinf
from pathlib import Path
from typing import Any

from errors import CatalogError
from retrieval.importing.imported import Progress
from retrieval.importing.limits import MAX_DOCUMENT_BYTES, MAX_LINE_CHARS
from retrieval.importing.raw import RawTable
from retrieval.importing.readers.encodings import Encoding, bytes_read, detect
from retrieval.importing.readers.nested import Flattener
from retrieval.importing.readers.pieces import Pieces
from retrieval.importing.readers.unpacking import choose

_EXACT_DIGITS = 18
_REPORT_LINES = 20_000


class Parser:
    """Parses JSON and counts the numbers that are none."""

    def __init__(self) -> None:
        self.n_unknown = 0
        self._decoder = json.JSONDecoder(
            parse_int=lambda digits: int(digits) if len(digits) <= _EXACT_DIGITS else digits,
            parse_float=self._float,
            parse_constant=self._unknown,
        )

    def _float(self, digits: str) -> float | None:
        value = float(digits)
        if isinf(value):
            self._unknown(digits)
            return None
        return value

    def _unknown(self, _: str) -> None:
        self.n_unknown += 1

    def parse(self, text: str, start: int = 0) -> tuple[Any, int]:
        """Return the value that begins at `start`, and where it ends; raises ValueError."""
        try:
            return self._decoder.raw_decode(text, start)
        except RecursionError as error:
            raise ValueError("it is nested too deeply") from error

    def notices(self) -> list[str]:
        """Return what was not taken as it stands."""
        n = self.n_unknown
        return [f"Took NaN, Infinity, and numbers too large to hold as unknown: {n:,}."] if n else []


def read_json_lines(path: Path, name: str, report: Progress) -> RawTable:
    """Read one JSON object a line; lines that are none are rejected."""
    encoding, parser, flattener = detect(path, name), Parser(), Flattener()
    pieces = Pieces(name)
    pieces.notices += [encoding.notice] * bool(encoding.notice)
    for number, row in flattener.flattened(_objects(path, encoding, parser, pieces, report)):
        pieces.add(number, row)
    pieces.notices += flattener.notices() + parser.notices()
    return pieces.done()


def _objects(
    path: Path, encoding: Encoding, parser: Parser, pieces: Pieces, report: Progress
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    size, number = path.stat().st_size, 0
    with encoding.open(path) as text:
        while line := text.readline(MAX_LINE_CHARS):
            number += 1
            if number % _REPORT_LINES == 0:
                report("reading", min(bytes_read(text), size), size)
            if len(line) == MAX_LINE_CHARS:
                while (rest := text.readline(1 << 20)) and not rest.endswith("\n"):
                    pass
            content = line.strip().strip("\x1e\0")
            if content:
                row, reason = _object(content, encoding, parser)
                if reason:
                    pieces.reject(number, reason, line)
                else:
                    yield number, row


def _object(content: str, encoding: Encoding, parser: Parser) -> tuple[dict[str, Any], str]:
    if reason := encoding.flaw(content):
        return {}, reason
    try:
        row, end = parser.parse(content)
    except ValueError as error:
        return {}, f"it is not JSON ({error})"
    if content[end:].strip() or not isinstance(row, dict):
        return {}, "it is not one JSON object"
    return row, "it has half a character (a lone surrogate)" if _has_half_character(content, row) else ""


def _has_half_character(source: str, row: Any) -> bool:
    """Say whether a parsed value has a lone surrogate, which only an escape in its source can write."""
    return ("\\ud" in source or "\\uD" in source) and not _writable(row)


def _writable(row: Any) -> bool:
    try:
        json.dumps(row, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def read_json(path: Path, name: str, table: str, report: Progress) -> RawTable:
    """Read a document of records: a list of them, one list within an object, columns, or id → record.

    An object on each of several lines is read as JSON lines. Raises CatalogError for anything else.
    """
    encoding, parser = detect(path, name), Parser()
    if _is_lines(path, encoding, parser):
        return read_json_lines(path, name, report)
    if path.stat().st_size > MAX_DOCUMENT_BYTES:
        raise CatalogError(
            f"{name} is one JSON document of more than {MAX_DOCUMENT_BYTES >> 30} GB. Save it as JSON lines."
        )
    with encoding.open(path) as file:
        text = file.read()
    flattener, pieces = Flattener(), Pieces(name)
    pieces.notices += [encoding.notice] * bool(encoding.notice)
    try:
        rows = (
            _elements(text, parser, pieces, encoding)
            if text.lstrip()[:1] == "["
            else _within(text, encoding, parser, name, table, pieces)
        )
        for number, row in flattener.flattened(rows):
            if pieces.add(number, row):
                report("reading", len(pieces), len(pieces) + 1)
    except ValueError as error:
        raise CatalogError(f"{name} is broken JSON ({error}). Save it again.") from error
    pieces.notices += flattener.notices() + parser.notices()
    return pieces.done()


def _is_lines(path: Path, encoding: Encoding, parser: Parser) -> bool:
    """Say whether the first two lines with something on them are one object each."""
    with encoding.open(path) as text:
        found: list[str] = []
        while len(found) < 2 and (line := text.readline(MAX_LINE_CHARS)):
            found += [line.strip()] * bool(line.strip())
    if len(found) < 2 or not all(line.startswith("{") for line in found):
        return False
    return any(not _object(line, encoding, parser)[1] for line in found)


def _elements(text: str, parser: Parser, pieces: Pieces, encoding: Encoding) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield the objects of a list one by one, with the lines they begin at."""
    position, line = text.index("[") + 1, 1
    counted = 0
    while True:
        position = _past_space(text, position)
        if text[position : position + 1] == "]":
            if text[position + 1 :].strip():
                raise ValueError("something follows the list")
            return
        line += text.count("\n", counted, position)
        counted = position
        row, end = parser.parse(text, position)
        raw = text[position:end]
        if not isinstance(row, dict):
            pieces.reject(line, "it is not a JSON object", raw)
        elif reason := encoding.flaw(raw):
            pieces.reject(line, reason, raw)
        elif _has_half_character(raw, row):
            pieces.reject(line, "it has half a character (a lone surrogate)", raw)
        else:
            yield line, row
        position = _past_space(text, end)
        if text[position : position + 1] == ",":
            position += 1
        elif text[position : position + 1] != "]":
            raise ValueError(f"it breaks off after line {line}")


def _past_space(text: str, position: int) -> int:
    while text[position : position + 1] in (" ", "\n", "\r", "\t"):
        position += 1
    return position


def _within(
    text: str, encoding: Encoding, parser: Parser, name: str, table: str, pieces: Pieces
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield the records of an object, numbered from 1."""
    start = _past_space(text, 0)
    whole, end = parser.parse(text, start)
    if text[end:].strip():
        raise ValueError("something follows the object")
    is_clean = "\\ud" not in text.lower() and not encoding.flaw(text)
    for number, row in enumerate(_records(whole, name, table), 1):
        if not isinstance(row, dict):
            pieces.reject(number, "it is not a JSON object", str(row))
        elif not is_clean and not _writable(row):
            pieces.reject(number, "it has half a character or bytes that are no text", json.dumps(row))
        else:
            yield number, row


def _records(whole: dict[str, Any], name: str, table: str) -> list[Any]:
    lists = {key: value for key, value in whole.items() if isinstance(value, list)}
    of_records = [key for key, value in lists.items() if value and isinstance(value[0], dict)]
    if of_records:
        return list(whole[choose(of_records, table, name, "record list")])
    if set(whole) >= {"columns", "data"} and len(lists) >= 2:
        return [dict(zip(map(str, whole["columns"]), row, strict=True)) for row in whole["data"]]
    if lists and len(lists) == len(whole) and len(set(map(len, lists.values()))) == 1:
        return [dict(zip(lists, values, strict=True)) for values in zip(*lists.values(), strict=True)]
    if whole and all(isinstance(value, dict) for value in whole.values()):
        return _by_key(whole)
    if whole and not any(isinstance(value, dict | list) for value in whole.values()):
        return [whole]
    raise CatalogError(
        f"{name} is JSON, but not a list of records, nor an object with one list of them. Save it as JSON lines."
    )


def _by_key(whole: dict[str, dict[str, Any]]) -> list[Any]:
    """Take {id: record}, or {column: {row: value}} as pandas writes it, which has the same rows in every column."""
    inner = list(next(iter(whole.values())))
    if inner and all(list(value) == inner for value in whole.values()) and inner == [str(i) for i in range(len(inner))]:
        return [{column: values[row] for column, values in whole.items()} for row in inner]
    key = "id" if not any("id" in record for record in whole.values()) else "key"
    return [{key: value} | record for value, record in whole.items()]
