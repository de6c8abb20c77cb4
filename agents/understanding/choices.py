"""What a message leaves open: "comedy or action" is a limit of any of them."""

import re

from retrieval.linking import Mention

_WORDS_BETWEEN = 4
_OR = re.compile(r"\bor\b|/", re.I)


def joined_choices(mentions: list[Mention], text: str) -> list[Mention]:
    """Join neighbours of one facet that an "or" links into one mention of any of them."""
    joined: list[Mention] = []
    for mention in mentions:
        last = joined[-1] if joined else None
        between = text[last.end : mention.start] if last else ""
        if last and _is_choice(last, mention, between):
            values = [*_listed(last.value), *_listed(mention.value)]
            joined[-1] = last.model_copy(
                update={"end": mention.end, "text": text[last.start : mention.end], "op": "in", "value": values}
            )
        else:
            joined.append(mention)
    return joined


def _is_choice(last: Mention, mention: Mention, between: str) -> bool:
    same = (
        last.kind == mention.kind == "value"
        and last.field == mention.field
        and not last.negated
        and not mention.negated
    )
    return same and len(between.split()) <= _WORDS_BETWEEN and bool(_OR.search(between))


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
