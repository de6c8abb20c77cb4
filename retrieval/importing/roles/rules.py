"""What a column is for, by rules that look at its name and its values; the first that has something to say decides."""

import pyarrow as pa

from retrieval.importing import names
from retrieval.importing.names import words_of
from retrieval.importing.roles.guess import Guess
from retrieval.importing.roles.looks import SAMPLE, Column
from retrieval.importing.values.numbers import clock_part
from retrieval.items import Role

ANOTHER_ID = "another id"
_HOURS = set("start starts begin begins end ends open opens close closes departure departs arrival arrives".split())
"""Words of the names of columns in which 18:30 is half past six, and no duration."""
_MOST = 0.9
_MANY = 0.6
_LONG_WORDS = 8
_LONG_CHARS = 60
_MIN_RECURRING = 0.35
_FEW = 40
_MOST_NAME_WORDS = 5


def guess_column(column: Column) -> Guess:
    """Return what a column is for that is neither the id nor the title."""
    return next(guess for rule in _RULES if (guess := rule(column)))


def _says_nothing(column: Column) -> Guess | None:
    if not column.sample:
        return Guess(None, "empty")
    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        return Guess(None, "bytes, no text")
    constant = column.n_different == 1 and len(set(map(str, column.sample))) == 1 and not column.is_list
    if constant and len(column.values) > 4 and column.coverage > 0.95:
        return Guess(None, "the same value in every row")
    numbered = column.kind in (names.ROW, names.CODE) or not words_of(column.name)
    if numbered and (column.is_number or column.is_text) and column.whole and column.is_count_of_rows:
        return Guess(None, "numbers the rows")
    return None


def _identifies(column: Column) -> Guess | None:
    if column.kind == names.ID and column.addresses < _MOST:
        return Guess(None, ANOTHER_ID)
    if column.kind == names.CODE and column.different > 0.95 and (column.is_code or column.whole):
        return Guess(None, ANOTHER_ID)
    if column.is_hash and column.different > 0.9:
        return Guess(None, "a checksum or key")
    if column.share(lambda v: isinstance(v, str) and v.startswith(("urn:", "spotify:", "doi:"))) > _MOST:
        return Guess(None, ANOTHER_ID)
    return None


def _tells_of_its_origin(column: Column) -> Guess | None:
    if column.kind == names.ORIGIN and not column.is_list and (column.n_different <= _FEW or column.is_code):
        return Guess(None, "says where the data came from")
    if {names.STAMP} & set(column.kinds) and (_is_moment(column) or column.numbers > _MOST):
        return Guess(None, "says when the row was written")
    if column.kind == names.PLACE and (column.numbers > _MOST or column.is_list or pa.types.is_nested(column.type)):
        return Guess(None, "a coordinate")
    if column.kind == names.CONTACT and column.recurring < _MIN_RECURRING:
        return Guess(None, "a number or address to reach somebody")
    return None


def _is_moment(column: Column) -> bool:
    """Tell whether the values have a time of the day."""
    return pa.types.is_timestamp(column.type) or column.share(lambda v: isinstance(v, str) and ":" in v) > _MOST


def _points_elsewhere(column: Column) -> Guess | None:
    if column.addresses >= _MOST:
        if names.IMAGE in column.kinds or column.pictures >= 0.5:
            return Guess(Role.IMAGE, "web addresses of pictures")
        return Guess(Role.LINK, "web addresses")
    if column.pictures >= _MOST:
        return Guess(None, "names of files, no web addresses")
    return None


def _yes_or_no(column: Column) -> Guess | None:
    if not column.is_list and column.yes_no and column.kind != names.NUMBER:
        return Guess(Role.FACET, "yes or no")
    return None


def _is_a_day(column: Column) -> Guess | None:
    kind = column.type
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return Guess(Role.DATE, "dates")
    if pa.types.is_time(kind) or pa.types.is_duration(kind):
        return Guess(None, f"of type {kind}")
    if column.is_list:
        return None
    if column.dates >= _MOST:
        return Guess(Role.DATE, "dates")
    if names.DATE in column.kinds and column.counts_time:
        return Guess(Role.DATE, f"by its name; {column.counts_time}")
    if names.DATE in column.kinds and column.dates >= 0.5:
        return Guess(Role.DATE, f"by its name; {column.dates:.0%} dates")
    return None


