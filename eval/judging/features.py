"""A dialogue as numbers that code can read off its text; the same for every system and every catalogue."""

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import numpy as np

from eval.dialogues import Dialogue, exchanges
from eval.judging import cues
from eval.judging.manners import course, manner
from eval.judging.seen import Seen, look
from retrieval.text import tokens

_LAST = 2


def features(dialogue: Dialogue) -> dict[str, float]:
    """Return the features by name; shares lie in 0–1, counts are logarithms, nothing is ever missing."""
    seen = look(exchanges(dialogue))
    users, replies = dialogue.said("user"), dialogue.said("assistant")
    told = {**_size(users, replies), **_replies(seen), **_items(seen), **_users(users), **_taken(seen)}
    return {**told, **manner(users, replies), **course(dialogue, seen)}


def _share(values: Iterable[bool]) -> float:
    held = list(values)
    return sum(held) / len(held) if held else 0.0


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if len(values) else 0.0


def _size(users: Sequence[str], replies: Sequence[str]) -> dict[str, float]:
    words = [word for text in replies for word in tokens(text)]
    lengths = [len(tokens(text)) for text in replies] or [0]
    return {
        "n_turns": math.log1p(len(users)),
        "user_words": math.log1p(_mean([len(tokens(text)) for text in users])),
        "reply_words": math.log1p(_mean(lengths)),
        "longest_reply": math.log1p(max(lengths)),
        "last_reply": math.log1p(lengths[-1]),
        "vocabulary": len(set(words)) / math.sqrt(len(words) + 1),
        "long_words": _share(len(word) > 7 for word in words),
    }


def _replies(seen: Sequence[Seen]) -> dict[str, float]:
    asking = [one for one in seen if one.asked in ("items", "about")]
    about = [one for one in seen if one.asked == "about"]
    return {
        "answered": _share(one.answered for one in asking),
        "answered_about": _share(one.answered for one in about) if about else 0.5,
        "answered_last": _share(one.answered for one in seen[-_LAST:]),
        "empty": _share(one.empty for one in seen),
        "gap": _share(one.gap for one in seen),
        "repeated": _share(one.repeated for one in seen[1:]),
        "idle": _share(one.idle for one in seen),
        "stutter": _share(one.stutter for one in seen),
        "explains": _share(one.explains for one in seen),
        "asks": _share(one.asks for one in seen),
        "short": _share(one.n_words < 6 for one in seen),
        "on_topic": _mean([one.on_topic for one in seen]),
        "on_topic_last": _mean([one.on_topic for one in seen[-_LAST:]]),
    }


def _items(seen: Sequence[Seen]) -> dict[str, float]:
    named = [name for one in seen for name in one.named]
    first = next((i for i, one in enumerate(seen) if one.named), None)
    return {
        "n_items": math.log1p(len(set(named))),
        "most_items": math.log1p(max((len(one.named) for one in seen), default=0)),
        "with_items": _share(bool(one.named) for one in seen),
        "fresh": _mean([one.fresh / len(one.named) for one in seen if one.named]),
        "first_items": 0.0 if first is None else 1 / (1 + first),
        "same_list": _share(bool(a.named) and set(a.named) == set(b.named) for a, b in pairwise(seen)),
    }


def _users(users: Sequence[str]) -> dict[str, float]:
    def late(found: Callable[[str], object]) -> float:
        """Weigh the user's later turns more: the last one twice the first."""
        n = max(len(users) - 1, 1)
        weights = [1 + i / n for i in range(len(users))]
        held = [weight for weight, text in zip(weights, users, strict=True) if found(text)]
        return sum(held) / sum(weights) if weights else 0.0

    last = users[-1] if users else ""
    return {
        "praise": late(cues.PRAISE.search),
        "complaint": late(cues.COMPLAINT.search),
        "refusal": late(cues.REFUSAL.search),
        "praise_last": float(bool(cues.PRAISE.search(last))),
        "complaint_last": float(bool(cues.COMPLAINT.search(last))),
        "farewell": float(any(cues.FAREWELL.search(text) for text in users[-_LAST:])),
        "rephrased": _mean([max(cues.overlap(text, old) for old in users[:i]) for i, text in enumerate(users) if i]),
        "shouted": _share(len(text) > 6 and sum(c.isupper() for c in text) > len(text) / 2 for text in users),
        "last_user": math.log1p(len(tokens(last))),
    }


def _taken(seen: Sequence[Seen]) -> dict[str, float]:
    given = [one for one in seen if one.named and one.taken != "none"]
    return {
        "items_praised": _share(one.taken == "praise" for one in given),
        "items_refused": _share(one.taken in ("refusal", "complaint") for one in given),
        "asked_again": _share(one.asked_again for one in seen if one.taken != "none"),
        "sound": _share(one.answered and not one.gap and not one.stutter and one.taken != "complaint" for one in seen),
    }
