"""Items side by side, from their rows: which comes first by a measure, which has a value, what they share."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from agents.answering.brief import ExplainBrief
from agents.events import SlateItem
from agents.wishes import browsed_by
from agents.wording import dates_the_item, describe_fact, describe_value, is_flag, join, several
from retrieval.items import Field, Role
from retrieval.linking.dimensions import dimensions, field_of, number_dimension
from retrieval.text import fold

MOST = 5
"""So many items fit beside each other."""
_TOLD = (Role.FACET, Role.PERSON, Role.NUMBER, Role.DATE)
_MOST_ROWS = 8
_MOST_RANKED = 10
_USUAL = ("price", "time", "rating", "pages", "size")
_ASKS_WHETHER = re.compile(r"^\W*(?:and |so |but )*(?:is|are|was|were|does|do|did|has|have)\b", re.I)
_SHARED = re.compile(r"\b(?:in common|share[sd]?|the same|alike|both have)\b", re.I)
_MEASURED = re.compile(r"\b(?!other|either|another|after|under|over|ever|never|offer|whether)\w{3,}(?:ier|er)\b(?! of)|"
                       r"\b(?:more|less|most|least) \w+|\bbest\b|\bworst\b", re.I)  # fmt: skip
_NO_MEASURES = re.compile(r"\b(?:computer|letter|number|water|paper|member|order|series)\b", re.I)


class Measure(NamedTuple):
    """What items are compared by."""

    field: Field
    word: str
    """The user's: "longer", "best rated"."""
    is_comparative: bool
    greatest_first: bool


def compared(brief: ExplainBrief, asked: Sequence[Field]) -> str:
    """Return the answer to a question that sets items against each other; every value in it is in its row."""
    measure = measure_of(brief.message, list(brief.fields.values()))
    if measure:
        return _by_measure(measure, brief)
    items = brief.items[:MOST]
    if holders := _holders(items, brief):
        return holders
    shared = _shared_sentence(items, list(asked) or list(brief.fields.values()))
    if _SHARED.search(brief.message):
        what = f"no {join([field.label for field in asked], 'or')}" if asked else "nothing that the catalogue tells"
        return shared or f"{_names(items, brief)} share {what}."
    table = _table(items, list(asked) or _telling(items, brief), brief)
    parts = [part for part in (_unmeasured(brief, asked), table, shared) if part]
    return "\n\n".join(parts) or f"{_names(items, brief)} do not differ in what is known here."


def measure_of(message: str, fields: list[Field]) -> Measure | None:
    """Return what a message compares by ("which is longer?"), the longest phrase for it; None where nothing has it."""
    said = f" {fold(message)} "
    best: tuple[int, Measure] | None = None
    for name, dimension in dimensions().items():
        for sense, greatest in (("greater", True), ("greatest", True), ("less", False), ("least", False)):
            for phrase in dimension[sense]:
                if f" {phrase} " not in said or best and len(phrase) <= best[0]:
                    continue
                if field := field_of(name, fields):
                    best = len(phrase), Measure(field, phrase, sense in ("greater", "less"), greatest)
    return best[1] if best else _by_label(said, fields)


def _by_label(said: str, fields: list[Field]) -> Measure | None:
    """Return the number that is called by its own name: "which has more oscars?"."""
    for field in fields:
        names = {fold(field.label), fold(field.label).removesuffix("s")}
        for name in names if field.role is Role.NUMBER else ():
            if match := re.search(rf" (more|most|higher|highest|fewer|fewest|less|lower|lowest|least) {name}s? ", said):
                return Measure(field, match[1], False, match[1] in ("more", "most", "higher", "highest"))
    return None


def _by_measure(measure: Measure, brief: ExplainBrief) -> str:
    field, items = measure.field, brief.items[:_MOST_RANKED]
    known = [item for item in items if item.fields.get(field.name) is not None]
    unknown = [brief.name(item) for item in items if item.fields.get(field.name) is None]
    if not known:
        return f"The catalogue does not say the {field.label} of {join(unknown, 'or')}."
    ordered = sorted(known, key=lambda item: item.fields[field.name], reverse=measure.greatest_first)
    best = [item for item in ordered if item.fields[field.name] == ordered[0].fields[field.name]]
    missing = f" The {field.label} of {join(unknown)} is not known here." if unknown else ""
    said = describe_value(best[0].fields[field.name], field)
    if len(known) == 1:
        return f"Only of {brief.name(known[0])} the {field.label} is known here: {said}.{missing}"
    if len(best) == len(known):
        each = "both" if len(known) == 2 else "all"
        verdict = "No, they" if _ASKS_WHETHER.search(brief.message) else "They"
        return f"{verdict} are equal in {field.label}: {each} {said}.{missing}"
    if len(known) == 2:
        return _of_two(measure, ordered, brief) + missing
    head = _with_value(best[0], field, brief)
    if len(best) > 1 and not dates_the_item(field):
        head = f"{join([brief.name(item) for item in best])} with {said} each"
    elif len(best) > 1:
        head = join([brief.name(item) for item in best])
    rest = [_with_value(item, field, brief) for item in ordered[len(best) :]]
    return f"By {field.label}: {head}, then {join(rest)}.{missing}"


