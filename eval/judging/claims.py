"""What a reply and its reasons say of items, against the rows; no code is shared with the check of the agent itself."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from agents.events import Reason, SlateItem
from agents.wording import describe_fact
from eval.judging.replay import Replayed
from eval.recheck import Finding, Recheck, sentences
from retrieval.bundle import Bundle
from retrieval.items import Field
from retrieval.text import fold, tokens

_PLAIN = frozenset(
    "a an the of in on at by from to with and or as is it its has have you your mentioned said asked wanted here up "
    "directed written starring designed made known out about than at most least not no free per up".split()
)
_AFTER = re.compile(
    r"^(?:liked by people who like|close to|among the likeliest to follow) (?P<title>.+?)(?: in content)?$"
)
_MENTIONS = re.compile(r"^mentions (?P<words>.+)$")
_STEM = 4
_BEST_KNOWN = 0.8
_ALTERNATIVES = re.compile(r",| or ")
_TELLING = ("values", "count", "help", "recap")
"""Intents answered by numbers of items and names of fields, which are in no single row."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Of one reply: how many sentences and reasons there are, and what is wrong in them."""

    n: int
    wrong: tuple[Finding, ...]
    strangers: tuple[Finding, ...]
    """Items that the words name and the list does not show, nor the talk before."""


class ClaimReader:
    """Checks replies over one catalogue."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle

    def __call__(self, read: Replayed) -> Claims:
        """Check the words of one reply and the reasons beside its items."""
        said = sentences(read.exchange.reply)
        found = Recheck(read.turn, self._bundle).findings() if said else []
        if read.turn.read.understanding.intent in _TELLING:
            found = [one for one in found if one.kind not in ("number", "facet")]
        wrong = [one for one in found if one.kind != "title"]
        n_reasons = 0
        for item in read.turn.slate:
            n_reasons += len(item.reasons)
            wrong += [Finding("reason", one.text, f"{item.title}: {one.text}") for one in self._untrue(item)]
        return Claims(len(said) + n_reasons, tuple(wrong), tuple(one for one in found if one.kind == "title"))

    @cached_property
    def _titles(self) -> frozenset[str]:
        return frozenset(fold(title) for title in self._bundle.catalog.titles)

    def _untrue(self, item: SlateItem) -> Iterator[Reason]:
        for reason in item.reasons:
            field = self._bundle.catalog.fields.get(reason.source)
            if not (_of_field(reason.text, field, item) if field else self._of_evidence(reason.text, item)):
                yield reason

    def _of_evidence(self, text: str, item: SlateItem) -> bool:
        """Whether a reason that rests on a tool can be borne out: the words are in the row, the title is one."""
        catalog = self._bundle.catalog
        if match := _AFTER.match(text):
            return fold(match["title"]) in self._titles
        if match := _MENTIONS.match(text):
            row = {word for value in (item.title, *item.fields.values()) for word in _words_of(value)}
            stems = [word[:_STEM] for word in tokens(match["words"])]
            return all(any(word.startswith(stem) for word in row) for stem in stems)
        if text.startswith("one of the best known"):
            place = catalog.row_of(item.item_id)
            return place is not None and float(catalog.prominence[place]) >= _BEST_KNOWN
        return True


def _of_field(text: str, field: Field, item: SlateItem) -> bool:
    """Whether a reason that rests on a field says no more than the field does; of alternatives one must be true."""
    value = item.fields.get(field.name)
    if value in (None, "", []):
        return False
    words = _PLAIN | set(tokens(f"{field.label} {field.name} {field.unit}")) | _words_of(value)
    words |= set(tokens(describe_fact(field, value)))
    parts = _ALTERNATIVES.split(text) if " or " in text else [text]
    return any(_is_said(part, words, value) for part in parts)


def _is_said(text: str, words: frozenset[str] | set[str], value: Any) -> bool:
    numbers = [float(one) for one in _several(value) if isinstance(one, int | float)]
    for word in tokens(text):
        close = word.isdigit() and any(abs(float(word) - one) < 1 for one in numbers)
        if word not in words and not close:
            return False
    return True


def _words_of(value: Any) -> set[str]:
    return {word for one in _several(value) for word in tokens(str(one))}


def _several(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]
