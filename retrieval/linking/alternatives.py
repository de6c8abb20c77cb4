"""Values that an "or" links: where one of them is surely a limit, so is the other."""

from retrieval.linking.context import Context
from retrieval.linking.message import Draft

_SURE, _LIKELY = 0.8, 0.4
_LINKED = 0.82
_BESIDE = {"a", "an", "the", "from", "in", "with", "by", "some"}


def link_alternatives(context: Context, drafts: list[Draft]) -> None:
    """Raise the unsure one of two neighbours of one field: "Germany or Austria"; `drafts` by start."""
    for left, right in zip(drafts, drafts[1:], strict=False):
        if left.kind != "value" or right.kind != "value" or left.field != right.field or left.negated or right.negated:
            continue
        between = context.message.words[left.last : right.first]
        if "or" in between and set(between) <= _BESIDE | {"or", "either"}:
            low, high = sorted((left, right), key=lambda draft: draft.score)
            if high.score >= _SURE > low.score >= _LIKELY:
                low.score = _LINKED
