"""Replies that stop in the middle."""

import re
from collections.abc import Sequence

from retrieval.text import tokens

_ENDS = re.compile(r"[.!?…:;)\]\"”’*_~💬🎬]\s*$|[^\w\s,\-–—&/(\[]\s*$")
_LIST_LINE = re.compile(r"(?:^|\n)\s*(?:\d{1,2}\s*[:.)]|[-*•])\s+[^\n]+\s*$")
_JOINING = frozenset(
    "and or but the a an of with by in on at to from for is are was were that which who whose as than like about into "
    "because since if your my their its his her this these those both between".split()
)
_SENTENCES = re.compile(r"[.!?…]['\"”’)*_]*\s+\S")
_LONG = 6
"""Words from which a reply is expected to end as the others do."""
_HABIT = 0.75


def is_cut(reply: str, others: Sequence[str]) -> bool:
    """Return whether a reply breaks off: mid-sentence where it or the other replies of the talk end theirs."""
    text = reply.rstrip()
    if not text or _LIST_LINE.search(text):
        return False
    if _is_open(text):
        return True
    if _ENDS.search(text):
        return False
    words = tokens(text)
    if "**" in text and len(words) >= _LONG:  # who sets names in bold also ends sentences
        return True
    if text[-1] in ",-–—&/([" or (len(words) > 1 and words[-1] in _JOINING and text[-1].isalpha()):
        return len(words) >= _LONG
    ended = [bool(_ENDS.search(other.rstrip()) or _LIST_LINE.search(other)) for other in others if tokens(other)]
    by_habit = bool(ended) and sum(ended) >= _HABIT * len(ended)
    goes_on = len(words) >= _LONG and bool(_SENTENCES.search(text)) and (by_habit or not ended)
    return goes_on or (by_habit and (len(ended) > 1 or len(words) >= _LONG))


def whole_part(reply: str) -> str:
    """Return a reply that breaks off without what it leaves unfinished: the last word, or all since an open mark."""
    text = reply.rstrip()
    if _is_open(text):
        opened = [text.rfind("**") if text.count("**") % 2 else -1, text.rfind("“") if "”" not in text else -1]
        return text[: max(*opened, text.rfind("(") if text.count("(") > text.count(")") else -1)]
    return text.rpartition(" ")[0]


def _is_open(text: str) -> bool:
    """Whether a mark that comes in pairs was opened and not closed."""
    return text.count("**") % 2 == 1 or text.count("“") > text.count("”") or text.count("(") > text.count(")")
