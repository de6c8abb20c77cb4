"""Plain words that are the name of an item: known from the list shown, or from standing alone after "seen"."""

from collections.abc import Iterator, Sequence

from agents.state import Thread
from retrieval.linking import Mention
from retrieval.text import tokens

_TOLD = ("like", "dislike", "seen")
_SURE = 0.9
_WORDS = 5
"""A longer message says more than a name."""


def names_known(mentions: Sequence[Mention], text: str, thread: Thread, plain: frozenset[str]) -> list[Mention]:
    """Return the mentions, those titles sure that a judgement names and that were shown, or that are all it says.

    `plain` are words that name nothing when they stand alone ("seen it").
    """
    return list(_named(mentions, text, set(thread.shown), plain))


def _named(mentions: Sequence[Mention], text: str, shown: set[str], plain: frozenset[str]) -> Iterator[Mention]:
    for mention in mentions:
        judged = mention.kind == "title" and mention.cue in _TOLD and len(text.split()) <= _WORDS
        if not judged or set(tokens(mention.text)) <= plain:
            yield mention
            continue
        here = [item_id for item_id in mention.item_ids if item_id in shown]
        alone = not text[mention.end :].strip(" .!,") and len(text[: mention.start].split()) == 1
        if here or alone:
            yield mention.model_copy(update={"score": max(mention.score, _SURE), "item_ids": here or mention.item_ids})
        else:
            yield mention
