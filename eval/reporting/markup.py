"""HTML that cannot be broken by what it tells: every text is escaped unless this file made it."""

import html
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

_MOST_ACROSS = 8
_VOID = frozenset({"meta", "br", "line", "circle", "rect", "path", "col"})


class Markup(str):
    """A piece of HTML that is safe as it is."""

    __slots__ = ()


def text(value: Any) -> Markup:
    """Return a value as text: escaped, without characters that hide, reorder or end anything."""
    plain = "".join(c if c in "\n\t" or unicodedata.category(c) not in _HIDDEN else "\ufffd" for c in str(value))
    return Markup(html.escape(plain, quote=True))


_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def tag(name: str, /, *children: Any, **attributes: Any) -> Markup:
    """Return an element. `class_` stands for class, `_` for a hyphen; attributes of None are left out."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID:
        return Markup(f"<{name}{given}/>")
    return Markup(f"<{name}{given}>{joined(children)}</{name}>")


def joined(children: Iterable[Any]) -> Markup:
    """Return pieces one after the other; those that are not Markup are escaped, None is nothing."""
    return Markup("".join(one if isinstance(one, Markup) else text(one) for one in children if one is not None))


def grid(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Markup:
    """Return a table whose first column names the rows; it scrolls by itself where it is too wide."""
    head = tag("thead", tag("tr", *(tag("th", column, scope="col") for column in columns)))
    body = tag(
        "tbody", *(tag("tr", tag("th", row[0], scope="row"), *(tag("td", cell) for cell in row[1:])) for row in rows)
    )
    return tag(
        "div", tag("table", head, body), class_="wide", tabindex="0", role="region", aria_label=columns[0] or "table"
    )


def matrix(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Markup:
    """Return a table turned so that it grows down rather than across."""
    if len(columns) > _MOST_ACROSS and len(columns) > 2 * len(rows):
        turned = [[name, *(row[i] for row in rows)] for i, name in enumerate(columns)][1:]
        return grid([columns[0], *(row[0] for row in rows)], turned)
    return grid(columns, rows)


def section(title: str, *children: Any, anchor: str) -> Markup:
    """Return a part of the page under its title."""
    return tag("section", tag("h2", title), *children, id=anchor)