def _with_value(item: SlateItem, field: Field, brief: ExplainBrief) -> str:
    """Return an item with its value; a year stands by its title already."""
    said = describe_value(item.fields[field.name], field)
    return brief.name(item) if dates_the_item(field) and said in brief.name(item) else f"{brief.name(item)} with {said}"


def _of_two(measure: Measure, ordered: Sequence[SlateItem], brief: ExplainBrief) -> str:
    field = measure.field
    if measure.is_comparative and _ASKS_WHETHER.search(brief.message) and len(brief.items) == 2:
        facts = [f"{brief.name(item)}: {describe_fact(field, item.fields[field.name])}" for item in brief.items]
        return f"{'Yes' if brief.items[0] is ordered[0] else 'No'}. {'; '.join(facts)}."
    first = describe_fact(field, ordered[0].fields[field.name])
    second = describe_value(ordered[1].fields[field.name], field)
    ahead = f"is {measure.word}" if measure.is_comparative else "comes first"
    return f"{brief.name(ordered[0])} {ahead}: {first}, against {second} for {brief.name(ordered[1])}."


def _holders(items: Sequence[SlateItem], brief: ExplainBrief) -> str:
    """Say who has a value that the question names: "which one is by Ridley Scott?"; "" where it names none."""
    said = f" {fold(without_titles(brief))} "
    found: dict[str, list[str]] = {}
    for item in items:
        for field, value in brief.facts(item):
            if field.role not in (Role.FACET, Role.PERSON) or is_flag(field, value):
                continue
            named = [v for v in several(value) if len(fold(str(v))) > 2 and f" {fold(str(v))} " in said]
            if named:
                fact = describe_fact(field, named if field.many else named[0])
                found.setdefault(item.item_id, []).append(fact)
    facts = {"; ".join(told) for told in found.values()}
    if len(found) == len(items) > 1 and len(facts) == 1:
        return f"{'Both' if len(items) == 2 else 'All of them'}: {facts.pop()}."
    return " ".join(f"{brief.name(item)}: {'; '.join(found[item.item_id])}." for item in items if item.item_id in found)


def without_titles(brief: ExplainBrief) -> str:
    """Return the message without the titles of the items it is about, whose words ask for nothing."""
    text = brief.message
    for item in brief.items:
        text = re.sub(re.escape(item.title), " ", text, flags=re.I)
    return text


def _unmeasured(brief: ExplainBrief, asked: Sequence[Field]) -> str:
    """Admit that nothing in the catalogue measures what is asked: "scarier"."""
    match = _MEASURED.search(_NO_MEASURES.sub(" ", without_titles(brief)))
    if asked or not match:
        return ""
    return f"The catalogue does not measure what is “{match[0].lower()}”; this is what it says."


def _telling(items: Sequence[SlateItem], brief: ExplainBrief) -> list[Field]:
    """Return the fields worth a row, the most telling first: its kind, the usual measures, people, other values."""
    told = [f for f in brief.fields.values() if f.role in _TOLD and not dates_the_item(f)]
    known = {f.name: sum(item.fields.get(f.name) not in (None, "", []) for item in items) for f in told}
    return sorted((f for f in told if known[f.name]), key=lambda f: (_rank(f), -known[f.name]))[:_MOST_ROWS]


def _rank(field: Field) -> int:
    is_measure = any(
        number_dimension(field, dimensions()[name]) for name in ("price", "time", "rating", "pages", "size")
    )
    if field.role is Role.FACET:
        return 0 if browsed_by(field) else 3
    return 1 if is_measure else 2 if field.role is Role.PERSON else 4


def _table(items: Sequence[SlateItem], fields: Sequence[Field], brief: ExplainBrief) -> str:
    """Return a markdown table of what differs, one item a column; what the catalogue lacks is said to be unknown."""
    rows = [f for f in fields if len(fields) == 1 or len({_key(item.fields.get(f.name)) for item in items}) > 1]
    if not rows:
        return ""
    lines = [["", *(brief.name(item) for item in items)]]
    lines += [[field.label, *(_cell(item.fields.get(field.name), field) for item in items)] for field in rows]
    texts = ["| " + " | ".join(cell.replace("|", "/") for cell in line) + " |" for line in lines]
    return "\n".join([texts[0], "|" + " --- |" * len(lines[0]), *texts[1:]])


def _cell(value: Any, field: Field) -> str:
    return "unknown" if value in (None, "", []) else describe_value(value, field)


def _shared_sentence(items: Sequence[SlateItem], fields: Sequence[Field]) -> str:
    """Return what all of the items have, "" where that is nothing."""
    shared = []
    for field in (f for f in fields if f.role in _TOLD):
        values = [item.fields.get(field.name) for item in items]
        if field.many:
            lists = [value for value in values if isinstance(value, list)]
            common = [v for v in lists[0] if all(v in other for other in lists)] if len(lists) == len(items) else []
            shared += [describe_fact(field, common)] if common else []
        elif values[0] not in (None, "", 0) and all(value == values[0] for value in values):
            shared.append(describe_fact(field, values[0]))
    if not shared:
        return ""
    return f"{'Both' if len(items) == 2 else 'All of them'}: {'; '.join(shared[:_MOST_ROWS])}."


def _key(value: Any) -> str:
    return str(sorted(map(str, value))) if isinstance(value, list) else str(value)


def _names(items: Sequence[SlateItem], brief: ExplainBrief) -> str:
    return join([brief.name(item) for item in items])
