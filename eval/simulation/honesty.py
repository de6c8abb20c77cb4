"""Whether a reply says honestly that nothing meets all limits."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from eval.simulation.system import Reply
from eval.simulation.task import broken
from retrieval.items import Field, Filter

_NONE = re.compile(
    r"\b(?:nothing|none|no(?:t a(?: single)?| exact)? (?:\w+ ){0,4}?(?:match(?:es)?|fits?|meets?|found|that|with|by)|"
    r"(?:could|can|did)(?:n'?t| ?not) find|(?:don'?t|do not|doesn'?t) have|nearest|closest|"
    r"no (?:results?|match(?:es)?|such)|there (?:is|are) no|relax\w*|instead of)\b",
    re.I,
)


def says_none(reply: Reply) -> bool:
    """Whether the words say that nothing fits, or that a limit was let go."""
    return bool(_NONE.search(" ".join([reply.text, *reply.notices])))


def marks_all(
    reply: Reply, limits: Sequence[Filter], values_of: Callable[[str], dict[str, Any]], fields: dict[str, Field]
) -> bool:
    """Whether every item shown is marked with each of these limits that it does not meet, by the field at least."""
    for item_id in reply.items:
        missed = {given.field for given in broken(values_of(item_id), limits, fields)}
        if missed - {given.field for given in reply.breaks.get(item_id, ())}:
            return False
    return True
