"""What an item looks like: its picture from a listed host, else a poster drawn from title, year and first facet."""

import re
import zlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

from agents.values_in_words import as_text
from agents.wishes import browsed_by
from agents.wording import dates_the_item, is_flag
from retrieval.items import Field, Role

_MAX_VALUE = 40
_WORD_BREAK = re.compile(r"[\s\-–/]+")

Face = dict[str, Any]


def face(title: str, values: Mapping[str, Any], fields: Mapping[str, Field], hosts: frozenset[str]) -> Face:
    """Return what the macro `poster` draws; pictures are shown of `hosts` alone."""
    year = year_of(values, fields)[1]
    return {
        "title": as_text(title),
        "hue": hue(title),
        "size": _size(title),
        "longest": max(1, *map(len, _WORD_BREAK.split(title))),
        "year": "" if year and year in title else year,
        "facet": _first_facet(values, fields),
        "image": _image(values, fields, hosts),
    }


def hue(title: str) -> int:
    """Return a colour angle 0–359, the same for the same title everywhere."""
    return zlib.crc32(title.encode()) % 360


def year_of(values: Mapping[str, Any], fields: Mapping[str, Field]) -> tuple[str, str]:
    """Return the field that says when the item came about, and its year; "" for none."""
    for name, value in values.items():
        if name in fields and value not in (None, "", []) and dates_the_item(fields[name]):
            return name, str(value)[:4]
    return "", ""


def web_link(values: Mapping[str, Any], fields: Mapping[str, Field]) -> str:
    """The item's own page; only http and https, since a catalogue may hold anything."""
    links = [str(value) for name, value in values.items() if name in fields and fields[name].role is Role.LINK]
    return next((link for link in links if _parts(link).scheme in ("http", "https")), "")


def _size(title: str) -> str:
    """Return the size of the letters on a poster by the whole title; its longest word may make them smaller still."""
    if len(title) > 34:
        return "long"
    return "mid" if len(title) > 16 else "short"


def _first_facet(values: Mapping[str, Any], fields: Mapping[str, Field]) -> str:
    facets = [f for f in fields.values() if f.role is Role.FACET and values.get(f.name) not in (None, "", [])]
    facets = [field for field in facets if not is_flag(field, values[field.name])]
    facets.sort(key=lambda field: (not browsed_by(field), not field.many))
    for field in facets:
        value = values[field.name]
        first = as_text(str(value[0] if isinstance(value, list) else value))
        if len(first) <= _MAX_VALUE:
            return first
    return ""


def _parts(address: str) -> SplitResult:
    """Split an address; one that is none has no parts."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def _image(values: Mapping[str, Any], fields: Mapping[str, Field], hosts: frozenset[str]) -> str:
    """The item's picture, by https and from a listed host, or ""."""
    for name, field in fields.items():
        parts = _parts(str(values.get(name) or "")) if field.role is Role.IMAGE else None
        if parts and parts.scheme == "https" and (parts.hostname or "") in hosts and not parts.username:
            return parts.geturl()
    return ""
