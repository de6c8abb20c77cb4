"""BM25 over titles, persons, facets and text: rank-bm25's formula, scored over postings."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa

from retrieval.best import best
from retrieval.catalog import Catalog
from retrieval.items import Role, Rows
from retrieval.postings import Block, PostingsBM25, block
from retrieval.text import tokens

WEIGHTS = {Role.TITLE: 3, Role.PERSON: 2, Role.FACET: 2, Role.TEXT: 1}
"""How often a word counts by the role of its field; words of other fields are not indexed."""
_STOP_WORDS = (
    "a about an and any are as at be been but by can could did do does for from had has have he her him his how i if "
    "in into is it its just like me my no not of on or our she so some something than that the their them then there "
    "these they this those to too us very was we were what when where which who will with would you your"
)
STOP = frozenset(_STOP_WORDS.split())
_LEFT_OUT = -1
_SIBILANT = re.compile(r"(?:ss|x|z|ch|sh)es$")
_KEPT_S = re.compile(r"(?:ss|us|is)$")


class LexicalIndex:
    """Keyword search over a catalogue; a Retriever."""

    def __init__(self, documents: Iterable[Sequence[str]], prominence: np.ndarray) -> None:
        """Index documents of stemmed terms, in row order; the better known (prominence, 0–1) wins a tie."""
        self._bm25: PostingsBM25 = PostingsBM25(documents)
        self._prominence = prominence

    def save(self, path: Path) -> None:
        """Write the index to `path` (.npz), so that `open` need not read every text again."""
        with path.open("wb") as file:
            np.savez(file, allow_pickle=False, made_by=np.array(_made_by()), **self._bm25.arrays())

    @classmethod
    def open(cls, path: Path, catalog: Catalog, *, fast: bool = False) -> "LexicalIndex":
        """Read a saved index, or index the catalogue again where the code that splits words has changed since.

        With `fast`, bm25s adds up the scores; raises SettingsError where it is not installed.
        """
        with np.load(path, allow_pickle=False) as stored:
            if str(stored["made_by"]) == _made_by():
                made = cls.__new__(cls)
                made._bm25 = PostingsBM25.of_arrays(stored)
                made._prominence = catalog.prominence
            else:
                made = cls.from_catalog(catalog)
        if fast:
            from retrieval.fast_bm25 import FastBM25

            made._bm25 = FastBM25.over(made._bm25)
        return made

    @classmethod
    def from_catalog(cls, catalog: Catalog) -> "LexicalIndex":
        """Index every title, person, facet and text of the catalogue."""
        fields = catalog.with_role(*WEIGHTS)
        plain, without_stops = _TermIds(), _TermIds(dict.fromkeys(STOP, _LEFT_OUT))
        without_stops.vocabulary = plain.vocabulary
        blocks: list[Block] = []
        n = 0
        for batch in catalog.batches([field.name for field in fields]):
            parts = []
            for field in fields:
                ids = plain if field.role is Role.TITLE else without_stops
                terms, rows = _terms_of(batch.column(field.name).combine_chunks(), ids)
                parts.append((terms, rows + n, np.full(len(terms), WEIGHTS[field.role], np.float32)))
            blocks.append(block(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True))))
            n += batch.num_rows
        made = cls.__new__(cls)
        made._bm25 = PostingsBM25.of_blocks(plain.vocabulary, blocks, n)
        made._prominence = catalog.prominence
        return made

    def search(self, query: str, k: int, allowed: Rows | None = None) -> list[tuple[int, float]]:
        """Return up to k (row, score), best first; rows that share no word with the query are never returned."""
        scores = self._bm25.get_scores([term for _, term in self._terms(query)])
        if k < 1:
            return []
        rows = best(scores, k) if allowed is None else allowed[best(scores[allowed], k)]
        found = scores[rows]
        order = np.lexsort((rows, -self._prominence[rows], -found))[:k]
        return [(int(rows[i]), float(found[i])) for i in order]

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
        words = [word for word in words if word not in STOP] or words
        return [(word, stem(word)) for word in words if stem(word) in self._bm25.vocabulary]


def _made_by() -> str:
    """Return a hash of the code that turns texts into terms and terms into gains."""
    sources = [Path(__file__).with_name(name) for name in ("lexical.py", "postings.py", "text.py")]
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Take the plural off an English word: "movies" and "movie" → "movy", "boxes" → "box", "genius" stays."""
    if len(word) > 3 and word.endswith("s") and not _KEPT_S.search(word):
        takes_es = _SIBILANT.search(word) or (word.endswith("oes") and len(word) > 5)
        word = word[:-2] if takes_es else word[:-1]
    return word[:-2] + "y" if len(word) > 4 and word.endswith("ie") else word


class _TermIds(dict[str, int]):
    """Word → number of its stem, given at first sight; _LEFT_OUT for words put in beforehand."""

    vocabulary: dict[str, int]

    def __init__(self, known: dict[str, int] | None = None) -> None:
        super().__init__(known or {})
        self.vocabulary = {}

    def __missing__(self, word: str) -> int:
        number = self[word] = self.vocabulary.setdefault(stem(word), len(self.vocabulary))
        return number


def _terms_of(values: pa.Array, ids: _TermIds) -> tuple[np.ndarray, np.ndarray]:
    """Return (term, row) of every word that counts in these texts or lists; each distinct text is read once."""
    rows = np.arange(len(values), dtype=np.int32)
    if pa.types.is_list(values.type):
        rows = np.repeat(rows, values.value_lengths().fill_null(0).to_numpy(zero_copy_only=False))
        values = values.flatten()
    encoded = values.cast(pa.string()).dictionary_encode()
    known = encoded.indices.is_valid().to_numpy(zero_copy_only=False)
    texts = encoded.indices.drop_null().to_numpy(zero_copy_only=False)
    rows = rows[known]
    words = [tokens(text) for text in encoded.dictionary.to_pylist()]
    terms = np.fromiter(map(ids.__getitem__, chain.from_iterable(words)), np.int32)
    n_words = np.fromiter(map(len, words), np.int64, len(words))
    begins = np.cumsum(n_words) - n_words
    n_each = n_words[texts]
    # Position of every word of every row among the words of the distinct texts.
    ahead = np.cumsum(n_each) - n_each
    at = np.arange(int(n_each.sum())) + np.repeat(begins[texts] - ahead, n_each)
    found, of_row = terms[at], np.repeat(rows, n_each)
    kept = found != _LEFT_OUT
    return found[kept], of_row[kept]
