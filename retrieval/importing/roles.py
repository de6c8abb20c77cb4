"""What a column is for, guessed from its name and its values; anybody may overrule the guess."""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from errors import CatalogError
from retrieval.importing import cleaning
from retrieval.items import Role

_ID = {"id", "ids", "isbn", "isbn10", "isbn13", "asin", "sku", "gtin", "ean", "upc", "uuid", "guid"}
_ID_FIRST = ("item_id", "itemid", "id")
_TITLE_FIRST = ("title", "name", "item_name", "product_name", "product_title", "primary_title", "primarytitle")
_PERSON = {"director", "cast", "actor", "author", "writer", "creator", "artist", "starring", "composer", "designer"}
_PERSON |= {"illustrator", "narrator", "chef", "producer", "host", "singer", "developer"}
_FACET = {
    "genre",
    "category",
    "categorie",
    "tag",
    "keyword",
    "country",
    "language",
    "brand",
    "type",
    "subject",
    "studio",
}
_FACET |= {
    "publisher",
    "color",
    "colour",
    "material",
    "theme",
    "mood",
    "mechanic",
    "cuisine",
    "diet",
    "platform",
    "label",
}
_TEXT = {"overview", "description", "plot", "synopsis", "summary", "abstract", "tagline", "logline", "extract", "blurb"}
_TEXT |= {"text", "review", "steps", "ingredients", "subtitle", "story", "body", "notes"}
_IMAGE = {"image", "img", "poster", "thumbnail", "cover", "photo", "picture"}
_SOURCE = {"source", "hash", "checksum", "md5", "sha256"}
_MIN_PARSED = 0.95
_MIN_DIFFERENT = 0.8
_LONG = 60
_MIN_REPEATED = 0.4
_FEW = 40


@dataclass(frozen=True)
class Guess:
    """What a column is for, or None where it is left out, and the evidence in plain words."""

    role: Role | None
    why: str = ""
    """One clause, of a role as well as of a column left out: "named like a title; 100 % differ"."""
    certain: bool = True
    """False where it must be asked or reported, for `instead` would do as well."""
    instead: tuple[str, ...] = ()
    """Other columns for a role that one column has (id, title), else other roles of this column; best first."""


