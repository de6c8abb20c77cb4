"""Which words of a wish tell of an item: what may be said to be found in one, or to be in none."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from agents.answering.sympathy import sympathy
from agents.understanding.intents import COUNT_WORDS
from agents.understanding.talk_words import NOISE
from retrieval.items import Field
from retrieval.lexical import stem
from retrieval.linking.dimensions import dimensions
from retrieval.linking.lexicon import lexicon
from retrieval.text import tokens

if TYPE_CHECKING:
    from agents.kit import Kit
    from agents.turn import Turn

_QUESTIONS = frozenset("who whos whose whom what whats which where when why how".split())
_ASKING = frozenset(
    "pls plz gimme lemme wanna gonna gotta search seek ask advise advice propose offer compare review number item list "
    "together already yet still once twice hundred hundreds thousand dozen clue idea stuff thing things vibe vibes "
    "lol haha hmm oh ah ugh yay yeah nope sorry question answer language set mostly mainly usually often".split()
)
_LIFE = frozenset(
    "year years old age aged month week day evening morning afternoon night time weekend birthday present gift work "
    "party people person us".split()
)
_SUBJECT = r"\b(?:about|where|involving|featuring|in which|(?:story|stories|tale|tales|life|history) of)\b(?: [\w'’-]+)"
_LEAST_LONG = 7
"""Letters; a shorter word with one left out is mostly another word."""
_LEAST_TURNED = 4
_FEW = 3
"""Telling words; who says more describes, and need not hear of each that none of them was found."""
_COMPARED = re.compile(r"\b(?:something|anything|one|bit|little|even|much)\s+([\w-]{3,}er)\b", re.I)
_MEASURES = ("greater", "greatest", "less", "least")
_WISHES = ("recommend", "similar", "more")


def telling_words(query: str, said: str, fields: Iterable[Field], nouns: Sequence[str]) -> list[str]:
    """Return the words of `query` that tell of an item, each once.

    Not: words of asking and their misspellings, numbers, what items and fields are called, and whom or what occasion it
    is for, unless it is what an item shall be about in the words of the user (`said`).
    """
    named = {stem(word) for field in fields for word in tokens(field.label)} | {stem(word) for word in nouns}
    told = []
    for word in dict.fromkeys(tokens(query)):
        if word.isdigit() or len(word) < 2 or stem(word) in named or stem(word) in _said_of_none():
            continue
        if word in _misspelt() or stem(word) in _of_life() and not _is_subject(word, said):
            continue
        told.append(word)
    return told


def wish_words(turn: "Turn", kit: "Kit") -> list[str]:
    """Return the telling words of the wish a turn goes by, its own or that of the conversation."""
    return _telling(turn.read.understanding.query or turn.thread.query, turn, kit)


def unheard_words(turn: "Turn", kit: "Kit") -> list[str]:
    """Return the telling words of this message that nothing which fits has, without those told of before."""
    understood = turn.read.understanding
    found = dict(turn.results).get("search_keywords")
    if (
        found is None
        or sympathy(turn.text)
        or understood.anchors
        or understood.soft
        or understood.intent not in _WISHES
    ):
        return []
    words = _telling(understood.query, turn, kit)
    heard = {word for hit in found.hits for word in hit.why.get("matched", [])}
    compared = set(tokens(" ".join(_COMPARED.findall(turn.text))))
    unheard = [word for word in words if word not in heard | compared]
    if len(unheard) < len(words) and len(words) > _FEW:
        return []
    told = {word for past in turn.thread.past for word in past.unheard}
    return [word for word in unheard if word not in told]


def unheard_notice(turn: "Turn", kit: "Kit") -> str:
    """Say which words of the request no item has, and what was gone by instead; "" where all were heard."""
    words = unheard_words(turn, kit)
    if not words or not turn.slate:
        return ""
    said = " or ".join(f"“{word}”" for word in words[:_FEW])
    limited, one = bool(turn.read.ledger.limits), kit.nouns[0]
    if limited or len(words) < len(wish_words(turn, kit)):
        return f"No {one} {'that fits ' if limited else 'here '}mentions {said}, so I went by the rest."
    nearest = "the nearest in meaning and the best known" if kit.bundle.manifest.embedder else "the best known"
    return f"No {one} here mentions {said}; these are {nearest}."


def _telling(query: str, turn: "Turn", kit: "Kit") -> list[str]:
    said = " . ".join([*(past.user for past in turn.thread.past), turn.text])
    return telling_words(query, said, kit.bundle.catalog.fields.values(), kit.nouns[2])


def _is_subject(word: str, said: str) -> bool:
    return bool(re.search(rf"{_SUBJECT}{{0,4}}? {re.escape(word)}\b", said, re.I))


@cache
def _said_of_none() -> frozenset[str]:
    numbers = {word for phrase in COUNT_WORDS for word in phrase.split()}
    asked = NOISE | _QUESTIONS | _ASKING
    doing = {form for word in asked if len(word) >= _LEAST_TURNED for form in (f"{word}ing", f"{word[:-1]}ing")}
    measures = {phrase for one in dimensions().values() for sense in _MEASURES for phrase in one[sense]}
    compared = {phrase for phrase in measures if " " not in phrase}
    plain = {word[:-2] for word in compared if word.endswith("er")}  # cheaper, cheap
    return frozenset(map(stem, asked | numbers | doing | compared | plain))


@cache
def _of_life() -> frozenset[str]:
    return frozenset(map(stem, _LIFE.union(lexicon()["company"]["kin"])))


@cache
def _misspelt() -> frozenset[str]:
    """Words of asking with two letters turned round; of question words and long ones also with a letter left out."""
    found = set()
    for word in NOISE | _QUESTIONS:
        if len(word) >= _LEAST_TURNED:
            found |= {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)}
        if len(word) >= _LEAST_LONG or word in _QUESTIONS and len(word) >= _LEAST_TURNED:
            found |= {word[:i] + word[i + 1 :] for i in range(1, len(word))}
    return frozenset(found)
