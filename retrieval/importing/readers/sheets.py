"""One sheet of an Excel or OpenDocument file → a raw table: the values its formulas last gave."""

import datetime
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from errors import CatalogError
from retrieval.importing.imported import Progress
from retrieval.importing.limits import MAX_COLUMNS, MAX_DOCUMENT_BYTES
from retrieval.importing.raw import RawTable
from retrieval.importing.readers.headers import column_names, header_position, width_of
from retrieval.importing.readers.pieces import Pieces
from retrieval.importing.readers.unpacking import choose, refuse_bomb

_TOP_ROWS = 200
_WHOLE_BELOW = 2**53


def read_sheet(path: Path, name: str, table: str, report: Progress) -> RawTable:
    """Read the sheet that is named, or the only one that is visible and has rows."""
    import python_calamine as calamine

    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            n_bytes = sum(info.file_size for info in archive.infolist())
        refuse_bomb(n_bytes, path.stat().st_size, name, MAX_DOCUMENT_BYTES)
    try:
        with path.open("rb") as file:
            workbook = calamine.load_workbook(file)
            visible = [
                sheet.name
                for sheet in workbook.sheets_metadata
                if sheet.visible == calamine.SheetVisibleEnum.Visible and sheet.typ == calamine.SheetTypeEnum.WorkSheet
            ]
            sheets = {title: workbook.get_sheet_by_name(title) for title in visible}
            filled = [title for title, sheet in sheets.items() if sheet.height > 1] or visible
            chosen = choose(filled, table, name, "sheet")
            return _read(sheets[chosen], f"{name} ({chosen})" if len(filled) > 1 else name, report)
    except calamine.PasswordError as error:
        raise CatalogError(f"{name} is locked with a password. Save it without one.") from error
    except (calamine.CalamineError, OSError) as error:
        raise CatalogError(
            f"{name} cannot be read: it is damaged or no spreadsheet ({error}). Save it again."
        ) from error


def _read(sheet: Any, name: str, report: Progress) -> RawTable:
    if not sheet.height or sheet.start is None:
        raise CatalogError(f"{name} is empty. Give a sheet with a header and at least one item.")
    if sheet.width > MAX_COLUMNS:
        column_names([""] * sheet.width, name)
    first_line = sheet.start[0] + 1
    rows = sheet.to_python(skip_empty_area=True)
    top = [[_cell_text(cell) for cell in row] for row in rows[:_TOP_ROWS]]
    filled = [number for number, row in enumerate(top) if any(row)]
    widths = [_filled_width(top[number]) for number in filled]
    width = max(width_of([[None] * n for n in widths]), 1)
    above = next((i for i, n in enumerate(widths) if n >= min(width, 2) and n >= width / 2), 0)
    below = [top[number] for number in filled[above:]]
    position = filled[above + header_position(below, len(below[0]), name)]
    names, notices = column_names(top[position], name)
    pieces = Pieces(name, names)
    if skipped := sum(number < position for number in filled):
        notices.append(f"Skipped {skipped} {'line' if skipped == 1 else 'lines'} above the header of {name}.")
    pieces.notices += notices
    if n_filled := _fill_merged(rows, sheet, position):
        pieces.notices.append(f"What is merged over rows of {name} counts for each of them: {n_filled:,} cells.")
    for number, row in enumerate(rows[position + 1 :], first_line + position + 1):
        values = [_plain(cell) for cell in row]
        if any(value is not None for value in values) and pieces.add(number, dict(zip(names, values, strict=True))):
            report("reading", number, len(rows))
    return pieces.done()


def _fill_merged(rows: list[list[Any]], sheet: Any, header: int) -> int:
    """Write the value of cells merged downwards below the header into each row they span; return how many."""
    (top, left), n = sheet.start, 0
    for (first, column), (last, _) in sheet.merged_cell_ranges or ():
        if first - top > header and column >= left:
            for row in rows[first + 1 - top : last + 1 - top]:
                row[column - left] = rows[first - top][column - left]
                n += 1
    return n


def _filled_width(row: Sequence[str]) -> int:
    return max((position for position, cell in enumerate(row, 1) if cell), default=0)


def _cell_text(cell: Any) -> str:
    value = _plain(cell)
    return "" if value is None else str(value)


def _plain(cell: Any) -> Any:
    """Return a value as it is seen: 12 for the 12.0 that spreadsheets store, None for an empty cell."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _WHOLE_BELOW:
        return int(cell)
    if isinstance(cell, datetime.time | datetime.timedelta):
        return str(cell)
    return None if cell == "" else cell
