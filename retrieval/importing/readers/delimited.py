"""CSV, TSV and their kin → a raw table of texts; a line that does not fit the header is rejected, never shifted."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.compute as pc

from errors import CatalogError
from retrieval.importing.imported import Progress
from retrieval.importing.names import TITLE, kinds_of
from retrieval.importing.raw import RawTable
from retrieval.importing.readers.dialects import detect_dialect, sample, stated_delimiter
from retrieval.importing.readers.encodings import Encoding, bytes_read, detect
from retrieval.importing.readers.headers import column_names, header_position, recbole_types, width_of
from retrieval.importing.readers.known_files import columns_of, with_genres
from retrieval.importing.readers.pieces import Pieces
from retrieval.importing.readers.records import Dialect, Lines, records


@dataclass
class _Layout:
    """What the top of a file tells about the rest."""

    dialect: Dialect
    columns: list[str]
    header: list[str]
    """The cells of the header as they stand; [] where the file has none and its layout is known by its name."""
    first_line: int
    """Where the header begins, or the first row where there is none, from 1."""
    notices: list[str] = field(default_factory=list)
    lists: tuple[str, ...] = ()
    """Columns whose values are separated by spaces."""


def read_delimited(path: Path, name: str, report: Progress) -> RawTable:
    """Read a text file of delimited values; raises CatalogError where it cannot be read for certain."""
    encoding = detect(path, name)
    newline = _newline(path, encoding)
    layout = _layout(path, name, encoding, newline)
    pieces = Pieces(name, layout.columns, text=True)
    pieces.notices += [encoding.notice] * bool(encoding.notice) + layout.notices
    size, is_header = path.stat().st_size, bool(layout.header)
    with encoding.open(path, newline) as text:
        lines = Lines(text)
        lines.skip_to(layout.first_line)
        for row in records(lines, layout.dialect, len(layout.columns), encoding.flaw, pieces.reject):
            if row == layout.header:
                if not is_header:
                    pieces.reject(lines.number, "it repeats the header", lines.taken[0])
                is_header = False
            elif pieces.add(lines.number, row):
                report("reading", min(bytes_read(text), size), size)
    if lines.n_empty:
        pieces.notices.append(f"Skipped rows of {name} in which every value is empty: {lines.n_empty:,}.")
    raw = _with_lists(pieces.done(), layout.lists)
    raw.table = with_genres(raw.table)
    return raw


def _newline(path: Path, encoding: Encoding) -> str:
    """Return what ends a line: a carriage return only in a file that knows no line feed."""
    with encoding.open(path) as text:
        top = text.read(1 << 16)
    return "\r" if "\r" in top and "\n" not in top else "\n"


def _layout(path: Path, name: str, encoding: Encoding, newline: str) -> _Layout:
    with encoding.open(path, newline) as text:
        lines, n_top = sample(text)
    if not any(line.strip("\0 \t\r\n") for line in lines):
        raise CatalogError(f"{name} is empty. Give a file with a header and at least one item.")
    recbole = name.lower().endswith((".inter", ".item", ".user"))
    dialect, rows, numbers = detect_dialect(lines[n_top:], stated_delimiter(lines[:n_top]))
    known, width = columns_of(name), width_of(rows)
    if known and width == len(known) and any(cell.isdigit() for cell in rows[0]):
        notice = f"{name} has no header; its columns are taken to be those of the data set it is named after."
        return _Layout(dialect, list(known), [], 1, [notice])
    if not rows:
        raise CatalogError(f"No line of {name} can be read as a row of a table. Check the file.")
    position = header_position(rows, width, name)
    header, types = rows[position], recbole_types(rows[position])
    above = n_top + numbers[position] - 1
    said = sum(bool(line.strip()) for line in lines[:above])
    notices = [f"Skipped {said} {'line' if said == 1 else 'lines'} above the header of {name}."] if said else []
    if recbole and types:
        dialect = Dialect("\t", quoted=False)
    cells = list(types) if len(types) == width else [header[0].lstrip("#%"), *header[1:]]
    columns, renamed = column_names(cells, name)
    lists = tuple(column for column, kind in types.items() if kind == "token_seq" and TITLE not in kinds_of(column))
    return _Layout(dialect, columns, header, above + 1, notices + renamed, lists)


def _with_lists(raw: RawTable, columns: Sequence[str]) -> RawTable:
    for column in columns:
        if column in raw.table.column_names:
            position = raw.table.column_names.index(column)
            split = pc.utf8_split_whitespace(raw.table.column(column))
            raw.table = raw.table.set_column(position, column, split)
    return raw
