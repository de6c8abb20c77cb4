"""What the words around a mention make of it: refused, liked, disliked, seen, to resemble, or lifted."""

import dataclasses

from retrieval.linking.company import is_for_company
from retrieval.linking.context import Context
from retrieval.linking.lexicon import NO_MATTER, Cue
from retrieval.linking.message import Draft

_NEGATION_REACH = 4
_TOLD = {"like", "dislike", "seen"}
_LISTED = {"and", "or", "the", "a", "especially", "like", "movies", "both", "maybe"}
_SCOPES = {"and", "from", "of", "in", "made", "released"}
"""Between something refused and a range, what tells among which to look."""
_EXCEPTIONS = {"except", "except for", "other than", "apart from", "besides"}
_DETERMINERS = {"a", "an", "some", "something", "with"}
_ANEW = {"a", "an", "something", "one"}
_CREDITS = {"directed", "starring"}
_CUE_REACH = 14
_AFTER_REACH = 3
_LIFT_REACH = 5


def apply_cues(context: Context, drafts: list[Draft]) -> None:
    """Set `cue` and `negated` of drafts, which are in order and do not overlap."""
    stops = {cue.first for cue in context.grammar.cue_stops.find(context.message)}
    blocks = {cue.first for cue in context.grammar.negation_stops.find(context.message)}
    covered = {i for draft in drafts for i in range(draft.first, draft.last)}
    for draft in drafts:
        cue = _cue_for(context, draft, stops - covered, covered)
        after = _after(context, draft, context.verdicts)
        draft.cue = _name(cue)
        if after and (not cue or cue.name in ("none", "seen")):
            draft.cue = after
        draft.negated = _negated(context, draft, blocks - covered, covered, cue) and not _begins_anew(
            context, draft, drafts
        )
        if draft.kind == "field" and not draft.cue and context.after(draft.last, NO_MATTER):
            draft.cue = "lift"
        if draft.negated and cue and cue.name in ("like", "seen", "similar") and not after:
            draft.cue = ""
        if draft.cue == "like" and draft.kind == "value" and cue and cue.first in context.company:
            # "for my mum, who loves …" asks for that; "my wife loves …" only tells.
            draft.cue = "" if is_for_company(context.message) else draft.cue
        if draft.negated or draft.cue == "dislike":
            # A value assigned too patchily to demand is still safe to refuse.
            draft.score = max(draft.score, draft.refusal)


def _cue_for(context: Context, draft: Draft, stops: set[int], covered: set[int]) -> Cue | None:
    """Return the nearest cue before a mention in its sentence, unless the clause ended between."""
    for cue in reversed(context.cues):
        if cue.last > draft.first or not context.message.same_sentence(cue.first, draft.first):
            continue
        if any(i in covered for i in range(cue.first, cue.last)):
            continue
        if cue.name in _TOLD and not context.said_by_speaker(cue.first):
            if cue.phrase == "like" and draft.kind == "title" and _compares(context, cue, draft, covered):
                return dataclasses.replace(cue, name="similar")
            continue
        if cue.name == "lift_field" and (draft.kind != "field" or cue.last != draft.first):
            continue
        between = range(cue.last, draft.first)
        reach = _LIFT_REACH if cue.name in ("lift", "lift_field", "none") else _CUE_REACH
        if len(between) > reach or any(i in stops for i in between):
            return None
        if cue.name in _TOLD and any(_ends_clause(context, i, covered) for i in between):
            return None
        return cue
    return None


def _ends_clause(context: Context, i: int, covered: set[int]) -> bool:
    """Whether a comma before token i ends what a cue says, and is no part of a list."""
    return (
        "," in context.message.tokens[i].gap
        and i - 1 not in covered
        and i not in covered
        and (context.word(i) not in _LISTED)
    )


def _compares(context: Context, cue: Cue, draft: Draft, covered: set[int]) -> bool:
    """Whether "like" stands between an item asked for and a title: "comedies like …", "something funny like …"."""
    asked = cue.first - 1 in covered or context.word(cue.first - 1) in context.grammar.nouns
    return asked and draft.first - cue.last <= 1 and not context.plot[cue.first]


def _name(cue: Cue | None) -> str:
    return "" if cue is None or cue.name == "none" else cue.name.removesuffix("_field")


