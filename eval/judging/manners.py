"""How both sides write and how the talk runs, as numbers: more of what the regression is given."""

import math
from collections.abc import Sequence

import numpy as np

from eval.dialogues import Dialogue
from eval.judging.seen import Seen
from retrieval.text import tokens

_SHORT = 3
"""Words of a turn that hardly says anything."""


def manner(users: Sequence[str], replies: Sequence[str]) -> dict[str, float]:
    """Return how varied and how well ended the replies are, and how the user writes; shares, 0 for no turns."""
    words = [word for text in replies for word in tokens(text)]
    pairs = list(zip(words, words[1:], strict=False))
    lengths = [len(tokens(text)) for text in users] or [0]
    return {
        "distinct_words": _distinct(words),
        "distinct_pairs": _distinct(pairs),
        "distinct_in_reply": _mean([_distinct(tokens(text)) for text in replies]),
        "distinct_replies": _distinct(replies),
        "word_length": _mean([len(word) for word in words]),
        "ended": _mean([text.rstrip()[-1] in ".!?" for text in replies if text.strip()]),
        "capital_first": _mean([text[:1].isupper() for text in replies]),
        "user_exclaims": _mean(["!" in text for text in users]),
        "user_asks": _mean(["?" in text for text in users]),
        "user_lower": _mean([text == text.lower() for text in users]),
        "user_short": _mean([length <= _SHORT for length in lengths]) if users else 0.0,
        "first_user": math.log1p(lengths[0]),
        "user_grows": math.log1p(lengths[-1]) - math.log1p(lengths[0]),
    }


def course(dialogue: Dialogue, seen: Sequence[Seen]) -> dict[str, float]:
    """Return how the talk runs: how long after the first items, what became of them, how it ends; -1 for no items."""
    first = next((i for i, one in enumerate(seen) if one.named), None)
    last = seen[-1] if seen else None
    return {
        "after_items": math.log1p(len(seen) - first) if first is not None else -1.0,
        "n_praised": math.log1p(sum(one.taken == "praise" for one in seen)),
        "n_complained": math.log1p(sum(one.taken == "complaint" for one in seen)),
        "n_answered": math.log1p(sum(one.answered for one in seen)),
        "n_fresh": math.log1p(sum(one.fresh for one in seen)),
        "items_last": math.log1p(len(last.named)) if last else 0.0,
        "names_last": float(bool(last and last.named)),
        "user_last": float(bool(dialogue.turns and dialogue.turns[-1].role == "user")),
        "echo": _mean([one.echo for one in seen]),
        "cut": _mean([one.cut for one in seen]),
        "asks_about": _mean([one.asked == "about" for one in seen]),
        "asks_other": _mean([one.asked == "other" for one in seen]),
        "social": _mean([one.asked == "social" for one in seen]),
    }


def _distinct(things: Sequence[object]) -> float:
    return len(set(things)) / max(len(things), 1)


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else 0.0
