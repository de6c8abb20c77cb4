"""How the mentions of one message change the ledger."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from agents.ledger import add_limit, add_taste, lift_fields, lift_value
from agents.state import Intent, Ledger, Limit, Taste, Thread
from agents.understanding import intents
from agents.understanding.acts import Act
from agents.understanding.choices import either_or, joined_choices, listed
from agents.understanding.patterns import FIRST_PERSON
from agents.understanding.relative import relative_bound
from agents.understanding.same import wants_both
from agents.understanding.swaps import swapped
from retrieval.catalog import Catalog
from retrieval.items import NEGATIVE_OPS, Filter, Op, Role
from retrieval.linking import Mention
from retrieval.text import fold

SURE = 0.8
"""A mention this sure becomes a hard limit; below it, it only ranks."""
SOFT = 0.4
"""A value less sure than this is taken for an ordinary word."""

_LONGEST_RUN = 100
"""A refused interval of at most so many whole numbers becomes a list of them; a longer one is no single filter."""


@dataclass(frozen=True)
class Amendment:
    """A message with everything it was linked to."""

    text: str
    mentions: list[Mention]
    pointed: list[str]
    """Items of the last slate the message points at."""
    intent: Intent
    thread: Thread
    catalog: Catalog
    act: Act = Act()
    """What the classifier takes it for, where it was asked."""
    judged: Mapping[str, str] = field(default_factory=dict)
    """Item id → like, dislike or seen, where the message says so of several."""

    @property
    def feedback(self) -> str:
        """Like, dislike or seen, as a remark on items shown; "" for none."""
        judged = self.act.among("like", "dislike", "seen")
        return self.act.name if judged else intents.feedback_kind(self.text)

    @property
    def turn(self) -> int:
        """Number of this turn within the thread."""
        return self.thread.n_turns


@dataclass
class Changed:
    """The ledger after a message, and whether that only judged items shown."""

    ledger: Ledger
    only_feedback: bool = False


def amend(given: Amendment) -> Changed:
    """Apply lifts, then limits, then tastes, in the order of the message."""
    changed = Changed(given.thread.ledger)
    for mention in given.mentions:
        if mention.cue == "lift":
            _lift(mention, changed)
    asks = given.intent not in ("details", "compare") or not given.pointed
    asked = [m for m in given.mentions if asks and _is_limit(m) and _is_asked_for(m, given)]
    asked = [m for m in asked if not _is_allowed(m, given, changed)]
    either = either_or(asked, given.text)
    limits = joined_choices([m for m in asked if m.start not in either], given.text)
    swaps = (
        intents.is_replacement(given.text) or intents.is_fresh_request(given.text) or intents.is_exclusive(given.text)
    )
    for mention in limits:
        for limit in _limits(mention, given):
            clashes = _clashes(limit, changed.ledger, given)
            named = mention.kind == "value" and given.act.among("replace") and not wants_both(given.text)
            changed.ledger = add_limit(changed.ledger, limit, replace=swaps or named or clashes)
    if intents.is_swap(given.text):
        changed.ledger = swapped(changed.ledger, given.text, given.turn, given.catalog)
    for mention in given.mentions:
        bounded = any(m.kind == "range" and m.field == mention.field for m in limits)
        if mention.kind == "relative" and not bounded and _compares_to_shown(mention, given):
            bound = relative_bound(mention, _compared_with(given), changed.ledger, given.catalog, given.turn)
            if bound:
                changed.ledger = add_limit(lift_fields(changed.ledger, [mention.field]), bound)
    wishes = [_like(m, value, given) for m in asked if m.start in either for value in listed(m.value)]
    if intents.takes_back(given.text):
        kept = [taste for taste in changed.ledger.tastes if taste.item_id not in given.pointed]
        changed.ledger = changed.ledger.model_copy(update={"tastes": kept})
    for taste in [*_tastes(given), *wishes]:
        changed.ledger = add_taste(changed.ledger, taste)
    kind = given.feedback
    changed.only_feedback = bool(given.pointed and kind and not limits and given.intent == "recommend")
    return changed


def _is_allowed(mention: Mention, given: Amendment, changed: Changed) -> bool:
    """Lift a refusal that the message takes back ("horror is ok after all"); what was never refused is a wish."""
    refused = [x for x in changed.ledger.limits if x.filter.op in NEGATIVE_OPS and x.filter.field == mention.field]
    if mention.kind != "value" or mention.negated or not intents.is_allowed(given.text[mention.end :]):
        return False
    kept = lift_value(changed.ledger.model_copy(update={"limits": refused}), mention.field, mention.value)
    if len(kept.limits) == len(refused):
        return False
    _lift(mention, changed)
    return True


def _clashes(limit: Limit, ledger: Ledger, given: Amendment) -> bool:
    """Whether no item can have this value beside one asked for before, as each has just one: a manual, then a CVT."""
    field = given.catalog.fields[limit.filter.field]
    if field.many or field.role not in (Role.FACET, Role.PERSON) or limit.filter.op in NEGATIVE_OPS:
        return False
    return any(x.filter.field == field.name and x.filter.op not in NEGATIVE_OPS for x in ledger.limits)


def _compares_to_shown(mention: Mention, given: Amendment) -> bool:
    return given.intent not in ("compare", "details") and _is_asked_for(mention, given)


def _lift(mention: Mention, changed: Changed) -> None:
    if mention.kind == "value":
        for name in (mention.field, *mention.other_fields):
            changed.ledger = lift_value(changed.ledger, name, mention.value)
    elif mention.field:
        changed.ledger = lift_fields(changed.ledger, [_limited(mention, changed.ledger)])


def _limited(mention: Mention, ledger: Ledger) -> str:
    """Return the field a lift means: the one linked, or where that has no limit one whose name is the same word."""
    fields = {limit.filter.field for limit in ledger.limits}
    alike = [name for name in fields if _stem(name) == _stem(mention.text)]
    return mention.field if mention.field in fields or not alike else alike[0]


def _stem(word: str) -> str:
    return re.sub(r"(?:ings?|ed|es|e|s)$", "", fold(word))


def _is_limit(mention: Mention) -> bool:
    if mention.kind not in ("value", "range") or mention.cue == "lift" or mention.score < SURE:
        return False
    return mention.cue != "like" or mention.kind == "range" or mention.negated


def _is_asked_for(mention: Mention, given: Amendment) -> bool:
    """Talk about what was seen and who is admired is no limit; an opening message that tells of no item is one."""
    if mention.kind == "range" and given.text[: mention.start].rstrip().endswith("("):
        return False
    sentence, has_title = _sentence(mention, given)
    if mention.negated or mention.cue == "dislike":
        return True
    return intents.is_request(sentence) or not (has_title or given.thread.past)


def _sentence(mention: Mention, given: Amendment) -> tuple[str, bool]:
    """Return the sentence a mention stands in, and whether that tells of an item known."""
    start = max(given.text.rfind(mark, 0, mention.start) for mark in ".!?\n") + 1
    ends = [given.text.find(mark, mention.end) for mark in ".!?\n"]
    end = min([e for e in ends if e >= 0], default=len(given.text))
    titles = [m for m in given.mentions if m.kind == "title" and start <= m.start < end]
    told = [m for m in titles if m.cue in ("like", "dislike") or "(" in given.text[m.start : m.end + 2]]
    return given.text[start:end], bool(told)


def _limits(mention: Mention, given: Amendment) -> list[Limit]:
    op = mention.op or "eq"
    refused = mention.negated or mention.cue == "dislike"
    is_person = given.catalog.fields[mention.field].role is Role.PERSON
    names = [mention.field, *(mention.other_fields if refused and is_person else [])]
    ops = {"contains": "not_contains", "in": "not_in", "eq": "ne"}
    limits = []
    for name in names:
        if not refused:
            limits.append(Filter(field=name, op=op, value=mention.value))
        elif op in ops:
            negative: Op = ops[op]  # type: ignore[assignment]
            limits.append(Filter(field=name, op=negative, value=mention.value))
        elif outside := _outside(name, op, mention.value):
            limits.append(outside)
    return [Limit(filter=f, words=mention.text, turn=given.turn) for f in limits]


def _outside(name: str, op: Op, value: object) -> Filter | None:
    """Negate a bound ("nothing over two hours" is at most 120) or a short run of whole numbers ("not from the 80s")."""
    if op == "between" and isinstance(value, list) and all(isinstance(v, int) for v in value):
        run = list(range(value[0], value[1] + 1))
        return Filter(field=name, op="not_in", value=run) if 0 < len(run) <= _LONGEST_RUN else None
    if op not in ("gte", "lte") or not isinstance(value, int | float):
        return None
    step = 0 if isinstance(value, float) else 1
    return Filter(field=name, op="lte" if op == "gte" else "gte", value=value - step if op == "gte" else value + step)


def _compared_with(given: Amendment) -> list[int]:
    """Return the rows that "newer" compares with: named or pointed at, shown last, or asked about."""
    named = [m.item_ids[0] for m in given.mentions if m.kind == "title" and m.item_ids]
    focus = given.thread.past[-1].focus if given.thread.past else []
    return given.catalog.rows_of(given.pointed or named or given.thread.last_slate or focus)


def _tastes(given: Amendment) -> list[Taste]:
    if intents.takes_back(given.text):
        return []
    tastes = [t for mention in given.mentions for t in _mention_tastes(mention, given)]
    kind = "" if given.intent in ("details", "compare") else given.feedback
    if given.pointed and kind in ("like", "dislike", "seen"):
        kind = intents.verdict(given.text) or kind if kind == "seen" and len(given.pointed) == 1 else kind
        judged = dict.fromkeys(given.pointed, kind) | dict(given.judged)
        tastes += [Taste(kind=k, words=given.text[:80], turn=given.turn, item_id=i) for i, k in judged.items()]  # type: ignore[arg-type]
    return tastes


def _mention_tastes(mention: Mention, given: Amendment) -> list[Taste]:
    kind = "dislike" if mention.negated and mention.cue in ("", "like") else mention.cue
    if kind == "seen" and not given.act.among("seen") and not FIRST_PERSON.search(_sentence(mention, given)[0]):
        kind = ""
    if mention.kind == "title" and mention.item_ids and kind in ("like", "dislike", "seen"):
        return [Taste(kind=kind, words=mention.text, turn=given.turn, item_id=mention.item_ids[0])]
    told = kind == "" and _is_limit(mention) and not _is_asked_for(mention, given)
    if mention.kind != "value" or mention.score < SOFT or not (kind == "like" or told):
        return []
    return [_like(mention, value, given) for value in listed(mention.value)]


def _like(mention: Mention, value: object, given: Amendment) -> Taste:
    return Taste(kind="like", words=mention.text, turn=given.turn, field=mention.field, value=str(value))


def soft_values(mentions: list[Mention]) -> list[Filter]:
    """Return the values a message names that are too unsure for a limit; they only rank."""
    unsure = [m for m in mentions if m.kind == "value" and SOFT <= m.score < SURE and not m.negated and m.cue == ""]
    return [Filter(field=m.field, op="in" if isinstance(m.value, list) else "contains", value=m.value) for m in unsure]
