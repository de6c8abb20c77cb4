"""BM25 over postings: for every term the rows that have it and what it adds to each, in three flat arrays."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np
from rank_bm25 import BM25Okapi

_DOCUMENTS_AT_ONCE = 8192
_POSTINGS_AT_ONCE = 1 << 20


class Block(NamedTuple):
    """How often each term stands in each of some rows; every pair once, by term, then row."""

    terms: np.ndarray
    rows: np.ndarray
    frequencies: np.ndarray


def block(terms: np.ndarray, rows: np.ndarray, weights: np.ndarray) -> Block:
    """Add up equal (term, row) pairs, each counted as often as its weight says."""
    keys = (terms.astype(np.int64) << 32) | rows
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    begins = np.flatnonzero(np.diff(keys, prepend=-1))
    frequencies = np.add.reduceat(weights[order], begins) if len(begins) else weights
    pairs = keys[begins]
    return Block((pairs >> 32).astype(np.int32), pairs.astype(np.int32), frequencies.astype(np.float32))


class PostingsBM25(BM25Okapi):  # type: ignore[misc]
    """BM25Okapi with an idf that is never negative and get_scores over postings instead of a loop over documents."""

    @classmethod
    def of_blocks(cls, vocabulary: Mapping[str, int], blocks: list[Block], n_documents: int) -> "PostingsBM25":
        """Index blocks in row order, which are used up; terms are numbered 0 … without gaps, as in the vocabulary."""
        made = cls([])
        made._merge(vocabulary, blocks, n_documents)
        made._calc_idf({})
        return made

    def _initialize(self, corpus: Iterable[Sequence[str]]) -> dict[str, int]:
        vocabulary: defaultdict[str, int] = defaultdict(lambda: len(vocabulary))
        documents = iter(corpus)
        blocks: list[Block] = []
        n = 0
        while several := list(islice(documents, _DOCUMENTS_AT_ONCE)):
            terms = np.array([vocabulary[term] for document in several for term in document], np.int32)
            rows = np.repeat(np.arange(n, n + len(several), dtype=np.int32), [len(document) for document in several])
            blocks.append(block(terms, rows, np.ones(len(terms), np.float32)))
            n += len(several)
        self._merge(vocabulary, blocks, n)
        return {}

    def _merge(self, vocabulary: Mapping[str, int], blocks: list[Block], n_documents: int) -> None:
        """Put the postings of all blocks together by term; no more than one block is held twice."""
        self.vocabulary = dict(vocabulary)
        n_rows = np.zeros(len(vocabulary), np.int64)
        lengths = np.zeros(n_documents, np.float32)
        for terms, rows, frequencies in blocks:
            n_rows += np.bincount(terms, minlength=len(vocabulary))
            first = int(rows.min(initial=n_documents))
            of_block = np.bincount(rows - first, weights=frequencies)
            lengths[first : first + len(of_block)] += of_block
        self._ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(n_rows)])
        self._rows = np.zeros(self._ends[-1], np.int32)
        self._gains = np.zeros(self._ends[-1], np.float32)
        free = self._ends[:-1].copy()
        blocks.reverse()
        while blocks:
            terms, rows, frequencies = blocks.pop()
            begins = np.flatnonzero(np.diff(terms, prepend=-1))
            n_each = np.diff(np.append(begins, len(terms)))
            at = np.arange(len(terms)) + np.repeat(free[terms[begins]] - begins, n_each)
            self._rows[at], self._gains[at] = rows, frequencies
            free[terms[begins]] += n_each
        self.doc_len = lengths
        self.corpus_size = n_documents
        self.avgdl = float(lengths.sum(dtype=np.float64)) / max(n_documents, 1)

    def _calc_idf(self, nd: dict[str, int]) -> None:
        """Turn frequencies into gains, some at a time; `nd` is not used, the postings themselves are counted."""
        n_rows = np.diff(self._ends)
        self.idf = {
            term: math.log1p((self.corpus_size - n + 0.5) / (n + 0.5))
            for term, n in zip(self.vocabulary, n_rows.tolist(), strict=True)
        }
        idf = np.asarray(list(self.idf.values()), np.float32)
        norms = self.k1 * (1 - self.b + self.b * (self.doc_len / np.float32(self.avgdl or 1.0)))
        for part in self._parts():
            frequencies = self._gains[part]
            terms = np.searchsorted(self._ends, np.arange(part.start, part.stop), side="right") - 1
            saturation = norms[self._rows[part]]
            self._gains[part] = idf[terms] * frequencies * (self.k1 + 1) / (frequencies + saturation)

    def _parts(self) -> Iterator[slice]:
        for start in range(0, len(self._gains), _POSTINGS_AT_ONCE):
            yield slice(start, min(start + _POSTINGS_AT_ONCE, len(self._gains)))

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
            np.add.at(scores, rows, gains)
        return scores
