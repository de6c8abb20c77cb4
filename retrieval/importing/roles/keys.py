"""Which column identifies an item and which one names it; where none does, one is made."""

from collections.abc import Sequence

import pyarrow as pa

from retrieval.importing import names
from retrieval.importing.names import words_of
from retrieval.importing.roles.guess import Guess
from retrieval.importing.roles.looks import Column
from retrieval.importing.roles.rules import guess_column
from retrieval.items import Role

MADE_ID = "row_id"
MADE_TITLE = "row_title"
_EXACT_ID = ("item_id", "itemid", "id")
_RANKED_CODES = ("asin", "sku", "isbn13", "isbn", "gtin", "ean", "upc", "uuid", "guid")
_OTHERS_CODES = {"doi", "issn", "imdb", "tmdb", "oclc", "isbn10", "parent", "external", "legacy", "old"}
_EXACT_TITLE = {"title", "titel", "titre", "titulo", "titolo"}
_EXACT_NAME = {"name", "nombre", "nom", "nome", "naam", "bezeichnung"}
_MIN_DIFFERENT = 0.8
_MIN_OF_NAMES = 0.2
_CLEAR = 50
_CLOSE = 5
_MOST_TITLE_CHARS = 120


def find_title(columns: Sequence[Column], told: Sequence[Column] = ()) -> tuple[str, Guess]:
    """Return the column that names an item best, or a made one; that may be made from what was `told` to be else."""
    scored = sorted(((score, at) for at, c in enumerate(columns) if (score := _title_score(c, at))), key=_best_first)
    if not scored:
        return _last_resort(columns, told)
    best, at = scored[0]
    chosen = columns[at]
    rivals = tuple(columns[other].name for score, other in scored[1:] if best - score < _CLOSE)
    why = ("by its name" if best >= _CLEAR else "short texts") + f"; {_percent(chosen.different)} differ"
    return chosen.name, Guess(Role.TITLE, why, not rivals, rivals)


def find_id(columns: Sequence[Column]) -> tuple[str, Guess]:
    """Return the column that identifies an item best, or a made one."""
    scored = sorted(((score, at) for at, c in enumerate(columns) if (score := _id_score(c, at))), key=_best_first)
    if not scored:
        why = "made from the whole row, for no column is an id"
        rivals = tuple(c.name for c in columns if c.kind == names.ID)
        return MADE_ID, Guess(Role.ID, why, not rivals, rivals, ())
    best, at = scored[0]
    chosen = columns[at]
    rivals = tuple(columns[other].name for score, other in scored[1:] if best - score < _CLOSE)
    why = ("by its name; " if best >= _CLEAR else "first column; ") + f"{_percent(chosen.different)} differ"
    return chosen.name, Guess(Role.ID, why, not rivals, rivals)


def _best_first(pair: tuple[float, int]) -> tuple[float, int]:
    return -pair[0], pair[1]


def _percent(share: float) -> str:
    """Never say 100 % of what is only nearly all."""
    return "100 %" if share >= 1 else f"{min(99, round(100 * share))} %"


def _id_score(column: Column, at: int) -> float:
    """Return how well a column identifies items, 0 for not at all; a plain "id" is best."""
    nested = pa.types.is_nested(column.type) or column.is_list or not column.sample
    if nested or column.different < _MIN_DIFFERENT:
        return 0
    words, first = words_of(column.name), 3 if at == 0 else 0
    if column.name.lower() in _EXACT_ID:
        return 200 - _EXACT_ID.index(column.name.lower())
    if column.coverage < _MIN_DIFFERENT:
        return 0
    if column.kind == names.ID:
        if _OTHERS_CODES & set(words):
            return 50 + first
        ranked = [_RANKED_CODES.index(word) for word in words if word in _RANKED_CODES]
        return (70 - 2 * ranked[0] if ranked else 72) + first
    if column.kind == names.CODE and not column.is_count_of_rows:
        return 55 + first
    fits = column.different == 1 and column.coverage == 1 and len(column.values) > 1
    plain = not column.kinds and (column.whole or column.is_code)
    if at == 0 and fits and plain and not column.is_count_of_rows and column.dates < 0.5:
        return 30
    return 0


