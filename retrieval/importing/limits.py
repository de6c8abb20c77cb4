"""How much of a file we take: beyond these it is refused, or a cell is cut, always with a word about it."""

MAX_COLUMNS = 200
MAX_CELL_CHARS = 100_000
"""Longer texts are cut, with a notice."""
MAX_LINE_CHARS = 64 << 20
"""A longer line of a text file is rejected."""
MAX_RECORD_LINES = 2_000
"""A quote that closes later than that was never meant to open."""
MAX_BYTES = 8 << 30
"""Of an unpacked file."""
MAX_TABLE_BYTES = 4 << 30
"""Of a table in memory."""
MAX_DOCUMENT_BYTES = 2 << 30
"""Of a file that has to be in memory as a whole: one JSON document, a spreadsheet unpacked."""
MAX_ROWS = 50_000_000
BOMB_BYTES, BOMB_RATIO = 200 << 20, 200
"""Something that unpacks to more than both is made to fill the disk."""
PIECE_ROWS = 50_000
"""Rows that are Python objects at a time; what is read lies in Arrow columns."""
