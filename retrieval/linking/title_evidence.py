"""How sure a stretch of a message is meant as a title: what it is made of, how it is written, what stands beside it."""

from retrieval.linking.context import Context
from retrieval.linking.lexicon import Cue
from retrieval.linking.titles import ARTICLES, Match, TitleIndex

_PRONOUNS = frozenset("it her him us me them you i this that these those what who if so no yes the a".split())
_COPULAS = frozenset("is was are were looks looked sounds sounded seems seemed s".split())
_BETWEEN = frozenset(
    "also another a an the really so very pretty quite such kind of one my all time just actually super definitely "
    "always still kinda sort absolutely truly more less not too only even ever in our his her another".split()
)
_JUDGED = frozenset(
    "good great awesome amazing funny hilarious classic excellent cool fun favorite favourite favorites favourites "
    "best nice fantastic brilliant scary terrible bad boring okay ok interesting intense overrated underrated "
    "wonderful lovely decent masterpiece solid perfect crazy sad weird beautiful disappointing better worst "
    "alright entertaining enjoyable awful hit gem must".split()
)
_INTRODUCED = frozenset(
    tuple(phrase.split(" "))
    for phrase in (
        "how about", "what about", "or even", "or maybe", "heard of", "seen", "watched", "read", "played", "tried",
        "check out", "recommend", "suggest", "there is", "there s", "then there is", "favorite is", "favourite is",
        "favorite movie is", "favorites are", "favorites is", "favourites are", "reminded of", "thinking of",
    )
)  # fmt: skip
_LINKS = frozenset(("and", "or", "&"))
_COMPARED = frozenset(("compare", "comparing", "versus", "vs", "difference", "differences"))
_SIDES = frozenset(("compare", "comparing", "versus", "vs", "between", "and", "or", "with", "to", "&"))
"""What stands beside a title that is set against another."""
_OWN = 0.9
"""Items this exact bear the title itself, and are no part of a series it stands for."""
_MOST_LISTED = 16
"""Words of a message that may be nothing but a list of titles."""


def title_score(context: Context, index: TitleIndex, first: int, last: int, matches: list[Match], phrase: str) -> float:
    """Return 0–1; below 0.3 too little speaks for a title."""
    if context.quoted(first, last):
        return 0.96
    if context.titled(first):
        return 0.9
    exact = matches[0][1]
    if _compared(context, first, last) and not phrase.isdigit() and exact >= _OWN:
        return 0.92
    base = index.base_score(phrase)
    plain = index.is_plain_word(phrase)
    whole = first == 0 and last == len(context.message.words)
    if whole and not (plain and last == 1):
        if phrase != context.message.phrase(first, last) and last == 1:
            return 0.7
        return 0.9 if not plain or last > 2 else 0.7
    capital = context.capital(first, last)
    cue = _cue_near(context, first, last)
    n_telling = sum(word not in ARTICLES for word in phrase.split())
    if plain and (last - first == 1 or n_telling < 2 and index.is_everyday(phrase)):
        return _plain_score(context, index, first, last, phrase, capital=capital, cue=cue)
    base = _weighed(
        context, base, cue, plain=plain, capital=capital, opens=context.capital(first, first + 1), span=last - first
    )
    if context.plot[first] and not capital and cue not in ("strong", "weak"):
        base *= 0.6
    return min(0.95, base) * (0.85 + 0.15 * exact)


def _weighed(context: Context, base: float, cue: str, *, plain: bool, capital: bool, opens: bool, span: int) -> float:
    """Add to a title's own score what its capitals and the words beside it say."""
    if cue == "strong":
        base = max(base, 0.35 if plain else 0.45) + 0.4
    elif cue == "listed":
        base = max(base, 0.45) + 0.2
    elif cue == "weak":
        base += 0.2
    if capital:
        return max(base, 0.35) + 0.3 + (0.1 if span > 1 else 0)
    if span > 1 and opens:
        return base + 0.15
    return base * 0.6 if context.message.mixed_case and not cue else base


