"""What was relaxed and how near misses differ, in words: "Nothing under 90 minutes fits; these are under 100"."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from agents.answering.brief import ExplainBrief
from agents.events import SlateItem
from agents.misfit import BOUNDED
from agents.wording import (
    describe_fact,
    describe_filter,
    describe_value,
    is_flag,
    join,
    reads_as_adjective,
    several,
    value_said,
)
from retrieval.filters import comparable
from retrieval.items import NEGATIVE_OPS, Field, Filter, Role
from retrieval.lexical import stem

_BELOW = re.compile(r"\b(?:under|below|less than|fewer than|shorter than|cheaper than|lighter than)\b", re.I)
_BOUND = re.compile(r"(?:at |under |between |from |up to |free$|[$€£]?\d)")
_STATE = re.compile(r"(?:in|from|by|directed|written|designed|built|[A-Z])\b")
_COUNTED = re.compile(r"\d [a-z-]{4,}s$")
_FILED = re.compile(r"\b(?:categor|section|department|subject|topic)", re.I)
"""Labels of what an item is filed under: it is said to be in one."""
_MOST_SAID = 3
_MOST_LIMITS = 4


def relaxed_sentence(brief: ExplainBrief) -> str:
    """Return the sentence that says which limit was relaxed and to what, or what the nearest misses miss; else ""."""
    if not brief.relaxed or not brief.items:
        return ""
    if brief.abstains:
        return _abstaining(brief)
    given, this = brief.relaxed[0], "these" if len(brief.items) > 1 else "this one"
    asked, instead = _asked(given, brief, under=_under(given, brief)), _instead(given, brief)
    rest = brief.limits_in_words(_MOST_LIMITS)
    if brief.n_fit:
        all_of_it = ", ".join([*([rest] if rest else []), asked.removeprefix("with ")])
        known = f"all {brief.n_fit:,} {brief.noun[1]}" if brief.n_fit > 1 else f"the one {brief.noun[0]}"
        return f"You know {known} that fit{'s' * (brief.n_fit == 1)} by now ({all_of_it}); {this} {instead}."
    nothing = _none_of(given, brief) or f"Nothing {asked}"
    return f"{nothing} fits{f' the rest ({rest})' if rest else ''}; {this} {instead}."


def differences(item: SlateItem, brief: ExplainBrief) -> str:
    """Return how an item misses each limit it breaks: "95 min instead of at most 89, without Clint Eastwood"."""
    known = [given for given in item.breaks if given.field in brief.fields]
    return join([difference(item.fields.get(g.field), g, brief.fields[g.field]) for g in known])


def difference(value: Any, given: Filter, field: Field) -> str:
    """Return in what a value misses a limit."""
    if value in (None, "", []):
        return f"{field.label} unknown"
    if field.role in (Role.NUMBER, Role.DATE) and given.op in BOUNDED:
        bound = describe_filter(given, field).removeprefix(f"{field.label} ").removeprefix("from ")
        return f"{describe_fact(field, value)} instead of {bound}"
    if given.op in NEGATIVE_OPS:
        return f"{_hit(value, given, field)}, which you ruled out"
    if field.role is Role.PERSON:
        names = value if isinstance(value, list) else [value]
        wanted = describe_filter(given, field)
        if len(names) <= 2 and not wanted.startswith("with "):
            return f"{describe_fact(field, value)}, not {wanted}"
        return f"without {describe_value(several(given.value))}"
    if field.role is Role.FACET and not is_flag(field, value):
        return f"{_values_said([value], field)}, not {join(_wanted(given, field), 'or')}"
    return f"{describe_fact(field, value)}, not {describe_filter(given, field)}"


def _abstaining(brief: ExplainBrief) -> str:
    limits = brief.all_limits_in_words(_MOST_LIMITS)
    misses = [f"{brief.name(item)}, {differences(item, brief)}" for item in brief.items[:_MOST_SAID]]
    many = any(len(item.breaks) > 1 for item in brief.items)
    why = "relaxing one of these limits would not be enough" if many else "I would not like to put any of it aside"
    head = f"Nothing fits all of this: {limits}; {why}."
    if brief.n_fit:
        head = f"You know all that fits this by now: {limits}."
    nearest = "The nearest misses" if len(misses) > 1 else "The nearest miss"
    return f"{head} {nearest}: {'; '.join(misses)}."


def _none_of(given: Filter, brief: ExplainBrief) -> str:
    """Return "No Documentary film" for a value that stands before what an item is called, else ""."""
    field, value = brief.fields[given.field], str(given.value)
    is_one = given.op in ("contains", "eq") and field.role is Role.FACET and reads_as_adjective(field, value)
    return f"No {value} {brief.noun[0]}" if is_one else ""


def _asked(given: Filter, brief: ExplainBrief, *, under: str = "") -> str:
    """Return a limit as it stands after "Nothing": "under 90 min", "with preis at most €5", "with Tom Hanks"."""
    field = brief.fields[given.field]
    phrase = describe_filter(given, field)
    if under:
        phrase = phrase.replace(f"at most {describe_value(given.value, field)}", f"under {under}")
    if field.role is Role.FACET and ": " in phrase and _FILED.search(field.label):
        return f"in the {stem(field.label)} {phrase.split(': ', 1)[1]}"
    if field.role is Role.FACET and ": " in phrase:
        return f"with {phrase.replace(': ', ' ', 1)}"
    speaks_for_itself = field.role is not Role.NUMBER or field.unit == "year" or _BOUND.match(phrase)
    is_count = _COUNTED.search(phrase)
    return phrase if speaks_for_itself and not is_count and not is_flag(field, given.value) else f"with {phrase}"


def _under(given: Filter, brief: ExplainBrief) -> str:
    """Return the bound said by "under 90" where the limit became "at most 89"; "" where it was not put so."""
    words = brief.words.get(given.field, "").replace(",", "")
    field = brief.fields[given.field]
    if given.op != "lte" or field.role is not Role.NUMBER or not _BELOW.search(words):
        return ""
    return describe_value(given.value if str(given.value) in words else given.value + 1, field)


def _instead(given: Filter, brief: ExplainBrief) -> str:
    """Return what the items shown have instead, after "these": "are under 100 min", "are from 2014"."""
    field, one = brief.fields[given.field], len(brief.items) == 1
    values = [value for item in brief.items if (value := item.fields.get(field.name)) not in (None, "", [])]
    if brief.bound and values:
        phrase = _new_bound(given, values, brief)
        dated = field.role is Role.DATE or field.unit == "year"
        return f"{'is' if one else 'are'} {phrase}" if dated else _has(phrase, one=one)
    if field.role is Role.PERSON:
        return f"{'fits' if one else 'fit'} that without {describe_value(several(given.value))}"
    if field.role is Role.FACET and values and not is_flag(field, values[0]):
        said = _values_said(values, field)
        return (
            f"{'is' if one else 'are'} {said} instead" if _none_of(given, brief) else f"{_has(said, one=one)} instead"
        )
    return f"{'misses' if one else 'miss'} just that"


def _new_bound(given: Filter, values: Sequence[Any], brief: ExplainBrief) -> str:
    """Return the bound the items do meet, or their own values where no bound on one side says it."""
    field, bound = brief.fields[given.field], brief.bound
    assert bound is not None
    if bound.op in ("gte", "lte") and field.role is Role.NUMBER and field.unit != "year" and len(brief.items) > 1:
        is_under = bool(_under(given, brief)) and max(values) < bound.value
        return _asked(bound, brief, under=describe_value(bound.value, field) if is_under else "")
    if min(values) == max(values):
        return describe_fact(field, values[0])
    return describe_filter(Filter(field=field.name, op="between", value=[min(values), max(values)]), field)


def _has(phrase: str, *, one: bool) -> str:
    """Return a phrase with the verb it takes: "are under 100 min", "have price at most €50"."""
    is_state = _BOUND.match(phrase) and not _COUNTED.search(phrase) or _STATE.match(phrase)
    verb = ("is" if one else "are") if is_state else ("has" if one else "have")
    return f"{verb} {phrase.removeprefix('with ')}"


def _values_said(values: Sequence[Any], field: Field) -> str:
    """Return the commonest values of the items as they are said: "from Italy and Spain", "Drama or Crime"."""
    counts = Counter(str(one) for value in values for one in (value if isinstance(value, list) else [value]))
    named = [value for value, _ in counts.most_common(_MOST_SAID)]
    said = value_said(field, join(named))
    if said != join(named) or field.many:
        return said
    return f"{'in' if _FILED.search(field.label) else field.label} {said}"


def _wanted(given: Filter, field: Field) -> list[str]:
    return [describe_value(value) for value in several(given.value)]


def _hit(value: Any, given: Filter, field: Field) -> str:
    """Return what of a value a refusal names: "Horror", "with Tom Hanks"."""
    if field.role not in (Role.FACET, Role.PERSON) or is_flag(field, value):
        return describe_fact(field, value)
    ruled_out = {comparable(str(one)) for one in several(given.value)}
    hit = [str(one) for one in several(value) if comparable(str(one)) in ruled_out]
    return value_said(field, join(hit)) if field.role is Role.FACET else describe_fact(field, hit)
