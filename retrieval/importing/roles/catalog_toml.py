"""catalog.toml: how a catalogue's file is read, written by every build, changed by its owner, read by the next one."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from errors import CatalogError
from retrieval.importing.columns import Hint
from retrieval.importing.roles import ROLES, SETTINGS
from retrieval.importing.roles.guess import Guess
from retrieval.items import Field, Role

_HINTS = tuple(Hint.__dataclass_fields__)
_HEAD = """\
# How the file of this catalogue is read. Change it and build again; --role on the command line goes first.
# noun: what one item and several of them are called in the chat.
{noun}
# One table a column:
#   role       id, title, text, facet (values to filter by), person, number, date, image, link, or ignore
#   label      what people call it
#   unit       of a number: "min", "usd", "year", "pages", "kg" …
#   separator  between the values of a column with several: ";"
#   format     of dates, as in strptime: "%d/%m/%Y"
#   decimal    the decimal mark of numbers: "," or "."
# A line like # format = "%d/%m/%Y" says what was found; without the # it holds for whatever the file becomes.
"""
_SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


@dataclass(frozen=True)
class Wishes:
    """What somebody has said about a catalogue's file."""

    noun: list[str] = field(default_factory=list)
    """[singular, plural], or empty."""
    roles: dict[str, str] = field(default_factory=dict)
    hints: dict[str, Hint] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    """Of columns that the file lacks, a sentence each."""


def wishes_for(table: pa.Table, path: Path | None, roles: Mapping[str, str], hints: Mapping[str, Hint]) -> Wishes:
    """Return what catalog.toml says of the columns of a table, under what is said here.

    A `roles` that moves the id or the title to another column frees the one that had it.
    """
    before = read_wishes(path) if path else Wishes()
    kept = {name: role for name, role in before.roles.items() if name in table.column_names}
    strangers = [name for name in {**before.roles, **before.hints} if name not in table.column_names]
    notices = [f"{SETTINGS} speaks of the column {name!r}, which the file lacks." for name in strangers]
    merged = {
        name: replace(before.hints.get(name, Hint()), **{k: v for k, v in asdict(hint).items() if v})
        for name, hint in hints.items()
    }
    moved = [role for role in roles.values() if role in (Role.ID, Role.TITLE)]
    kept = {name: role for name, role in kept.items() if role not in moved}
    return Wishes(before.noun, kept, before.hints | merged, notices)


def read_wishes(path: Path) -> Wishes:
    """Read catalog.toml, or nothing where there is none. Raises CatalogError naming the line that is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Wishes()
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogError(f"{path} cannot be read ({error}). {_remedy(path)}") from error
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        cause = str(error).replace("at end of document", f"at line {text.count(chr(10)) + 1}, the end")
        raise CatalogError(f"{path} is no valid TOML: {cause}. {_remedy(path)}") from error
    for key in found:
        if key not in ("noun", "columns"):
            raise _wrong(path, text, key, f"{key!r} is no key; there are noun and columns")
    columns = found.get("columns", {})
    if not isinstance(columns, dict):
        raise _wrong(path, text, "columns", 'columns must be tables, as in [columns."price"]')
    roles: dict[str, str] = {}
    hints: dict[str, Hint] = {}
    for name, said in columns.items():
        if not isinstance(said, dict):
            raise _wrong(path, text, name, f'{name!r} must be a table, as in [columns."{name}"]')
        role, hint = _column(path, text, name, said)
        roles |= {name: role} if role else {}
        hints |= {name: hint} if hint != Hint() else {}
    return Wishes(_noun(path, text, found.get("noun", [])), roles, hints)


def _column(path: Path, text: str, name: str, said: Mapping[str, Any]) -> tuple[str, Hint]:
    for key, value in said.items():
        if key not in ("role", *_HINTS):
            raise _wrong(
                path, text, name, f"{key!r} is no key of a column; there are {', '.join(('role', *_HINTS))}", key
            )
        if not isinstance(value, str):
            raise _wrong(path, text, name, f"{key} must be a text in quotes, not {value!r}", key)
    role = said.get("role", "")
    if role and role not in ROLES:
        raise _wrong(path, text, name, f"{role!r} is no role; the roles are {', '.join(ROLES)}", "role")
    if said.get("decimal", "") not in ("", ".", ","):
        raise _wrong(path, text, name, f'decimal must be "," or ".", not {said["decimal"]!r}', "decimal")
    return role, Hint(**{key: value for key, value in said.items() if key != "role"})


def _noun(path: Path, text: str, found: Any) -> list[str]:
    if isinstance(found, list) and len(found) in (0, 2) and all(isinstance(word, str) and word for word in found):
        return found
    raise _wrong(path, text, "noun", 'noun must be one word and its plural, as in noun = ["book", "books"]')


def _wrong(path: Path, text: str, name: str, cause: str, key: str = "") -> CatalogError:
    """Return the error with the line where the name (and below it the key) stands."""
    lines = text.splitlines()
    at = next((i for i, line in enumerate(lines) if name in line and not line.lstrip().startswith("#")), None)
    if key and at is not None:
        at = next((i for i in range(at, len(lines)) if re.match(rf'\s*"?{re.escape(key)}"?\s*=', lines[i])), at)
    where = f"{path}, line {at + 1}" if at is not None else str(path)
    return CatalogError(f"{where}: {cause}. {_remedy(path)}")


def _remedy(path: Path) -> str:
    return f"Correct it, or delete {path.name} to have everything guessed anew."


def wishes_text(
    noun: Sequence[str], guesses: Mapping[str, Guess], fields: Iterable[Field], hints: Mapping[str, Hint],
    found: Mapping[str, Hint],
) -> str:  # fmt: skip
    """Return catalog.toml as `read_wishes` reads it: every column as it was read, and why.

    What was `found` but nobody has said stands behind a #.
    """
    known = {f.name: f for f in fields}
    words = f"noun = [{', '.join(map(quoted, noun))}]" if noun else '# noun = ["item", "items"]'
    blocks = [_HEAD.format(noun=words)]
    for name, guess in guesses.items():
        if guess.made_from is not None:
            blocks.append(f"# {_plain(name)}, the {guess.role}: {_plain(guess.why)}\n")
            continue
        hint = asdict(hints.get(name, Hint()))
        if name in known and guess.role:
            hint["label"] = hint["label"] or known[name].label
            hint["unit"] = hint["unit"] or known[name].unit
        lines = [f"[columns.{quoted(name)}]", f"# {_plain(guess.why)}", f"role = {quoted(guess.role or 'ignore')}"]
        lines += [f"{key} = {quoted(value)}" for key, value in hint.items() if value]
        other = asdict(found.get(name, Hint()))
        lines += [f"# {key} = {quoted(value)}" for key, value in other.items() if value and not hint[key]]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def quoted(text: str) -> str:
    """Return a TOML basic string of any text; what no file can hold (lone surrogates) becomes "?"."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return '"' + "".join(_SHORT.get(c) or (f"\\u{ord(c):04x}" if c < " " or c == "\x7f" else c) for c in text) + '"'


def _plain(text: str) -> str:
    """Return what may stand in a comment: one line without control characters."""
    return "".join(c if c.isprintable() else " " for c in text)
