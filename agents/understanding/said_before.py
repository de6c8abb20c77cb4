"""Names cut short because they were said before: after "with Robert De Niro" a "no more de niro" means him."""

import re
from collections.abc import Iterable

from agents.state import Thread
from retrieval.catalog import Catalog
from retrieval.items import Op, Role
from retrieval.linking import Mention
from retrieval.text import fold

_SURE = 0.85
_SHORTEST = 4
"""Letters of a last name; shorter ones are too often other words."""
_REFUSALS = "no|not|nor|without|neither|except|minus"
_REFUSED = re.compile(rf"\b(?:{_REFUSALS})(?: more| with| by| from)?\s+$", re.I)
_LED = re.compile(rf"\b(?:{_REFUSALS}|with|by|only|just)(?: more| with| by| from)?\s+$", re.I)


def recalled(text: str, mentions: list[Mention], thread: Thread, catalog: Catalog) -> list[Mention]:
    """Return the mentions with those of names said before, or borne by people of the slate where a cue leads them."""
    people = {field.name for field in catalog.with_role(Role.PERSON)}
    found: list[Mention] = []
    for field, name, said in _names(thread, catalog, people):
        for start, end in _places(text, name):
            taken = any(m.start < end and start < m.end and m.score >= _SURE for m in [*mentions, *found])
            if taken or not (said or _LED.search(text[:start])):
                continue
            op: Op = "contains" if catalog.fields[field].many else "eq"
            found.append(
                Mention(
                    start=start, end=end, text=text[start:end], kind="value", score=_SURE, field=field, op=op,
                    value=name, negated=bool(_REFUSED.search(text[:start])),
                    other_fields=sorted(people - {field}),
                )
            )  # fmt: skip
    kept = [m for m in mentions if not any(m.start < f.end and f.start < m.end for f in found)]
    return sorted([*kept, *found], key=lambda m: m.start)


def _names(thread: Thread, catalog: Catalog, people: set[str]) -> Iterable[tuple[str, str, bool]]:
    """Yield (field, name, whether it was said) of people in the ledger, then of those in the last slate."""
    for limit in reversed(thread.ledger.limits):
        if limit.filter.field in people:
            values = limit.filter.value if isinstance(limit.filter.value, list) else [limit.filter.value]
            yield from ((limit.filter.field, str(value), True) for value in values)
    for item in catalog.items(catalog.rows_of(thread.last_slate)):
        for field in sorted(people & set(item.values)):
            values = item.values[field]
            yield from ((field, str(value), False) for value in (values if isinstance(values, list) else [values]))


def _places(text: str, name: str) -> list[tuple[int, int]]:
    """Return where the last name stands alone, with the particle before it: "de niro"."""
    words = fold(name).split()
    if len(words) < 2 or len(words[-1]) < _SHORTEST or len(fold(text)) != len(text):
        return []
    tails = [" ".join(words[-n:]) for n in range(min(3, len(words)), 0, -1)]
    for tail in tails:
        if places := [m.span() for m in re.finditer(rf"\b{re.escape(tail)}\b", fold(text))]:
            return places
    return []
