"""One message → what it means and the changed ledger; deterministic, no model, never raises."""

import re
from dataclasses import dataclass, field, replace

from agents.ledger import MOST_LIMITS, contradictions
from agents.nouns import Nouns
from agents.ranking.adventure import level_in, without_level
from agents.state import Ledger, Order, Thread, Understanding
from agents.understanding import intents
from agents.understanding.act_features import places
from agents.understanding.aim import aim_of
from agents.understanding.amend import SOFT, SURE, Amendment, amend, soft_values
from agents.understanding.audience import audience_of, liked, suited
from agents.understanding.courtesies import COMPANY, OPENING
from agents.understanding.known_titles import told_as_known
from agents.understanding.patterns import DETAILS, REFUSED, RESET
from agents.understanding.rejection import slate_refused
from agents.understanding.revise import revised
from agents.understanding.said_before import recalled
from agents.understanding.same import Same, same_as, together, with_same
from agents.understanding.second_opinion import second_opinion
from agents.understanding.settle import settled, unheard_names, unheard_notices, unread_notices, without_names
from agents.understanding.shown import names_known
from agents.understanding.slips import moved_bound, without_slips
from agents.understanding.spelling import respelt
from agents.understanding.talk_words import FRAMES, NOISE
from agents.wording import describe_filter
from retrieval.bundle import Bundle
from retrieval.items import Role
from retrieval.linking import Mention
from retrieval.text import tokens

NAMED = 0.6
"""A title this sure is taken for an item the user names."""
MOST_NAMES = 100
"""How many names, values and bounds of one message are taken in; the rest of a pasted page are words like others."""
_MOST_CONTRADICTIONS = 3


@dataclass(frozen=True)
class Reading:
    """What a message means, and the ledger after it."""

    understanding: Understanding
    ledger: Ledger
    mentions: list[Mention] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    """Items the message names by title."""
    refused: list[str] = field(default_factory=list)
    """Items of slates that the message refuses as a whole, without a reason."""

    def with_ledger(self, ledger: Ledger) -> "Reading":
        """The same reading over another ledger."""
        return replace(self, ledger=ledger)


def begin(text: str, thread: Thread) -> Thread:
    """Return the thread a message starts from: without its limits and subject where it lifts them all."""
    return thread.reset() if RESET.search(text) else thread


def understand(text: str, thread: Thread, bundle: Bundle, nouns: Nouns) -> Reading:
    """Read one message of a thread. The turn number of what it adds is the number of past turns."""
    if intents.is_undo(text) and thread.undo:
        return Reading(Understanding(undone=True, notices=["I took the last change back."]), thread.undo[-1])
    leans = level_in(text) is not None
    text = respelt(without_level(RESET.sub(" ", text)))
    mentions, thread, same = _linked(text, thread, bundle, nouns)
    unheard = unheard_names(text, mentions, bundle)
    heard = second_opinion(text, aim_of(text, mentions, thread, bundle, nouns), mentions, thread, bundle, nouns)
    if refused := slate_refused(text, heard.act, heard.mentions, heard.aim.pointed, thread):
        return Reading(Understanding(intent="more"), thread.ledger, refused=refused)
    aim, mentions = heard.aim, heard.mentions
    titles = [m for m in mentions if m.kind == "title" and m.item_ids]
    intent = "recommend" if leans and aim.intent in ("smalltalk", "feedback", "help") else aim.intent
    changed = amend(Amendment(text, mentions, aim.pointed, intent, thread, bundle.catalog, heard.act, heard.judged))
    whom = audience_of(text) if intent in ("recommend", "similar", "more") else None
    if whom:
        changed.ledger = suited(changed.ledger, whom, bundle.catalog, len(thread.past))
    said = without_names(text, unheard).replace(whom.words if whom else "\n", " ")
    understanding = Understanding(
        intent="feedback" if changed.only_feedback else intent,
        query=_with_subject(_searched(said, mentions, nouns, bundle), text, titles, thread),
        anchors=_anchors(aim.pointed, titles),
        soft=[*soft_values(mentions), *(liked(whom, bundle.catalog) if whom else [])],
        order=_order(mentions),
        values_of=aim.values_of if intent == "values" else "",
        k=1 if heard.act.among("pick") else intents.asked_count(_without_bounds(text, mentions), nouns[2]),
        notices=[
            *_gone_notices(aim.n_gone, nouns),
            *_contradiction_notices(changed.ledger, bundle),
            *_full_notices(changed.ledger),
            *unread_notices(mentions, bundle.catalog),
            *unheard_notices(unheard),
        ],
    )
    mentions += [one.mention for one in unheard]
    named = list(dict.fromkeys([*(m.item_ids[0] for m in titles), *same.items]))
    return Reading(understanding, changed.ledger, mentions, named)


def _linked(text: str, thread: Thread, bundle: Bundle, nouns: Nouns) -> tuple[list[Mention], Thread, Same]:
    """Link a message and settle turns of phrase, corrections and pronouns; return the thread as that has it."""
    slate = thread.last_slate
    linked = bundle.linker.link(intents.without_refusal(text))[:MOST_NAMES]
    linked = told_as_known(text, linked, bundle)
    linked = names_known(linked, text, thread, NOISE)
    linked = [m for m in linked if not _is_turn_of_phrase(m, text, bool(slate)) and not _is_aside(m, text, thread)]
    linked = [m for m in linked if not _is_label(m, text, bundle)]
    if slate and intents.sets_against(text):  # "the difference between 1 and 2" bounds nothing
        linked = [m for m in linked if m.kind != "range"]
    linked, is_moved = moved_bound(text, without_slips(linked, text), thread, bundle)
    if not is_moved:
        linked = revised(text, recalled(text, linked, thread, bundle.catalog), thread, bundle)
    same = same_as(text, linked, thread, bundle, nouns[2])
    linked, thread = with_same(same, together(text, linked, thread, bundle.catalog), thread)
    linked = [m.model_copy(update={"negated": True}) if _is_ruled_out(m, text) else m for m in linked]
    return settled(linked, text, bundle.catalog), thread, same


