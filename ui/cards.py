"""The slate, the chips and the top line as HTML: roles decide what a card shows, templates escape every value."""

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from agents.events import Chip, SlateItem
from agents.values_in_words import as_text
from agents.wishes import browsed_by
from agents.wording import describe_fact, describe_filter, is_flag
from retrieval.items import Field, Filter, Role
from retrieval.linking.flags import YES
from retrieval.text import fold
from ui.faces import face, web_link, year_of
from ui.facts import facts_of

if TYPE_CHECKING:
    import jinja2

_TEMPLATES = Path(__file__).parent / "templates"
_MAX_FACTS = 4
_MAX_FACETS = 3
_MOST_TOLD = 5
"""Facts on a card, with what is said yes to."""
_MAX_VALUE = 40
_MAX_NAMES = 2
_MAX_TEXT = 180
_MAX_REASONS = 3
_LEANINGS = ((-1, "Familiar"), (0, "Mixed"), (1, "Adventurous"))

Card = dict[str, Any]


@functools.cache
def _environment() -> "jinja2.Environment":
    import jinja2

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip


def render(template: str, **values: Any) -> str:
    """Return the HTML of one of ui/templates; values are escaped."""
    return _environment().get_template(template).render(**values)


def slate_html(
    items: Sequence[SlateItem],
    chips: Sequence[Chip],
    fields: Mapping[str, Field],
    noun: tuple[str, str],
    image_hosts: frozenset[str] = frozenset(),
    adventure: float = 0,
    of: tuple[str, str] = ("", ""),
) -> str:
    """Return the ranked cards, or the empty state; what was liked already, and what they lean to, shows as pressed.

    Pictures are shown of `image_hosts` alone; any other item has its drawn poster. The sheet of an item is looked up in
    the catalogue and the thread it is `of`.
    """
    keys = frozenset(chip.key for chip in chips)
    cards = [
        card(item, place, dict(fields), keys, image_hosts) | {"look": item_address(of[0], item.item_id, of[1])}
        for place, item in enumerate(items, start=1)
    ]
    leans = [(level, word, (adventure > 0) - (adventure < 0) == level) for level, word in _LEANINGS]
    return render("cards.html", cards=cards, one=noun[0], many=noun[1], leans=leans)


def chips_html(chips: Sequence[Chip], ways: Sequence[tuple[str, str]] = ()) -> str:
    """Return the limits and tastes of this conversation as buttons that remove them, and the ways back."""
    return render("chips.html", chips=chips, ways=ways)


def item_address(catalog: str, item_id: str, thread_id: str = "") -> str:
    """Return where an item is shown in full, with its reasons where it is of a thread."""
    return "/look/item?" + urlencode({"catalog": catalog, "id": item_id} | ({"thread": thread_id} if thread_id else {}))


def card(
    item: SlateItem, place: int, fields: dict[str, Field], pressed: frozenset[str] = frozenset(),
    image_hosts: frozenset[str] = frozenset(),
) -> Card:  # fmt: skip
    """Choose by role what one card shows."""
    known = {name: item.fields[name] for name in fields if item.fields.get(name) not in (None, "", [])}
    year_field, _ = year_of(known, fields)
    facets = _facets(known, fields, item.satisfies)
    return face(item.title, known, fields, image_hosts) | {
        "item_id": item.item_id,
        "place": place,
        "facets": facets[:_MAX_FACETS],
        "facts": _facts(known, fields, [year_field, *facets[:_MAX_FACETS]]),
        "people": _people(known, fields),
        "text": _first_text(known, fields, item.title),
        "link": web_link(known, fields),
        "reasons": [{"text": r.text, "source": _source(r.source, fields)} for r in item.reasons[:_MAX_REASONS]],
        "met": list(dict.fromkeys(describe_filter(f, fields[f.field]) for f in item.satisfies if f.field in fields)),
        "missed": [_miss(f, item.fields.get(f.field), fields[f.field]) for f in item.breaks if f.field in fields],
        "pressed": [kind for kind in ("like", "dislike", "seen") if f"{kind}:{item.item_id}" in pressed],
    }


def _facets(known: dict[str, Any], fields: dict[str, Field], met: Sequence[Filter]) -> list[str]:
    """Values of the facets, what was asked for first, then what people browse by; long ones are no tags."""
    facets = [fields[n] for n in known if fields[n].role is Role.FACET and not is_flag(fields[n], known[n])]
    facets.sort(key=lambda field: (not browsed_by(field), not field.many))
    if any(field.many and browsed_by(field) for field in facets[:1]):
        facets = facets[:1]
    values = [value for field in facets for value in _several(known[field.name])]
    names = {field.name for field in facets}
    asked = {fold(value) for given in met if given.field in names for value in _several(given.value)}
    short = [value for value in values if len(value) <= _MAX_VALUE]
    return sorted(dict.fromkeys(short), key=lambda value: fold(value) not in asked)


def _facts(known: dict[str, Any], fields: dict[str, Field], told: Sequence[str]) -> list[str]:
    """What one chooses by, the same kinds in the same order on every card: price, day, place, rating, other numbers.

    `told` are the fields and values that the card shows elsewhere. No places on a map; then what is said yes to.
    """
    shown = [name for name in facts_of(fields) if name not in told][:_MAX_FACTS]
    facts = [describe_fact(fields[name], known[name]) for name in shown if name in known and known[name] not in told]
    flags = [n for n in known if is_flag(fields[n], known[n]) and str(known[n]).lower() in YES]
    facts += [describe_fact(fields[name], known[name]) for name in flags]
    return list(dict.fromkeys(facts))[:_MOST_TOLD]


def _miss(given: Filter, value: Any, field: Field) -> str:
    actual = f"{field.label} unknown" if value in (None, "", []) else describe_fact(field, value)
    return f"{actual}; you asked for “{describe_filter(given, field)}”"


def _people(known: dict[str, Any], fields: dict[str, Field]) -> list[dict[str, str]]:
    lines = []
    for name in [name for name in known if fields[name].role is Role.PERSON][:_MAX_NAMES]:
        names = _several(known[name])
        more = f" +{len(names) - _MAX_NAMES}" if len(names) > _MAX_NAMES else ""
        label = fields[name].label
        label = label.removesuffix("s") if len(names) == 1 and not label.endswith("ss") else label
        lines.append({"label": label, "names": ", ".join(names[:_MAX_NAMES]) + more})
    return lines


def _first_text(known: dict[str, Any], fields: dict[str, Field], title: str) -> str:
    """Return the start of the first text that says more than the title."""
    for name, value in known.items():
        if fields[name].role is Role.TEXT:
            text = as_text(str(value))
            if fold(text) == fold(title):
                continue
            return text if len(text) <= _MAX_TEXT else text[:_MAX_TEXT].rsplit(" ", 1)[0] + " …"
    return ""


def _source(source: str, fields: dict[str, Field]) -> str:
    return fields[source].label if source in fields else source.replace("_", " ")


def _several(value: Any) -> list[str]:
    return [as_text(str(v)) for v in (value if isinstance(value, list) else [value])]
