"""What the items of a catalogue are called, and the words a request carries that say nothing about an item."""

import re
from collections.abc import Sequence

from retrieval.importing.roles.noun import guess_noun
from retrieval.linking.lexicon import noun_group

Nouns = tuple[str, str, tuple[str, ...]]

_ANY = ("item", "items", "thing", "things")


def nouns_of(catalog_name: str, noun: Sequence[str] = ()) -> Nouns:
    """Return (singular, plural, every word for it): as the catalogue says, else guessed from its name and its file's.

    A word of the name that people call things by ("books_5197", "Wikibooks-recipes") comes before one that only looks
    like a plural.
    """
    if len(noun) == 2:
        return _called(noun[0], noun[1])
    words = [word for word in re.split(r"[^a-z]+", catalog_name.lower()) if word]
    known = [guess_noun(word) for word in words if noun_group(word)]
    guesses = [guess for guess in [*known, *map(guess_noun, words)] if guess]
    return _called(*guesses[0]) if guesses else ("item", "items", _ANY)


def _called(one: str, many: str) -> Nouns:
    alike = noun_group(many) or noun_group(one)
    return one, many, tuple(dict.fromkeys([one, many, *alike]))
