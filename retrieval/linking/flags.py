"""Yes-or-no fields: what says yes to one ("with a garden", "remote"), and which of its values mean yes and no."""

import re
from collections.abc import Mapping

from retrieval.catalog import Catalog
from retrieval.items import Field, Role
from retrieval.linking.context import Context
from retrieval.linking.lexicon import NO_MATTER, PlainPhrases, lexicon
from retrieval.linking.message import Draft, words_of

YES, NO = frozenset({"yes", "true", "y", "t", "1"}), frozenset({"no", "false", "n", "f", "0"})
_SURE, _DOUBTFUL = 0.9, 0.5


def flags_of(catalog: Catalog) -> dict[str, tuple[str, str]]:
    """Return, by field, the values that mean yes and no, of the facets that hold nothing else."""
    found = {}
    for field in catalog.with_role(Role.FACET):
        if field.many or field.n_values > 2:
            continue
        values = [value for value, _ in catalog.counts(field.name, limit=3)]
        yes = [value for value in values if value.lower() in YES]
        no = [value for value in values if value.lower() in NO]
        if values and len(yes) + len(no) == len(values) and len(yes) < 2 and len(no) < 2:
            found[field.name] = (yes[0] if yes else "yes", no[0] if no else "no")
    return found


def spoken(field: Field) -> str:
    """Return what a yes-or-no field says yes to: "is free" → "free", "has garden" → "garden"."""
    words = words_of(field.label)
    while len(words) > 1 and words[0] in ("is", "has", "have", "can", "are", "does", "do", "with", "allows"):
        words = words[1:]
    while len(words) > 1 and words[-1] in ("available", "allowed", "included", "flag"):
        words = words[:-1]
    return " ".join(words)


class Flags:
    """The yes-or-no fields of one catalogue."""

    def __init__(self, fields: Mapping[str, Field], values: Mapping[str, tuple[str, str]]) -> None:
        """Prepare for these fields; `values` as of `flags_of`."""
        self.values = values
        self._phrases = PlainPhrases({name: _ways_to_say(fields[name]) for name in values})

    def drafts(self, context: Context) -> list[Draft]:
        """Return the flags a message names, all as yes; refused ones are turned round by `turn_round`."""
        found = []
        for cue in self._phrases.find(context.message):
            yes, no = self.values[cue.name]
            answer = context.word(cue.last)
            told = answer in ("yes", "no") and context.message.tokens[cue.last].gap.strip() in ("", ":", "=")
            part = context.word(cue.last) == "of" and not context.negations
            score = _DOUBTFUL if context.plot[cue.first] or part else _SURE
            value = no if told and answer == "no" else yes
            kind = "field" if context.after(cue.last, NO_MATTER) else "value"
            found.append(Draft(cue.first, cue.last + told, kind, score, cue.name, "eq", value, rank=score + 0.6))
        return found

    def turn_round(self, drafts: list[Draft]) -> None:
        """Make "no garden" ask for items without one: a flag refused is its other value."""
        for draft in drafts:
            if draft.kind == "field" and draft.field in self.values:
                draft.negated, draft.cue = False, "lift"
            if draft.kind == "value" and draft.field in self.values and (draft.negated or draft.cue == "dislike"):
                draft.value = self.values[draft.field][1]
                draft.negated, draft.cue = False, ""


def _ways_to_say(field: Field) -> set[str]:
    name = spoken(field)
    forms = {name, " ".join(words_of(field.label))}
    if len(name) > 3:
        forms |= {name.removesuffix("s"), name + "s"}
    for target, others in lexicon()["flags"].items():
        if re.search(rf"\b{re.escape(target)}\b", name):
            forms |= {" ".join(words_of(other)) for other in others}
    return {form for form in forms if form and form not in YES | NO}
