"""Orders ("longest"), comparisons with what was shown ("newer") and bare names of fields ("drop the year")."""

from collections import defaultdict

from retrieval.items import Field, Role
from retrieval.linking.context import Context
from retrieval.linking.lexicon import Phrases, lexicon, number_dimension
from retrieval.linking.message import Draft, words_of

_SENSES = {
    "greatest": ("order", "desc"),
    "least": ("order", "asc"),
    "greater": ("relative", "desc"),
    "less": ("relative", "asc"),
}
_LEADS = {
    "something",
    "anything",
    "bit",
    "even",
    "much",
    "little",
    "slightly",
    "ones",
    "one",
    "but",
    "go",
    "show",
    "no",
    "nope",
    "any",
    "prefer",
    "lot",
    "want",
    "make",
    "it",
    "them",
    "far",
}
_VAGUE = {"best", "better", "worse", "later", "older", "younger", "worst", "earlier"}


class Comparisons:
    """Superlatives, comparatives and names of the fields of one catalogue."""

    def __init__(self, fields: list[Field]) -> None:
        """Choose, for each dimension of the lexicon, the field it speaks of here."""
        senses: dict[str, list[str]] = {}
        names: dict[str, list[str]] = defaultdict(list)
        for name, dimension in lexicon()["dimensions"].items():
            field = _field_of(name, dimension, fields)
            if field is None:
                continue
            for sense in _SENSES:
                senses[f"{field.name}\t{sense}"] = [*senses.get(f"{field.name}\t{sense}", []), *dimension[sense]]
            names[field.name] += dimension["names"]
        for field in fields:
            if field.role not in (Role.ID, Role.TITLE, Role.TEXT, Role.IMAGE, Role.LINK):
                names[field.name] += _own_names(field)
        self._senses = Phrases(senses)
        self._names = Phrases(names)

    def drafts(self, context: Context) -> list[Draft]:
        """Return orders and relatives."""
        found = []
        for cue in self._senses.find(context.message):
            field, sense = cue.name.split("\t")
            kind, value = _SENSES[sense]
            score = self._score(context, cue.first, cue.last, kind)
            if score:
                found.append(Draft(cue.first, cue.last, kind, score, field, None, value, rank=score + 0.2))
        return found

    def _score(self, context: Context, first: int, last: int, kind: str) -> float:
        if context.word(last) == "than" and context.word(last + 1).isdigit():
            return 0.0
        vague = context.message.phrase(first, last) in _VAGUE
        short = len(context.message.words) <= 5
        if kind == "order":
            score = 0.6 if vague else 0.88
            return score if not context.plot[first] or context.head(last) else 0.3
        led = context.word(first - 1) in _LEADS or first == 0
        ends = (
            last >= len(context.message.words)
            or bool(context.message.tokens[last].gap.strip())
            or context.word(last) in ("than", "one", "ones", "please")
        )
        if vague and not short and context.word(first - 1) not in ("something", "anything", "even", "much"):
            return 0.5 if ends else 0.0
        if short and ends or led and (ends or context.head(last)):
            return 0.88
        return 0.5 if ends or led or context.head(last) else 0.0

    def field_drafts(self, context: Context) -> list[Draft]:
        """Return bare names of fields where the message lifts something or is hardly more than the name."""
        lifts = [cue for cue in context.cues if cue.name.startswith("lift")]
        found = []
        for cue in self._names.find(context.message):
            lifted = any(
                0 <= cue.first - lift.last <= (3 if lift.name == "lift" else 0) for lift in lifts
            ) or context.after(cue.last, _NO_MATTER)
            if lifted or (len(context.message.words) <= 3 and not any(w.isdigit() for w in context.message.words)):
                score = 0.9 if lifted else 0.5
                found.append(Draft(cue.first, cue.last, "field", score, cue.name, rank=score + 0.5 * lifted))
        return found


_NO_MATTER = frozenset(
    {
        ("doesn", "t", "matter"),
        ("doesnt", "matter"),
        ("does", "not", "matter"),
        ("is", "not", "important"),
        ("isn", "t", "important"),
        ("is", "fine"),
    }
)


def _field_of(name: str, dimension: dict[str, object], fields: list[Field]) -> Field | None:
    """Return the field of a dimension: the best covered number (or date) whose words fit."""
    roles = (Role.NUMBER, Role.DATE)
    fitting = [f for f in fields if f.role in roles and number_dimension(f, dimension)]
    if name == "year":
        fitting = [f for f in fitting if f.unit == "year" or f.role is Role.DATE]
    return max(fitting, key=lambda f: f.coverage, default=None)


def _own_names(field: Field) -> list[str]:
    """Return what people call a field: its label and name, singular and plural."""
    forms = set()
    for name in (field.label, field.name.replace("_", " ")):
        words = " ".join(words_of(name))
        forms |= {words, words.removesuffix("s"), words + "s"}
        if words.endswith("ies"):
            forms.add(words[:-3] + "y")
    return sorted(forms - {""})
