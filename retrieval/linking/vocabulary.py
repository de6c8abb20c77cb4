"""Which words are ordinary in this catalogue's language, and what a misspelt one was meant to be."""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Sequence

import numpy as np
from rapidfuzz import fuzz, process

from retrieval.catalog import Catalog
from retrieval.items import Role
from retrieval.linking.lexicon import lexicon, lexicon_words
from retrieval.linking.message import words_of

_SAMPLE = 2500
"""Items whose texts are read to learn which words are ordinary."""
_LONGEST_PHRASE = 4


class Vocabulary:
    """Document frequencies over a sample of the catalogue's texts, plus the lexicon's common words."""

    def __init__(self, catalog: Catalog) -> None:
        """Read a sample of texts, evenly spread over the catalogue."""
        self.common = frozenset(lexicon()["common"]["words"].split())
        self._phrases_known = frozenset(lexicon_words())
        names = [field.name for field in catalog.with_role(Role.TEXT)]
        rows: Sequence[int] = (
            np.unique(np.linspace(0, max(catalog.n_items - 1, 0), _SAMPLE).astype(int)).tolist() if names else []
        )
        items = catalog.items(rows) if catalog.n_items else []
        texts = (" ".join(str(item.values.get(name, "")) for name in names) for item in items)
        self._docs = [words_of(text) for text in texts]
        self._n = max(len(self._docs), 1)
        self._df = Counter(word for words in self._docs for word in set(words))
        self._phrase_df: Counter[str] = Counter()

    def count_phrases(self, *known: Container[str]) -> None:
        """Count in how many texts of the sample each known phrase of 2–4 words stands; then forget the texts."""
        for words in self._docs:
            spans = {
                " ".join(words[i : i + n]) for n in range(2, _LONGEST_PHRASE + 1) for i in range(len(words) - n + 1)
            }
            self._phrase_df.update(span for span in spans if any(span in phrases for phrases in known))
        self._docs = []

    def knows(self, word: str) -> bool:
        """Whether this is an ordinary word, so no misspelling."""
        return any(form in self._phrases_known or self._df[form] for form in (word, word.removesuffix("s")))

    def commonness(self, word: str) -> float:
        """How ordinary a word is: 0 (a name, a rarity) … 1."""
        if word in self.common or len(word) == 1:
            return 1.0
        # Shrunk, so that one text out of forty does not make a word ordinary.
        return min(1.0, 350 * self._df[word] / (self._n + 1000))

    def phrase_share(self, phrase: str) -> float:
        """Share of texts in which the phrase stands."""
        return (self._df if " " not in phrase else self._phrase_df)[phrase] / self._n


class Speller:
    """Near words of a fixed list, looked up by first letter and length."""

    def __init__(self, words: Iterable[str]) -> None:
        """Index `words` of four letters and more."""
        self.words = frozenset(words)
        self._buckets: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word in sorted(self.words):  # equals are told apart by order, which a set does not keep between runs
            if len(word) >= 4 and not word.isdigit():
                self._buckets[word[0], len(word)].append(word)

    def near(self, word: str, limit: int = 4) -> list[tuple[str, float]]:
        """Return up to `limit` (word, likeness 0–1) that a typist may have meant, likest first."""
        if len(word) < 4 or not word.isalpha():
            return []
        firsts = sorted({word[0], word[1]})
        lengths = range(max(4, len(word) - 2), len(word) + 3)
        pool = [near for first in firsts for n in lengths for near in self._buckets.get((first, n), ())]
        cutoff = 75 if len(word) < 6 else 80
        found = process.extract(word, pool, scorer=fuzz.ratio, score_cutoff=cutoff - 1, limit=limit)
        return [(near, score / 100) for near, score, _ in found]
