"""Whom it is for: what no child should be shown is refused where the catalogue can tell; what suits children ranks."""

import re
from functools import cache
from typing import Any, NamedTuple

from agents.ledger import add_limit
from agents.state import Ledger, Limit
from retrieval.catalog import Catalog
from retrieval.items import Field, Filter, Role
from retrieval.linking.lexicon import described, lexicon
from retrieval.linking.message import words_of
from retrieval.linking.trust import is_class

_NUMBERS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split()
_AGE = rf"(?P<age>\d{{1,2}}|{'|'.join(_NUMBERS)})"
_OF_AGE = re.compile(
    rf"\b{_AGE}[- ]?(?:years?|yrs?)[- ]?olds?\b"
    rf"|\b(?:he|she|they)(?:'s| is|'re| are) (?:only |just )?{_AGE.replace('age', 'age2')}\b(?! (?:hours?|min))",
    re.I,
)
_SAYS_NO = re.compile(r"\b(?:no|not|without|isn't|aren't|nothing|don't)\b[^,.;]{0,40}$", re.I)
_LEAST_KNOWN = 0.6
"""Share of the values of a facet that are ages to make it a scale of ages."""
_MOST_VALUES = 40
_FEWEST = 24
"""Where fewer items are known to suit an age, the scale is no help."""


class Audience(NamedTuple):
    """Somebody something is looked for, too young for all there is."""

    age: int
    words: str


def audience_of(text: str) -> Audience | None:
    """Return the child a message speaks of, None for grown people and where it says that there are none."""
    told: dict[str, Any] = lexicon()["audience"]
    if found := _OF_AGE.search(text):
        said = (found["age"] or found["age2"]).lower()
        age = int(said) if said.isdigit() else _NUMBERS.index(said) + 1
        return Audience(age, found[0]) if age < told["grown"] + 5 else None
    found = _children().search(text)
    if found is None or _SAYS_NO.search(text[: found.start()]):
        return None
    return Audience(told["usual_age"], found[0])


@cache
def _children() -> re.Pattern[str]:
    names = "|".join(map(re.escape, lexicon()["audience"]["children"]))
    who = r"(?:for|with|and|suits?|fit for|watch with|read to|suitable for|ok for)"
    return re.compile(
        rf"\b{who} (?:the |my |our |her |his |some |small |young |little |two |three |\d )*(?:{names})\b", re.I
    )


def suited(ledger: Ledger, audience: Audience, catalog: Catalog, turn: int) -> Ledger:
    """Return the ledger with what is not for this age refused: by scales of ages, and by name of the kind."""
    for field in catalog.with_role(Role.FACET):
        wanted = _suitable(field, audience.age, catalog)
        limit = Filter(field=field.name, op="in", value=wanted) if wanted else _unfit(field, audience.age, catalog)
        settled = any(x.filter.field == field.name and x.filter.op in ("eq", "contains") for x in ledger.limits)
        if limit is None or wanted and (settled or len(catalog.select([limit]).rows) < _FEWEST):
            continue
        ledger = add_limit(ledger, Limit(filter=limit, words=audience.words, turn=turn), replace=bool(wanted))
    return ledger


def liked(audience: Audience, catalog: Catalog) -> list[Filter]:
    """Return values meant for children, which only rank."""
    names = set(lexicon()["audience"]["fit"])
    if audience.age >= lexicon()["audience"]["grown"]:
        return []
    return [
        Filter(field=field.name, op="contains", value=value)
        for field in catalog.with_role(Role.FACET)
        if is_class(field) or field.n_values > _MOST_VALUES
        for value, _ in catalog.counts(field.name, limit=100)
        if " ".join(words_of(value)) in names
    ][:2]


def _suitable(field: Field, age: int, catalog: Catalog) -> list[str]:
    """Return the values of a scale of ages up to this one, none where the facet is no such scale.

    What has no age on record is left out with the rest: nobody can tell.
    """
    told = lexicon()["audience"]
    if field.n_values > _MOST_VALUES or not re.search(told["scales"], described(field)):
        return []
    from_age = {value: _age_of(value, told["ages"]) for value, _ in catalog.counts(field.name, limit=_MOST_VALUES)}
    known = {value: least for value, least in from_age.items() if least is not None}
    if len(known) < max(2, _LEAST_KNOWN * len(from_age)):
        return []
    return [value for value, least in known.items() if least <= age]


def _age_of(value: str, ages: dict[str, int]) -> int | None:
    """Return from which age on something rated so is: by name, or by the number in it ("PEGI 12", "16+")."""
    words = " ".join(words_of(value))
    if words in ages:
        return ages[words]
    number = re.search(r"\b(\d{1,2})\b", words)
    return int(number[1]) if number else None


def _unfit(field: Field, age: int, catalog: Catalog) -> Filter | None:
    """Refuse the kinds that no child should be shown."""
    told = lexicon()["audience"]
    if age >= told["grown"] or not is_class(field):
        return None
    unfit = [v for v, _ in catalog.counts(field.name, limit=200) if " ".join(words_of(v)) in set(told["unfit"])]
    return Filter(field=field.name, op="not_in", value=unfit) if unfit else None
