"""The files a report is made of: which evaluation left each, what it holds, and its hash."""

import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from errors import InputError

Kind = Literal["verdicts", "dialogues", "predictions", "pairs", "turns", "table", "numbers"]
Line = Mapping[str, Any]
MEANS: Mapping[Kind, str] = {
    "verdicts": "eval judge",
    "dialogues": "eval simulate or eval tasks",
    "predictions": "eval calibrate",
    "pairs": "eval judge --against",
    "turns": "eval dialogue, turn by turn",
    "table": "a table of an evaluation",
    "numbers": "eval dialogue",
}
_MARKS: Mapping[Kind, frozenset[str]] = {
    "verdicts": frozenset({"dialogue_id", "scores"}),
    "predictions": frozenset({"dialogue_id", "predicted", "label"}),
    "dialogues": frozenset({"dialogue_id", "system", "turns"}),
    "turns": frozenset({"key", "fingerprint"}),
}
"""Keys by which lines are known, in the order they are tried."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file."""

    path: Path
    kind: Kind
    sha256: str
    lines: Sequence[Line] = ()
    """Of JSONL."""
    whole: Mapping[str, Any] | None = None
    """Of JSON."""

    @property
    def name(self) -> str:
        """Return the name of the file without its endings."""
        return self.path.name.split(".")[0]


def read_source(path: Path) -> Source:
    """Return a file as what it is. Raises InputError where no evaluation left it."""
    try:
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")
    except (OSError, EOFError, UnicodeDecodeError, gzip.BadGzipFile) as error:
        raise InputError(f"{path} cannot be read ({error}). Give a file that an evaluation wrote.") from error
    sha256 = hashlib.sha256(raw).hexdigest()
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        whole = None
    if isinstance(whole, dict) and not _is_line(whole):
        return Source(path, _kind_of_whole(whole, path), sha256, whole=whole)
    lines = _lines(text, path)
    return Source(path, _kind_of_lines(lines, path), sha256, lines)


def read_sources(paths: Sequence[Path]) -> list[Source]:
    """Return the files, every verdict naming its system: its own, that of the one dialogue of its id, or the file's."""
    sources = [read_source(path) for path in dict.fromkeys(paths)]
    systems: dict[str, set[str]] = {}
    for source in sources:
        for line in source.lines if source.kind == "dialogues" else ():
            systems.setdefault(str(line["dialogue_id"]), set()).add(str(line["system"]))
    return [_named(source, systems) if source.kind == "verdicts" else source for source in sources]


def _named(source: Source, systems: Mapping[str, set[str]]) -> Source:
    lines = []
    for line in source.lines:
        known = systems.get(str(line["dialogue_id"]), set())
        lines.append({"system": next(iter(known)) if len(known) == 1 else source.name, **line})
    return replace(source, lines=lines)


def _is_line(whole: Mapping[str, Any]) -> bool:
    return any(marks <= whole.keys() for marks in _MARKS.values()) or _is_pair(whole)


def _is_pair(line: Line) -> bool:
    return {"dialogue_id", "dimension"} <= line.keys() and bool({"winner", "control"} & line.keys())


def _lines(text: str, path: Path) -> list[Line]:
    found: list[Line] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InputError(f"Line {number} of {path} is no JSON ({error}). Give what an evaluation wrote.") from error
        if not isinstance(value, dict):
            raise InputError(f"Line {number} of {path} is no JSON object. Give what an evaluation wrote.")
        found.append(value)
    return found


def _kind_of_lines(lines: Sequence[Line], path: Path) -> Kind:
    if lines and all(map(_is_pair, lines)):
        return "pairs"
    for kind, marks in _MARKS.items():
        if lines and all(marks <= line.keys() for line in lines):
            return kind
    known = ", ".join(dict.fromkeys(MEANS.values()))
    raise InputError(f"{path} holds no results that are known here. Give what these wrote: {known}.")


def _kind_of_whole(whole: Mapping[str, Any], path: Path) -> Kind:
    for key, kind in (("rows", "table"), ("numbers", "numbers")):
        part = whole.get(key)
        if isinstance(part, dict) and all(isinstance(row, dict) for row in part.values()):
            return "table" if kind == "table" else "numbers"
    raise InputError(f"{path} holds neither rows nor numbers of an evaluation. Give what --out of one wrote.")
