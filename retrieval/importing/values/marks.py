"""How a column writes its numbers, decided from all its values: the decimal mark, clock times, what "m" stands for."""

import re
from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from retrieval.importing.names import words_of
from retrieval.importing.values.numbers import Reading, amount, body_of, clock_part, mark_of
from retrieval.importing.values.texts import Distinct, shown
from retrieval.importing.values.units import SIZED, is_count

_POINT = r"\.\d{1,2}([eE]|$)|\.\d{4,}|\d{4,}\.|^-?0?\."
"""Finds plain numbers whose point cannot separate thousands."""
_TIME_NAMES = {"runtime", "duration", "time", "playtime", "length", "minutes", "min"}
_CLOCKS = {"%H:%M": "hours", "%M:%S": "min"}


def reading_of(name: str, plain: pa.Array, odd: Distinct, decimal: str, form: str) -> tuple[Reading, list[str]]:
    """Decide how this column writes its numbers; notices tell what was assumed."""
    votes, examples = _votes(dict(zip(odd.texts, odd.counts.tolist(), strict=True)))
    pointed = plain.filter(pc.match_substring(plain, "."))
    certain = pc.match_substring_regex(pointed, _POINT)
    for mark, found in ((".", pointed.filter(certain)), ("", pointed.filter(pc.invert(certain)))):
        if len(found):
            votes[mark] = votes.get(mark, 0) + len(found)
            examples.setdefault(mark, found[0].as_py())
    mark, notices = (decimal, []) if decimal else _mark(name, votes, examples)
    sample = odd.texts[:2000]
    lower = [text.lower() for text in sample]
    hours = any("h" in text and text.endswith("m") for text in lower)
    thousands = any(text.endswith("k") and text[0].isdigit() for text in lower)
    words = set(words_of(name))
    clock = _CLOCKS.get(form, "")
    clocked = next((text for text in sample if ":" in text and amount(text, Reading(clock="min"))), "")
    if clocked and not clock:
        clock = _clock_of(words, sample)
        read = "hours and minutes" if clock == "hours" else "minutes and seconds"
        notices.append(f'{shown(clocked)} of {name} is read as {read}; format = "%H:%M" or "%M:%S" decides it.')
    reading = Reading(
        mark, bool(decimal), is_count(name) or thousands, hours or bool(_TIME_NAMES & words), clock or "hours",
        _is_data(words, lower),
    )  # fmt: skip
    return reading, notices


def _is_data(name_words: set[str], texts: Sequence[str]) -> bool:
    """Tell whether "90M" is a size of data: others say MB, or the column is called a size."""
    said = any(re.search(r"\d\s*[kmgt]i?b$", text) for text in texts)
    return said or bool(SIZED & name_words and any(re.fullmatch(r"[\d.,]+\s*[kmgt]", text) for text in texts))


def _mark(name: str, votes: Mapping[str, int], examples: Mapping[str, str]) -> tuple[str, list[str]]:
    points, commas = votes.get(".", 0), votes.get(",", 0)
    mark = "," if commas > points else "."
    if points and commas:
        said = f"{shown(examples['.'])} and {shown(examples[','])}"
        read = "comma" if mark == "," else "point"
        return mark, [f"{name} mixes decimal points and commas ({said}); what may be either is read with a {read}."]
    if not votes.get("") or points or commas:
        return mark, []
    example = examples[""]
    found = amount(example)
    other = "is the decimal mark" if "," in example else "separates thousands"
    return mark, [
        f"{shown(example)} of {name} is read as {found.value if found else 0:,.10g}, as nothing tells otherwise; "
        f'decimal = "," in catalog.toml says that the mark {other}.'
    ]


def _votes(counted: Mapping[str, int]) -> tuple[dict[str, int], dict[str, str]]:
    """Return how many values give away each decimal mark, and an example of each; "" of those that may be either.

    `counted` is how often each text occurs.
    """
    votes: dict[str, int] = {}
    examples: dict[str, str] = {}
    for text, n in counted.items():
        body = body_of(text)
        if "." in body or "," in body:
            mark = mark_of(body)
            votes[mark] = votes.get(mark, 0) + n
            examples.setdefault(mark, text)
    return votes, examples


def _clock_of(name_words: Iterable[str], texts: Iterable[str]) -> str:
    """Return what "1:45" is in a column, by its name and its first parts: "hours" or "min".

    Few things usually last three hours or more, so a column whose middle value is "3:45" counts minutes.
    """
    firsts = [first for first in map(clock_part, texts) if first is not None]
    if not firsts:
        return "hours"
    if max(firsts) >= 10 or sorted(firsts)[len(firsts) // 2] >= 3 or {"track", "song", "length"} & set(name_words):
        return "min"
    return "hours"
