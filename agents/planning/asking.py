"""When to ask: one question beside a slate where the answer would halve a large pool, and what an answer means.

Who refuses a whole slate without a reason is asked at once, by a facet or openly, until they have told something.

Never twice in a row, never of what is known, was asked before or did not matter; how much an answer must cut off grows
with what the user has said already ([narrowing](narrowing.py) has the arithmetic).
"""

import re

from agents.events import Question
from agents.kit import Kit
from agents.planning.narrowing import Split, best_split, split_by, weights_of
from agents.state import Ledger, Thread, Understanding
from agents.turn import Turn
from agents.wishes import FEW, browsed_by, counts_of, speakable_facets, values_of
from agents.wording import join
from retrieval.catalog import Catalog
from retrieval.items import Field, Filter
from retrieval.text import fold

_CHOICES = 4
_OPEN = ("recommend", "smalltalk", "help")
_LOOKED_AT = 200
"""So many of the best say which answer is likely."""
_TURNS_APART = 3
_MOST_ASKED = 3
_LARGE_POOL = 40
_COST, _COST_A_LIMIT, _COST_A_WORD = 1.0, 0.25, 0.4
"""Bits: an answer must halve the pool at least, and more for one who has said what they want."""
_MOST_GAINED = 3.0
"""Bits; nothing that four choices offer cuts off more, so nothing need be counted."""
_LEAST_COVERED = 0.6
_OPENLY = (
    "What should be different about them?",
    "What do you miss most in these?",
    "What would make one just right for you?",
)
"""Asked of who refuses slates, each once."""
_MOST_ASKED_BACK = 6
_KNOWN_OF = 0.8
"""A facet known of fewer items would hide the others."""
_ANY = re.compile(
    r"^\W*(?:(?:oh|well|um|ok|okay|really)\W+)*(?:any(?:thing|one)?(?: (?:is|of (?:them|these)|will)(?: fine| do)?)?|"
    r"i (?:really )?(?:don'?t|do not) (?:mind|care|know)|(?:it )?(?:does(?:n'?t| not)|makes no) (?:matter|difference)|"
    r"don'?t (?:mind|care|know)|no (?:preference|idea)|whatever|whichever|not sure|surprise me|you choose|all of them|"
    r"either)\W*(?:really|please|thanks)?\W*$",
    re.I,
)
_AROUND = re.compile(r"^(?:yes|ok(?:ay)?|please|maybe|some|a|an|the|let's go (?:with|for)|i'?d like|rather)\s+"
                     r"|\s+(?:please|then|one|ones|i think|maybe)$")  # fmt: skip
_PARTS = re.compile(r"\s+or\s+|\s*/\s*|\s*,\s*(?:or\s+)?")


def opening_question(understood: Understanding, ledger: Ledger, thread: Thread, catalog: Catalog) -> Question | None:
    """Return a question about the facet people browse by, or None where there is something to go on."""
    known = ledger.limits or ledger.tastes or understood.query or understood.anchors or understood.order
    if known or understood.soft or thread.query or thread.named or understood.intent not in _OPEN:
        return None
    if not _may_ask(thread, apart=1):
        return None
    for field in _askable(ledger, thread, catalog):
        choices = values_of(field, catalog)[:_CHOICES]
        if field.n_values <= FEW and len(choices) >= min(_CHOICES, field.n_values):
            return Question(text=_asked(field, choices), choices=choices, field=field.name)
    return None


def narrowing_question(turn: Turn, kit: Kit) -> Question | None:
    """Return the question that would narrow the pool of this turn most, or None where none is worth a turn."""
    read, catalog = turn.read, kit.bundle.catalog
    understood, thread = read.understanding, turn.thread
    if _is_refused(turn):
        return _asked_back(turn, catalog)
    plain = understood.intent == "recommend" and not (understood.order or understood.anchors or understood.soft)
    plain = plain and understood.k != 1  # who wants one to take wants no question
    if turn.always_slate or turn.action or turn.relaxed or not turn.slate or not plain or read.named:
        return None
    if turn.n_pool < _LARGE_POOL or not _may_ask(thread, apart=_TURNS_APART):
        return None
    n_words = len((understood.query or thread.query).split())
    cost = _COST + _COST_A_LIMIT * len(read.ledger.limits) + _COST_A_WORD * n_words
    splits = _splits(turn, catalog) if cost < _MOST_GAINED else {}
    best = best_split(splits, cost, _LEAST_COVERED)
    if not best:
        return None
    choices = splits[best].choices
    return Question(text=_asked(catalog.fields[best], choices, narrows=True), choices=choices, field=best)