def _is_nested(column: Column) -> Guess | None:
    kind = column.type
    if pa.types.is_struct(kind) or pa.types.is_map(kind):
        return Guess(None, "nested; give its parts columns of their own")
    if not column.is_list:
        return None
    if not column.parts:
        return Guess(None, "lists without a word")
    if sum(part.replace(".", "").isdigit() for part in column.parts) > _MOST * len(column.parts):
        return Guess(None, "lists of numbers")
    if names.PERSON in column.kinds[:1]:
        return Guess(Role.PERSON, "by its name; lists")
    if column.n_words > 3 and (column.kind == names.TEXT or column.recurring < _MIN_RECURRING):
        return Guess(Role.TEXT, "lists of sentences")
    return Guess(Role.FACET, "lists of short values")


def _counts_or_measures(column: Column) -> Guess | None:
    named = names.NUMBER in column.kinds or names.DATE in column.kinds
    if column.is_number or column.numbers >= _MOST or (named and column.numbers >= _MANY):
        if _is_a_label(column):
            return Guess(Role.FACET, "numbers used as labels")
        if column.kind in (names.CODE, names.CONTACT):
            return Guess(None, "a code, no quantity")
        if _HOURS & set(words_of(column.name)) and column.share(_is_hour) > _MOST:
            return Guess(Role.FACET, "times of the day")
        how = "numbers" if column.numbers >= 0.99 else f"{column.numbers:.0%} numbers"
        return Guess(Role.NUMBER, f"by its name; {how}" if named else how)
    return None


def _is_hour(value: object) -> bool:
    hour = clock_part(value) if isinstance(value, str) else None
    return hour is not None and hour < 24


def _is_a_label(column: Column) -> bool:
    """Tell whether figures stand for kinds of things: "type" 1, 2, 3, or postcodes that come back."""
    few = column.n_different <= _FEW and column.whole
    return few and column.kind in (names.FACET, names.CONTACT) and column.recurring >= _MIN_RECURRING


def _is_people(column: Column) -> Guess | None:
    if column.kind != names.PERSON:
        return None
    if column.n_words > _LONG_WORDS * 2 and column.n_chars > 2 * _LONG_CHARS and not _has_names(column):
        return None
    return Guess(Role.PERSON, "by its name")


def _has_names(column: Column) -> bool:
    """Tell whether the parts between commas are as short as names."""
    parts = [part for v in column.sample for part in str(v).replace(";", ",").replace("|", ",").split(",")]
    return sum(part.count(" ") + 1 for part in map(str.strip, parts)) <= _MOST_NAME_WORDS * max(1, len(parts))


def _is_prose(column: Column) -> Guess | None:
    few = column.n_different <= _FEW and column.different < 0.2
    if column.kind == names.TEXT and not few and (column.n_words >= 3 or column.recurring < 0.5):
        return Guess(Role.TEXT, f"by its name; {column.n_words:.0f} words on average")
    is_long = column.n_words >= _LONG_WORDS or column.n_chars > _LONG_CHARS
    if is_long and column.different > 0.5 and column.recurring < 0.5 and column.kind != names.FACET:
        return Guess(Role.TEXT, f"long: {column.n_words:.0f} words on average")
    return None


def _is_a_kind(column: Column) -> Guess | None:
    if names.FACET in column.kinds and column.n_words <= _LONG_WORDS * 2:
        return Guess(Role.FACET, f"by its name; {_repetition(column)}")
    if column.recurring >= _MIN_RECURRING or (len(set(column.parts)) <= _FEW < len(column.parts)):
        return Guess(Role.FACET, _repetition(column))
    return None


def _repetition(column: Column) -> str:
    n, sampled = len(set(column.parts)), len(column.values) > SAMPLE
    return f"{n:,} different values" + " in a sample" * sampled


def _whatever_is_left(column: Column) -> Guess:
    if column.is_code:
        return Guess(None, "codes that differ in almost every row")
    if column.n_words >= 1.5:
        return Guess(Role.TEXT, "short texts that differ in almost every row")
    return Guess(None, "almost every value differs")


_RULES = (
    _says_nothing, _identifies, _tells_of_its_origin, _points_elsewhere, _yes_or_no, _is_a_day, _is_nested,
    _counts_or_measures, _is_people, _is_prose, _is_a_kind, _whatever_is_left,
)  # fmt: skip
