"""What was said lately, as words to search for: it brings what the request itself no longer mentions."""

from agents.nouns import Nouns
from agents.turn import Turn
from agents.understanding.talk_words import FRAMES, NOISE
from retrieval.text import tokens

_MESSAGES = 5
_WORDS = 60


_BOUNDS = ("gte", "lte", "between")


def _without(text: str, phrases: list[str]) -> str:
    """Leave out bounds: their words describe no item."""
    for phrase in filter(None, phrases):
        text = text.replace(phrase, " ")
    return text


def recent_words(turn: Turn, nouns: Nouns) -> str:
    """Return the telling words of the last five messages, the latest last; "" where a first message sets limits.

    Limits alone are best ordered by how well known items are. Replies count only where a caller gave the conversation:
    our own speak of what we showed.
    """
    past_talk = turn.thread.talk
    if len(past_talk) <= (1 if turn.action else 0) and turn.read.ledger.limits:
        return ""
    said = [text for past in past_talk for text in (past.user, past.reply if turn.always_slate else "") if text]
    bounds = [limit.words for limit in turn.read.ledger.limits if limit.filter.op in _BOUNDS]
    bounds += [mention.text for mention in turn.read.mentions if mention.kind == "stray"]
    texts = [_without(text, bounds) for text in [*said, turn.text][-_MESSAGES:]]
    words = [word for text in texts for word in tokens(FRAMES.sub(" ", text))]
    return " ".join([word for word in words if word not in NOISE and word not in nouns[2]][-_WORDS:])
