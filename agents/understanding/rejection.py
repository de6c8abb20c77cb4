"""A slate refused as a whole: "none of these", "not quite", "you showed me those already"."""

import re
from collections.abc import Sequence

from agents.state import Thread
from agents.understanding.acts import Act
from agents.understanding.amend import SURE
from agents.understanding.intents import is_pronoun
from agents.understanding.phrases import words
from retrieval.linking import Mention

REJECT = "reject"
"""Name of the act."""
_REFUSED = re.compile(
    r"^\W*(?:(?:h+m+|well|no|nope|nah|sorry|ok(?:ay)?|thanks|but)\b\W*)*"
    r"(?:none|neither|nothing|not(?: any| one)?)\W+(?:(?:of|from|out of) )?(?:these|those|them)\b"
    r"(?: ones?| please| either| really| thanks)*\W*$",
    re.I,
)
"""Refusals so plain that no classifier is asked."""
_SHOWN = r"(?:show(?:ed|n|s|ing)?|g(?:ave|iven)|list(?:ed)?|suggest(?:ed)?|recommend(?:ed)?|offered|had|seen)"
_REPEATED = words(
    rf"you(?:'?ve| have| already| just)*\s+{_SHOWN}(?: me| us)?\s+(?:all |both )?"
    r"(?:these|those|them|that|this|the same)\b",
    r"(?:seen|had) (?:all )?(?:these|those|them)\b.{0,20}\bin (?:your|the|that|an earlier|my)\b",
    r"(?:(?:the|those are the|these are the) same (?:ones?|list|\w+s)?|these|those)\s+(?:again|as before)\b",
)
"""Somebody is tired of what comes back."""
_ONE = re.compile(r"\bone\b|^\W*(?:no,? )?not (?:it|this|that)\W*$", re.I)
"""Of "it" and "that", what points at an item rather than at what was hoped for ("that's not it")."""
_ASKS = re.compile(r"^\W*(?:which|what|when|why|how|did|have|are|is|who|where)\b", re.I)


def is_complaint(text: str, thread: Thread) -> bool:
    """Whether the message complains of what was shown before; a question about it is none."""
    return bool(thread.last_slate and _REPEATED.search(text) and not _ASKS.search(text))


def is_plain_refusal(text: str, thread: Thread) -> bool:
    """Whether the message is a plain refusal of the slate and says nothing else."""
    return bool(thread.last_slate and _REFUSED.search(text))


def slate_refused(
    text: str, act: Act, mentions: Sequence[Mention], pointed: Sequence[str], thread: Thread
) -> list[str]:
    """Return the items that a message refuses as a whole without a reason, [] where it does not.

    Who complains of repetition refuses all that was shown.
    """
    slate = thread.last_slate
    said = [m for m in mentions if m.kind in ("title", "range", "order", "relative") or m.score >= SURE]
    if not slate or said:
        return []
    if is_complaint(text, thread):
        return thread.shown
    if is_plain_refusal(text, thread):
        return slate
    one = pointed and len(pointed) < len(slate) and not (is_pronoun(text) and not _ONE.search(text))
    return slate if act.among(REJECT) and not one else []
