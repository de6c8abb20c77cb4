"""What the items of a catalogue are called, and the words a request carries that say nothing about an item."""

import re

_KINDS = (
    ("film", "films", ("movie", "movies", "film", "films", "flick", "flicks", "picture", "pictures")),
    ("title", "titles", ("title", "titles", "show", "shows", "series", "movie", "movies", "film", "films")),
    ("book", "books", ("book", "books", "novel", "novels", "read", "reads")),
    ("recipe", "recipes", ("recipe", "recipes", "dish", "dishes", "meal", "meals")),
    ("game", "games", ("game", "games")),
    ("product", "products", ("product", "products", "beauty", "toys")),
    ("song", "songs", ("song", "songs", "track", "tracks", "tune", "tunes", "music")),
)  # fmt: skip

Nouns = tuple[str, str, tuple[str, ...]]


def nouns_of(catalog_name: str) -> Nouns:
    """Guess (singular, plural, every word for it) from the names of a catalogue and its file: "books_5197" → book."""
    words = [word for word in re.split(r"[^a-z]+", catalog_name.lower()) if word]
    for kind in _KINDS:
        if any(word in kind[2] for word in words):
            return kind
    return ("item", "items", ("item", "items", "thing", "things"))
