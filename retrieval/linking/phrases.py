"""Words around a value that make it one of an item, or part of some phrase."""

from retrieval.items import Field
from retrieval.linking.context import Context
from retrieval.linking.lexicon import described, roles
from retrieval.linking.message import words_of

_OWNED = {"my", "our", "your", "his", "her", "their"}
LEADS = {
    "",
    "a",
    "an",
    "this",
    "another",
    "first",
    "some",
    "any",
    "good",
    "great",
    "best",
    "new",
    "classic",
    "that",
    "s",
}
"""Words before a value that is also an ordinary word that make it one of an item: "his first animation"."""
_KINDS = {"kind", "type", "sort", "lot", "lots", "bit", "mix", "mixture", "combination", "full", "genre", "fan", "fans"}


def part_of_phrase(context: Context, first: int, last: int) -> bool:
    """Whether a value is part of some phrase: "my family", "the history of …", "in film history"."""
    if context.word(first - 1) in _OWNED:
        return True
    if context.word(last) == "of" and not {last + 1, last + 2} & context.values:
        return True
    if context.word(first - 1) == "of":
        return context.word(first - 2) not in _KINDS | context.grammar.nouns
    inside = context.word(first - 2) == "in" and context.word(first - 3) != "interested"
    return inside and context.word(first - 1) not in LEADS | {"the"} and not context.pointed(first)


def labelled(context: Context, first: int, last: int, field: Field) -> bool:
    """Whether the field's own name stands beside the value: "rated R", "genre: fantasy"."""
    names = set(words_of(f"{field.name.replace('_', ' ')} {field.label}"))
    names |= (
        {word.rstrip("s") for word in names}
        | {word[:-3] + "y" for word in names if word.endswith("ies")}
        | ({"rated", "rating"} if names & {"mpaa", "rating", "certificate"} else set())
    )
    near = {context.word(first - 1), context.word(first - 2), context.word(last)} - {""}
    return bool(names & near)


def made_by(context: Context, first: int, field: Field) -> bool:
    """Whether the words before a value make it who made the item: "by Columbia Pictures", "made by Acme"."""
    before = {context.word(first - 1), context.message.phrase(max(0, first - 2), first)}
    return any(before & role.before for role in roles() if role.fields.search(described(field)))
