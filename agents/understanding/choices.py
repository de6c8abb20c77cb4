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
            values = [*listed(last.value), *listed(mention.value)]
            joined[-1] = last.model_copy(
                update={"end": mention.end, "text": text[last.start : mention.end], "op": "in", "value": values}
            )
        else:
            joined.append(mention)
    return joined


def either_or(mentions: list[Mention], text: str) -> set[int]:
    """Return where the values start that an "or" links over two fields: "by X or with Y".

    No single filter says that. Both are liked, then, instead of an "and" that nobody asked for.
    """
    found: set[int] = set()
    for last, mention in zip(mentions, mentions[1:], strict=False):
        between = text[last.end : mention.start]
        values = last.kind == mention.kind == "value" and not last.negated and not mention.negated
        if values and last.field != mention.field and len(between.split()) <= _WORDS_BETWEEN and _OR.search(between):
            found |= {last.start, mention.start}
    return found


def _is_choice(last: Mention, mention: Mention, between: str) -> bool:
    same = (
        last.kind == mention.kind == "value"
        and last.field == mention.field
        and not last.negated
        and not mention.negated
    )
    return same and len(between.split()) <= _WORDS_BETWEEN and bool(_OR.search(between))


def listed(value: object) -> list[object]:
    """Return the values of a mention as a list."""
    return value if isinstance(value, list) else [value]
