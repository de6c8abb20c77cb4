"""Lists written as text: JSON, Python, NumPy, R and Postgres → their parts."""

import ast
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa

_LONGEST = 200_000
"""A longer text is not parsed: reading a literal takes a thousand times its size."""
_OPENED = re.compile(r"^(?:(?:c|array|list|set|frozenset|tuple|dict_keys)\()?\s*[\[({\"']")
_CLOSED = re.compile(r"[\])}](?:,\s*dtype=\S+\))?\s*$")
_WRAPPED = re.compile(r"^(?:array|list|set|frozenset|tuple|dict_keys)\((.*?)(?:,\s*dtype=[^)]{0,60})?\)$", re.DOTALL)
_QUOTED = r"(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
_QUOTED_LIST = re.compile(rf"^(?:c\(|[\[({{])\s*{_QUOTED}(?:(?:\s*+,\s*+|\s++){_QUOTED})*+(?:\s*+,)?\s*+[\])}}]$")
_EACH_QUOTED = re.compile(_QUOTED)
_UNQUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|([^,\"]+)")
_MOST = 0.5
_SAMPLE = 1000
_NAMES = ("name", "title", "label", "value", "text", "tag")


def looks_written(text: str) -> bool:
    """Tell whether a text begins and ends like a written list or record."""
    text = text.strip()
    return bool(_OPENED.match(text) and _CLOSED.search(text)) and text[0] not in "\"'"


def parts_of(text: str) -> list[Any]:
    """Return the parts of a written list, flat; records give their name; what is no list is one part."""
    text = text.strip()
    if len(text) > _LONGEST or not looks_written(text):
        return [text]
    if _is_plain_list(text):
        return text[2:-2].split("', '")
    if _QUOTED_LIST.match(text):  # NumPy separates by spaces alone, which Python would join
        return [_unquoted(quoted) for quoted in _EACH_QUOTED.findall(text)]
    if wrapped := _WRAPPED.match(text):
        return parts_of(wrapped[1])
    for read in (json.loads, ast.literal_eval):
        try:
            return list(flat(read(text)))
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            continue
    if text[0] in "[{" and not set("[{") & set(text[1:]):  # Postgres and people leave out the quotes
        return [(quoted or bare).strip() for quoted, bare in _UNQUOTED.findall(text[1:-1])]
    return [text]


def _is_plain_list(text: str) -> bool:
    """Tell whether a text is a list as Python prints it, with no mark inside that needs a closer look."""
    ends = text.startswith("['") and text.endswith("']") and len(text) > 4
    return ends and text.count("'") == 2 + 2 * text.count("', '") and not {'"', "\\"} & set(text)


def _unquoted(quoted: str) -> str:
    if "\\" not in quoted:
        return quoted[1:-1]
    try:
        return str(ast.literal_eval(quoted))
    except (ValueError, SyntaxError):
        return quoted[1:-1]


def flat(value: Any) -> Iterator[Any]:
    """Yield the parts of lists of lists and records in order; of a record its name, or else the keys that hold."""
    if isinstance(value, dict):
        name = next((value[key] for key in _NAMES if value.get(key) is not None), None)
        if name is not None:
            yield from flat(name)
        elif all(isinstance(held, bool) for held in value.values()):
            yield from (key for key, held in value.items() if held)
        else:
            yield from (found for held in value.values() if isinstance(held, str | list) for found in flat(held))
    elif isinstance(value, list | tuple | set | frozenset):
        parts = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        yield from (found for part in parts for found in flat(part))
    elif value is not None:
        yield str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def are_written(texts: Sequence[str]) -> bool:
    """Tell whether most of these texts are written lists."""
    return bool(texts) and sum(map(looks_written, texts)) >= _MOST * len(texts)


def joined(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column of lists, also written ones, as texts of sentences; any other as it is."""
    kind = column.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        rows: Iterable[list[str]] = ([*flat(parts)] if parts else [] for parts in column.to_pylist())
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
        sample = column.drop_null()[:_SAMPLE].to_pylist()
        if not are_written(sample):
            return column
        rows = (parts_of(text) if text else [] for text in column.to_pylist())
    else:
        return column
    return pa.chunked_array([pa.array([_sentences(parts) for parts in rows], pa.large_string())])


def _sentences(parts: Sequence[str]) -> str | None:
    text = ""
    for part in filter(None, map(str.strip, parts)):
        text += f"{'' if not text else ' ' if text[-1] in '.!?:;' else '. '}{part}"
    return text or None
