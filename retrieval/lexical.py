"""BM25 over titles, persons, facets and text: rank-bm25's formula, scored over postings."""

import hashlib
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from rank_bm25 import BM25Okapi

from retrieval.catalog import Catalog
from retrieval.items import Field, Role, Rows
from retrieval.text import tokens

_REPEATS = {Role.TITLE: 3, Role.PERSON: 2, Role.FACET: 2, Role.TEXT: 1}
_STOP_WORDS = (
    "a about an and any are as at be been but by can could did do does for from had has have he her him his how i if "
    "in into is it its just like me my no not of on or our she so some something than that the their them then there "
    "these they this those to too us very was we were what when where which who will with would you your"
)
_STOP = frozenset(_STOP_WORDS.split())
_SIBILANT = re.compile(r"(?:ss|x|z|ch|sh)es$")
_KEPT_S = re.compile(r"(?:ss|us|is)$")


class PostingsBM25(BM25Okapi):  # type: ignore[misc]
    """BM25Okapi with an idf that is never negative and get_scores over postings instead of a loop over documents."""

    def _initialize(self, corpus: Iterable[Sequence[str]]) -> dict[str, int]:
        vocabulary: defaultdict[str, int] = defaultdict(lambda: len(vocabulary))
        term_ids: list[int] = []
        frequencies: list[int] = []
        n_terms: list[int] = []
        for document in corpus:
            counted = Counter(document)
            term_ids.extend([vocabulary[term] for term in counted])
            frequencies.extend(counted.values())
            n_terms.append(len(counted))
            self.doc_len.append(len(document))
        self.corpus_size = len(self.doc_len)
        self.avgdl = sum(self.doc_len) / max(self.corpus_size, 1)
        terms = np.asarray(term_ids, np.int64)
        by_term = np.argsort(terms, kind="stable")
        self._rows = np.repeat(np.arange(self.corpus_size, dtype=np.int32), n_terms)[by_term]
        self._frequencies = np.asarray(frequencies, np.float32)[by_term]
        ends = np.cumsum(np.bincount(terms, minlength=len(vocabulary)))
        self._ends = np.concatenate([[0], ends]).astype(np.int64)
        self.vocabulary = dict(vocabulary)
        return dict(zip(self.vocabulary, np.diff(self._ends).tolist(), strict=True))

    def _calc_idf(self, nd: dict[str, int]) -> None:
        self.idf = {term: math.log1p((self.corpus_size - n + 0.5) / (n + 0.5)) for term, n in nd.items()}
        lengths = np.asarray(self.doc_len, np.float32) / (self.avgdl or 1.0)
        saturation = self.k1 * (1 - self.b + self.b * lengths)[self._rows]
        idf = np.repeat(np.asarray(list(self.idf.values()), np.float32), np.diff(self._ends))
        self._gains = idf * self._frequencies * (self.k1 + 1) / (self._frequencies + saturation)
        del self._frequencies

    def arrays(self) -> dict[str, np.ndarray]:
        """Return everything a search needs as arrays."""
        words = np.frombuffer("\n".join(self.vocabulary).encode(), np.uint8)
        size = np.array(self.corpus_size)
        return {"words": words, "ends": self._ends, "rows": self._rows, "gains": self._gains, "size": size}

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "PostingsBM25":
        """Do the opposite of `arrays`, without counting any word again."""
        made = cls.__new__(cls)
        words = arrays["words"].tobytes().decode()
        made.vocabulary = {word: number for number, word in enumerate(words.split("\n"))} if words else {}
        made._rows, made._ends, made._gains = arrays["rows"], arrays["ends"], arrays["gains"]
        made.corpus_size = int(arrays["size"])
        return made

    def posting(self, term: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows that have the term, ascending, and what it adds to the score of each."""
        number = self.vocabulary.get(term)
        if number is None:
            return self._rows[:0], self._gains[:0]
        part = slice(self._ends[number], self._ends[number + 1])
        return self._rows[part], self._gains[part]

    def get_scores(self, query: Sequence[str]) -> np.ndarray:
        """Return (n_documents,) float32 scores; a term asked for twice counts twice. Raises TypeError on a string."""
        if isinstance(query, str):
            raise TypeError("get_scores takes a list of terms, not one string, which would be read letter by letter.")
        scores = np.zeros(self.corpus_size, np.float32)
        for term in query:
            rows, gains = self.posting(term)
            scores[rows] += gains
        return scores


class LexicalIndex:
    """Keyword search over a catalogue; a Retriever."""

    def __init__(self, documents: Iterable[Sequence[str]], prominence: np.ndarray) -> None:
        """Index documents of stemmed terms, in row order; the better known (prominence, 0–1) wins a tie."""
        self._bm25 = PostingsBM25(documents)
        self._prominence = prominence

    def save(self, path: Path) -> None:
        """Write the index to `path` (.npz), so that `open` need not read every text again."""
        with path.open("wb") as file:
            np.savez(file, allow_pickle=False, made_by=np.array(_made_by()), **self._bm25.arrays())

    @classmethod
    def open(cls, path: Path, catalog: Catalog) -> "LexicalIndex":
        """Read a saved index, or index the catalogue again where the code that splits words has changed since."""
        with np.load(path, allow_pickle=False) as stored:
            if str(stored["made_by"]) != _made_by():
                return cls.from_catalog(catalog)
            made = cls.__new__(cls)
            made._bm25 = PostingsBM25.of_arrays(stored)
        made._prominence = catalog.prominence
        return made

    @classmethod
    def from_catalog(cls, catalog: Catalog) -> "LexicalIndex":
        """Index every title, person, facet and text of the catalogue."""
        documents: list[list[str]] = [[] for _ in range(catalog.n_items)]
        for field in catalog.with_role(*_REPEATS):
            _add_field(documents, field, catalog.column(field.name))
        return cls(documents, catalog.prominence)

    def search(self, query: str, k: int, allowed: Rows | None = None) -> list[tuple[int, float]]:
        """Return up to k (row, score), best first; rows that share no word with the query are never returned."""
        scores = self._bm25.get_scores([term for _, term in self._terms(query)])
        rows = np.flatnonzero(scores) if allowed is None else allowed[scores[allowed] > 0]
        if k < 1 or not len(rows):
            return []
        found = scores[rows]
        if len(rows) > k:
            kept = found >= np.partition(found, len(rows) - k)[len(rows) - k]
            rows, found = rows[kept], found[kept]
        best = np.lexsort((rows, -self._prominence[rows], -found))[:k]
        return [(int(rows[i]), float(found[i])) for i in best]

    def search_terms(self, query: str) -> list[str]:
        """Return the words of the query that occur anywhere in the catalogue, as the user wrote them, each once."""
        return list(dict.fromkeys(word for word, _ in self._terms(query)))

    def matched(self, query: str, rows: Sequence[int]) -> list[list[str]]:
        """Return, for each of these rows, the words of the query it has: the evidence for its score."""
        words: list[list[str]] = [[] for _ in rows]
        wanted = np.asarray(rows, np.int32)
        for word, term in dict(self._terms(query)).items():
            for i in np.flatnonzero(np.isin(wanted, self._bm25.posting(term)[0])):
                words[i].append(word)
        return words

    def _terms(self, query: str) -> list[tuple[str, str]]:
        words = tokens(query)
        # A query of nothing but stop words may be a title: "It", "Them", "You and Me".
        words = [word for word in words if word not in _STOP] or words
        return [(word, stem(word)) for word in words if stem(word) in self._bm25.vocabulary]


def _made_by() -> str:
    """Return a hash of the code that turns texts into terms and terms into gains."""
    sources = [Path(__file__), Path(__file__).with_name("text.py")]
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Take the plural off an English word: "movies" and "movie" → "movy", "boxes" → "box", "genius" stays."""
    if len(word) > 3 and word.endswith("s") and not _KEPT_S.search(word):
        takes_es = _SIBILANT.search(word) or (word.endswith("oes") and len(word) > 5)
        word = word[:-2] if takes_es else word[:-1]
    return word[:-2] + "y" if len(word) > 4 and word.endswith("ie") else word


def _add_field(documents: list[list[str]], field: Field, values: list[object]) -> None:
    repeats = _REPEATS[field.role]
    for document, value in zip(documents, values, strict=True):
        if value is None:
            continue
        words = tokens(" ".join(map(str, value)) if isinstance(value, list) else str(value))
        kept = words if field.role is Role.TITLE else [word for word in words if word not in _STOP]
        document.extend([stem(word) for word in kept] * repeats)
