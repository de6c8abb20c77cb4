"""What the values of a column look like: of which sort, how many differ, how long they are, what they parse as."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from retrieval.importing.names import CODE, ID, TITLE, kinds_of
from retrieval.importing.values.dates import day_of
from retrieval.importing.values.lists import separator
from retrieval.importing.values.literals import flat, looks_written, parts_of
from retrieval.importing.values.moments import counted_in
from retrieval.importing.values.numbers import Reading, amount
from retrieval.importing.values.texts import is_unknown, tidy

SAMPLE = 2000
COUNTED = 100_000
"""Counting different texts takes two seconds a million."""
_YES_NO = frozenset("yes no true false y n t f ja nein oui non si sí on off".split())
_HEX = re.compile(r"[0-9a-f]{8,}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_WEB = re.compile(r"(https?:)?//\S+$", re.IGNORECASE)
_PICTURE = re.compile(r"\.(jpe?g|png|gif|webp|svg|avif|bmp)([?#].*)?$", re.IGNORECASE)


@dataclass(frozen=True)
class Column:
    """A column of a raw table, with what its name says and a sample of its values."""

    name: str
    values: pa.ChunkedArray = field(repr=False)

    @cached_property
    def kinds(self) -> list[str]:
        """What the words of the name are for, the most telling first."""
        return kinds_of(self.name)

    @cached_property
    def kind(self) -> str:
        """What the most telling word of the name is for, or ""."""
        return self.kinds[0] if self.kinds else ""

    @cached_property
    def sample(self) -> list[Any]:
        """Known values, an even sample of at most SAMPLE rows; "N/A" and the like are unknown but in titles."""
        step = -(-len(self.values) // SAMPLE) or 1
        taken = self.values.take(pa.array(range(0, len(self.values), step), pa.int64())).to_pylist()
        known = tidy if self.kind == TITLE else lambda text: not is_unknown(text)
        return [v for v in taken if v is not None and v != [] and (not isinstance(v, str) or known(v))]

    @cached_property
    def coverage(self) -> float:
        """Share of the rows with a known value, estimated on the sample."""
        step = -(-len(self.values) // SAMPLE) or 1
        return len(self.sample) / max(1, len(range(0, len(self.values), step)))

    @property
    def type(self) -> pa.DataType:
        """Type of the values; of a dictionary, of what it stands for."""
        kind = self.values.type
        return kind.value_type if pa.types.is_dictionary(kind) else kind

    @property
    def is_text(self) -> bool:
        """Whether the values are texts."""
        return pa.types.is_string(self.type) or pa.types.is_large_string(self.type) or self.type == pa.string_view()

    @property
    def is_number(self) -> bool:
        """Whether the values are stored as numbers."""
        kind = self.type
        return pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)

    @cached_property
    def is_list(self) -> bool:
        """Whether the values are lists, also ones written as text: ["a", "b"]."""
        kind = self.type
        if self.is_text and self.sample:
            return all(looks_written(str(v)) for v in self.sample[:200])
        return pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)

    @cached_property
    def n_different(self) -> int:
        """How many of the values counted differ; of lists the sample is counted."""
        if pa.types.is_nested(self.type):
            return len({str(v) for v in self.sample})
        return int(pc.count_distinct(self._counted, mode="only_valid").as_py())

    @property
    def _counted(self) -> pa.ChunkedArray:
        """The rows whose values are counted: all of what may be an id, else the first COUNTED."""
        return self.values if self.kind in (ID, CODE) else self.values.slice(0, COUNTED)

    @cached_property
    def different(self) -> float:
        """Share of the known values that differ, 0–1."""
        n_known = len(self.sample) if pa.types.is_nested(self.type) else len(self._counted) - self._counted.null_count
        return self.n_different / n_known if n_known else 0.0

    @cached_property
    def parts(self) -> list[str]:
        """The single values of the sample: of lists their members, of texts what a separator leaves."""
        if self.is_list:
            lists = [parts_of(v) if isinstance(v, str) else [*flat(v)] for v in self.sample]
            return [part for parts in lists for part in map(tidy, map(str, parts)) if part]
        texts = [str(v) for v in self.sample]
        mark = separator(texts)
        return [part.strip() for text in texts for part in (text.split(mark) if mark else [text]) if part.strip()]

    @cached_property
    def recurring(self) -> float:
        """Share of the single values that come a second time, 0–1."""
        return 1 - len(set(self.parts)) / len(self.parts) if self.parts else 0.0

    @cached_property
    def n_words(self) -> float:
        """Mean number of words in a text, or in one member of a list."""
        texts = self.parts if self.is_list else [str(v) for v in self.sample]
        return sum(text.count(" ") + 1 for text in texts) / max(1, len(texts))

    @cached_property
    def n_chars(self) -> float:
        """Mean length of a value as text."""
        return sum(len(str(v)) for v in self.sample) / max(1, len(self.sample))

    def share(self, parse: Callable[[Any], Any]) -> float:
        """Return which share of the sample `parse` makes something of (neither None nor False), 0–1."""
        return sum(parse(v) not in (None, False) for v in self.sample) / max(1, len(self.sample))

    @cached_property
    def numbers(self) -> float:
        """Share of the sample that are numbers, with or without a unit."""
        return self.share(_is_number)

    @cached_property
    def whole(self) -> bool:
        """Whether every value is a whole number, however it is stored."""
        return all(re.fullmatch(r"-?\d+(\.0)?", str(v).strip()) for v in self.sample)

    @cached_property
    def dates(self) -> float:
        """Share of the sample that are dates."""
        return self.share(_is_date)

    @cached_property
    def counts_time(self) -> str:
        """Of the time since 1970 (or 1900) the unit, where the values are numbers that may count it: "seconds"."""
        if not self.whole or not self.sample:
            return ""
        return counted_in(np.array([float(v) for v in self.sample]))

    @cached_property
    def yes_no(self) -> bool:
        """Whether the values only say yes or no."""
        if pa.types.is_boolean(self.type):
            return True
        said = {str(v).strip().lower().removesuffix(".0") for v in self.sample}
        return bool(said) and (said <= _YES_NO or (said == {"0", "1"} and len(self.sample) > 4))

    @cached_property
    def is_code(self) -> bool:
        """Whether the values are single words with figures in them, or keys that no reader could tell apart."""
        texts = [str(v) for v in self.sample]
        coded = sum(" " not in text and any(c.isdigit() for c in text) for text in texts)
        return coded >= 0.9 * max(1, len(texts))

    @cached_property
    def is_hash(self) -> bool:
        """Whether the values are checksums: hexadecimal, mostly of one length, letters and figures mixed."""
        texts = [str(v).strip() for v in self.sample]
        fit = [t for t in texts if _HEX.fullmatch(t)]
        mixed = any(c.isalpha() for t in fit for c in t) and any(c.isdigit() for t in fit for c in t)
        return mixed and len(fit) >= 0.95 * len(texts) and len({len(t) for t in fit}) == 1

    @cached_property
    def addresses(self) -> float:
        """Share of the sample that are web addresses."""
        return self.share(lambda v: isinstance(v, str) and bool(_WEB.match(v.strip())))

    @cached_property
    def pictures(self) -> float:
        """Share of the sample that end like a picture's file name."""
        return self.share(lambda v: isinstance(v, str) and bool(_PICTURE.search(v.strip())))

    @cached_property
    def is_count_of_rows(self) -> bool:
        """Whether the values are 0, 1, 2 … or 1, 2, 3 … down the table."""
        head = [str(v).removesuffix(".0") for v in self.values.slice(0, SAMPLE).to_pylist()]
        return any(head == [str(first + at) for at in range(len(head))] for first in (0, 1))


def _is_number(value: Any) -> bool:
    """Tell whether a value is a number, not a bound on a small one: "18+" is rather a group of people."""
    if not isinstance(value, str):
        return not isinstance(value, bool | list | dict) and isinstance(value, int | float | Decimal)
    found = amount(value, Reading(clock="hours"))
    return found is not None and not (found.at_least and found.value < 100)


def _is_date(value: Any) -> bool:
    """Tell whether a value is a date; a bare year is a number."""
    if isinstance(value, str):
        return not (value.isdigit() and len(value) == 4) and day_of(value) is not None
    return isinstance(value, date)