def _after(context: Context, draft: Draft, afters: list[Cue]) -> str:
    for cue in afters:
        if draft.kind == "value" and (cue.name == "seen" or context.word(cue.last) in ("in", "as")):
            continue
        if 0 <= cue.first - draft.last <= _AFTER_REACH - 2 and context.message.same_sentence(draft.last - 1, cue.first):
            return cue.name
    return ""


def _negated(context: Context, draft: Draft, blocks: set[int], covered: set[int], cue: Cue | None) -> bool:
    """Whether the nearest negation that reaches the mention refuses it, unless it turns another one round."""
    reaching = []
    for negation in context.negations:
        if (
            not negation.name
            or negation.last > draft.first
            or any(i in covered for i in range(negation.first, negation.last))
        ):
            continue
        inside_cue = any(
            c.first <= negation.first < c.last and c.name in ("dislike", "lift", "none") for c in context.cues
        )
        if inside_cue or _asks(context, negation) or (cue and cue.name == "similar" and negation.last <= cue.first):
            continue
        if context.message.same_sentence(negation.first, draft.first) and _reaches(
            context, negation.last, draft.first, blocks, covered
        ):
            reaching.append(negation)
    if not reaching:
        return False
    earlier = [n for n in context.negations if n.name and n.last <= reaching[-1].first]
    return not (earlier and _turns_round(context, earlier[-1], reaching[-1]))


def _begins_anew(context: Context, draft: Draft, drafts: list[Draft]) -> bool:
    """Whether a range after something refused of another kind is a wish of its own.

    "No horror, under two hours" and "no comedies from the eighties" want what is under two hours, and of the eighties.
    """
    before = max((d for d in drafts if d.last <= draft.first), key=lambda d: d.last, default=None)
    if draft.kind != "range" or before is None or (before.negated and before.field == draft.field):
        return False
    if any(before.last <= negation.first < draft.first for negation in context.negations):
        return False
    between = range(before.last, draft.first + 1)
    return any("," in context.message.tokens[i].gap or context.word(i) in _SCOPES for i in between)


def _turns_round(context: Context, earlier: Cue, later: Cue) -> bool:
    """Whether two negations make a wish: "not without X", "nothing except X", "no X except Y"."""
    if not context.message.same_sentence(earlier.first, later.first):
        return False
    if later.phrase in _EXCEPTIONS:
        return later.first - earlier.last <= _NEGATION_REACH
    return later.phrase == "without" and later.first - earlier.last <= 1


def _asks(context: Context, negation: Cue) -> bool:
    """Whether the negation only opens a question: "isn't that with …?"."""
    opens = context.message.starts_sentence(negation.first) and negation.phrase.replace(" ", "").endswith("nt")
    end = context.message.tokens[negation.last - 1].end
    return opens and "?" in context.message.text[end : end + 200]


def _reaches(context: Context, start: int, first: int, blocks: set[int], covered: set[int]) -> bool:
    """Whether a negation that ends at `start` holds at `first`: no clause break, and any comma continues a list."""
    free = [i for i in range(start, first) if i not in covered]
    # "not directed by X" refuses; elsewhere such a word begins a clause of its own.
    begin = start + (context.word(start) in _CREDITS)
    if len(free) > _NEGATION_REACH or any(i in blocks for i in range(begin, first)):
        return False
    if _turns_to_wish(context, start, first):
        return False
    commas = [
        i
        for i in range(start, first + 1)
        if i < len(context.message.tokens) and "," in context.message.tokens[i].gap and i > start
    ]
    return all(_list_comma(context, start, i, covered) for i in commas)


def _turns_to_wish(context: Context, start: int, first: int) -> bool:
    """Whether what follows is wanted: "nothing violent and a comedy", "no action movie, a comedy"."""
    words = context.message.words[start:first]
    if len(words) > 1 and words[-1] in _ANEW and words[-2] in context.grammar.nouns:
        return True
    for i, word in enumerate(words[:-1]):
        if word == "and" and words[i + 1] in _DETERMINERS and not _DETERMINERS & set(words[:i]):
            return True
    return False


def _list_comma(context: Context, start: int, i: int, covered: set[int]) -> bool:
    """Whether the comma before token i parts one refused list: a value before it, a value or "or" after."""
    return (
        i - 1 in covered and (i in covered or context.word(i) in ("or", "nor", "and", "no", "any")) and i - start <= 10
    )
