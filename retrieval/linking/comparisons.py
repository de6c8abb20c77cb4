"""Orders ("longest"), comparisons with what was shown ("newer") and bare names of fields ("drop the year")."""

from collections import defaultdict

from retrieval.items import Field, Role
from retrieval.linking.context import Context
from retrieval.linking.dimensions import dimensions, field_of
from retrieval.linking.lexicon import NO_MATTER, PlainPhrases, lexicon
from retrieval.linking.measures import counted_names
from retrieval.linking.message import Draft, Message, words_of

_SENSES = {
    "greatest": ("order", "desc"),
    "least": ("order", "asc"),
    "greater": ("relative", "desc"),
    "less": ("relative", "asc"),
}
_LEADS = set(
    "something anything bit even much little slightly ones one but go show no nope any prefer lot want make it them far"
    " with has have having need is be".split()
)
_VAGUE = {"best", "better", "worse", "later", "older", "younger", "worst", "earlier"}
_SMALLEST_FIRST = {"price", "weight", "distance", "time", "pages", "difficulty"}
"""Dimensions of which "sorted by" means the smallest first."""


class Comparisons:
    """Superlatives, comparatives and names of the fields of one catalogue."""

    def __init__(self, fields: list[Field]) -> None:
        """Choose, for each dimension of the lexicon, the field it speaks of here."""
        senses: dict[str, list[str]] = defaultdict(list)
        names: dict[str, list[str]] = defaultdict(list)
        upwards: set[str] = set()
        labels = {field.label.lower(): field.name for field in fields}
        for name, dimension in dimensions().items():
            field = field_of(name, fields)
            if field is None:
                continue
            for sense in _SENSES:
                senses[f"{field.name}\t{sense}"] += [*dimension[sense], *map(_at_length, dimension[sense])]
            names[field.name] += dimension["names"]
            if name in _SMALLEST_FIRST:
                upwards.add(field.name)
        for field in fields:
            if field.role not in (Role.ID, Role.TITLE, Role.TEXT, Role.IMAGE, Role.LINK):
                names[field.name] += _own_names(field)
            if field.role in (Role.NUMBER, Role.DATE):
                others = {label for label, name in labels.items() if name != field.name}
                ways = _by_own_name(field, names[field.name], others, rising=field.name in upwards)
                for sense, phrases in ways.items():
                    senses[f"{field.name}\t{sense}"] += phrases
        self._senses = PlainPhrases(senses)
        self._names = PlainPhrases(names)

    def drafts(self, context: Context) -> list[Draft]:
        """Return orders and relatives."""
        found = []
        for cue in self._senses.find(context.message):
            field, sense = cue.name.split("\t")
            kind, value = _SENSES[sense]
            score = self._score(context, cue.first, cue.last, kind)
            if score:
                rank = score + 0.2 + 0.3 * (cue.last - cue.first - 1)
                found.append(Draft(cue.first, cue.last, kind, score, field, None, value, rank=rank))
        return found

    def _score(self, context: Context, first: int, last: int, kind: str) -> float:
        if context.word(last) == "than" and context.word(last + 1).isdigit():
            return 0.0
        if context.word(first - 1) == "or" and context.word(first - 2).isdigit():
            return 0.0  # "6 or fewer cylinders" is an amount
        vague = context.message.phrase(first, last) in _VAGUE
        short = len(context.message.words) <= 5
        if kind == "order":
            score = 0.6 if vague else 0.88
            return score if not context.plot[first] or context.head(last) else 0.3
        led = context.word(first - 1) in _LEADS or first == 0
        ends = (
            last >= len(context.message.words)
            or bool(context.message.tokens[last].gap.strip())
            or context.word(last) in ("than", "one", "ones", "please", "option", "options", "next", "instead")
        )
        if vague and not short and context.word(first - 1) not in ("something", "anything", "even", "much"):
            return 0.5 if ends else 0.0
        if short and ends or led and (ends or context.head(last)):
            return 0.88
        return 0.5 if ends or led or context.head(last) else 0.0

    def named(self, message: Message) -> list[tuple[str, int, int]]:
        """Return the fields named in a message: (field, first token, last token exclusive)."""
        return [(cue.name, cue.first, cue.last) for cue in self._names.find(message)]

    def field_drafts(self, context: Context) -> list[Draft]:
        """Return bare names of fields where the message lifts something or is hardly more than the name."""
        lifts = [cue for cue in context.cues if cue.name.startswith("lift")]
        found = []
        for cue in self._names.find(context.message):
            lifted = any(
                0 <= cue.first - lift.last <= (3 if lift.name == "lift" else 0) for lift in lifts
            ) or context.after(cue.last, NO_MATTER)
            if lifted or (len(context.message.words) <= 3 and not any(w.isdigit() for w in context.message.words)):
                score = 0.9 if lifted else 0.5
                found.append(Draft(cue.first, cue.last, "field", score, cue.name, rank=score + 0.5 * lifted))
        return found


def _at_length(word: str) -> str:
    """Return a comparative as learners say it: "shorter" → "more short", "heavier" → "more heavy"."""
    if " " in word or not word.endswith("er"):
        return word
    stem = word[:-2]
    stem = stem[:-1] if stem[-1] == stem[-2] and stem[-1] in "gnt" else stem
    return f"more {stem[:-1]}y" if stem.endswith("i") else f"more {stem}"


def _by_own_name(field: Field, names: list[str], others: set[str], *, rising: bool) -> dict[str, list[str]]:
    """Return the ways to ask for the most and the least of a field by its names: "highest salary", "sort by price".

    The label of another field (`others`) is no name of this one: "mpg" is not the city mpg where there are both.
    """
    words = lexicon()["any_number"]
    own = [n for n in dict.fromkeys([*names, *counted_names(field), *_last_words(field)]) if n not in others]
    found = {sense: [f"{word} {name}" for word in words[sense] for name in own] for sense in _SENSES}
    found["least" if rising else "greatest"] += [f"{word} {name}" for word in words["sorts"] for name in own]
    for name in own:
        found["greatest"] += [f"with the most {name}", f"with the highest {name}"]
        found["least"] += [f"with the fewest {name}", f"with the least {name}", f"with the lowest {name}"]
    return found


def _last_words(field: Field) -> list[str]:
    """Return the parts of a label of several words that may stand for it: "ticket price" → "price"."""
    words = [word for word in words_of(field.label) if len(word) > 3]
    return words if len(words) > 1 else []


def _own_names(field: Field) -> list[str]:
    """Return what people call a field: its label and name, singular and plural."""
    forms = set()
    for name in (field.label, field.name.replace("_", " ")):
        words = " ".join(words_of(name))
        forms |= {words, words.removesuffix("s"), words + "s"}
        if words.endswith("ies"):
            forms.add(words[:-3] + "y")
        if words.endswith("y"):
            forms.add(words[:-1] + "ies")
    return sorted(forms - {""})
