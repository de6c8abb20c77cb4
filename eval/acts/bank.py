"""Labelled sentences with slots → messages about a real catalogue, linked as they would be in a conversation."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from agents.nouns import Nouns
from agents.state import PastTurn, Thread
from agents.understanding.act_features import Heard
from agents.understanding.acts import heard_in
from errors import InputError
from retrieval.bundle import Bundle
from retrieval.catalog import Catalog
from retrieval.items import Role
from retrieval.linking import Mention

BANK = Path(__file__).with_name("bank.txt")
_SLOT = re.compile(r"\{(\w+)\}")
_TOKENS = {
    "T": "TITLE", "P": "PERSON", "V": "VALUE", "V2": "VALUE", "B": "BOUND", "F": "FIELD", "I": "item", "Is": "items",
}  # fmt: skip
_KINDS = {"TITLE": "title", "PERSON": "value", "VALUE": "value", "BOUND": "range"}
_PERSON = "a person field"
_AFTER = {"f": "at the start", "s": "after a list", "a": "after a question", "d": "after details", "*": "anywhere"}
_MISSPELT = 0.35
"""So many of the sentences are also learnt with a slip of the fingers."""
_SHORTEST_MISSPELT = 6
_TITLES, _VALUES = 200, 12


@dataclass(frozen=True)
class Family:
    """Sentences that say one thing in many ways; what is known of one says much of the others."""

    acts: list[str]
    """The main one first."""
    after: str
    """Where in a conversation they are said: a letter of the bank."""
    sentences: list[str]


@dataclass(frozen=True)
class Example:
    """One message to learn from."""

    heard: Heard
    acts: list[str]
    family: int
    sentence: str
    """With its slots, the same for every filling."""


@dataclass
class Filling:
    """What a catalogue offers for the slots."""

    bundle: Bundle
    nouns: Nouns
    slots: dict[str, list[str]] = field(init=False)

    def __post_init__(self) -> None:
        """Gather titles, people, values, bounds and names of fields."""
        catalog = self.bundle.catalog
        facets = [f for f in catalog.with_role(Role.FACET) if f.coverage > 0.5]  # noqa: PLR2004
        values = [v for f in facets for v, _ in catalog.counts(f.name, limit=_VALUES) if len(v) < 30]  # noqa: PLR2004
        people = [p for f in catalog.with_role(Role.PERSON) for p, _ in catalog.counts(f.name, limit=3 * _VALUES)]
        best = (-catalog.prominence).argsort(kind="stable")[:_TITLES]
        self.slots = {
            "T": [catalog.titles[row] for row in best],
            "P": people or values,
            "V": values,
            "V2": values,
            "B": list(_bounds(catalog)),
            "F": [f.label for f in catalog.fields.values() if f.role in (Role.NUMBER, Role.FACET, Role.PERSON)],
            "I": [self.nouns[0]],
            "Is": [self.nouns[1]],
        }


def _bounds(catalog: Catalog) -> Iterator[str]:
    for name in catalog.with_role(Role.NUMBER):
        for value in (name.low, name.high):
            if value is None:
                continue
            number = f"{value:g}"
            if name.unit == "year":
                yield from (
                    f"after {number}",
                    f"before {number}",
                    f"from the {int(value) // 10 * 10}s",
                    f"since {number}",
                )
            else:
                unit = name.unit or name.label
                yield from (f"under {number} {unit}", f"at least {number} {unit}", f"more than {number} {unit}")


def read_bank(path: Path = BANK) -> tuple[list[Family], dict[str, list[str]]]:
    """Return the families and the words for the slots that no catalogue fills. Raises InputError naming a bad line."""
    families, words = [], {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = [part.strip() for part in line.split("|", 2)]
        if line.startswith("{"):
            name, _, several = line.partition("=")
            words[name.strip(" {}")] = [word.strip() for word in several.split("||")]
        elif len(parts) == 3 and parts[1] in _AFTER:  # noqa: PLR2004
            families.append(
                Family(parts[0].split(","), parts[1], [s.strip() for s in parts[2].split("||") if s.strip()])
            )
        else:
            raise InputError(f"{path.name}, line {number}: write ACTS | {' or '.join(_AFTER)} | SENTENCE || SENTENCE.")
    return families, words


def examples(fillings: Sequence[Filling], seed: int = 7, path: Path = BANK) -> list[Example]:
    """Return every sentence with names of kinds in its slots, and once about one of the catalogues, some misspelt."""
    families, words = read_bank(path)
    chance = Random(seed)
    return [e for i, family in enumerate(families) for e in _of_family(i, family, words, fillings, chance)]


def _of_family(
    number: int, family: Family, words: dict[str, list[str]], fillings: Sequence[Filling], chance: Random
) -> Iterator[Example]:
    for sentence in family.sentences:
        if any(name in _TOKENS for name in _SLOT.findall(sentence)):
            yield Example(_plain(sentence, family.after, words, chance), family.acts, number, sentence)
        filling = chance.choice(fillings)
        text = _filled(sentence, {**words, **filling.slots}, chance)
        yield Example(_linked(text, family.after, filling, chance), family.acts, number, sentence)
        if len(text) > _SHORTEST_MISSPELT and chance.random() < _MISSPELT:
            text = _misspelt(text, chance)
            yield Example(_linked(text, family.after, filling, chance), family.acts, number, sentence)


def _filled(sentence: str, words: dict[str, list[str]], chance: Random) -> str:
    return _SLOT.sub(lambda match: chance.choice(words[match[1]]), sentence)


def _plain(sentence: str, after: str, words: dict[str, list[str]], chance: Random) -> Heard:
    """Return the sentence with the names of kinds for what a catalogue would fill in, linked for sure."""
    text = _filled(sentence, {**words, **{slot: [token] for slot, token in _TOKENS.items()}}, chance)
    mentions = [
        Mention(
            start=m.start(), end=m.end(), text=m[0], kind=_KINDS[m[0]], score=0.99,  # type: ignore[arg-type]
            field=_PERSON if m[0] == "PERSON" else "",
        )
        for m in re.finditer("|".join(_KINDS), text)
    ]  # fmt: skip
    where = _where(after, chance)
    return Heard(text, mentions, {_PERSON}, (), (), **where)


def _linked(text: str, after: str, filling: Filling, chance: Random) -> Heard:
    where = _where(after, chance)
    past = PastTurn(
        turn_id="1", user="", reply="", slate=["x"] if where["has_slate"] else [],
        focus=["x"] if where["after_details"] else [], asked="?" if where["after_question"] else "",
    )  # fmt: skip
    thread = Thread() if where["first"] else Thread(past=[past])
    return heard_in(text, filling.bundle.linker.link(text), thread, filling.bundle, filling.nouns)


def _where(after: str, chance: Random) -> dict[str, bool]:
    after = chance.choice("fsd") if after == "*" else after
    asked = after == "a" or (after == "s" and chance.random() < 0.2)  # noqa: PLR2004
    return {"has_slate": after != "f", "after_details": after == "d", "after_question": asked, "first": after == "f"}


def _misspelt(text: str, chance: Random) -> str:
    at = chance.randrange(len(text))
    if chance.random() < 0.5:  # noqa: PLR2004
        return text[:at] + text[at + 1 :]
    return text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :]