def _is_refused(turn: Turn) -> bool:
    """Whether slates are refused and nothing was told of why: not now, nor when it was asked."""
    last = turn.thread.past[-1] if turn.thread.past else None
    return bool(turn.read.refused or last and last.rejects and does_not_mind(turn.text, turn.thread))


def _asked_back(turn: Turn, catalog: Catalog) -> Question | None:
    """Ask what would suit: by a facet that halves the pool, else openly; never what was asked before."""
    asked = [past.asked for past in turn.thread.past if past.asked]
    if turn.always_slate or not turn.slate or len(asked) >= _MOST_ASKED_BACK:
        return None
    openly = next((question for question in _OPENLY if question not in asked), "")
    by_choice = not (turn.thread.past[-1].choices and openly)
    splits = _splits(turn, catalog) if not turn.relaxed and turn.n_pool >= _LARGE_POOL else {}
    best = best_split(splits, _COST, _LEAST_COVERED)
    if best and by_choice:
        return Question(
            text=_asked(catalog.fields[best], splits[best].choices, narrows=True),
            choices=splits[best].choices,
            field=best,
        )
    return Question(text=openly) if openly else None


def _splits(turn: Turn, catalog: Catalog) -> dict[str, Split]:
    rows = catalog.select(turn.read.ledger.filters).rows
    items = catalog.items([one.row for one in turn.ranked[:_LOOKED_AT]])
    weights = weights_of(len(items))
    splits = {}
    for field in _askable(turn.read.ledger, turn.thread, catalog):
        if not (browsed_by(field) or field.n_values <= FEW):
            continue
        counts = dict(counts_of(field, catalog, rows)[:_CHOICES])
        if len(counts) > 1:
            splits[field.name] = split_by([item.values.get(field.name) for item in items], weights, counts, len(rows))
    return splits


def answer_to(text: str, thread: Thread) -> Filter | None:
    """Return the limit that a message means as the answer to the question asked last, None where it is no choice."""
    last = thread.past[-1] if thread.past else None
    if last is None or not last.asked_field:
        return None
    choices = {fold(choice): choice for choice in last.choices}
    chosen = [choices.get(fold(_bare(part))) or choices.get(fold(part)) for part in _PARTS.split(text.strip())]
    if not chosen or None in chosen:
        whole = choices.get(fold(text))
        return Filter(field=last.asked_field, op="contains", value=whole) if whole else None
    if len(chosen) == 1:
        return Filter(field=last.asked_field, op="contains", value=chosen[0])
    return Filter(field=last.asked_field, op="in", value=chosen)


def does_not_mind(text: str, thread: Thread) -> bool:
    """Whether a message leaves the question asked last open: "any", "I don't care"."""
    return bool(thread.past and thread.past[-1].asked and _ANY.match(text))


def _bare(part: str) -> str:
    """Take what is said round a choice off: "yes, comedy please"."""
    text, before = part.strip().lower().strip(".!?"), ""
    while text != before:
        before, text = text, _AROUND.sub("", text).strip()
    return text


def _may_ask(thread: Thread, *, apart: int) -> bool:
    asked = [bool(turn.asked) for turn in thread.past]
    return not any(asked[-apart:]) and sum(asked) < _MOST_ASKED


def _askable(ledger: Ledger, thread: Thread, catalog: Catalog) -> list[Field]:
    """Return the facets that may be asked about: known of most items, of three values at least, and not settled."""
    settled = {limit.filter.field for limit in ledger.limits} | {taste.field for taste in ledger.tastes}
    settled |= {turn.asked_field for turn in thread.past}
    facets = (field for field in speakable_facets(catalog) if field.name not in settled)
    return [field for field in facets if field.n_values > 2 and field.coverage >= _KNOWN_OF]


def _asked(field: Field, choices: list[str], *, narrows: bool = False) -> str:
    listed = join(choices, "or")
    if narrows:
        return f"To narrow it down: {listed}?"
    if field.n_values > len(choices):
        return f"Where shall we start: {listed}?"
    return f"Which {field.label}: {listed}?"