def _without_bounds(text: str, mentions: list[Mention]) -> str:
    """Blank bounds out, whose numbers count no items: "a 4 cylinder one"."""
    for mention in mentions:
        if mention.kind in ("range", "stray"):
            text = text[: mention.start] + " " * (mention.end - mention.start) + text[mention.end :]
    return text


def _is_ruled_out(mention: Mention, text: str) -> bool:
    return mention.kind == "value" and intents.is_ruled_out(text[mention.end :])


def _is_turn_of_phrase(mention: Mention, text: str, after_slate: bool) -> bool:
    """There are items called "Anything Else", "Help" and "3"; said like that, they are hardly ever meant."""
    if mention.kind != "title":
        return False
    asked = any(match.end() >= mention.start - 1 for match in DETAILS.finditer(text[: mention.start]))
    ends = not text[mention.end :].strip(" ?!.")
    if mention.score < (SOFT if mention.cue == "similar" or asked and ends else NAMED):
        return True
    return mention.cue != "similar" and (
        intents.in_formula(text, mention.start, mention.end) or (after_slate and intents.names_position(mention.text))
    )


def _is_aside(mention: Mention, text: str, thread: Thread) -> bool:
    """Whether a plain word is no title, as the message points into the list: "how on *earth* did the second …"."""
    plain = mention.kind == "title" and mention.text.islower() and len(mention.text.split()) == 1
    if not plain or mention.cue or intents.sets_against(text):
        return False
    return bool(places(text[: mention.start] + text[mention.end :], len(thread.last_slate)))


def _is_label(mention: Mention, text: str, bundle: Bundle) -> bool:
    """Whether a value is the name of those in another field: "author", where there are books about "Authors"."""
    if mention.kind != "value":
        return False
    people = {field.name for field in bundle.catalog.with_role(Role.PERSON)} - {mention.field}
    return any(
        name in people and (start, end) == (mention.start, mention.end)
        for name, start, end in bundle.linker.fields_named(text)
    )


def _anchors(pointed: list[str], titles: list[Mention]) -> list[str]:
    wanted = [m for m in titles if not m.negated and m.cue not in ("dislike", "lift")]
    return list(dict.fromkeys([*pointed, *(m.item_ids[0] for m in wanted)]))


def _order(mentions: list[Mention]) -> Order | None:
    orders = [m for m in mentions if m.kind == "order" and not m.negated]
    return Order(field=orders[-1].field, descending=orders[-1].value == "desc") if orders else None


def _with_subject(query: str, text: str, titles: list[Mention], thread: Thread) -> str:
    """Go on with the subject of the turn before where the message only adds to it: "with lentils", "an easy one"."""
    if not thread.query or titles or intents.is_swap(text) or not intents.is_addition(text):
        return query
    refused = {word for match in REFUSED.finditer(text) for word in tokens(match[0])}
    words = [word for word in thread.query.split() if word not in refused]
    if not query and len(words) == len(thread.query.split()):
        return query
    return " ".join([*words, *(word for word in query.split() if word not in words)])


def _searched(text: str, mentions: list[Mention], nouns: Nouns, bundle: Bundle) -> str:
    """Return the residue without counts, and names of fields that are bounded: "over 33 mpg in the city"."""
    bounded = [bundle.catalog.fields[m.field].label for m in mentions if m.kind in ("range", "order", "relative")]
    names = {word for label in bounded for word in tokens(label)}
    if intents.asked_count(text, nouns[2]):
        names |= intents.COUNT_WORDS
    return " ".join(word for word in residue(text, mentions, nouns).split() if word not in names)


def residue(text: str, mentions: list[Mention], nouns: Nouns) -> str:
    """Return the words that no sure mention accounts for and that say something about an item."""
    kept = text
    for mention in mentions:
        linked = mention.kind in ("title", "order", "relative", "field") or mention.score >= SURE
        if linked or mention.negated or mention.cue in ("lift", "dislike"):
            kept = kept[: mention.start] + " " * (mention.end - mention.start) + kept[mention.end :]
    kept = COMPANY.sub(" ", REFUSED.sub(" ", FRAMES.sub(" ", OPENING.sub(" ", kept))))
    kept = re.sub(
        r"(?:#|\bnumbers? )?\b\d{1,2}(?:st|nd|rd|th)?\b"
        r"|\b(?:first|second|third|fourth|fifth|last)\b(?= one| two| three)",
        " ",
        kept,
    )
    words = [word for word in tokens(kept) if word not in NOISE and word not in nouns[2]]
    return " ".join(words[:60])


def _gone_notices(n_gone: int, nouns: Nouns) -> list[str]:
    if not n_gone:
        return []
    return [
        f"The {nouns[0]} you mean is no longer available." if n_gone == 1 else "Some of those are no longer available."
    ]


def _full_notices(ledger: Ledger) -> list[str]:
    full = len(ledger.limits) >= MOST_LIMITS
    return [f"I keep to {MOST_LIMITS} limits at most; the oldest make room for new ones."] if full else []


def _contradiction_notices(ledger: Ledger, bundle: Bundle) -> list[str]:
    fields = bundle.catalog.fields
    return [
        f"Nothing can be both {describe_filter(a.filter, fields[a.filter.field])} and "
        f"{describe_filter(b.filter, fields[b.filter.field])}; remove one of the two chips."
        for a, b in contradictions(ledger)[:_MOST_CONTRADICTIONS]
    ]
