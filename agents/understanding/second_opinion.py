"""What the classifier of acts changes where no pattern knew a message: its intent, what it points at, what it refuses.

Undoing, starting over, answers to questions, places and corrections stay with the patterns; a wish stays a wish.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from agents.nouns import Nouns
from agents.state import Ledger, Thread
from agents.understanding import intents
from agents.understanding.act_features import places
from agents.understanding.acts import SURE, Act, act_of, heard_in
from agents.understanding.aim import Aim
from agents.understanding.amend import SOFT
from agents.understanding.amend import SURE as HARD
from agents.understanding.rejection import REJECT
from retrieval.bundle import Bundle
from retrieval.items import NEGATIVE_OPS, Role
from retrieval.linking import Mention
from retrieval.linking.message import words_of

_TASTES = ("like", "dislike", "seen")
_POINTING = ("details", "similar", *_TASTES)
_REFUSES = 0.8
"""A wish taken for a refusal hides what was wanted, so it must be surer."""
_GREETS_FIRST = 0.85
"""Nothing has been shown yet: a greeting costs a turn."""
_TELLS = 0.4
"""So likely to tell of oneself, a message is no goodbye."""
_REPLACES = 0.9
_ASKS = re.compile(r"\b(?:can|could|would|will) (?:you|u|i|we)\b", re.I)
_ALL_OF = re.compile(r"\b(?:any|all)\s*$", re.I)
_ALL_SHOWN = re.compile(r"\b(?:all|every(?: single)? one|each) of (?:these|those|them)\b|\b(?:them|these) all\b", re.I)
_MOST_CLAUSES = 4
_CLAUSE = re.compile(r"[,;.!?]|\bbut\b", re.I)
_SHORTEST_NAME = 4
"""Letters of a word that stands for the value it is part of."""


@dataclass(frozen=True)
class Opinion:
    """A message as read by patterns and classifier together."""

    aim: Aim
    mentions: list[Mention] = field(default_factory=list)
    act: Act = Act()
    judged: dict[str, str] = field(default_factory=dict)
    """Item id → like, dislike or seen, where one message says so of several: "loved the first, not the second"."""


def second_opinion(
    text: str, aim: Aim, mentions: list[Mention], thread: Thread, bundle: Bundle, nouns: Nouns
) -> Opinion:
    """Ask the classifier where the patterns see nothing but a wish; what it is unsure of stays as it was."""
    several = [thread.last_slate[at] for at in places(_unlinked(text, mentions), len(thread.last_slate))]
    maybe_compares = aim.intent == "details" and len(several) > 1
    maybe_rejects = aim.intent == "more" and bool(thread.last_slate)
    if not text.strip() or not (aim.intent == "recommend" or maybe_compares or maybe_rejects):
        return Opinion(aim, mentions)
    embedder = bundle.embedder if bundle.manifest.embedder else None

    def taken_for(part: str) -> Act:
        said = mentions if part == text else []
        return act_of(heard_in(part, said, thread, bundle, nouns), embedder)

    act = taken_for(text)
    if maybe_rejects:
        return Opinion(aim, mentions, act if act.among(REJECT) else Act())
    if maybe_compares:
        compares = act.among("compare")
        return Opinion(replace(aim, intent="compare", pointed=several) if compares else aim, mentions)
    kept = [m for m in mentions if act.among("lift") and _is_all_of(m, text, thread.ledger)]
    mentions = [m if m in kept else _reread(m, act, thread.ledger, alone=len(mentions) == 1) for m in mentions]
    if act.among("lift"):
        unnamed = _others(kept[0], thread.ledger, bundle) if kept else _unnamed(text, mentions, thread.ledger, bundle)
        mentions = [*mentions, *unnamed]
    pointed = aim.pointed
    judges = act.among(*_TASTES) or bool(pointed and intents.feedback_kind(text))
    if (act.among(*_POINTING) or judges) and not _titles(mentions) and (not pointed or judges):
        all_shown = act.among(*_TASTES) and not (pointed or several) and _ALL_SHOWN.search(text)
        pointed = thread.last_slate if all_shown else list(dict.fromkeys([*pointed, *several]))
    judged = _by_clause(text, thread.last_slate, taken_for) if len(pointed) > 1 and judges else {}
    return Opinion(_aimed(text, replace(aim, pointed=pointed), act, mentions, thread), mentions, act, judged)


def _by_clause(text: str, slate: Sequence[str], taken_for: Callable[[str], Act]) -> dict[str, str]:
    """Judge the items that each clause points at by that clause alone."""
    judged: dict[str, str] = {}
    for clause in _CLAUSE.split(text)[:_MOST_CLAUSES]:
        at = places(clause, len(slate))
        act = taken_for(clause) if at else Act()
        kind = act.name if act.among(*_TASTES, least=SOFT) else intents.feedback_kind(clause)
        judged |= {slate[place]: kind for place in at if kind}
    return judged


def _aimed(text: str, aim: Aim, act: Act, mentions: Sequence[Mention], thread: Thread) -> Aim:
    titles = _titles(mentions)
    bounded = any(m.kind in ("value", "range") and m.score >= HARD for m in mentions)
    focus = thread.past[-1].focus if thread.past else []
    shown = thread.last_slate
    if act.among("details") and (aim.pointed or titles or focus or (shown and "it" in words_of(text))):
        return replace(aim, intent="details", pointed=aim.pointed or ([] if titles else focus or shown[:1]))
    if act.among("compare") and shown and not titles:
        return replace(aim, intent="compare", pointed=aim.pointed or (focus if len(focus) > 1 else shown))
    if _is_polite(text, aim, act, shown=bool(shown)) and not (bounded or titles):
        return replace(aim, intent="smalltalk")
    if act.among("more") and shown:
        return replace(aim, intent="more")
    if act.among("similar") and (aim.pointed or titles):
        return replace(aim, intent="similar")
    if act.among("recap", "help", "count") and not titles:
        return replace(aim, intent=act.name)  # type: ignore[arg-type]  # the three are intents
    return aim


def _is_polite(text: str, aim: Aim, act: Act, *, shown: bool) -> bool:
    """Whether nothing is asked: who asks for something kindly asks, who points at an item takes it."""
    if intents.is_fresh_request(text) or _ASKS.search(text) or act.fine.get("tells", 0) >= _TELLS:
        return False
    if intents.names_position(text) or (aim.pointed and act.fine.get("bye", 0) < SOFT):
        return False
    return act.among("courtesy", least=SURE if shown else _GREETS_FIRST)


def _titles(mentions: Sequence[Mention]) -> list[Mention]:
    return [m for m in mentions if m.kind == "title" and m.item_ids]


def _reread(mention: Mention, act: Act, ledger: Ledger, *, alone: bool) -> Mention:
    """Return a mention as the act has it: lifted, judged, refused, or wanted in the place of another."""
    plain = mention.cue == "" and not mention.negated
    if plain and mention.kind == "title" and act.among(*_TASTES):
        return mention.model_copy(update={"cue": act.name})
    if plain and act.among("lift") and mention.kind in ("value", "field"):
        return _lifted(mention, ledger)
    if mention.kind != "value":
        return mention
    if plain and act.among("refuse", least=_REFUSES):
        return mention.model_copy(update={"negated": True})
    unrefused = act.among("replace", least=_REPLACES) and act.fine.get("refuse", 0) < 1 - SURE
    if mention.negated and alone and unrefused:
        return mention.model_copy(update={"negated": False})
    if plain and act.among("replace", least=_REFUSES) and SOFT <= mention.score < HARD:
        return mention.model_copy(update={"score": HARD})
    return mention


def _lifted(mention: Mention, ledger: Ledger) -> Mention:
    """Lift what is limited; a value beside the one asked for ("a manual is fine too") joins it."""
    mine = [limit.filter for limit in ledger.limits if limit.filter.field == mention.field]
    said = str(mention.value).lower()
    if mine and (mention.kind == "field" or any(said in str(one.value).lower() for one in mine)):
        return mention.model_copy(update={"cue": "lift", "score": max(mention.score, HARD)})
    wanted = [one for one in mine if one.op in ("eq", "contains", "in")]
    if mention.kind != "value" or not wanted:
        return mention
    before = wanted[-1].value if isinstance(wanted[-1].value, list) else [wanted[-1].value]
    return mention.model_copy(update={"op": "in", "value": [*before, mention.value], "score": max(mention.score, HARD)})


def _is_all_of(mention: Mention, text: str, ledger: Ledger) -> bool:
    """Whether "any station wagon then" keeps a value that was asked for, and lifts what else was."""
    wanted = {str(limit.filter.value).lower() for limit in ledger.limits if limit.filter.field == mention.field}
    said = mention.kind == "value" and str(mention.value).lower() in wanted
    return said and bool(_ALL_OF.search(text[: mention.start]))


def _others(kept: Mention, ledger: Ledger, bundle: Bundle) -> list[Mention]:
    """Lift what was asked for of other names and kinds."""
    names = {field.name for field in bundle.catalog.with_role(Role.FACET, Role.PERSON)} - {kept.field}
    fields = dict.fromkeys(limit.filter.field for limit in ledger.limits if limit.filter.op not in NEGATIVE_OPS)
    lift = Mention(start=kept.start, end=kept.end, text=kept.text, kind="field", score=HARD, cue="lift")
    return [lift.model_copy(update={"field": name}) for name in fields if name in names]


def _unnamed(text: str, mentions: Sequence[Mention], ledger: Ledger, bundle: Bundle) -> list[Mention]:
    """Return lifts of limits that a message names by their field, or by part of a value: "Clint needn't be in it"."""
    if any(m.cue == "lift" for m in mentions):
        return []
    limited = {limit.filter.field for limit in ledger.limits}
    found = [
        Mention(start=start, end=end, text=text[start:end], kind="field", score=HARD, field=name, cue="lift")
        for name, start, end in bundle.linker.fields_named(text)
        if name in limited
    ]
    for limit in [] if found else ledger.limits:
        value = limit.filter.value
        names = {w for w in words_of(str(value)) if len(w) >= _SHORTEST_NAME} if isinstance(value, str) else set()
        said = next((m for w in names if (m := re.search(rf"\b{re.escape(w)}\b", text, re.I))), None)
        if said and limit.filter.op not in NEGATIVE_OPS:
            start, end = said.span()
            found.append(
                Mention(
                    start=start, end=end, text=said[0], kind="value", score=HARD, field=limit.filter.field,
                    op=limit.filter.op, value=value, cue="lift",
                )
            )  # fmt: skip
    return found


def _unlinked(text: str, mentions: Sequence[Mention]) -> str:
    """Blank out bounds, whose numbers are no places in a list."""
    for mention in mentions:
        if mention.kind in ("range", "stray") and intents.names_position(mention.text) is False:
            text = text[: mention.start] + " " * (mention.end - mention.start) + text[mention.end :]
    return text
