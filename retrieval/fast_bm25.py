"""The extra `fast`: bm25s adds up the postings, compiled where numba is installed too."""

from collections.abc import Sequence

import numpy as np

from errors import SettingsError
from retrieval.postings import PostingsBM25


class FastBM25(PostingsBM25):
    """The same postings and terms, so the same scores; only the adding is left to bm25s."""

    @classmethod
    def over(cls, plain: PostingsBM25) -> "FastBM25":
        """Take over an index. Raises SettingsError where bm25s is not installed."""
        try:
            import bm25s
        except ModuleNotFoundError:
            raise SettingsError(
                "CICERONE_BM25=fast needs the packages bm25s and numba. Install them into .venv, or unset it."
            ) from None
        made = cls.__new__(cls)
        made.__dict__ |= plain.__dict__
        scorer = bm25s.BM25(backend="auto")
        scorer.nonoccurrence_array = None
        scorer.scores = {
            "data": made._gains, "indices": made._rows, "indptr": made._ends, "num_docs": made.corpus_size,
        }  # fmt: skip
        if scorer.backend == "numba":
            scorer.activate_numba_scorer()
        made._scorer = scorer
        return made

    def get_scores(self, query: Sequence[str]) -> np.ndarray:
        """Return (n_documents,) float32 scores, as the plain index does."""
        if isinstance(query, str):
            raise TypeError("get_scores takes a list of terms, not one string, which would be read letter by letter.")
        numbers = [self.vocabulary[term] for term in query if term in self.vocabulary]
        if not numbers:
            return np.zeros(self.corpus_size, np.float32)
        scores: np.ndarray = self._scorer.get_scores_from_ids(numbers)
        return scores
