"""Names cut short because they were said before: after "with Robert De Niro" a "no more de niro" means him."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

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

_WORD = re.compile(r"[^\W_]+(?:'(?!s\b)[^\W_]+)*")


class _Word(NamedTuple):
    folded: str
    start: int
    end: int


def recalled(text: str, mentions: list[Mention], thread: Thread, catalog: Catalog) -> list[Mention]:
    """Return the mentions with those of names said before, or borne by people of the slate where a cue leads them."""
    people = {field.name for field in catalog.with_role(Role.PERSON)}
    found: list[Mention] = []
    words = [_Word(fold(match[0]), *match.span()) for match in _WORD.finditer(text)]
    there = {word.folded for word in words}
    for field, name, said in _names(thread, catalog, people):
        for start, end in _places(words, there, name):
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


def _places(words: Sequence[_Word], there: set[str], name: str) -> list[tuple[int, int]]:
    """Return where the last name stands alone, with the particle before it: "de niro"."""
    wanted = fold(name).split()
    if len(wanted) < 2 or len(wanted[-1]) < _SHORTEST or wanted[-1] not in there:
        return []
    folded = [word.folded for word in words]
    for n in range(min(3, len(wanted)), 0, -1):
        tail = wanted[-n:]
        if at := [i for i in range(len(words) - n + 1) if folded[i : i + n] == tail]:
            return [(words[i].start, words[i + n - 1].end) for i in at]
    return []