def words_of(name: str) -> list[str]:
    """Split a column name: "runtimeMin", "runtime_min" → ["runtime", "min"]."""
    return re.findall(r"[^\W_]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower())


def _stems(name: str) -> set[str]:
    return {stem for w in words_of(name) for stem in (w, w.removesuffix("s"), re.sub("ies$", "y", w))}


def guess_roles(table: pa.Table, given: Mapping[str, str]) -> dict[str, Guess]:
    """Return a guess for every column; `given` (column → role, or "ignore") overrules.

    Raises CatalogError where `given` names no column or no role, or where no id or title can be found.
    """
    told = {name: _given(name, role, table.column_names) for name, role in given.items()}
    guesses = dict(told)
    for role, find in ((Role.ID, _find_id), (Role.TITLE, _find_title)):
        if not any(g.role is role for g in told.values()):
            found = find(table, [name for name in table.column_names if name not in told])
            guesses[found] = Guess(role)
    for name in table.column_names:
        if name not in guesses:
            guesses[name] = _guess(name, table.column(name))
    for role in (Role.ID, Role.TITLE):
        n = sum(g.role is role for g in guesses.values())
        if n != 1:
            raise CatalogError(
                f"{n} columns have the role {role}; a catalogue has exactly one. Give --role COLUMN={role}"
            )
    return {name: guesses[name] for name in table.column_names}


def _given(name: str, role: str, columns: Sequence[str]) -> Guess:
    if name not in columns:
        near = difflib.get_close_matches(name, columns, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else "The columns are " + ", ".join(columns) + "."
        raise CatalogError(f"There is no column {name!r} to give a role to. {hint}")
    if role == "ignore":
        return Guess(None, "as told")
    try:
        return Guess(Role(role))
    except ValueError:
        roles = ", ".join([*Role, "ignore"])
        raise CatalogError(f"{role!r} is no role for the column {name!r}. The roles are {roles}.") from None


def _find_id(table: pa.Table, names: Sequence[str]) -> str:
    named = [name for name in names if words_of(name) and (words_of(name)[-1] in _ID or name.lower() in _ID_FIRST)]
    named.sort(key=lambda name: _ID_FIRST.index(name.lower()) if name.lower() in _ID_FIRST else len(_ID_FIRST))
    for name in named:
        column = table.column(name)
        if not pa.types.is_nested(column.type) and len(column.unique()) >= _MIN_DIFFERENT * len(column):
            return name
    raise CatalogError("No column looks like an id (one value an item, each once). Say which: --role COLUMN=id")


def _find_title(table: pa.Table, names: Sequence[str]) -> str:
    texts = [name for name in names if _is_text(table.column(name).type)]
    for wanted in _TITLE_FIRST:
        for name in texts:
            if name.lower() == wanted:
                return name
    for name in texts:
        if {"title", "name"} & set(words_of(name)):
            return name
    raise CatalogError("No column looks like a title. Say which: --role COLUMN=title")


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind)


def _is_list(kind: pa.DataType) -> bool:
    return pa.types.is_list(kind) or pa.types.is_large_list(kind)


def _guess(name: str, column: pa.ChunkedArray) -> Guess:
    kind = column.type
    if column.null_count == len(column):
        return Guess(None, "empty")
    if words_of(name) and words_of(name)[-1] in _ID:
        return Guess(None, "another id")
    if _is_list(kind):
        return _guess_list(name, kind)
    if pa.types.is_boolean(kind) or pa.types.is_nested(kind) or pa.types.is_binary(kind):
        return Guess(None, f"of type {kind}")
    if pa.types.is_temporal(kind):
        return Guess(Role.DATE)
    if not _is_text(kind):
        return Guess(Role.NUMBER)
    return _guess_text(name, column.to_pylist())


def _guess_list(name: str, kind: pa.DataType) -> Guess:
    if not _is_text(kind.value_type):
        return Guess(None, f"of type {kind}")
    if _stems(name) & _PERSON:
        return Guess(Role.PERSON)
    return Guess(Role.TEXT if _stems(name) & _TEXT else Role.FACET)


def _guess_text(name: str, values: Sequence[Any]) -> Guess:
    stems, known = _stems(name), [v for v in map(cleaning.word, values) if v]
    if not known:
        return Guess(None, "empty")
    if cleaning.share(known, lambda v: True if v.startswith(("http://", "https://")) else None) >= _MIN_PARSED:
        return Guess(Role.IMAGE if stems & _IMAGE else Role.LINK)
    if stems & _SOURCE:
        return Guess(None, "says where the data came from")
    if stems & _PERSON:
        return Guess(Role.PERSON)
    if cleaning.share(known, cleaning.number) >= _MIN_PARSED or cleaning.share(known, cleaning.measure) >= _MIN_PARSED:
        return Guess(Role.NUMBER)
    if cleaning.share(known, cleaning.day) >= _MIN_PARSED:
        return Guess(Role.DATE)
    if stems & _TEXT:
        return Guess(Role.TEXT)
    if stems & _FACET:
        return Guess(Role.FACET)
    return _guess_by_repetition(known)


def _guess_by_repetition(known: Sequence[str]) -> Guess:
    """Values that repeat are a facet; long ones or ones of several words are text; the rest tells nothing."""
    if sum(map(len, known)) > _LONG * len(known):
        return Guess(Role.TEXT)
    mark = cleaning.separator(known)
    parts = [part.strip() for value in known for part in (value.split(mark) if mark else [value])]
    n_different = len(set(parts))
    if n_different <= max(1, (1 - _MIN_REPEATED) * len(parts)) or n_different <= _FEW < len(parts):
        return Guess(Role.FACET)
    if sum(value.count(" ") for value in known) > len(known):
        return Guess(Role.TEXT)
    return Guess(None, "almost every value differs")