def _title_score(column: Column, at: int) -> float:
    """Return how well a column names items, 0 for not at all; below _CLEAR only its values speak for it."""
    if not column.is_text or not column.sample or column.is_list:
        return 0
    score = _named(column)
    if score and column.different < 0.3 and len(column.values) > 9:
        score -= 40
    if score and (column.addresses > 0.5 or column.n_chars > _MOST_TITLE_CHARS and score < 95):
        return 0
    return max(score, _by_values(column, at))


def _named(column: Column) -> float:
    """Return the score of the name: "title", then "name", then "product name"; "brand name" is nobody's title."""
    words = [next(names.stems_of(word)) for word in words_of(column.name)]
    if len(words) == 1 and words[0] in _EXACT_TITLE:
        return 100
    if len(words) == 1 and words[0] in _EXACT_NAME:
        return 95
    if column.kind == names.TITLE:
        less = {"original", "alternative", "alternate", "alt", "other", "former", "short", "sort", "file", "user"}
        less |= {"scientific", "latin", "subtitle", "full", "local", "native"}
        if {"file", "user", "host", "first", "last"} & set(words):
            return 0
        return 75 if less & set(words) else 88 if "title" in words or words[-1] in _EXACT_TITLE else 85
    if column.kind == names.FACET and words[-1] in _EXACT_NAME and column.different > _MIN_DIFFERENT:
        return 60
    return 0


def _by_values(column: Column, at: int) -> float:
    """Return the score of the values alone: short, different, no code, and nothing else that the name tells of."""
    told = {names.PERSON, names.TEXT, names.IMAGE, names.LINK, names.NUMBER, names.DATE, names.ID, names.CONTACT}
    if column.kind in told | {names.ORIGIN, names.STAMP, names.CODE, names.ROW} or column.is_code or column.is_hash:
        return 0
    guess = guess_column(column)
    if guess.role not in (Role.TEXT, Role.FACET, None) or column.numbers > 0.5 or column.dates > 0.5:
        return 0
    if column.different < _MIN_DIFFERENT or column.coverage < _MIN_DIFFERENT or column.n_words > 12:
        return 0
    if column.n_chars > _MOST_TITLE_CHARS or column.n_different < 2:
        return 0
    return 40 - (15 if column.kind == names.FACET else 0) - min(at, 9)


def _last_resort(columns: Sequence[Column], told: Sequence[Column]) -> tuple[str, Guess]:
    """Return a title made from the first words of a text, else a code, else one made from what properties there are."""
    guesses = [(column, guess_column(column)) for column in [*columns, *told]]
    for column, guess in guesses:
        if guess.role is Role.TEXT:
            return MADE_TITLE, _made(f"the first words of {column.name}", [column.name])
    wordy = [c for c, guess in guesses if c in columns and guess.role is Role.FACET and _may_name(c)]
    if wordy:
        best = max(wordy, key=lambda c: c.different)
        return best.name, Guess(Role.TITLE, f"words of which {_percent(best.different)} differ", certain=False)
    for column in columns:
        spare = column.kind not in (names.ID, names.ORIGIN, names.STAMP, names.ROW) and not column.is_hash
        word = column.is_text and column.is_code and column.numbers < 0.5
        if spare and word and column.different > _MIN_DIFFERENT:
            return column.name, Guess(Role.TITLE, "the only word that tells the rows apart", certain=False)
    known = [c.name for c, guess in guesses if guess.role in (Role.FACET, Role.PERSON, Role.NUMBER)]
    codes = [c.name for c, guess in guesses if c.kind == names.ID and c.different > _MIN_DIFFERENT]
    parts = (codes[:1] + known)[:3] or [c.name for c, _ in guesses[:1]]
    return MADE_TITLE, _made(", ".join(parts), parts)


def _may_name(column: Column) -> bool:
    """Tell whether short texts differ enough to call items by, though some share one: songs, courses, dishes."""
    differs = column.different >= _MIN_OF_NAMES and column.coverage > _MIN_DIFFERENT
    return differs and column.kind == "" and not column.is_list and not column.is_code and column.numbers < 0.5


def _made(source: str, parts: Sequence[str]) -> Guess:
    return Guess(Role.TITLE, f"made from {source}, for no column is a title", made_from=tuple(parts))
