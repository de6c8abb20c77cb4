"""Can a limit a model proposes be traced to the user's own words? A limit that cannot is an invention."""

import re
from contextlib import suppress
from typing import Literal, NamedTuple

from agents.planning.brief import PlanBrief
from agents.planning.numbers_in_words import Number, numbers_in
from agents.understanding.amend import SURE
from retrieval.items import NEGATIVE_OPS, Field, Filter, Role
from retrieval.linking import Mention
from retrieval.text import fold, tokens

_NEGATIONS = frozenset(
    "no not without except never nothing avoid avoids hate hates dislike dislikes isnt arent dont doesnt skip "
    "exclude".split()
)
_REACH = 4
"""How many words a negation reaches forward."""
_TURNS = frozenset("but rather just only instead".split())
"""Words after which a negation before them is over: "not sad but funny"."""
_ALL = frozenset("anything everything all any nothing".split())
_BE = frozenset("is are was were".split())
_FILLER = frozenset("the a an of and in on for de la le el".split())
_UNIT_WORDS = {
    "min": "minute minutes min mins hour hours h hr hrs long short shorter longer length runtime",
    "usd": "dollar dollars usd bucks million billion price cost cheap gross grossed money",
    "%": "percent score rated rating ratings",
    "pages": "page pages long short",
}


class Untraced(Exception):
    """The limit is not in the user's words; the message says what is missing."""


class Contradicted(Untraced):
    """The words are there, and say the opposite."""


class Traced(NamedTuple):
    """What a limit rests on."""

    words: str
    source: Literal["model", "profile"]
    """"model": the words are of this message, and a model linked them; "profile": of earlier conversations."""


def trace(given: Filter, field: Field, brief: PlanBrief) -> Traced:
    """Return the user's words a limit rests on. Raises Untraced where there are none, or where they say otherwise.

    Only words the linker did not link for sure count: about those it has decided already, better than a model. What
    is known from earlier conversations may exclude and bound; that somebody likes a thing makes it no limit.
    """
    try:
        return Traced(_trace_said(given, field, brief), "model")
    except Contradicted:
        raise
    except Untraced:
        if not brief.profile:
            raise
        return Traced(_trace_known(given, field, brief.profile), "profile")


def _trace_known(given: Filter, field: Field, profile: str) -> str:
    if field.role in (Role.NUMBER, Role.DATE):
        bounds = [number for number in numbers_in(profile) if number.direction]
        return _trace_numbers(given, field, bounds, profile)
    for statement in re.split(r"[\n;.]+", profile) if given.op in NEGATIVE_OPS else []:
        with suppress(Untraced):
            return _trace_words(given, statement)
    raise Untraced("nothing known of the user excludes it")


def _trace_said(given: Filter, field: Field, brief: PlanBrief) -> str:
    unsure = [m for m in brief.mentions if m.kind == "value" and m.score < SURE and not m.cue]
    for mention in unsure:
        if field.name in (mention.field, *mention.other_fields) and _same(mention, given):
            _agree(mention.negated, given, mention.text)
            return mention.text
    free = brief.free_words()
    if field.role is Role.DATE or field.role is Role.NUMBER:
        return _trace_numbers(given, field, numbers_in(free), brief.message)
    return _trace_words(given, free)


def _same(mention: Mention, given: Filter) -> bool:
    return fold(str(mention.value)) in {fold(str(v)) for v in _several(given)}


def _agree(negated: bool, given: Filter, words: str) -> None:
    if negated != (given.op in NEGATIVE_OPS):
        raise Contradicted(f"{words!r} is {'excluded' if negated else 'wanted'}, not the other way round")


def _trace_words(given: Filter, free: str) -> str:
    said = tokens(free)
    found: list[str] = []
    for value in _several(given):
        wanted = [t for t in tokens(str(value)) if t not in _FILLER]
        places = [next((i for i, word in enumerate(said) if _alike(word, t)), None) for t in wanted]
        if not places or None in places:
            raise Untraced(f"nobody said {str(value)[:40]!r}")
        known = [i for i in places if i is not None]
        _agree(_is_negated(said, min(known), max(known)), given, str(value))
        found += [said[i] for i in known]
    return " ".join(dict.fromkeys(found))


def _is_negated(said: list[str], first: int, last: int) -> bool:
    """Whether the words from `first` to `last` are refused: "no war", "anything but war", "war is not for me"."""
    before, after = said[max(0, first - _REACH) : first], said[last + 1 : last + 3]
    for i in range(len(before) - 1, -1, -1):
        if before[i] == "but" and i > 0 and before[i - 1] in _ALL:
            return True
        if before[i] in _TURNS:
            break
        if before[i] in _NEGATIONS:
            return True
    return after[:1] in (["isnt"], ["arent"]) or (len(after) == 2 and after[0] in _BE and after[1] == "not")


def _alike(said: str, wanted: str) -> bool:
    """Match comedies ↔ comedy, romantic ↔ romance, wars ↔ war; not horrible ↔ horror."""
    if said == wanted:
        return True
    shorter, longer = sorted((said, wanted), key=len)
    if len(shorter) >= 3 and longer.startswith(shorter) and len(longer) - len(shorter) <= 2:
        return True
    return len(shorter) >= 6 and said[:5] == wanted[:5]


def _trace_numbers(given: Filter, field: Field, numbers: list[Number], about: str) -> str:
    """Trace bounds to numbers said; their unit or the name of the field stands somewhere in `about`."""
    year = field.unit == "year" or field.role is Role.DATE
    if not year and not _unit_words(field) & set(tokens(about)):
        raise Untraced(f"nothing said is about the {field.label}")
    used = [_source(_year_of(value), year, numbers) for value in _several(given)]
    missing = [str(v) for v, number in zip(_several(given), used, strict=True) if number is None]
    if missing or not used:
        raise Untraced(f"nobody said {' or '.join(missing)[:40]}")
    wrong = {"gte": "upper", "lte": "lower"}.get(given.op)
    if any(n and n.direction and (n.direction == wrong or given.op == "eq") for n in used):
        raise Contradicted("the words say the opposite bound")
    return " ".join(dict.fromkeys(n.words for n in used if n))


def _source(value: float | None, year: bool, numbers: list[Number]) -> Number | None:
    """Return the number a bound comes from; "after 2000" is 2001, so one more or less is the same bound."""
    if value is None:
        return None
    for number in numbers:
        if year and not number.decade and not 1000 <= number.values[0] <= 2999:
            continue
        if not year and number.decade:
            continue
        if any(abs(value - said) <= (1 if not number.decade else 0) for said in number.values):
            return number
    return None


def _year_of(value: object) -> float | None:
    match = re.match(r"-?\d+(?:\.\d+)?", str(value))
    return float(match[0]) if match else None


def _unit_words(field: Field) -> set[str]:
    words = set(_UNIT_WORDS.get(field.unit, field.unit).split()) | set(tokens(field.label)) | set(tokens(field.name))
    return {form for word in words for form in (word, word.removesuffix("s"), word + "s")}


def _several(given: Filter) -> list[object]:
    return list(given.value) if isinstance(given.value, list | tuple) else [given.value]