def _plain_score(
    context: Context, index: TitleIndex, first: int, last: int, phrase: str, *, capital: bool, cue: str
) -> float:
    """Score an ordinary single word: capitals and a cue together, or nothing."""
    if capital and cue == "strong":
        return 0.75 if phrase in _PRONOUNS else 0.82
    if index.is_everyday(phrase):
        return 0.35 if capital else 0.3 if cue == "strong" and phrase not in _PRONOUNS else 0.0
    opens = context.message.mixed_case and context.message.tokens[first].capital
    if opens and (_judged_after(context, last) or cue == "weak"):
        return 0.65
    if context.message.tokens[first].capital and last - first == len(context.message.words):
        return 0.65
    return 0.35 if capital else 0.3 if cue == "strong" else 0.0


def _cue_near(context: Context, first: int, last: int) -> str:
    """Say what evidence stands beside a span.

    "strong": after "something like", "I loved", "seen", "how about", in a list after another, before "was great";
    "weak": after a noun for an item or "watch", or in a question about one; "listed": the message is nothing but
    names; else "".
    """
    near: Cue | None = None
    for cue in context.cues:
        if cue.last <= first and context.message.same_sentence(cue.first, first) and not cue.name.startswith("lift"):
            near = cue
    if near and first - near.last <= 1:
        between = context.word(near.last)
        if first == near.last or between in ("the", "both") or between in context.grammar.nouns:
            return "strong"
    if context.liked_after(last):
        return "strong"
    if near and _listed(context, near.last, first):
        return "strong"
    telling = [word for word in context.message.words[first:last] if word not in ARTICLES]
    if len(telling) > 1 and (_judged_after(context, last) or context.before(first, _INTRODUCED)):
        return "strong"
    if _stands_alone(context, first, last):
        return "listed"
    asked = context.asked(first) and not context.plot[first]
    return "weak" if asked or context.before(first, context.grammar.title_before) else ""


def _listed(context: Context, start: int, first: int) -> bool:
    """Whether only a list lies between a cue and here: commas or "and" right before, no clause break between."""
    word = context.word(first - 1)
    gap = context.message.tokens[first].gap
    if word not in ("and", "or", "&") and "," not in gap:
        return False
    stops = {"but", "where", "directed", "starring", "because", "that", "which", "i", "with", "from"}
    return first - start <= 16 and not stops & set(context.message.words[start:first])


def _judged_after(context: Context, last: int) -> bool:
    """Whether a verdict of any wording follows: "… is also a pretty good one"."""
    if context.word(last) not in _COPULAS:
        return False
    for i in range(last + 1, min(last + 8, len(context.message.words))):
        if not context.message.same_sentence(last, i) or context.word(i) not in _BETWEEN | _JUDGED:
            return False
        if context.word(i) in _JUDGED:
            return True
    return False


def _compared(context: Context, first: int, last: int) -> bool:
    """Whether the span fills one side of a comparison: "compare X and Y", "X vs Y"."""
    words = context.message.words
    if _COMPARED.isdisjoint(words):
        return False
    at = first
    while at > 0 and context.word(at - 1) in ARTICLES | context.grammar.nouns:
        at -= 1
    opens = at == 0 or context.word(at - 1) in _SIDES or "," in context.message.tokens[at].gap
    ends = last == len(words) or context.word(last) in _SIDES or bool(context.message.tokens[last].gap.strip())
    sides = context.word(at - 1) in _SIDES or context.word(last) in _SIDES
    return opens and ends and sides


def _stands_alone(context: Context, first: int, last: int) -> bool:
    """Whether the span is one entry of a message of few words: between commas, "and" and the ends."""
    tokens = context.message.tokens
    if len(tokens) > _MOST_LISTED or "," not in context.message.text:
        return False
    opens = first == 0 or "," in tokens[first].gap or context.word(first - 1) in _LINKS
    closes = last == len(tokens) or "," in tokens[last].gap or context.word(last) in _LINKS
    return opens and closes
